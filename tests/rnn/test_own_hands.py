"""The program at the end of lesson 05, alone in a fresh process that has nothing of the course but its data."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import nbformat
import pytest
from project import ROOT

GOAL = 5.0  # perplexity per character on the test chapters
# Runs cells in one namespace, as a kernel does; what they import from the course must be its data.
ALONE = """
import builtins, json, sys

def only_data(name, globals=None, *rest, **more):
    asked_by_a_cell = (globals or {}).get("__name__") == "own_hands"
    if asked_by_a_cell and name.split(".")[0] == "mmcourse" and name.split(".")[:2] != ["mmcourse", "datasets"]:
        raise ImportError(f"{name} is hidden")
    return imported(name, globals, *rest, **more)

imported, builtins.__import__ = builtins.__import__, only_data
space = {"__name__": "own_hands"}
for number, cell in enumerate(json.load(sys.stdin)):
    exec(compile(cell, f"cell {number}", "exec"), space)
"""


def own_cells() -> list[str]:
    notebook = nbformat.read(next((ROOT / "notebooks").glob("05_*.ipynb")), as_version=4)
    return [cell.source for cell in notebook.cells if "own-hands" in cell.metadata.get("tags", [])]


def run_alone(cells: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ALONE], input=json.dumps(cells), capture_output=True, text=True, cwd=ROOT, timeout=400
    )


@pytest.mark.slow
def test_the_program_stands_alone_and_reaches_its_goal():
    done = run_alone(own_cells())
    assert done.returncode == 0, done.stderr[-2000:]
    [told] = re.findall(r"perplexity on the test chapters: ([\d.]+)", done.stdout)
    assert 2 < float(told) < GOAL, done.stdout
    assert "loaded again, the same perplexity: True" in done.stdout


def test_the_course_is_hidden_from_these_cells():
    assert run_alone(["from mmcourse.datasets import novel\nassert novel.load('test')"]).returncode == 0
    for cell in ("import mmcourse.rnn", "from mmcourse.engine import fit", "def f():\n    import mmcourse.text\nf()"):
        assert "is hidden" in run_alone([cell]).stderr


def test_its_cells_name_nothing_of_the_lesson():
    cells = own_cells()
    assert len(cells) >= 6
    assert not [cell for cell in cells if re.search(r"mmcourse\.(?!datasets)|\bfit\(|seeds\b", cell)]


def test_lesson_06_compares_with_the_number_that_stands_here():
    here, there = (
        nbformat.read(next((ROOT / "notebooks").glob(f"{lesson}_*.ipynb")), as_version=4) for lesson in ("05", "06")
    )
    printed = "".join(out.get("text", "") for cell in here.cells for out in cell.get("outputs", []))
    [reached] = re.findall(r"perplexity on the test chapters: ([\d.]+)", printed)
    assert abs(float(reached) - 4.4) < 0.1
    assert any("gets to about 4.4" in cell.source for cell in there.cells)
