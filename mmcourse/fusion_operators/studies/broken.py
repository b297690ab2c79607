"""Lesson 09: one sense is broken in each pair, a coin says which: does a share that follows it pay?"""

from __future__ import annotations

from typing import Any

from mmcourse.datasets.senses import broken_sense
from mmcourse.fusion_operators.classifier import SHARING, image_shares
from mmcourse.fusion_operators.studies.conditions import BROKEN
from mmcourse.fusion_operators.studies.rates import tuned
from mmcourse.fusion_operators.studies.voices import by_voice, two_pairings
from mmcourse.studies import Study, grid


def broken_unit(name: str, times: int, seed: int, *, seeds: int, size: int, epochs: int, budget: int) -> dict[str, Any]:
    """One operator raised on pairs with one broken sense: accuracies by voice when image or sound is broken.

    ``share``: [condition], the image's mean share for each seed; None for operators without shares.
    """
    runs = range(seed, seed + seeds)
    train, valid = broken_sense(size, seeds=runs), broken_sense(197, seeds=[9], split="valid")[0]
    found = tuned(name, train, valid, seeds=runs, classes=10, budget=budget, epochs=epochs * times)
    share = None
    if name in SHARING:
        reader = image_shares(found.models)
        share = {place: reader(two_pairings(place)[0][0]).mean(1).tolist() for place in BROKEN}
    return {**found.numbers(), **by_voice(found.models, BROKEN), "share": share}


BROKEN_SENSE = Study(
    "fusion_operators/broken_sense",
    unit=broken_unit,
    units=[
        *grid(name=("sum", "gated", "attention"), times=(1, 4), seed=(0,)),
        *grid(name=("sum", "gated", "attention"), times=(1,), seed=(100,)),  # other seeds
    ],
    fixed={"seeds": 4, "size": 1000, "epochs": 20, "budget": 6000},
    minutes=2,
    quick={"name": "sum", "times": 1, "seed": 0},
    band=0.15,
)
