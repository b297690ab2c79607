"""``test``: the counts, the times, and what is left behind (nothing)."""

import os
import re
import sys

import pytest

from mmcourse.base.files import ROOT
from mmcourse.cli import environment, install, proof


def test_counts_are_read_from_pytest_itself(tmp_path):
    path = tmp_path / "test_sample.py"
    path.write_text("import pytest\ndef test_a(): pass\ndef test_b(): assert 0\ndef test_c(): pytest.skip('x')\n")
    words = [str(path), "-p", "no:cacheprovider", f"--rootdir={tmp_path}", "-c", os.devnull]
    bare = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    count = proof.pytest(sys.executable, words, [], **bare)
    assert (count.passed, count.failed, count.skipped) == (1, 1, 1)
    assert proof.pytest(sys.executable, words, ["-k", "nothing"], **bare).failed == 0
    path.write_text("raise SystemExit(3)")
    assert proof.pytest(sys.executable, words, [], **bare).failed >= 1


@pytest.mark.parametrize(
    "failed, skipped, last", [(0, 0, "8 passed, 0 failed"), (1, 2, "8 passed, 1 failed, 2 skipped")]
)
def test_the_last_line_counts_everything_and_the_times_are_summed(capsys, failed, skipped, last):
    counts = {"a": proof.Count(3, failed, 0, 70.2), "b": proof.Count(5, 0, skipped, 9.6)}
    assert proof.summary(counts) == min(failed, 1)
    lines = capsys.readouterr().out.rstrip("\n").splitlines()
    assert lines[-1] == last
    assert [re.search(r"(\d+:\d\d) min", line)[1] for line in lines if " min" in line] == ["1:10", "0:10", "1:20"]


def test_the_stages_leave_nothing_in_the_project_and_obey_no_file_of_this_user(monkeypatch):
    """A shared installation may be read-only, and so may a home."""
    calls = []
    monkeypatch.setattr(install, "ensure", lambda: "python")
    monkeypatch.setattr(environment, "call", lambda words, **env: calls.append((words, env)) or 0)
    proof.prove(quick=False, rest=[])
    assert sum("no:cacheprovider" in words for words, _env in calls) == 3
    assert all("--no-cache" in words for words, _env in calls if "ruff" in words)
    for words, env in calls:
        if "pytest" in words:
            report = next(word for word in words if str(word).startswith("--junitxml"))
            folder = report.partition("=")[2].rpartition(os.sep)[0]
            wanted = {
                "MMCOURSE_PROGRESS",
                "IPYTHONDIR",
                "JUPYTER_CONFIG_DIR",
                "JUPYTER_DATA_DIR",
                "JUPYTER_RUNTIME_DIR",
            }
            assert {name for name in env if env[name].startswith(folder)} - {"MPLCONFIGDIR"} == wanted


def test_fonts_are_listed_elsewhere_where_the_cache_cannot_be_written(monkeypatch, tmp_path):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "own"))
    assert "MPLCONFIGDIR" not in proof.private("f")
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    assert proof.private("f")["MPLCONFIGDIR"] == os.path.join("f", "matplotlib")


def test_tests_copy_files_without_their_modes():
    """Where the installation is read-only, a copy that keeps the mode could not be changed."""
    shy = "shutil." + "copy("
    assert not [path.name for path in (ROOT / "tests").rglob("*.py") if shy in path.read_text(encoding="utf-8")]
