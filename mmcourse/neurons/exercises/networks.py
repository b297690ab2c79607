"""Exercises of lesson 01 on several classes: softmax, and the whole way back through the digit network."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.neurons.classifiers import mlp_gradients, softmax
from mmcourse.neurons.exercises.one_neuron import numbers
from mmcourse.practice.exercise import Case, Exercise, Mistake


def softmax_cases() -> list[Case]:
    return [
        Case("three logits", args=(torch.tensor([2.0, 1.0, 0.0]),)),
        Case("two digits, four classes", args=(numbers(2, 4),)),
        Case("a stack of tables, some logits equal", args=(numbers(2, 3, 4, seed=1).round(),)),
        Case("large logits", args=(torch.tensor([[1000.0, 1001.0, 999.0], [-1000.0, 0.0, 1000.0]]),)),
        Case(
            "a row of large logits, a row of small ones",
            args=(torch.tensor([[1000.0, 1001.0, 999.0], [-1000.0, -1001.0, -999.0]]),),
        ),
    ]


def _plain_softmax(z: Tensor) -> Tensor:
    return torch.exp(z) / torch.exp(z).sum(-1, keepdim=True)


def _whole_table(z: Tensor) -> Tensor:
    powers = torch.exp(z - z.max())
    return powers / powers.sum()


def _one_maximum(z: Tensor) -> Tensor:
    powers = torch.exp(z - z.max())
    return powers / powers.sum(-1, keepdim=True)


def _down_the_columns(z: Tensor) -> Tensor:
    powers = torch.exp(z - z.amax(0, keepdim=True))
    return powers / powers.sum(0, keepdim=True)


SOFTMAX = Exercise(
    "softmax",
    "softmax(z): the shares of the logits along the last axis, also for very large logits.",
    softmax,
    softmax_cases,
    mistakes=[
        Mistake(
            "maximum not subtracted",
            _plain_softmax,
            "exp overflows for large logits: inf / inf is nan. Take the largest logit of each row away first.",
        ),
        Mistake(
            "one sum for the whole table",
            _whole_table,
            "You divide by the sum over all rows. Each row is one digit "
            "and must add up to 1 by itself: .sum(-1, keepdim=True).",
        ),
        Mistake(
            "one maximum for the whole table",
            _one_maximum,
            "You took one maximum for all rows; next to it a row of small logits becomes 0 / 0. "
            "Take each row's own: z.amax(-1, keepdim=True).",
        ),
        Mistake(
            "the wrong axis",
            _down_the_columns,
            "You add down the columns, over the digits. The classes lie along the last axis: -1.",
        ),
        Mistake(
            "exp forgotten",
            lambda z: z / z.sum(-1, keepdim=True),
            "The logits themselves are divided. Take torch.exp of them first, so that none is negative.",
        ),
    ],
    hints=[
        "Three lines: take each row's own maximum away, torch.exp, divide by the row's sum.",
        "z.amax(-1, keepdim=True) is the largest logit of each row, in a shape that fits to z.",
        "powers / powers.sum(-1, keepdim=True): keepdim leaves (…, 1), which fits to each row.",
    ],
)


def mlp_gradients_cases() -> list[Case]:
    def weights(inputs: int, hidden: int, classes: int) -> tuple[Tensor, ...]:
        return (
            numbers(inputs, hidden, seed=3),
            numbers(hidden, seed=4),
            numbers(hidden, classes, seed=5) / 2,
            numbers(classes, seed=6),
        )

    w1, _b1, w2, b2 = weights(3, 4, 2)
    some = numbers(3, 3, seed=7)
    blank = torch.cat([some, torch.zeros(2, 3)])  # without ink and bias a sum is exactly 0
    return [
        Case("three samples, two classes", args=(some, torch.tensor([1, 0, 1]), *weights(3, 4, 2))),
        Case("five samples, ten classes", args=(numbers(5, 8), torch.tensor([3, 8, 0, 9, 3]), *weights(8, 6, 10))),
        Case("one sample", args=(numbers(1, 3), torch.tensor([1]), *weights(3, 4, 2))),
        Case("two blank samples, biases 0", args=(blank, torch.tensor([1, 0, 1, 0, 0]), w1, torch.zeros(4), w2, b2)),
    ]


def _way_back(
    x: Tensor,
    labels: Tensor,
    w1: Tensor,
    b1: Tensor,
    w2: Tensor,
    b2: Tensor,
    *,
    slope: str = "ReLU",
    right: float = 1,
    mean: bool = True,
    biases: bool = True,
) -> tuple[Tensor, ...]:
    z = x @ w1 + b1
    d_logits = torch.softmax(z.relu() @ w2 + b2, -1)
    d_logits = (d_logits - right * torch.eye(len(b2))[labels]) / (len(x) if mean else 1)
    d_z = d_logits @ w2.T * {"ReLU": z > 0, "open at 0": z >= 0, "tanh": 1 - z.relu() ** 2, "none": 1}[slope]
    add = (lambda d: d.sum(0)) if biases else (lambda d: d.mean(0))
    return x.T @ d_z, add(d_z), z.relu().T @ d_logits, add(d_logits)


MLP_GRADIENTS = Exercise(
    "mlp_gradients",
    "mlp_gradients(x, labels, w1, b1, w2, b2): the gradients of the digit network's cross-entropy.",
    mlp_gradients,
    mlp_gradients_cases,
    mistakes=[
        Mistake(
            "slope of ReLU forgotten",
            lambda *a: _way_back(*a, slope="none"),
            "Units with a negative sum were cut off: no gradient passes through them. Multiply by (z > 0).",
        ),
        Mistake(
            "slope of tanh",
            lambda *a: _way_back(*a, slope="tanh"),
            "That is the slope of tanh. Here the hidden units are ReLUs: their slope is 1 where z > 0, else 0.",
        ),
        Mistake(
            "slope 1 at 0",
            lambda *a: _way_back(*a, slope="open at 0"),
            "A sum of exactly 0 lets nothing through, here as in PyTorch: (z > 0), not (z >= 0).",
        ),
        Mistake(
            "weights first, biases after",
            lambda *a: tuple(_way_back(*a)[i] for i in (0, 2, 1, 3)),
            "The second value you return has the shape of dw2. The order is dw1, db1, dw2, db2.",
        ),
        Mistake(
            "the 1 not taken away",
            lambda *a: _way_back(*a, right=0),
            "d_logits is the share minus 1 at the right class. You left the 1 out.",
        ),
        Mistake(
            "sum instead of mean",
            lambda *a: _way_back(*a, mean=False),
            "Divide d_logits by the number of samples: the loss is a mean.",
        ),
        Mistake(
            "mean in the biases",
            lambda *a: _way_back(*a, biases=False),
            "The division by B already stands in d_logits. The biases take the sum over the samples.",
        ),
    ],
    hints=[
        "Way forward: z = x @ w1 + b1, hidden = relu(z), logits = hidden @ w2 + b2.",
        "d_logits = (softmax(logits) - wanted) / B, wanted = torch.eye(K)[labels]. "
        "d_w2 = hidden.T @ d_logits, d_b2 = d_logits.sum(0).",
        "d_hidden = d_logits @ w2.T; d_z = d_hidden · (z > 0); d_w1 = x.T @ d_z, d_b1 = d_z.sum(0).",
    ],
)
