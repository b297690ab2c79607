"""Exercises of lesson 02: the references are the lesson's own functions, the usual mistakes are named."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from mmcourse import training
from mmcourse.practice.exercise import Case, Exercise, Mistake


def _drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def momentum_step_cases() -> list[Case]:
    still, options = torch.zeros(2), {"lr": 0.1, "momentum": 0.9}
    return [
        Case("from rest", args=(torch.tensor([1.0, 2.0]), torch.tensor([0.5, -1.0]), still), kwargs=options),
        Case(
            "already rolling",
            args=(torch.tensor([1.0, 2.0]), torch.tensor([0.5, -1.0]), torch.tensor([2.0, 3.0])),
            kwargs=options,
        ),
        Case(
            "a table of weights",
            args=(_drawn(3, 4), _drawn(3, 4, seed=1), _drawn(3, 4, seed=2)),
            kwargs={"lr": 0.03, "momentum": 0.5},
        ),
    ]


MOMENTUM_STEP = Exercise(
    "momentum_step",
    "momentum_step(w, g, v, lr, momentum): the weights and the speed after one step of the heavy ball.",
    training.momentum_step,
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
    options = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    w, g, zero = torch.tensor([1.0, -2.0]), torch.tensor([0.002, -5.0]), torch.zeros(2)
    return [
        Case("the first step", args=(w, g, zero, zero, 0), kwargs=options),
        Case("the fifth step", args=(w, g, torch.tensor([0.1, -0.5]), torch.tensor([0.3, 4.0]), 4), kwargs=options),
        Case(
            "a large eps",
            args=(_drawn(2, 3), _drawn(2, 3, seed=1), _drawn(2, 3, seed=2), torch.ones(2, 3) / 3, 9),
            kwargs={"lr": 0.01, "beta1": 0.8, "beta2": 0.95, "eps": 0.1},
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
    training.adam_step,
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


def l2_gradient_cases() -> list[Case]:
    return [
        Case("two weights", args=(torch.tensor([3.0, -2.0]), torch.tensor([0.5, 0.5]), 0.1)),
        Case("a flat loss", args=(torch.tensor([3.0, -2.0, 0.0]), torch.zeros(3), 0.5)),
        Case("a table", args=(_drawn(3, 4), _drawn(3, 4, seed=1), 0.03)),
    ]


L2_GRADIENT = Exercise(
    "l2_gradient",
    "l2_gradient(w, g, strength): the gradient of loss + strength · ½ Σ w², when g is that of the loss.",
    training.l2_gradient,
    l2_gradient_cases,
    mistakes=[
        Mistake(
            "the half forgotten",
            lambda w, g, strength: g + 2 * strength * w,
            "Twice too much: the slope of ½ w² is w, because the half cancels the 2.",
        ),
        Mistake(
            "the sign of L1",
            lambda w, g, strength: g + strength * w.sign(),
            "That is the gradient of L1, whose pull is the same for small and large weights.",
        ),
        Mistake(
            "turned round",
            lambda w, g, strength: g - strength * w,
            "The sign is turned round: stepping against this would make the weights grow.",
        ),
        Mistake("the penalty alone", lambda w, g, strength: strength * w, "The loss has a gradient too: add g."),
        Mistake(
            "the squares",
            lambda w, g, strength: g + strength * w**2 / 2,
            "You added the penalty itself. Its slope is wanted: the slope of ½ w² is w.",
        ),
        Mistake(
            "the sum of the squares",
            lambda w, g, strength: g + strength * 0.5 * (w**2).sum(),
            "You added the penalty itself, one number for all. Its slope is wanted: for each weight that is w.",
        ),
        Mistake(
            "the half kept",
            lambda w, g, strength: g + strength * 0.5 * w,
            "Half too little: the slope of ½ w² is w, not ½ w.",
        ),
    ],
    hints=["The slope of a sum is the sum of the slopes: g, and that of strength · ½ w².", "g + strength * w"],
)


def dropout_cases() -> list[Case]:
    return [
        Case("two numbers, half", args=(torch.tensor([1.0, 3.0]), 0.5, torch.tensor([0.2, 0.7]))),
        Case("a table, p = 0.2", args=(_drawn(3, 4), 0.2, _drawn(3, 4, seed=5).sigmoid())),
        Case("p = 0 changes nothing", args=(torch.tensor([2.0, -1.0]), 0.0, torch.tensor([0.0, 0.9]))),
    ]


def _divided(x: Tensor, kept: Tensor, by: float) -> Tensor:
    return x * kept / by if by else x * kept * float("inf")


DROPOUT = Exercise(
    "dropout",
    "dropout(x, p, noise): 0 where noise is below p; what is kept makes up for it.",
    training.dropout,
    dropout_cases,
    mistakes=[
        Mistake(
            "not rescaled",
            lambda x, p, noise: x * (noise >= p),
            "What is kept must make up for what is gone: divide by 1 - p. Else later layers see less.",
        ),
        Mistake(
            "the wrong ones dropped",
            lambda x, p, noise: x * (noise < p) / (1 - p),
            "You kept those that should go. A number goes where noise is below p.",
        ),
        Mistake(
            "divided by p",
            lambda x, p, noise: _divided(x, noise >= p, p),
            "You divided by p. A share 1 - p is kept, so that is what makes up for the loss.",
        ),
        Mistake(
            "p taken for the share kept",
            lambda x, p, noise: torch.where(noise < p, x, 0) / p,
            "p is the share that goes; 1 - p is kept.",
        ),
        Mistake(
            "multiplied",
            lambda x, p, noise: x * (noise >= p) * (1 - p),
            "You made the kept ones smaller. They must grow: divide by 1 - p.",
        ),
    ],
    hints=[
        "noise >= p is True, which counts as 1, for what stays, and False, 0, for what goes.",
        "Multiply x by it and divide by 1 - p.",
    ],
)


def patience_ends_cases() -> list[Case]:
    return [
        Case("two worse epochs", args=([0.9, 0.5, 0.6, 0.7], 2)),
        Case("worse for long", args=([1.4, 1.2, 1.3, 1.25, 1.6, 1.5], 2)),
        Case("never", args=([0.9, 0.8, 0.7, 0.6], 2)),
        Case("up and down, no new best", args=([0.9, 0.5, 0.8, 0.6, 0.7, 0.3], 3)),
        Case("the best met again", args=([0.9, 0.5, 0.5, 0.6], 2)),
        Case("a new best just in time", args=([0.9, 0.5, 0.6, 0.4, 0.6, 0.5, 0.45], 3)),
    ]


def _waited(
    losses: Sequence[float],
    patience: int,
    *,
    neighbours: bool = False,
    more: int = 0,
    best_back: bool = False,
    last: bool = False,
    equal: bool = False,
) -> int | None:
    lowest, waited, best = float("inf"), 0, 0
    for epoch, value in enumerate(losses, start=1):
        worse = epoch > 1 and value >= losses[epoch - 2] if neighbours else value >= lowest
        worse = worse and not (equal and value == lowest)
        waited = waited + 1 if worse else 0
        if value < lowest:
            lowest, best = value, epoch
        if waited >= patience + more:
            return best if best_back else epoch
    return len(losses) if last else None


def _foresight(losses: Sequence[float], patience: int) -> int | None:
    epoch = losses.index(min(losses)) + 1 + patience
    return epoch if epoch <= len(losses) else None


PATIENCE_ENDS = Exercise(
    "patience_ends",
    "patience_ends(losses, patience): after which epoch (the first is 1) to stop; None if never.",
    training.patience_ends,
    patience_ends_cases,
    mistakes=[
        Mistake(
            "compared with the epoch before",
            lambda losses, patience: _waited(losses, patience, neighbours=True),
            "You compare each loss with the one before. Compare it with the lowest so far: 0.6 after 0.8 is "
            "no progress if 0.5 was there before.",
        ),
        Mistake(
            "one epoch too patient",
            lambda losses, patience: _waited(losses, patience, more=1),
            "You wait one epoch too long: stop when patience epochs have passed since the best, not more.",
        ),
        Mistake(
            "the best epoch returned",
            lambda losses, patience: _waited(losses, patience, best_back=True),
            "That is the best epoch. Asked is when training stops, which is patience epochs later.",
        ),
        Mistake(
            "the last epoch when there is no reason to stop",
            lambda losses, patience: _waited(losses, patience, last=True),
            "When patience never ends, return None.",
        ),
        Mistake(
            "an equal loss as a new best",
            lambda losses, patience: _waited(losses, patience, equal=True),
            "An equal loss is not lower: in 0.9, 0.5, 0.5, 0.6 the best is still epoch 2.",
        ),
        Mistake(
            "counted from 0",
            lambda losses, patience: (_waited(losses, patience) or 1) - 1 or None,
            "Your epochs count from 0, and the first one is 1: add 1 to what you return.",
        ),
        Mistake(
            "looked into the future",
            _foresight,
            "You look at the lowest of all losses. In epoch 5 nobody knows the sixth: look at those so far.",
        ),
    ],
    hints=[
        "Remember the lowest loss so far and its epoch: for epoch, value in enumerate(losses, start=1).",
        "If value < lowest, remember both anew. If epoch - best >= patience, return epoch. After the loop, None.",
    ],
)

EXERCISES = [MOMENTUM_STEP, ADAM_STEP, L2_GRADIENT, DROPOUT, PATIENCE_ENDS]
