"""Lesson 09: on clean digits, does the operator matter? It depends on the question and on what follows the meeting."""

from __future__ import annotations

from typing import Any

import torch

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.datasets.senses import as_sequences
from mmcourse.engine import Data, accuracy_many, generator
from mmcourse.fusion_operators.studies.rates import tuned
from mmcourse.studies import Study, grid

TASKS = {"which digit": 10, "even sum": 2}


def digits_for(task: str, split: str, seed: int) -> Data:
    """Clean pairs of a split. "which digit": both senses show the same one, and it is asked for.

    "even sum": the sounds are dealt anew, so that picture and sound show digits of their own; is their sum even (1)?
    """
    pairs = SeeHear(split, seed=0, form="small").dial()
    batch = as_sequences(pairs)
    if task == "which digit":
        return batch, pairs.labels
    dealt = torch.randperm(len(pairs.labels), generator=generator(seed))
    sums = pairs.labels + pairs.labels[dealt]
    return {"image": batch["image"], "audio": batch["audio"][dealt]}, (sums + 1) % 2


def clean_unit(
    task: str, bends: str, name: str, times: int, seed: int, *, seeds: int, epochs: int, budget: int
) -> dict[str, Any]:
    """One operator on one question: accuracies on the test pairs, one for each seed, with its best rate.

    ``bends`` "both": hidden layers before and after the meeting; "before": none after it.
    """
    runs = range(seed, seed + seeds)
    train = [digits_for(task, "train", one) for one in runs]
    valid, test = digits_for(task, "valid", 5000), digits_for(task, "test", 6000)
    options = {"classes": TASKS[task], "budget": budget, "epochs": epochs * times, "bends": bends}
    found = tuned(name, train, valid, seeds=runs, **options)
    return {**found.numbers(), "tested": accuracy_many(found.models, test)}


FEW = ("sum", "product", "gated", "attention")
CLEAN = Study(
    "fusion_operators/clean",
    unit=clean_unit,
    units=[
        *grid(task=tuple(TASKS), bends=("both", "before"), name=FEW, times=(1,), seed=(0,)),
        *grid(task=("even sum",), bends=("both", "before"), name=FEW, times=(4,), seed=(0,)),
        *grid(task=("even sum",), bends=("both", "before"), name=FEW, times=(1,), seed=(100,)),  # other seeds
    ],
    fixed={"seeds": 4, "epochs": 15, "budget": 6000},
    minutes=2,
    quick={"task": "even sum", "bends": "before", "name": "sum", "times": 1, "seed": 0},
    band=0.15,
)
