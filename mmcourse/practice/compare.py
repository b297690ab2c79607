"""Is the learner's value the expected one? If not: what differs, and where. What it may mean is said elsewhere."""

import collections
import dataclasses
import itertools
from typing import Any

import numpy as np

from mmcourse.base.text import safe_repr
from mmcourse.practice.arrays import TOP, USUAL, Difference, Place, Rules, array_difference
from mmcourse.practice.values import as_array, is_tensor, kind, shape_text, short

FEW = 6  # values whose order is looked into


def difference(got: Any, want: Any, rules: Rules = USUAL, place: Place = TOP) -> Difference | None:
    """Return None when `got` equals `want` in value and shape, else the first difference. Never raises."""
    try:
        return _difference(got, want, rules, place)
    except RecursionError:
        return Difference("type", f"{place.name or 'The value'} contains itself.")
    except Exception as error:  # a learner's own __eq__ may do anything
        return Difference("type", f"Your value cannot be compared ({type(error).__name__}).")


def part_at(value: Any, path: tuple) -> Any:
    """The part of a nested value to which a Place's path leads; None when there is none."""
    for key in path:
        try:
            value = getattr(value, key) if dataclasses.is_dataclass(value) else value[key]
        except Exception:
            return None
    return value


def _difference(got: Any, want: Any, rules: Rules, place: Place) -> Difference | None:
    if got is None or want is None:
        return None if got is want else _wrong_type(got, want, place)
    if isinstance(want, (str, bytes)):
        return _texts(got, want, place)
    if isinstance(want, dict):
        return _dicts(got, want, rules, place) if isinstance(got, dict) else _wrong_type(got, want, place)
    if isinstance(want, (list, tuple)):
        return _sequences(got, want, rules, place)
    right, left = as_array(want), as_array(got)
    if right is not None:
        if right.ndim and isinstance(got, (int, float)):
            sentence = (
                f"{place}yours is a plain Python number; a tensor of shape {shape_text(right.shape)} is wanted. "
                "Did .item() or a function of math make it one?"
            )
            return Difference("shape", sentence, place)
        return _wrong_type(got, want, place, rules) if left is None else array_difference(left, right, rules, place)
    if dataclasses.is_dataclass(want) and not isinstance(want, type) and type(got) is type(want):
        left, right = ({f.name: getattr(v, f.name) for f in dataclasses.fields(want)} for v in (got, want))
        return _dicts(left, right, rules, place)
    if not isinstance(got, type(want)):
        return _wrong_type(got, want, place)
    if bool(np.all(got == want)):
        return None
    return Difference("value", f"{place}expected {short(want)}, yours is {short(got)}.", place)


def _wrong_type(got: Any, want: Any, place: Place, rules: Rules = USUAL) -> Difference:
    advice = ""
    if got is None:
        advice = "Does every way through your function end in a return?"
    elif type(got).__name__ in ("generator", "map", "zip", "filter", "range"):
        advice = "list(…) around it makes a list."
    elif callable(got) and not callable(want):
        advice = "Are the parentheses of a call missing?"
    elif isinstance(got, (list, tuple)) and as_array(want) is not None:
        advice = _several_for_one(got, want, rules)
    elif isinstance(want, tuple) and as_array(got) is not None:
        advice = f"Return all {len(want)} values, separated by commas."
    elif isinstance(got, (int, float)) and isinstance(want, str):
        advice = "A text is wanted, in quotes."
    return Difference("type", f"{place}expected {kind(want)}, yours is {kind(got)}.", place, advice)


def _several_for_one(got: list | tuple, want: Any, rules: Rules) -> str:
    """Advice for one who gives a list or a tuple where one tensor or number is wanted."""
    right, parts = as_array(want), [as_array(part) for part in got]
    names = [name for name in ("values", "indices") if type(got).__module__ == "torch.return_types"]
    for number, part in enumerate(got):
        if difference(part, want, rules) is None:
            which = f".{names[number]} alone" if names else f"value {number + 1} of {len(got)} alone"
            return f"Return {which}: it is the right one."
    if names:
        return f"It holds two things, .{' and .'.join(names)}: take the one that is asked for."
    shapes = {None if part is None else part.shape for part in parts}
    if right.dtype.kind == "c" and shapes == {right.shape} and len(parts) == 2:
        return "torch.complex(real, imaginary) joins them."
    if not right.ndim or not got:
        return ""
    if all(is_tensor(part) for part in got):
        if len(shapes) == 1 and (len(got), *parts[0].shape) == right.shape:
            return "torch.stack(…) makes one of it."
        joined = [axis for axis in range(right.ndim) if _joined_shape(parts, axis) == right.shape]
        return f"torch.cat(…, {joined[0]}) joins them." if joined else ""
    return "torch.tensor(…) makes one of it." if _nested_shape(got) == right.shape else ""


def _joined_shape(parts: list[np.ndarray], axis: int) -> tuple[int, ...] | None:
    try:
        return np.concatenate(parts, axis).shape
    except ValueError:
        return None


def _nested_shape(value: list | tuple) -> tuple[int, ...] | None:
    """The shape of a list of lists of numbers; None where they have different lengths or hold something else."""
    try:
        array = np.asarray(value)
    except Exception:
        return None
    return array.shape if array.dtype.kind in "biufc" else None


def _texts(got: Any, want: Any, place: Place) -> Difference | None:
    if type(got) is not type(want) and not (isinstance(got, str) and isinstance(want, str)):
        return _wrong_type(got, want, place)
    if got == want:
        return None
    near = got.strip().casefold() == want.strip().casefold()
    advice = " Only spaces or capital letters differ." if near else ""
    return Difference("value", f"{place}expected {safe_repr(want)}, yours is {safe_repr(got)}.{advice}", place)


def _dicts(got: dict, want: dict, rules: Rules, place: Place) -> Difference | None:
    missing = [key for key in want if key not in got]
    extra = [key for key in got if key not in want]
    if missing or extra:
        parts = [
            f"{label} {', '.join(safe_repr(k, 30) for k in keys[:5])}"
            for label, keys in (("missing", missing), ("not expected", extra))
            if keys
        ]
        return Difference("keys", f"{place}the keys differ: {'; '.join(parts)}.", place)
    for key in want:
        found = difference(got[key], want[key], rules, place.inside(key, f"the value under {safe_repr(key, 30)}"))
        if found:
            return found
    return None


def _sequences(got: Any, want: list | tuple, rules: Rules, place: Place) -> Difference | None:
    whole, parts = as_array(got), [as_array(v) for v in want]
    if whole is not None and whole.ndim and all(part is not None for part in parts):
        got = list(whole)  # an array where a list of numbers is expected
        if isinstance(want, tuple) and [v.shape for v in got] != [v.shape for v in parts]:
            ways = "both: return first, second" if len(want) == 2 else f"all {len(want)}, separated by commas"
            values = f"{len(want)} values, yours is one tensor of shape {shape_text(whole.shape)}"
            return Difference("length", f"{place}expected {values}. Return {ways}.", place)
    if not isinstance(got, (list, tuple)):
        return _wrong_type(got, want, place)
    if len(got) != len(want):
        plural = "s" * (len(want) != 1)
        return Difference("length", f"{place}expected {len(want)} value{plural}, yours has {len(got)}.", place)
    for index, (left, right) in enumerate(zip(got, want, strict=True)):
        found = difference(left, right, rules, place.inside(index, f"value {index + 1} of {len(want)}"))
        if found:
            return _wrong_order(got, want, rules, place) or found
    return None


def _wrong_order(got: list | tuple, want: list | tuple, rules: Rules, place: Place) -> Difference | None:
    """The right things at the wrong places: tried in full for a few, by counting for many. A list of numbers may
    come into order by luck."""
    numbers = isinstance(want, list) and all(part is not None and not part.ndim for part in map(as_array, want))
    if 1 < len(want) <= FEW and not numbers:
        fit = [[difference(left, right, rules) is None for right in want] for left in got]
        for order in itertools.permutations(range(len(want))):
            if all(fit[left][right] for right, left in enumerate(order)):
                told = ", ".join(str(left + 1) for left in order)
                return Difference("order", f"{place}put them into this order: yours number {told}.", place)
    elif all(isinstance(one, (str, tuple)) for one in (*got, *want)):
        if collections.Counter(got) == collections.Counter(want):
            return Difference("order", f"{place}all of them are there, their order is another.", place)
    return None
