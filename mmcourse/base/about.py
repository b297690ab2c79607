"""The map of the course: each lesson's folder says in its ``about.py`` what the lesson is; everything else derives.

An ``about.py`` is read by itself, without its lesson, so that the map needs neither torch nor a second.
"""

from __future__ import annotations

import dataclasses
import runpy
from pathlib import Path

from mmcourse.base.files import ROOT

PACKAGE = ROOT / "mmcourse"


@dataclasses.dataclass(frozen=True)
class About:
    """One lesson: its number, title, the question it answers, a learner's minutes, and what one can do afterwards.

    For teachers: ``meeting`` says what a class does with the rest of 90 minutes, ``day`` when it comes in a course of
    one weekend (Saturday, Sunday, or not at all). ``name`` is that of the lesson's folder, filled in by ``lessons``.
    """

    number: int
    title: str
    question: str
    minutes: int
    able: str
    meeting: str = ""
    day: str = ""
    name: str = ""

    @property
    def stem(self) -> str:
        """The name of the lesson's notebook: ``"03_cnn"``."""
        return f"{self.number:02}_{self.name}"


def lessons(package: Path = PACKAGE) -> tuple[About, ...]:
    """All lessons of the course in their order. Two lessons of one number are an error."""
    found = [
        dataclasses.replace(about_in(path), name=path.parent.name)
        for path in package.glob("*/about.py")
        if path.parent.name != "base"
    ]
    found.sort(key=lambda one: one.number)
    for one, other in zip(found, found[1:], strict=False):
        if one.number == other.number:
            raise ValueError(f"number: {one.name} and {other.name} both have {one.number}; give one of them another")
    return tuple(found)


def about_in(path: Path) -> About:
    """What one ``about.py`` says."""
    found = runpy.run_path(str(path)).get("ABOUT")
    if not isinstance(found, About):
        raise ValueError(
            f"ABOUT: got {found!r} in {path.parent.name}/about.py, expected an About; write ABOUT = About(…)"
        )
    return found
