"""What a model is trained on: inputs with labels, checked, cut into rows and moved to where the model is."""

from __future__ import annotations

import torch
from torch import Tensor, nn

Inputs = Tensor | dict[str, Tensor]
Data = tuple[Inputs, Tensor]


def take(inputs: Inputs, rows: Tensor) -> Inputs:
    """The given rows of a tensor, or of every modality of a batch."""
    return {name: x[rows] for name, x in inputs.items()} if isinstance(inputs, dict) else inputs[rows]


def move(inputs: Inputs, device: torch.device) -> Inputs:
    """The inputs on ``device``."""
    return {name: x.to(device) for name, x in inputs.items()} if isinstance(inputs, dict) else inputs.to(device)


def to_device(data: Data, device: torch.device | str) -> Data:
    """Inputs and labels on ``device``."""
    return move(data[0], torch.device(device)), data[1].to(device)


def device_of(model: nn.Module) -> torch.device:
    """Where the model's parameters are; a model without any computes on the CPU."""
    return next((p.device for p in model.parameters()), torch.device("cpu"))


def check_data(data: Data, name: str) -> Data:
    """``data`` itself when it is a usable (inputs, labels); an error that says what is wrong otherwise."""
    if not (isinstance(data, tuple | list) and len(data) == 2 and isinstance(data[1], Tensor)):
        raise TypeError(f"{name}: got {type(data).__name__}, expected a pair (inputs, labels)")
    inputs, labels = data
    if labels.ndim == 0 or len(labels) == 0:
        raise ValueError(f"{name}: the labels have shape {tuple(labels.shape)}, expected (N,) with N at least 1")
    for key, rows in check_inputs(inputs, name).items():
        if rows != len(labels):
            raise ValueError(f"{name}: {key} has {rows} rows and there are {len(labels)} labels; expected as many")
    return inputs, labels


def check_inputs(inputs: Inputs, name: str) -> dict[str, int]:
    """How many rows each modality has; an error where one is no tensor or holds NaN or infinite values."""
    rows = {}
    for key, x in inputs.items() if isinstance(inputs, dict) else [("inputs", inputs)]:
        if not isinstance(x, Tensor) or x.ndim == 0:
            raise TypeError(f"{name}: {key} is {type(x).__name__}, expected a tensor (N, ...)")
        if x.is_floating_point() and not bool(torch.isfinite(x).all()):
            raise ValueError(f"{name}: {key} holds NaN or infinite values; remove or replace them first")
        rows[key] = len(x)
    return rows
