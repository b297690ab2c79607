"""Data that a test may damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mmcourse.datasets import files


@pytest.fixture
def copied(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with copies of the data files and the script that the test's module names in FILES; loaders read it."""
    for name in (*request.module.FILES, "checksums.json"):
        shutil.copyfile(files.DATA / name, tmp_path / name)
    monkeypatch.setattr(files, "DATA", tmp_path)
    return tmp_path
