"""Does a schedule of the learning rate help? Four schedules, four rates, two lengths of training, 16 seeds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch

from mmcourse.datasets import handwriting
from mmcourse.engine import (
    Comparison,
    Interval,
    accuracy_many,
    compare_samples,
    fit_many,
    mean_interval,
    pick_device,
    predict,
)
from mmcourse.neurons import MLP
from mmcourse.studies import Study, grid
from mmcourse.studies.result import Result
from mmcourse.training.schedules import on_schedule, rate_schedules

RIVALS = ("constant", "warm-up", "cosine", "both")
TRIED_RATES = (3e-3, 1e-2, 3e-2, 0.1)
EIGHT = 8  # networks side by side; a block of seeds
GROUPS = 20  # of 50 test digits each, the units of the intervals


def scheduled_unit(
    schedule: str, rate: float, times: int, block: int, epochs: int, batch: int, hidden: int
) -> dict[str, Any]:
    """Eight networks on 3000 handwritten digits with Adam.

    "loss" is the training loss of the last epoch, "valid" and "test" are shares of right digits, "groups" (8, 20) the
    shares in each of 20 groups of 50 test digits.
    """
    place, seeds = pick_device(), range(EIGHT * block, EIGHT * (block + 1))
    train, test = handwriting.load("train"), handwriting.load("test")
    models = [MLP(400, hidden, 10, seed=seed).to(place) for seed in seeds]
    steps = times * epochs * -(-len(train.labels) // batch)
    make = on_schedule(partial(torch.optim.Adam, lr=rate), rate_schedules(steps)[schedule])
    found = fit_many(models, train, seeds=list(seeds), epochs=times * epochs, batch_size=batch, optimiser=make)
    answers = [predict(model, test.images.to(place)).argmax(1).cpu() for model in models]
    return {
        "loss": [history.train_loss[-1] for history in found],
        "valid": accuracy_many(models, handwriting.load("valid")),
        "test": accuracy_many(models, test),
        "groups": [(one == test.labels).float().unflatten(0, (GROUPS, -1)).mean(1).tolist() for one in answers],
    }


SCHEDULES = Study(
    "training/schedules",
    unit=scheduled_unit,
    units=grid(schedule=RIVALS, rate=TRIED_RATES, times=(1, 4), block=(0, 1)),
    fixed={"epochs": 4, "batch": 50, "hidden": 64},
    minutes=3,
    quick={"schedule": "cosine", "rate": 1e-2, "times": 1, "block": 0},
    band=0.25,
)


def best_rows(found: Result, times: int, block: int) -> Mapping[str, Mapping[str, Any]]:
    """For each schedule the row of the rate that was best on the validation digits."""
    return {
        name: max(found.where(schedule=name, times=times, block=block), key=lambda row: sum(row["valid"]))
        for name in RIVALS
    }


def verdicts(found: Result, times: int, block: int, rival: str = "constant") -> dict[str, Comparison]:
    """Each schedule against ``rival`` on the test digits, each at its own best rate; joint over seeds and digits."""
    rows = best_rows(found, times, block)
    base = rows[rival]["groups"]
    return {n: compare_samples(row["groups"], base, range(GROUPS)) for n, row in rows.items() if n != rival}


def bands(found: Result, block: int = 0) -> dict[str, dict[str, dict[float, Interval]]]:
    """Share of right test digits, the mean of eight seeds with its interval: {length: {schedule: {rate: interval}}}."""
    return {
        f"{SCHEDULES.fixed['epochs'] * times} epochs": {
            name: {
                rate: mean_interval(found.one(schedule=name, rate=rate, times=times, block=block)["test"])
                for rate in TRIED_RATES
            }
            for name in RIVALS
        }
        for times in (1, 4)
    }
