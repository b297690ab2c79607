"""Heads that share the numbers of every place, and the code of the places: exercises on the arrangement of tables."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.attention.dot_product_attention import split_heads
from mmcourse.attention.encoder import positional_code
from mmcourse.practice.exercise import Case, Exercise, Mistake

# ------------------------------------------------------------ split_heads


def split_heads_cases() -> list[Case]:
    counted = torch.arange(144.0).view(2, 6, 12)
    return [
        Case("two texts, three heads", args=(counted, 3)),
        Case("one text, two heads", args=(counted[:1, :4, :4], 2)),
        Case("one head", args=(-counted[:, :3, :5], 1)),
        Case("a number for each head", args=(counted[:, :2, :3], 3)),
        Case("two of everything", args=(counted[:, :2, :4] / 7, 2)),
    ]


def _reshaped(x: Tensor, heads: int) -> Tensor:
    return x.reshape(len(x), heads, x.shape[1], -1)


SPLIT_HEADS = Exercise(
    "split_heads",
    "split_heads(x, heads): (B, T, D) → (B, H, T, D // H); head h gets the h-th block of numbers of every word.",
    split_heads,
    split_heads_cases,
    mistakes=[
        Mistake(
            "the sequence is split",
            lambda x, h: x.reshape(len(x), h, x.shape[1] // h, x.shape[2]),
            "You cut the text into pieces, (B, H, T/H, D). Each head needs all T words: split the D numbers.",
        ),
        Mistake(
            "only reshaped",
            _reshaped,
            "Right shape, wrong numbers: reshape reads on across words, so a head gets pieces of the text. "
            "First (B, T, H, D/H), then swap axes 1 and 2.",
        ),
        Mistake(
            "axes not swapped",
            lambda x, h: x.unflatten(-1, (h, -1)),
            "(B, T, H, D/H) is half of the way. Swap the axes of words and heads: .transpose(1, 2).",
        ),
        Mistake(
            "every H-th number",
            lambda x, h: x.unflatten(-1, (-1, h)).permute(0, 3, 1, 2),
            "Your heads take every H-th number. Each should get a block of neighbours: split D into (H, D/H).",
        ),
        Mistake(
            "a length with a fraction (reshape)",
            lambda x, h: x.reshape(len(x), x.shape[1], h, x.shape[2] / h).transpose(1, 2),
            "D / heads is a number with a fraction in Python, be it 2.0. A shape needs whole numbers: D // heads.",
        ),
        Mistake(
            "a length with a fraction (view)",
            lambda x, h: x.view(len(x), x.shape[1], h, x.shape[2] / h).transpose(1, 2),
            "A single / gives a number with a fraction in Python, be it 2.0. A shape needs whole numbers: D // heads.",
        ),
    ],
    hints=[
        "Two steps: cut the last axis in two, then swap two axes.",
        "x.reshape(B, T, heads, D // heads), then .transpose(1, 2).",
    ],
)

# ------------------------------------------------------------ positional_code


def positional_code_cases() -> list[Case]:
    return [
        Case("5 places, 4 numbers", args=(5, 4)),
        Case("one place, 2 numbers", args=(1, 2)),
        Case("30 places, 8 numbers", args=(30, 8)),
        Case("as many places as numbers", args=(6, 6)),
        Case("more numbers than places", args=(3, 16)),
    ]


def _turned(length: int, size: int, first: int = 0, step: float = 1) -> Tensor:
    return torch.outer(torch.arange(first, first + length), 10000.0 ** (-step * torch.arange(0, size, 2) / size))


def _woven(turned: Tensor, swap: bool = False) -> Tensor:
    parts = [turned.cos(), turned.sin()] if swap else [turned.sin(), turned.cos()]
    return torch.stack(parts, -1).flatten(1)


POSITIONAL_CODE = Exercise(
    "positional_code",
    "positional_code(length, size): column 2i holds sin, column 2i + 1 cos of t / 10000^(2i/size).",
    positional_code,
    positional_code_cases,
    mistakes=[
        Mistake(
            "sines only",
            lambda n, d: torch.outer(torch.arange(n), 10000.0 ** (-2 * torch.arange(d) / d)).sin(),
            "Only sines: a shift is then no rotation. Odd columns take the cosine of the same angle.",
        ),
        Mistake(
            "sine and cosine swapped",
            lambda n, d: _woven(_turned(n, d), swap=True),
            "Sine and cosine are swapped: even columns hold the sine, so the code of place 0 is 0, 1, 0, 1, …",
        ),
        Mistake(
            "two halves",
            lambda n, d: torch.cat([_turned(n, d).sin(), _turned(n, d).cos()], 1),
            "All sines, then all cosines: some programs do so, and it works. Here they alternate.",
        ),
        Mistake(
            "counted from 1",
            lambda n, d: _woven(_turned(n, d, first=1)),
            "You count places from 1. The first place is t = 0.",
        ),
        Mistake(
            "2i doubled",
            lambda n, d: _woven(_turned(n, d, step=2)),
            "Your angles shrink twice as fast as they should. torch.arange(0, size, 2) already is 2i.",
        ),
        Mistake(
            "i for 2i",
            lambda n, d: _woven(_turned(n, d, step=0.5)),
            "Your hands slow down half as fast as they should: the exponent is 2i / size, not i / size.",
        ),
        Mistake(
            "faster and faster",
            lambda n, d: _woven(_turned(n, d, step=-1)),
            "Your hands get faster. It is 1 / 10000^(2i/size), or a minus in the exponent.",
        ),
    ],
    hints=[
        "First the angles (length, size/2): place t times 1 / 10000^(2i/size).",
        "torch.outer(torch.arange(length), 10000 ** (-torch.arange(0, size, 2) / size)) has all of them.",
        "torch.stack([angle.sin(), angle.cos()], -1).flatten(1) weaves the two together.",
    ],
)
