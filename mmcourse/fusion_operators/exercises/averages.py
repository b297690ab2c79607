"""Exercises of lesson 09: blending two, averaging over those present, shares from scores."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse import fusion_operators as lesson
from mmcourse.fusion_operators.exercises.draws import drawn
from mmcourse.practice.exercise import Case, Exercise, Mistake

BLEND = Exercise(
    name="blend",
    task="Mix two features with a weight: alpha for the first, the rest for the second.",
    reference=lesson.blend,
    cases=lambda: [
        Case("by hand", args=(torch.tensor([2.0, 0.0]), torch.tensor([6.0, 8.0]), 0.75)),
        Case("half and half", args=(drawn(3, 4, seed=0), drawn(3, 4, seed=1), 0.5)),
        Case("three axes", args=(drawn(2, 3, 4, seed=4), drawn(2, 3, 4, seed=5), 0.9)),
        Case("only the first", args=(drawn(2, 2, seed=6), drawn(2, 2, seed=7), 1.0)),
        Case("only the second", args=(drawn(2, 2, seed=2), drawn(2, 2, seed=3), 0.0)),
    ],
    mistakes=[
        Mistake(
            "added without weights",
            lambda first, second, alpha: first + second,
            "You added the two. A weighted average needs its weights: alpha and 1 - alpha.",
        ),
        Mistake(
            "the second keeps its full weight",
            lambda first, second, alpha: alpha * first + second,
            "Your weights sum to 1 + alpha. The second one gets 1 - alpha.",
        ),
        Mistake(
            "weights the wrong way round",
            lambda first, second, alpha: (1 - alpha) * first + alpha * second,
            "alpha belongs to the first, 1 - alpha to the second.",
        ),
    ],
    hints=["The two weights sum to 1.", "`alpha * first + (1 - alpha) * second`"],
)


def _presence_cases() -> list[Case]:
    by_hand = torch.tensor([[[2.0, 4.0]], [[6.0, 2.0]]])
    both, second = torch.tensor([[True], [True]]), torch.tensor([[False], [True]])
    mixed = torch.tensor([[True, False, True, False], [True, True, False, False]])
    three = torch.tensor([[True, False], [True, True], [False, True]])
    return [
        Case("both are here", args=(by_hand, both)),
        Case("only the second is here", args=(by_hand, second)),
        Case("four samples, the last has nobody", args=(drawn(2, 4, 3, seed=0), mixed)),
        Case("three modalities", args=(drawn(3, 2, 5, seed=1), three)),
        Case("large and negative numbers where nobody is", args=(torch.where(three[..., None], -3.0, -1e6), three)),
    ]


def _nobody_is_an_error(h: Tensor, here: Tensor) -> Tensor:
    weights = here.float().unsqueeze(-1)
    return (h * weights).sum(0) / weights.sum(0)


MEAN_OF_PRESENT = Exercise(
    name="mean_of_present",
    task="Average over the modalities that are here: (M, B, W), (M, B) → (B, W); zeros where nobody is.",
    reference=lesson.mean_of_present,
    cases=_presence_cases,
    mistakes=[
        Mistake(
            "the absent count as zeros",
            lambda h, here: (h * here.unsqueeze(-1)).mean(0),
            "You divide by the number of all modalities. Divide by how many are here: `here.sum(0)`.",
        ),
        Mistake(
            "everybody counts",
            lambda h, here: h.mean(0),
            "You did not look at `here`: what stands in an absent place must not count.",
        ),
        Mistake(
            "nothing divided by nobody",
            _nobody_is_an_error,
            "Where nobody is here you divide 0 by 0. `clamp_min(1)` under the fraction helps.",
        ),
    ],
    hints=[
        "`here.float().unsqueeze(-1)` is (M, B, 1): 1 for the present, 0 for the absent.",
        "Multiply, sum over axis 0, divide by the sum of the ones, at least 1.",
    ],
)


def _share_cases() -> list[Case]:
    return [
        Case("all present", args=(drawn(2, 3, 4, seed=2), drawn(2, 3, 4, seed=3), torch.ones(2, 3).bool())),
        Case(
            "one absent here and there",
            args=(
                drawn(2, 3, 4, seed=4),
                drawn(2, 3, 4, seed=5),
                torch.tensor([[True, False, True], [True, True, False]]),
            ),
        ),
        Case(
            "scores far below 0",
            args=(
                drawn(2, 3, 4, seed=8),
                drawn(2, 3, 4, seed=9) - 300,
                torch.tensor([[True, True, False], [False, True, True]]),
            ),
        ),
        Case(
            "a high score that must not count, and a sample with nobody",
            args=(
                drawn(3, 3, 2, seed=10),
                torch.tensor([80.0, 2.0, -1.0])[:, None, None].expand(3, 3, 2),
                torch.tensor([[False, True, False], [True, True, False], [True, False, False]]),
            ),
        ),
        Case(
            "three modalities, one score each",
            args=(
                drawn(3, 2, 4, seed=6),
                drawn(3, 2, 1, seed=7),
                torch.tensor([[True, False], [True, True], [True, True]]),
            ),
        ),
    ]


def _over_places(values: Tensor, scores: Tensor, here: Tensor) -> tuple[Tensor, Tensor]:
    shares = torch.where(here.unsqueeze(-1), scores, -1e9).softmax(-1) * here.unsqueeze(-1)
    return (shares * values).sum(0), shares


def _absent_afterwards(values: Tensor, scores: Tensor, here: Tensor) -> tuple[Tensor, Tensor]:
    shares = scores.softmax(0) * here.unsqueeze(-1)
    return (shares * values).sum(0), shares


def _zero_scores(values: Tensor, scores: Tensor, here: Tensor) -> tuple[Tensor, Tensor]:
    shares = (scores * here.unsqueeze(-1)).softmax(0)
    return (shares * values).sum(0), shares


MIX_BY_SCORES = Exercise(
    name="mix_by_scores",
    task="Softmax over the modalities present, then the weighted sum; give the mix and the shares.",
    reference=lesson.mix_by_scores,
    cases=_share_cases,
    mistakes=[
        Mistake(
            "softmax over the places",
            _over_places,
            "Your shares sum to 1 over the W places. The modalities compete: they are axis 0.",
        ),
        Mistake(
            "the absent removed after the softmax",
            _absent_afterwards,
            "You removed the absent after the softmax, so the shares of the others no longer sum to 1. Lower "
            "their scores before it.",
        ),
        Mistake(
            "the absent get score 0",
            _zero_scores,
            "A score of 0 is a score like any other: e⁰ = 1. The absent need one far below all.",
        ),
    ],
    hints=[
        "`torch.where(here.unsqueeze(-1), scores, -1e9)` puts the absent far below.",
        "`.softmax(0)` over the modalities, then `(shares * values).sum(0)`.",
    ],
)
