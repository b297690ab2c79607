"""Where a study's numbers lie: the store, written whole or not at all, and beside it what an unfinished run has found.

A store is JSON with one unit on a line; the same numbers give the same bytes. While a study is computed, each finished
unit is added as a line to a file of its own, by the process that computed it, so that a kill loses what is under way in
the processes that it ends and no more; the last unit turns those lines into a new store. A lock keeps others away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import filelock

from mmcourse.base.files import ROOT, patiently, replace_file
from mmcourse.studies.plain import key_of

FOLDER = ROOT / "data" / "studies"
Unit = dict[str, Any]  # {"at": its arguments, "found": its numbers}


class StudyError(RuntimeError):
    """A study's numbers cannot be had: one sentence that says why and what to do."""


class Damaged(Exception):
    """A store that holds no study."""


@dataclass(frozen=True)
class Store:
    """A study as it is kept; ``computed`` says with which torch and on what kind of device."""

    fingerprint: str
    fixed: dict[str, Any]
    sources: dict[str, str]
    computed: list[str]
    units: list[Unit] = field(repr=False)

    def found(self) -> dict[str, Any]:
        """The numbers of each unit, by ``key_of`` its arguments."""
        return {key_of(unit["at"]): unit["found"] for unit in self.units}


def store_path(name: str) -> Path:
    """data/studies/<lesson>/<study>.json"""
    return FOLDER / f"{name}.json"


def shown_path(name: str) -> str:
    """The store as a sentence names it: relative to the project."""
    return f"data/studies/{name}.json"


def read_store(name: str) -> Store | None:
    """What is kept of a study, None where nothing is. ``Damaged`` for a file that holds something else."""
    try:
        raw = patiently(store_path(name).read_bytes)
    except FileNotFoundError:
        return None
    try:
        content = json.loads(raw)
        found = Store(**{key: content[key] for key in Store.__dataclass_fields__})
        kinds = {"fingerprint": str, "fixed": dict, "sources": dict, "computed": list, "units": list}
        whole = all(isinstance(getattr(found, key), kind) for key, kind in kinds.items())
        if not whole or content["study"] != name or not all(map(_is_unit, found.units)):
            raise Damaged(name)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Damaged(name) from error
    return found


def _is_unit(value: Any) -> bool:
    """Whether it is arguments with numbers."""
    return isinstance(value, dict) and isinstance(value.get("at"), dict) and isinstance(value.get("found"), dict)


def write_store(name: str, store: Store) -> bool:
    """Put a new store in the place of the old one at once; False when it was the same."""
    head = {"study": name, **{key: getattr(store, key) for key in ("computed", "fingerprint", "fixed", "sources")}}
    lines = [f"{json.dumps(key)}: {_in_line(head[key])}," for key in sorted(head)]
    units = ",\n".join(_in_line({"at": unit["at"], "found": unit["found"]}) for unit in store.units)
    path = store_path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return replace_file(path, ("{\n" + "\n".join(lines) + '\n"units": [\n' + units + "\n]\n}\n").encode())


def _in_line(value: Any) -> str:
    """JSON in one line, keys in order."""
    return json.dumps(value, sort_keys=True, allow_nan=False)


class Unfinished:
    """The units that a run has found so far, one a line, beside the store."""

    def __init__(self, name: str, path: Path | None = None) -> None:
        self.path = path or store_path(name).with_suffix(".part.jsonl")

    def read(self, fingerprint: str) -> tuple[list[Unit], bool]:
        """The units computed by the present code, and whether they begin a whole study anew.

        A line that was cut by a kill, or computed by other code, is left out.
        """
        units, anew = [], False
        for line in self.path.read_bytes().splitlines() if self.path.is_file() else []:
            try:
                one = json.loads(line)
            except ValueError:
                continue
            if isinstance(one, dict) and one.get("fingerprint") == fingerprint:
                anew = anew or "anew" in one
                units += [one] if _is_unit(one) and isinstance(one.get("computed"), str) else []
        return units, anew

    def begin_anew(self, fingerprint: str) -> None:
        """Forget what is there: from here on every unit of the study counts again."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self.path, (_in_line({"anew": True, "fingerprint": fingerprint}) + "\n").encode())

    def add(self, unit: Unit, fingerprint: str, computed: str) -> None:
        """Keep one finished unit; when this returns it is on the disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = _in_line({"fingerprint": fingerprint, "computed": computed, **unit})
        with self.path.open("ab") as file:
            file.write(f"\n{line}\n".encode())  # the first line break ends what a kill may have cut
            file.flush()
            os.fsync(file.fileno())

    def remove(self) -> None:
        """The store has it all."""
        self.path.unlink(missing_ok=True)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold a study's lock; ``StudyError`` when another process computes it. Without locks on this disk, go on."""
    path = store_path(name).with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise StudyError(f"Another process is computing {name} just now; wait until it has ended.") from None
    except NotImplementedError:
        pass
    try:
        yield
    finally:
        lock.release()
