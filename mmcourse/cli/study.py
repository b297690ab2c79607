"""``study``: computes the experiments that carry the course's claims, or lists how fresh their numbers are."""

import os
import time
from collections.abc import Sequence
from typing import Any

from mmcourse.cli.lessons import find_lesson
from mmcourse.cli.messages import COMMAND, Failure, complain, say

Study = Any  # mmcourse.studies.Study; it comes with torch, which a command may not load before the set-up


def study(wishes: Sequence[str], fresh: bool = False, listing: bool = False, jobs: int | None = None) -> int:
    """Computes, or lists, the studies named (a lesson, or lesson/name), all when none is; the exit status."""
    chosen = choose(wishes)
    if not chosen:
        say("There are no studies yet.")
    if listing:
        return list_them(chosen)
    failed = 0
    for one in chosen:
        try:
            run_one(one, fresh, jobs)
        except Failure as failure:
            if failure.status == 130:
                raise
            failed += 1
            complain(failure)
    return 1 if failed else 0


def choose(wishes: Sequence[str]) -> list[Study]:
    """The studies that are meant, each once."""
    from mmcourse.studies import all_studies

    if not wishes:
        return all_studies()
    found = []
    for wish in wishes:
        lesson, _, name = wish.strip().removesuffix(".json").partition("/")
        lesson = find_lesson(lesson).stem[3:]
        there = all_studies(lesson)
        meant = [one for one in there if name in ("", one.name.partition("/")[2])]
        if not meant:
            offer = ", ".join(one.name for one in there or all_studies()) or "none yet"
            what = f"no study {name!r}" if there else "no studies"
            raise Failure(f"Lesson {lesson} has {what}.", f"choose one of these: {offer}", status=2)
        found += meant
    return list(dict.fromkeys(found))


def list_them(chosen: Sequence[Study]) -> int:
    """A line for each: name, minutes on two cores, freshness."""
    states = [one.state() for one in chosen]
    wide = max(map(len, (one.name for one in chosen)), default=0)
    for one, state in zip(chosen, states, strict=True):
        gpu = ", needs a GPU" if one.needs_gpu else ""
        say(f"{one.name:<{wide}}  {one.minutes:4g} min  {state}{gpu}{changes(one) if state == 'stale' else ''}")
    open_ones = [one.minutes for one, state in zip(chosen, states, strict=True) if state != "fresh"]
    if open_ones:
        say(f"\nAbout {sum(open_ones):g} minutes on two cores compute the rest:  {COMMAND} study")
    return 0


def changes(one: Study, most: int = 4) -> str:
    """What has made a study stale, by name."""
    names = one.changed()
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f" (changed: {', '.join(names[:most])}{more})"


def run_one(one: Study, fresh: bool, jobs: int | None) -> None:
    """Computes what a study lacks, with a bar; one line says how it ended."""
    from mmcourse.engine import pick_device
    from mmcourse.studies import StudyError, UnitFailed

    if one.needs_gpu and pick_device().type == "cpu":
        say(f"○ {one.name}: left as it is, for it needs a GPU and this computer offers none")
        return
    begun = time.perf_counter()
    try:
        done = compute_with_bar(one, fresh, jobs)
    except (Failure, OSError, MemoryError):
        raise
    except StudyError as error:
        raise Failure(str(error), f"then give the command again:  {COMMAND} study {one.name}") from None
    except Exception as error:
        if os.environ.get("MMCOURSE_DEBUG"):
            raise
        why = str(error) if isinstance(error, UnitFailed) else f"{type(error).__name__}: {error}"
        raise Failure(
            f"{one.name} stopped, its finished units are kept: {why}",
            "set MMCOURSE_DEBUG=1 and give the same command again to see where.",
        ) from error
    if done.aside is not None:
        say(f"  Its store was damaged; it now lies in {done.aside}, and all was computed anew.")
    took = f"{done.computed} units in {time.perf_counter() - begun:.1f} s" if done.computed else "nothing was missing"
    say(f"✓ {one.name}: {took}, {'saved' if done.saved else 'unchanged'}")


def compute_with_bar(one: Study, fresh: bool, jobs: int | None) -> Any:
    """Computes with a bar that a terminal shows and a log does not. Ctrl-C is a Failure that says what is kept."""
    from tqdm import tqdm

    from mmcourse.engine import pick_device
    from mmcourse.studies import compute_missing, jobs_for

    several = 1 if os.environ.get("MMCOURSE_DEBUG") else jobs_for(len(one.units), pick_device().type, jobs)
    done: list[int] = []
    with tqdm(desc=one.name, total=len(one.units), unit=" units", leave=False, disable=None) as bar:

        def show(number: int, _all: int) -> None:
            if not done:
                bar.initial = number  # what an earlier run has found has no speed
            done.append(number)
            bar.update(number - bar.n)

        try:
            return compute_missing(one, fresh, show, several)
        except KeyboardInterrupt:
            kept = f"{done[-1] if done else 0} of the {len(one.units)} units of {one.name} are kept"
            raise Failure(f"Stopped by Ctrl-C: {kept}.", "give the same command again to go on.", 130) from None
