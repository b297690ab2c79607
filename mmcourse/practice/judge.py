"""The verdict on a learner's function: open, passed, or what went wrong in which case.

Whatever the function does, it is answered in words. Only the stop button passes through, as KeyboardInterrupt.
"""

import ast
import dataclasses
import dis
import sys
from collections.abc import Callable
from typing import Any

from mmcourse.base.source import own_source
from mmcourse.practice.arrays import Difference
from mmcourse.practice.calls import arity_problem, unusable
from mmcourse.practice.compare import difference
from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.practice.explain import failure, problem
from mmcourse.practice.report import Report
from mmcourse.practice.trial import Outcome, codes_of, parameter_names

# Instructions of a body that computes something; one without any of them is `...`, `pass` or a docstring.
BUSY = ("LOAD_FAST", "LOAD_DEREF", "LOAD_NAME", "LOAD_GLOBAL", "STORE_", "BINARY_", "BUILD_", "CALL")


def judge(exercise: Exercise, function: Any) -> Report:
    """The whole verdict on one function, as a Report."""
    name = exercise.name
    if function is None:
        return unusable(exercise, function)
    cases = exercise.cases()
    if callable(function) and exercise.use is None:  # learners know the names in their own first line
        exercise = dataclasses.replace(exercise, labels=parameter_names(function))
    wanted = [exercise.expected(case) for case in cases]
    if not callable(function):
        return unusable(exercise, function)
    arity = arity_problem(exercise, function, cases[0])
    if arity:
        return arity
    got = _attempts(exercise, function, cases)
    if is_open(function, got, wanted):
        return Report(
            name,
            "open",
            f'{name} is still open. Replace the … and run the cell again. check.hint("{name}") gives a first hint.',
        )
    problems = [problem(exercise, g, w, c) for g, w, c in zip(got, wanted, cases, strict=False)]
    if exercise.compare and not any(problems):
        problems = [_second(exercise, function, case, g) for case, g in zip(cases, got, strict=True)]
    if not any(problems):
        return Report(
            name, "passed", f"{name}: " + ("the case holds." if len(cases) == 1 else f"all {len(cases)} cases hold.")
        )
    mistake = recognise(exercise, cases, got, wanted)
    if mistake is None:
        at = next(i for i, found in enumerate(problems) if found)
        if problems[at].kind in ("value", "shape", "length", "order"):
            problems[at] = _second(exercise, function, cases[at], got[at]) or problems[at]
    return failure(exercise, cases, got, wanted, problems, mistake)


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


def _second(exercise: Exercise, function: Callable, case: Case, first: Outcome) -> Difference | None:
    """Whether a second call gives another answer: hidden randomness or memory."""
    again = exercise.attempt(function, case)
    if again.kind == first.kind and not difference(again.value, first.value, exercise.rules):
        return None
    source = (
        "Draw random numbers only from the generator that is passed in,"
        if first.drawn
        else "Nothing here is random: draw no random numbers,"
    )
    advice = f"Two calls with the same input gave different answers. {source} and keep nothing between two calls."
    return Difference("unsteady", advice)


def recognise(exercise: Exercise, cases: list[Case], got: list[Outcome], wanted: list[Outcome]) -> Mistake | None:
    """The first listed mistake that does on every case what the learner's function did.

    A plainer truth comes first: a function that returns nothing at all made no other mistake yet.
    """
    if all(g.kind == "value" and g.value is None for g in got):
        return None
    for mistake in exercise.mistakes:
        if all(
            _alike(exercise, g, exercise.attempt(mistake.wrong, case), w, case)
            for g, case, w in zip(got, cases, wanted, strict=False)
        ):
            return mistake
    return None


def _alike(exercise: Exercise, got: Outcome, wrong: Outcome, want: Outcome, case: Case) -> bool:
    """Same value, or same exception. Names and types go wrong in many ways: there the message counts too."""
    if got.kind != wrong.kind:
        return False
    if got.kind == "raised":
        vague = got.error in ("TypeError", "NameError", "AttributeError", "KeyError", "RuntimeError")
        return got.error == wrong.error and (not vague or got.message == wrong.message)
    if got.kind == "timeout":
        return True
    if difference(got.value, wrong.value, exercise.rules):
        return False
    found = problem(exercise, got, want, case)
    if found is None or found.kind in ("changed", "unchanged", "gradient"):  # only the side effects can tell
        changed = set(got.changed) == set(wrong.changed)
        return changed and not difference(got.gradients, wrong.gradients, exercise.rules)
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
        tree = ast.parse(own_source(function))
    except (SyntaxError, ValueError):
        return False
    return any(
        isinstance(getattr(node, "value", None), ast.Constant) and node.value.value is ...
        for node in ast.walk(tree)
        if isinstance(node, (ast.Expr, ast.Assign, ast.Return))
    )
