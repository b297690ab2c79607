"""Is the learner's value the expected one? If not: what is the difference, in words that help."""

import dataclasses
from typing import Any

import numpy as np

from mmcourse.base.text import safe_repr
from mmcourse.practice.values import as_array, kind, rounded, shape_text, short


@dataclasses.dataclass(frozen=True)
class Difference:
    """What differs (`kind`: type, length, keys, shape, dtype, nan, value), said in one or two sentences."""

    kind: str
    sentence: str


@dataclasses.dataclass(frozen=True)
class Rules:
    """How near is near enough."""

    rtol: float = 1e-4
    atol: float = 1e-5


GROUPS = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex"}
KINDS = {
    "bool": "True/False values",
    "int": "whole numbers (int)",
    "float": "numbers with a fraction (float)",
    "complex": "complex numbers",
}
USUAL = Rules()
EXACT = Rules(rtol=0.0, atol=0.0)


def difference(got: Any, want: Any, rules: Rules = USUAL, where: str = "") -> Difference | None:
    """Return None when `got` equals `want` in value and shape, else the first difference. Never raises."""
    try:
        return _difference(got, want, rules, where)
    except RecursionError:
        return Difference("type", f"{where or 'The value'} contains itself.")
    except Exception as error:  # a learner's own __eq__ may do anything
        return Difference("type", f"Your value cannot be compared ({type(error).__name__}).")


def _difference(got: Any, want: Any, rules: Rules, where: str) -> Difference | None:
    if got is None or want is None:
        return None if got is want else _wrong_type(got, want, where)
    if isinstance(want, (str, bytes)):
        return _texts(got, want, where)
    if isinstance(want, dict):
        return _dicts(got, want, rules, where) if isinstance(got, dict) else _wrong_type(got, want, where)
    if isinstance(want, (list, tuple)):
        return _sequences(got, want, rules, where)
    right = as_array(want)
    if right is not None:
        left = as_array(got)
        if right.ndim and isinstance(got, (int, float)):
            return Difference(
                "shape",
                f"{_at(where)}yours is a plain Python number; a tensor of shape "
                f"{shape_text(right.shape)} is wanted. Did .item() or a function of math make it one?",
            )
        return _wrong_type(got, want, where) if left is None else _arrays(left, right, rules, where)
    if dataclasses.is_dataclass(want) and not isinstance(want, type) and type(got) is type(want):
        left, right = ({f.name: getattr(v, f.name) for f in dataclasses.fields(want)} for v in (got, want))
        return _dicts(left, right, rules, where)
    if isinstance(got, type(want)) and bool(np.all(got == want)):
        return None
    return (
        _wrong_type(got, want, where)
        if not isinstance(got, type(want))
        else Difference("value", f"{_at(where)}expected {short(want)}, yours is {short(got)}.")
    )


def _at(where: str) -> str:
    return f"In {where}: " if where else ""


def _wrong_type(got: Any, want: Any, where: str) -> Difference:
    advice = ""
    name = type(got).__name__
    if got is None:
        advice = " Does every way through your function end in a return?"
    elif name in ("generator", "map", "zip", "filter", "range"):
        advice = " list(…) around it makes a list."
    elif callable(got) and not callable(want):
        advice = " Are the parentheses of a call missing?"
    elif as_array(want) is not None and isinstance(got, (list, tuple)):
        advice = " torch.stack(…) or torch.tensor(…) makes one of it." if as_array(want).ndim else ""
        if as_array(want).dtype.kind == "c":
            advice = " torch.complex(real, imaginary) joins them."
    elif isinstance(want, tuple) and as_array(got) is not None:
        advice = f" Return all {len(want)} values, separated by commas."
    return Difference("type", f"{_at(where)}expected {kind(want)}, yours is {kind(got)}.{advice}")


def _texts(got: Any, want: Any, where: str) -> Difference | None:
    if type(got) is not type(want) and not (isinstance(got, str) and isinstance(want, str)):
        return _wrong_type(got, want, where)
    if got == want:
        return None
    near = got.strip().lower() == want.strip().lower()
    advice = " Only spaces or capital letters differ." if near else ""
    return Difference("value", f"{_at(where)}expected {safe_repr(want)}, yours is {safe_repr(got)}.{advice}")


def _dicts(got: dict, want: dict, rules: Rules, where: str) -> Difference | None:
    missing = [key for key in want if key not in got]
    extra = [key for key in got if key not in want]
    if missing or extra:
        parts = [
            f"{label} {', '.join(safe_repr(k, 30) for k in keys[:5])}"
            for label, keys in (("missing", missing), ("not expected", extra))
            if keys
        ]
        return Difference("keys", f"{_at(where)}the keys differ: {'; '.join(parts)}.")
    for key in want:
        found = difference(
            got[key],
            want[key],
            rules,
            f"{where}[{safe_repr(key, 30)}]" if where else f"the value under {safe_repr(key, 30)}",
        )
        if found:
            return found
    return None


def _sequences(got: Any, want: list | tuple, rules: Rules, where: str) -> Difference | None:
    whole, parts = as_array(got), [as_array(v) for v in want]
    if whole is not None and whole.ndim and all(part is not None for part in parts):
        got = list(whole)  # an array where a list of numbers is expected
        if isinstance(want, tuple) and [v.shape for v in got] != [v.shape for v in parts]:
            ways = "both: return first, second" if len(want) == 2 else f"all {len(want)}, separated by commas"
            return Difference(
                "length",
                f"{_at(where)}expected {len(want)} values, yours is one tensor of shape "
                f"{shape_text(whole.shape)}. Return {ways}.",
            )
    if not isinstance(got, (list, tuple)):
        return _wrong_type(got, want, where)
    if len(got) != len(want):
        return Difference(
            "length", f"{_at(where)}expected {len(want)} value{'s' * (len(want) != 1)}, yours has {len(got)}."
        )
    for index, (left, right) in enumerate(zip(got, want, strict=True)):
        place = f"{where}[{index}]" if where else f"value {index + 1} of {len(want)}"
        found = difference(left, right, rules, place)
        if found:
            return found
    return None


def _arrays(got: np.ndarray, want: np.ndarray, rules: Rules, where: str) -> Difference | None:
    if got.shape != want.shape:
        sentence = f"{_at(where)}yours has shape {shape_text(got.shape)}, expected {shape_text(want.shape)}. "
        return Difference("shape", sentence + shape_advice(got.shape, want.shape))
    groups = [GROUPS[a.dtype.kind] for a in (got, want)]
    words = f"expected {KINDS[groups[1]]}, yours are {KINDS[groups[0]]}."
    if "bool" in groups and groups[0] != groups[1]:
        return Difference("dtype", _at(where) + words)
    if got.ndim and groups[1] == "complex" != groups[0]:
        return Difference("dtype", f"{_at(where)}{words} torch.complex(real, imaginary) joins both parts.")
    exact = groups == ["int", "int"] or groups == ["bool", "bool"]
    with np.errstate(all="ignore"):
        close = got == want if exact else np.isclose(got, want, rules.rtol, rules.atol, equal_nan=True)
        bad = ~close & ~np.isfinite(got) & np.isfinite(want)
    if bad.any():
        return Difference("nan", _at(where) + _nan_words(got, bad))
    if not close.all():
        cut = groups == ["int", "float"] and np.array_equal(got, np.trunc(want))
        whole = " Yours are whole numbers: was the fraction cut, by // or by an int dtype?" if cut else ""
        return Difference("value", _at(where) + value_advice(got, want, close) + whole)
    if got.ndim and groups[0] != groups[1]:
        method = {"int": "long"}.get(groups[1], groups[1])
        return Difference("dtype", f"{_at(where)}the values are right, but {words} x.{method}() converts a tensor x.")
    return None


def _nan_words(got: np.ndarray, bad: np.ndarray) -> str:
    first = tuple(int(i) for i in np.argwhere(bad)[0]) if got.ndim else ()
    name = "NaN (not a number)" if np.isnan(got[first]) else "infinite"
    count = "your value is" if not got.ndim else f"{int(bad.sum())} of {got.size} values are"
    place = f", the first at {list(first)}" if got.ndim else ""
    return (
        f"{count} {name}{place}. Look for a division by 0, a log of 0, an exp of a large number, "
        "the root of a negative number, or the mean of no numbers at all."
    )


def shape_advice(got: tuple[int, ...], want: tuple[int, ...]) -> str:
    """One sentence on how a shape may have come about: transposed, a lost axis, a batch forgotten."""
    if len(got) > 1 and got == want[::-1]:
        return "It looks transposed: swap the axes, or the order of the product."
    if [n for n in got if n != 1] == [n for n in want if n != 1] and len(got) != len(want):
        if len(got) < len(want):
            return "An axis of length 1 is missing: keepdim=True keeps it, x[:, None] puts one in."
        return "There is an axis of length 1 too many: squeeze, or no keepdim, takes it away."
    if got == want[1:]:
        return f"The first axis (length {want[0]}) is missing: did a sum or mean take away one axis too many?"
    if want == got[1:]:
        return f"The first axis ({got[0]}) should be gone: sum, average or pick along it."
    for axis in range(len(got)):
        if got[:axis] + got[axis + 1 :] == want:
            return f"Axis {axis} (length {got[axis]}) should be gone: sum, average or pick along dim={axis}."
    for axis in range(len(want)):
        if want[:axis] + want[axis + 1 :] == got:
            return f"Axis {axis} (length {want[axis]}) is missing: was it summed away?"
    if np.prod(got) == np.prod(want):
        return "The count of numbers is right, their arrangement is not: look at the order of the axes."
    if len(got) == len(want):
        axes = [i for i in range(len(got)) if got[i] != want[i]]
        return f"Look at {'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}."
    return "Print the shape after each step to see where they part."


def value_advice(got: np.ndarray, want: np.ndarray, close: np.ndarray) -> str:
    """How wrong values relate to the right ones: a factor, an offset, another order, or where they differ."""
    pattern = scale_words(got, want) or _order_words(got, want), _sum_words(got, want)
    if any(pattern):
        return " ".join(filter(None, pattern))
    if not got.ndim:
        return f"Yours is {rounded(got[()])}, expected {rounded(want[()])}."
    with np.errstate(all="ignore"):
        gap = np.where(close, -1.0, np.abs(got.astype(complex) - want.astype(complex)))
    at = np.unravel_index(int(np.argmax(np.nan_to_num(gap, nan=np.inf, posinf=np.inf))), gap.shape)
    return (
        f"{int((~close).sum())} of {got.size} values differ, most at {[int(i) for i in at]}: "
        f"yours {rounded(got[at])}, expected {rounded(want[at])}."
    )


def scale_words(got: np.ndarray, want: np.ndarray) -> str:
    """`Your values are 4.00 times too large.` when one factor, sign or offset explains two values or more."""
    got, want = np.ravel(got), np.ravel(want)
    if got.size < 2 or {got.dtype.kind, want.dtype.kind} - set("iuf") or not np.isfinite([got, want]).all():
        return ""
    got, want = got.astype(float), want.astype(float)
    size = float(np.abs(want).max())
    if not got.any():
        return "Yours are all 0." if size else ""
    factor = float(got @ want / (want @ want)) if size else 0.0
    if factor and np.abs(got - factor * want).max() <= 1e-3 * abs(factor) * size and (want != 0).sum() > 1:
        return _factor_words(factor)
    offset = float(np.mean(got - want))
    if np.abs(got - want - offset).max() <= 1e-3 * max(abs(offset), 1e-12):
        return f"Your values are all too {'large' if offset > 0 else 'small'} by {rounded(abs(offset))}."
    return ""


def _factor_words(factor: float) -> str:
    sign = "have the opposite sign" if factor < 0 else ""
    size = abs(factor)
    if abs(size - 1) < 0.005:
        near = "Very near, but not enough: your values are off by less than 1 %."
        return f"Your values {sign}." if sign else near
    scale = f"are {size:.2f} times too large" if size > 1 else f"are {1 / size:.2f} times too small"
    if max(size, 1 / size) >= 1e4:
        scale = "are far too large" if size > 1 else "are far too small"
    return f"Your values {' and '.join(part for part in (sign, scale) if part)}."


def _order_words(got: np.ndarray, want: np.ndarray) -> str:
    if got.size < 2 or got.dtype.kind == "b" or len(np.unique(want)) < 2:
        return ""
    same = [lambda a, b: a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-6)][0]
    if got.ndim == 2 and same(got.T, want):
        return "These are the right values, transposed."
    if want.size < 6 or len(np.unique(want)) < want.size:
        return ""  # few or equal values come into order by luck
    for axis in range(got.ndim):
        if same(np.flip(got, axis), want):
            return f"These are the right values in reverse order along axis {axis}."
    if got.dtype.kind != "c" and same(np.sort(got.ravel()), np.sort(want.ravel())):
        return "These are the right values in another order."
    return ""


def _sum_words(got: np.ndarray, want: np.ndarray) -> str:
    if {got.dtype.kind, want.dtype.kind} - set("iuf") or not got.ndim or got.shape[-1] < 2 or (want < 0).any():
        return ""
    sums, wanted = got.sum(-1), want.sum(-1)
    if not np.allclose(wanted, 1, atol=1e-4) or np.allclose(sums, 1, atol=1e-3):
        return ""
    if not sums.ndim:
        return f"The values should add up to 1, yours add up to {rounded(sums)}."
    worst = np.unravel_index(int(np.argmax(np.abs(sums - 1))), sums.shape)
    return f"Each row should add up to 1; row {[int(i) for i in worst]} of yours adds up to {rounded(sums[worst])}."
