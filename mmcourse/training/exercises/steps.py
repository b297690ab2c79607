"""Exercises 1 and 2 of lesson 02: one step of momentum, one of Adam."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.training.descent import adam_step, momentum_step
from mmcourse.training.exercises.drawn import drawn


def momentum_step_cases() -> list[Case]:
    w, g, v = torch.tensor([1.0, 2.0, -3.0]), torch.tensor([0.5, -1.0, 4.0]), torch.tensor([2.0, 3.0, -0.5])
    return [
        Case("a ball that rolls already", args=(w, g, v), kwargs={"lr": 0.1, "momentum": 0.9}),
        Case("a start from rest", args=(w, g, torch.zeros(3)), kwargs={"lr": 0.1, "momentum": 0.9}),
        Case("flat ground", args=(w, torch.zeros(3), -v), kwargs={"lr": 2.0, "momentum": 0.75}),
        Case("no momentum", args=(w, 100 * g, v), kwargs={"lr": 0.03, "momentum": 0.0}),
        Case(
            "a table of weights",
            args=(drawn(3, 4), drawn(3, 4, seed=1), drawn(3, 4, seed=2)),
            kwargs={"lr": 0.3, "momentum": 0.5},
        ),
        Case("one number", args=(drawn(), drawn(seed=1), drawn(seed=2)), kwargs={"lr": 1.5, "momentum": 0.99}),
        Case("no weight at all", args=(torch.zeros(0),) * 3, kwargs={"lr": 0.1, "momentum": 0.9}),
    ]


MOMENTUM_STEP = Exercise(
    "momentum_step",
    "momentum_step(w, g, v, lr, momentum): the weights and the speed after one step of the heavy ball.",
    momentum_step,
    momentum_step_cases,
    mistakes=[
        Mistake(
            "the old speed moves the weights",
            lambda w, g, v, lr, momentum: (w - lr * v, momentum * v + g),
            "Your weights moved with the old speed. Renew v first, then step with the new one.",
        ),
        Mistake(
            "a mean instead of a sum",
            lambda w, g, v, lr, momentum: (
                w - lr * (momentum * v + (1 - momentum) * g),
                momentum * v + (1 - momentum) * g,
            ),
            "You weigh the gradient with 1 - momentum. Here it comes in whole: v = momentum · v + g.",
        ),
        Mistake(
            "uphill",
            lambda w, g, v, lr, momentum: (w + lr * (momentum * v + g), momentum * v + g),
            "Your step goes uphill: take lr · v away from w.",
        ),
        Mistake(
            "the rate inside the speed",
            lambda w, g, v, lr, momentum: (w - (momentum * v + lr * g), momentum * v + lr * g),
            "You put lr into the speed. PyTorch's v is free of it; lr multiplies the whole new v.",
        ),
        Mistake(
            "the speed is not returned",
            lambda w, g, v, lr, momentum: (w - lr * (momentum * v + g), v),
            "You return the old v. Without the new one the next step has forgotten this one.",
        ),
        Mistake(
            "always 0.9",
            lambda w, g, v, lr, momentum: (w - lr * (0.9 * v + g), 0.9 * v + g),
            "You always keep 0.9. The share is the argument momentum.",
        ),
    ],
    hints=[
        "Two lines. The ball keeps a share of its speed and the slope adds to it.",
        "new_v = momentum * v + g; then w - lr * new_v. Return both, the weights first.",
    ],
)


def adam_step_cases() -> list[Case]:
    """Weights of 0 where the step alone is to be seen: beside large weights a wrong step would hide."""
    usual = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    g, zero, steep = torch.tensor([0.002, -5.0, 300.0]), torch.zeros(3), torch.tensor([1e-4, 0.5, -20.0])
    m, s = torch.tensor([0.1, -0.5, 2.0]), torch.tensor([0.3, 4.0, 9.0])
    rough = {"beta1": 0.8, "beta2": 0.95, "eps": 0.1}
    return [
        Case("the fifth step, weights of 0", args=(zero, g, m, s, 4), kwargs={"lr": 0.5, **usual}),
        Case("the first step", args=(zero, g, zero, zero, 0), kwargs={"lr": 0.1, **usual}),
        Case("the first step on flat ground", args=(g, zero, zero, zero, 0), kwargs={"lr": 0.1, **usual}),
        Case("a large eps", args=(zero, steep, m, s / 100, 9), kwargs={"lr": 2.0, **rough}),
        Case("the second step, a large eps", args=(g, steep, -m, s, 1), kwargs={"lr": 30.0, **rough}),
        Case(
            "a table of weights, step 201",
            args=(drawn(2, 3), drawn(2, 3, seed=1), drawn(2, 3, seed=2), torch.ones(2, 3) / 3, 200),
            kwargs={"lr": 0.5, "beta1": 0.5, "beta2": 0.99, "eps": 1e-3},
        ),
        Case(
            "one number", args=(drawn(), drawn(seed=1), drawn(seed=2), drawn(seed=2) ** 2, 2), kwargs={"lr": 1, **rough}
        ),
    ]


def _adam(
    w: Tensor,
    g: Tensor,
    m: Tensor,
    s: Tensor,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    *,
    freed: bool = True,
    inside: bool = False,
    late: bool = False,
    root: bool = True,
    squared: bool = True,
    hats: bool = False,
    along_g: bool = False,
) -> tuple[Tensor, Tensor, Tensor, int]:
    count = t if late else t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * (g**2 if squared else g.abs())
    m_hat, s_hat = (m / (1 - beta1**count), s / (1 - beta2**count)) if freed else (m, s)
    below = torch.sqrt(s_hat + eps) if inside else (torch.sqrt(s_hat) if root else s_hat) + eps
    w = w - lr * (g if along_g else m_hat) / below
    return (w, m_hat, s_hat, t + 1) if hats else (w, m, s, t + 1)


ADAM_STEP = Exercise(
    "adam_step",
    "adam_step(w, g, m, s, t, lr, beta1, beta2, eps): one step of Adam; t steps were made before it.",
    adam_step,
    adam_step_cases,
    mistakes=[
        Mistake(
            "no bias correction",
            lambda *a, **k: _adam(*a, freed=False, **k),
            "Both means start at 0 and are still too small. Divide m by 1 - beta1ᵗ, s by 1 - beta2ᵗ.",
        ),
        Mistake(
            "eps inside the root",
            lambda *a, **k: _adam(*a, inside=True, **k),
            "Your eps stands inside the root. It is added after it: √ŝ + eps.",
        ),
        Mistake(
            "t from 0",
            lambda *a, **k: _adam(*a, late=True, **k),
            "t counts the steps made before. This is number t + 1: for 0 you would divide by 1 - beta⁰ = 0.",
        ),
        Mistake(
            "no root",
            lambda *a, **k: _adam(*a, root=False, **k),
            "The root is missing: s is a mean of squares, √s is a length like the gradient's.",
        ),
        Mistake(
            "the gradient is not squared",
            lambda *a, **k: _adam(*a, squared=False, **k),
            "s is the fading mean of g², you took the size of g.",
        ),
        Mistake(
            "the hats returned",
            lambda *a, **k: _adam(*a, hats=True, **k),
            "You return m and s with their hats. Return them as they are; the hats serve this step only.",
        ),
        Mistake(
            "along the gradient",
            lambda *a, **k: _adam(*a, along_g=True, **k),
            "You step along g. Adam steps along the corrected mean m_hat.",
        ),
    ],
    hints=[
        "First t = t + 1. Then both fading means: m = beta1 * m + (1 - beta1) * g, and s the same with beta2 and g².",
        "m_hat = m / (1 - beta1**t), s_hat = s / (1 - beta2**t): freed from their start at 0.",
        "w - lr * m_hat / (torch.sqrt(s_hat) + eps). Return the new w, m (not m_hat), s and t.",
    ],
)
