"""The training loop for one model, written once for the whole course."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.engine.device import generator

Inputs = Tensor | dict[str, Tensor]
Data = tuple[Inputs, Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]
MakeOptimiser = Callable[..., torch.optim.Optimizer]


@dataclass
class History:
    """What happened in training, one number an epoch: training loss, and loss and accuracy on validation data."""

    epochs: int
    train_loss: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    interrupted: bool = False


Callback = Callable[[int, int, History], object]


def fit(
    model: nn.Module,
    train: Data,
    valid: Data | None = None,
    *,
    epochs: int = 15,
    batch_size: int = 100,
    lr: float = 3e-3,
    optimiser: MakeOptimiser | None = None,
    loss: Loss = F.cross_entropy,
    seed: int = 0,
    callback: Callback | None = None,
    keep_best: bool = False,
) -> History:
    """Train ``model`` in place, on the device where it is, and return the history.

    ``train`` and ``valid`` are ``(inputs, labels)``: inputs a tensor (N, ...) or a dict from modality to such tensors,
    labels (N,). ``loss(outputs, labels)`` gives a scalar. ``optimiser`` makes one from parameters; None: Adam.
    ``seed`` fixes the order of the samples. ``callback(done, epochs, history)`` is called after every epoch.
    An interruption (the kernel's ■, Ctrl-C) ends training early and leaves the best weights so far: those of the lowest
    validation loss, or of the last whole epoch without validation data. ``keep_best`` does that at the normal end too.
    """
    check_numbers(epochs=epochs, batch_size=batch_size)
    train = to_device(check_data(train, "train"), device_of(model))
    valid = None if valid is None else to_device(check_data(valid, "valid"), device_of(model))
    stepper = (optimiser or partial(torch.optim.Adam, lr=lr))(model.parameters())
    order, history, best = generator(seed), History(epochs), BestWeights(model)
    try:
        for epoch in range(epochs):
            history.train_loss.append(one_epoch(model, train, stepper, loss, batch_size, order))
            if valid is not None:
                note_validation(model, valid, loss, history)
            best.offer(model, history)
            if callback is not None:
                callback(epoch + 1, epochs, history)
    except KeyboardInterrupt:
        history.interrupted = True
    if keep_best or history.interrupted:
        best.restore(model)
    return history


def one_epoch(
    model: nn.Module, train: Data, stepper: torch.optim.Optimizer, loss: Loss, batch_size: int, order: torch.Generator
) -> float:
    """One pass over the data in a fresh random order; returns the mean loss of the samples."""
    model.train()
    inputs, labels = train
    total = torch.zeros((), device=labels.device)
    for rows in minibatches(len(labels), batch_size, order):
        rows = rows.to(labels.device)
        stepper.zero_grad()
        value = loss(model(take(inputs, rows)), labels[rows])
        value.backward()
        stepper.step()
        total.add_(value.detach(), alpha=len(rows))  # stays on the device: asking for the number would wait for it
    return float(total) / len(labels)


def minibatches(count: int, batch_size: int, order: torch.Generator) -> Iterator[Tensor]:
    """Row numbers 0..count-1 in random order, ``batch_size`` at a time; the last group may be smaller."""
    return iter(torch.randperm(count, generator=order).split(batch_size))


def note_validation(model: nn.Module, valid: Data, loss: Loss, history: History) -> None:
    """Append loss and accuracy on the validation data to the history."""
    outputs = outputs_of(model, valid[0])
    history.valid_loss.append(float(loss(outputs, valid[1])))
    history.valid_accuracy.append(share_right(outputs, valid[1]))


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


class BestWeights:
    """The weights with the lowest validation loss seen so far (the latest ones where there is no validation)."""

    def __init__(self, model: nn.Module) -> None:
        self.lowest, self.state = float("inf"), copied(model)

    def offer(self, model: nn.Module, history: History) -> None:
        """Keep a copy of the model's weights if its last epoch was the best."""
        newest = history.valid_loss[-1] if history.valid_loss else -float("inf")
        if newest < self.lowest or not history.valid_loss:
            self.lowest, self.state = newest, copied(model)

    def restore(self, model: nn.Module) -> None:
        """Put the kept weights back."""
        model.load_state_dict(self.state)


def copied(model: nn.Module) -> dict[str, Tensor]:
    """A copy of all weights and buffers of a model."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


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


def check_numbers(**numbers: int) -> None:
    """Each of the named numbers must be a whole number of at least 1."""
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{name}: got {value!r} ({type(value).__name__}), expected a whole number")
        if value < 1:
            raise ValueError(f"{name}: got {value}, expected at least 1")
