"""Padding, the rarity of words, the mean of the real ones: exercises on tables of texts."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.engine import generator
from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.text.counts import inverse_document_frequency
from mmcourse.text.readers import masked_mean
from mmcourse.text.tokens import pad

# ------------------------------------------------------------ padding


def pad_cases() -> list[Case]:
    return [
        Case("three texts, the longest in the middle", args=([[5], [9, 7, 8, 1], [6, 6]],)),
        Case("a text without words", args=([[6, 7], [], [8]],)),
        Case("one text", args=([[5, 6, 7, 8]],)),
        Case("the longest first", args=([[3, 1, 2], [12, 11]],)),
        Case("the longest last", args=([[7, 7], [2], [4, 3, 9]],)),
        Case("one word at most", args=([[5], [], [8]],)),
    ]


def _padded(lists: list[list[int]], *, left: bool = False, mask: str = "real") -> tuple[Tensor, Tensor]:
    width = max(map(len, lists))
    rows, masks = [], []
    for one in lists:
        zeros, ones = [0] * (width - len(one)), [True] * len(one)
        rows.append(zeros + one if left else one + zeros)
        masks.append([False] * len(zeros) + ones if left else ones + [False] * len(zeros))
    real = torch.tensor(masks)
    return torch.tensor(rows), {"real": real, "turned": ~real, "all": torch.ones_like(real)}[mask]


def _cut_to_the_shortest(lists: list[list[int]]) -> tuple[Tensor, Tensor]:
    width = min(map(len, lists))
    return torch.tensor([one[:width] for one in lists]), torch.ones(len(lists), width, dtype=torch.bool)


PAD = Exercise(
    "pad",
    "pad(lists): the lists as one table (B, T), filled up with 0 at the end, and a mask, True at real tokens.",
    pad,
    pad_cases,
    mistakes=[
        Mistake(
            "filled up in front",
            lambda lists: _padded(lists, left=True),
            "The zeros stand in front. Put them at the end: one + [0] * (width - len(one)).",
        ),
        Mistake(
            "mask turned round",
            lambda lists: _padded(lists, mask="turned"),
            "Your mask is True where padding stands. It should be True at the real tokens.",
        ),
        Mistake(
            "mask True everywhere",
            lambda lists: _padded(lists, mask="all"),
            "Your mask calls the padding real. It should be False behind the end of each list.",
        ),
        Mistake(
            "cut to the shortest",
            _cut_to_the_shortest,
            "You cut all lists to the shortest one and lose words. Fill up to the longest: max(map(len, lists)).",
        ),
    ],
    hints=[
        "How long is the longest list? The others lack width - len(one) zeros. [0] * 3 is [0, 0, 0], and + joins two "
        "lists to a new one.",
        "width = max(map(len, lists)); then each row is one + [0] * (width - len(one)).",
        "The same for the mask: [True] * len(one) + [False] * (width - len(one)). torch.tensor(rows) makes a table "
        "from a list of rows. Return both, table first.",
    ],
)


# ------------------------------------------------------------ rarity


def rarity_cases() -> list[Case]:
    return [
        Case("three texts, four words", args=(torch.tensor([[1.0, 0, 2, 0], [1, 1, 0, 0], [3, 0, 0, 0]]),)),
        Case("one text", args=(torch.tensor([[2.0, 0.0]]),)),
        Case("as many texts as words", args=(torch.tensor([[0.0, 5, 1], [0, 0, 2], [0, 0, 0]]),)),
        Case("50 texts", args=((torch.randn(50, 7, generator=generator(0)) * 1.5).clamp(min=0).round(),)),
    ]


RARITY = Exercise(
    "inverse_document_frequency",
    "inverse_document_frequency(counts): log((1 + N) / (1 + n)) + 1 for each word, n texts of N hold it.",
    inverse_document_frequency,
    rarity_cases,
    mistakes=[
        Mistake(
            "all occurrences counted",
            lambda c: torch.log((1 + len(c)) / (1 + c.sum(0))) + 1,
            "You add up how often the word occurs. Count the texts that hold it, however often: (counts > 0).sum(0).",
        ),
        Mistake(
            "N counted along the words",
            lambda c: torch.log((1 + c.shape[1]) / (1 + (c > 0).sum(0))) + 1,
            "Your N is the number of words. It is the number of texts, and each text has a row: len(counts).",
        ),
        Mistake(
            "summed over the words",
            lambda c: torch.log((1 + len(c)) / (1 + (c > 0).sum(1))) + 1,
            "You count along a row: how many words a text has. Down a column, .sum(0), you count texts of a word.",
        ),
        Mistake(
            "the share of texts",
            lambda c: torch.log((1 + len(c)) / (1 + (c > 0).float().mean(0))) + 1,
            "Your n is a share of the texts. It is their number: .sum(0), not .mean(0).",
        ),
        Mistake(
            "turned upside down",
            lambda c: torch.log((1 + (c > 0).sum(0)) / (1 + len(c))) + 1,
            "The fraction is upside down: frequent words get the largest weight. N stands above, n below.",
        ),
        Mistake(
            "the last 1 forgotten",
            lambda c: torch.log((1 + len(c)) / (1 + (c > 0).sum(0))),
            "The + 1 behind the logarithm is missing: words in every text get 0 and vanish.",
        ),
        Mistake(
            "1 missing above",
            lambda c: torch.log(len(c) / (1 + (c > 0).sum(0))) + 1,
            "The 1 above is missing: it is 1 + N, like the 1 + n below.",
        ),
        Mistake(
            "the last 1 inside",
            lambda c: torch.log((1 + len(c)) / (1 + (c > 0).sum(0)) + 1),
            "The + 1 at the end stands outside the logarithm: close its bracket before it.",
        ),
        Mistake(
            "without the ones inside",
            lambda c: torch.log(len(c) / (c > 0).sum(0)) + 1,
            "Add 1 above and below in the fraction, or a word that no text holds divides by zero.",
        ),
    ],
    hints=[
        "counts has one row for each text and one column for each word, so N is len(counts).",
        "n = (counts > 0).sum(0): True where a text holds a word, added up over the texts.",
        "torch.log((1 + len(counts)) / (1 + n)) + 1",
    ],
)


# ------------------------------------------------------------ the mean of real words


def mean_cases() -> list[Case]:
    drawn, lengths = torch.randn(3, 4, 2, generator=generator(0)), torch.tensor([[4], [1], [2]])
    two = torch.tensor([[1.0, -4, 0, 2], [3, 0, -6, 2], [7, 7, 7, 7], [2, -6, 1, 0], [9, 9, 9, 9], [-8, 5, 5, -8]])
    return [
        Case("texts of two words and of one", args=(two.view(2, 3, 4), torch.arange(3) < lengths[[2, 1]])),
        Case("three texts", args=(drawn, torch.arange(4) < lengths)),
        Case("a text without words", args=(drawn[:2, :3], torch.tensor([[True, True, False], [False] * 3]))),
        Case("one text, nothing but words", args=(drawn[:1], torch.ones(1, 4, dtype=torch.bool))),
        Case("as many words as numbers for each", args=(drawn[:2, :2], torch.tensor([[True, False], [True, True]]))),
    ]


def _mean(x: Tensor, mask: Tensor, *, cover: bool = True, least: float = 1) -> Tensor:
    real = mask.float().unsqueeze(-1)
    return (x * real if cover else x).sum(1) / real.sum(1).clamp(min=least)


MEAN = Exercise(
    "masked_mean",
    "masked_mean(x, mask): the mean of the vectors of each text's real words, 0 where there is none.",
    masked_mean,
    mean_cases,
    mistakes=[
        Mistake(
            "divided by T",
            lambda x, mask: (x * mask.unsqueeze(-1)).sum(1) / x.shape[1],
            "You divide by T, the width of the table, so a short text shrinks as soon as a long one joins the batch. "
            "Divide by how many real words it has: mask.sum(1).",
        ),
        Mistake(
            "mask forgotten",
            lambda x, mask: x.mean(1),
            "The padding is averaged too. Multiply by the mask first, mask[..., None], and divide by its sum.",
        ),
        Mistake(
            "padding added up",
            lambda x, mask: _mean(x, mask, cover=False),
            "You divide by the right number, but the padding's vectors are still in the sum.",
        ),
        Mistake(
            "divided by 0",
            lambda x, mask: _mean(x, mask, least=0),
            "A text without words divides 0 by 0. Divide by at least 1: .clamp(min=1).",
        ),
        Mistake(
            "over the whole batch",
            lambda x, mask: (x * mask.unsqueeze(-1)).sum(1) / mask.sum().clamp(min=1),
            "You divide by the real words of the whole batch. Each text has its own number: mask.sum(1, keepdim=True).",
        ),
    ],
    hints=[
        "mask[..., None] has shape (B, T, 1), so x * mask[..., None] puts 0 at the padding.",
        "Add up over the words, .sum(1), and divide by mask.sum(1, keepdim=True).clamp(min=1), shape (B, 1).",
    ],
)
