"""The program at the end of a lesson, alone in a fresh process that has nothing of the course but its data."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence

import nbformat
from project import ROOT

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


def own_cells(lesson: str) -> list[str]:
    """The cells with this tag of a lesson's notebook, ``lesson`` as its file name begins: "06"."""
    notebook = nbformat.read(next((ROOT / "notebooks").glob(f"{lesson}_*.ipynb")), as_version=4)
    return [cell.source for cell in notebook.cells if "own-hands" in cell.metadata.get("tags", [])]


def run_alone(cells: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run cells as one program; an import of the course that is no data set fails with "is hidden"."""
    return subprocess.run(
        [sys.executable, "-c", ALONE], input=json.dumps(cells), capture_output=True, text=True, cwd=ROOT, timeout=400
    )


def not_alone(cells: Sequence[str]) -> list[str]:
    """The cells that name more of the course than its data, or the course's own way to train."""
    return [cell for cell in cells if re.search(r"mmcourse\.(?!datasets)|\bfit\(|seeds\b", cell)]
