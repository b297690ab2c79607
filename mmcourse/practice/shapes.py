"""How a wrong shape may have come about: one sentence that fits every case that shows a wrong shape.

One case misleads: where a batch holds one row, a forgotten mean looks like an axis too many.
"""

from collections.abc import Callable, Sequence

import numpy as np

Shape = tuple[int, ...]
Pairs = Sequence[tuple[Shape, Shape]]  # (yours, expected), one for each case


def shape_words(pairs: Pairs) -> str:
    """The first sentence that holds for all the pairs of shapes, yours and the expected one."""
    return next(said for rule in RULES if (said := rule(pairs)))


def _transposed(pairs: Pairs) -> str:
    turned = all(len(got) > 1 and got == want[::-1] for got, want in pairs)
    return "It looks transposed: swap the axes, or the order of the product." if turned else ""


def _one_too_many(pairs: Pairs) -> str:
    axes = _common_axes([(want, got) for got, want in pairs])
    if not axes:
        return ""
    axis, lengths = axes[0], {got[axes[0]] for got, _ in pairs}
    if lengths != {1}:
        return f"Axis {_named(axes, lengths)} should be gone: sum, average, choose or pick along dim={axis}."
    if len(set(pairs)) > 1:
        return "There is an axis of length 1 too many: squeeze, or no keepdim, takes it away."
    return f"Axis {axis} (length 1) should be gone: by a sum or mean along dim={axis}, or by squeeze or no keepdim."


def _one_missing(pairs: Pairs) -> str:
    axes = _common_axes(pairs)
    if not axes:
        return ""
    axis, lengths = axes[0], {want[axes[0]] for _, want in pairs}
    if lengths == {1}:
        put = "[:, None]" if axis == 1 else f".unsqueeze({axis})"
        return (
            f"Axis {axis} of length 1 is missing: x{put} puts it in; a sum, mean or maximum keeps it by keepdim=True."
        )
    return f"Axis {_named(axes, lengths)} is missing: was it summed or averaged away, or one entry of it picked?"


def _common_axes(pairs: Pairs) -> list[int]:
    """Axes of the longer (second) shapes without which they are the first: from the front, else from the back."""
    fitting = [{axis for axis in range(-len(b), len(b)) if _without(b, axis) == a} for a, b in pairs]
    common = set.intersection(*fitting)
    return sorted(axis for axis in common if axis >= 0) or sorted(common)


def _without(shape: Shape, axis: int) -> Shape:
    axis %= len(shape)
    return shape[:axis] + shape[axis + 1 :]


def _named(axes: list[int], lengths: set[int]) -> str:
    length = f" (length {min(lengths)})" if len(lengths) == 1 else ""
    return " or ".join(map(str, axes)) + length


def _ones(pairs: Pairs) -> str:
    """Several axes of length 1 too many, or too few."""
    if any([n for n in got if n != 1] != [n for n in want if n != 1] for got, want in pairs):
        return ""
    if all(len(got) > len(want) for got, want in pairs):
        return "There are axes of length 1 too many: squeeze, or no keepdim, takes them away."
    if all(len(got) < len(want) for got, want in pairs):
        return "Axes of length 1 are missing: keepdim=True keeps them, x[:, None] puts one in."
    return ""


def _one_number(pairs: Pairs) -> str:
    alone = all(got == () for got, _ in pairs)
    return "Yours is a single number: was everything summed, averaged or compared at once?" if alone else ""


def _swapped(pairs: Pairs) -> str:
    """The right lengths at other places."""
    if any(sorted(got) != sorted(want) for got, want in pairs):
        return ""
    moved = {tuple(axis for axis in range(len(got)) if got[axis] != want[axis]) for got, want in pairs}
    two = " and ".join(map(str, min(moved))) if len(moved) == 1 and len(min(moved)) == 2 else ""
    return f"Axes {two} look swapped." if two else "The axes stand in another order: transpose or permute moves them."


def _flat(pairs: Pairs) -> str:
    """One long row where a table, or more, is expected."""
    if any(len(got) != 1 or len(want) < 2 or np.prod(got) != np.prod(want) for got, want in pairs):
        return ""
    wanted = {want for _, want in pairs}
    shape = min(wanted) if len(wanted) == 1 else "(…) with the expected lengths"
    return f"Yours is one long row of as many numbers: .reshape{shape} arranges them, row after row."


def _arranged(pairs: Pairs) -> str:
    if any(np.prod(got) != np.prod(want) for got, want in pairs):
        return ""
    if all(len(got) > len(want) for got, want in pairs):
        return "The count of numbers is right: axes are to be joined, by flatten or reshape."
    if all(len(got) < len(want) for got, want in pairs):
        return "The count of numbers is right: an axis is to be split, by reshape or unflatten."
    return "The count of numbers is right, their arrangement is not: look at the order of the axes."


def _lengths(pairs: Pairs) -> str:
    """Which axes have another length, and by how much when it is the same in every case."""
    if any(len(got) != len(want) for got, want in pairs):
        return ""
    back = len({len(got) for got, _ in pairs}) > 1  # the axes are counted from the end
    found = [(axis - (len(got) if back else 0), a - b) for got, want in pairs for axis, (a, b) in _unequal(got, want)]
    wrong, gaps = sorted({axis for axis, _ in found}), {gap for _, gap in found}
    axes = f"{'axis' if len(wrong) == 1 else 'axes'} {', '.join(map(str, wrong))}"
    if len(gaps) == 1 and abs(gap := gaps.pop()) <= 2:
        return f"Too {'long' if gap > 0 else 'short'} by {abs(gap)} along {axes}."
    return f"Look at {axes}."


def _unequal(got: Shape, want: Shape) -> list[tuple[int, tuple[int, int]]]:
    return [(axis, pair) for axis, pair in enumerate(zip(got, want, strict=True)) if pair[0] != pair[1]]


def _unclear(pairs: Pairs) -> str:
    return "Print the shape after each step to see where they part."


RULES: tuple[Callable[[Pairs], str], ...] = (
    _transposed,
    _one_too_many,
    _one_missing,
    _ones,
    _one_number,
    _swapped,
    _flat,
    _arranged,
    _lengths,
    _unclear,
)
