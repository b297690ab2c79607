"""Settings that hold for all tests."""

import os

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
