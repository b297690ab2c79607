"""The worlds as tables of what is shown how often, so that their information can be taken apart."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.datasets.worlds import STATES, World, normal_cdf


def sign_table(world: World) -> Tensor:
    """How often a world shows each class together with the *signs* of its two first numbers: (K, 2, 2), float64.

    A sign is read right with probability q = Φ(1 / noise).
    """
    q = normal_cdf(1 / world.noise)
    read = torch.tensor([[q, 1 - q], [1 - q, q]], dtype=torch.float64)  # true sign, sign shown
    table = torch.zeros(world.classes, 2, 2, dtype=torch.float64)
    for a, b, label in STATES[world.name]:
        table[label] += torch.outer(read[(a + 1) // 2], read[(b + 1) // 2]) / len(STATES[world.name])
    return table
