"""Checks of arguments: each error names the argument, what came, what was expected, and what to do.

Every phrase has the form "name: got …, expected …". numpy's and torch's numbers are recognised without importing them.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real


def is_bool(value: object) -> bool:
    """Whether a value is True or False, of Python or of numpy: no number, though both count as one."""
    return type(value).__name__ in ("bool", "bool_")


def check_whole(value: int, name: str, least: int = 1, most: int | None = None, why: str = "") -> int:
    """A whole number from ``least`` to ``most``, both included; ``why`` follows what was expected."""
    upper = f"at least {least}" if most is None else f"from {least} to {most}"
    if is_bool(value) or not isinstance(value, Integral):
        raise TypeError(f"{name}: got {value!r} ({type(value).__name__}), expected a whole number {upper}{why}")
    if value < least or (most is not None and value > most):
        raise ValueError(f"{name}: got {value}, expected a whole number {upper}{why}")
    return int(value)


def check_wholes(least: int = 1, **numbers: int) -> None:
    """Each of the named numbers must be a whole number of at least ``least``."""
    for name, value in numbers.items():
        check_whole(value, name, least)


def check_seed(seed: int, name: str = "seed") -> int:
    """A whole number that a generator can start from."""
    return check_whole(seed, name, least=0, most=2**63 - 1, why=", such as 0")


def check_number(value: float, name: str, low: float, high: float, expected: str) -> float:
    """A number from low to high, never NaN; ``expected`` says in words what is asked for."""
    if is_bool(value) or not isinstance(value, Real):
        raise TypeError(f"{name}: got {value!r} ({type(value).__name__}), expected {expected}")
    if not low <= value <= high:  # refuses NaN as well
        raise ValueError(f"{name}: got {value}, expected {expected}")
    return float(value)


def check_probability(value: float, name: str) -> float:
    """A number from 0 to 1."""
    return check_number(value, name, 0.0, 1.0, "a probability from 0 to 1")


def check_floats(**tensors: object) -> None:
    """Each of the named arguments must be a torch tensor of float numbers."""
    for name, tensor in tensors.items():
        if not getattr(tensor, "is_floating_point", bool)():
            what = tensor.dtype if hasattr(tensor, "is_floating_point") else type(tensor).__name__
            raise TypeError(f"{name}: got {what}, expected a float tensor, such as torch.tensor([1.0])")


def check_choice(value: str, name: str, choices: Iterable[str]) -> str:
    """One of the names in ``choices``."""
    choices = tuple(choices)
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name}: got {value!r}, expected one of {', '.join(map(repr, choices))}")
    return value
