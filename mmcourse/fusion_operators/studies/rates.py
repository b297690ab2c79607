"""How the studies of lesson 09 train: three rates for every operator, best epoch and best rate by validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import Any

from mmcourse.engine import Data, accuracy, accuracy_many
from mmcourse.fusion_operators.all_with_all import CompactTensor
from mmcourse.fusion_operators.classifier import OPERATORS, Fused, train_fused
from mmcourse.fusion_operators.contract import Fusion

RATES = (1e-3, 3e-3, 1e-2)
MAKERS: dict[str, Callable[..., Fusion]] = {**OPERATORS, "compact": CompactTensor}


@dataclass(frozen=True)
class Tuned:
    """The models of the rate that is best on validation data, and what each rate gave there."""

    models: list[Fused]
    rate: float
    valid: list[float]
    trained: float  # accuracy on their own training data

    def numbers(self) -> dict[str, Any]:
        """What a study keeps of it."""
        return {"rate": self.rate, "valid": self.valid, "trained": round(self.trained, 4)}


def tuned(name: str, train: Sequence[Data], valid: Data, *, seeds: Sequence[int], **options: Any) -> Tuned:
    """One operator, a model for each seed, trained with each of RATES; each model keeps its best epoch."""
    found, scores = [], []
    for rate in RATES:
        fit = partial(train_fused, MAKERS[name], train, valid=valid, keep_best=True, seeds=seeds, batch_size=100)
        found.append(fit(lr=rate, **options))
        scores.append(round(fmean(accuracy_many(found[-1], valid)), 4))
    best = scores.index(max(scores))
    models = found[best]
    learnt = fmean(accuracy(model, data) for model, data in zip(models, train, strict=True))
    return Tuned(models, RATES[best], scores, learnt)
