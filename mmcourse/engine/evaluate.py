"""What a trained model answers, and how often it is right."""

from __future__ import annotations

from torch import nn

from mmcourse.engine.data import Data, Inputs, check_data, check_inputs
from mmcourse.engine.labels import Outputs, check_classes, class_accuracy, outputs_of


def predict(model: nn.Module, inputs: Inputs) -> Outputs:
    """The model's outputs for ``inputs``, in evaluation mode and without gradients. NaN or infinity is an error."""
    check_inputs(inputs, "inputs")
    return outputs_of(model, inputs)


def accuracy(model: nn.Module, data: Data) -> float:
    """Share of the labels, 0 to 1, at which the outputs are largest. Labels of -100 (padding) do not count.

    Labels are classes (N,), or (N, T) for sequences, as ``labels.py`` says; anything else is a ``ValueError``. What is
    no choice of a class has a score of its own: ``score(predict(model, inputs), labels)``.
    """
    inputs, labels = check_data(data, "data")
    outputs = outputs_of(model, inputs)
    check_classes(outputs, labels, labels, "data")
    return float(class_accuracy(outputs, labels.to(outputs.device)))
