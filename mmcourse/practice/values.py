"""Words for values: short, rounded, one line. torch is never imported, its tensors are recognised."""

from typing import Any

import numpy as np

from mmcourse.base.text import clip, safe_repr


def rounded(number: Any) -> str:
    """A number with four significant digits, the way a person writes it: `0.3333`, `12`, `1.5e-07`."""
    if isinstance(number, (bool, np.bool_)):
        return str(bool(number))
    if isinstance(number, (complex, np.complexfloating)):
        return f"{complex(number):.4g}"
    if isinstance(number, (int, np.integer)):
        return str(int(number)) if abs(int(number)) < 10**12 else f"{float(number):.4g}"
    return f"{float(number):.4g}"


def is_tensor(value: object) -> bool:
    """Whether `value` looks like a torch tensor. This package never imports torch."""
    try:
        return not isinstance(value, type) and all(hasattr(value, n) for n in ("detach", "shape", "numpy"))
    except Exception:
        return False


def is_generator(value: object) -> bool:
    """Whether `value` looks like torch's random generator."""
    return type(value).__name__ == "Generator" and hasattr(value, "manual_seed")


def as_array(value: object) -> np.ndarray | None:
    """A number, numpy array or tensor as a numpy array of numbers; None for everything else."""
    try:
        return _numbers(value)
    except Exception:  # an int without end, or an object that claims to be a number
        return None


def _numbers(value: object) -> np.ndarray | None:
    if isinstance(value, (bool, int, float, complex, np.number, np.bool_, np.ndarray)):
        array = np.asarray(value)
    elif is_tensor(value):
        array = _tensor_numbers(value)
    else:
        return None
    if array is not None and array.dtype.kind == "O" and array.ndim == 0:  # an int beyond 64 bits
        return np.asarray(float(array)) if isinstance(value, int) and abs(value) < 10**300 else None
    return array if array is not None and array.dtype.kind in "biufc" else None


def _tensor_numbers(tensor: Any) -> np.ndarray | None:
    for convert in (lambda t: t.numpy(), lambda t: t.float().numpy(), lambda t: t.to_dense().numpy()):
        try:
            return convert(tensor.detach().cpu())  # 2nd: bfloat16, 3rd: sparse
        except Exception:
            continue
    return None


def short(value: object, limit: int = 90, depth: int = 0) -> str:
    """A value in a few letters: numbers rounded, long arrays cut, one line."""
    array = as_array(value)
    if array is not None:
        return clip(_short_array(array), limit)
    if depth > 5:
        return "…"
    if isinstance(value, (list, tuple)):  # a named tuple is shown like any other
        inside = ", ".join(short(v, limit, depth + 1) for v in value[:6]) + (", …" if len(value) > 6 else "")
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return clip(f"[{inside}]" if isinstance(value, list) else f"({inside}{comma})", limit)
    if type(value) is dict:
        pairs = [f"{safe_repr(k, 30)}: {short(v, limit, depth + 1)}" for k, v in list(value.items())[:4]]
        return clip("{" + ", ".join(pairs) + (", …" if len(value) > 4 else "") + "}", limit)
    return safe_repr(value, limit)


def _short_array(array: np.ndarray) -> str:
    if array.ndim == 0:
        return rounded(array[()])
    count = 6 if array.ndim == 1 else 4
    inside = ", ".join(_short_array(row) for row in array[:count])
    return f"[{inside}{', …' if len(array) > count else ''}]"


def kind(value: object) -> str:
    """What a value is, for a sentence: `a tensor of shape (3, 1)`, `a list of 3`, `nothing (None)`."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, (bool, np.bool_)):
        return "True or False"
    if isinstance(value, (int, float, complex, np.number)):
        return "a number"
    if is_tensor(value) or isinstance(value, np.ndarray):
        noun = "a tensor" if is_tensor(value) else "an array"
        return f"{noun} of shape {shape_text(value.shape)}"
    for plain in (list, tuple, set, dict):
        if isinstance(value, plain):
            return f"a {plain.__name__} of {len(value)}"
    if isinstance(value, str):
        return "a text"
    return {
        "generator": "a generator",
        "function": "a function",
        "builtin_function_or_method": "a function",
        "method": "a function",
        "type": "a class",
        "ellipsis": "the … itself",
    }.get(type(value).__name__, f"a value of type {type(value).__name__}")


def shape_text(shape: Any) -> str:
    """A shape as Python writes it, `(3, 1)`, whatever class holds it."""
    return str(tuple(int(n) for n in shape))


def shown(value: object, limit: int = 90) -> str:
    """Shape (when there is one) and value: `(3,) [0.7, 0.2, 0.1]`."""
    array = as_array(value)
    front = f"{shape_text(array.shape)} " if array is not None and array.ndim else ""
    return front + short(value, limit)
