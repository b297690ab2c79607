"""Numbers that notebook 05's text names and no cell of it prints: computed again, or read off the stored studies."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
import torch
from project import NOTEBOOKS

from mmcourse.datasets import scenes, speech
from mmcourse.engine import generator
from mmcourse.rnn import studies
from mmcourse.rnn.pictures import distances
from mmcourse.rnn.recall_task import GAPS
from mmcourse.rnn.studies import recall_race


def function_of_cell(name, cell):
    """A function as a cell of the notebook defines it."""
    [path] = [path for path in NOTEBOOKS if path.name.startswith("05")]
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    [source] = ["".join(one["source"]) for one in cells if one["id"] == cell]
    place = {"torch": torch, "generator": generator}
    exec(source, place)
    return place[name]


def test_the_factor_a_step_of_fifty_tables(capsys):
    fading = function_of_cell("fading", "05-opt-2")
    tables = [0.1 * torch.randn(64, 64, generator=generator(seed)).double() for seed in range(50)]
    measured, predicted = np.array([fading(table) for table in tables]).T  # (50,) each
    share = measured / predicted
    assert 0.845 < share.min() and share.max() < 1 and 25 < (share > 0.95).sum() < 40
    assert ((1 / share) ** 30 < 10).mean() > 0.8 and (measured**30 < 1e-4).mean() > 0.7


def test_without_a_squash_the_radius_is_right_within_some_percent(monkeypatch):
    off = {}
    for seed in (distances.SEED, *range(20)):
        monkeypatch.setattr(distances, "SEED", seed)
        measured, predicted = distances.DistanceView().lengths(0.8, "none")
        off[seed] = abs((measured[-1] / predicted[-1]) ** (1 / distances.STEPS) - 1)
    [shown, *others] = off.values()
    assert 0.005 < shown < 0.015 and max(others) < 0.035 and np.mean([0.01 < one for one in others]) > 0.6


def test_the_race_is_trained_on_what_the_text_says():
    gaps = [Counter(recall_race.training_gaps(1300, 10_000 + seed).tolist()) for seed in range(4)]
    assert recall_race.PASSES == 6 and all(sum(one.values()) == 1300 for one in gaps)
    assert {gap for one in gaps for gap in one} == set(range(21))
    assert 0.005 < np.mean([one[20] / 1300 for one in gaps]) < 0.015, "one in a hundred"
    assert all(one[0] > 3 * one[12] for one in gaps), "short ones more often"


def test_a_mean_where_hardly_any_network_is():
    found = studies.RECALL.load()
    at = {times: np.array(studies.race(found, times)["RNN"][GAPS.index(12)]) for times in (4, 16)}
    assert round(100 * at[4].mean()) == 85 and (abs(at[4] - 0.85) < 0.06).sum() <= 1
    assert (at[4] > 0.98).sum() == 10 and at[4].min() < 0.35


@pytest.mark.parametrize("kind, forms", [("contrast", 19), ("negation", 46), ("unseen negation", 18)])
def test_forms_are_as_many_as_the_text_says(kind, forms):
    assert len(set(studies.by_form(studies.NEGATION.load(), kind)[1])) == forms


def test_voices_timbres_and_characters_are_as_many_as_the_text_says():
    voices = speech.load("all")
    assert len(set(voices.speaker.tolist())) == 84 and len(set(studies.timbres().tolist())) == 28
    assert len({*"".join(scenes.captions(1500, seed=0)), "\n"}) == 25
