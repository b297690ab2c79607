"""The cells "in your own hands" of lesson 03 need nothing of the course but the data, and reach what they promise."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import nbformat
import pytest
from project import ROOT

NOTEBOOK = ROOT / "notebooks" / "03_cnn.ipynb"
GUARD = """
import sys

class Guard:  # of the course, only the data sets may be imported, and what these stand on
    def find_spec(self, name, path=None, target=None):
        if name.startswith("mmcourse.") and name.split(".")[1] not in ("datasets", "base"):
            raise ImportError(f"{name} is hidden")

sys.meta_path.insert(0, Guard())
"""


def own_cells() -> list[str]:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return [cell.source for cell in cells if "own-hands" in cell.metadata.get("tags", [])]


def test_they_import_nothing_of_the_course_but_the_data():
    imports = [part for cell in own_cells() for part in ast.walk(ast.parse(cell)) if isinstance(part, ast.ImportFrom)]
    assert {one.module for one in imports if one.module.startswith("mmcourse")} == {"mmcourse.datasets"}


@pytest.mark.slow
def test_alone_in_a_fresh_process_they_read_their_share_of_digits():
    program = GUARD + "\n\n".join(own_cells())
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    read = float(re.search(r"test digits read: ([\d.]+)%", done.stdout)[1])
    assert read >= 98.0, "the goal is 98.5; of 1000 digits, five more may be bad luck"
    refused = subprocess.run(
        [sys.executable, "-c", GUARD + "import mmcourse.cnn"], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert "mmcourse.cnn is hidden" in refused.stderr
