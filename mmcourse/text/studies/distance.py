"""Readers asked about negated reviews by how far the adjective stands behind its negation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import nn

from mmcourse.datasets import reviews
from mmcourse.engine import accuracy
from mmcourse.text.studies.reading import coded, samples, steps_to_adjective
from mmcourse.text.tokens import Vocabulary


def right_by_distance(
    vocabulary: Vocabulary, trained: Mapping[str, Sequence[nn.Module]], near: int = 4
) -> dict[str, dict[str, list[float]]]:
    """The share of negated reviews judged rightly, where the adjective is ``near`` or further behind its negation.

    Each model is asked about the test and about those training reviews that were not in its sample. The result is
    {model: {"1 to 4 words": runs, "5 or more": runs}}.
    """
    train, test = reviews.load("train"), reviews.load("test")
    texts, kinds = train.texts + test.texts, train.kinds + test.kinds
    ids, labels = coded(vocabulary, texts), torch.cat([train.labels, test.labels])
    steps = [steps_to_adjective(text) if kind == "negation" else None for text, kind in zip(texts, kinds, strict=True)]
    groups = {
        f"1 to {near} words": [k for k, step in enumerate(steps) if step and step <= near],
        f"{near + 1} or more": [k for k, step in enumerate(steps) if step and step > near],
    }
    found: dict[str, dict[str, list[float]]] = {name: {group: [] for group in groups} for name in trained}
    for name, models in trained.items():
        for model, seen in zip(models, samples(len(train), range(len(models))), strict=True):
            for group, rows in groups.items():
                new = sorted(set(rows) - set(seen))
                found[name][group].append(accuracy(model, (ids[new], labels[new])))
    return found
