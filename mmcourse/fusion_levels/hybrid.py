"""Hybrid fusion: meet half-way and at the end, and give each sense a decision of its own to answer for."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.fusion_levels.levels import Batch, FeatureLevel, Sizes


class Hybrid(FeatureLevel):
    """The feature level, with a head of its own on each encoder. Gives all their logits, (1 + M, B, K), joint first.

    ``FeatureLevel`` asks its encoders only what the joint head can use. Here each must also answer alone, so that none
    can rest on the other (auxiliary losses of Wang, Tran and Feiszli, 2020, CVPR). At the end the opinions can be
    combined by a rule: that makes it hybrid fusion (Atrey and others, 2010, Multimedia Systems 16).
    """

    def __init__(self, sizes: Sizes, classes: int, width: int) -> None:
        super().__init__(sizes, classes, width)
        self.own = nn.ModuleDict({name: nn.Linear(width, classes) for name in self.names})

    def forward(self, batch: Batch) -> Tensor:
        """Logits (1 + M, B, K): of the joint head, then of each sense in the order of ``names``."""
        found = self.features(batch)  # (B, M·W)
        alone = zip(self.names, found.chunk(len(self.names), dim=1), strict=True)
        return torch.stack([self.head(found), *(self.own[name](one) for name, one in alone)])


def hybrid_loss(logits: Tensor, labels: Tensor, weights: Sequence[float] = (1.0, 1.0, 1.0)) -> Tensor:
    """The weighted sum of the cross-entropies of the joint head and of each sense: (1 + M, B, K), (B,) → one number."""
    return sum(w * F.cross_entropy(one, labels) for w, one in zip(weights, logits, strict=True))
