"""`check("softmax", my_softmax)`: does the learner's function do what the lesson's own function does?

An exercise has a reference (the lesson module's function), cases, and known mistakes: wrong implementations
with a hint each. The answer is a `Report`; whatever the learner's function does, it is answered in words.
Only the stop button passes through, as the KeyboardInterrupt it is.
"""

import ast
import dataclasses
import difflib
import dis
import importlib
import inspect
import pkgutil
import sys
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

from mmcourse.ui import explain
from mmcourse.ui.compare import Rules, difference
from mmcourse.ui.record import Kept, Record
from mmcourse.ui.report import Report
from mmcourse.ui.text import clip, kind
from mmcourse.ui.trial import Case, Outcome, codes_of, parameter_names, run_case

__all__ = ["Case", "CheckStopped", "Checker", "Exercise", "Mistake", "Report"]

# Instructions of a body that computes something; one without any of them is `...`, `pass` or a docstring.
BUSY = ("LOAD_FAST", "LOAD_DEREF", "LOAD_NAME", "LOAD_GLOBAL", "STORE_", "BINARY_", "BUILD_", "CALL")


class CheckStopped(KeyboardInterrupt):
    """The learner pressed stop while a check ran. Waiting cells do not run; one sentence is shown."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclasses.dataclass(frozen=True)
class Mistake:
    """A usual mistake: `wrong` makes it (same arguments as the reference), `hint` says what to do."""

    name: str
    wrong: Callable[..., Any]
    hint: str


@dataclasses.dataclass(frozen=True)
class Exercise:
    """One exercise; `cases` is called when needed and must give the same cases each time.

    `use(function, *args)` adapts what the learner wrote, for classes: `use=lambda Net, x: Net(3)(x)`.
    `gradients` also compares the slopes with respect to float tensors among the arguments.
    `strict_type` accepts only the reference's own type; otherwise equal numbers count, whatever holds them.
    """

    name: str
    task: str
    reference: Callable[..., Any]
    cases: Callable[[], list[Case]]
    mistakes: list[Mistake] = dataclasses.field(default_factory=list)
    hints: list[str] = dataclasses.field(default_factory=list)
    rtol: float = 1e-4
    atol: float = 1e-5
    seconds: float = 2.0
    strict_type: bool = False
    gradients: bool = False
    use: Callable[..., Any] | None = None
    labels: tuple[str, ...] = ()  # what the report calls the inputs

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"Exercise name {self.name!r}: expected a name that a Python function can have.")
        for label in ("reference", "cases"):
            came = getattr(self, label)
            if not callable(came):
                raise TypeError(f"Exercise {self.name!r}: {label} must be callable, got {kind(came)}.")
        if not self.seconds > 0:
            raise ValueError(f"Exercise {self.name!r}: seconds must be above 0, got {self.seconds}.")

    @property
    def rules(self) -> Rules:
        return Rules(self.rtol, self.atol, self.strict_type)

    def attempt(self, function: Callable, case: Case, limited: bool = True) -> Outcome:
        """Run `function` on `case` under this exercise's conditions."""
        names = parameter_names(self.reference) if self.use is None else parameter_names(self.use)[1:]
        names = self.labels + names[len(self.labels) :]
        return run_case(
            function,
            case,
            seconds=self.seconds if limited else None,
            names=names,
            use=self.use,
            gradients=self.gradients,
        )

    def expected(self, case: Case) -> Outcome:
        """What the reference does. A reference that fails is a mistake of the course, and raises."""
        outcome = self.attempt(self.reference, case, limited=False)
        wanted = "raised" if case.raises else "value"
        if outcome.kind != wanted or (case.raises and case.raises.__name__ not in outcome.ancestors):
            raise RuntimeError(
                f"Exercise {self.name!r}, case {case.name!r}: the reference itself does not "
                f"do what the case says ({outcome.kind} {outcome.error} {outcome.message})."
            )
        return outcome


class Checker:
    """`check(name, function)`, `check.hint(name)`, `check.solution(name)`, `check.list()`.

    `source` is a package whose modules each hold a list EXERCISES (imported at the first use), or exercises.
    `record` keeps what passed from session to session: what was solved once stays solved.
    """

    def __init__(self, source: str | Iterable[Exercise], record: Record | None = None) -> None:
        self._source = source if isinstance(source, str) else list(source)
        self._record = record
        self._registry: dict[str, tuple[str, Exercise]] | None = None
        self._states: dict[str, str] = {}
        self._hints_given: dict[str, int] = {}

    def __repr__(self) -> str:
        return 'check: write check("name", function); check.list() shows all exercises'

    def __call__(self, name: str, function: Any = None) -> Report:
        """Compare `function` with the reference on every case. ValueError: no exercise has this name."""
        exercise = self.exercise(name)
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

    def hint(self, name: str, n: int | None = None) -> Report:
        """The next hint at each call; `n` shows the first n hints and counts nothing."""
        hints = self.exercise(name).hints
        if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
            raise ValueError(f"n must be a whole number from 1 to {len(hints)}, got {n!r}.")
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

    def solution(self, name: str) -> Report:
        """The source of the lesson module's own function, and where it stands."""
        reference = inspect.unwrap(self.exercise(name).reference)
        path = reference.__module__.replace(".", "/") + ".py"
        try:
            code = textwrap.dedent(inspect.getsource(reference)).rstrip()
        except (OSError, TypeError):
            code = "(its source cannot be read here)"
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
            known = sorted({home for home, _ in self.registry().values()})
            return Report(
                "exercises",
                "note",
                f"No exercises{f' in {lesson}' if lesson else ''} yet. "
                f"Lessons with exercises: {', '.join(known) or 'none'}.",
            )
        return Report(
            "exercises", "note", f"{len(rows)} exercises", details=tuple(rows), advice=(kept.note,) if kept.note else ()
        )

    def _symbol(self, name: str, kept: Kept) -> str:
        state = self._states.get(name)
        if self._record:  # it knows of this session too, and may have been reset
            state = "passed" if kept.solved(self.registry()[name][0], name) else state if state == "failed" else None
        return {"passed": "✓", "failed": "✗"}.get(state or "", "○")

    def exercise(self, name: str) -> Exercise:
        if not isinstance(name, str):
            raise TypeError(
                f'name: expected the exercise\'s name in quotes, got {kind(name)}. Write check("name", function).'
            )
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
        if not isinstance(self._source, str):
            return [(e.reference.__module__.rpartition(".")[2], e) for e in self._source]
        package = importlib.import_module(self._source)
        lessons = sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))
        return [
            (lesson, e)
            for lesson in lessons
            for e in getattr(importlib.import_module(f"{self._source}.{lesson}"), "EXERCISES", [])
        ]


def judge(exercise: Exercise, function: Any) -> Report:
    """The whole verdict on one function, as a Report."""
    name = exercise.name
    if function is None:
        return explain.unusable(exercise, function)
    cases = exercise.cases()
    if callable(function) and exercise.use is None:  # learners know the names in their own first line
        exercise = dataclasses.replace(exercise, labels=parameter_names(function))
    wanted = [exercise.expected(case) for case in cases]
    if not callable(function):
        return explain.unusable(exercise, function)
    arity = explain.arity_problem(exercise, function, cases[0])
    if arity:
        return arity
    got = _attempts(exercise, function, cases)
    if is_open(function, got, wanted):
        return Report(
            name,
            "open",
            f'{name} is still open. Replace the … and run the cell again. check.hint("{name}") gives a first hint.',
        )
    problems = [explain.problem(g, w, exercise.rules) for g, w in zip(got, wanted, strict=False)]
    if not any(problems):
        return Report(
            name, "passed", f"{name}: " + ("the case holds." if len(cases) == 1 else f"all {len(cases)} cases hold.")
        )
    mistake = recognise(exercise, cases, got, wanted)
    unsteady = mistake is None and explain.is_unsteady(exercise, function, cases, got, problems)
    return explain.failure(exercise, cases, got, wanted, problems, mistake, unsteady)


def _attempts(exercise: Exercise, function: Callable, cases: list[Case]) -> list[Outcome]:
    """One outcome a case, until one takes too long; what the first case prints is shown."""
    outcomes: list[Outcome] = []
    for case in cases:
        outcomes.append(exercise.attempt(function, case))
        if len(outcomes) == 1 and outcomes[0].printed:
            sys.stdout.write(outcomes[0].printed)
        if outcomes[-1].kind == "timeout":
            break
    return outcomes


def recognise(exercise: Exercise, cases: list[Case], got: list[Outcome], wanted: list[Outcome]) -> Mistake | None:
    """The first listed mistake that does on every case what the learner's function did."""
    for mistake in exercise.mistakes:
        if all(
            _alike(g, exercise.attempt(mistake.wrong, case), w, exercise.rules)
            for g, case, w in zip(got, cases, wanted, strict=False)
        ):
            return mistake
    return None


def _alike(got: Outcome, wrong: Outcome, want: Outcome, rules: Rules) -> bool:
    """Same value, or same exception. Names and types go wrong in many ways: there the message counts too."""
    if got.kind != wrong.kind:
        return False
    if got.kind == "raised":
        vague = got.error in ("TypeError", "NameError", "AttributeError", "KeyError", "RuntimeError")
        return got.error == wrong.error and (not vague or got.message == wrong.message)
    if got.kind == "timeout":
        return True
    if difference(got.value, wrong.value, rules):
        return False
    if difference(got.value, want.value, rules) is None:  # right value: only the side effects can tell
        return set(got.changed) == set(wrong.changed) and not difference(got.gradients, wrong.gradients, rules)
    return True


def is_open(function: Any, got: list[Outcome], wanted: list[Outcome]) -> bool:
    """Whether nothing is written yet: every case gives None, `…` or NotImplementedError."""
    if any(g.kind == "raised" and g.error == "NotImplementedError" for g in got):
        return all(g.kind == "raised" and g.error == "NotImplementedError" for g in got) and not any(
            w.kind == "raised" and w.error == "NotImplementedError" for w in wanted
        )
    if all(g.kind == "value" and _is_ellipsis(g.value) for g in got):
        return True
    if all(g.kind == "raised" and "ellipsis" in g.message.lower() for g in got):
        return True  # the template's `w = ...` is used further down
    silent = all(g.kind == "value" and g.value is None for g in got)
    return silent and any(w.value is not None for w in wanted) and is_unwritten(function)


def _is_ellipsis(value: Any) -> bool:
    return value is ... or (isinstance(value, (tuple, list)) and value and all(v is ... for v in value))


def is_unwritten(function: Any) -> bool:
    """Whether the body computes nothing (`...`, `pass`, a docstring), or a lone `...` is in its source."""
    busy = [any(i.opname.startswith(BUSY) for i in dis.get_instructions(c)) for c in codes_of(function)]
    if not all(busy):
        return True
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return False
    return any(
        isinstance(getattr(node, "value", None), ast.Constant) and node.value.value is ...
        for node in ast.walk(tree)
        if isinstance(node, (ast.Expr, ast.Assign, ast.Return))
    )
