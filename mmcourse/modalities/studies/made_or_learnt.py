"""Features made by hand against learnt ones, with few and with many samples: the study behind a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.cnn import DigitCNN
from mmcourse.datasets import handwriting, speech
from mmcourse.engine import Comparison, Data, compare_samples, fit_many, generator, pick_device, predict_many
from mmcourse.modalities import cepstrum_summary, edge_directions, log_mel
from mmcourse.modalities.studies.training import scaled
from mmcourse.neurons import MLP
from mmcourse.studies import Result, Study, grid

SPLITS = ("train", "valid", "test")
COUNTS = {"image": (50, 200, 1000), "sound": (50, 200, 500)}  # of training samples
WAYS = ("by hand + SVM", "by hand + network", "raw + SVM", "raw + network", "raw + CNN")
COSTS = (1.0, 10.0, 100.0)  # what the SVM pays for a training sample on the wrong side
RATES = (3e-3, 1e-2, 3e-2)
SEEDS_EACH = 5


@lru_cache(maxsize=2)
def two_ways(kind: str) -> dict[str, dict[str, Data]]:
    """Handwriting of 20 x 20 ("image") or spoken digits ("sound"), as raw numbers and as features made by hand.

    By way and split: "raw" (B, 1, H, W), "by hand" (B, D), each with its labels (B,).
    """
    if kind == "image":
        raw = {split: tuple(handwriting.load(split)) for split in SPLITS}
        hand = {split: (edge_directions(x, cells=4), labels) for split, (x, labels) in raw.items()}
    else:
        clips = {split: speech.load(split) for split in SPLITS}
        loud = {split: (log_mel(one.waveforms), one.digit) for split, one in clips.items()}
        raw = {split: (x[:, None], labels) for split, (x, labels) in loud.items()}
        hand = {split: (cepstrum_summary(x), labels) for split, (x, labels) in loud.items()}
    return {"raw": raw, "by hand": hand}


@lru_cache(maxsize=2)
def units_of_test(kind: str) -> Tensor:
    """What test samples have in common (B,): a timbre of voices; ten digits that were collected one after the other."""
    if kind == "image":
        return handwriting.indices("test") // 10
    clips = speech.load("test")
    names = [clips.voices[speaker].partition("+")[2] for speaker in clips.speaker.tolist()]
    return torch.tensor([sorted(set(names)).index(name) for name in names])


def drawn_evenly(labels: Tensor, count: int, seed: int) -> Tensor:
    """``count`` rows, the same number of each of the ten digits, drawn by the seed."""
    order = torch.randperm(len(labels), generator=generator(500 + seed))
    return torch.cat([order[labels[order] == digit][: count // 10] for digit in range(10)])


def scaled_alike(x: Tensor, train: Tensor) -> Tensor:
    """All numbers with the one mean and the one spread of ``train``, so that a loud column stays louder: (B, D)."""
    return (x - train.mean()) / train.std()


SCALES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {"alike": scaled_alike, "each": scaled}


def svm_answers(train: Data, x: Tensor, cost: float = 10.0) -> Tensor:
    """What a support vector machine of scikit-learn (RBF kernel) says of numbers that are scaled already: (B,)."""
    from sklearn.svm import SVC  # slow to import, so only when it is needed

    machine = SVC(C=cost).fit(train[0].flatten(1).numpy(), train[1].numpy())
    return torch.from_numpy(machine.predict(x.flatten(1).numpy()))


def network_answers(kind: str, trains: list[Data], news: list[Tensor], rate: float, times: int) -> list[Tensor]:
    """Trains a network for each training set, all at once, and asks it about its ``news``: [network] of (B,).

    "network" is the one of lesson 01 with 32 hidden units, "CNN" that of lesson 03 with 4 and 8 maps. ``times`` says
    how long: 1 is 80 steps with 50 or 200 samples, 100 with 500 or 1000.
    """
    count, place = len(trains[0][1]), pick_device()
    if kind == "CNN":
        side = max(trains[0][0].shape[-2:])
        trains, news = [(squared(x), labels) for x, labels in trains], [squared(x) for x in news]
        models: list[nn.Module] = [DigitCNN((4, 8), side, seed=seed).to(place) for seed in range(len(trains))]
    else:
        trains, news = [(x.flatten(1), labels) for x, labels in trains], [x.flatten(1) for x in news]
        models = [MLP(news[0].shape[1], 32, 10, seed=seed).to(place) for seed in range(len(trains))]
    epochs = times * min(40, 10_000 // count)
    fit_many(models, trains, epochs=epochs, lr=rate, batch_size=min(100, count // 2))
    return [predict_many([model], x)[0].argmax(-1).cpu() for model, x in zip(models, news, strict=True)]


def squared(x: Tensor) -> Tensor:
    """Zeros below, until a picture is as high as wide: (B, 1, H, W) → (B, 1, W, W)."""
    return F.pad(x, (0, 0, 0, x.shape[-1] - x.shape[-2]))


def settings(way: str) -> list[tuple[str, float]]:
    """What is tried with a way: (scale of the inputs, cost or learning rate). A CNN's inputs keep one scale."""
    scales = ("alike",) if way.endswith("CNN") else tuple(SCALES)
    return [(scale, number) for scale in scales for number in (COSTS if way.endswith("SVM") else RATES)]


def made_or_learnt_unit(kind: str, count: int, way: str, times: int, seed: int, *, seeds: int) -> dict[str, Any]:
    """One way to tell digits from ``count`` samples, with every setting; each seed draws samples of its own.

    ``runs``: by setting, "scale number", the test accuracy of each seed. ``valid``: by setting, the mean on validation
    data. ``best``: the setting that is best there; ``right`` (S, G): with it, by seed and test unit. Raw numbers are
    of one kind: a scale for each of them is tried to see what it costs, and never counts as best.
    """
    numbers, _, rival = way.partition(" + ")
    data = two_ways(kind)[numbers]
    (x, labels), (known, answers), (new, truth) = (data[split] for split in SPLITS)
    rows = [drawn_evenly(labels, count, one) for one in range(seed, seed + seeds)]
    _, unit, of = units_of_test(kind).unique(return_inverse=True, return_counts=True)
    found: dict[str, Any] = {"runs": {}, "valid": {}, "of": of.tolist()}
    for scale, number in settings(way):
        trains = [(SCALES[scale](x[one], x[one]), labels[one]) for one in rows]
        news = [SCALES[scale](torch.cat([known, new]), x[one]) for one in rows]
        if rival == "SVM":
            said = [svm_answers(train, each, number) for train, each in zip(trains, news, strict=True)]
        else:
            said = network_answers(rival, trains, news, number, times)
        hits = (torch.stack(said) == torch.cat([answers, truth])).float()  # (S, valid and test)
        name, (valid, test) = f"{scale} {number:g}", hits.split([len(answers), len(truth)], 1)
        found["runs"][name] = [round(one, 4) for one in test.mean(1).tolist()]
        if (numbers, scale) != ("raw", "each") and float(valid.mean()) > max(found["valid"].values(), default=-1.0):
            right = torch.zeros(seeds, len(of)).index_add_(1, unit, test) / of
            found["best"], found["right"] = name, right.mul(1000).round().div(1000).tolist()
        found["valid"][name] = float(valid.mean())
    return found


MADE_OR_LEARNT = Study(
    "modalities/made_or_learnt",
    unit=made_or_learnt_unit,
    units=[
        one
        for kind, counts in COUNTS.items()
        for one in (
            *grid(kind=(kind,), count=counts, way=WAYS, times=(1,), seed=(0, 100)),
            *grid(kind=(kind,), count=counts, way=(WAYS[1], WAYS[3]), times=(4,), seed=(0,)),  # four times the training
            *grid(kind=(kind,), count=counts[:1], way=(WAYS[4],), times=(4,), seed=(0,)),  # of a CNN it is long
        )
    ],
    fixed={"seeds": SEEDS_EACH},
    minutes=5,
    quick={"kind": "sound", "count": 50, "way": "raw + network", "times": 1, "seed": 0},
    band=0.2,
)


TRIALS = ({"times": 1, "seed": 0}, {"times": 1, "seed": 100}, {"times": 4, "seed": 0})  # a verdict must hold in each


def trials(count: int, *ways: str) -> list[dict[str, int]]:
    """The trials that the study holds: with more than 50 samples no CNN was trained four times longer."""
    short = count > 50 and any(way.endswith("CNN") for way in ways)
    return [one for one in TRIALS if one["times"] == 1 or not short]


def best_runs(found: Result, kind: str, count: int, way: str, *, times: int = 1, seed: int = 0) -> list[float]:
    """Test accuracies of a way, one for each seed, with the setting that is best on validation data."""
    row = found.one(kind=kind, count=count, way=way, times=1 if way.endswith("SVM") else times, seed=seed)
    return row["runs"][row["best"]]


def curves(found: Result, **which: int) -> dict[str, tuple[tuple[int, ...], dict[str, list[list[float]]]]]:
    """For a picture: by kind of data the counts, and [way][count][seed] the accuracies of ``best_runs``."""
    return {
        kind: (counts, {way: [best_runs(found, kind, count, way, **which) for count in counts] for way in WAYS})
        for kind, counts in COUNTS.items()
    }


def against(found: Result, kind: str, count: int, a: str, b: str, *, times: int = 1, seed: int = 0) -> Comparison:
    """Way a against way b, both at their best on validation data, over seeds and test units (voices, or writers)."""
    rows = [
        found.one(kind=kind, count=count, way=way, times=1 if way.endswith("SVM") else times, seed=seed)
        for way in (a, b)
    ]
    units = np.repeat(np.arange(len(rows[0]["of"])), rows[0]["of"])
    left, right = (np.array(row["right"])[:, units] for row in rows)
    return compare_samples(left, right, units)


def cost_of_scaling(found: Result, kind: str, count: int, way: str) -> float:
    """How much accuracy a way loses when each number is scaled on its own, at its best: alike minus each."""
    runs = found.one(kind=kind, count=count, way=way, times=1, seed=0)["runs"]
    best = {scale: max(fmean(one) for name, one in runs.items() if name.startswith(scale)) for scale in SCALES}
    return best["alike"] - best["each"]
