"""The sentences of `check`: what went wrong, in which case, with which values, and what to do next."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from mmcourse.practice.compare import Difference, Rules, difference, scale_words
from mmcourse.practice.exercise import Exercise, Mistake
from mmcourse.practice.report import Report
from mmcourse.practice.trial import Case, Outcome
from mmcourse.practice.values import as_array, kind, shown

HEADLINES = {
    "length": "the wrong count of values",
    "keys": "other keys than expected",
    "shape": "the wrong shape",
    "dtype": "the wrong kind of numbers",
    "nan": "NaN or infinite values",
    "value": "right shape, wrong values",
    "told": "not yet what is asked for",
    "type": "the wrong type of answer",
    "nothing": "your function returned nothing (None)",
    "ellipsis": "a … is still in the way",
    "changed": "your function changed its input",
    "unchanged": "the input was to be changed in place",
    "raised": "your code raised an error",
    "not raised": "an error was expected",
    "timeout": "stopped, it ran too long",
    "gradient": "right values, wrong slopes",
}
ERRORS = {
    "NameError": "A name is not known: is it misspelt, or was the cell that defines or imports it not run?",
    "UnboundLocalError": "A variable is used before it gets a value on this way through the function.",
    "ZeroDivisionError": "Something is divided by 0 in this case.",
    "RecursionError": "The function calls itself without end: which case should stop it?",
    "IndexError": "An index is too large: counting starts at 0 and ends at length - 1.",
    "KeyError": "That key is not in the dict: print its keys.",
    "AttributeError": "That value has no such method or attribute: print type(…) of it.",
    "SystemExit": "exit() and quit() are not needed: return the answer.",
    "AssertionError": "An assert of yours does not hold in this case.",
}
MESSAGES = {
    "shapes cannot be multiplied": "The inner lengths of a matrix product must agree: print both shapes.",
    "size mismatch": "The inner lengths of a matrix product must agree: print both shapes.",
    "Dimension out of range": "This tensor has fewer axes than that: dim=-1 is the last one, whatever their number.",
    "must match the size": "Two shapes do not fit together: print both. Is an axis missing? "
    "keepdim=True keeps it, x[:, None] puts one in.",
    "could not be broadcast": "Two shapes do not fit together: print both. Is an axis missing?",
    "expanded size of the tensor": "The two sides of an assignment have different shapes: print both. A negative "
    "number in x[a:b] counts from the end.",
    "only one element": "The functions of math, and float(), take one number. For a whole tensor there are "
    "torch.log, torch.tanh, torch.sqrt and so on.",
    "could not infer output dtype": "mean takes neither True and False nor whole numbers: .float() first.",
    "expected scalar type": "Two kinds of numbers are mixed: .float() makes both floats.",
    "same dtype": "Two kinds of numbers are mixed: .float() makes both floats.",
    "in-place operation": "An in-place change (+=, x[…] = …) breaks the gradient: make a new tensor.",
    "Boolean value of": "if takes one True or False, not a whole tensor: torch.where, .any() or .all() help.",
    "not subscriptable": "Something that is no list or tensor is indexed: print type(…) of it.",
    "NoneType": "A value is None: did a function before it forget its return?",
    "not callable": "Something that is no function is called: is a name used twice, or an operator missing?",
}


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
    except (TypeError, ValueError):
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


def problem(exercise: Exercise, got: Outcome, want: Outcome, case: Case) -> Difference | None:
    """What is wrong in one case, None when it holds."""
    if got.kind == "timeout":
        return Difference("timeout", "Does a loop wait for what never comes? Print its variable in the loop.")
    if want.kind == "raised":
        if got.kind == "raised" and want.error in got.ancestors:
            return None
        did = f"raised {got.error}" if got.kind == "raised" else f"returned {kind(got.value)}"
        return Difference("not raised", f"Expected a {want.error}, yours {did}. raise {want.error}(…) does it.")
    if got.kind == "raised":
        return Difference("raised", f"{got.error}: {got.message}" if got.message else got.error)
    found = _value_problem(got, want, exercise.rules)
    if found and got.value is not None:
        verdict = exercise.verdict(got.value, want.value, case)
        found = Difference("told", verdict) if isinstance(verdict, str) else None if verdict else found
    return found or _side_effect(got, want, exercise.rules)


def _value_problem(got: Outcome, want: Outcome, rules: Rules) -> Difference | None:
    if got.value is None and want.value is not None:
        advice = "Printing shows a value, return hands it back." if got.printed else "Is the return missing?"
        return Difference("nothing", advice + (" Changing the input is not enough." if got.changed else ""))
    if got.value is ... and want.value is not ...:
        return Difference("ellipsis", "In this case the function returns the … itself.")
    return difference(got.value, want.value, rules)


def _side_effect(got: Outcome, want: Outcome, rules: Rules) -> Difference | None:
    for name in got.changed:
        if name not in want.changed:
            copy = (
                "Build new lists and tensors instead of append, += and x[…] = …."
                if isinstance(got.inputs[name], list)
                else f"Work on a copy: {name}.clone(), or a new value instead of += and x[…] = …."
            )
            return Difference("changed", f"The input {name} is not the same after the call. {copy}")
    for name, value in want.changed.items():
        if name not in got.changed:
            return Difference("unchanged", f"The input {name} is the same after the call as before.")
        if difference(got.changed[name], value, rules):
            return Difference("unchanged", f"The input {name} was changed, but not into what was expected.")
    if want.gradients is None or not difference(got.gradients, want.gradients, rules):
        return None
    if got.gradients is None or any(
        g is None and w is not None for g, w in zip(got.gradients, want.gradients, strict=False)
    ):
        return Difference(
            "gradient",
            "No gradient comes back to the input: .detach(), .item(), .numpy() and torch.tensor(…) cut the way.",
        )
    return Difference("gradient", "The gradient with respect to the input differs from the expected one.")


def failure(
    exercise: Exercise,
    cases: list[Case],
    got: list[Outcome],
    wanted: list[Outcome],
    problems: list[Difference | None],
    mistake: Mistake | None,
    unsteady: bool,
) -> Report:
    """The report on the first case that fails."""
    at = next(i for i, found in enumerate(problems) if found)
    found, mine, right = problems[at], got[at], wanted[at]
    name, held = exercise.name, sum(p is None for p in problems)
    headline = f"{name}: {_headline(found, right, exercise)} for {cases[at].name}."
    if mistake is not None:
        advice = [mistake.hint]
    elif unsteady:
        advice = [UNSTEADY]
    else:
        advice = [_sentence(found, got, wanted, problems)]
        advice += [_error_advice(mine)] if found.kind == "raised" and _error_advice(mine) else []
    if len(cases) > 1:
        advice.append(
            f"{held} of {len(cases)} cases {'holds' if held == 1 else 'hold'}."
            if held
            else f"None of the {len(cases)} cases holds yet."
        )
    if exercise.hints and mistake is None:
        advice.append(f'check.hint("{name}") gives a hint.')
    return Report(
        name,
        "failed",
        headline,
        details=_details(found, mine, right),
        advice=tuple(advice),
        mistake=mistake.name if mistake else None,
    )


def _headline(found: Difference, right: Outcome, exercise: Exercise) -> str:
    if found.kind == "value" and (as_array(right.value) is None or not as_array(right.value).ndim):
        return "wrong value"
    text = HEADLINES[found.kind]
    return f"{text} (over {exercise.seconds:g} s)" if found.kind == "timeout" else text


def _details(found: Difference, mine: Outcome, right: Outcome) -> tuple[tuple[str, str], ...]:
    rows = [(f"input {name}", shown(value)) for name, value in list(right.inputs.items())[:4]]
    if found.kind == "raised":
        return (*rows, ("your code", mine.line)) if mine.line else tuple(rows)
    if found.kind in ("timeout", "not raised", "gradient"):
        return tuple(rows)
    if found.kind in ("changed", "unchanged"):
        names = list(dict.fromkeys([*mine.changed, *right.changed]))
        now = mine.inputs | mine.changed
        rows += [(f"{name} after", shown(now.get(name))) for name in names[:2]]
        return tuple(rows)
    return (*rows, ("yours", shown(mine.value)), ("expected", shown(right.value)))


def _sentence(found: Difference, got: list[Outcome], wanted: list[Outcome], problems: list) -> str:
    """The difference in words; single numbers are compared over all cases, where a common factor shows."""
    if found.kind == "value" and all(p is None or p.kind == "value" for p in problems):
        mine, right = all_numbers(got), all_numbers(wanted)
        if mine is not None and right is not None and mine.shape == right.shape == (len(got),):
            return scale_words(mine, right) or found.sentence
    if found.kind == "nothing" and any(w.kind == "value" and w.value is None for w in wanted):
        return "None is the answer of another case, not of this one."
    if found.kind == "raised":
        return found.sentence
    return found.sentence[:1].upper() + found.sentence[1:]


def all_numbers(outcomes: list[Outcome]) -> np.ndarray | None:
    """Every number of every case in one row; None when something else came."""
    arrays = [as_array(outcome.value) for outcome in outcomes if outcome.kind == "value"]
    if not arrays or any(a is None or a.dtype.kind not in "iuf" for a in arrays):
        return None
    return np.concatenate([np.ravel(a).astype(float) for a in arrays])


def _error_advice(outcome: Outcome) -> str:
    for part, advice in MESSAGES.items():
        if part in outcome.message:
            return advice
    return next((ERRORS[name] for name in outcome.ancestors if name in ERRORS), "")


UNSTEADY = (
    "Two calls with the same input gave different answers. Draw random numbers only from the generator that is passed "
    "in, and keep nothing between two calls."
)


def wavering(exercise: Exercise, function: Callable, cases: list[Case], got: list[Outcome]) -> list[Difference | None]:
    """Where a second call gives another answer: what `compare` accepted may be luck. None for each case that holds."""
    again = [exercise.attempt(function, case) for case in cases]
    return [
        None if a.kind == g.kind and not difference(a.value, g.value, exercise.rules) else Difference("told", UNSTEADY)
        for a, g in zip(again, got, strict=True)
    ]


def is_unsteady(
    exercise: Exercise, function: Callable, cases: list[Case], got: list[Outcome], problems: list[Difference | None]
) -> bool:
    """Whether the first failing case, called again, gives another answer: hidden randomness or memory."""
    at = next(i for i, found in enumerate(problems) if found)
    if got[at].kind != "value" or problems[at].kind not in ("value", "shape", "length"):
        return False
    again = exercise.attempt(function, cases[at])
    return again.kind != "value" or difference(again.value, got[at].value, exercise.rules) is not None
