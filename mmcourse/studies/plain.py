"""Plain numbers: what a study takes and gives, as it is kept."""

from __future__ import annotations

import json
import math
from typing import Any

DIGITS = 6  # significant ones that are kept of a number


def plain_value(value: Any, name: str) -> Any:
    """A value as it is kept: numbers rounded to six significant digits, tuples as lists.

    Allowed are numbers, words, True, False and None, in lists and in dicts with words as keys; anything else is a
    ``TypeError`` that says where it stands. NaN and infinite numbers are a ``ValueError``.
    """
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{name}: got {value}, expected a finite number; give None where nothing was measured")
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, list | tuple):
        return [plain_value(one, f"{name}[{k}]") for k, one in enumerate(value)]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: plain_value(one, f"{name}[{key!r}]") for key, one in value.items()}
    raise TypeError(
        f"{name}: got {type(value).__name__}, expected plain numbers, words, lists or dicts of them; "
        "turn a tensor or an array into a list with .tolist()"
    )


def key_of(arguments: dict[str, Any]) -> str:
    """The same text for the same arguments."""
    return json.dumps(arguments, sort_keys=True)


def spelled(arguments: dict[str, Any]) -> str:
    """Arguments as one would write them in a call: ``cell='GRU', seed=3``."""
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def differences(now: Any, then: Any, band: float, name: str = "") -> list[str]:
    """Where two kept values differ by more than ``band``, of each number above 1 by more than this share of it."""
    if isinstance(now, dict) and isinstance(then, dict) and set(now) == set(then):
        return [word for key in now for word in differences(now[key], then[key], band, f"{name}.{key}".lstrip("."))]
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        pairs = enumerate(zip(now, then, strict=True))
        return [word for k, pair in pairs for word in differences(*pair, band, f"{name}[{k}]")]
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (now, then))
    same = abs(now - then) <= band * max(1.0, abs(then)) if numbers else now == then
    return [] if same else [f"{name}: {now} now, {then} stored"]
