"""The program at the end of lesson 07, alone in a fresh process that has nothing of the course but its data."""

from __future__ import annotations

import re

import pytest
from own_hands import not_alone, own_cells, run_alone

GOAL = 90  # % right on voices that it has not heard


@pytest.mark.slow
def test_the_program_stands_alone_and_reaches_its_goal():
    done = run_alone(["import torch\ntorch.manual_seed(1)", *own_cells("07")])
    assert done.returncode == 0, done.stderr[-2000:]
    assert float(re.findall(r"right on unheard voices: (\d+)%", done.stdout)[-1]) >= GOAL, done.stdout
    assert 2 <= int(re.search(r"a person: (\d+) of 10 right", done.stdout)[1]) <= 9, done.stdout
    assert "loaded again, the same answers: True" in done.stdout


def test_its_cells_name_nothing_of_the_lesson():
    assert len(own_cells("07")) >= 6 and not not_alone(own_cells("07"))
