"""Calculating with words: the exercise on analogies."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from mmcourse.engine import generator
from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.text.word_vectors import analogy


def analogy_cases() -> list[Case]:
    drawn = [torch.randn(count, size, generator=generator(count)) for count, size in ((6, 5), (20, 4), (12, 3))]
    grid = torch.stack([drawn[0][a] + drawn[0][3 + b] for b in range(2) for a in range(3)])
    far = torch.tensor([[1.0, 0.1], [0.1, 1.0], [1.0, -0.2], [-2.0, -1.0], [-1.0, 0.3], [-3.0, 3.0]])
    return [
        Case("a word is a colour plus a number", args=(grid, 3, 0, 1)),
        Case("rows of different lengths", args=(drawn[2] * torch.arange(1, 13).unsqueeze(1), 1, 2, 3)),
        Case("twenty words", args=(drawn[1], 4, 0, 7)),
        Case("the three best", args=(drawn[1], 2, 9, 11, 3)),
        Case("all others far away", args=(far, 0, 1, 2, 2)),
    ]


def _answer(
    table: Tensor,
    a: int,
    b: int,
    c: int,
    count: int = 1,
    *,
    signs: tuple[int, int, int] = (1, -1, 1),
    without: str = "abc",
    scaled: bool = True,
    dots: bool = False,
    places: bool | None = True,
) -> Tensor:
    unit = normalize(table, dim=-1)
    rows = unit if scaled else table
    wanted = signs[0] * rows[a] + signs[1] * rows[b] + signs[2] * rows[c]
    closeness = (table if dots else unit) @ wanted
    for name, row in zip("abc", (a, b, c), strict=True):
        if name in without:
            closeness[row] = -torch.inf
    best = closeness.topk(count)
    return best if places is None else best.indices if places else best.values


def _dropped(table: Tensor, a: int, b: int, c: int, count: int = 1) -> Tensor:
    unit = normalize(table, dim=-1)
    kept = [row for row in range(len(table)) if row not in (a, b, c)]
    return (unit[kept] @ (unit[a] - unit[b] + unit[c])).topk(count).indices


def _told(got: object, want: Tensor, table: Tensor, a: int, b: int, c: int, count: int = 1) -> bool | str:
    """Numbers of words are names: what is wrong with them is told by who they are. A list of them will do."""
    if isinstance(got, list):
        return got == want.tolist()
    if got.dim() == 0:
        return f"A tensor of shape ({count},) is wanted, also for a single word: leave [0] and .item() away."
    if got.dim() > 1:
        return False
    mine, right = got.tolist(), want.tolist()
    used = [k for k in mine if k in (a, b, c)]
    if len(mine) != len(right):
        return f"Asked for are {count} words, yours are {len(mine)}."
    if used:
        return f"Word {used[0]} is one of the three that you started from. Leave a, b and c out, all of them."
    if sorted(mine) == sorted(right):
        return "These are the right words in another order: the closest comes first."
    return f"The closest is word {right[0]}, yours is {mine[0]}."


ANALOGY = Exercise(
    "analogy",
    "analogy(table, a, b, c, count=1): the rows nearest to a - b + c (all of length 1), without a, b, c.",
    analogy,
    analogy_cases,
    compare=_told,
    mistakes=[
        Mistake(
            "all that topk gives",
            lambda table, a, b, c, count=1: _answer(table, a, b, c, count, places=None),
            "topk gives two things, cosines and where they stand. Asked for is where: .topk(count).indices.",
        ),
        Mistake(
            "the three not left out",
            lambda table, a, b, c, count=1: _answer(table, a, b, c, count, without=""),
            "Your best word is one of the three you started from: a - b + c mostly stays near a or c. Leave them out.",
        ),
        Mistake(
            "only c left out",
            lambda table, a, b, c, count=1: _answer(table, a, b, c, count, without="c"),
            "You leave c out. a and b have to be left out as well.",
        ),
        Mistake(
            "cosines for places",
            lambda table, a, b, c, count=1: _answer(table, a, b, c, count, places=False),
            "You give the cosines. Asked for is where they stand: .topk(count).indices.",
        ),
        Mistake(
            "places after dropping rows",
            _dropped,
            "With the three rows dropped all behind them move up, and so do their places. Keep the rows, and set the "
            "three cosines to -torch.inf.",
        ),
        Mistake(
            "c taken away",
            lambda table, a, b, c, count=1: _answer(table, a, b, c, count, signs=(1, 1, -1)),
            "It is a - b + c: b is taken away and c added.",
        ),
        Mistake(
            "b - a",
            lambda table, a, b, c, count=1: _answer(table, a, b, c, count, signs=(-1, 1, 1)),
            "The signs are turned round: it is a - b + c.",
        ),
        Mistake(
            "all three added",
            lambda table, a, b, c, count=1: _answer(table, a, b, c, count, signs=(1, 1, 1)),
            "b is taken away: a - b + c.",
        ),
        Mistake(
            "not scaled before",
            lambda table, a, b, c, count=1: _answer(table, a, b, c, count, scaled=False),
            "Scale the rows to length 1 before you add, or the longest of the three decides alone.",
        ),
        Mistake(
            "dot products",
            lambda table, a, b, c, count=1: _answer(table, a, b, c, count, scaled=False, dots=True),
            "You rank by dot products, so long rows win. Scale every row to length 1: F.normalize(table, dim=1).",
        ),
    ],
    hints=[
        "unit = F.normalize(table, dim=1), with F for torch.nn.functional. wanted = unit[a] - unit[b] + unit[c].",
        "unit @ wanted ranks the words as the cosine does, for the length of wanted is the same for all of them.",
        "closeness = unit @ wanted; closeness[[a, b, c]] = -torch.inf; then closeness.topk(count).indices.",
    ],
)
