"""Computing what a study lacks: unit after unit, each kept as soon as it is there."""

from __future__ import annotations

import importlib
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mmcourse.base.about import PACKAGE, lessons
from mmcourse.base.files import set_aside
from mmcourse.engine import pick_device
from mmcourse.studies.plain import key_of
from mmcourse.studies.store import Damaged, Store, Unfinished, alone, read_store, store_path, write_store
from mmcourse.studies.study import Study
from mmcourse.studies.workers import by_several_processes, in_this_process

OnUnit = Callable[[int, int], object]


@dataclass(frozen=True)
class StudyRun:
    """What a run did: how many units it computed, whether the store changed, where a damaged store now lies."""

    computed: int
    saved: bool
    aside: Path | None = None


def compute_missing(study: Study, fresh: bool = False, on_unit: OnUnit | None = None, jobs: int = 1) -> StudyRun:
    """Compute the units that are missing, or with ``fresh`` all, in ``jobs`` processes.

    ``on_unit(done, all)`` is called at the start and after each unit, when that is on the disk. A stop loses what is
    under way, one unit a process; a kill of this process (-9, too) only the unit that it computes itself: the others
    finish and keep theirs. A run that was stopped goes on with the next call, a fresh one too.
    ``KeyboardInterrupt`` passes through. ``StudyError`` when somebody else computes the study.
    """
    with alone(study.name), remembered_interrupt() as interrupted:
        sources, units, unfinished = study.sources(), list(study.units), Unfinished(study.name)
        now = study.fingerprint(sources)
        store, aside = store_or_aside(study.name)
        lines, anew = unfinished.read(now)
        if fresh and not anew:
            unfinished.begin_anew(now)
            lines, anew = [], True
        usable = store if store and store.fingerprint == now and not anew else None
        found = usable.found() if usable else {}
        found |= {key_of(line["at"]): line["found"] for line in lines}
        made = {*(usable.computed if usable else []), *(line["computed"] for line in lines)}
        missing = [one for one in units if key_of(one) not in found]
        tell, kept = on_unit or (lambda done, total: None), len(units) - len(missing)
        tell(kept, len(units))
        jobs = min(jobs, len(missing))
        with closing(
            by_several_processes(study, missing, jobs, unfinished.path, now)
            if jobs > 1
            else in_this_process(study, missing)
        ) as coming:
            for done, (one, numbers) in enumerate(coming, start=kept + 1):
                if interrupted():  # something inside has swallowed it: this unit may be half-trained
                    raise KeyboardInterrupt
                if jobs <= 1:  # other processes have kept it themselves
                    unfinished.add({"at": one, "found": numbers}, now, made_with())
                found[key_of(one)] = numbers
                made.add(made_with())
                tell(done, len(units))
        rows = [{"at": one, "found": found[key_of(one)]} for one in units]
        saved = write_store(study.name, Store(now, study.fixed, sources, sorted(made), rows))
        unfinished.remove()
        return StudyRun(len(missing), saved, aside)


def store_or_aside(name: str) -> tuple[Store | None, Path | None]:
    """The store, or, when it is damaged, none and the place it was moved to."""
    try:
        return read_store(name), None
    except Damaged:
        return None, set_aside(store_path(name), "damaged")


def made_with() -> str:
    """The torch and the kind of device that compute now: ``"torch 2.13.0 on cpu"``."""
    return f"torch {torch.__version__.split('+')[0]} on {pick_device().type}"


@contextmanager
def remembered_interrupt() -> Iterator[Callable[[], bool]]:
    """Inside, Ctrl-C raises as usual and is also remembered; gives a function that tells whether it came."""
    came: list[bool] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def note(_number: int, _frame: Any) -> None:
        came.append(True)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(came)
    finally:
        signal.signal(signal.SIGINT, before)


def all_studies(lesson: str | None = None) -> list[Study]:
    """The studies of a lesson, or of all, in their order."""
    found = []
    for name in [one.name for one in lessons()] if lesson is None else [lesson]:
        place = PACKAGE / name / "studies"
        if place.with_suffix(".py").is_file() or (place / "__init__.py").is_file():
            module = importlib.import_module(f"mmcourse.{name}.studies")
            own = [one for one in vars(module).values() if isinstance(one, Study) and one.name.startswith(f"{name}/")]
            found += dict.fromkeys(own)
    return found
