"""Four landscapes over two weights, and the ways that optimisers take over them: what the race draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mmcourse.training.descent import RULES

STEPS = 100
FAR = 1e3  # higher than any place in the window of the race: whoever gets there has flown off


class Surface(NamedTuple):
    """A landscape over two weights: height and gradient at points (..., 2), where to start, where it is lowest."""

    height: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, float]
    goal: tuple[float, float]


def pair(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Two coordinates (...) as points (..., 2)."""
    return np.stack([x, y], -1)


SURFACES: Mapping[str, Surface] = {
    "ravine": Surface(
        lambda p: 0.5 * p[..., 0] ** 2 + 50 * p[..., 1] ** 2,
        lambda p: p * np.array([1.0, 100.0]),
        (-1.8, 0.6),
        (0.0, 0.0),
    ),
    "turned ravine": Surface(  # the same, turned by 45 degrees: along the valley u = (x + y) / √2, across it v
        lambda p: 0.25 * (p[..., 0] + p[..., 1]) ** 2 + 25 * (p[..., 1] - p[..., 0]) ** 2,
        lambda p: p @ np.array([[50.5, -49.5], [-49.5, 50.5]]),
        (2.4 / 2**0.5, 1.2 / 2**0.5),
        (0.0, 0.0),
    ),
    "saddle": Surface(
        lambda p: 0.5 * p[..., 0] ** 2 - 0.5 * p[..., 1] ** 2 + 0.25 * p[..., 1] ** 4 + 0.25,
        lambda p: pair(p[..., 0], p[..., 1] ** 3 - p[..., 1]),
        (-1.8, 0.001),
        (0.0, 1.0),
    ),
    "Rosenbrock": Surface(
        lambda p: (1 - p[..., 0]) ** 2 + 100 * (p[..., 1] - p[..., 0] ** 2) ** 2,
        lambda p: pair(
            -2 * (1 - p[..., 0]) - 400 * p[..., 0] * (p[..., 1] - p[..., 0] ** 2), 200 * (p[..., 1] - p[..., 0] ** 2)
        ),
        (-1.2, 1.0),
        (1.0, 1.0),
    ),
}
RATES = tuple(10 ** (k / 10) for k in range(-40, 6))  # what the slider offers: 0.0001 to 3.2


@lru_cache(maxsize=256)
def race(
    surface: str,
    runner: str,
    rate: float | tuple[float, ...] = 0.03,
    momentum: float = 0.9,
    steps: int = STEPS,
    seed: int = 0,
) -> np.ndarray:
    """The way of one optimiser over a surface: (steps + 1, 2), or (steps + 1, R, 2) for R rates at once.

    ``momentum`` is that of momentum, and the first fading of Adam. SGD walks down gradients with noise of spread 1,
    always the same for the same ``seed``. Where a walk has flown off the numbers are infinite or nan.
    """
    place, rates = SURFACES[surface], np.asarray(rate, dtype=float)
    options = {"momentum": {"momentum": momentum}, "adam": {"beta1": momentum}}.get(runner, {})
    rule = RULES["gd" if runner == "sgd" else runner]
    noise = np.random.default_rng(seed).normal(size=(steps, 2)) if runner == "sgd" else np.zeros((steps, 2))
    w, memory = np.broadcast_to(np.array(place.start), (*rates.shape, 2)), ()
    way = [w]
    with np.errstate(all="ignore"):  # an optimiser that flies off passes the largest number
        for shove in noise:
            w, *memory = rule(w, place.gradient(w) + shove, *memory, lr=rates[..., None], **options)
            way.append(w)
    return np.stack(way)


@lru_cache(maxsize=32)
def best_rate(surface: str, runner: str) -> float:
    """The rate among the slider's that ends lowest (mean logarithm of the last 20 heights) and never flies off."""
    with np.errstate(all="ignore"):
        heights = SURFACES[surface].height(race(surface, runner, RATES))  # (steps + 1, R)
        ends = np.where((heights <= FAR).all(0), np.log10(heights[-20:] + 1e-12).mean(0), np.inf)
    return RATES[int(ends.argmin())]
