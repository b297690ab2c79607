"""Exercises of lesson 07: the references are the lesson's own functions, the usual mistakes are named."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from mmcourse import modalities
from mmcourse.practice.exercise import Case, Exercise, Mistake


def _numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def bytes_per_second_cases() -> list[Case]:
    return [
        Case("a voice recording", args=((1,), 8000, 2)),
        Case("colour video", args=((480, 640, 3), 25, 1)),
        Case("a CD", args=((2,), 44100, 2)),
        Case("one float picture every two seconds", args=((8, 8), 0.5, 4)),
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


def dft_cases() -> list[Case]:
    return [
        Case("the four samples of the lesson", args=(torch.tensor([1.0, 0.0, -1.0, 0.0]),)),
        Case("a sine of one turn", args=(torch.tensor([0.0, 1.0, 0.0, -1.0]),)),
        Case("nine samples", args=(_numbers(9),)),
        Case("three rows of 16 samples", args=(_numbers(3, 16, seed=1),)),
    ]


def _transform(x: Tensor, *, sign: float = -1, bins: int | None = None, turn: float = 2, sines: bool = True) -> Tensor:
    count = x.shape[-1]
    rows = torch.arange(count // 2 + 1 if bins is None else bins)[:, None]
    angle = turn * torch.pi * rows * torch.arange(count) / count
    imaginary = sign * (x @ angle.sin().T)
    return torch.complex(x @ angle.cos().T, imaginary if sines else 0 * imaginary)


DFT = Exercise(
    "dft",
    "dft(x): for each number of turns k = 0 .. N // 2 the sum with cosines, minus i times the sum with sines.",
    modalities.dft,
    dft_cases,
    mistakes=[
        Mistake(
            "plus sines",
            lambda x: _transform(x, sign=1),
            "The sign of the imaginary part is turned round: it is minus the sum with the sines.",
        ),
        Mistake(
            "half the turns",
            lambda x: _transform(x, turn=1),
            "Your waves make half as many turns as they should: the angle is 2π k n / N.",
        ),
        Mistake(
            "the last bin missing",
            lambda x: _transform(x, bins=x.shape[-1] // 2),
            "One bin is missing: k runs from 0 to N // 2, both included.",
        ),
        Mistake(
            "all N bins",
            lambda x: _transform(x, bins=x.shape[-1]),
            "Bins above N // 2 are mirror images of those below: keep the first N // 2 + 1.",
        ),
        Mistake(
            "no sines",
            lambda x: _transform(x, sines=False),
            "Only the cosines are there. A wave that starts at 0, a sine, would go unheard.",
        ),
        Mistake(
            "lengths",
            lambda x: _transform(x).abs(),
            "That is the length |X|. Both sums are wanted: torch.complex(real, imaginary).",
        ),
        Mistake(
            "two tables",
            lambda x: (_transform(x).real, _transform(x).imag),
            "Both sums are there, as two tensors. torch.complex(real, imaginary) joins them to one.",
        ),
        Mistake(
            "divided by N",
            lambda x: _transform(x) / x.shape[-1],
            "You take the mean. The transform, as torch has it, is a plain sum.",
        ),
    ],
    hints=[
        "N = x.shape[-1]; a column of turns, torch.arange(N // 2 + 1)[:, None], times the row torch.arange(N).",
        "angle = 2 * torch.pi * k * n / N has the shape (K, N).",
        "torch.complex(x @ angle.cos().T, -(x @ angle.sin().T))",
    ],
)


def leak_share_cases() -> list[Case]:
    return [
        Case("one of two", args=(torch.tensor([1, 1, 2]), torch.tensor([2, 3]))),
        Case("a clean split", args=(torch.tensor([0, 1, 2, 3]), torch.tensor([7, 8, 9]))),
        Case("a few of a speaker", args=(torch.tensor([4, 5, 5, 6]), torch.tensor([5, 5, 5, 8]))),
        Case("ten test clips", args=(torch.arange(20) % 7, torch.arange(10))),
    ]


LEAK_SHARE = Exercise(
    "leak_share",
    "leak_share(train_groups, test_groups): the share of test samples whose group also stands in training.",
    modalities.leak_share,
    leak_share_cases,
    mistakes=[
        Mistake(
            "the other way round",
            lambda a, b: float(torch.isin(a, b).float().mean()),
            "You count training samples whose speaker is tested. The share of the test samples is asked for.",
        ),
        Mistake(
            "groups instead of samples",
            lambda a, b: float(torch.isin(b.unique(), a).float().mean()),
            "You count each group once. A speaker with three test clips counts three times.",
        ),
        Mistake(
            "the clean share",
            lambda a, b: float((~torch.isin(b, a)).float().mean()),
            "That is the share of new speakers. The leak is the rest: 0 is clean.",
        ),
        Mistake(
            "a count", lambda a, b: float(torch.isin(b, a).sum()), "That is how many, not which share: take the mean."
        ),
    ],
    hints=[
        "torch.isin(test_groups, train_groups) is True for every test sample whose group was in training.",
        "The share of True is the mean: .float().mean()",
    ],
)


def balanced_accuracy_cases() -> list[Case]:
    labels = torch.tensor([0, 0, 0, 0, 0, 0, 1, 1, 2])
    return [
        Case("nine and one", args=(torch.zeros(10).long(), torch.tensor([0] * 9 + [1]))),
        Case("three classes", args=(torch.tensor([0, 0, 0, 1, 1, 2, 1, 0, 2]), labels)),
        Case("a class that is answered but never right", args=(torch.tensor([3, 0, 2, 3]), torch.tensor([0, 0, 2, 2]))),
        Case("labels with a gap", args=(torch.tensor([5, 5, 7, 5]), torch.tensor([5, 5, 5, 7]))),
    ]


def _mean_over(answers: Tensor, labels: Tensor, classes: Tensor) -> float:
    right = (answers == labels).float()
    return float(
        torch.stack([right[labels == k].mean() if (labels == k).any() else torch.tensor(0.0) for k in classes]).mean()
    )


def _found(answers: Tensor, labels: Tensor, classes: Tensor) -> float:
    right = (answers == labels).float()
    return float(torch.stack([right[labels == k].mean() for k in classes]).mean())


def _right_among_answers(answers: Tensor, labels: Tensor) -> float:
    right = (answers == labels).float()
    return float(torch.stack([right[answers == k].mean() for k in labels.unique()]).mean())


def _of_answers(answers: Tensor, labels: Tensor) -> float:
    right = (answers == labels).float()
    return float(torch.stack([right[answers == k].mean() for k in answers.unique()]).mean())


BALANCED_ACCURACY = Exercise(
    "balanced_accuracy",
    "balanced_accuracy(answers, labels): the share found in each class that occurs, and the mean of these shares.",
    modalities.balanced_accuracy,
    balanced_accuracy_cases,
    mistakes=[
        Mistake(
            "plain accuracy",
            lambda a, y: float((a == y).float().mean()),
            "That is plain accuracy, where every sample counts alike. First the share in each class, then the mean.",
        ),
        Mistake(
            "grouped by answer",
            _of_answers,
            "You group by the answers. The question is how much of each true class is found: group by the labels.",
        ),
        Mistake(
            "classes that never occur",
            lambda a, y: _mean_over(a, y, torch.arange(int(max(a.max(), y.max())) + 1)),
            "Classes without any label count as 0 in your mean. Take labels.unique() only.",
        ),
        Mistake(
            "gaps between the labels",
            lambda a, y: _mean_over(a, y, torch.arange(int(y.max()) + 1)),
            "You loop over all numbers up to the largest label. Those that no sample bears are no classes here.",
        ),
        Mistake(
            "answers among the classes",
            lambda a, y: _mean_over(a, y, torch.cat([a, y]).unique()),
            "A class that is only answered counts as 0 in your mean. Only classes that occur in labels count.",
        ),
        Mistake(
            "right among the answers",
            _right_among_answers,
            "You take the samples that were answered k. Of class k itself, labels == k, what share was found?",
        ),
        Mistake(
            "ten classes always",
            lambda a, y: _found(a, y, torch.arange(10)),
            "Classes that do not occur in labels have no share to find: the mean of no numbers is nan. Loop over "
            "labels.unique().",
        ),
        Mistake(
            "classes that are answered",
            lambda a, y: _found(a, y, a.unique()),
            "You loop over the classes that were answered. One that is never answered counts too, with 0, and one "
            "that has no label does not count: labels.unique().",
        ),
        Mistake(
            "summed",
            lambda a, y: _mean_over(a, y, y.unique()) * len(y.unique()),
            "You add the shares up. Divide by the number of classes.",
        ),
    ],
    hints=[
        "right = (answers == labels).float(); right[labels == k].mean() is the share of class k that was found.",
        "Do that for each k in labels.unique() and take the mean of the results.",
    ],
)

EXERCISES = [BYTES_PER_SECOND, NEIGHBOUR_SHARE, LINEAR_WEIGHTS, DFT, LEAK_SHARE, BALANCED_ACCURACY]
