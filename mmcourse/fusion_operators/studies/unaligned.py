"""Lesson 09: where cross-attention earns its cost: streams that belong together by time, not by place."""

from __future__ import annotations

from typing import Any

from mmcourse.engine import accuracy_many, generator
from mmcourse.fusion_operators.studies.rates import tuned
from mmcourse.fusion_operators.unaligned import TONES, lamp_and_tones
from mmcourse.studies import Study, grid


def unaligned_unit(
    name: str, drift: float, times: int, seed: int, *, seeds: int, size: int, epochs: int, budget: int
) -> dict[str, Any]:
    """One operator on films and sounds: accuracies on 2000 new samples, one for each seed, with its best rate."""
    runs = range(seed, seed + seeds)
    train = [lamp_and_tones(size, drift, generator(one))[0] for one in runs]
    valid, test = (lamp_and_tones(2000, drift, generator(one))[0] for one in (5000, 6000))
    found = tuned(name, train, valid, seeds=runs, classes=TONES, budget=budget, epochs=epochs * times)
    return {**found.numbers(), "tested": accuracy_many(found.models, test)}


RIVALS = ("concatenate", "product", "bilinear", "low-rank", "gated", "cross-attention")
UNALIGNED = Study(
    "fusion_operators/unaligned",
    unit=unaligned_unit,
    units=[
        *grid(name=RIVALS, drift=(0.0, 0.2, 0.4), times=(1,), seed=(0,)),
        *grid(name=RIVALS, drift=(0.0, 0.4), times=(4,), seed=(0,)),  # four times the training
        *grid(name=RIVALS, drift=(0.4,), times=(1,), seed=(100,)),  # other seeds
    ],
    fixed={"seeds": 4, "size": 2000, "epochs": 25, "budget": 3000},
    minutes=5,
    quick={"name": "product", "drift": 0.2, "times": 1, "seed": 0},
    band=0.15,
)
