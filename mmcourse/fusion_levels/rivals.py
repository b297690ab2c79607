"""Rivals on equal terms: five kinds of model with one budget, trained on many seeds, and what their scores allow.

A comparison of places to meet is fair when each has as many numbers to learn with, and it says something when it holds
over several seeds. Afterwards the models are asked what they use.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.engine import Data, compare, data_sets, fit_many, pick_device, predict, seeded, stop_ends_all
from mmcourse.fusion_levels.levels import (
    LEVELS,
    Alone,
    Batch,
    DataLevel,
    Experts,
    FeatureLevel,
    ModelLevel,
    Sizes,
    experts_loss,
    flat,
    names_of,
)
from mmcourse.fusion_levels.opinions import Stacking, product_of_opinions, temperatures
from mmcourse.training import fit

KINDS = ("image", "audio", *LEVELS)


def parameters(model: nn.Module) -> int:
    """How many numbers training can change."""
    return sum(p.numel() for p in model.parameters())


def build(kind: str, sizes: Sizes, classes: int, width: int) -> nn.Module:
    """A fresh model of one of the five kinds; ``"model"`` gives its experts."""
    names_of(sizes)  # a modality that is called as a level is would hide it
    if kind in sizes:
        return Alone(kind, sizes[kind], classes, width)
    if kind not in LEVELS:
        raise ValueError(f"kind: got {kind!r}, expected one of {', '.join([*sizes, *LEVELS])}")
    return {"data": DataLevel, "feature": FeatureLevel, "model": Experts}[kind](sizes, classes, width)


def width_for(budget: int, kind: str, sizes: Sizes, classes: int) -> int:
    """The largest width with which a model of this kind has at most ``budget`` parameters.

    Without this, the level that happens to have more numbers to learn with would win for that reason alone.
    """
    width = 0
    with torch.device("meta"):  # shapes only, no numbers
        while parameters(build(kind, sizes, classes, width + 1)) <= budget:
            width += 1
    if width == 0:
        raise ValueError(f"budget: got {budget}, too few for a {kind!r} model even of width 1; give it more")
    return width


def train_kinds(
    train: Data | Sequence[Data],
    *,
    classes: int,
    kinds: Sequence[str] | None = None,
    budget: int = 8000,
    seeds: Sequence[int] = range(8),
    device: torch.device | str | None = None,
    callback: Callable[[int, int], object] | None = None,
    **options: object,
) -> dict[str, list[nn.Module]]:
    """Train every kind of model for every seed at one parameter budget: {kind: [model of seed 0, ...]}.

    ``train`` is one ``(batch, labels)`` for all seeds or one for each. ``"model"`` comes back as ``ModelLevel`` with
    the average rule. ``device`` None: the one of ``pick_device()``. ``callback(done, total)`` is called after every
    kind; ``options`` go to ``fit_many``. A stop names the kinds that were finished; ``engine.finished()`` gives them.
    """
    place = pick_device() if device is None else torch.device(device)
    batch, _labels = data_sets(train)[0]
    sizes = {name: math.prod(x.shape[1:]) for name, x in batch.items()}
    kinds = [*sizes, *LEVELS] if kinds is None else list(kinds)
    with stop_ends_all() as trained:
        for k, kind in enumerate(kinds):
            width = width_for(budget, kind, sizes, classes)
            models = [seeded(partial(build, kind, sizes, classes, width), seed).to(place) for seed in seeds]
            loss = experts_loss if kind == "model" else F.cross_entropy
            fit_many(models, train, seeds=list(seeds), loss=loss, **options)
            trained[kind] = [ModelLevel(model) for model in models] if kind == "model" else models
            if callback is not None:
                callback(k + 1, len(kinds))
    return trained


def learn_judge(experts: Experts, held_out: Data, *, epochs: int = 60, seed: int = 0) -> ModelLevel:
    """A model level whose rule is a stacking judge trained on ``held_out``, which the experts must not have seen."""
    inputs, labels = held_out
    opinions = predict(experts, inputs).softmax(-1)  # (M, B, K)
    judge = seeded(partial(Stacking, len(opinions), opinions.shape[-1]), seed).to(opinions.device)
    with stop_ends_all():  # half a judge would be compared as if it were a whole one
        fit(judge.judge, (judge.evidence(opinions), labels), epochs=epochs, batch_size=50, lr=1e-2, seed=seed)
    return ModelLevel(experts, judge)


def calibrated(experts: Experts, held_out: Data) -> ModelLevel:
    """A model level by product whose experts' logits are divided by temperatures found on ``held_out`` data."""
    inputs, labels = held_out
    logits = predict(experts, inputs)
    return ModelLevel(experts, product_of_opinions, temperatures(logits, labels.to(logits.device)))


def shuffled(batch: Batch, name: str, rng: torch.Generator) -> dict[str, Tensor]:
    """The batch with one modality dealt out anew among the samples, the others as they were; the input is not changed.

    What a model loses under this is what it took from that modality: a model that ignores it loses nothing
    (permutation importance: Breiman, 2001, Machine Learning 45(1)).
    """
    rows = torch.randperm(len(flat(batch, name)), generator=rng)
    return {**batch, name: batch[name][rows.to(batch[name].device)]}


def leading(scores: Mapping[str, Sequence[float]]) -> list[str]:
    """The methods that may be the best: the one with the highest mean, and all that are not seen to be worse.

    ``scores`` maps a method to its accuracies, one for each seed, in the same order of seeds. "Worse" means that the
    95 % interval of the paired differences leaves zero out.
    """
    best = max(scores, key=lambda name: sum(scores[name]) / len(scores[name]))
    return [name for name in scores if name == best or compare(scores[name], scores[best]).verdict != "worse"]


def verdicts(scores: Mapping[str, Sequence[float]], against: str) -> dict[str, str]:
    """Each method compared with one of them, seed by seed: ``{"data": "better", ...}``."""
    return {name: compare(runs, scores[against]).verdict for name, runs in scores.items() if name != against}
