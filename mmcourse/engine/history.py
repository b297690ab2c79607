"""What happened in training, and the kinds of functions a training loop is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

MakeOptimiser = Callable[..., torch.optim.Optimizer]
Penalty = Callable[[dict[str, Tensor], dict[str, Tensor]], Tensor]  # (weights, buffers), by name → what to add


@dataclass
class History:
    """What happened in training, one number an epoch: training loss, and loss and score on validation data.

    The score is the accuracy unless another one was asked for. ``interrupted``: a stop ended the training early.
    """

    epochs: int
    train_loss: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    valid_score: list[float] = field(default_factory=list)
    interrupted: bool = False

    @property
    def valid_accuracy(self) -> list[float]:
        """The score by the name that it has where labels are classes and no other score was asked for."""
        return self.valid_score


Callback = Callable[[int, int, History], object]
