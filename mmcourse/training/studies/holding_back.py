"""The experiment of lesson 02: 100 digits, some labels wrong, learnt by networks that are held back in five ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

from mmcourse.datasets import digits
from mmcourse.engine import (
    Comparison,
    Data,
    accuracy_many,
    compare,
    fit_many,
    generator,
    pick_device,
    stop_ends_all,
)
from mmcourse.training.regularisers import HeldBackMLP, Scores, held_back_penalty

STRENGTHS: Mapping[str, tuple[float, ...]] = {  # from weak to strong
    "L1": (3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
    "L2": (3e-3, 1e-2, 3e-2, 0.1, 0.3),
    "dropout": (0.1, 0.3, 0.5, 0.7, 0.9),
    "augmentation": (0.25, 0.5, 0.75, 1.0, 2.0),
    "early stopping": (20, 10, 6, 3, 1),
}
PLAN = {"epochs": 60, "batch_size": 50, "lr": 1e-2}


def hundred_digits(seed: int, wrong: int = 0) -> Data:
    """100 training digits drawn by the seed: images (100, 1, 8, 8) and labels; the first ``wrong`` labels are false."""
    rng, every = generator(seed), digits.load("train")
    rows = torch.randperm(len(every.labels), generator=rng)[:100]
    labels = every.labels[rows].clone()
    labels[:wrong] = (labels[:wrong] + torch.randint(1, 10, (wrong,), generator=rng)) % 10
    return every.images[rows], labels


def hold_back(
    wrong: int = 0,
    seeds: Sequence[int] = range(8),
    callback: Callable[..., object] | None = None,
    strengths: Mapping[str, Sequence[float]] = STRENGTHS,
) -> Scores:
    """Train every method at every strength for every seed; accuracies on its 100, the validation and the test digits.

    ``wrong`` of the 100 labels are false. Early stopping watches the validation digits; its strength is the patience.
    """
    place = pick_device()
    plans = {method: [(method, one) for one in found] for method, found in strengths.items()}
    groups = [[("nothing", 0.0), *plans["L1"], *plans["L2"]], *(plans[m] for m in ("dropout", "augmentation"))]
    with stop_ends_all() as scores:
        for k, group in enumerate([*groups, plans["early stopping"]]):
            each = [(method, strength, seed) for method, strength in group for seed in seeds]
            models = [_held_back(*one).to(place) for one in each]
            sets = [hundred_digits(seed, wrong) for *_, seed in each]
            early = {"valid": digits.load("valid"), "patience": [int(one[1]) for one in each]}
            more = early if group[0][0] == "early stopping" else {"penalty": held_back_penalty}
            fit_many(models, sets, seeds=[seed for *_, seed in each], **more, **PLAN)
            found = _scored(models, sets)
            for g, one in enumerate(group):
                scores[one] = {split: runs[g * len(seeds) : (g + 1) * len(seeds)] for split, runs in found.items()}
            if callback is not None:
                callback(k + 1, len(groups) + 1)
    return scores


def _held_back(method: str, strength: float, seed: int) -> HeldBackMLP:
    name = {"L1": "l1", "L2": "l2", "dropout": "drop", "augmentation": "reach"}.get(method)
    penalised = {"l1": 0.0, "l2": 0.0} if method in ("nothing", "L1", "L2") else {}
    return HeldBackMLP(seed, **penalised | ({name: strength} if name else {}))


def _scored(models: Sequence[HeldBackMLP], sets: Sequence[Data]) -> dict[str, list[float]]:
    own = [accuracy_many([model], data)[0] for model, data in zip(models, sets, strict=False)]
    return {"train": own, **{split: accuracy_many(models, digits.load(split)) for split in ("valid", "test")}}


def chosen_strengths(scores: Scores) -> dict[str, float]:
    """For each method the strength with the best mean accuracy on the validation digits; the test digits wait."""
    means = {one: float(np.mean(found["valid"])) for one, found in scores.items()}
    return {method: max((one for one in scores if one[0] == method), key=means.get)[1] for method, _ in scores}


def gains(scores: Scores) -> dict[str, Comparison]:
    """Each method at its chosen strength against nothing, on the test digits, seed by seed: {method: comparison}."""
    plain = scores["nothing", 0.0]["test"]
    return {
        method: compare(scores[method, strength]["test"], plain)
        for method, strength in chosen_strengths(scores).items()
        if method != "nothing"
    }
