"""The recall race: which cell keeps a letter, and how far; every kind at its best rate, trained longer, and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch.func import vmap

from mmcourse.engine import accuracy, fit_many, pick_device
from mmcourse.rnn.inside import clip_by_norm
from mmcourse.rnn.networks import GRU, LSTM, RNN, MisprintedLSTM, Recurrent
from mmcourse.rnn.readers import SequenceClassifier
from mmcourse.rnn.recall_task import GAPS, INPUTS, LETTERS, LONGEST, recall, training_gaps
from mmcourse.studies import Result, Study, grid

RIVALS: dict[str, Callable[..., Recurrent]] = {  # each with 16 hidden units, but for the last
    "RNN": partial(RNN, INPUTS, 16),
    "LSTM": partial(LSTM, INPUTS, 16),
    "GRU": partial(GRU, INPUTS, 16),
    "misprint": partial(MisprintedLSTM, INPUTS, 16),
    "RNN, 36 units": partial(RNN, INPUTS, 36),  # as many weights as the LSTM
}
PASSES = 6  # through the training sequences, times 1, 4 or 16
RATES = (3e-3, 1e-2, 3e-2)
NETWORKS = 8


class ClippedAdam(torch.optim.Adam):
    """Adam on gradients that are clipped at length 1 first: of each of E stacked networks by its own common length."""

    def step(self, closure: None = None) -> None:
        weights = [w for group in self.param_groups for w in group["params"]]  # (E, ...) each
        clipped = vmap(lambda *gradients: clip_by_norm(gradients, 1.0))(*(w.grad for w in weights))
        for w, gradient in zip(weights, clipped, strict=True):
            w.grad = gradient
        super().step()


def train_recall(
    name: str, seeds: Sequence[int] = range(NETWORKS), rate: float = 1e-2, passes: int = PASSES, sequences: int = 1300
) -> list[SequenceClassifier]:
    """One network a seed, trained at once; first weights, sequences and their order are each network's own."""
    place = pick_device()
    models = [SequenceClassifier(RIVALS[name](seed=seed), len(LETTERS), seed=seed).to(place) for seed in seeds]
    data = [recall(training_gaps(sequences, 10_000 + seed), 20_000 + seed) for seed in seeds]
    adam = partial(ClippedAdam, lr=rate, fused=place.type in ("cpu", "cuda"))
    fit_many(models, data, seeds=list(seeds), batch_size=32, epochs=passes, optimiser=adam)
    return models


def recall_accuracies(
    models: Sequence[SequenceClassifier], gaps: Sequence[int] = GAPS, each: int = 1000, first: int = 0
) -> list[list[float]]:
    """For each gap the accuracy of each network, [gaps][networks], on ``each`` new sequences of its own.

    Network k gets the sequences of seed ``first`` + k; they begin with silence as in training, or with the mark.
    """

    def one(model: SequenceClassifier, seed: int, gap: int) -> float:
        return accuracy(model, recall([gap] * each, 40_000 + seed, length=max(LONGEST, gap) + 2))

    return [[one(model, seed, gap) for seed, model in enumerate(models, start=first)] for gap in gaps]


def recall_unit(cell: str, rate: float, times: int, first: int, networks: int, tests: int) -> dict[str, Any]:
    """Networks of one kind with seeds from ``first`` on, after ``times`` · 6 passes at one rate.

    ``valid``: each one's accuracy on sequences that are neither for training nor for the test, gaps as in training.
    ``accuracy``: [gaps][networks].
    """
    seeds = range(first, first + networks)
    models = train_recall(cell, seeds, rate, times * PASSES)
    valid = [recall(training_gaps(tests, 50_000 + seed), 60_000 + seed) for seed in seeds]
    return {
        "valid": [accuracy(model, data) for model, data in zip(models, valid, strict=True)],
        "accuracy": recall_accuracies(models, each=tests, first=first),
    }


CELLS, BLOCKS = tuple(RIVALS)[:4], (0, NETWORKS)  # two blocks of eight seeds
RECALL = Study(
    "rnn/recall",
    unit=recall_unit,
    units=[
        *grid(cell=CELLS, rate=RATES, times=(1, 4), first=BLOCKS),
        *grid(cell=("RNN",), rate=RATES, times=(16,), first=BLOCKS),
        *grid(cell=("RNN, 36 units",), rate=RATES, times=(4,), first=BLOCKS),
    ],
    fixed={"networks": NETWORKS, "tests": 1000},
    minutes=7,
    quick={"cell": "GRU", "rate": 1e-2, "times": 1, "first": 0},
)


def best_rate(found: Result, cell: str, times: int) -> float:
    """The rate at which a cell was right most often on the sequences set aside, mean of all its networks."""
    return max(
        found.where(cell=cell, times=times).values("rate"),
        key=lambda rate: sum(map(sum, found.where(cell=cell, times=times, rate=rate)["valid"])),
    )


def race(found: Result, times: int = 1, rate: float | None = None) -> dict[str, list[list[float]]]:
    """For each cell, at its best rate or at one for all, the accuracies of its sixteen networks, [gaps][networks]."""
    scores = {}
    for cell in found.where(times=times).values("cell"):
        rows = found.where(cell=cell, times=times, rate=best_rate(found, cell, times) if rate is None else rate)
        scores[cell] = [sum(blocks, []) for blocks in zip(*rows["accuracy"], strict=True)]
    return scores
