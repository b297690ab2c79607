"""The exercise of lesson 07 on the Fourier transform."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse import modalities
from mmcourse.modalities.exercises.arrays import _numbers
from mmcourse.practice.exercise import Case, Exercise, Mistake


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
