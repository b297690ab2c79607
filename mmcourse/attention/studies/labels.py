"""What pre-training saves in labels: classifiers fine-tuned from a pre-trained encoder, and from scratch."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import torch

from mmcourse.attention.encoder import WordEncoder
from mmcourse.attention.language_models import SentenceClassifier, TinyBERT, word_loss
from mmcourse.attention.studies.agreement import LENGTH, reading
from mmcourse.attention.studies.captions import Labelled, side_task, slips_task
from mmcourse.datasets import scenes
from mmcourse.engine import (
    Comparison,
    Interval,
    accuracy_many,
    compare_samples,
    fit_many,
    generator,
    joint_interval,
    pick_device,
    predict_many,
    stop_ends_all,
)
from mmcourse.studies import Result, Study, grid
from mmcourse.text import Vocabulary


def draws(data: Labelled, count: int, seeds: Sequence[int]) -> list[Labelled]:
    """For each seed ``count`` random rows of the data."""
    orders = [torch.randperm(len(data[1]), generator=generator(seed))[:count] for seed in seeds]
    return [(data[0][rows], data[1][rows]) for rows in orders]


PASSES = {10: 15, 30: 12, 100: 10, 300: 6}  # over the labelled captions: some 15 to 40 steps


def classifiers(
    start: Callable[[int], WordEncoder], train: Labelled, count: int, *, lr: float, longer: int = 1, seeds: int = 8
) -> list[SentenceClassifier]:
    """One classifier for each seed, trained on so many labelled captions, which the seed draws.

    ``start(seed)`` gives the encoder to begin with; ``longer`` multiplies the passes over the labels.
    """
    models = [SentenceClassifier(start(seed), 2, seed=seed).to(pick_device()) for seed in range(seeds)]
    rows = max(10, min(count // 4, 50))
    fit_many(models, draws(train, count, range(seeds)), epochs=longer * PASSES[count], lr=lr, batch_size=rows)
    return models


def label_curve(
    start: Callable[[int], WordEncoder],
    train: Labelled,
    test: Labelled,
    counts: Sequence[int],
    *,
    lr: float,
    longer: int = 1,
    seeds: int = 8,
) -> dict[int, list[float]]:
    """Accuracy on ``test`` of classifiers trained on so many labels, one for each seed."""
    with stop_ends_all() as accuracies:
        for count in counts:
            models = classifiers(start, train, count, lr=lr, longer=longer, seeds=seeds)
            accuracies[count] = accuracy_many(models, test)
    return accuracies


# ------------------------------------------------------------ the study

GROUPS = 20  # of test captions, the units of the intervals
COUNTS = {"slips": (30, 100, 300), "sides": (10, 30, 100)}
STARTS = ("pre-trained", "from scratch")
LABEL_RATES = (4e-3, 1e-2, 2.5e-2)


@lru_cache(maxsize=1)
def label_tasks() -> tuple[Vocabulary, list[str], dict[str, dict[str, Labelled]]]:
    """The vocabulary and captions of pre-training, and for each task what to draw labels from, choose by, test on.

    No caption is in two of these four.
    """
    captions = scenes.captions(8000, seed=0)
    read = captions[:3000]
    unread = [text for text in dict.fromkeys(captions[3000:]) if text not in set(read)]
    vocabulary = Vocabulary.build(read)
    parts = {"test": unread[:800], "valid": unread[800:1200], "pool": unread[1200:]}
    make = {"slips": slips_task, "sides": side_task}
    return (
        vocabulary,
        read,
        {t: {name: f(part, vocabulary, LENGTH) for name, part in parts.items()} for t, f in make.items()},
    )


@lru_cache(maxsize=1)
def pretrained(count: int) -> list[WordEncoder]:
    """The encoders of so many BERTs, each with a start, an order and hidden words of its own, as the notebook's."""
    vocabulary, read, _ = label_tasks()
    models = [TinyBERT(len(vocabulary), LENGTH, size=32, heads=4, depth=2, seed=seed) for seed in range(count)]
    data = [reading(read, vocabulary, 16, seed) for seed in range(count)]
    fit_many([one.to(pick_device()) for one in models], data, epochs=1, batch_size=50, lr=8e-3, loss=word_loss)
    return [model.encoder for model in models]


def in_groups(right: torch.Tensor, each: int) -> list[list[float]]:
    """Right or not (E, N) → for every ``each`` networks in a row the share right in each of 20 groups of captions."""
    rows = right[:, : right.shape[1] // GROUPS * GROUPS].float()
    return rows.unflatten(1, (GROUPS, -1)).mean(2).unflatten(0, (-1, each)).mean(1).tolist()


def labels_unit(start: str, rate: float, times: int, pretrainings: int, each: int) -> dict[str, Any]:
    """Classifiers for both tasks and all numbers of labels: ``each`` from every pre-training, with labels of their own.

    ``valid`` (pretrainings,) and ``groups`` (pretrainings, 20), by task and number of labels: shares of right answers.
    From scratch the networks are as many and draw the same labels.
    """
    vocabulary, _, tasks = label_tasks()
    found: dict[str, Any] = {"valid": {}, "groups": {}}

    def encoder(seed: int) -> WordEncoder:
        if start == "pre-trained":
            return copy.deepcopy(pretrained(pretrainings)[seed // each])
        return WordEncoder(len(vocabulary), LENGTH, size=32, heads=4, depth=2, seed=seed)

    for task, parts in tasks.items():
        for scores in found.values():
            scores[task] = {}
        for count in COUNTS[task]:
            models = classifiers(encoder, parts["pool"], count, lr=rate, longer=times, seeds=pretrainings * each)
            valid = torch.tensor(accuracy_many(models, parts["valid"])).unflatten(0, (-1, each)).mean(1)
            ids, labels = parts["test"]
            found["valid"][task][str(count)] = valid.tolist()
            found["groups"][task][str(count)] = in_groups(predict_many(models, ids).argmax(-1).cpu() == labels, each)
    return found


LABELS = Study(
    "attention/labels",
    unit=labels_unit,
    units=grid(start=STARTS, rate=LABEL_RATES, times=(1, 4)),
    fixed={"pretrainings": 6, "each": 2},
    minutes=4,
    quick={"start": "from scratch", "rate": 1e-2, "times": 1},
    band=0.3,
)


def label_scores(found: Result, task: str, count: int, times: int = 1) -> dict[str, list[list[float]]]:
    """Of each way to start, at the rate best on ``valid``: shares right (pre-trainings, groups of captions)."""
    return {
        start: max(found.where(start=start, times=times), key=lambda row: sum(row["valid"][task][str(count)]))[
            "groups"
        ][task][str(count)]
        for start in STARTS
    }


def label_lead(found: Result, task: str, count: int, times: int = 1) -> Comparison:
    """Pre-trained against from scratch, joint over pre-trainings and test captions."""
    return compare_samples(*label_scores(found, task, count, times).values(), range(GROUPS))


def label_curves(found: Result, times: int = 4) -> dict[str, dict[str, list[Interval]]]:
    """By task and start: the share of right answers at each number of labels, joint over pre-trainings and captions."""
    return {
        task: {
            start: [joint_interval(label_scores(found, task, n, times)[start], range(GROUPS)) for n in COUNTS[task]]
            for start in STARTS
        }
        for task in COUNTS
    }
