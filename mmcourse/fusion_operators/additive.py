"""Lesson 09: how much of a trained model's score is a sum of what each sense says alone?

Letters: N pairs, K classes. A table holds the score of every image with every sound: (N, N, K).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from mmcourse.engine import predict


def additive_part(table: Tensor) -> Tensor:
    """The sum of a part from the row and a part from the column that is closest to the table, (N, M, K) → (N, M, K).

    Mean of the row plus mean of the column minus the mean of all: [[0, 0], [0, 4]] → [[-1, 1], [1, 3]]. What is left
    over, table - additive_part(table), has mean 0 in every row and column: it is interaction. On the diagonal, where
    true pairs stand, this is EMAP, the empirical multimodally-additive function projection: Hessel and Lee (EMNLP
    2020).
    """
    return table.mean(1, keepdim=True) + table.mean(0, keepdim=True) - table.mean((0, 1), keepdim=True)


def additive_share(table: Tensor) -> float:
    """Which share of the variance of a table (N, M, K) its additive part has, from 0 to 1.

    The mean over the classes is taken off first: the same number added to all logits changes no opinion.
    """
    centred = table - table.mean(-1, keepdim=True)
    spread = (centred - centred.mean((0, 1), keepdim=True)).square().sum()
    left = (centred - additive_part(centred)).square().sum()
    return float(1 - left / spread)


def every_pairing(model: nn.Module, batch: Mapping[str, Tensor], rows: str = "image", columns: str = "audio") -> Tensor:
    """The logits of every row with every column: {name: (N, ...)} → (N, N, K).

    Off the diagonal no two belong together.
    """
    count = len(batch[rows])
    i, j = torch.arange(count).repeat_interleave(count), torch.arange(count).repeat(count)
    scores = predict(model, {rows: batch[rows][i], columns: batch[columns][j]})  # (N N, K)
    return scores.cpu().unflatten(0, (count, count))


def emap(table: Tensor) -> Tensor:
    """What is left of the logits of the true pairs when all interaction is taken out: (N, N, K) → (N, K)."""
    return additive_part(table).diagonal(dim1=0, dim2=1).T  # the diagonal comes last: (K, N)
