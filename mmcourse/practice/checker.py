"""`check("softmax", my_softmax)`: does the learner's function do what the lesson's own function does?

The answer is a `Report`. `check.hint`, `check.solution` and `check.list` help on the way.
"""

import dataclasses
import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mmcourse.base.checks import check_whole
from mmcourse.base.source import own_source
from mmcourse.base.text import clip, safe_str
from mmcourse.practice.exercise import Exercise
from mmcourse.practice.judge import judge
from mmcourse.practice.record import Kept, Record
from mmcourse.practice.report import Report
from mmcourse.practice.values import kind

Source = Callable[[], Mapping[str, Sequence[Exercise]]]


class CheckStopped(KeyboardInterrupt):
    """The learner pressed stop while a check ran. Waiting cells do not run; one sentence is shown."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Checker:
    """`check(name, function)`, `check.hint(name)`, `check.solution(name)`, `check.list()`.

    `source` gives lesson → its exercises (asked at the first use), or is a list of exercises.
    `record` keeps what passed from session to session: what was solved once stays solved.
    """

    def __init__(self, source: Source | Iterable[Exercise], record: Record | None = None) -> None:
        self._source = source if callable(source) else list(source)
        self._record = record
        self._registry: dict[str, tuple[str, Exercise]] | None = None
        self._states: dict[str, str] = {}
        self._hints_given: dict[str, int] = {}

    def __repr__(self) -> str:
        return 'check: write check("name", function); check.list() shows all exercises'

    def __call__(self, name: str | None = None, function: Any = None) -> Report:
        """Compare `function` with the reference on every case. ValueError: no exercise has this name."""
        exercise = self.exercise(name)
        name = exercise.name
        try:
            report = judge(exercise, function)
        except KeyboardInterrupt:
            raise CheckStopped(f"✗ {name}: you stopped the check. Nothing was judged.") from None
        self._states[name] = report.state
        return self._kept(self.registry()[name][0], report)

    def _kept(self, lesson: str, report: Report) -> Report:
        """The report, entered into the record when it is a pass, and with what the record adds to it."""
        said = ""
        if self._record and report.passed:
            said = self._record.passed(lesson, report.name)
        elif self._record and report.state == "failed" and self._record.read().solved(lesson, report.name):
            said = f"An earlier version of your {report.name} passed: the exercise stays solved."
        return dataclasses.replace(report, advice=(*report.advice, said)) if said else report

    def hint(self, name: str | None = None, n: int | None = None) -> Report:
        """The next hint at each call; `n` shows the first n hints and counts nothing."""
        exercise = self.exercise(name)
        name, hints = exercise.name, exercise.hints
        if n is not None:
            check_whole(n, "n", why=f" (there are {len(hints)} hints)")
        if not hints:
            return Report(name, "note", f'{name} has no hint. check.solution("{name}") shows a solution.')
        if n is None:
            n = self._hints_given[name] = min(self._hints_given.get(name, 0) + 1, len(hints))
            shown = [n]
        else:
            shown = list(range(1, min(n, len(hints)) + 1))
        last = shown[-1] == len(hints)
        return Report(
            name,
            "note",
            f"{name}, hint {shown[-1]} of {len(hints)}",
            advice=(
                *(hints[i - 1] for i in shown),
                f'That was the last hint. check.solution("{name}") shows a solution.'
                if last
                else f'check.hint("{name}") gives the next one.',
            ),
        )

    def solution(self, name: str | None = None) -> Report:
        """The source of the lesson module's own function, and where it stands."""
        exercise = self.exercise(name)
        name, reference = exercise.name, inspect.unwrap(exercise.reference)
        path = reference.__module__.replace(".", "/") + ".py"
        code = own_source(reference) or "(its source cannot be read here)"
        return Report(name, "note", f"{name}: one solution, from {path}", code=code)

    def list(self, lesson: str | None = None) -> Report:
        """All exercises, or one lesson's, with how far you are: ✓ solved, ✗ the last attempt failed, ○ open."""
        kept = self._record.read() if self._record else Kept()
        rows = [
            (f"{self._symbol(name, kept)} {name}", exercise.task)
            for name, (home, exercise) in self.registry().items()
            if lesson in (None, home)
        ]
        if not rows:
            known = list(dict.fromkeys(home for home, _ in self.registry().values()))
            said = (
                f"There is no lesson {safe_str(lesson, 60)} with exercises" if lesson else "There are no exercises yet"
            )
            near = difflib.get_close_matches(safe_str(lesson, 60), known, n=1)
            advice = (f"Near: {near[0]}.",) if near else (f"Lessons with exercises: {', '.join(known) or 'none'}.",)
            return Report("exercises", "note", f"{said}.", advice=advice)
        return Report(
            "exercises", "note", f"{len(rows)} exercises", details=tuple(rows), advice=(kept.note,) if kept.note else ()
        )

    def _symbol(self, name: str, kept: Kept) -> str:
        state = self._states.get(name)
        if self._record:  # it knows of this session too, and may have been reset
            state = "passed" if kept.solved(self.registry()[name][0], name) else state if state == "failed" else None
        return {"passed": "✓", "failed": "✗"}.get(state or "", "○")

    def exercise(self, name: str | None) -> Exercise:
        """The exercise of this name. TypeError or ValueError, which names the nearest: there is none."""
        if not isinstance(name, str):
            raise TypeError(
                f"name: got {kind(name)}, expected the exercise's name in quotes. "
                'Write check("name", function); check.list() shows the names.'
            )
        name = name.strip()
        if name not in self.registry():
            near = difflib.get_close_matches(name, self.registry(), n=3, cutoff=0.4)
            advice = f"Near: {', '.join(near)}." if near else "check.list() shows all of them."
            raise ValueError(f"name: there is no exercise {clip(name, 60)!r}. {advice}")
        return self.registry()[name][1]

    def registry(self) -> dict[str, tuple[str, Exercise]]:
        """Name → (lesson, exercise). Two exercises of one name are an error."""
        if self._registry is None:
            found: dict[str, tuple[str, Exercise]] = {}
            for lesson, exercise in self._found():
                if exercise.name in found:
                    raise ValueError(
                        f"Two exercises are called {exercise.name!r}: in "
                        f"{found[exercise.name][0]} and in {lesson}. Rename one."
                    )
                found[exercise.name] = (lesson, exercise)
            self._registry = found
        return self._registry

    def _found(self) -> Iterable[tuple[str, Exercise]]:
        if callable(self._source):
            return [(lesson, exercise) for lesson, exercises in self._source().items() for exercise in exercises]
        return [(exercise.reference.__module__.rpartition(".")[2], exercise) for exercise in self._source]
