"""Exercises of lesson 07 on arrays: their sizes, neighbours, and another size."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from mmcourse import modalities
from mmcourse.practice.exercise import Case, Exercise, Mistake


def bytes_per_second_cases() -> list[Case]:
    return [
        Case("a tiny video in colour", args=((2, 5, 3), 10, 4)),
        Case("a voice recording", args=((1,), 8000, 2)),
        Case("colour video", args=((480, 640, 3), 25, 1)),
        Case("a CD", args=((2,), 44100, 2)),
        Case("one float picture every two seconds", args=((8, 8), 0.5, 4)),
        Case("one number every four seconds", args=((1,), 0.25, 2)),
    ]


BYTES_PER_SECOND = Exercise(
    "bytes_per_second",
    "bytes_per_second(shape, per_second, bytes_each): numbers in an array, times arrays a second, times bytes a "
    "number.",
    modalities.bytes_per_second,
    bytes_per_second_cases,
    mistakes=[
        Mistake(
            "sides added",
            lambda s, r, b: float(sum(s) * r * b),
            "You add the sides of the array. A picture of 3 × 4 pixels has 12 numbers, not 7: multiply them.",
        ),
        Mistake(
            "bytes a number forgotten",
            lambda s, r, b: float(math.prod(s) * r),
            "A number takes bytes_each bytes: the last factor is missing.",
        ),
        Mistake(
            "bits",
            lambda s, r, b: float(math.prod(s) * r * b * 8),
            "That is in bits, 8 times too many. Bytes are asked for.",
        ),
        Mistake(
            "only the first side",
            lambda s, r, b: float(s[0] * r * b),
            "You count the first side of the array only. All sides multiply, also for pictures.",
        ),
        Mistake(
            "three sides always",
            lambda s, r, b: float(s[0] * s[1] * s[2] * r * b),
            "A voice has one side only, a grey picture two. Multiply however many there are: math.prod(shape).",
        ),
    ],
    hints=[
        "How many numbers does an array of shape (480, 640, 3) hold? math.prod(shape) multiplies the sides.",
        "math.prod(shape) * per_second * bytes_each",
    ],
)


def _numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def neighbour_share_cases() -> list[Case]:
    return [
        Case("0, 0, 1, 1", args=(torch.tensor([0.0, 0.0, 1.0, 1.0]),)),
        Case("a staircase", args=(torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0]),)),
        Case("up and down", args=(torch.tensor([1.0, -1.0, 1.0, -1.0, 1.5, -1.0]),)),
        Case("a wandering row far from 0", args=(5 + _numbers(200).cumsum(0) / 10,)),
    ]


def _share(x: Tensor, *, centre: bool = True, square: bool = True, gap: int = 1) -> Tensor:
    a, b = x[:-gap], x[gap:]
    if centre:
        a, b = a - a.mean(), b - b.mean()
    if square:
        return (a * b).sum() ** 2 / ((a**2).sum() * (b**2).sum())
    return (a * b).sum() / ((a**2).sum() * (b**2).sum()).sqrt()


def _centred(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[:-1] - x[:-1].mean(), x[1:] - x[1:].mean()


def _product(x: Tensor) -> Tensor:
    return _centred(x)[0] * _centred(x)[1]


def _squares(x: Tensor) -> Tensor:
    return torch.stack([part.square().sum() for part in _centred(x)])


NEIGHBOUR_SHARE = Exercise(
    "neighbour_share",
    "neighbour_share(x): r², the squared correlation of each number of a row with the next one.",
    modalities.neighbour_share,
    neighbour_share_cases,
    mistakes=[
        Mistake(
            "means left in",
            lambda x: _share(x, centre=False),
            "Take the means away first: a row far from 0 would look predictable whatever it does.",
        ),
        Mistake(
            "not squared",
            lambda x: _share(x, square=False),
            "That is r. Its square is the share of the variance, and it is never negative.",
        ),
        Mistake(
            "the root below missing",
            lambda x: _share(x) * _squares(x).prod().sqrt(),
            "Top and bottom do not match: the top is squared, so below stand the two sums of squares, no root.",
        ),
        Mistake(
            "nothing squared on top",
            lambda x: _product(x).sum() / _squares(x).prod(),
            "On top the square is missing: (a * b).sum() ** 2.",
        ),
        Mistake(
            "brackets below missing",
            lambda x: _product(x).sum() ** 2 / _squares(x)[0] * _squares(x)[1],
            "You divide by the first sum and multiply by the second. Both stand below: a / (b * c).",
        ),
        Mistake(
            "what is new",
            lambda x: 1 - _share(x),
            "That is the share that is new. The share that the neighbour tells is the rest, r².",
        ),
        Mistake(
            "squared before adding",
            lambda x: (_product(x) ** 2).sum() / _squares(x).prod(),
            "You square each product and then add. Add first: (a * b).sum() ** 2.",
        ),
        Mistake(
            "the mean of the whole row",
            lambda x: (
                ((x[:-1] - x.mean()) * (x[1:] - x.mean())).sum() ** 2
                / ((x[:-1] - x.mean()).square().sum() * (x[1:] - x.mean()).square().sum())
            ),
            "Each of the two rows has a mean of its own: that of all but the last, and that of all but the first.",
        ),
    ],
    hints=[
        "a, b = x[:-1], x[1:]: then take from each its own mean.",
        "(a * b).sum() ** 2 on top; (a**2).sum() * (b**2).sum() below.",
    ],
)


def linear_weights_cases() -> list[Case]:
    return [
        Case("2 → 4", args=(2, 4)),
        Case("2 → 3", args=(2, 3)),
        Case("4 → 2", args=(4, 2)),
        Case("5 → 5", args=(5, 5)),
        Case("7 → 3", args=(7, 3)),
    ]


def _weights(place: Tensor, old: int) -> Tensor:
    return (1 - (place[:, None] - torch.arange(old)).abs()).clamp(min=0)


LINEAR_WEIGHTS = Exercise(
    "linear_weights",
    "linear_weights(old, new): the table (new, old) that resizes a row by mixing the two nearest pixels.",
    modalities.linear_weights,
    linear_weights_cases,
    mistakes=[
        Mistake(
            "edges instead of middles",
            lambda o, n: _weights((torch.arange(n) * o / n).clamp(0, o - 1), o),
            "You compare left edges. The middle of new pixel i is at (i + 1/2) · old / new, minus 1/2.",
        ),
        Mistake(
            "corners aligned",
            lambda o, n: _weights(torch.arange(n) * (o - 1) / max(n - 1, 1), o),
            "First on first and last on last is align_corners=True. Squares look at (i + 1/2) · old / new - 1/2.",
        ),
        Mistake(
            "the last half forgotten",
            lambda o, n: _weights(((torch.arange(n) + 0.5) * o / n).clamp(0, o - 1), o),
            "Your places count from the left edge. Old pixel 0 has its middle at 1/2, so subtract 1/2.",
        ),
        Mistake(
            "edges not kept",
            lambda o, n: _weights((torch.arange(n) + 0.5) * o / n - 0.5, o),
            "Some rows do not add up to 1: places outside must be moved to the edge, .clamp(0, old - 1).",
        ),
        Mistake(
            "right edge not kept",
            lambda o, n: _weights(((torch.arange(n) + 0.5) * o / n - 0.5).clamp(min=0), o),
            "The left edge is kept, the right one is not: no place may lie beyond old - 1, .clamp(0, old - 1).",
        ),
        Mistake(
            "old and new exchanged",
            lambda o, n: _weights(((torch.arange(n) + 0.5) * n / o - 0.5).clamp(0, o - 1), o),
            "Old and new are exchanged. Places are measured in old pixels: (i + 1/2) · old / new.",
        ),
        Mistake(
            "negative shares",
            lambda o, n: 1 - (((torch.arange(n) + 0.5) * o / n - 0.5).clamp(0, o - 1)[:, None] - torch.arange(o)).abs(),
            "Far pixels get a negative share. Beyond a distance of 1 the share is 0: .clamp(min=0).",
        ),
    ],
    hints=[
        "For each new pixel i: place = (i + 0.5) * old / new - 0.5, moved to the edge if it lies outside 0 … old - 1. "
        "Two loops, over the new and over the old pixels, are fine.",
        "The share of old pixel j is 1 - abs(place - j), and 0 where that is negative.",
        "Without loops: place = ((torch.arange(new) + 0.5) * old / new - 0.5).clamp(0, old - 1), shape (new,), and "
        "place[:, None] - torch.arange(old) is the table (new, old) of distances.",
    ],
)
