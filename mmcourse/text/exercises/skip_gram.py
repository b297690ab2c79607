"""Pairs of neighbours, and the loss that tells true ones from noise: the exercises on skip-gram."""

from __future__ import annotations

import math
from collections import Counter

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from mmcourse.engine import generator
from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.text.word_vectors import negative_sampling_loss, skip_gram_pairs

# ------------------------------------------------------------ pairs


def pairs_cases() -> list[Case]:
    return [
        Case("five words, window 2", args=([9, 6, 8, 5, 7], 2)),
        Case("three words, window 1", args=([7, 8, 9], 1)),
        Case("a word twice", args=([7, 7, 8], 1)),
        Case("a word again, further on", args=([8, 5, 8, 6, 5], 3)),
        Case("window longer than the text", args=([6, 5], 4)),
        Case("one word", args=([5], 2)),
        Case("no word", args=([], 2)),
    ]


def _pairs(ids: list[int], window: int, keep: str) -> list[tuple[int, int]]:
    keeps = {
        "right only": lambda i, j: 0 < j - i <= window,
        "itself too": lambda i, j: abs(i - j) <= window,
        "distance": lambda i, j: abs(i - j) == window,
        "short": lambda i, j: 0 < abs(i - j) < window,
        "short right": lambda i, j: i != j and -window <= j - i < window,
        "other words": lambda i, j: 0 < abs(i - j) <= window and ids[i] != ids[j],
    }
    places = range(len(ids))
    return [(ids[i], ids[j]) for i in places for j in places if keeps[keep](i, j)]


def _pairs_from_the_end(ids: list[int], window: int) -> list[tuple[int, int]]:
    places = range(len(ids))
    return [(ids[i], ids[j]) for i in places for j in range(i - window, min(len(ids), i + window + 1)) if j != i]


def _told(got: object, want: list[tuple[int, int]], ids: list[int], window: int) -> bool | str:
    """What is wrong with pairs is told by the pairs themselves."""
    mine, right = Counter(map(tuple, got)), Counter(want)
    if not all(len(pair) == 2 for pair in mine) or isinstance(got, set):
        return False
    if [tuple(pair) for pair in got] == [(neighbour, centre) for centre, neighbour in want]:
        return "Each pair is turned round: the centre comes first, then its neighbour."
    if mine == right:
        return "These are the right pairs in another order: centre by centre, its neighbours from left to right."
    for pair in (mine - right) or (right - mine):
        seldom = "is missing" if mine[pair] == 0 else f"stands {mine[pair]} times, expected {right[pair]}"
        return f"The pair {pair} {seldom if right[pair] else 'should not be there'}."
    return False


PAIRS = Exercise(
    "skip_gram_pairs",
    "skip_gram_pairs(ids, window): (centre, neighbour) for all neighbours at most `window` places away.",
    skip_gram_pairs,
    pairs_cases,
    compare=_told,
    mistakes=[
        Mistake(
            "one side only",
            lambda ids, window: _pairs(ids, window, "right only"),
            "You look to the right only. A neighbour may stand on either side.",
        ),
        Mistake(
            "the word with itself",
            lambda ids, window: _pairs(ids, window, "itself too"),
            "A place is paired with itself. Leave i == j out.",
        ),
        Mistake(
            "only at the far end",
            lambda ids, window: _pairs(ids, window, "distance"),
            "Only neighbours at exactly `window` places are taken. The nearer ones count too.",
        ),
        Mistake(
            "one place too few",
            lambda ids, window: _pairs(ids, window, "short"),
            "Your window is one place too short: range(a, b) stops before b.",
        ),
        Mistake(
            "one place too few on the right",
            lambda ids, window: _pairs(ids, window, "short right"),
            "The last neighbour on the right is missing: range stops one before its end, so it ends at i + window + 1.",
        ),
        Mistake(
            "counted from the end",
            _pairs_from_the_end,
            "A negative place counts from the end of a list in Python: ids[-1] is the last word. Start at "
            "max(0, i - window).",
        ),
        Mistake(
            "equal words left out",
            lambda ids, window: _pairs(ids, window, "other words"),
            "Compare places, i != j, not words: the same word may stand twice and is its own neighbour then.",
        ),
    ],
    hints=[
        "Two loops: i over all places, j from i - window to i + window.",
        "j must stay inside: range(max(0, i - window), min(len(ids), i + window + 1)). Leave j == i out.",
    ],
)


# ------------------------------------------------------------ the loss


def loss_cases() -> list[Case]:
    drawn = torch.randn(4, 6, generator=generator(0))
    return [
        Case("two pairs, three noise words", args=(torch.tensor([[2.0, -1, 0.5, 0], [-0.5, 1.5, -2, 1]]),)),
        Case("four pairs, five noise words", args=(drawn,)),
        Case("one pair, all scores 0", args=(torch.zeros(1, 3),)),
        Case("as many scores as pairs", args=(3 * drawn[:, :4],)),
        Case("large scores", args=(torch.tensor([[60.0, -50.0], [-200.0, 800.0]]),)),
    ]


def _loss(scores: Tensor, *, flip: float = -1, mean: bool = False) -> Tensor:
    noise = logsigmoid(flip * scores[:, 1:])
    return -logsigmoid(scores[:, 0]).mean() - (noise.mean(1) if mean else noise.sum(1)).mean()


def _softmax_loss(scores: Tensor) -> Tensor:
    return -torch.log_softmax(scores, -1)[:, 0].mean()


def _overflowing(scores: Tensor) -> Tensor:
    right, noise = scores[:, 0], scores[:, 1:]
    return -torch.log(torch.sigmoid(right)).mean() - torch.log(torch.sigmoid(-noise)).sum(1).mean()


def _overflowing_number(scores: Tensor) -> float:
    pairs = [[-row[0], *row[1:]] for row in scores.tolist()]
    return sum(math.log(1 + math.exp(score)) for pair in pairs for score in pair) / len(pairs)


LOSS = Exercise(
    "negative_sampling_loss",
    "negative_sampling_loss(scores): mean of -log sigmoid(first score) - sum of log sigmoid(-noise scores).",
    negative_sampling_loss,
    loss_cases,
    mistakes=[
        Mistake(
            "noise wanted too",
            lambda scores: _loss(scores, flip=1),
            "The noise scores lack a minus: they should be small, so take log sigmoid(-score).",
        ),
        Mistake(
            "mean over the noise words",
            lambda scores: _loss(scores, mean=True),
            "You average over the noise words of a pair. Add them up, and average over the pairs only.",
        ),
        Mistake(
            "summed over the pairs",
            lambda scores: _loss(scores) * len(scores),
            "You add the pairs up. The mean over the rows is wanted, or the loss grows with the batch.",
        ),
        Mistake(
            "noise of all pairs",
            lambda scores: -logsigmoid(scores[:, 0]).mean() - logsigmoid(-scores[:, 1:]).sum(),
            "You add up the noise of all pairs. Add within a row, .sum(1), then take the mean over the rows.",
        ),
        Mistake(
            "mean over all scores",
            lambda scores: _loss(scores) / scores.shape[1],
            "You average over all scores. Add within a row, then average over the rows.",
        ),
        Mistake(
            "1 minus a logarithm",
            lambda scores: -logsigmoid(scores[:, 0]).mean() - (1 - logsigmoid(scores[:, 1:])).sum(1).mean(),
            'The share of "no" is 1 - σ(s) = σ(-s), so its logarithm is logsigmoid(-s), not 1 - logsigmoid(s).',
        ),
        Mistake(
            "softmax",
            _softmax_loss,
            "That is the cross-entropy of a softmax over the drawn words. Here each score is a yes or no by itself.",
        ),
        Mistake(
            "the sign",
            lambda scores: -_loss(scores),
            "The sign is turned round: log sigmoid is below 0, so a loss needs a minus in front.",
        ),
        Mistake(
            "exp of a large number",
            _overflowing_number,
            "math.exp(800) is larger than any number Python has. torch.nn.functional.logsigmoid stays finite.",
        ),
        Mistake(
            "log of 0",
            _overflowing,
            "sigmoid of a large negative number is rounded to 0, and log 0 is -inf. "
            "torch.nn.functional.logsigmoid does both at once and stays finite.",
        ),
    ],
    hints=[
        "right = scores[:, 0] has shape (B,), noise = scores[:, 1:] has shape (B, negatives).",
        "-logsigmoid(right) - logsigmoid(-noise).sum(1) is the loss of each pair; then the mean over the pairs.",
        "logsigmoid comes from torch.nn.functional.",
    ],
)
