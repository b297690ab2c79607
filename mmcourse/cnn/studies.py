"""Experiments of lesson 03: the digits with room around them, and how often networks read them after a shift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.cnn.augmentation import shift_images
from mmcourse.datasets import digits
from mmcourse.engine import Data, accuracy_many, predict

MARGIN = 2  # empty pixels round the 8 x 8 digits, which touch their own edges
SHIFTS = range(-MARGIN, MARGIN + 1)
RECIPE = {"epochs": 3, "batch_size": 30, "lr": 1e-2}  # enough for all networks of the lesson: 120 steps


def canvas(split: str) -> Data:
    """The digits of a split amid 12 x 12 pixels, so that a shift of 2 loses no ink: (B, 1, 12, 12) and (B,)."""
    images, labels = digits.load(split)
    return F.pad(images, (MARGIN,) * 4), labels


def accuracy_in_parts(networks: Sequence[nn.Module], data: Data, parts: int = 4) -> list[float]:
    """What ``accuracy_many`` gives for (B, 1, H, W), (B,), B a multiple of ``parts``, in half the time.

    The windows of a part fit into the processor's cache.
    """
    images, labels = (part.chunk(parts) for part in data)
    each = [accuracy_many(networks, part) for part in zip(images, labels, strict=True)]  # (parts, E)
    return np.mean(each, 0).tolist()


def opinions_at_shifts(networks: Mapping[str, nn.Module], images: Tensor) -> dict[str, np.ndarray]:
    """Each network's probabilities at every shift of the pictures (B, 1, H, W): name → (5 down, 5 right, B, 10)."""
    places = [(right, down) for down in SHIFTS for right in SHIFTS]
    found = {}
    for name, network in networks.items():
        # portions of 100 pictures, whose windows fit into the processor's cache
        moved = [
            torch.cat([predict(network, shift_images(part, *place)) for part in images.split(100)]) for place in places
        ]
        shares = torch.stack(moved).softmax(-1)  # (25, B, 10)
        found[name] = shares.unflatten(0, (len(SHIFTS), len(SHIFTS))).cpu().numpy()
    return found
