"""Batch sizes against time: what counts is not the number of epochs but when the loss is low."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import torch
from torch.nn import functional as F

from mmcourse.datasets import handwriting
from mmcourse.engine import generator, pick_device
from mmcourse.neurons import MLP

Course = list[tuple[float, float, float]]  # seconds spent in steps, epochs so far, training loss
BATCHES, STEP_RATES = (10, 50, 250, 3000), (0.1, 0.3, 1.0, 3.0)


def loss_over_time(
    sizes: Sequence[int] = BATCHES,
    rates: Sequence[float] = STEP_RATES,
    seconds: float = 0.5,
    points: int = 8,
    callback: Callable[[int, int], object] | None = None,
) -> dict[int, dict[float, Course]]:
    """SGD on 3000 handwritten digits for the same time with each batch size and rate: {size: {rate: course}}.

    The clock runs during steps only, not while the loss of all training digits is measured, ``points`` times.
    """
    place, found = pick_device(), {}
    images, labels = (part.to(place) for part in handwriting.load("train"))
    for done, (size, rate) in enumerate((size, rate) for size in sizes for rate in rates):
        model = MLP(400, 64, 10, seed=0).to(place)
        optimiser, order = torch.optim.SGD(model.parameters(), lr=rate), _endless(len(labels), size)
        course, spent, steps = [], 0.0, 0
        for point in range(1, points + 1):
            begin = time.perf_counter()
            while True:
                rows = next(order).to(place)
                loss = F.cross_entropy(model(images[rows]), labels[rows])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                steps += 1
                now = spent + time.perf_counter() - begin
                if now >= seconds * point / points:
                    break
            spent = now
            with torch.no_grad():
                course.append((spent, steps * size / len(labels), F.cross_entropy(model(images), labels).item()))
        found.setdefault(size, {})[rate] = course
        if callback is not None:
            callback(done + 1, len(sizes) * len(rates))
    return found


def seconds_of_steps(found: dict[int, dict[float, Course]]) -> dict[int, float]:
    """How long one step takes for each batch size, in seconds, from the longest-running course."""
    return {
        size: min(
            spent / (epochs * len(handwriting.load("train").labels) / size)
            for spent, epochs, _ in (course[-1] for course in courses.values())
        )
        for size, courses in found.items()
    }


def _endless(samples: int, size: int) -> Iterable[torch.Tensor]:
    rng = generator(0)
    while True:
        yield from torch.randperm(samples, generator=rng).split(size)
