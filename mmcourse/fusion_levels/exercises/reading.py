"""Reading results: which methods may be the best."""

from collections.abc import Callable
from statistics import fmean, median

from mmcourse.engine import compare
from mmcourse.fusion_levels.rivals import leading
from mmcourse.practice.exercise import Case, Exercise, Mistake


def _scores_cases() -> list[Case]:
    clear = {"data": [0.90, 0.91, 0.92, 0.93], "feature": [0.80, 0.82, 0.81, 0.84], "model": [0.70, 0.72, 0.70, 0.73]}
    paired = {"data": [0.80, 0.90, 0.70, 0.60], "feature": [0.79, 0.888, 0.69, 0.588], "model": [0.5, 0.5, 0.4, 0.3]}
    noisy = {"data": [0.90, 0.80, 0.91, 0.79], "model": [0.80, 0.89, 0.80, 0.90], "image": [0.2, 0.2, 0.3, 0.2]}
    second = {"model": [0.90, 0.95, 0.91, 0.94], "data": [0.93, 0.93, 0.94, 0.93]}
    lucky = {"feature": [0.60, 0.99, 0.60, 0.61], "data": [0.90, 0.91, 0.90, 0.91], "model": [0.80, 0.80, 0.80, 0.81]}
    early = {name: [runs[1], runs[0], *runs[2:]] for name, runs in lucky.items()}
    near = {"image": [0.900, 0.901, 0.903, 0.903], "audio": [0.906, 0.907, 0.908, 0.909]}
    steady = {"data": [0.90, 0.90, 0.91, 0.99, 0.99], "model": [0.92, 0.92, 0.92, 0.92, 0.93]}
    beside = {**steady, "image": [run - 0.002 for run in steady["model"]]}
    late = {name: [*runs[2:], runs[0], runs[1]] for name, runs in lucky.items()}
    fallen = {"data": [0.97, 0.96, 0.98, 0.70, 0.97], "model": [0.80, 0.80, 0.81, 0.80, 0.80]}
    under = {**fallen, "image": [run - 0.002 for run in fallen["model"]]}
    once = {"model": [0.85, 0.85, 0.84, 0.86, 0.85, 0.901], "data": [0.90, 0.90, 0.90, 0.90, 0.90, 0.90]}
    tiny = {"image": [0.0010, 0.0012, 0.0011], "audio": [0.0002, 0.0001, 0.0003], "data": [0.0011, 0.0009, 0.0012]}
    return [
        Case("one clear winner", args=(clear,)),
        Case("seeds that differ more than the methods", args=(paired,)),
        Case("two that cannot be told apart", args=(noisy,)),
        Case("the best one stands second", args=(second,)),
        Case("one lucky run", args=(lucky,)),
        Case("a lucky first run", args=(early,)),
        Case("a lucky last run", args=(late,)),
        Case("near, and yet worse with every seed", args=(near,)),
        Case("a high mean with two lucky runs", args=(beside,)),
        Case("a high mean with one poor run", args=(under,)),
        Case("worse, though it wins once", args=(once,)),
        Case("very low scores", args=(tiny,)),
        Case("scores below zero", args=({name: [run - 3 for run in runs] for name, runs in noisy.items()},)),
        Case("scores in per cent", args=({name: [100 * run for run in runs] for name, runs in near.items()},)),
        Case("two that are equal", args=({"data": clear["data"], "model": clear["data"], "image": clear["model"]},)),
        Case("a single one", args=({"model": [0.5, 0.6]},)),
    ]


def _kept(scores: dict[str, list[float]], best: str) -> list[str]:
    """All that are not seen to be worse than ``best``."""
    return [name for name in scores if name == best or compare(scores[name], scores[best]).verdict != "worse"]


def _by(rank: Callable[[list[float]], float]) -> Callable[[dict[str, list[float]]], list[str]]:
    """What comes out when the best is chosen by another number than the mean."""
    return lambda scores: _kept(scores, max(scores, key=lambda name: rank(scores[name])))


def _best_first(scores: dict[str, list[float]]) -> list[str]:
    best = max(scores, key=lambda name: fmean(scores[name]))
    return [best, *(name for name in _kept(scores, best) if name != best)]


def _within_a_point(scores: dict[str, list[float]]) -> list[str]:
    best = max(fmean(runs) for runs in scores.values())
    return [name for name in scores if fmean(scores[name]) >= best - 0.01]


def _overlapping(scores: dict[str, list[float]]) -> list[str]:
    half = {name: compare(runs, [0.0] * len(runs)).difference.half for name, runs in scores.items()}
    best = max(scores, key=lambda name: fmean(scores[name]))
    low = fmean(scores[best]) - half[best]
    return [name for name in scores if fmean(scores[name]) + half[name] >= low]


def _what_is_amiss(got: object, want: list[str], scores: dict[str, list[float]]) -> bool | str:
    """Which name is missing or too much, and why; False for what is no list of names."""
    if not isinstance(got, list) or not set(got) <= set(scores):
        return False
    best = max(scores, key=lambda name: fmean(scores[name]))
    for name in scores:
        if name in want and name not in got:
            return f"{name!r} is missing: " + (
                "it has the highest mean."
                if name == best
                else f"`compare` does not call it worse than {best!r}, which has the highest mean."
            )
        if name in got and name not in want:
            return f"{name!r} is too much: `compare` calls it worse than {best!r}, which has the highest mean."
    return "The right names, in another order. Keep the order of `scores`: loop over it once."


LEADING = Exercise(
    name="leading",
    task="Name the methods that may be the best: the highest mean, and all not seen to be worse.",
    reference=leading,
    cases=_scores_cases,
    compare=_what_is_amiss,
    mistakes=[
        Mistake(
            "only the highest mean",
            lambda scores: [max(scores, key=lambda n: sum(scores[n]))],
            "You name one winner "
            "even where the seeds do not agree on one. Keep all that `compare` does not call worse.",
        ),
        Mistake(
            "intervals that overlap",
            _overlapping,
            "You looked whether two intervals overlap. The runs are paired: "
            "`compare(a, b)` looks at the difference seed by seed and sees more.",
        ),
        Mistake(
            "everybody",
            list,
            "You keep them all. `compare(…)` itself is never equal to a word, its `.verdict` is; and "
            "`compare(a, b)` judges a against b: the method first, the best second.",
        ),
        Mistake(
            "the luckiest run",
            _by(max),
            "Your best is the one with the best single run. One lucky seed is no method: take the highest mean.",
        ),
        Mistake("the median", _by(median), "Your best has the highest median. Asked for is the highest mean."),
        Mistake(
            "the first run",
            _by(lambda runs: runs[0]),
            "Python compares two lists by their first numbers, so your best is that of the first seed. "
            "Take the highest mean.",
        ),
        Mistake(
            "the best put first",
            _best_first,
            "The right names, in another order. Keep the order of `scores`: loop over it once.",
        ),
        Mistake(
            "within a point of the best",
            _within_a_point,
            "You keep what is within one point of the best. A small gap counts too if all seeds agree on it: "
            "let `compare` judge.",
        ),
    ],
    hints=[
        "Find the name with the highest mean first.",
        'Keep `name` when `compare(scores[name], scores[best]).verdict` is not "worse".',
    ],
)
