"""What length costs: the clock, and the exponent of a growth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np


def seconds_of(work: Callable[[], object], rounds: int = 5) -> float:
    """The median time of one call, after one to warm up."""
    taken = []
    for _ in range(rounds + 1):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return float(np.median(taken[1:]))


def growth(lengths: Sequence[int], costs: Sequence[float]) -> float:
    """The exponent p of cost ≈ c · length^p: the slope of the straight line through the points in a log-log plot."""
    return float(np.polyfit(np.log(lengths), np.log(costs), 1)[0])
