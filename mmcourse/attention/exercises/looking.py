"""Attention for one query, and shares under a mask: exercises on who looks where."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.attention.dot_product_attention import attend, causal_mask, masked_softmax
from mmcourse.engine import generator
from mmcourse.practice.exercise import Case, Exercise, Mistake

# ------------------------------------------------------------ attend


def attend_cases() -> list[Case]:
    q = torch.tensor([2.0, 0.0, 0.0, 0.0])
    keys = torch.tensor([[2.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 1.0, 1.0]])
    values = torch.tensor([[10.0, 1.0], [20.0, 0.0], [30.0, -5.0]])
    rng = generator(0)
    return [
        Case("three keys, values of two numbers", args=(q, keys, values)),
        Case("the lookup done by hand", args=(q, keys, values[:, :1])),
        Case("d = 16", args=tuple(torch.randn(shape, generator=rng) for shape in ((16,), (5, 16), (5, 3)))),
        Case(
            "values as long as keys", args=tuple(torch.randn(shape, generator=rng) for shape in ((9,), (4, 9), (4, 9)))
        ),
        Case("one key", args=tuple(torch.randn(shape, generator=rng) for shape in ((3,), (1, 3), (1, 2)))),
        Case(
            "as many keys as numbers in a key",
            args=tuple(2 * torch.randn(s, generator=rng) for s in ((4,), (4, 4), (4, 4))),
        ),
    ]


def _shares(q: Tensor, k: Tensor, power: float = 0.5, length: int | None = None) -> Tensor:
    return torch.softmax(k @ q / (length or len(q)) ** power, -1)


ATTEND = Exercise(
    "attend",
    "attend(q, k, v): what one query q (d,) gets from keys k (S, d) and values v (S, E).",
    attend,
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
    rng, mask = generator(0), torch.tensor([[True, True, False, False], [True, False, True, True]])
    large, low = torch.tensor([[900.0, 901.0, 0.0]]), torch.tensor([[-110.0, -111.0, -112.0]])
    many = torch.rand(2, 3, 2, 4, generator=rng) < 0.6
    return [
        Case("two rows", args=(torch.randn(2, 4, generator=rng), mask)),
        Case("three scores, two allowed", args=(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([True, True, False]))),
        Case("large scores", args=(large, torch.tensor([[True, True, False]]))),
        Case("low scores", args=(low, torch.tensor([[True, True, False]]))),
        Case(
            "a row with nothing allowed",
            args=(torch.randn(2, 4, generator=rng), mask & torch.tensor([[True], [False]])),
        ),
        Case("two texts, three heads", args=(torch.randn(2, 3, 2, 4, generator=rng), many)),
        Case("everything allowed", args=(torch.randn(3, 3, generator=rng), torch.ones(3, 3, dtype=torch.bool))),
    ]


def _walled(scores: Tensor, mask: Tensor) -> Tensor:
    return torch.softmax(scores.masked_fill(~mask, float("-inf")), -1)


MASKED_SOFTMAX = Exercise(
    "masked_softmax",
    "masked_softmax(scores, mask): shares over the places where mask is True; zeros where a row has none.",
    masked_softmax,
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
    return [Case(f"length {length}", args=(length,)) for length in (4, 1, 2, 7)]


def _ones(length: int) -> Tensor:
    return torch.ones(length, length, dtype=torch.bool)


CAUSAL_MASK = Exercise(
    "causal_mask",
    "causal_mask(length): True where row t (who looks) may look at column s (who is seen): s up to t.",
    causal_mask,
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
