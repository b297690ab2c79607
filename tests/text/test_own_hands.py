"""The program at the end of lesson 04, alone in a fresh process that has nothing of the course but its data."""

from __future__ import annotations

import re

import pytest
from own_hands import not_alone, own_cells, run_alone


@pytest.mark.slow
def test_the_program_stands_alone_and_reaches_its_goal():
    done = run_alone(own_cells("04"))
    assert done.returncode == 0, done.stderr[-2000:]
    assert "goal: each model above r = 0.6, and a person still ahead of all: True" in done.stdout
    told = dict(re.findall(r"^(bag of words|mean embedding|CNN|one person) +r = (0\.\d\d)", done.stdout, re.M))
    assert len(told) == 4 and all(0.6 < float(r) < float(told["one person"]) for r in list(told.values())[:3]), told
    assert "the same ratings after loading: True" in done.stdout


def test_its_cells_name_nothing_of_the_lesson():
    cells = own_cells("04")
    assert len(cells) >= 10
    assert not not_alone(cells)
