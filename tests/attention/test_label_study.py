"""The study of what pre-training saves: what a unit measures, and that the prose of notebook 06 is what it says."""

from __future__ import annotations

import torch

from mmcourse.attention import studies as experiments
from mmcourse.attention.studies import labels
from mmcourse.studies import Result
from mmcourse.training.studies import SCHEDULES, verdicts


def test_no_caption_is_in_two_places():
    vocabulary, read, tasks = experiments.label_tasks()
    for task, (counts, data) in {name: (experiments.COUNTS[name], tasks[name]) for name in tasks}.items():
        texts = {part: experiments.plain_text(ids, vocabulary) for part, (ids, _) in data.items()}
        assert max(counts) <= len(texts["pool"]) and len(texts["test"]) >= 300, task
        for part, rows in texts.items():
            others = {text for other, more in texts.items() if other != part for text in more}
            assert not {text for text in rows if experiments.well_formed(text)} & (others | set(read)), (task, part)


def test_groups_are_means_over_networks_and_captions():
    right = torch.zeros(4, 45, dtype=torch.bool)  # 2 captions a group, 5 left over
    right[0, :2] = right[1, 0] = right[3, 38:] = True
    shares = labels.in_groups(right, each=2)
    assert [len(row) for row in shares] == [20, 20]
    assert shares[0] == [0.75] + [0.0] * 19 and shares[1] == [0.0] * 19 + [0.5]


def test_a_labels_unit_gives_shares_for_each_task_and_number(monkeypatch):
    monkeypatch.setattr(labels, "COUNTS", {"slips": (30,), "sides": (10,)})
    found = labels.labels_unit("from scratch", 1e-2, 1, pretrainings=2, each=1)
    for task, count in (("slips", "30"), ("sides", "10")):
        assert list(found["valid"][task]) == [count] and len(found["valid"][task][count]) == 2
        assert [len(row) for row in found["groups"][task][count]] == [20, 20]
        assert 0.3 < sum(found["valid"][task][count]) / 2 < 1


def test_the_rate_is_chosen_on_other_captions():
    rows = [
        {
            "start": start,
            "rate": rate,
            "times": 1,
            "valid": {"slips": {"30": [valid]}},
            "groups": {"slips": {"30": [[rate]]}},
        }
        for start in experiments.STARTS
        for rate, valid in ((0.1, 0.6), (0.2, 0.9), (0.3, 0.7))
    ]
    found = Result("a/b", rows, ("start", "rate", "times"), ["x"], "fresh", 1, "")
    assert experiments.label_scores(found, "slips", 30) == {start: [[0.2]] for start in experiments.STARTS}


def test_what_notebook_06_says_of_labels():
    saved = experiments.LABELS.load()
    points = {}
    for times in (1, 4):
        told = {
            task: [experiments.label_lead(saved, task, n, times) for n in experiments.COUNTS[task]]
            for task in labels.COUNTS
        }
        points[times] = [100 * one.difference.mean for one in told["slips"]]
        assert {one.verdict for one in told["slips"]} == {"better"} and all(5.5 < one < 13 for one in points[times])
        assert {one.verdict for one in told["sides"]} == {"no difference seen"}
        assert all(4.5 < 100 * one.difference.half < 8.5 for one in told["sides"][:2])
        for start, rows in experiments.label_scores(saved, "sides", 100, times).items():
            assert sum(map(sum, rows)) / 120 > 0.99, start
    assert 0.4 < points[4][2] / points[1][2] < 0.6, "half of the lead at 300 labels"


def test_what_notebook_06_says_of_warm_up_is_what_lesson_02_measured():
    found = SCHEDULES.load()
    for times, block in ((1, 0), (1, 1), (4, 0), (4, 1)):
        assert verdicts(found, times, block)["warm-up"].verdict == "no difference seen"
