"""What labels mean: the classes of cross-entropy, and that they fit what a model gives.

Class labels are whole numbers (N,) of the type int64 from 0 to K-1, for outputs (N, K); for sequences (N, T), for
outputs (N, T, K). A label of -100 does not count, as in ``torch.nn.functional.cross_entropy``: padding, say. Other
labels (numbers to be met, several positives, several tasks) are for a ``loss(outputs, labels)`` of your own, and what
they mean only that loss knows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.engine.data import Data, Inputs, Labels, device_of, first, move, take
from mmcourse.engine.device import noise_from

Outputs = Any  # what a model gives: a tensor (N, ...), or a dict of such for several tasks
Loss = Callable[[Outputs, Labels], Tensor]
Score = Callable[[Outputs, Labels], Any]

PADDING = -100  # the label that does not count
OWN_LOSS = "for labels that are no classes give a loss(outputs, labels)"


def class_accuracy(outputs: Tensor, labels: Tensor) -> Tensor:
    """Share of the labels, 0 to 1, at which the outputs are largest: outputs (..., K), labels (...) → ().

    outputs may have axes in front that labels lack, such as one for several experts. Labels of -100 do not count.
    """
    counted = labels != PADDING
    right = (outputs.argmax(-1) == labels) & counted
    return right.sum() / counted.expand(right.shape).sum()


def outputs_of(model: nn.Module, inputs: Inputs) -> Outputs:
    """What a model gives for inputs that have been checked, in evaluation mode and without gradients."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(move(inputs, device_of(model)))
    model.train(was_training)
    return outputs


def first_look(model: nn.Module, data: Data, name: str) -> tuple[Outputs, Labels]:
    """What the model gives for the first two samples, and their labels. A model that refuses them is an error."""
    rows = torch.arange(2)
    inputs, labels = (take(part, rows[: len(first(part))]) for part in data)
    try:
        with noise_from(0, device_of(model)):  # a model that draws while it predicts moves nobody else's numbers
            return outputs_of(model, inputs), labels
    except RuntimeError as error:  # of torch: sizes or types that do not fit together
        wanted = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)
        raise ValueError(
            f"{name}: got inputs {described(inputs)}, expected what the model takes (its weights are {typed(wanted)}); "
            f"bring them into its shape and type, e.g. by inputs.float(). PyTorch says: {error}"
        ) from error
    except (TypeError, KeyError, AttributeError, IndexError) as error:  # of a dict for a tensor, say, or of a slip
        error.add_note(f"{name}: the model was given the first samples, inputs {described(inputs)}")
        raise


def described(found: Inputs | Outputs) -> str:
    """Shape and type in words: "(2, 64) float32", for each tensor."""
    if isinstance(found, dict):
        return "{" + ", ".join(f"{name!r}: {described(x)}" for name, x in found.items()) + "}"
    return f"{tuple(found.shape)} {typed(found.dtype)}" if isinstance(found, Tensor) else type(found).__name__


def typed(dtype: torch.dtype) -> str:
    """The name of a type without its package."""
    return str(dtype).removeprefix("torch.")


# ---------------------------------------------------------------- are these classes of this model?


def classes_trouble(outputs: Outputs, few: Labels, labels: Labels) -> str:
    """Why ``labels`` are no classes for this model, in words that follow the argument's name; "" when they are.

    ``outputs`` are the model's for the samples of ``few``, some of the ``labels``.
    """
    if not isinstance(outputs, Tensor) or outputs.ndim < 2:
        return f"the model gives {described(outputs)}, expected a tensor (N, K), one column for each class; {OWN_LOSS}"
    if not isinstance(labels, Tensor):
        return f"got labels {described(few)}, expected one tensor (N,) of classes; {OWN_LOSS} that reads the dict"
    samples, classes = tuple(outputs.shape[:-1]), outputs.shape[-1]
    came = f"got labels {tuple(labels.shape)} {typed(labels.dtype)}, expected classes (N,) int64 for {classes} outputs"
    if tuple(few.shape) != samples[len(samples) - few.ndim :] or few.ndim > len(samples):
        if few.shape[1:] == (1,):
            return f"{came}; a column becomes a row by labels[:, 0]"
        if few.shape == outputs.shape:
            return f"{came}; one-hot rows become classes by labels.argmax(-1), and {OWN_LOSS}"
        return f"{came}; the shape of the labels is that of the outputs without the last axis"
    if labels.dtype != torch.int64:
        return f"{came}; classes become whole numbers by labels.long(), and {OWN_LOSS}"
    return range_trouble(labels, classes)


def range_trouble(labels: Tensor, classes: int) -> str:
    """The same for classes that lie outside 0 .. K-1."""
    real = labels[labels != PADDING]
    if not len(real):
        return (
            f"got labels that are all {PADDING}, which do not count, expected classes from 0 to {classes - 1}; add some"
        )
    low, high = int(real.min()), int(real.max())
    if 0 <= low and high < classes:
        return ""
    advice = "give the model more outputs, or number the classes from 0 without gaps"
    if low == 1 and high == classes:
        advice = "yours start at 1: labels - 1"
    if classes == 1:
        advice = "a choice of two needs two outputs, or a loss such as F.binary_cross_entropy_with_logits"
    return f"got labels from {low} to {high}, expected 0 to {classes - 1} for {classes} outputs; {advice}"


def check_classes(outputs: Outputs, few: Labels, labels: Labels, name: str) -> None:
    """A ``ValueError`` that names the argument when ``labels`` are no classes for the model that gave ``outputs``."""
    if trouble := classes_trouble(outputs, few, labels):
        raise ValueError(f"{name}: {trouble}")


def check_training(model: nn.Module, train: Data, valid: Data | None, loss: Loss, score: Score | None) -> Score | None:
    """That a model can learn from these data with this loss; returns how to score it on ``valid``.

    Cross-entropy, the default, wants classes. What labels mean to another loss cannot be known here, so it is left
    alone; where its labels are no classes and no ``score`` is given, none is kept.
    """
    for name, data in {"train": train, "valid": valid}.items():
        if data is not None:
            outputs, few = first_look(model, data, name)
            trouble = classes_trouble(outputs, few, data[1])
            if loss is F.cross_entropy and (trouble or outputs.ndim > 2):
                raise ValueError(f"{name}: {trouble or which_axis(outputs)}")
    return score if valid is None or score is not None else None if trouble else class_accuracy


def which_axis(outputs: Tensor) -> str:
    """Why the default loss is not for outputs of more than two axes: torch looks for the classes on the second."""
    return (
        f"the model gives {described(outputs)}, expected (N, K) for the default loss; for sequences (N, T, K) give "
        "loss=lambda outputs, labels: F.cross_entropy(outputs.flatten(0, 1), labels.flatten())"
    )


class CheckedLoss:
    """A loss whose answer is one number, with the shapes in words when it is not or when it fails."""

    def __init__(self, loss: Loss) -> None:
        self.loss, self.first = loss, True

    def __call__(self, outputs: Outputs, labels: Labels) -> Tensor:
        try:
            value = self.listened(outputs, labels) if self.first else self.loss(outputs, labels)
        except (RuntimeError, IndexError, TypeError, ValueError) as error:
            error.add_note(f"loss(outputs, labels) got outputs {described(outputs)} and labels {described(labels)}")
            raise
        if not isinstance(value, Tensor) or value.ndim:
            raise ValueError(f"loss: gave {described(value)}, expected one number as a tensor (); take its .mean()")
        return value

    def listened(self, outputs: Outputs, labels: Labels) -> Tensor:
        """The first time, a warning of torch that sizes were stretched to fit is an error: each would meet all."""
        self.first = False
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="Using a target size")
            try:
                return self.loss(outputs, labels)
            except UserWarning:
                raise ValueError(
                    f"labels: got {described(labels)} for outputs {described(outputs)}, expected equal shapes; "
                    "else each label is compared with every output; write labels[:, None] or outputs.squeeze(-1)"
                ) from None


def one_number(score: Score, outputs: Outputs, labels: Labels) -> float:
    """What a score gives, as a number; an error when it is none."""
    value = score(outputs, labels)
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(f"score: gave {described(value)}, expected one number; take its mean") from None
