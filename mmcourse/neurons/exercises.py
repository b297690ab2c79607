"""Exercises of lesson 01: the references are the lesson's own functions, the usual mistakes are named."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse import neurons
from mmcourse.practice.exercise import Case, Exercise, Mistake

X = torch.tensor([[0.5, 0.75], [0.2, 0.1], [0.6, 0.4]])  # three digits, two measurements each
W, B, T = torch.tensor([2.0, 4.0]), torch.tensor(-3.0), torch.tensor([1.0, 0.0, 1.0])


def _numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def tanh_slope_cases() -> list[Case]:
    return [
        Case("z = 0", args=(torch.tensor(0.0),)),
        Case("z = 1", args=(torch.tensor(1.0),)),
        Case("a row of sums", args=(torch.tensor([-3.0, -0.5, 0.5, 2.0]),)),
    ]


TANH_SLOPE = Exercise(
    "tanh_slope",
    "tanh_slope(z): the slope of tanh at every number of z.",
    neurons.tanh_slope,
    tanh_slope_cases,
    mistakes=[
        Mistake("z instead of tanh(z)", lambda z: 1 - z**2, "You squared z itself. The slope is 1 - tanh(z)²."),
        Mistake(
            "the square is missing",
            lambda z: 1 - torch.tanh(z),
            "You wrote 1 - y. Square y: a slope is the same at z and at -z.",
        ),
        Mistake(
            "the size instead of the square",
            lambda z: 1 - torch.tanh(z).abs(),
            "It has the right ends, not the right middle: at z = 0.5 it gives 0.538, and 0.786 was measured. "
            "Which power of y?",
        ),
        Mistake(
            "the sigmoid's rule",
            lambda z: torch.tanh(z) * (1 - torch.tanh(z)),
            "y (1 - y) is the rule of the sigmoid. At z = 0 it would give 0, and there tanh is steepest.",
        ),
        Mistake("the value, not the slope", torch.tanh, "That is tanh itself. Its slope is wanted."),
    ],
    hints=[
        "Let y = tanh(z). The slope depends on y alone. It is 1 where y = 0 and nears 0 as y nears 1 or -1.",
        "It is 1 - y². At z = 0.5 that is 1 - 0.462² = 0.786, the slope measured above.",
        "torch.tanh(z) ** 2 squares every number.",
    ],
)


def boundary_cases() -> list[Case]:
    return [
        Case("x1 = 0.5", args=(torch.tensor(0.5), W, B)),
        Case("x1 = 0", args=(torch.tensor(0.0), W, B)),
        Case(
            "a negative weight",
            args=(torch.tensor([0.0, 0.5, 1.0]), torch.tensor([1.5, -2.5]), torch.tensor(0.5)),
        ),
    ]


BOUNDARY = Exercise(
    "boundary",
    "boundary(x1, w, b): the x2 at which w1 x1 + w2 x2 + b is 0.",
    neurons.boundary,
    boundary_cases,
    mistakes=[
        Mistake(
            "sign lost",
            lambda x1, w, b: (w[0] * x1 + b) / w[1],
            "The sign is turned round. Bringing w1 x1 + b to the other side makes it negative.",
        ),
        Mistake(
            "bias with the wrong sign",
            lambda x1, w, b: -(w[0] * x1 - b) / w[1],
            "b changes sides too: -(w1 x1 + b), so -w1 x1 - b.",
        ),
        Mistake(
            "bias forgotten",
            lambda x1, w, b: -w[0] * x1 / w[1],
            "The bias is missing: without it every line would pass through (0, 0).",
        ),
        Mistake(
            "brackets missing",
            lambda x1, w, b: -w[0] * x1 - b / w[1],
            "Divide all of -(w1 x1 + b) by w2: the brackets are missing.",
        ),
        Mistake(
            "weights swapped",
            lambda x1, w, b: -(w[1] * x1 + b) / w[0],
            "w1 belongs to x1, and you divide by w2. In Python these are w[0] and w[1].",
        ),
    ],
    hints=[
        "Write w1 x1 + w2 x2 + b = 0 on paper and solve it for x2.",
        "w2 x2 = -(w1 x1 + b). Now divide by w2, which is w[1] in Python.",
    ],
)


def mse_gradient_cases() -> list[Case]:
    return [
        Case("one digit", args=(X[:1], W, B, T[:1])),
        Case("three digits", args=(X, W, B, T)),
        Case(
            "20 digits with 64 pixels",
            args=(
                _numbers(20, 64),
                _numbers(64, seed=1) / 8,
                torch.tensor(0.3),
                (_numbers(20, seed=2) > 0).float(),
            ),
        ),
    ]


def _gradient(
    x: Tensor,
    w: Tensor,
    b: Tensor,
    t: Tensor,
    *,
    two: float = 2,
    slope: bool = True,
    mean: bool = True,
    mean_b: bool = True,
    sign: float = 1,
) -> tuple[Tensor, Tensor]:
    y = torch.sigmoid(x @ w + b)
    d_z = sign * two * (y - t) * (y * (1 - y) if slope else 1) / len(t)
    return d_z @ x * (1 if mean else len(t)), d_z.sum() * (1 if mean_b else len(t))


MSE_GRADIENT = Exercise(
    "mse_gradient",
    "mse_gradient(x, w, b, t): how the mean squared error of a sigmoid neuron changes with w and with b.",
    neurons.mse_gradient,
    mse_gradient_cases,
    mistakes=[
        Mistake(
            "slope forgotten",
            lambda x, w, b, t: _gradient(x, w, b, t, slope=False),
            "One link of the chain is missing: the slope of the sigmoid, y (1 - y).",
        ),
        Mistake(
            "sum instead of mean",
            lambda x, w, b, t: _gradient(x, w, b, t, mean=False, mean_b=False),
            "You add up over the digits. The loss is a mean, so divide by len(t).",
        ),
        Mistake(
            "sum for w, mean for b",
            lambda x, w, b, t: _gradient(x, w, b, t, mean=False),
            "In dw the division by len(t) is missing; db has it.",
        ),
        Mistake(
            "the 2 forgotten",
            lambda x, w, b, t: _gradient(x, w, b, t, two=1),
            "The slope of a square (y - t)² is 2 (y - t): the 2 is missing.",
        ),
        Mistake(
            "t - y",
            lambda x, w, b, t: _gradient(x, w, b, t, sign=-1),
            "The sign is turned round: the slope of (y - t)² is 2 (y - t), not 2 (t - y).",
        ),
    ],
    hints=[
        "First the way forward: y = torch.sigmoid(x @ w + b), shape (B,).",
        "d_z = 2 (y - t) · y (1 - y) / len(t), shape (B,): how the loss changes with each weighted sum.",
        "d_z @ x has the shape (D,) of w; the bias takes d_z.sum().",
    ],
)


def softmax_cases() -> list[Case]:
    return [
        Case("three logits", args=(torch.tensor([2.0, 1.0, 0.0]),)),
        Case("two digits, four classes", args=(_numbers(2, 4),)),
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
    neurons.softmax,
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
            _numbers(inputs, hidden, seed=3),
            _numbers(hidden, seed=4),
            _numbers(hidden, classes, seed=5) / 2,
            _numbers(classes, seed=6),
        )

    return [
        Case("one sample", args=(_numbers(1, 3), torch.tensor([1]), *weights(3, 4, 2))),
        Case(
            "five samples, ten classes",
            args=(_numbers(5, 8), torch.tensor([3, 8, 0, 9, 3]), *weights(8, 6, 10)),
        ),
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
    d_z = d_logits @ w2.T * {"ReLU": z > 0, "tanh": 1 - z.relu() ** 2, "none": 1}[slope]
    add = (lambda d: d.sum(0)) if biases else (lambda d: d.mean(0))
    return x.T @ d_z, add(d_z), z.relu().T @ d_logits, add(d_logits)


MLP_GRADIENTS = Exercise(
    "mlp_gradients",
    "mlp_gradients(x, labels, w1, b1, w2, b2): the gradients of the digit network's cross-entropy.",
    neurons.mlp_gradients,
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
            "That is the slope of tanh. Here the hidden squash is ReLU: its slope is 1 where z > 0, else 0.",
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

EXERCISES = [TANH_SLOPE, BOUNDARY, MSE_GRADIENT, SOFTMAX, MLP_GRADIENTS]
