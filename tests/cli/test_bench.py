"""``bench``: measures and lists; nothing passes or fails on a time."""

import sys
from pathlib import Path

import pytest

from mmcourse.base.files import ROOT
from mmcourse.cli import bench, environment, notebooks
from mmcourse.cli.messages import Failure


@pytest.fixture
def calls(monkeypatch):
    """The programs that ``bench`` starts, not started."""
    found = []
    monkeypatch.setattr(environment, "call", lambda words: found.append(words) or 0)
    return found


@pytest.mark.parametrize("there", [True, False])
def test_it_measures_code_browser_and_notebooks(monkeypatch, calls, there):
    monkeypatch.setattr(bench, "find_browser", lambda: Path("chromium") if there else None)
    monkeypatch.setattr(bench, "cells", lambda: 0)
    assert bench.bench(["-k", "attention"]) == 0
    named = [word for words in calls for word in words if word.startswith("tests/")]
    assert named == ["tests/benchmarks", "tests/browser"][: 1 + there]
    assert all((ROOT / place).is_dir() for place in named) and calls[0][-2:] == ["-k", "attention"]
    assert all("no:cacheprovider" in words and words[0] == sys.executable for words in calls)


def test_the_browser_tests_have_what_it_asks_for():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "browser").glob("test_*.py")]
    assert any("works_in_jupyterlab" in source for source in sources)


def test_the_slowest_cells_are_named_and_what_is_too_slow_is_marked(monkeypatch, capsys):
    cell = {"cell_type": "code", "source": "import torch\n\ntrain(model)"}
    prose = {"cell_type": "markdown", "source": "text"}

    class Cell(dict):
        __getattr__ = dict.get

    def execute(path):
        if path.stem == "01_broken":
            raise Failure("01_broken stopped.", "look")
        return Cell(cells=[Cell(prose), Cell(cell), Cell(cell)]), [bench.CELL_LIMIT + 1.0, bench.NOTEBOOK_LIMIT - 20.0]

    monkeypatch.setattr(bench, "lesson_files", lambda: [Path("00_slow.ipynb"), Path("01_broken.ipynb")])
    monkeypatch.setattr(notebooks, "execute_with_bar", execute)
    assert bench.cells() == 1
    said = capsys.readouterr()
    assert f"00_slow   longer than {bench.NOTEBOOK_LIMIT} s" in said.out
    assert f"00_slow [2]  train(model)   longer than {bench.CELL_LIMIT} s" in said.out
    assert "01_broken stopped" in said.err
