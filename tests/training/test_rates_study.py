"""The study of schedules and the race of batch sizes: what they measure, and that verdicts follow the numbers."""

from __future__ import annotations

import numpy as np
import pytest

from mmcourse.engine import compare_all
from mmcourse.training import studies


@pytest.fixture(scope="module")
def unit():
    return studies.scheduled_unit("both", 0.01, 1, block=1, epochs=1, batch=100, hidden=8)


def test_a_unit_gives_what_eight_networks_reach(unit):
    assert {name: len(row) for name, row in unit.items()} == dict.fromkeys(("loss", "valid", "test", "groups"), 8)
    for right, groups in zip(unit["test"], unit["groups"], strict=True):
        assert len(groups) == studies.GROUPS and right == pytest.approx(np.mean(groups), abs=1e-5)
    assert 0.15 < min(unit["test"]) and max(unit["loss"]) < 2.3
    again = studies.scheduled_unit("both", 0.01, 1, block=1, epochs=1, batch=100, hidden=8)
    assert again["test"] == pytest.approx(unit["test"], abs=0.01)


class Kept:
    """Rows as a stored study gives them."""

    def __init__(self, rows):
        self.rows = rows

    def where(self, **asked):
        return [row for row in self.rows if all(row[name] == value for name, value in asked.items())]


def test_the_rate_is_chosen_on_the_validation_digits_and_the_verdict_read_from_the_test_digits():
    rng, rows = np.random.default_rng(0), []
    for schedule in studies.RIVALS:
        for rate in (0.01, 0.1):
            right = 0.94 if schedule == "cosine" and rate == 0.1 else 0.88
            row = {"schedule": schedule, "rate": rate, "times": 1, "block": 0, "valid": [0.95 - rate / 2] * 8}
            rows.append(row | {"groups": (right + 0.01 * rng.standard_normal((8, studies.GROUPS))).tolist()})
    found = Kept(rows)
    assert {row["rate"] for row in studies.best_rows(found, 1, 0).values()} == {0.01}
    assert studies.verdicts(found, 1, 0)["cosine"].verdict == "no difference seen"
    for row in rows:
        row["valid"] = [0.97 if row["rate"] == 0.1 else 0.95] * 8
    verdicts = studies.verdicts(found, 1, 0)
    assert set(verdicts) == {"warm-up", "cosine", "both"}
    assert verdicts["cosine"].verdict == "better"
    assert verdicts["cosine"].difference.mean == pytest.approx(0.06, abs=0.005)
    assert verdicts["both"].verdict == "no difference seen"


@pytest.mark.parametrize(("times", "told"), [(1, {"cosine": 1.3, "both": 1.5}), (4, {"cosine": 0.2, "both": 0.8})])
def test_with_all_sixteen_seeds_the_leads_are_those_of_the_notebook(times, told):
    """Three comparisons with the constant rate that hold at once, each schedule at its best rate."""
    kept = studies.SCHEDULES.load()

    def sixteen(name, what):
        blocks = [studies.best_rows(kept, times, block)[name] for block in (0, 1)]
        assert blocks[0]["rate"] == blocks[1]["rate"]
        return blocks[0][what] + blocks[1][what]

    scores = {name: np.array(sixteen(name, "groups")) for name in studies.RIVALS}
    found = compare_all(scores, against="constant", units=range(studies.GROUPS))
    half = {1: [0.9, 0.9], 4: [0.7, 0.6]}[times]
    for (name, points), around in zip(told.items(), half, strict=True):
        difference = found[name].difference
        assert 100 * difference.mean == pytest.approx(points, abs=0.06)
        assert 100 * difference.half == pytest.approx(around, abs=0.06)
    assert [found[name].verdict for name in told] == {
        1: ["better", "better"],
        4: ["no difference seen", "better"],
    }[times]


def test_every_batch_size_gets_the_same_time():
    told = []
    found = studies.loss_over_time((50, 1000), (0.1,), seconds=0.2, points=4, callback=lambda *at: told.append(at))
    assert told == [(1, 2), (2, 2)] and list(found) == [50, 1000] and list(found[50]) == [0.1]
    for course in (found[50][0.1], found[1000][0.1]):
        seconds, epochs, losses = (np.array(column) for column in zip(*course, strict=True))
        assert len(course) == 4 and (np.diff(seconds) > 0).all() and (np.diff(epochs) > 0).all()
        assert seconds[-1] >= 0.2 and losses[-1] < 2.4
    assert set(studies.seconds_of_steps(found)) == {50, 1000}
