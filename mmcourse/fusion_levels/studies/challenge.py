"""The six situations of the last challenge, and what each level reaches in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.datasets.worlds import World
from mmcourse.fusion_levels.levels import LEVELS, ModelLevel
from mmcourse.fusion_levels.opinions import product_of_opinions
from mmcourse.fusion_levels.rivals import train_kinds
from mmcourse.fusion_levels.studies.best_rate import RATES, tuned
from mmcourse.fusion_levels.studies.lab import data
from mmcourse.studies import Study, grid

SITUATIONS: Mapping[str, dict[str, Any]] = {  # how many training pairs, their dials, and those that the test adds
    "street": {"pairs": 400, "dials": {"image_noise": 0.5, "audio_snr": -6}},
    "faulty": {"pairs": 400, "dials": {"image_noise": 0.3, "audio_snr": 0}, "test": {"missing": {"audio": 0.5}}},
    "studio": {"pairs": 400, "dials": {"image_noise": 1.0}},
    "prank": {"pairs": 400, "dials": {"image_noise": 0.3, "contradiction": 0.4}},
    "sample": {"pairs": 60, "dials": {"image_noise": 0.3, "audio_snr": 5}},
}


def situation_unit(situation: str, epochs: int, seed: int, *, seeds: int, budget: int) -> dict[str, Any]:
    """The three levels in one situation, the model level by product, each with the best of three rates.

    The rate is chosen on validation pairs that are like the training: nobody knows beforehand what will break. What
    comes out is that of ``tuned``; units are voices, and in "lock" samples by twenties.
    """
    runs = range(seed, seed + seeds)
    if situation == "lock":
        world = World("synergistic", 0.5)
        train, options = [world.sample(400, one) for one in runs], {"classes": 2, "budget": 300}
        valid, test, units = world.sample(400, 1000), world.sample(1000, 1001), torch.arange(1000) // 20
    else:
        of = SITUATIONS[situation]
        made = (SeeHear("train", size=of["pairs"], seed=one).dial(**of["dials"]) for one in runs)
        train, options = [data(one) for one in made], {"classes": 10, "budget": budget}
        valid = data(SeeHear("valid", seed=0).dial(**of["dials"]))
        tried = SeeHear("test", seed=0).dial(**{**of["dials"], **of.get("test", {})})
        test, units = data(tried), tried.speaker
    options["batch_size"] = min(100, len(train[0][1]) // 2)

    def trained(rate: float) -> dict[str, Sequence[nn.Module]]:
        models = train_kinds(train, kinds=LEVELS, seeds=runs, epochs=epochs, lr=rate, **options)
        product = [ModelLevel(m.experts, product_of_opinions) for m in models["model"]]
        return {"data": models["data"], "feature": models["feature"], "product": product}

    return tuned(trained, valid, test, units, RATES[epochs])


CHALLENGE = Study(
    "fusion_levels/challenge",
    unit=situation_unit,
    units=[
        *grid(situation=("lock", *SITUATIONS), epochs=(20, 80), seed=(0,)),  # 80: four times the training
        *grid(situation=("lock", *SITUATIONS), epochs=(20,), seed=(100,)),  # other seeds
    ],
    fixed={"seeds": 4, "budget": 20000},
    minutes=1.5,
    quick={"situation": "sample", "epochs": 20, "seed": 0},
    band=0.25,
)
