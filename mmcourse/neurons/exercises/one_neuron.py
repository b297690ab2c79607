"""Exercises of lesson 01 on one neuron: the slope of tanh, the line, the gradient of a batch."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.engine import generator
from mmcourse.neurons.single_neuron import boundary, mse_gradient, tanh_slope
from mmcourse.practice.exercise import Case, Exercise, Mistake

X = torch.tensor([[0.5, 0.75], [0.2, 0.1], [0.6, 0.4]])  # three digits, two measurements each
W, B, T = torch.tensor([2.0, 4.0]), torch.tensor(-3.0), torch.tensor([1.0, 0.0, 1.0])


def numbers(*shape: int, seed: int = 0) -> Tensor:
    """Normal numbers, the same each time."""
    return torch.randn(shape, generator=generator(seed))


def tanh_slope_cases() -> list[Case]:
    return [
        Case("z = 0.5", args=(torch.tensor(0.5),)),
        Case("a row of sums", args=(torch.tensor([-3.0, -0.5, 0.0, 0.5, 2.0]),)),
        Case("a table of sums", args=(3 * numbers(2, 3),)),
        Case("sums far from 0", args=(torch.tensor([-20.0, -4.0, 4.0, 20.0]),)),
    ]


TANH_SLOPE = Exercise(
    "tanh_slope",
    "tanh_slope(z): the slope of tanh at every number of z.",
    tanh_slope,
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
        Case("x1 = 0.25", args=(torch.tensor(0.25), W, B)),
        Case("x1 = 0", args=(torch.tensor(0.0), W, B)),
        Case(
            "a negative weight, three places",
            args=(torch.tensor([0.0, 0.5, 1.0]), torch.tensor([1.5, -2.5]), torch.tensor(0.5)),
        ),
        Case(
            "places outside the square",
            args=(torch.tensor([[-1.0, 2.0], [4.0, -3.0]]), torch.tensor([-3.0, 0.5]), torch.tensor(1.0)),
        ),
    ]


BOUNDARY = Exercise(
    "boundary",
    "boundary(x1, w, b): the x2 at which w1 x1 + w2 x2 + b is 0.",
    boundary,
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
        Case("three digits", args=(X, W, B, T)),
        Case("one digit", args=(X[:1], W, B, T[:1])),
        Case(
            "20 digits with 64 pixels",
            args=(
                numbers(20, 64),
                numbers(64, seed=1) / 8,
                torch.tensor(0.3),
                (numbers(20, seed=2) > 0).float(),
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
    mse_gradient,
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
