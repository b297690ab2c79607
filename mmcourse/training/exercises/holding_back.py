"""Exercises 3 and 4 of lesson 02: the gradient with L2, and dropout."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.training.exercises.drawn import drawn
from mmcourse.training.regularisers import dropout, l2_gradient


def l2_gradient_cases() -> list[Case]:
    return [
        Case("three weights", args=(torch.tensor([3.0, -2.0, 0.5]), torch.tensor([0.5, -4.0, 0.25]), 0.1)),
        Case("a flat loss", args=(torch.tensor([3.0, -2.0, 0.0]), torch.zeros(3), 0.5)),
        Case("no penalty", args=(torch.tensor([3.0, -2.0]), torch.tensor([0.5, -0.5]), 0.0)),
        Case("a strong penalty on large weights", args=(300 * drawn(4, seed=3), drawn(4, seed=4), 2.5)),
        Case("a table", args=(drawn(3, 4), drawn(3, 4, seed=1), 0.03)),
        Case("one number", args=(torch.tensor(-1.5), torch.tensor(2.0), 0.4)),
        Case("no weight at all", args=(torch.zeros(0, 3), torch.zeros(0, 3), 0.4)),
    ]


L2_GRADIENT = Exercise(
    "l2_gradient",
    "l2_gradient(w, g, strength): the gradient of loss + strength · ½ Σ w², when g is that of the loss.",
    l2_gradient,
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
        Case(
            "four numbers, p = 0.2",
            args=(torch.tensor([1.0, -3.0, 2.0, 5.0]), 0.2, torch.tensor([0.1, 0.7, 0.9, 0.15])),
        ),
        Case("noise of exactly p", args=(torch.tensor([1.0, -3.0, 4.0]), 0.5, torch.tensor([0.5, 0.25, 0.75]))),
        Case("a table, p = 0.3", args=(drawn(3, 4), 0.3, drawn(3, 4, seed=5).sigmoid())),
        Case("p = 0 changes nothing", args=(torch.tensor([2.0, -1.0]), 0.0, torch.tensor([0.0, 0.9]))),
        Case("nearly all go", args=(100 * drawn(2, 3, 2), 0.9, drawn(2, 3, 2, seed=6).mul(2).sigmoid())),
        Case("no number at all", args=(torch.zeros(0, 2), 0.5, torch.zeros(0, 2))),
        Case("all go", args=(torch.tensor([[-7.0, 8.0]]), 0.95, torch.tensor([[0.94, 0.0]]))),
    ]


def _divided(x: Tensor, kept: Tensor, by: float) -> Tensor:
    return x * kept / by if by else x * kept * float("inf")


DROPOUT = Exercise(
    "dropout",
    "dropout(x, p, noise): 0 where noise is below p; what is kept makes up for it.",
    dropout,
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
