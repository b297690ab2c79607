"""A task whose map is known: say a row of letters backwards. And what the root does to learning where to look."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.engine import Data, fit_many, generator, pick_device, predict_many, seeded
from mmcourse.studies import Result, Study, grid

LETTERS, PLACES = 12, 10
DIVISORS = {"nothing": 0.0, "√d": 0.5, "d": 1.0}  # the power of d that scores are divided by
STARTS = {"nn.Linear": 1.0, "variance 1": 3.0}  # times the variance 1/(3 D) that nn.Linear draws its weights with


def backwards(count: int, seed: int = 0) -> Data:
    """Random letters and the same ones from the last to the first: ids (N, 10), wanted (N, 10)."""
    ids = torch.randint(LETTERS, (count, PLACES), generator=generator(seed))
    return ids, ids.flip(1)


class OneLook(nn.Module):
    """One attention layer with one head, and nothing else: ids (B, T) → a logit for each letter (B, T, 12).

    A letter and its place (both learnt) make query and key of ``look`` numbers and a value of ``size``. ``divide`` says
    what scores are divided by, ``start`` how large queries and keys are at first: of variance 1/3, as nn.Linear makes
    them from inputs of variance 1, or of variance 1.
    """

    def __init__(self, look: int, divide: str = "√d", start: str = "nn.Linear", size: int = 32, seed: int = 0) -> None:
        super().__init__()
        self.look, self.divisor = look, look ** DIVISORS[divide]
        draw = partial(torch.randn, generator=generator(seed))
        self.letters, self.places = nn.Parameter(draw(LETTERS, size)), nn.Parameter(draw(PLACES, size))
        self.norm = nn.LayerNorm(size)
        self.inward = seeded(lambda: nn.Linear(size, 2 * look + size), seed)
        self.head = seeded(lambda: nn.Linear(size, LETTERS), seed + 1)
        with torch.no_grad():
            self.inward.weight[: 2 * look] *= math.sqrt(STARTS[start])

    def weights(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Attention weights (B, T, T), a row for each place that looks, and the values (B, T, size)."""
        x = self.norm(F.embedding(ids, self.letters) + self.places)  # (B, T, size)
        q, k, v = self.inward(x).split([self.look, self.look, x.shape[-1]], -1)
        return (q @ k.mT / self.divisor).softmax(-1), v

    def forward(self, ids: Tensor) -> Tensor:
        weights, v = self.weights(ids)
        return self.head(weights @ v)


def letter_loss(logits: Tensor, wanted: Tensor) -> Tensor:
    """Mean cross-entropy over all places: logits (B, T, K), wanted (B, T) → ()."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten())


def train_backwards(
    look: int, divide: str, start: str, rate: float, times: int, seeds: Sequence[int], steps: int = 150
) -> list[OneLook]:
    """One network a seed, all at once, after ``times`` · ``steps`` steps on ever new rows of letters."""
    models = [OneLook(look, divide, start, seed=seed).to(pick_device()) for seed in seeds]
    data = [backwards(16 * steps * times, 1000 + seed) for seed in seeds]
    fit_many(models, data, seeds=list(seeds), epochs=1, batch_size=16, lr=rate, loss=letter_loss)
    return models


@torch.no_grad()
def on_the_map(model: OneLook, ids: Tensor) -> float:
    """The mean attention weight on the one place that counts: place t should look at place 9 - t."""
    weights = model.weights(ids.to(model.places.device))[0].mean(0)  # (T, T)
    return float(weights.flip(1).diagonal().mean())


@torch.no_grad()
def at_the_start(model: OneLook, ids: Tensor) -> float:
    """The median over queries of the largest slope s (1 - s) of the attention weights."""
    weights = model.weights(ids.to(model.places.device))[0]
    return float((weights * (1 - weights)).amax(-1).median())


def root_unit(look: int, divide: str, start: str, rate: float, times: int, seeds: int) -> dict[str, Any]:
    """Networks with one divisor and one start, trained with one rate.

    ``valid`` and ``right``: share of right letters on rows to choose a rate by and on others; ``map``: weight on the
    place that counts; ``slope``: of the softmax before training.
    """
    ids, wanted = backwards(500, 1)
    fresh = [OneLook(look, divide, start, seed=seed) for seed in range(seeds)]
    models = train_backwards(look, divide, start, rate, times, range(seeds))

    def right(data: Data) -> list[float]:
        return (predict_many(models, data[0]).argmax(-1).cpu() == data[1]).float().mean((1, 2)).tolist()

    return {
        "valid": right(backwards(500, 2)),
        "right": right((ids, wanted)),
        "map": [on_the_map(model, ids) for model in models],
        "slope": [at_the_start(model, ids) for model in fresh],
    }


RATES = (1e-3, 3e-3, 1e-2)
ROOT = Study(
    "attention/root",
    unit=root_unit,
    units=[
        *grid(look=(16, 256), divide=tuple(DIVISORS), start=tuple(STARTS), rate=RATES, times=(1,)),
        *grid(look=(256,), divide=("nothing", "√d"), start=("variance 1",), rate=RATES, times=(4,)),
    ],
    fixed={"seeds": 8},
    minutes=2,
    quick={"look": 256, "divide": "√d", "start": "variance 1", "rate": 1e-2, "times": 1},
    band=0.25,
)


def root_scores(found: Result, number: str, times: int = 1) -> dict[str, dict[str, list[float]]]:
    """By key size and start, and by divisor: a number of each network, at the rate that was best on ``valid``."""
    scores: dict[str, dict[str, list[float]]] = {}
    for row in found.where(times=times):
        group = scores.setdefault(f"{row['look']} numbers, {row['start']}", {})
        rivals = found.where(**{name: row[name] for name in ("look", "start", "divide", "times")})
        group[row["divide"]] = max(rivals, key=lambda one: sum(one["valid"]))[number]
    return scores
