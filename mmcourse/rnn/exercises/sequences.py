"""The last real step of padded sequences, and gradients clipped by their common length: references, cases, mistakes."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.rnn.exercises.cases import numbers
from mmcourse.rnn.inside import clip_by_norm
from mmcourse.rnn.networks import last_real


def last_real_cases() -> list[Case]:
    def case(name: str, lengths: list[int], steps: int, hidden: int = 3) -> Case:
        mask = torch.arange(steps) < torch.tensor(lengths)[:, None]
        return Case(name, args=(numbers(len(lengths), steps, hidden), mask))

    return [
        case("three sequences of 4, 2 and 1 steps", [4, 2, 1], 4),
        case("shorter ones first, none of full length", [2, 3, 2], 5),
        case("as many sequences as steps and units", [1, 3, 2], 3),
        case("five sequences, one unit", [3, 6, 1, 6, 2], 6, hidden=1),
        case("one sequence, one step", [1], 1),
    ]


LAST_REAL = Exercise(
    "last_real",
    "last_real(outputs, mask): the output at the last real step of each sequence.",
    last_real,
    last_real_cases,
    mistakes=[
        Mistake(
            "takes the last padded step",
            lambda outputs, mask: outputs[:, -1],
            "That is the last column, and for short sequences it is padding. Count the real steps of each row.",
        ),
        Mistake(
            "takes one step too many",
            lambda outputs, mask: outputs[torch.arange(len(outputs)), mask.sum(1).clamp(max=mask.shape[1] - 1)],
            "One step too far: a sequence of 3 real steps has them at 0, 1 and 2.",
        ),
        Mistake(
            "takes the first step",
            lambda outputs, mask: outputs[:, 0],
            "That is the first step. The last real one stands at (number of real steps) - 1.",
        ),
        Mistake(
            "mean over the padding too",
            lambda outputs, mask: outputs.mean(1),
            "That is a mean over all steps. One step of each row is wanted.",
        ),
        Mistake(
            "mean of the real steps",
            lambda outputs, mask: (outputs * mask[..., None]).sum(1) / mask.sum(1, keepdim=True),
            "That is the mean of the real steps. Of each row the last real one is wanted, by itself.",
        ),
        Mistake(
            "one step for all",
            lambda outputs, mask: outputs[:, mask.sum(1).max() - 1],
            "You take the longest sequence's last step for all rows. Each row has its own.",
        ),
    ],
    hints=[
        "mask.sum(1) counts the real steps of each row, (B,).",
        "outputs[0, 3] is step 3 of sequence 0. Two tensors of B numbers, outputs[rows, steps], pick one step a "
        "row; a loop and torch.stack do it too.",
        "outputs[torch.arange(len(outputs)), mask.sum(1) - 1]",
    ],
)


def clip_by_norm_cases() -> list[Case]:
    short, long = torch.tensor([0.3, -0.4]), torch.tensor([6.0, -8.0])
    return [
        Case("two gradients of lengths 5 and 12", args=([torch.tensor([3.0, -4.0]), torch.tensor([[12.0]])], 1.0)),
        Case("one gradient, short enough", args=([short], 1.0)),
        Case("one gradient, too long", args=([long], 2.0)),
        Case("a long one and a short one", args=([long, short], 5.0)),
        Case("each short enough, together too long", args=([short, 2 * short, short], 1.0)),
        Case("three gradients, limit 0.5", args=([numbers(3, 2), numbers(4, seed=1), 5 * numbers(1, seed=2)], 0.5)),
        Case("exactly as long as allowed", args=([torch.tensor([3.0, 0.0, -4.0])], 5.0)),
        Case("nothing but zeros", args=([torch.zeros(2), torch.zeros(1, 3)], 2.0)),
    ]


def _length(gradients: list[Tensor]) -> Tensor:
    return torch.sqrt(sum((g**2).sum() for g in gradients))


def _shortened(gradients: list[Tensor], limit: float, length: Tensor) -> list[Tensor]:
    return [g * min(1.0, limit / max(float(length), 1e-30)) for g in gradients]


CLIP = Exercise(
    "clip_by_norm",
    "clip_by_norm(gradients, limit): all gradients shortened by one factor, if they are too long.",
    clip_by_norm,
    clip_by_norm_cases,
    mistakes=[
        Mistake(
            "each by itself",
            lambda gs, limit: [_shortened([g], limit, g.norm())[0] for g in gs],
            "You measure each tensor by itself. The direction stays only if all share one length and one factor.",
        ),
        Mistake(
            "numbers cut off",
            lambda gs, limit: [g.clamp(-limit, limit) for g in gs],
            "You cut every number off at ± limit. That bends the direction; multiply all by one factor.",
        ),
        Mistake(
            "always stretched to the limit",
            lambda gs, limit: [g * limit / _length(gs) for g in gs],
            "Short gradients must stay as they are: the factor is at most 1.",
        ),
        Mistake(
            "root forgotten",
            lambda gs, limit: _shortened(gs, limit, _length(gs) ** 2),
            "The length is the square root of the sum of squares.",
        ),
        Mistake(
            "lengths added",
            lambda gs, limit: _shortened(gs, limit, sum(g.norm() for g in gs)),
            "The common length is the root of the sum of all squares, not the sum of the lengths: 3 and 4 make 5, "
            "not 7.",
        ),
        Mistake(
            "the longest alone",
            lambda gs, limit: _shortened(gs, limit, max(g.norm() for g in gs)),
            "You measure the longest tensor. The squares of all of them count.",
        ),
    ],
    hints=[
        "First the common length: the root of the sum of all squares in all tensors.",
        "factor = min(1, limit / length), then multiply every gradient by it.",
    ],
)
