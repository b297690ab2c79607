"""Exercises of lesson 00: from opinions to decisions, from decisions to a score, and the simplest fusion."""

import torch
from torch import Tensor

from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.start_here.opinions import decide, share_of_hits, surer


def _opinions(samples: int, classes: int, seed: int) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    return (3 * torch.rand(samples, classes, generator=rng)).softmax(-1)


def _decide_cases() -> list[Case]:
    four = torch.tensor([[0.2, 0.7, 0.1], [0.1, 0.3, 0.6], [0.8, 0.1, 0.1], [0.25, 0.4, 0.35]])
    equal = torch.tensor([[0.1, 0.45, 0.45], [0.4, 0.2, 0.4], [0.0, 0.5, 0.5]])
    return [
        Case("four opinions about three classes", args=(four,)),
        Case("five classes", args=(_opinions(4, 5, 0),)),
        Case("ten digits", args=(_opinions(7, 10, 1),)),
        Case("one opinion", args=(torch.tensor([[0.0, 0.0, 0.0, 1.0]]),)),
        Case(
            "two classes equally likely: the first",
            args=(equal,),
        ),
    ]


def _score_cases() -> list[Case]:
    return [
        Case("two of four", args=(torch.tensor([1, 2, 3, 4]), torch.tensor([1, 0, 3, 0]))),
        Case("all of three", args=(torch.tensor([5, 5, 2]), torch.tensor([5, 5, 2]))),
        Case("none of one", args=(torch.tensor([0]), torch.tensor([9]))),
        Case("the right classes for the wrong samples", args=(torch.tensor([1, 2, 3, 0]), torch.tensor([3, 1, 2, 0]))),
        Case("one of six, zeros among them", args=(torch.tensor([0, 0, 7, 1, 2, 9]), torch.tensor([0, 4, 0, 5, 9, 8]))),
    ]


def _surer_cases() -> list[Case]:
    eye = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.2, 0.4, 0.4], [0.0, 0.0, 1.0]])
    ear = torch.tensor([[0.1, 0.9, 0.0], [0.4, 0.3, 0.3], [0.3, 0.4, 0.3], [1.0, 0.0, 0.0]])
    half = torch.tensor([[0.5, 0.5, 0.0, 0.0, 0.0, 0.0], [0.5, 0.1, 0.1, 0.1, 0.1, 0.1]])
    more = torch.tensor([[0.55, 0.09, 0.09, 0.09, 0.09, 0.09], [0.55, 0.45, 0.0, 0.0, 0.0, 0.0]])
    return [
        Case("the ear is surer, then the eye, then both alike, twice", args=(eye, ear)),
        Case("five pairs", args=(_opinions(5, 4, 2), _opinions(5, 4, 3))),
        Case("equally sure: the first", args=(torch.tensor([[0.6, 0.4]]), torch.tensor([[0.4, 0.6]]))),
        Case("only the largest number counts", args=(half, more)),
        Case("the other way round", args=(more, half)),
    ]


def _one_for_all(first: Tensor, second: Tensor) -> Tensor:
    return first if first.max() >= second.max() else second


EXERCISES = [
    Exercise(
        name="decide",
        task="Name the class that each opinion finds most likely: (B, K) → (B,).",
        reference=decide,
        cases=_decide_cases,
        mistakes=[
            Mistake(
                "the probability instead of the class",
                lambda p: p.max(-1).values,
                "You give how likely the favourite is. Asked for is which one it is: argmax instead of max.",
            ),
            Mistake(
                "over the samples",
                lambda p: p.argmax(0),
                "You looked for the surest sample of each class. Each row is an opinion: look along the last axis.",
            ),
            Mistake(
                "one winner for all",
                lambda p: p.argmax(),
                "argmax() without an axis melts all rows into one. Use argmax(-1).",
            ),
            Mistake(
                "numbers and places together",
                lambda p: p.max(-1),
                ".max(-1) gives two things, the largest numbers and their places. argmax(-1) gives the places alone.",
            ),
        ],
        hints=["`argmax` gives the place of the largest number.", "`opinions.argmax(-1)` looks along each row."],
    ),
    Exercise(
        name="share_of_hits",
        task="Give the share of decisions that equal their label, from 0 to 1.",
        reference=share_of_hits,
        cases=_score_cases,
        mistakes=[
            Mistake(
                "counted, not divided",
                lambda d, y: float((d == y).sum()),
                "You counted the hits. Divide by how many decisions there are.",
            ),
            Mistake(
                "in per cent",
                lambda d, y: 100 * float((d == y).float().mean()),
                "That is in per cent. Here accuracy runs from 0 to 1.",
            ),
            Mistake(
                "the errors",
                lambda d, y: float((d != y).float().mean()),
                "You counted the misses: that is the error rate, 1 minus the accuracy.",
            ),
        ],
        hints=[
            "`decisions == labels` is True where they agree.",
            "`.float().mean()` of that is a share; `.item()` makes it a number.",
        ],
    ),
    Exercise(
        name="surer",
        task="For each sample, give the opinion of the surer of two.",
        reference=surer,
        cases=_surer_cases,
        mistakes=[
            Mistake(
                "one expert for the whole batch",
                _one_for_all,
                "You chose one expert for all samples. Choose for each row: keep the axis of the samples.",
            ),
            Mistake(
                "largest entry by entry",
                lambda a, b: torch.maximum(a, b),
                "You took the larger number in every place, so rows no longer sum to 1. Take whole rows.",
            ),
            Mistake(
                "the less sure",
                lambda a, b: torch.where(a.amax(-1, keepdim=True) < b.amax(-1, keepdim=True), a, b),
                "You believe the one who is less sure.",
            ),
            Mistake(
                "ties to the second",
                lambda a, b: torch.where(a.amax(-1, keepdim=True) > b.amax(-1, keepdim=True), a, b),
                "Both are equally sure here, and then the first is believed: >= in place of >.",
            ),
            Mistake(
                "places compared",
                lambda a, b: torch.where(a.argmax(-1, keepdim=True) >= b.argmax(-1, keepdim=True), a, b),
                "You compared which class each favours. Compare how sure they are: amax, not argmax.",
            ),
            Mistake(
                "both given back",
                lambda a, b: (a, b),
                "You give back both. Of each pair of rows one is wanted: torch.where chooses row by row.",
            ),
            Mistake(
                "the axis lost",
                lambda a, b: torch.where(a.amax(-1) >= b.amax(-1), a, b),
                "amax without keepdim has shape (B,). keepdim=True gives (B, 1), which fits to each row.",
            ),
        ],
        hints=[
            "How sure an opinion is: its largest probability, `first.amax(-1, keepdim=True)`, shape (B, 1).",
            "`torch.where(condition, first, second)` picks rows when the condition has shape (B, 1).",
        ],
    ),
]
