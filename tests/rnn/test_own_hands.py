"""The program at the end of lesson 05, alone in a fresh process that has nothing of the course but its data."""

from __future__ import annotations

import re

import nbformat
import pytest
from own_hands import not_alone, own_cells, run_alone
from project import ROOT

GOAL = 5.0  # perplexity per character on the test chapters


@pytest.mark.slow
def test_the_program_stands_alone_and_reaches_its_goal():
    done = run_alone(own_cells("05"))
    assert done.returncode == 0, done.stderr[-2000:]
    [told] = re.findall(r"perplexity on the test chapters: ([\d.]+)", done.stdout)
    assert 2 < float(told) < GOAL, done.stdout
    assert "loaded again, the same perplexity: True" in done.stdout


def test_its_cells_name_nothing_of_the_lesson():
    cells = own_cells("05")
    assert len(cells) >= 6
    assert not not_alone(cells)


def test_lesson_06_compares_with_the_number_that_stands_here():
    here, there = (
        nbformat.read(next((ROOT / "notebooks").glob(f"{lesson}_*.ipynb")), as_version=4) for lesson in ("05", "06")
    )
    printed = "".join(out.get("text", "") for cell in here.cells for out in cell.get("outputs", []))
    [reached] = re.findall(r"perplexity on the test chapters: ([\d.]+)", printed)
    assert abs(float(reached) - 4.4) < 0.1
    assert any("gets to about 4.4" in cell.source for cell in there.cells)
