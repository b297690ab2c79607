"""Competition: does a joint network train each sense as well as that sense would be trained alone?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import Data, fit_many, seeded
from mmcourse.fusion_levels.hybrid import Hybrid, hybrid_loss
from mmcourse.fusion_levels.levels import Alone, FeatureLevel, flat
from mmcourse.fusion_levels.opinions import product_of_opinions
from mmcourse.fusion_levels.rivals import train_kinds, width_for
from mmcourse.fusion_levels.studies.best_rate import RATES, tuned
from mmcourse.fusion_levels.studies.lab import data
from mmcourse.studies import Study, grid

SENSES = ("image", "audio")
SIZES = {"image": 400, "audio": 640}


class Asked(nn.Module):
    """One answer of a ``Hybrid``: that of its joint head, or the product of all three."""

    def __init__(self, hybrid: Hybrid, product: bool) -> None:
        super().__init__()
        self.hybrid, self.product = hybrid, product

    def forward(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Logits of the joint head or probabilities of all, (B, K)."""
        logits = self.hybrid(batch)
        return product_of_opinions(logits.softmax(-1)) if self.product else logits[0]


class Probed(nn.Module):
    """What one encoder has learnt: it stays as it is, and a linear layer learns to read the digit off its features."""

    def __init__(self, encoder: nn.Linear, reader: nn.Linear, name: str) -> None:
        super().__init__()
        self.encoder, self.reader, self.name = encoder, reader, name

    def features(self, batch: Mapping[str, Tensor]) -> Tensor:
        """What the encoder finds in its sense, (B, W), without gradients."""
        with torch.no_grad():
            return F.relu(self.encoder(flat(batch, self.name)))

    def forward(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Logits (B, 10) from the features of one sense."""
        return self.reader(self.features(batch))


def encoders_of(model: nn.Module) -> dict[str, nn.Linear]:
    """The encoders of a joint network, or the first layer of a single sense, by sense."""
    return dict(model.encoders) if isinstance(model, FeatureLevel) else {model.name: model.net[0]}


def probe(models: Sequence[nn.Module], name: str, train: Sequence[Data], runs: Sequence[int]) -> list[nn.Module]:
    """For each model a reader of what its encoder for one sense has learnt, trained on the same pairs."""
    encoders = [encoders_of(model)[name] for model in models]
    readers = [seeded(partial(nn.Linear, one.out_features, 10), seed) for one, seed in zip(encoders, runs, strict=True)]
    probes = [Probed(*parts, name) for parts in zip(encoders, readers, strict=True)]
    seen = [(one.features(batch), labels) for one, (batch, labels) in zip(probes, train, strict=True)]
    fit_many(readers, seen, seeds=list(runs), epochs=30, lr=1e-2)
    return probes


def competition_unit(
    noise: float, snr: float, epochs: int, seed: int, *, seeds: int, budget: int, pairs: int
) -> dict[str, Any]:
    """Single senses, the feature level and the hybrid, each with the best of three rates, and what their encoders know.

    What comes out is that of ``tuned``. "image" and "audio" spend the whole budget on one sense; "image alone" and
    "audio alone" are probes of encoders as wide as the joint networks', trained alone; "image joint" and "audio joint"
    of those in the feature level; "image hybrid" and "audio hybrid" of those in the hybrid.
    """
    runs, dials = range(seed, seed + seeds), {"image_noise": noise, "audio_snr": snr}
    train = [data(SeeHear("train", size=pairs, seed=one).dial(**dials)) for one in runs]
    valid, test = (SeeHear(split, seed=0).dial(**dials) for split in ("valid", "test"))
    width = width_for(budget, "feature", SIZES, 10)

    def many(
        make: Callable[[], nn.Module], rate: float, loss: Callable[..., Tensor] = F.cross_entropy
    ) -> list[nn.Module]:
        models = [seeded(make, one) for one in runs]
        fit_many(models, train, seeds=list(runs), epochs=epochs, lr=rate, loss=loss)
        return models

    def trained(rate: float) -> dict[str, Sequence[nn.Module]]:
        found = train_kinds(train, classes=10, kinds=SENSES, seeds=runs, budget=budget, epochs=epochs, lr=rate)
        found["feature"] = many(partial(FeatureLevel, SIZES, 10, width), rate)
        hybrids = many(partial(Hybrid, SIZES, 10, width), rate, hybrid_loss)
        for name, product in (("hybrid", False), ("hybrid product", True)):
            found[name] = [Asked(one, product) for one in hybrids]
        for name in SENSES:
            alone = many(partial(Alone, name, SIZES[name], 10, width), rate)
            for where, models in (("alone", alone), ("joint", found["feature"]), ("hybrid", hybrids)):
                found[f"{name} {where}"] = probe(models, name, train, runs)
        return found

    return tuned(trained, data(valid), data(test), test.speaker, RATES[epochs])


MIXTURES = ((1.0, 10), (0.5, -6))
COMPETITION = Study(
    "fusion_levels/competition",
    unit=competition_unit,
    units=[
        one
        for noise, snr in MIXTURES
        for one in (
            *grid(noise=(noise,), snr=(snr,), epochs=(20, 80), seed=(0,)),  # 80: four times the training
            *grid(noise=(noise,), snr=(snr,), epochs=(20,), seed=(100,)),  # other seeds
        )
    ],
    fixed={"seeds": 4, "budget": 20000, "pairs": 1000},
    minutes=3,
    quick={"noise": 1.0, "snr": 10, "epochs": 20, "seed": 0},
    band=0.25,
)
