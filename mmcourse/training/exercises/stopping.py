"""Exercise 6 of lesson 02: when to stop."""

from __future__ import annotations

from collections.abc import Sequence

from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.training.regularisers import patience_ends


def patience_ends_cases() -> list[Case]:
    return [
        Case("two worse epochs", args=([0.9, 0.5, 0.6, 0.7], 2)),
        Case("never", args=([0.9, 0.8, 0.7, 0.6], 2)),
        Case("up and down, no new best", args=([0.9, 0.5, 0.8, 0.6, 0.7, 0.3], 3)),
        Case("the best met again", args=([0.9, 0.5, 0.5, 0.6], 2)),
        Case("a new best just in time", args=([0.9, 0.5, 0.6, 0.4, 0.6, 0.5, 0.45], 3)),
        Case("losses far above 1", args=([230.0, 410.0, 90.0, 95.0, 97.0], 2)),
        Case("the best is the first, and high", args=([7.5, 8.0, 7.9, 7.7, 7.6], 3)),
        Case("losses below 0", args=([-1.0, -3.0, -2.5, -2.0, -4.0], 2)),
        Case("the shortest patience", args=([0.9, 0.8, 0.81, 0.1], 1)),
        Case("patience longer than the list", args=([0.3, 0.4], 5)),
        Case("no epoch yet", args=([], 1)),
    ]


def _waited(
    losses: Sequence[float],
    patience: int,
    *,
    neighbours: bool = False,
    more: int = 0,
    best_back: bool = False,
    last: bool = False,
    equal: bool = False,
) -> int | None:
    lowest, waited, best = float("inf"), 0, 0
    for epoch, value in enumerate(losses, start=1):
        worse = epoch > 1 and value >= losses[epoch - 2] if neighbours else value >= lowest
        worse = worse and not (equal and value == lowest)
        waited = waited + 1 if worse else 0
        if value < lowest:
            lowest, best = value, epoch
        if waited >= patience + more:
            return best if best_back else epoch
    return len(losses) if last else None


def _foresight(losses: Sequence[float], patience: int) -> int | None:
    epoch = losses.index(min(losses)) + 1 + patience
    return epoch if epoch <= len(losses) else None


PATIENCE_ENDS = Exercise(
    "patience_ends",
    "patience_ends(losses, patience): after which epoch (the first is 1) to stop; None if never.",
    patience_ends,
    patience_ends_cases,
    mistakes=[
        Mistake(
            "compared with the epoch before",
            lambda losses, patience: _waited(losses, patience, neighbours=True),
            "You compare each loss with the one before. Compare it with the lowest so far: 0.6 after 0.8 is "
            "no progress if 0.5 was there before.",
        ),
        Mistake(
            "one epoch too patient",
            lambda losses, patience: _waited(losses, patience, more=1),
            "You wait one epoch too long: stop when patience epochs have passed since the best, not more.",
        ),
        Mistake(
            "the best epoch returned",
            lambda losses, patience: _waited(losses, patience, best_back=True),
            "That is the best epoch. Asked is when training stops, which is patience epochs later.",
        ),
        Mistake(
            "the last epoch when there is no reason to stop",
            lambda losses, patience: _waited(losses, patience, last=True),
            "When patience never ends, return None.",
        ),
        Mistake(
            "an equal loss as a new best",
            lambda losses, patience: _waited(losses, patience, equal=True),
            "An equal loss is not lower: in 0.9, 0.5, 0.5, 0.6 the best is still epoch 2.",
        ),
        Mistake(
            "counted from 0",
            lambda losses, patience: (_waited(losses, patience) or 1) - 1 or None,
            "Your epochs count from 0, and the first one is 1: add 1 to what you return.",
        ),
        Mistake(
            "looked into the future",
            _foresight,
            "You look at the lowest of all losses. In epoch 5 nobody knows the sixth: look at those so far.",
        ),
    ],
    hints=[
        "Remember the lowest loss so far and its epoch: for epoch, value in enumerate(losses, start=1).",
        "If value < lowest, remember both anew. If epoch - best >= patience, return epoch. After the loop, None.",
    ],
)
