"""What a handful of runs allows us to say: means with intervals, paired comparisons, and the words for them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit


@dataclass(frozen=True)
class Interval:
    """A mean, its confidence interval ``low`` .. ``high`` and the number ``n`` of runs behind it."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def half(self) -> float:
        """Half the width of the interval: the length of an error bar."""
        return (self.high - self.low) / 2

    def __str__(self) -> str:
        return f"{self.mean:.3f} ± {self.half:.3f} (n = {self.n})"


@dataclass(frozen=True)
class Comparison:
    """The mean paired difference a - b with its interval, and the ``verdict`` on a in words."""

    difference: Interval

    @property
    def verdict(self) -> str:
        """``"better"`` or ``"worse"`` when the interval leaves zero out, else ``"no difference seen"``."""
        if self.difference.low > 0:
            return "better"
        return "worse" if self.difference.high < 0 else "no difference seen"

    def __str__(self) -> str:
        return f"{self.verdict} ({self.difference.mean:+.3f} ± {self.difference.half:.3f})"


def mean_interval(values: Sequence[float], level: float = 0.95) -> Interval:
    """Mean of independent runs with its confidence interval: mean ± t · s / √n (Student, 1908, Biometrika 6).

    ``s`` is the sample standard deviation and ``t`` the quantile of Student's distribution with n - 1 degrees of
    freedom. The interval answers: where could the mean over *all* seeds lie, judging from these n?

    Example: ``mean_interval([0.90, 0.92, 0.94])`` has mean 0.92 and half-width 4.303 · 0.02 / √3 = 0.050.
    """
    runs = checked(values, "values")
    if not 0 < level < 1:
        raise ValueError(f"level: got {level}, expected a number between 0 and 1, such as 0.95")
    t = float(stdtrit(len(runs) - 1, 0.5 + level / 2))
    half = t * float(runs.std(ddof=1)) / math.sqrt(len(runs))
    return Interval(float(runs.mean()), float(runs.mean()) - half, float(runs.mean()) + half, len(runs))


def compare(a: Sequence[float], b: Sequence[float], level: float = 0.95) -> Comparison:
    """Compare two methods run on the same seeds: the interval of the differences a[i] - b[i].

    Pairing removes what both methods share, such as an easy or a hard draw of the noise, so that a small real
    difference can be seen with few seeds. Larger numbers count as better.
    """
    left, right = checked(a, "a"), checked(b, "b")
    if len(left) != len(right):
        raise ValueError(f"b: got {len(right)} runs and a has {len(left)}; expected one run of each for every seed")
    return Comparison(mean_interval((left - right).tolist(), level))


def checked(values: Sequence[float], name: str) -> np.ndarray:
    """The values as an array of finite numbers (n,), n at least 2."""
    runs = np.asarray(values, dtype=np.float64)
    if runs.ndim != 1 or len(runs) < 2:
        raise ValueError(f"{name}: got shape {runs.shape}, expected a list of at least 2 numbers, one for each seed")
    if not np.isfinite(runs).all():
        raise ValueError(f"{name}: holds NaN or infinite values; a run that failed cannot be averaged")
    return runs
