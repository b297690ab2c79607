"""Numbers that lesson 02's text names and no cell of it prints or asserts: counted again, or read off the study."""

from __future__ import annotations

import numpy as np
import pytest

from mmcourse.datasets import digits, handwriting
from mmcourse.neurons import MLP
from mmcourse.training import studies
from mmcourse.training.pictures import FAR, RATES, SURFACES, best_rate, race


def test_in_the_ravine_momentum_swings_once_there_and_back_in_about_seven_steps():
    across = race("ravine", "momentum", best_rate("ravine", "momentum"))[:, 1]
    (turns,) = np.nonzero(np.diff(np.sign(across)))
    assert 7 <= 2 * np.diff(turns).mean() < 8


def heights(surface, runner, rate, momentum=0.9):
    return SURFACES[surface].height(race(surface, runner, rate, momentum))


def test_the_panel_shows_what_there_is_to_try():
    assert heights("ravine", "gd", 10**-1.7).max() <= FAR < heights("ravine", "gd", 10**-1.6)[-1]
    ends = {momentum: heights("ravine", "momentum", 10**-1.5, momentum) for momentum in (0.9, 0.7, 0.5)}
    assert ends[0.7][-20:].mean() < 1e-6 * ends[0.9][-20:].mean() and ends[0.5][-1] > FAR > ends[0.9].max()
    for runner in ("gd", "sgd", "momentum", "rmsprop", "adam"):
        way = heights("Rosenbrock", runner, best_rate("Rosenbrock", runner))
        assert way[0] > 20 and 0.01 < way[-1] < 0.3, "in the valley, and not at the ×"


def test_things_are_as_many_as_the_text_says():
    assert len(RATES) == 46 and sum(p.numel() for p in MLP(64, 64, 10).parameters()) == 4810
    assert [len(strengths) for strengths in studies.STRENGTHS.values()] == [5] * 5, "5 · 5 · 8 = 200 networks"
    assert [len(digits.load(split)[1]) for split in ("train", "valid", "test")] == [1200, 197, 400]
    assert [len(handwriting.load(split)[1]) for split in ("train", "valid", "test")] == [3000, 700, 1000]


@pytest.mark.parametrize("block", [0, 1])
def test_what_a_schedule_changes_and_when(block):
    kept = studies.SCHEDULES.load()
    for times in (1, 4):
        best = studies.best_rows(kept, times, block)
        rate = {name: row["rate"] for name, row in best.items()}
        assert rate["cosine"] == rate["both"] == 3 * rate["constant"], "large steps first"
        large = {name: kept.one(schedule=name, rate=0.1, times=times, block=block)["test"] for name in best}
        assert 0.01 < np.mean(large["both"]) - np.mean(large["cosine"]) < 0.0505, "one to five points"
        assert all((np.mean(row["loss"]) < 0.005) == (times == 4) for row in best.values()), "known by heart"
