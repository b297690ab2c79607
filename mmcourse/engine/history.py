"""What happened in training, and the kinds of functions a training loop is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from mmcourse.base.checks import check_wholes
from mmcourse.engine.data import Data
from mmcourse.engine.evaluate import outputs_of, share_right

Loss = Callable[[Tensor, Tensor], Tensor]
MakeOptimiser = Callable[..., torch.optim.Optimizer]
Penalty = Callable[[dict[str, Tensor], dict[str, Tensor]], Tensor]  # (weights, buffers), by name → what to add


@dataclass
class History:
    """What happened in training, one number an epoch: training loss, and loss and accuracy on validation data."""

    epochs: int
    train_loss: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    interrupted: bool = False


Callback = Callable[[int, int, History], object]


def note_validation(model: nn.Module, valid: Data, loss: Loss, history: History) -> None:
    """Append loss and accuracy on the validation data to the history."""
    outputs = outputs_of(model, valid[0])
    history.valid_loss.append(float(loss(outputs, valid[1])))
    history.valid_accuracy.append(share_right(outputs, valid[1]))


def check_patience(patience: int | None, valid: Data | None) -> None:
    """Patience must be None or at least 1, and needs validation data to be patient about."""
    if patience is not None:
        check_wholes(patience=patience)
        if valid is None:
            raise ValueError(f"patience: got {patience} and no validation data; give valid=(inputs, labels) as well")
