"""Two ways of doing the same, timed in turns: a ratio means more than seconds on a machine that others use too."""

import statistics
import time
from collections.abc import Callable

import torch

Row = tuple[str, str, str]  # what, measured, aim


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes, until the device has really finished."""
    start = time.perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start


def in_turns(rounds: int, one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """The median time of one work, and how many times longer it takes than the other: the median over the rounds.

    Both are done in turns, after one round to warm up, so that a busy moment hits both.
    """
    taken = [(seconds(one), seconds(other)) for _ in range(rounds + 1)][1:]
    return statistics.median(a for a, _ in taken), statistics.median(a / b for a, b in taken)
