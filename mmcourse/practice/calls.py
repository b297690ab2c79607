"""What cannot be judged by calling it: no function at all, or one that does not take the exercise's arguments."""

import inspect
from collections.abc import Callable
from typing import Any

from mmcourse.practice.exercise import Case, Exercise
from mmcourse.practice.report import Report
from mmcourse.practice.values import kind


def unusable(exercise: Exercise, function: Any) -> Report:
    """For what is no function: nothing given, a result instead of a function, a name in quotes."""
    name = exercise.name
    if function is None:
        return Report(
            name,
            "open",
            f"{name} is still open. {exercise.task}",
            advice=(f'Write it, then check("{name}", {name}) without parentheses after the name.',),
        )
    return Report(
        name,
        "failed",
        f"{name}: check needs the function itself, and got {kind(function)}.",
        advice=(f'Write check("{name}", {name}) without quotes or parentheses.',),
    )


def arity_problem(exercise: Exercise, function: Callable, case: Case) -> Report | None:
    """A function that cannot be called with the case's arguments, told before it is called."""
    if exercise.use is not None:
        return None
    args, kwargs = case.fresh()
    try:
        signature = inspect.signature(function)
    except Exception:  # built-in functions have none, and an object of the learner's may answer with anything
        return None
    try:
        signature.bind(*args, **kwargs)
        return None
    except TypeError as error:
        count = len(args) + len(kwargs)
        plural = "argument" if count == 1 else "arguments"
        wanted = inspect.signature(exercise.reference)
        return Report(
            exercise.name,
            "failed",
            f"{exercise.name}: check calls it with {count} {plural}, which yours does not take ({error}).",
            details=(
                ("yours", exercise.name + _parameters(signature)),
                ("expected", exercise.name + _parameters(wanted)),
            ),
            advice=("Make the first line of your function the expected one.",),
        )


def _parameters(signature: inspect.Signature) -> str:
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return "(" + ", ".join(stars.get(p.kind, "") + p.name for p in signature.parameters.values()) + ")"
