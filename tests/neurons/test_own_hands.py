"""The program at the end of lesson 01, alone in a fresh process that has nothing of the course but its data."""

from __future__ import annotations

import re

import pytest
from own_hands import not_alone, own_cells, run_alone


@pytest.mark.slow
def test_the_program_stands_alone_and_reaches_its_goal():
    done = run_alone(own_cells("01"))
    assert done.returncode == 0, done.stderr[-2000:]
    told = float(re.findall(r"right on the test digits: ([\d.]+) %", done.stdout)[-1])
    assert 90 < told < 99, done.stdout
    assert "loaded again, the same answers: True" in done.stdout


def test_its_cells_name_nothing_of_the_lesson():
    cells = own_cells("01")
    assert len(cells) >= 8
    assert not not_alone(cells)
