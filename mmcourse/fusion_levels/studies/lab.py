"""How the lab trains: the five kinds of model, once for every seed, under dialled conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from torch import nn

from mmcourse.datasets.see_hear import Pairs, SeeHear
from mmcourse.engine import Data
from mmcourse.fusion_levels.rivals import KINDS, train_kinds

SEEDS = range(8)
LAB = {"budget": 20000, "batch_size": 200, "lr": 5e-3, "epochs": 6}  # 40 models in two or three seconds


def data(pairs: Pairs) -> Data:
    """What a model is trained on: the batch and the labels."""
    return pairs.batch, pairs.labels


@lru_cache(maxsize=1)
def _train_base() -> SeeHear:
    return SeeHear("train", seed=0)


def train_lab(
    callback: Callable[[int, int], object] | None = None,
    seeds: Sequence[int] = SEEDS,
    kinds: Sequence[str] = KINDS,
    **dials: float,
) -> dict[str, list[nn.Module]]:
    """The five kinds (or those named), once for every seed, on 3000 pairs under the given dials."""
    train = data(_train_base().dial(**dials))
    return train_kinds(train, classes=10, kinds=kinds, seeds=seeds, callback=callback, **LAB)
