"""Why a constant rate stops short of the bottom: descent with noisy gradients in a valley whose answer is known.

The valley is f(w) = h / 2 · w², its slope h w. A batch of B samples gives h w + noise with variance s² / B. Letters: h
``curvature``, s ``noise`` of one sample, B ``batch``.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from mmcourse.base.checks import check_number, check_wholes
from mmcourse.engine import generator


def noisy_descent(
    rates: Sequence[float],
    batch: int = 1,
    *,
    curvature: float = 1.0,
    noise: float = 1.0,
    start: float = 5.0,
    runs: int = 1,
    seed: int = 0,
) -> Tensor:
    """SGD in the valley, one step for each of ``rates``: the losses (runs, steps + 1) before, between and after."""
    check_wholes(batch=batch, runs=runs)
    rng, w = generator(seed), torch.full((runs,), start, dtype=torch.float64)
    losses = [curvature / 2 * w**2]
    for rate in rates:
        gradient = curvature * w + noise / batch**0.5 * torch.randn(runs, generator=rng, dtype=torch.float64)
        w = w - rate * gradient
        losses.append(curvature / 2 * w**2)
    return torch.stack(losses, dim=1)


def expected_loss(
    rates: Sequence[float], batch: int = 1, *, curvature: float = 1.0, noise: float = 1.0, start: float = 5.0
) -> list[float]:
    """The mean over all noise of what ``noisy_descent`` gives, worked out: E w² ← (1 - rate · h)² E w² + rate² s² / B.

    One number for each step and the start. It holds for every step, whatever the rates are.
    """
    check_wholes(batch=batch)
    square, losses = start**2, [curvature / 2 * start**2]
    for rate in rates:
        square = (1 - rate * curvature) ** 2 * square + rate**2 * noise**2 / batch
        losses.append(curvature / 2 * square)
    return losses


def noise_floor(rate: float, batch: int = 1, *, curvature: float = 1.0, noise: float = 1.0) -> float:
    """Where the mean loss comes to rest at a constant rate: rate · s² / (2 B (2 - rate · h)).

    It is the fixed point of the line in ``expected_loss``. For small rates it is rate · s² / 4B: in proportion to the
    rate, and to one over the batch. Raises ValueError where the descent flies off, for a rate of 2 / h or more.
    """
    check_wholes(batch=batch)
    check_number(rate, "rate", 0, 2 / curvature, "a rate from 0 up to, not including, 2 / curvature")
    if rate * curvature >= 2:
        raise ValueError(f"rate: got {rate}, expected less than 2 / curvature = {2 / curvature}: else w flies off")
    return rate * noise**2 / (2 * batch * (2 - rate * curvature))
