"""What the learner has done, kept on this machine in one small file: exercises that passed, answers to quizzes.

    {"format": 1, "exercises": {"neurons": ["neuron"]},
     "quizzes": {"neurons": [{"the question": "the answer given"}]}}       one entry for each try of a quiz

The file lies in the user's own data folder, outside the course: a fresh clone finds it again. The environment
variable MMCOURSE_PROGRESS names another file. Nothing a learner did is thrown away: a file that cannot be read
is set aside under a new name, and so is the file on `reset`.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import filelock
import platformdirs

from mmcourse.base.files import patiently, replace_file, set_aside
from mmcourse.base.text import safe_str

VARIABLE = "MMCOURSE_PROGRESS"
FORMAT = 1
MOST_BYTES = 1_000_000  # a whole course needs some thousand
MOST_TRIES = 20  # of one quiz; in the middle of more, the oldest go
PATIENCE = 3.0  # seconds to wait for another notebook that is writing
Change = tuple[str, ...]  # ("passed", lesson, exercise), ("answer", lesson, question, option), ("again", lesson)


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


class _Unusable(Exception):
    """The file cannot be read or written now; its text is the sentence for the learner."""


class _Damaged(Exception):
    """The file is not what the course writes; `data` holds what could be read of it."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self.data = data


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
        self._aside = self._unwritten = ""
        self._told: set[str] = set()
        self.note = ""

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
        except _Unusable as why:
            data, self.note = _empty(), str(why)
        else:
            self.note = (self._waiting and self._unwritten) or self._aside
        for change in self._waiting:
            _apply(data, change)
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

    def _keep(self, change: Change) -> str:
        self._waiting.append(change)
        try:
            data = self._load()
            if any([_apply(data, one) for one in self._waiting]):
                self._write()
        except _Unusable as why:
            self.note = str(why)
        else:
            self._waiting.clear()
            self.note = self._aside
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
            with _alone(path):
                data = self._load(locked=True)
                for change in self._waiting:
                    _apply(data, change)
                replace_file(path, _written(data))
        except OSError as error:
            self._unwritten = (
                f"Your progress could not be written to {path} ({_reason(error)}); it is kept while "
                f"this notebook runs. {VARIABLE} may name another file."
            )
            raise _Unusable(self._unwritten) from error

    def _load(self, locked: bool = False) -> dict[str, Any]:
        """The file's content. What is damaged is set aside, and what could be read of it begins a new file."""
        path = self.path
        try:
            return _parsed(path)
        except _Damaged:
            pass
        except OSError as error:
            raise _Unusable(
                f"Your progress in {path} could not be read ({_reason(error)}); it is left as it "
                "is, and what you do is kept while this notebook runs."
            ) from error
        try:
            if locked:
                return self._mend(path)
            with _alone(path):
                return self._mend(path)
        except OSError as error:
            raise _Unusable(
                f"Your progress in {path} is damaged and could not be set aside ({_reason(error)}); "
                "it is left as it is."
            ) from error

    def _mend(self, path: Path) -> dict[str, Any]:
        try:
            return _parsed(path)  # another notebook may have been here first
        except _Damaged as damaged:
            there = set_aside(path, "damaged")
            rest = "What could be read of it was taken over." if damaged.data != _empty() else "A new one begins."
            self._aside = f"Your progress file was damaged; it now lies in {there}. {rest}"
            if damaged.data != _empty():
                replace_file(path, _written(damaged.data))
            return damaged.data

    def reset(self) -> Path | None:
        """Set the file aside under a new name and begin anew; where it is now, None when there was none.

        OSError: the file could not be moved; then nothing has changed.
        """
        path, there = self.path, None
        if path.is_file():
            with _alone(path):
                there = set_aside(path, "set-aside")
        self._waiting.clear()
        self._aside = self.note = ""
        return there


def _empty() -> dict[str, Any]:
    """The content of a file in which nothing is kept yet."""
    return {"format": FORMAT, "exercises": {}, "quizzes": {}}


def _apply(data: dict[str, Any], change: Change) -> bool:
    """Enter one change into a file's content; False when it was there already."""
    kind, lesson, *words = change
    if kind == "passed":
        names = data["exercises"].setdefault(lesson, [])
        if words[0] in names:
            return False
        names.append(words[0])
        return True
    tries = data["quizzes"].setdefault(lesson, [])
    if not tries or (kind == "again" and tries[-1]):
        tries.append({})
    elif kind == "again":
        return False
    if kind == "answer":
        question, option = words
        if question in tries[-1]:
            return False
        tries[-1][question] = option
    del tries[1 : max(1, len(tries) - MOST_TRIES + 1)]  # the first one and the latest stay
    return True


def _parsed(path: Path) -> dict[str, Any]:
    """What a file holds, `_empty()` when there is none. _Damaged, _Unusable (a newer format) or OSError."""
    if path.exists() and not path.is_file():  # a folder, a device: not ours to rename
        raise _Unusable(
            f"{path} is no file, so your progress is kept while this notebook runs and no longer. "
            f"{VARIABLE} may name a file."
        )
    try:
        raw = patiently(lambda: _first_bytes(path))
    except (FileNotFoundError, NotADirectoryError):
        return _empty()
    try:
        found = json.loads(raw.decode("utf-8-sig")) if len(raw) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    version = found.get("format") if isinstance(found, dict) else None
    if type(version) is int and version > FORMAT:
        raise _Unusable(
            f"Your progress in {path} was written by a newer version of the course. It is left as it is, "
            "and nothing is added until you update the course."
        )
    data = found if isinstance(found, dict) else {}
    clean = {
        **data,
        "format": FORMAT,
        "exercises": _lists(data.get("exercises")),
        "quizzes": _tries(data.get("quizzes")),
    }
    if clean != found or version is True:
        raise _Damaged({key: clean[key] for key in _empty()})
    return clean


def _written(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _lists(value: Any) -> dict[str, list[str]]:
    """The part of `value` that is lesson → names of exercises."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {
        lesson: [name for name in names if isinstance(name, str)] for lesson, names in pairs if isinstance(names, list)
    }


def _tries(value: Any) -> dict[str, list[dict[str, str]]]:
    """The part of `value` that is lesson → tries, each from questions to answers."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {
        lesson: [
            {asked: said for asked, said in one.items() if isinstance(said, str)}
            for one in tries
            if isinstance(one, dict)
        ]
        for lesson, tries in pairs
        if isinstance(tries, list)
    }


_ONE_THREAD = threading.Lock()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock beside `path`; where the file system knows no locks, go on without one.

    OSError: another notebook has been writing for longer than `PATIENCE`.
    """
    lock = filelock.FileLock(f"{path}.lock", timeout=PATIENCE)
    with _ONE_THREAD:
        try:
            lock.acquire()
        except filelock.Timeout:
            raise TimeoutError("another notebook is writing to it") from None
        except (OSError, NotImplementedError):
            pass
        try:
            yield
        finally:
            lock.release()


def _reason(error: OSError) -> str:
    """Why a file could not be used, in the system's own words."""
    return safe_str(error.strerror or error, 100)


record = Record()
