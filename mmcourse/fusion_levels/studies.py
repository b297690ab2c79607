"""Experiments of lesson 08: the pairs they need, models trained on them, and the numbers that come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from torch import nn

from mmcourse.datasets.see_hear import Pairs, SeeHear
from mmcourse.datasets.worlds import World
from mmcourse.engine import Data, accuracy
from mmcourse.fusion_levels.levels import LEVELS, ModelLevel
from mmcourse.fusion_levels.opinions import RULES, product_of_opinions
from mmcourse.fusion_levels.rivals import KINDS, train_kinds

SEEDS = range(8)
LAB = {"budget": 5000, "batch_size": 200, "lr": 5e-3}  # how the lab trains: 40 models in a second or two


def data(pairs: Pairs) -> Data:
    """What a model is trained on: the batch and the labels."""
    return pairs.batch, pairs.labels


# ---------------------------------------------------------------------------------------------- the lab


@lru_cache(maxsize=1)
def _train_base() -> SeeHear:
    return SeeHear("train", seed=0)


def train_lab(
    callback: Callable[[int, int], object] | None = None,
    seeds: Sequence[int] = SEEDS,
    kinds: Sequence[str] = KINDS,
    **dials: float,
) -> dict[str, list[nn.Module]]:
    """The five kinds (or those named), once for every seed, on 1200 pairs under the given dials."""
    train = data(_train_base().dial(**dials))
    return train_kinds(train, classes=10, kinds=kinds, seeds=seeds, callback=callback, **LAB)


# ---------------------------------------------------------------------------------------------- the winner map


def conditions(
    split: str,
    image_noises: Sequence[float],
    snrs: Sequence[float | None],
    seeds: Sequence[int] = SEEDS,
    size: int = 400,
) -> list[Data]:
    """The pairs of every seed under every mix of image noise and SNR, seeds running fastest.

    Noise on the image changes nothing in the sound, so each is made once and then combined.
    """
    made = []
    for seed in seeds:
        base = SeeHear(split, size=size, seed=seed)
        seen = [base.dial(image_noise=noise).batch["image"] for noise in image_noises]
        heard = [base.dial(audio_snr=snr).batch["audio"] for snr in snrs]
        labels = base.dial().labels
        made.append([({"image": image, "audio": audio}, labels) for image in seen for audio in heard])
    return [made[s][cell] for cell in range(len(image_noises) * len(snrs)) for s in range(len(made))]


def grid_scores(trained: Mapping[str, Sequence[nn.Module]], tests: Sequence[Data], cells: int) -> dict[str, Any]:
    """Accuracies of models trained for every cell and seed, each on its own test data: {kind: (cells, seeds)}.

    The model level comes as {rule: (cells, seeds)}, since a rule needs no training.
    """

    def grid(models: Sequence[nn.Module]) -> np.ndarray:
        return np.array([accuracy(m, test) for m, test in zip(models, tests, strict=True)]).reshape(cells, -1)

    by_rule = {name: grid([ModelLevel(m.experts, rule) for m in trained["model"]]) for name, rule in RULES.items()}
    return {**{kind: grid(models) for kind, models in trained.items() if kind != "model"}, "model": by_rule}


# ---------------------------------------------------------------------------------------------- six situations

SITUATIONS: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {  # dials of the training pairs, dials of the test
    "street": ({"image_noise": 0.6, "audio_snr": -6}, {"image_noise": 0.6, "audio_snr": -6}),
    "faulty": ({"image_noise": 0.3, "audio_snr": 0}, {"image_noise": 0.3, "audio_snr": 0, "missing": {"audio": 0.5}}),
    "studio": ({"image_noise": 1.2}, {"image_noise": 1.2}),
    "prank": ({"image_noise": 0.3, "contradiction": 0.4}, {"image_noise": 0.3, "contradiction": 0.4}),
    "sample": ({"image_noise": 0.3, "audio_snr": 5}, {"image_noise": 0.3, "audio_snr": 5}),
}


def situations(seeds: Sequence[int] = SEEDS) -> dict[str, dict[str, list[float]]]:
    """Accuracies of the three levels, the model level by product, in the six situations of the last challenge."""
    world = World("synergetic", 0.5)
    xor = [world.sample(400, seed) for seed in seeds], [world.sample(400, 100 + seed) for seed in seeds]
    found = {"lock": _levels_on(*xor, classes=2, budget=300, lr=1e-2, epochs=40)}
    train, test = _situation_data("train", 0, seeds), _situation_data("test", 1, seeds)
    for name in SITUATIONS:
        rows = 60 if name == "sample" else 400
        few = [({sense: x[:rows] for sense, x in batch.items()}, labels[:rows]) for batch, labels in train[name]]
        found[name] = _levels_on(
            few, test[name], classes=10, budget=4000, lr=8e-3, epochs=12, batch_size=min(100, rows // 2)
        )
    return found


def _situation_data(split: str, which: int, seeds: Sequence[int]) -> dict[str, list[Data]]:
    """The data of all situations; each seed's noise is drawn once and serves all of them."""
    made: dict[str, list[Data]] = {name: [] for name in SITUATIONS}
    for seed in seeds:
        base = SeeHear(split, size=400, seed=seed)
        for name, dials in SITUATIONS.items():
            made[name].append(data(base.dial(**dials[which])))
    return made


def _levels_on(train: Sequence[Data], test: Sequence[Data], **options: Any) -> dict[str, list[float]]:
    trained = train_kinds(train, kinds=LEVELS, seeds=range(len(train)), **options)
    trained["model"] = [ModelLevel(m.experts, product_of_opinions) for m in trained["model"]]
    return {level: [accuracy(m, one) for m, one in zip(trained[level], test, strict=True)] for level in LEVELS}
