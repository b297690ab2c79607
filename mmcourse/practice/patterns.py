"""How wrong numbers relate to the right ones, in words: a factor, an offset, another order, a lost sign.

A relation is told when it holds in every case, those that are right included; in one case alone it may be luck.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from mmcourse.practice.values import rounded

Pair = tuple[np.ndarray, np.ndarray]  # yours, expected: of the same shape
LEAST = 3  # different numbers that have to fit before a relation is more than luck
MANY = 6  # as many for an order
RELATIONS: tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...] = (
    ("Yours are the absolute values of the expected ones: a minus is lost", np.abs),
    ("Yours are right where they are above 0, and 0 instead of below it", lambda w: np.maximum(w, 0)),
    ("Yours are 1 minus the expected values", lambda w: 1 - w),
    ("Yours are the squares of the expected values", np.square),
    ("Yours are the square roots of the expected values", np.sqrt),
    ("Yours are 1 divided by the expected values", np.reciprocal),
    ("Yours are the logarithms of the expected values", np.log),
    ("Yours are e to the power of the expected values", np.exp),
)


def value_words(
    wrong: Sequence[Pair],
    right: Sequence[Pair] = (),
    inputs: Mapping[str, Sequence[np.ndarray]] | None = None,
    drawn: bool = False,
) -> str:
    """What explains the pairs of all cases that are `wrong`, and contradicts none that is `right`; "" for nothing.

    inputs: name → its value in each of the wrong cases, of arguments from which an answer may start.
    drawn: at random, so that another order means nothing.
    """
    if not all(got.size for got, _ in wrong):
        return ""
    if all(got.dtype.kind == want.dtype.kind == "b" for got, want in wrong):
        turned = all(np.array_equal(got, ~want) for got, want in wrong) and not right
        return "True and False are exchanged." if turned and sum(got.size for got, _ in wrong) > 1 else ""
    kinds = {a.dtype.kind for pair in (*wrong, *right) for a in pair}
    if "b" in kinds:
        return ""
    if "c" in kinds:
        return "" if drawn else _order(wrong)
    wrong, right = [_finite(pair) for pair in wrong], [_finite(pair) for pair in right]
    if None in [*wrong, *right]:
        return ""
    said = _constant(wrong, right)
    if said:
        return said
    order, scale = "" if drawn else _order(wrong), _scale(wrong, right)
    if order and scale:
        return f"{order} Or, which looks the same here: {scale[0].lower()}{scale[1:]}"
    return order or scale or _relation(wrong, right) or _step(wrong, inputs or {}) or _cut(wrong) or _near(wrong)


def _finite(pair: Pair) -> Pair | None:
    """The numbers as floats, infinite ones that agree as 0; None when others are in the way."""
    got, want = (a.astype(float) for a in pair)
    odd = ~np.isfinite(got) | ~np.isfinite(want)
    if not np.array_equal(got[odd], want[odd], equal_nan=True):
        return None
    return np.where(odd, 0, got), np.where(odd, 0, want)


def _pooled(pairs: Sequence[Pair]) -> Pair:
    return tuple(np.concatenate([np.ravel(pair[side]) for pair in pairs] or [np.empty(0)]) for side in (0, 1))


def _different(numbers: np.ndarray) -> int:
    return len(np.unique(np.round(numbers[numbers != 0], 6)))


def _constant(wrong: Sequence[Pair], right: Sequence[Pair]) -> str:
    """The same number everywhere, whatever is asked."""
    got, want = _pooled([*wrong, *right])
    if got.size > 1 and np.ptp(got) == 0 and np.ptp(want) > 0:
        return f"Yours are all {rounded(got[0])}."
    return ""


def _scale(wrong: Sequence[Pair], right: Sequence[Pair]) -> str:
    """One factor or one offset for all cases; or a factor in each case, when each has numbers enough."""
    got, want = _pooled([*wrong, *right])
    if got.size < 2:
        return ""
    factor = _factor(got, want)
    if factor and all(_fits(pair, factor) for pair in (*wrong, *right)):
        return f"Your values {_factor_words(factor)}." if abs(factor - 1) > 0.005 else ""
    offset = float(np.mean(got - want))
    if np.abs(got - want - offset).max() <= 1e-3 * max(abs(offset), 1e-12):
        return f"Your values are all too {'large' if offset > 0 else 'small'} by {rounded(abs(offset))}."
    factors = [_factor(*map(np.ravel, pair)) for pair in wrong]
    clear = all(f and _fits(p, f) and _different(p[1]) >= LEAST for f, p in zip(factors, wrong, strict=True))
    if clear and all(abs(f - 1) > 0.005 for f in factors):
        words = list(dict.fromkeys(_factor_words(f) for f in factors))
        return f"In this case your values {words[0]}" + (f", in another they {words[1]}." if words[1:] else ".")
    return ""


def _factor(got: np.ndarray, want: np.ndarray) -> float:
    return float(got @ want / (want @ want)) if _different(want) > 1 else 0.0


def _fits(pair: Pair, factor: float) -> bool:
    got, want = pair
    return not want.size or bool(np.abs(got - factor * want).max() <= 1e-3 * abs(factor) * np.abs(want).max())


def _factor_words(factor: float) -> str:
    size = abs(factor)
    scale = f"are {size:.2f} times too large" if size > 1 else f"are {1 / size:.2f} times too small"
    if max(size, 1 / size) >= 1e4:
        scale = "are far too large" if size > 1 else "are far too small"
    parts = (["have the opposite sign"] if factor < 0 else []) + ([scale] if abs(size - 1) >= 0.005 else [])
    return " and ".join(parts)


def _order(wrong: Sequence[Pair]) -> str:
    """The same numbers at other places, moved in one way that every case shows."""
    common = set.intersection(*(_moves(got, want) for got, want in wrong))
    sure = any(len(np.unique(want)) >= MANY for _, want in wrong)
    found = sorted(common, key=lambda move: (move != "transposed", move.startswith("in another"), move))
    if not found or not (sure or found[0] == "transposed"):
        return ""
    return f"These are the right values, {found[0]}{'' if found[0].endswith('?') else '.'}"


def _moves(got: np.ndarray, want: np.ndarray) -> set[str]:
    """Every way of moving `want` about that gives `got`, in words."""

    def same(other: np.ndarray) -> bool:
        return got.shape == other.shape and bool(np.allclose(got, other, rtol=1e-4, atol=1e-6))

    found = {"transposed"} if got.ndim == 2 and same(want.T) else set()
    for axis in range(got.ndim):
        found |= {f"in reverse order along axis {axis}"} if same(np.flip(want, axis)) else set()
        for step in (-2, -1, 1, 2):
            where = f"moved on by {step} along axis {axis}" if step > 0 else f"moved back by {-step} along axis {axis}"
            found |= {where} if got.shape[axis] > 4 and same(np.roll(want, step, axis)) else set()
        if "c" not in (got.dtype.kind, want.dtype.kind) and 1 < got.shape[axis] < got.size:
            rows = [np.moveaxis(a, axis, 0).reshape(got.shape[axis], -1).round(4) for a in (got, want)]
            sets = [sorted(map(tuple, part.tolist())) for part in rows]
            found |= {f"in another order along axis {axis}"} if np.allclose(*sets, rtol=1e-4, atol=2e-4) else set()
    for axes in itertools.permutations(range(got.ndim)) if 1 < got.ndim < 5 else ():
        if axes != tuple(range(got.ndim)) and same(want.transpose(axes).reshape(got.shape)):
            found.add("laid out along the wrong axes: was reshape used where axes should be swapped?")
    return found


def _relation(wrong: Sequence[Pair], right: Sequence[Pair]) -> str:
    """A function of the expected values that gives yours."""
    got, want = _pooled([*wrong, *right])
    if _different(want) < LEAST:
        return ""
    with np.errstate(all="ignore"):
        fits = (words for words, change in RELATIONS if np.allclose(got, change(want), rtol=1e-3, atol=1e-5))
        return next((f"{words}." for words in fits), "")


def _step(wrong: Sequence[Pair], inputs: Mapping[str, Sequence[np.ndarray]]) -> str:
    """Small changes of an input, such as a step of training: compared as changes, for as values all look alike."""
    for name, starts in inputs.items():
        if any(start.shape != want.shape for start, (_, want) in zip(starts, wrong, strict=True)):
            continue
        changes = [(got - start, want - start) for start, (got, want) in zip(starts, wrong, strict=True)]
        small = zip(starts, changes, strict=True)
        if all(start.size and np.abs(asked).max() <= 0.2 * np.abs(start).max() for start, (_, asked) in small):
            said = _scale(changes, ())
            if said:
                return said.replace("our values", f"our changes of {name}")
    return ""


def _cut(wrong: Sequence[Pair]) -> str:
    cut = all(np.array_equal(got, np.trunc(want)) for got, want in wrong) and np.ptp(_pooled(wrong)[0]) > 1
    return "Yours are whole numbers: was the fraction cut, by // or by an int dtype?" if cut else ""


def _near(wrong: Sequence[Pair]) -> str:
    off = max(float((np.abs(got - want) / max(np.abs(want).max(), 1e-12)).max()) for got, want in wrong)
    return f"Nearly: no value is more than {max(100 * off, 0.01):.2g} % off." if off < 0.01 else ""


def sum_words(wrong: Sequence[Pair]) -> str:
    """Which row does not add up to 1, where each has to."""
    for got, want in wrong:
        if {got.dtype.kind, want.dtype.kind} - set("iuf") or not got.ndim or got.shape[-1] < 2 or (want < 0).any():
            return ""
        if not np.allclose(want.sum(-1), 1, atol=1e-4):
            return ""
    for got, _ in wrong[:1]:
        sums = got.sum(-1)
        if np.allclose(sums, 1, atol=1e-3):
            return ""
        if not sums.ndim:
            return f"The values should add up to 1, yours add up to {rounded(sums)}."
        at = np.unravel_index(int(np.argmax(np.abs(sums - 1))), sums.shape)
        return f"Each row should add up to 1; row {[int(i) for i in at]} of yours adds up to {rounded(sums[at])}."
    return ""
