"""What the learner has done, kept on this machine in one small file: exercises that passed, answers to quizzes.

The file lies in the user's own data folder, outside the course: a fresh clone finds it again. The environment
variable MMCOURSE_PROGRESS names another file. Nothing a learner did is thrown away: a file that cannot be read
is set aside under a new name, and so is the file on `reset`.
"""

import contextlib
import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from mmcourse.base.files import replace_file, set_aside
from mmcourse.practice.diary import (
    Change,
    DamagedDiary,
    Unusable,
    as_bytes,
    content,
    empty,
    enter,
    failure_of,
    held_alone,
)

VARIABLE = "MMCOURSE_PROGRESS"


@dataclass(frozen=True)
class Kept:
    """What is kept: `exercises` by lesson, `tries` of each lesson's quiz (question → answer), and a `note`.

    `note` is one sentence for the learner when something is wrong with the file, "" when all is well.
    """

    exercises: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tries: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    note: str = ""

    def solved(self, lesson: str, exercise: str) -> bool:
        """Whether this exercise has ever passed."""
        return exercise in self.exercises.get(lesson, ())

    def answers(self, lesson: str) -> Mapping[str, str]:
        """Question → answer in the latest try of a lesson's quiz."""
        return self.tries[lesson][-1] if self.tries.get(lesson) else {}


class Record:
    """The learner's record in the file `path` (default: MMCOURSE_PROGRESS, or the user's data folder).

    Every writing reads the file again first and adds only what is new, one notebook at a time, so that two open
    notebooks lose nothing of each other. Nothing here raises for what may be wrong with the file: what could not
    be written stays in memory and is tried again with the next writing, and `note` says so.

    >>> record = Record(Path("progress.json"))
    >>> record.passed("neurons", "neuron"); record.read().solved("neurons", "neuron")
    True
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._waiting: list[Change] = []
        self._aside = self._unwritten = self.note = ""
        self._told: set[str] = set()

    @property
    def path(self) -> Path:
        """Where the file is, or would be. Read anew each time, for a variable set later counts too."""
        usual = platformdirs.user_data_path("mmcourse", False) / "progress.json"
        named = self._path or os.environ.get(VARIABLE) or usual
        try:
            return Path(os.path.realpath(Path(named).expanduser()))  # a link stays one
        except (OSError, RuntimeError):
            return Path(named)

    def read(self) -> Kept:
        """All that is kept, together with what still waits to be written."""
        try:
            data = self._load()
            self.note = (self._waiting and self._unwritten) or self._aside
        except Unusable as why:
            data, self.note = empty(), str(why)
        for change in self._waiting:
            enter(data, change)
        return Kept(
            {lesson: frozenset(names) for lesson, names in data["exercises"].items()},
            {lesson: tuple(tries) for lesson, tries in data["quizzes"].items()},
            self.note,
        )

    def passed(self, lesson: str, exercise: str) -> str:
        """Keep that an exercise passed. Returns `note` when it was not told before, else ""; so do the next two."""
        return self._keep(("passed", lesson, exercise))

    def answered(self, lesson: str, question: str, option: str) -> str:
        """Keep an answer in the latest try of a quiz; the first answer to a question stands."""
        return self._keep(("answer", lesson, question, option))

    def again(self, lesson: str) -> str:
        """Begin a new try of a lesson's quiz; earlier ones stay."""
        return self._keep(("again", lesson))

    def reset(self) -> Path | None:
        """Set the file aside under a new name and begin anew; where it is now, None when there was none.

        OSError: the file could not be moved; then nothing has changed.
        """
        path, there = self.path, None
        if path.is_file():
            with held_alone(path):
                there = set_aside(path, "set-aside")
        self._waiting.clear()
        self._aside = self.note = ""
        return there

    def _keep(self, change: Change) -> str:
        self._waiting.append(change)
        try:
            data = self._load()
            if any([enter(data, one) for one in self._waiting]):
                self._write()
            self._waiting.clear()
            self.note = self._aside
        except Unusable as why:
            self.note = str(why)
        new = self.note not in self._told
        self._told.add(self.note)
        return self.note if new else ""

    def _write(self) -> None:
        """Read, add what waits, and put the new file in the place of the old one, while nobody else does."""
        path = self.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not os.access(path.parent, os.W_OK):  # a lock would be waited for in vain
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            with held_alone(path):
                data = self._load(locked=True)
                for change in self._waiting:
                    enter(data, change)
                replace_file(path, as_bytes(data))
        except OSError as error:
            self._unwritten = (
                f"Your progress could not be written to {path} ({failure_of(error)}); it is kept while "
                f"this notebook runs. {VARIABLE} may name another file."
            )
            raise Unusable(self._unwritten) from error

    def _load(self, locked: bool = False) -> dict[str, Any]:
        """The file's content. What is damaged is set aside, and what could be read of it begins a new file."""
        path = self.path
        try:
            return content(path)
        except DamagedDiary:
            pass
        try:
            with contextlib.nullcontext() if locked else held_alone(path):
                return self._mended(path)
        except OSError as error:
            raise Unusable(
                f"Your progress in {path} is damaged and could not be set aside ({failure_of(error)}); "
                "it is left as it is."
            ) from error

    def _mended(self, path: Path) -> dict[str, Any]:
        try:
            return content(path)  # another notebook may have been here first
        except DamagedDiary as damaged:
            there, some = set_aside(path, "damaged"), damaged.data != empty()
            rest = "What could be read of it was taken over." if some else "A new one begins."
            self._aside = f"Your progress file was damaged; it now lies in {there}. {rest}"
            if some:
                replace_file(path, as_bytes(damaged.data))
            return damaged.data


record = Record()
