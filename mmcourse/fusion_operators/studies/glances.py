"""Lesson 09: what its live cells show after 60 steps, once more with tuned rates and trained to the end."""

from __future__ import annotations

from functools import partial
from statistics import fmean
from typing import Any

import torch

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.datasets.senses import pairs_under, trio, varied
from mmcourse.engine import accuracy_many, predict_many
from mmcourse.fusion_operators.classifier import image_shares, train_fused
from mmcourse.fusion_operators.place_by_place import Weighted
from mmcourse.fusion_operators.studies.conditions import CONDITIONS
from mmcourse.fusion_operators.studies.rates import RATES, tuned
from mmcourse.fusion_operators.studies.voices import by_voice
from mmcourse.studies import Study, grid

FIXED = {"seeds": 4, "epochs": 30, "budget": 6000}  # as in the ranking


def alpha_unit(alpha: float, times: int, seed: int, *, seeds: int, epochs: int, budget: int) -> dict[str, Any]:
    """A fixed weight of the image, trained on pairs of varied noise with three rates; the best one on noisy pairs.

    ``valid``: accuracy on noisy validation pairs for each rate; ``right`` and ``of``: see ``by_voice``.
    """
    runs = range(seed, seed + seeds)
    train, valid = varied(600, seeds=runs), pairs_under("valid", **CONDITIONS["noisy"])
    fit = partial(
        train_fused,
        partial(Weighted, weights={"image": alpha, "audio": 1 - alpha}),
        train,
        classes=10,
        budget=budget,
        seeds=runs,
        epochs=epochs * times,
        batch_size=100,
        valid=valid,
        keep_best=True,
    )
    raised = [fit(lr=rate) for rate in RATES]
    scores = [round(fmean(accuracy_many(models, valid)), 4) for models in raised]
    best = scores.index(max(scores))
    return {"rate": RATES[best], "valid": scores, **by_voice(raised[best], ["noisy"])}


def share_unit(name: str, times: int, seed: int, *, seeds: int, epochs: int, budget: int) -> dict[str, Any]:
    """The image's mean share for each seed, the sound at 0 dB: with a clean image, and with one nearly destroyed."""
    runs = range(seed, seed + seeds)
    train, valid = varied(600, seeds=runs), varied(197, seeds=[9], split="valid")[0]
    found = tuned(name, train, valid, seeds=runs, classes=10, budget=budget, epochs=epochs * times)
    looks = {"clean": 0.0, "nearly destroyed": 1.0}
    tests = {place: pairs_under("test", image_noise=noise, audio_snr=0)[0] for place, noise in looks.items()}
    shares = {place: image_shares(found.models)(batch).mean(1).tolist() for place, batch in tests.items()}
    return {**found.numbers(), "share": shares}


LOSSES = {"all three": None, "no image": "image", "no sound": "audio", "no note": "text"}


def third_unit(name: str, times: int, seed: int, *, seeds: int, epochs: int, budget: int) -> dict[str, Any]:
    """One operator with three senses, and what is left when one is missing.

    ``right``: [condition] (S, G), the share of right answers by seed and voice; ``of`` (G,): pairs of each voice.
    """
    runs = range(seed, seed + seeds)
    train, valid = varied(600, seeds=runs, notes=True), varied(197, seeds=[9], notes=True, split="valid")[0]
    found = tuned(name, train, valid, seeds=runs, classes=10, budget=budget, epochs=epochs * times)
    speakers = SeeHear("test", seed=0, form="small").dial(**CONDITIONS["noisy"]).speaker
    _, voice, of = speakers.unique(return_inverse=True, return_counts=True)
    right = {}
    for place, gone in LOSSES.items():
        batch, labels = trio("test", typos=0.6, lost=gone, **CONDITIONS["noisy"])
        hits = (predict_many(found.models, batch).argmax(-1).cpu() == labels).float()  # (S, N)
        right[place] = (torch.zeros(seeds, len(of)).index_add_(1, voice, hits) / of).tolist()
    return {**found.numbers(), "right": right, "of": of.tolist()}


ALPHA = Study(
    "fusion_operators/alpha",
    unit=alpha_unit,
    units=grid(alpha=(0.0, 0.25, 0.5, 0.75, 1.0), times=(1, 4), seed=(0,)),
    fixed=FIXED,
    minutes=1,
    band=0.15,
)
SHARES = Study(
    "fusion_operators/shares",
    unit=share_unit,
    units=grid(name=("gated", "attention"), times=(1, 4), seed=(0,)),
    fixed=FIXED,
    minutes=1,
    band=0.15,
)
THIRD_SENSE = Study(
    "fusion_operators/third_sense",
    unit=third_unit,
    units=[
        *grid(name=("sum", "product", "attention"), times=(1, 4), seed=(0,)),
        *grid(name=("sum", "product", "attention"), times=(1,), seed=(100,)),  # other seeds
    ],
    fixed=FIXED,
    minutes=1,
    band=0.15,
)
