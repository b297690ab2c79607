"""Exercises of lesson 09: everything times everything, with few numbers too, and who mixes at all."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse import fusion_operators as lesson
from mmcourse.fusion_operators.exercises.draws import drawn, rows_of
from mmcourse.practice.exercise import Case, Exercise, Mistake


def _outer(rows: list[Tensor], one: bool = True) -> Tensor:
    out = torch.ones(len(rows[0]), 1)
    for x in rows:
        x = torch.cat([x, torch.ones(len(x), 1)], 1) if one else x
        out = (out.unsqueeze(2) * x.unsqueeze(1)).flatten(1)
    return out


def _one_in_front(rows: list[Tensor]) -> Tensor:
    return _outer([torch.cat([torch.ones(len(x), 1), x], 1) for x in rows], one=False)


def _only_two(rows: list[Tensor]) -> Tensor:
    return _outer(rows[:2])


OUTER_WITH_ONE = Exercise(
    name="outer_with_one",
    task="Append a 1 to each row, then multiply everything with everything: (B, D1), (B, D2), … → (B, Π (D + 1)).",
    reference=lesson.outer_with_one,
    cases=lambda: [
        Case("by hand: [2] and [3]", args=([torch.tensor([[2.0]]), torch.tensor([[3.0]])],)),
        Case("two modalities", args=(rows_of(2, 3, samples=4, seed=0),)),
        Case("three modalities", args=(rows_of(2, 1, 2, samples=3, seed=5),)),
        Case("four modalities", args=(rows_of(1, 2, 1, 3, samples=2, seed=9),)),
    ],
    mistakes=[
        Mistake(
            "no 1 appended",
            lambda rows: _outer(rows, one=False),
            "Your result has only products. Append a 1 to each row first, so that each number also stands there alone.",
        ),
        Mistake(
            "the 1 in front",
            _one_in_front,
            "You put the 1 in front. Put it at the end of each row, so that weights find their numbers.",
        ),
        Mistake(
            "only the first two",
            _only_two,
            "You used two modalities. Go on: the result so far times the next one, until the list is empty.",
        ),
    ],
    hints=[
        "`torch.cat([x, torch.ones(len(x), 1)], 1)` appends the 1.",
        "`(left.unsqueeze(2) * right.unsqueeze(1)).flatten(1)` multiplies all with all; go on with the result.",
    ],
)


def _rank_cases() -> list[Case]:
    return [
        Case(
            "by hand: rank 1, no sum over ranks",
            args=(
                [torch.tensor([[2.0]]), torch.tensor([[3.0]])],
                [torch.tensor([[[1.0, 1.0]]]), torch.tensor([[[1.0, -1.0]]])],
            ),
        ),
        Case(
            "rank 3, two modalities",
            args=(rows_of(2, 3, samples=4, seed=10), [drawn(3, 5, 3, seed=12), drawn(3, 5, 4, seed=13)]),
        ),
        Case(
            "rank 2, three modalities",
            args=(
                rows_of(2, 1, 3, samples=2, seed=20),
                [drawn(2, 4, 3, seed=23), drawn(2, 4, 2, seed=24), drawn(2, 4, 4, seed=25)],
            ),
        ),
    ]


def _parts(rows: list[Tensor], factors: list[Tensor]) -> list[Tensor]:
    return [
        torch.einsum("rwd,bd->brw", f, torch.cat([x, torch.ones(len(x), 1)], 1))
        for x, f in zip(rows, factors, strict=True)
    ]


def _summed_first(rows: list[Tensor], factors: list[Tensor]) -> Tensor:
    return torch.stack([part.sum(1) for part in _parts(rows, factors)]).prod(0)


def _added(rows: list[Tensor], factors: list[Tensor]) -> Tensor:
    return torch.stack(_parts(rows, factors)).sum(0).sum(1)


def _without_one(rows: list[Tensor], factors: list[Tensor]) -> Tensor:
    parts = [torch.einsum("rwd,bd->brw", f[:, :, :-1], x) for x, f in zip(rows, factors, strict=True)]
    return torch.stack(parts).prod(0).sum(1)


LOW_RANK_MIX = Exercise(
    name="low_rank_mix",
    task="Σ over r of the product over modalities of F_r [x; 1]; rows (B, D), factors (R, W, D + 1) → (B, W).",
    reference=lesson.low_rank_mix,
    cases=_rank_cases,
    mistakes=[
        Mistake(
            "summed over the ranks too early",
            _summed_first,
            "You summed over r before multiplying. That gives products of different r, which do not belong "
            "there: multiply the modalities first.",
        ),
        Mistake(
            "added instead of multiplied",
            _added,
            "You added the modalities. Nothing meets then: multiply their parts.",
        ),
        Mistake(
            "the 1 forgotten",
            _without_one,
            "You left out the last column of the factors, which belongs to the appended 1.",
        ),
    ],
    hints=[
        '`torch.einsum("rwd,bd->brw", factor, with_one)` applies all factors of a modality at once.',
        "Multiply the parts of all modalities, (B, R, W) each, then `.sum(1)`.",
    ],
)


def _times(x: Tensor, y: Tensor) -> Tensor:
    return x * y


def _plus(x: Tensor, y: Tensor) -> Tensor:
    return 2 * x + y


def _gate(x: Tensor, y: Tensor) -> Tensor:
    return torch.sigmoid(3 * y) * x


def _against(x: Tensor, y: Tensor) -> Tensor:
    return -2 * x * y


def _ratio(x: Tensor, y: Tensor) -> Tensor:
    return x / y**2


def _cubes(x: Tensor, y: Tensor) -> Tensor:
    return (x + y) ** 3


def _corner_cases() -> list[Case]:
    one = torch.tensor(1.0)
    far = tuple(torch.tensor(v) for v in (0.5, 2.0, -1.5, 0.25))
    return [
        Case("the product at the four corners", args=(_times, one, one, -one, -one)),
        Case("a sum", args=(_plus, one, one, -one, -one)),
        Case("a gate at other places", args=(_gate, *far)),
        Case("minus the product: below 0", args=(_against, one, one, -one, -one)),
        Case("numbers below 0", args=(_ratio, *(torch.tensor(v) for v in (-1.0, -2.0, 3.0, 0.5)))),
        Case("a sum of cubes, both below 0", args=(_cubes, *(torch.tensor(v) for v in (-1.0, -2.0, 0.5, 3.0)))),
        Case("one that tells x from y", args=(_ratio, *(torch.tensor(v) for v in (1.0, 2.0, 4.0, 0.5)))),
    ]


INTERACTION = Exercise(
    name="interaction",
    task="score(x, y) - score(x, y') - score(x', y) + score(x', y'): does one sense change what the other means?",
    reference=lesson.interaction,
    cases=_corner_cases,
    mistakes=[
        Mistake(
            "added all four",
            lambda score, x, y, other_x, other_y: (
                score(x, y) + score(x, other_y) + score(other_x, y) + score(other_x, other_y)
            ),
            "You added all four corners. Those with one number exchanged count negative.",
        ),
        Mistake(
            "only two corners",
            lambda score, x, y, other_x, other_y: score(x, y) - score(other_x, other_y),
            "Two corners are not enough: exchange x alone and y alone as well.",
        ),
    ],
    hints=["Both kept and both exchanged count positive.", "One exchanged counts negative, for x and for y."],
)
