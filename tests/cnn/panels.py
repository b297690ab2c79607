"""The panels of lesson 03 with small networks and few digits, for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from torch import nn

from mmcourse import cnn
from mmcourse.cnn import pictures as demos
from mmcourse.cnn.studies import canvas, opinions_at_shifts
from mmcourse.engine import Data
from mmcourse.neurons import MLP
from mmcourse.pictures import Panel


@cache
def networks() -> Mapping[str, nn.Module]:
    """One small network of each kind of the lesson, untrained."""
    return {
        "MLP": MLP(144, 5, 10, seed=0),
        "CNN": cnn.DigitCNN((2, 4)),
        "anywhere": cnn.DigitCNN((2, 4), anywhere=True),
    }


@cache
def few() -> Data:
    """Twenty test digits (20, 1, 12, 12) and their labels."""
    images, labels = canvas("test")
    return images[:20], labels[:20]


@cache
def opinions() -> Mapping[str, np.ndarray]:
    """What the networks make of these digits at every shift."""
    return opinions_at_shifts(networks(), few()[0])


PANELS: dict[str, Callable[[], Panel]] = {
    "sliding_panel": demos.sliding_panel,
    "kernel_editor_panel": demos.kernel_editor_panel,
    "shift_opinions_panel": lambda: demos.shift_opinions_panel(opinions(), few()),
    "feature_maps_panel": lambda: demos.feature_maps_panel(networks()["CNN"], few()),
}
