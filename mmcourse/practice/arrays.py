"""Two arrays of numbers: equal as far as the rules ask, or what differs. And the words of every comparison."""

import dataclasses
from typing import Any

import numpy as np

from mmcourse.base.text import safe_repr
from mmcourse.practice.values import rounded, shape_text


@dataclasses.dataclass(frozen=True)
class Rules:
    """How near is near enough."""

    rtol: float = 1e-4
    atol: float = 1e-5


@dataclasses.dataclass(frozen=True)
class Place:
    """Where in a nested value something is: the keys that lead there, and its name in a sentence."""

    path: tuple = ()
    name: str = ""

    def inside(self, key: Any, first: str) -> "Place":
        """The part under a key; ``first`` is its name when this is the whole value."""
        return Place((*self.path, key), f"{self.name}[{safe_repr(key, 30)}]" if self.path else first)

    def __str__(self) -> str:
        return f"In {self.name}: " if self.path else ""


TOP = Place()


@dataclasses.dataclass(frozen=True)
class Difference:
    """What differs (`kind`: type, length, order, keys, shape, dtype, nan, value, …), said in a `sentence`.

    `advice` is what to do if this is all that is known; it is left away where another case contradicts it.
    """

    kind: str
    sentence: str
    place: Place = TOP
    advice: str = ""


KINDS = {
    "b": "True/False values",
    "i": "whole numbers (int)",
    "f": "numbers with a fraction (float)",
    "c": "complex numbers",
}
USUAL = Rules()
EXACT = Rules(rtol=0.0, atol=0.0)


def array_difference(got: np.ndarray, want: np.ndarray, rules: Rules, place: Place) -> Difference | None:
    """What differs between two arrays of numbers, None when nothing does."""
    if got.shape != want.shape:
        shapes = f"yours has shape {shape_text(got.shape)}, expected {shape_text(want.shape)}."
        return Difference("shape", f"{place}{shapes}", place)
    mine, asked = (a.dtype.kind.replace("u", "i") for a in (got, want))
    words = f"expected {KINDS[asked]}, yours are {KINDS[mine]}."
    if "b" in (mine, asked) and mine != asked:
        return Difference("dtype", f"{place}{words}", place)
    if got.ndim and asked == "c" != mine:
        return Difference("dtype", f"{place}{words} torch.complex(real, imaginary) joins both parts.", place)
    with np.errstate(all="ignore"):
        exact = mine == asked in "bi"
        close = got == want if exact else np.isclose(got, want, rules.rtol, rules.atol, equal_nan=True)
        bad = ~close & ~np.isfinite(got) & np.isfinite(want)
    if bad.any():
        return Difference("nan", f"{place}{_nan_words(got, bad)}", place)
    if not close.all():
        return Difference("value", f"{place}{_most_different(got, want, close)}", place)
    if got.ndim and mine != asked:
        method = {"i": "long", "f": "float", "c": "complex"}[asked]
        return Difference("dtype", f"{place}the values are right, but {words} x.{method}() converts a tensor x.", place)
    return None


def _nan_words(got: np.ndarray, bad: np.ndarray) -> str:
    first = tuple(int(i) for i in np.argwhere(bad)[0]) if got.ndim else ()
    name = "NaN (not a number)" if np.isnan(got[first]) else "infinite"
    count = "your value is" if not got.ndim else f"{int(bad.sum())} of {got.size} values are"
    at = f", the first at {list(first)}" if got.ndim else ""
    return (
        f"{count} {name}{at}. Look for a division by 0, a log of 0, an exp of a large number, "
        "the root of a negative number, or the mean of no numbers at all."
    )


def _most_different(got: np.ndarray, want: np.ndarray, close: np.ndarray) -> str:
    if not got.ndim:
        return f"yours is {rounded(got[()])}, expected {rounded(want[()])}."
    with np.errstate(all="ignore"):
        gap = np.where(close, -1.0, np.abs(got.astype(complex) - want.astype(complex)))
    at = np.unravel_index(int(np.argmax(np.nan_to_num(gap, nan=np.inf, posinf=np.inf))), gap.shape)
    return (
        f"{int((~close).sum())} of {got.size} values differ, most at {[int(i) for i in at]}: "
        f"yours {rounded(got[at])}, expected {rounded(want[at])}."
    )
