"""Exercises of lesson 04: the references are the lesson's own functions, the usual mistakes are named."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse import text
from mmcourse.practice.exercise import Case, Exercise, Mistake


def _numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


# ------------------------------------------------------------ 1: padding


def pad_cases() -> list[Case]:
    return [
        Case("three and one", args=([[7, 8, 9], [5]],)),
        Case("a text without words", args=([[6, 7], [], [8]],)),
        Case("one text", args=([[5, 6, 7, 8]],)),
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
    text.pad,
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


# ------------------------------------------------------------ 2: rarity


def rarity_cases() -> list[Case]:
    return [
        Case("three texts, four words", args=(torch.tensor([[1.0, 0, 2, 0], [1, 1, 0, 0], [3, 0, 0, 0]]),)),
        Case("one text", args=(torch.tensor([[2.0, 0.0]]),)),
        Case("50 texts", args=((_numbers(50, 7) * 1.5).clamp(min=0).round(),)),
    ]


RARITY = Exercise(
    "inverse_document_frequency",
    "inverse_document_frequency(counts): log((1 + N) / (1 + n)) + 1 for each word, n texts of N hold it.",
    text.inverse_document_frequency,
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


# ------------------------------------------------------------ 3: pairs


def pairs_cases() -> list[Case]:
    return [
        Case("three words, window 1", args=([7, 8, 9], 1)),
        Case("five words, window 2", args=([5, 6, 7, 8, 9], 2)),
        Case("a word twice", args=([7, 7, 8], 1)),
        Case("window longer than the text", args=([5, 6], 4)),
        Case("one word", args=([5], 2)),
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


PAIRS = Exercise(
    "skip_gram_pairs",
    "skip_gram_pairs(ids, window): (centre, neighbour) for all neighbours at most `window` places away.",
    text.skip_gram_pairs,
    pairs_cases,
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


# ------------------------------------------------------------ 4: the loss


def loss_cases() -> list[Case]:
    return [
        Case("all scores 0", args=(torch.zeros(1, 3),)),
        Case("four pairs, five noise words", args=(_numbers(4, 6),)),
        Case("large scores", args=(torch.tensor([[60.0, -50.0], [-200.0, 300.0]]),)),
    ]


_logsigmoid = torch.nn.functional.logsigmoid


def _loss(scores: Tensor, *, flip: float = -1, mean: bool = False) -> Tensor:
    noise = _logsigmoid(flip * scores[:, 1:])
    return -_logsigmoid(scores[:, 0]).mean() - (noise.mean(1) if mean else noise.sum(1)).mean()


def _softmax_loss(scores: Tensor) -> Tensor:
    return -torch.log_softmax(scores, -1)[:, 0].mean()


def _overflowing(scores: Tensor) -> Tensor:
    right, noise = scores[:, 0], scores[:, 1:]
    return -torch.log(torch.sigmoid(right)).mean() - torch.log(torch.sigmoid(-noise)).sum(1).mean()


LOSS = Exercise(
    "negative_sampling_loss",
    "negative_sampling_loss(scores): mean of -log sigmoid(first score) - sum of log sigmoid(-noise scores).",
    text.negative_sampling_loss,
    loss_cases,
    gradients=True,
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
            lambda scores: -_logsigmoid(scores[:, 0]).mean() - _logsigmoid(-scores[:, 1:]).sum(),
            "You add up the noise of all pairs. Add within a row, .sum(1), then take the mean over the rows.",
        ),
        Mistake(
            "mean over all scores",
            lambda scores: _loss(scores) / scores.shape[1],
            "You average over all scores. Add within a row, then average over the rows.",
        ),
        Mistake(
            "1 minus a logarithm",
            lambda scores: -_logsigmoid(scores[:, 0]).mean() - (1 - _logsigmoid(scores[:, 1:])).sum(1).mean(),
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


# ------------------------------------------------------------ 5: analogies


def analogy_cases() -> list[Case]:
    parts = _numbers(6, 5, seed=3)
    grid = torch.stack([parts[a] + parts[3 + b] for b in range(2) for a in range(3)])
    return [
        Case("a word is a colour plus a number", args=(grid, 3, 0, 1)),
        Case("rows of different lengths", args=(_numbers(12, 3) * torch.arange(1, 13).unsqueeze(1), 1, 2, 3)),
        Case("twenty words", args=(_numbers(20, 4, seed=1), 4, 0, 7)),
        Case("the three best", args=(_numbers(20, 4, seed=5), 2, 9, 11, 3)),
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
    places: bool = True,
) -> Tensor:
    unit = torch.nn.functional.normalize(table, dim=-1)
    rows = unit if scaled else table
    wanted = signs[0] * rows[a] + signs[1] * rows[b] + signs[2] * rows[c]
    closeness = (table if dots else unit) @ wanted
    for name, row in zip("abc", (a, b, c), strict=True):
        if name in without:
            closeness[row] = -torch.inf
    best = closeness.topk(count)
    return best.indices if places else best.values


ANALOGY = Exercise(
    "analogy",
    "analogy(table, a, b, c, count=1): the rows nearest to a - b + c (all of length 1), without a, b, c.",
    text.analogy,
    analogy_cases,
    mistakes=[
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


# ------------------------------------------------------------ 6: the mean of real words


def mean_cases() -> list[Case]:
    real = torch.tensor([[True, True, True, True], [True, False, False, False], [True, True, False, False]])
    return [
        Case("one text of two words", args=(torch.tensor([[[1.0, 4.0], [3.0, 0.0]]]), torch.tensor([[True, True]]))),
        Case("three texts", args=(_numbers(3, 4, 2), real)),
        Case("a text without words", args=(_numbers(2, 3, 2), torch.tensor([[True, True, False], [False] * 3]))),
    ]


def _mean(x: Tensor, mask: Tensor, *, cover: bool = True, least: float = 1) -> Tensor:
    real = mask.float().unsqueeze(-1)
    return (x * real if cover else x).sum(1) / real.sum(1).clamp(min=least)


MEAN = Exercise(
    "masked_mean",
    "masked_mean(x, mask): the mean of the vectors of each text's real words, 0 where there is none.",
    text.masked_mean,
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

EXERCISES = [PAD, RARITY, PAIRS, LOSS, ANALOGY, MEAN]
