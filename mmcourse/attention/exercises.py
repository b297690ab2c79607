"""Exercises of lesson 06: the references are the lesson's own functions, the usual mistakes are named."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse import attention
from mmcourse.practice.exercise import Case, Exercise, Mistake


def _numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


# ------------------------------------------------------------ attend


def attend_cases() -> list[Case]:
    return [
        Case(
            "the lookup done by hand",
            args=(
                torch.tensor([2.0, 0.0, 0.0, 0.0]),
                torch.tensor([[2.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 1.0, 1.0]]),
                torch.tensor([[10.0], [20.0], [30.0]]),
            ),
        ),
        Case("d = 16", args=(_numbers(16), _numbers(5, 16, seed=1), _numbers(5, 3, seed=2))),
        Case("values as long as keys", args=(_numbers(9), _numbers(4, 9, seed=1), _numbers(4, 9, seed=2))),
    ]


def _shares(q: Tensor, k: Tensor, power: float = 0.5, length: int | None = None) -> Tensor:
    return torch.softmax(k @ q / (length or len(q)) ** power, -1)


ATTEND = Exercise(
    "attend",
    "attend(q, k, v): what one query q (d,) gets from keys k (S, d) and values v (S, E).",
    attention.attend,
    attend_cases,
    mistakes=[
        Mistake(
            "no root",
            lambda q, k, v: _shares(q, k, 0) @ v,
            "Your scores are √d times too large (4 times for d = 16). Divide them by √d before the softmax.",
        ),
        Mistake(
            "divided by d",
            lambda q, k, v: _shares(q, k, 1) @ v,
            "Your scores are √d times too small. Divide by the root of d, not by d.",
        ),
        Mistake(
            "root of the number of keys",
            lambda q, k, v: _shares(q, k, length=len(k)) @ v,
            "You divide by the root of the number of keys. It is the root of the length of one key, len(q).",
        ),
        Mistake(
            "the root of the table above",
            lambda q, k, v: _shares(q, k, length=4) @ v,
            "The 2 above was √4. Here d may be another: math.sqrt(len(q)).",
        ),
        Mistake(
            "divided after the softmax",
            lambda q, k, v: _shares(q, k, 0) @ v / len(q) ** 0.5,
            "You divide after the softmax, so the shares no longer add up to 1. Divide the scores, before it.",
        ),
        Mistake(
            "no softmax",
            lambda q, k, v: (k @ q / len(q) ** 0.5) @ v,
            "The scores themselves weigh the values. Turn them into shares first: torch.softmax(scores, -1).",
        ),
        Mistake(
            "softmax over the wrong axis",
            lambda q, k, v: (torch.softmax(q[None] @ k.mT / len(q) ** 0.5, 0) @ v)[0],
            "All your weights are 1: the softmax ran over an axis of length 1. It must run over the keys.",
        ),
        Mistake(
            "values forgotten",
            lambda q, k, v: _shares(q, k),
            "You return the weights (T,). The answer is their mean of the values: weights @ v.",
        ),
        Mistake(
            "keys instead of values",
            lambda q, k, v: _shares(q, k) @ k,
            "You average the keys. Keys are there to be compared; what comes back are the values v.",
        ),
    ],
    hints=[
        "Three lines: scores, weights, answer.",
        "k @ q is one score for each key, (T,). Divide by the root of len(q).",
        "weights = torch.softmax(scores, -1); the answer is weights @ v, shape (E,).",
    ],
)

# ------------------------------------------------------------ masked_softmax


def masked_softmax_cases() -> list[Case]:
    mask = torch.tensor([[True, True, False, False], [True, False, True, True]])
    return [
        Case("three scores, two allowed", args=(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([True, True, False]))),
        Case("two rows", args=(_numbers(2, 4), mask)),
        Case("large scores", args=(torch.tensor([[900.0, 901.0, 0.0]]), torch.tensor([[True, True, False]]))),
        Case("low scores", args=(torch.tensor([[-110.0, -111.0, -112.0]]), torch.tensor([[True, True, False]]))),
        Case("a row with nothing allowed", args=(_numbers(2, 4), mask & torch.tensor([[True], [False]]))),
    ]


def _walled(scores: Tensor, mask: Tensor) -> Tensor:
    return torch.softmax(scores.masked_fill(~mask, float("-inf")), -1)


MASKED_SOFTMAX = Exercise(
    "masked_softmax",
    "masked_softmax(scores, mask): shares over the places where mask is True; zeros where a row has none.",
    attention.masked_softmax,
    masked_softmax_cases,
    mistakes=[
        Mistake(
            "masked after the softmax",
            lambda s, m: torch.softmax(s, -1) * m,
            "The rows no longer add up to 1: the forbidden places took their part before you removed it. "
            "Mask the scores, before the softmax.",
        ),
        Mistake(
            "scores set to 0",
            lambda s, m: torch.softmax(s * m, -1),
            "A score of 0 is not nothing: exp(0) = 1. Give forbidden places a score far below all others.",
        ),
        Mistake(
            "a wall too low",
            lambda s, m: torch.softmax(s.masked_fill(~m, -100), -1) * m,
            "-100 is not low enough: the allowed scores may be lower still. -1e9 is below all of them.",
        ),
        Mistake(
            "mask upside down",
            lambda s, m: _walled(s, ~m).nan_to_num(),
            "Your mask is upside down: True means that one may look there.",
        ),
        Mistake(
            "a very low score for all",
            lambda s, m: torch.softmax(s.masked_fill(~m, -1e9), -1),
            "Good, but for a row with nothing allowed: all its scores are equally low, so its shares are equal. "
            "Such a row should give zeros: multiply by the mask at the end.",
        ),
        Mistake(
            "nothing divided by nothing",
            _walled,
            "Good, but for a row with nothing allowed: 0 / 0 is nan. Such a row should give zeros.",
        ),
    ],
    hints=[
        "Change the scores, not the shares: where the mask is False, take a number like -1e9.",
        "scores.masked_fill(~mask, -1e9), then torch.softmax(…, -1).",
        "For the row with nothing allowed multiply by mask at the end: it changes no other row.",
    ],
)

# ------------------------------------------------------------ causal_mask


def causal_mask_cases() -> list[Case]:
    return [Case(f"length {length}", args=(length,)) for length in (1, 2, 5)]


def _ones(length: int) -> Tensor:
    return torch.ones(length, length, dtype=torch.bool)


CAUSAL_MASK = Exercise(
    "causal_mask",
    "causal_mask(length): True where row t (who looks) may look at column s (who is seen): s up to t.",
    attention.causal_mask,
    causal_mask_cases,
    mistakes=[
        Mistake(
            "diagonal excluded",
            lambda n: _ones(n).tril(-1),
            "The diagonal is missing: a word may look at itself. The first word would have nothing to look at.",
        ),
        Mistake(
            "upper and lower swapped",
            lambda n: _ones(n).triu(),
            "Rows and columns are swapped: your words look at the future and not at the past.",
        ),
        Mistake(
            "what is forbidden",
            lambda n: _ones(n).triu(1),
            "That marks what is forbidden, as nn.MultiheadAttention wants it. Here True means: may look.",
        ),
        Mistake("everything allowed", _ones, "Everything is allowed. Words after t must be False in row t."),
    ],
    hints=[
        "For length 3 the rows are: True False False, True True False, True True True.",
        "torch.ones(length, length, dtype=torch.bool) is all True; .tril() keeps the lower left triangle.",
    ],
)

# ------------------------------------------------------------ split_heads


def split_heads_cases() -> list[Case]:
    return [
        Case("one text, two heads", args=(torch.arange(16.0).view(1, 4, 4), 2)),
        Case("two texts, three heads", args=(_numbers(2, 6, 12), 3)),
        Case("one head", args=(_numbers(2, 3, 5), 1)),
    ]


def _reshaped(x: Tensor, heads: int) -> Tensor:
    return x.reshape(len(x), heads, x.shape[1], -1)


SPLIT_HEADS = Exercise(
    "split_heads",
    "split_heads(x, heads): (B, T, D) → (B, H, T, D // H); head h gets the h-th block of numbers of every word.",
    attention.split_heads,
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
        Case("4 places, 4 numbers", args=(4, 4)),
        Case("one place, 2 numbers", args=(1, 2)),
        Case("30 places, 8 numbers", args=(30, 8)),
    ]


def _turned(length: int, size: int, first: int = 0, step: float = 1) -> Tensor:
    return torch.outer(torch.arange(first, first + length), 10000.0 ** (-step * torch.arange(0, size, 2) / size))


def _woven(turned: Tensor, swap: bool = False) -> Tensor:
    parts = [turned.cos(), turned.sin()] if swap else [turned.sin(), turned.cos()]
    return torch.stack(parts, -1).flatten(1)


POSITIONAL_CODE = Exercise(
    "positional_code",
    "positional_code(length, size): column 2i holds sin, column 2i + 1 cos of t / 10000^(2i/size).",
    attention.positional_code,
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

EXERCISES = [ATTEND, MASKED_SOFTMAX, CAUSAL_MASK, SPLIT_HEADS, POSITIONAL_CODE]
