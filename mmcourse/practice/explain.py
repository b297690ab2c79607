"""The sentences of `check`: what went wrong, in which case, with which values, and what to do next."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mmcourse.base.text import full_stop
from mmcourse.practice.arrays import Difference, Rules
from mmcourse.practice.compare import difference, part_at
from mmcourse.practice.errors import error_advice
from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.practice.patterns import sum_words, value_words
from mmcourse.practice.report import Report
from mmcourse.practice.shapes import shape_words
from mmcourse.practice.trial import Outcome
from mmcourse.practice.values import as_array, kind, shown

HEADLINES = {
    "length": "the wrong count of values",
    "order": "the right things in the wrong order",
    "keys": "other keys than expected",
    "shape": "the wrong shape",
    "dtype": "the wrong kind of numbers",
    "nan": "NaN or infinite values",
    "value": "right shape, wrong values",
    "told": "not yet right",
    "type": "the wrong type of answer",
    "nothing": "your function returned nothing (None)",
    "ellipsis": "a … is still in the way",
    "changed": "your function changed its input",
    "unchanged": "the input was to be changed in place",
    "raised": "your code raised an error",
    "not raised": "an error was expected",
    "unsteady": "a different answer at each call",
    "timeout": "stopped, it ran too long",
    "gradient": "right values, wrong slopes",
}


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
            anew = _made_anew(name, got.inputs[name], got.changed[name])
            return Difference("changed", f"The input {name} is not the same after the call. {anew}")
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


def _made_anew(name: str, before: Any, after: Any) -> str:
    """How not to change an argument, by what it is."""
    if isinstance(before, list):
        return "Build new lists and tensors instead of append, += and x[…] = …."
    if isinstance(before, dict):
        same = before.keys() == after.keys()
        return f"Build a new dict, {{**{name}, key: value}}, " + (
            "and new tensors instead of += and x[…] = …." if same else f"instead of {name}[key] = … and pop."
        )
    return f"Work on a copy: {name}.clone(), or a new value instead of += and x[…] = …."


def failure(
    exercise: Exercise,
    cases: list[Case],
    got: list[Outcome],
    wanted: list[Outcome],
    problems: list[Difference | None],
    mistake: Mistake | None = None,
) -> Report:
    """The report on the first case that fails."""
    at = next(i for i, found in enumerate(problems) if found)
    found, mine, right = problems[at], got[at], wanted[at]
    name, held = exercise.name, sum(p is None for p in problems)
    if mistake is not None:
        advice = [mistake.hint]
    else:
        advice = [_sentence(found, got, wanted, problems)]
        advice += [error_advice(mine)] if found.kind == "raised" and error_advice(mine) else []
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
        f"{name}: {_headline(found, right, exercise)} {_in_case(cases[at].name)}",
        details=_details(found, mine, right),
        advice=tuple(advice),
        mistake=mistake.name if mistake else None,
    )


def _in_case(name: str) -> str:
    """The end of a headline, whatever a case is called: ``for one row.``, ``for what comes next?``"""
    return f"{name if name.startswith('for ') else f'for {name}'}{full_stop(name)}"


def _headline(found: Difference, right: Outcome, exercise: Exercise) -> str:
    if found.kind == "value" and not np.ndim(as_array(part_at(right.value, found.place.path))):
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


def _sentence(
    found: Difference, got: Sequence[Outcome], wanted: Sequence[Outcome], problems: Sequence[Difference | None]
) -> str:
    """The difference in words, together with what it may mean, which all cases decide together."""
    if found.kind == "nothing" and any(w.kind == "value" and w.value is None for w in wanted):
        if not all(g.kind == "value" and g.value is None for g in got):
            return "None is the answer of another case, not of this one."
    sentence = found.sentence if found.kind == "raised" else found.sentence[:1].upper() + found.sentence[1:]
    if found.advice and all(p is None or p.kind != found.kind or p.advice == found.advice for p in problems):
        return f"{sentence} {found.advice}"
    if found.kind not in ("shape", "value"):
        return sentence
    like = [p is not None and p.kind == found.kind and p.place == found.place for p in problems]
    pairs = [_arrays_at(g, w, found.place.path) for g, w in zip(got, wanted, strict=False)]
    wrong = [pair for pair, is_like in zip(pairs, like, strict=True) if pair and is_like]
    if len(wrong) < sum(like):
        return sentence
    starts = _starts(got, like)
    same = _as_it_came(wrong, starts)
    if found.kind == "shape":
        return f"{sentence} {same or shape_words([(g.shape, w.shape) for g, w in wrong])}"
    right = [p for p, bad in zip(pairs, problems, strict=True) if p and not bad and p[0].shape == p[1].shape]
    said = same or value_words(wrong, right, starts, got[0].drawn), sum_words(wrong)
    return f"{found.place}{' '.join(filter(None, said))}" if any(said) else sentence


def _arrays_at(got: Outcome, want: Outcome, path: tuple) -> tuple[np.ndarray, np.ndarray] | None:
    """Yours and the expected numbers at one place of what two calls gave; None when either is something else."""
    pair = tuple(as_array(part_at(outcome.value, path)) for outcome in (got, want))
    return None if any(one is None for one in pair) else pair


def _starts(got: Sequence[Outcome], like: Sequence[bool]) -> dict[str, list[np.ndarray]]:
    """Name → value in each of the cases, for inputs that are arrays in all of them."""
    all_inputs = [outcome.inputs for outcome, is_like in zip(got, like, strict=False) if is_like]
    found = {name: [as_array(one.get(name)) for one in all_inputs] for name in all_inputs[0]}
    return {name: values for name, values in found.items() if all(v is not None and v.ndim for v in values)}


def _as_it_came(wrong: Sequence[tuple[np.ndarray, np.ndarray]], starts: dict[str, list[np.ndarray]]) -> str:
    for name, values in starts.items():
        if all(np.array_equal(got, value) for (got, _), value in zip(wrong, values, strict=True)):
            return f"Yours is the input {name} as it came."
    return ""
