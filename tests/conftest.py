"""Settings that hold for all tests."""

import itertools
import os
from pathlib import Path

import pytest

# Figures are drawn in memory, whatever the screen; tests that open a browser say so themselves.
os.environ.setdefault("MPLBACKEND", "agg")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs in one worker: the tests of a file; those of panels, the longest file, by lesson."""
    for item in items:
        group = item.path.as_posix()
        if "lesson_panel" in getattr(item, "fixturenames", ()):
            group += " " + item.callspec.id.partition(".")[0]
        item.add_marker(pytest.mark.xdist_group(group))


FILES = itertools.count()


@pytest.fixture(autouse=True)
def progress_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the course would keep of a learner goes to a file of each test's own, beside that of the session."""
    there = Path(os.environ["MMCOURSE_PROGRESS"])  # set in the project's conftest.py, for notebooks too
    monkeypatch.setenv("MMCOURSE_PROGRESS", str(there.with_name(f"progress-{next(FILES)}.json")))
