"""Checks of arguments that the data sets share: errors name the argument, what came and what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real

import numpy as np


def check_seed(seed: int, name: str = "seed") -> int:
    """A whole number, 0 or more; True and False are no numbers here."""
    if isinstance(seed, (bool, np.bool_)) or not isinstance(seed, Integral):
        raise TypeError(f"{name} must be a whole number such as 0 or 7, got {seed!r} ({type(seed).__name__})")
    if seed < 0:
        raise ValueError(f"{name} must be 0 or more, got {seed}")
    return int(seed)


def check_count(count: int, name: str, most: int | None = None, why: str = "") -> int:
    """A whole number from 1 to `most`."""
    if isinstance(count, (bool, np.bool_)) or not isinstance(count, Integral):
        raise TypeError(f"{name} must be a whole number, got {count!r} ({type(count).__name__})")
    if count < 1 or (most is not None and count > most):
        upper = "or more" if most is None else f"to {most}"
        raise ValueError(f"{name} must be 1 {upper}{why}, got {count}")
    return int(count)


def check_number(value: float, name: str, low: float, high: float, expected: str) -> float:
    """A number between low and high, both finite; `expected` says in words what is asked for."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} must be {expected}, got {value!r} ({type(value).__name__})")
    if not low <= value <= high:  # refuses NaN as well
        raise ValueError(f"{name} must be {expected}, got {value}")
    return float(value)


def check_probability(value: float, name: str) -> float:
    """A number from 0 to 1."""
    return check_number(value, name, 0.0, 1.0, "a probability from 0 to 1")


def check_choice(value: str, name: str, choices: Iterable[str]) -> str:
    """One of the names in `choices`."""
    choices = tuple(choices)
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}")
    return value
