"""Lesson 00: its three functions, the map, the timeline and its pictures."""

import numpy as np
import pytest
import torch
from project import NOTEBOOKS, ROOT

from mmcourse import start_here as lesson
from mmcourse.base.about import lessons
from mmcourse.engine import available_devices, generator
from mmcourse.start_here import pictures as demo


def opinions(samples=6, classes=4, seed=0):
    return torch.rand(samples, classes, generator=generator(seed), dtype=torch.float64).mul(3).softmax(-1)


def test_a_decision_is_the_place_of_the_largest_number():
    p = opinions()
    assert lesson.decide(p).tolist() == [int(np.argmax(row)) for row in p.numpy()]
    assert lesson.decide(torch.tensor([[0.5, 0.5]])).tolist() == [0]


def test_the_score_counts_by_hand():
    said, true = torch.tensor([1, 2, 3, 4, 4]), torch.tensor([1, 0, 3, 0, 4])
    assert lesson.share_of_hits(said, true) == pytest.approx(3 / 5)
    assert isinstance(lesson.share_of_hits(said, true), float)


def test_the_surer_of_two_row_by_row():
    first, second = opinions(seed=1), opinions(seed=2)
    chosen = lesson.surer(first, second)
    for row, a, b in zip(chosen, first, second, strict=True):
        assert torch.equal(row, a if max(a) >= max(b) else b)
    assert torch.equal(lesson.surer(first, first), first)
    assert torch.equal(lesson.surer(torch.tensor([[0.6, 0.4]]), torch.tensor([[0.4, 0.6]])), torch.tensor([[0.6, 0.4]]))


NOT_OPINIONS = [torch.ones(3), torch.zeros(0, 3), torch.ones(2, 3), -opinions(), opinions() * float("nan")]


@pytest.mark.parametrize("bad", NOT_OPINIONS)
def test_what_is_no_opinion_is_refused_by_name(bad):
    with pytest.raises(ValueError, match="opinions: "):
        lesson.decide(bad)
    with pytest.raises(ValueError, match="second: "):
        lesson.surer(opinions(), bad)


def test_unequal_shapes_are_refused():
    with pytest.raises(ValueError, match=r"second: got shape \(6, 5\), expected that of first, \(6, 4\)"):
        lesson.surer(opinions(), opinions(classes=5))
    with pytest.raises(ValueError, match=r"labels: got shape \(2,\) for decisions \(3,\)"):
        lesson.share_of_hits(torch.zeros(3), torch.zeros(2))
    with pytest.raises(ValueError, match="B at least 1"):
        lesson.share_of_hits(torch.zeros(0), torch.zeros(0))


def test_the_map_lists_exactly_the_notebooks_that_are_there():
    assert [one.stem for one in lessons()] == [path.stem for path in NOTEBOOKS]
    assert [one.number for one in lessons()] == list(range(len(lessons())))


def test_the_readme_names_the_same_lessons_and_times():
    rows = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    for one in lessons():
        row = next((line for line in rows if f"{one.number:02}" in line and one.name in line), None)
        assert row is not None, f"README's map lacks {one.number:02} {one.name}"
        assert one.able in row and f"{one.minutes} min" in row


def test_the_timeline_is_in_order_and_right_where_tutorials_are_wrong():
    years = [event.year for event in lesson.TIMELINE]
    assert years == sorted(years)
    assert "layer by layer" in next(event.what for event in lesson.TIMELINE if event.year == 2006)
    assert next(event.where for event in lesson.TIMELINE if "Attention Is All" in event.what).startswith("NIPS")


def test_what_the_machine_offers(monkeypatch):
    monkeypatch.setenv("MMCOURSE_DEVICE", "cpu")
    told = lesson.machine()
    assert told["training runs on"] == "cpu (processor)" and torch.__version__.startswith(told["torch"].split("+")[0])
    assert told["could also run on"] == ", ".join(available_devices())


def test_every_run_is_a_point_and_the_pictures_are_stable():
    scores = {"image": [0.6, 0.7, 0.65], "model": [0.9, 0.92, 0.91]}
    assert demo.is_it_luck(scores).png == demo.is_it_luck(scores).png
    for picture in (demo.is_it_luck(scores), demo.lesson_map(), demo.timeline()):
        assert picture.png.startswith(b"\x89PNG") and picture.size[0] <= 1000 and repr(picture).startswith("[")
