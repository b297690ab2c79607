"""Exercises of lesson 09: blending, averaging over those present, outer products, shares, low rank, and interaction."""

import torch
from torch import Tensor

from mmcourse import fusion_operators as lesson
from mmcourse.practice.exercise import Case, Exercise, Mistake


def _drawn(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _presence_cases() -> list[Case]:
    by_hand = torch.tensor([[[2.0, 4.0]], [[6.0, 0.0]]])
    both, second = torch.tensor([[True], [True]]), torch.tensor([[False], [True]])
    mixed = torch.tensor([[True, False, True, False], [True, True, False, False]])
    three = torch.tensor([[True, False], [True, True], [False, True]])
    return [
        Case("both are here", args=(by_hand, both)),
        Case("only the second is here", args=(by_hand, second)),
        Case("four samples, the last has nobody", args=(_drawn(2, 4, 3, seed=0), mixed)),
        Case("three modalities", args=(_drawn(3, 2, 5, seed=1), three)),
    ]


def _nobody_is_an_error(h: Tensor, here: Tensor) -> Tensor:
    weights = here.float().unsqueeze(-1)
    return (h * weights).sum(0) / weights.sum(0)


def _rows(*sizes: int, samples: int, seed: int) -> list[Tensor]:
    return [_drawn(samples, size, seed=seed + i) for i, size in enumerate(sizes)]


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


def _share_cases() -> list[Case]:
    return [
        Case("all present", args=(_drawn(2, 3, 4, seed=2), _drawn(2, 3, 4, seed=3), torch.ones(2, 3).bool())),
        Case(
            "one absent here and there",
            args=(
                _drawn(2, 3, 4, seed=4),
                _drawn(2, 3, 4, seed=5),
                torch.tensor([[True, False, True], [True, True, False]]),
            ),
        ),
        Case(
            "three modalities, one score each",
            args=(
                _drawn(3, 2, 4, seed=6),
                _drawn(3, 2, 1, seed=7),
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
            args=(_rows(2, 3, samples=4, seed=10), [_drawn(3, 5, 3, seed=12), _drawn(3, 5, 4, seed=13)]),
        ),
        Case(
            "rank 2, three modalities",
            args=(
                _rows(2, 1, 3, samples=2, seed=20),
                [_drawn(2, 4, 3, seed=23), _drawn(2, 4, 2, seed=24), _drawn(2, 4, 4, seed=25)],
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


def _times(x: Tensor, y: Tensor) -> Tensor:
    return x * y


def _plus(x: Tensor, y: Tensor) -> Tensor:
    return 2 * x + y


def _gate(x: Tensor, y: Tensor) -> Tensor:
    return torch.sigmoid(3 * y) * x


def _corner_cases() -> list[Case]:
    one = torch.tensor(1.0)
    far = tuple(torch.tensor(v) for v in (0.5, 2.0, -1.5, 0.25))
    return [
        Case("the product at the four corners", args=(_times, one, one, -one, -one)),
        Case("a sum", args=(_plus, one, one, -one, -one)),
        Case("a gate at other places", args=(_gate, *far)),
    ]


EXERCISES = [
    Exercise(
        name="blend",
        task="Mix two features with a weight: alpha for the first, the rest for the second.",
        reference=lesson.blend,
        cases=lambda: [
            Case("by hand", args=(torch.tensor([2.0, 0.0]), torch.tensor([6.0, 4.0]), 0.75)),
            Case("half and half", args=(_drawn(3, 4, seed=0), _drawn(3, 4, seed=1), 0.5)),
            Case("only the second", args=(_drawn(2, 2, seed=2), _drawn(2, 2, seed=3), 0.0)),
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
    ),
    Exercise(
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
    ),
    Exercise(
        name="outer_with_one",
        task="Append a 1 to each row, then multiply everything with everything: (B, D1), (B, D2), … → (B, Π (D + 1)).",
        reference=lesson.outer_with_one,
        cases=lambda: [
            Case("by hand: [2] and [3]", args=([torch.tensor([[2.0]]), torch.tensor([[3.0]])],)),
            Case("two modalities", args=(_rows(2, 3, samples=4, seed=0),)),
            Case("three modalities", args=(_rows(2, 1, 2, samples=3, seed=5),)),
        ],
        mistakes=[
            Mistake(
                "no 1 appended",
                lambda rows: _outer(rows, one=False),
                "Your result has only products. Append a 1 to each row first, so that each number also stands "
                "there alone.",
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
    ),
    Exercise(
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
    ),
    Exercise(
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
    ),
    Exercise(
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
    ),
]
