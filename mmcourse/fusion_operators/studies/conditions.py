"""Lesson 09, live: accuracy under four conditions, the cost of a step, operators raised on a broken sense."""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.nn import functional as F

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.datasets.senses import as_sequences, broken_sense
from mmcourse.engine import Data, accuracy_many, stop_ends_all
from mmcourse.fusion_operators.classifier import OPERATORS, SHARING, train_fused

CONDITIONS: Mapping[str, dict[str, Any]] = {
    "clean": {},
    "noisy": {"image_noise": 0.6, "audio_snr": -6},
    "one missing": {"missing": 1.0},
    "contradicting": {"audio_snr": -6, "contradiction": 0.5},
}

BROKEN: Mapping[str, dict[str, Any]] = {  # one sense is hardly worth anything, the other usable
    "image broken": {"image_noise": 2.0, "audio_snr": -6},
    "sound broken": {"audio_snr": -20},
}


def measure(trained: Mapping[str, Sequence[Any]]) -> dict[str, dict[str, list[float]]]:
    """Accuracy of every model under each of the four conditions, on the 400 test pairs.

    [condition][operator] → one accuracy for each seed.
    """
    base = SeeHear("test", seed=0, form="small")
    tests = {name: base.dial(**dials) for name, dials in CONDITIONS.items()}
    return {
        name: {
            operator: accuracy_many(models, (as_sequences(pairs), pairs.labels)) for operator, models in trained.items()
        }
        for name, pairs in tests.items()
    }


def seconds_per_batch(model: torch.nn.Module, data: Data, rounds: int = 7) -> tuple[float, float]:
    """Median seconds for one batch, forward and backward, on this machine's processor."""
    model, (inputs, labels), taken = copy.deepcopy(model).cpu(), data, []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        loss = F.cross_entropy(model(inputs), labels)
        middle = time.perf_counter()
        loss.backward()
        taken.append((middle - start, time.perf_counter() - middle))
    forward, backward = zip(*taken[1:], strict=True)  # the first round warms up
    return statistics.median(forward), statistics.median(backward)


def train_shares(
    names: Sequence[str] = SHARING,
    seeds: Sequence[int] = range(8),
    size: int = 1000,
    epochs: int = 15,
    callback: Callable[[int, int], object] | None = None,
) -> dict[str, list[Any]]:
    """Operators trained on pairs with one broken sense, once for each seed."""
    train = broken_sense(size, seeds)
    with stop_ends_all() as trained:
        for i, name in enumerate(names):
            make = OPERATORS[name]
            options = {"classes": 10, "seeds": seeds, "epochs": epochs, "batch_size": 200, "lr": 1.5e-2}
            trained[name] = train_fused(make, train, **options)
            if callback is not None:
                callback(i + 1, len(names))
    return trained
