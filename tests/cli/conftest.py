"""A small project for the commands to work in."""

import hashlib
import json
import shutil

import nbformat
import pytest
from nbformat.v4 import new_notebook

from mmcourse.base.files import ROOT

# Without modes, since an installation may be read-only.
PLAIN = {"ignore": shutil.ignore_patterns("__pycache__"), "copy_function": shutil.copyfile}
LESSONS = ("00_start_here", "01_neurons", "08_fusion_levels")


@pytest.fixture
def project(tmp_path):
    """A project folder with the commands, three empty lessons and one data file."""
    for part in ("base", "cli"):
        shutil.copytree(ROOT / "mmcourse" / part, tmp_path / "mmcourse" / part, **PLAIN)
    for name in ("mmcourse/__init__.py", "mmcourse/__main__.py", "pyproject.toml", "constraints.txt"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    for name in LESSONS:
        nbformat.write(new_notebook(), tmp_path / "notebooks" / f"{name}.ipynb")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "clip.npz").write_bytes(b"sound")
    sums = {"clip.npz": hashlib.sha256(b"sound").hexdigest()}
    (tmp_path / "data" / "checksums.json").write_text(json.dumps(sums))
    return tmp_path
