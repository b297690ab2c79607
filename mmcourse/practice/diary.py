"""The file that holds what a learner has done: read, checked, added to, and locked while one notebook writes.

{"format": 1, "exercises": {"neurons": ["neuron"]},
 "quizzes": {"neurons": [{"the question": "the answer given"}]}}       one entry for each try of a quiz
"""

import json
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock

from mmcourse.base.files import patiently
from mmcourse.base.text import safe_str

FORMAT = 1
MOST_BYTES = 1_000_000  # a whole course needs some thousand
MOST_TRIES = 20  # of one quiz; in the middle of more, the oldest go
PATIENCE = 3.0  # seconds to wait for another notebook that is writing
Change = tuple[str, ...]  # ("passed", lesson, exercise), ("answer", lesson, question, option), ("again", lesson)


class Unusable(Exception):
    """The file cannot be read or written now; its text is the sentence for the learner."""


class DamagedDiary(Exception):
    """The file is not what the course writes; `data` holds what could be read of it."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self.data = data


def empty() -> dict[str, Any]:
    """The content of a file in which nothing is kept yet."""
    return {"format": FORMAT, "exercises": {}, "quizzes": {}}


def content(path: Path) -> dict[str, Any]:
    """What a file holds, `empty()` when there is none. DamagedDiary, or Unusable: unreadable, a newer format."""
    try:
        raw = patiently(lambda: _first_bytes(path))
    except (FileNotFoundError, NotADirectoryError):
        return empty()
    except OSError as error:
        raise Unusable(
            f"Your progress in {path} could not be read ({failure_of(error)}); it is left as it "
            "is, and what you do is kept while this notebook runs."
        ) from error
    try:
        found = json.loads(raw.decode("utf-8-sig")) if len(raw) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    version = found.get("format") if isinstance(found, dict) else None
    if type(version) is int and version > FORMAT:
        raise Unusable(
            f"Your progress in {path} was written by a newer version of the course. It is left as it is, "
            "and nothing is added until you update the course."
        )
    data = found if isinstance(found, dict) else {}
    known = {"format": FORMAT, "exercises": _names(data.get("exercises")), "quizzes": _tries(data.get("quizzes"))}
    if {**data, **known} != found or version is True:
        raise DamagedDiary(known)
    return found


def _first_bytes(path: Path) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # a folder, a device: not ours to rename
        raise Unusable(
            f"{path} is no file, so your progress is kept while this notebook runs and no longer. "
            "MMCOURSE_PROGRESS may name a file."
        )
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _lists(value: Any) -> dict[str, list]:
    """The part of `value` that is lesson → list."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {lesson: entries for lesson, entries in pairs if isinstance(entries, list)}


def _names(value: Any) -> dict[str, list[str]]:
    """The part of `value` that is lesson → names of exercises."""
    return {lesson: [one for one in names if isinstance(one, str)] for lesson, names in _lists(value).items()}


def _tries(value: Any) -> dict[str, list[dict[str, str]]]:
    """The part of `value` that is lesson → tries, each from questions to answers."""
    kept = {lesson: [one for one in tries if isinstance(one, dict)] for lesson, tries in _lists(value).items()}
    return {
        lesson: [{asked: said for asked, said in one.items() if isinstance(said, str)} for one in tries]
        for lesson, tries in kept.items()
    }


def as_bytes(data: dict[str, Any]) -> bytes:
    """A file's content as it is written."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def enter(data: dict[str, Any], change: Change) -> bool:
    """Enter one change into a file's content; False when it was there already."""
    kind, lesson, *words = change
    if kind == "passed":
        names = data["exercises"].setdefault(lesson, [])
        names += [] if (known := words[0] in names) else words
        return not known
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


_ONE_THREAD = threading.Lock()


@contextmanager
def held_alone(path: Path) -> Iterator[None]:
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


def failure_of(error: OSError) -> str:
    """Why a file could not be used, in the system's own words."""
    return safe_str(error.strerror or error, 100)
