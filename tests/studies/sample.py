"""A small study for the tests of the store. As a script it computes it: folder, seconds a unit, [--fresh]."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from mmcourse.studies import Study, compute_missing, grid, store, study

PAUSE = {"seconds": float(os.environ.get("SAMPLE_PAUSE", 0))}  # of every unit; tests that kill need time to aim
CALLS: list[int] = []


def unit(kind: str, seed: int, size: int) -> dict[str, object]:
    """Numbers that depend on the arguments alone."""
    time.sleep(PAUSE["seconds"])
    CALLS.append(seed)
    return {"score": (len(kind) + seed) / 3, "curve": [seed / size, 1.0], "word": kind.upper()}


def no_sources(module: str, name: str) -> dict[str, str]:
    """Stands in for the course's code, of which this file is no part."""
    return {"unit": "12345678"}


def make(name: str = "sample/small", **changes: object) -> Study:
    plan = {"unit": unit, "units": grid(kind=("a", "bb"), seed=range(4)), "minutes": 0.1, "fixed": {"size": 7}}
    return Study(name, **{**plan, **changes})


SMALL, BAD = make(), make("sample/bad", fixed={"size": 0})  # for processes that know a study by its name

if __name__ == "__main__":
    study.sources = no_sources
    store.FOLDER, PAUSE["seconds"] = Path(sys.argv[1]), float(sys.argv[2])
    jobs = 3 if "--jobs" in sys.argv else 1
    if jobs > 1:  # others have to find the study by the name of its module
        unit.__module__ = "tests.studies.sample"
    compute_missing(make(), "--fresh" in sys.argv, lambda done, total: print(done, total, flush=True), jobs)
