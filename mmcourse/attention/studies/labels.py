"""What pre-training saves in labels: classifiers fine-tuned from a pre-trained encoder, and from scratch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from mmcourse.attention.encoder import WordEncoder
from mmcourse.attention.language_models import SentenceClassifier
from mmcourse.attention.studies.captions import Labelled
from mmcourse.engine import accuracy_many, fit_many, generator, pick_device, stop_ends_all


def draws(data: Labelled, count: int, seeds: Sequence[int]) -> list[Labelled]:
    """For each seed ``count`` random rows of the data."""
    orders = [torch.randperm(len(data[1]), generator=generator(seed))[:count] for seed in seeds]
    return [(data[0][rows], data[1][rows]) for rows in orders]


PASSES = {10: 15, 30: 12, 100: 10, 300: 6}  # over the labelled captions: some 15 to 40 steps


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
    """Accuracy on ``test`` of classifiers fine-tuned on so many labels, one for each seed, which draws the labels too.

    ``start(seed)`` gives the encoder to begin with; ``longer`` multiplies the passes over the labels.
    """
    with stop_ends_all() as accuracies:
        for count in counts:
            models = [SentenceClassifier(start(seed), 2, seed=seed).to(pick_device()) for seed in range(seeds)]
            fit_many(
                models,
                draws(train, count, range(seeds)),
                epochs=longer * PASSES[count],
                lr=lr,
                batch_size=max(10, min(count // 4, 50)),
            )
            accuracies[count] = accuracy_many(models, test)
    return accuracies
