"""What a trained model answers, and how often it is right."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmcourse.engine.data import Data, Inputs, check_data, check_inputs, device_of, move


def predict(model: nn.Module, inputs: Inputs) -> Tensor:
    """The model's outputs for ``inputs``, in evaluation mode and without gradients. NaN or infinity is an error."""
    check_inputs(inputs, "inputs")
    return outputs_of(model, inputs)


def outputs_of(model: nn.Module, inputs: Inputs) -> Tensor:
    """What ``predict`` gives, for inputs that have been checked."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(move(inputs, device_of(model)))
    model.train(was_training)
    return outputs


def accuracy(model: nn.Module, data: Data) -> float:
    """Share of the samples, 0 to 1, whose largest output is the one of their label."""
    inputs, labels = check_data(data, "data")
    outputs = outputs_of(model, inputs)
    return share_right(outputs, labels.to(outputs.device))


def share_right(outputs: Tensor, labels: Tensor) -> float:
    """Share of rows of ``outputs`` (..., N, K) whose largest entry is at ``labels`` (N,)."""
    return float((outputs.argmax(-1) == labels).float().mean())
