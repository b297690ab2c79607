"""Answers to the exercises of lesson 04 as learners may write them, wrong ones and right ones.

A wrong one stands alone, or with words that the answer to it must contain.
"""

import math

import numpy as np
import torch
from torch.nn import functional as F

# ---------------------------------------------------------------- pad


def _table(lists, width, mask_of=lambda row: [word != 0 for word in row]):
    rows = [(one + [0] * (width - len(one)))[:width] for one in lists]
    return torch.tensor(rows), torch.tensor([mask_of(row) for row in rows])


def pad_appending(lists):
    """Appends to the lists that were given."""
    width, lengths = max(map(len, lists)), [len(one) for one in lists]
    for one in lists:
        while len(one) < width:
            one.append(0)
    return torch.tensor(lists), torch.arange(width) < torch.tensor(lengths)[:, None]


def pad_wide(lists):
    """Always one place of padding more."""
    return _table(lists, max(map(len, lists)) + 1)


def pad_with_gaps(lists):
    """Zeros between the words."""
    table, _ = _table(lists, max(map(len, lists)))
    table = torch.stack([row[torch.argsort((row == 0).long(), stable=True)].flip(0) for row in table])
    return table, table != 0


def pad_in_a_loop(lists):
    """Right: entries of a table one by one."""
    width = 0
    for one in lists:
        width = max(width, len(one))
    table, mask = torch.zeros(len(lists), width, dtype=torch.long), torch.zeros(len(lists), width, dtype=torch.bool)
    for b, one in enumerate(lists):
        for t, word in enumerate(one):
            table[b, t], mask[b, t] = word, True
    return table, mask


def pad_with_torch(lists):
    """Right: torch's own, the mask from the lengths."""
    table = torch.nn.utils.rnn.pad_sequence([torch.tensor(one, dtype=torch.long) for one in lists], batch_first=True)
    return table, torch.arange(table.shape[1])[None] < torch.tensor([len(one) for one in lists])[:, None]


def pad_without_the_last(lists):
    """The last word of each list is lost."""
    return _table([one[:-1] for one in lists], max(map(len, lists)))


PAD = {
    "width of the first list": lambda lists: _table(lists, len(lists[0])),
    "width of the last list": lambda lists: _table(lists, len(lists[-1])),
    "always four wide": lambda lists: _table(lists, 4),
    "one place more": pad_wide,
    "the lists changed": (pad_appending, "changed its input"),
    "the mask first": lambda lists: _table(lists, max(map(len, lists)))[::-1],
    "no mask": lambda lists: _table(lists, max(map(len, lists)))[0],
    "the lengths for the mask": lambda lists: (
        _table(lists, max(map(len, lists)))[0],
        torch.tensor([len(one) for one in lists]),
    ),
    "numbers with a fraction": lambda lists: (
        _table(lists, max(map(len, lists)))[0].float(),
        _table(lists, max(map(len, lists)))[1],
    ),
    "mask of 0 and 1": lambda lists: (
        _table(lists, max(map(len, lists)))[0],
        _table(lists, max(map(len, lists)))[1].long(),
    ),
    "mask only for numbers above 1": lambda lists: _table(
        lists, max(map(len, lists)), lambda row: [word > 1 for word in row]
    ),
    "sorted by length": lambda lists: _table(sorted(lists, key=len, reverse=True), max(map(len, lists))),
    "words sorted": lambda lists: _table([sorted(one) for one in lists], max(map(len, lists))),
    "each word once": lambda lists: _table([list(dict.fromkeys(one)) for one in lists], max(map(len, lists))),
    "the last word lost": pad_without_the_last,
    "padding counts for half": pad_with_gaps,
    "transposed": lambda lists: tuple(part.T for part in _table(lists, max(map(len, lists)))),
    "padded with -1": lambda lists: (
        _table(lists, max(map(len, lists)))[0].masked_fill(~_table(lists, max(map(len, lists)))[1], -1),
        _table(lists, max(map(len, lists)))[1],
    ),
}
PAD_RIGHT = {
    "two comprehensions": lambda lists: _table(lists, max(map(len, lists))),
    "a loop": pad_in_a_loop,
    "pad_sequence": pad_with_torch,
    "numpy": lambda lists: tuple(map(np.array, pad_in_a_loop(lists))),
    "mask from the table": lambda lists: (pad_with_torch(lists)[0], pad_with_torch(lists)[0] > 0),
}

# ---------------------------------------------------------------- inverse_document_frequency


def _n(counts):
    return (counts > 0).sum(0)


def rarity_in_a_loop(counts):
    """Right: a loop over the words."""
    found = []
    for column in counts.T:
        n = sum(1 for number in column.tolist() if number > 0)
        found.append(math.log((1 + len(counts)) / (1 + n)) + 1)
    return torch.tensor(found)


RARITY = {
    "logarithm to base 10": lambda c: torch.log10((1 + len(c)) / (1 + _n(c))) + 1,
    "logarithm to base 2": lambda c: torch.log2((1 + len(c)) / (1 + _n(c))) + 1,
    "no logarithm": lambda c: (1 + len(c)) / (1 + _n(c)) + 1,
    "1 missing below": lambda c: torch.log((1 + len(c)) / _n(c).clamp(min=1)) + 1,
    "only counts of exactly 1": lambda c: torch.log((1 + len(c)) / (1 + (c == 1).sum(0))) + 1,
    "only counts above 1": lambda c: torch.log((1 + len(c)) / (1 + (c > 1).sum(0))) + 1,
    "all numbers of the table for N": lambda c: torch.log((1 + c.numel()) / (1 + _n(c))) + 1,
    "whole numbers divided": lambda c: torch.log(((1 + len(c)) // (1 + _n(c))).float()) + 1,
    "texts that lack the word": lambda c: torch.log((1 + len(c)) / (1 + (c == 0).sum(0))) + 1,
    "one number for all words": lambda c: torch.log((1 + len(c)) / (1 + (c > 0).sum())) + 1,
    "weights scaled to 1": lambda c: F.normalize(torch.log((1 + len(c)) / (1 + _n(c))) + 1, dim=0),
    "a row for each text": lambda c: (torch.log((1 + len(c)) / (1 + _n(c))) + 1) * (c > 0),
    "a column": lambda c: torch.log((1 + len(c)) / (1 + (c > 0).sum(0, keepdim=True))) + 1,
    "softmax": lambda c: torch.softmax(-_n(c).float(), 0),
    "math.log": lambda c: math.log((1 + len(c)) / (1 + _n(c))) + 1,
    "the last 1 twice": lambda c: torch.log((1 + len(c)) / (1 + _n(c))) + 2,
    "largest count for n": lambda c: torch.log((1 + len(c)) / (1 + c.amax(0))) + 1,
}
RARITY_RIGHT = {
    "a loop": rarity_in_a_loop,
    "difference of logarithms": lambda c: math.log(1 + len(c)) - torch.log1p(_n(c).float()) + 1,
    "numpy": lambda c: np.log((1 + len(c)) / (1 + (c.numpy() > 0).sum(axis=0))) + 1,
    "minus the logarithm of the inverse": lambda c: 1 - torch.log((1 + c.bool().sum(dim=0)) / (1 + c.shape[0])),
    "count_nonzero": lambda c: torch.log((1 + c.size(0)) / (1 + torch.count_nonzero(c, dim=0))) + 1.0,
}

# ---------------------------------------------------------------- skip_gram_pairs


def _pairs(ids, window, keep=lambda i, j: True):
    places = range(len(ids))
    return [(ids[i], ids[j]) for i in places for j in places if i != j and abs(i - j) <= window and keep(i, j)]


def pairs_by_index(ids, window):
    """Finds the place of a word by the word."""
    found = []
    for word in ids:
        i = ids.index(word)
        found += [(word, ids[j]) for j in range(max(0, i - window), min(len(ids), i + window + 1)) if j != i]
    return found


def pairs_only_inside(ids, window):
    """Only centres that have all their neighbours."""
    return [
        (ids[i], ids[i + step])
        for i in range(window, len(ids) - window)
        for step in range(-window, window + 1)
        if step != 0
    ]


def pairs_right_then_left(ids, window):
    """The neighbours on the right before those on the left."""
    found = []
    for i in range(len(ids)):
        found += [(ids[i], ids[j]) for j in range(i + 1, min(len(ids), i + window + 1))]
        found += [(ids[i], ids[j]) for j in range(max(0, i - window), i)]
    return found


def pairs_too_far(ids, window):
    """Reads beyond the end."""
    return [(ids[i], ids[j]) for i in range(len(ids)) for j in range(max(0, i - window), i + window + 1) if j != i]


def pairs_by_slices(ids, window):
    """Right: slices on both sides."""
    found = []
    for i, word in enumerate(ids):
        found.extend((word, other) for other in ids[max(0, i - window) : i])
        found.extend((word, other) for other in ids[i + 1 : i + 1 + window])
    return found


def pairs_by_steps(ids, window):
    """Right: steps to either side, those outside are skipped."""
    found = []
    for i in range(len(ids)):
        for step in range(-window, window + 1):
            if step == 0 or not 0 <= i + step < len(ids):
                continue
            found.append([ids[i], ids[i + step]])
    return found


def pairs_for_ever(ids, window):
    """A loop that never ends."""
    i = 0
    while i < len(ids):
        window += 0
    return []


PAIRS = {
    "neighbour first": ((lambda ids, window: [(b, a) for a, b in _pairs(ids, window)]), "turned round"),
    "every pair once": lambda ids, window: list(dict.fromkeys(_pairs(ids, window))),
    "a set": lambda ids, window: set(_pairs(ids, window)),
    "sorted": ((lambda ids, window: sorted(_pairs(ids, window))), "another order"),
    "left only": lambda ids, window: _pairs(ids, window, lambda i, j: j < i),
    "window 2 whatever is asked": lambda ids, window: _pairs(ids, 2),
    "twice the window": lambda ids, window: _pairs(ids, 2 * window),
    "one place too many": ((lambda ids, window: _pairs(ids, window + 1)), "(9, 5) should not be there"),
    "all pairs": lambda ids, window: _pairs(ids, len(ids)),
    "places instead of words": lambda ids, window: _pairs(list(range(len(ids))), window),
    "neighbours without the centre": lambda ids, window: [b for _, b in _pairs(ids, window)],
    "a list for each centre": lambda ids, window: [
        [ids[j] for j in range(max(0, i - window), min(len(ids), i + window + 1)) if j != i] for i in range(len(ids))
    ],
    "place found by the word": pairs_by_index,
    "only whole windows": pairs_only_inside,
    "right before left": (pairs_right_then_left, "another order"),
    "beyond the end": (pairs_too_far, "IndexError"),
    "never ends": (pairs_for_ever, "ran too long"),
    "a generator": ((lambda ids, window: (pair for pair in _pairs(ids, window))), "list("),
    "printed": ((lambda ids, window: print(_pairs(ids, window))), "None"),
    "the last pair lost": ((lambda ids, window: _pairs(ids, window)[:-1]), "(7, 5) is missing"),
}
PAIRS_RIGHT = {
    "a comprehension": _pairs,
    "slices": pairs_by_slices,
    "steps, pairs as lists": pairs_by_steps,
    "zip and places": lambda ids, window: [
        (ids[i], ids[j])
        for i, j in zip(*np.nonzero(np.abs(np.subtract.outer(range(len(ids)), range(len(ids)))) <= window), strict=True)
        if i != j
    ],
}

# ---------------------------------------------------------------- negative_sampling_loss


def _each(scores):
    return -F.logsigmoid(scores[:, 0]) - F.logsigmoid(-scores[:, 1:]).sum(1)


def loss_in_a_loop(scores):
    """Right: a loop over Python numbers; softplus(x) = log(1 + e^x) without a large exponential."""

    def softplus(x):
        return max(x, 0.0) + math.log1p(math.exp(-abs(x)))

    total = 0.0
    for true, *noise in scores.tolist():
        total += softplus(-true) + sum(softplus(s) for s in noise)
    return total / len(scores)


def loss_with_signs(scores):
    """Right: one sign for each column."""
    signs = -torch.ones_like(scores)
    signs[:, 0] = 1
    return -F.logsigmoid(signs * scores).sum(dim=1).mean()


def loss_with_bce(scores):
    """Right: PyTorch's binary cross-entropy, added up over a row."""
    wanted = torch.zeros_like(scores)
    wanted[:, 0] = 1
    return F.binary_cross_entropy_with_logits(scores, wanted, reduction="sum") / len(scores)


LOSS = {
    "one number a pair": _each,
    "the first pair only": lambda s: _each(s)[0],
    "only the true ones": lambda s: -F.logsigmoid(s[:, 0]).mean(),
    "only the noise": lambda s: -F.logsigmoid(-s[:, 1:]).sum(1).mean(),
    "the true one last": lambda s: (-F.logsigmoid(s[:, -1]) - F.logsigmoid(-s[:, :-1]).sum(1)).mean(),
    "the true one among the noise too": lambda s: (-F.logsigmoid(s[:, 0]) - F.logsigmoid(-s).sum(1)).mean(),
    "columns for rows": lambda s: (-F.logsigmoid(s[0]) - F.logsigmoid(-s[1:]).sum(0)).mean(),
    "minus for plus": lambda s: (-F.logsigmoid(s[:, 0]) + F.logsigmoid(-s[:, 1:]).sum(1)).mean(),
    "shares without a logarithm": lambda s: (-torch.sigmoid(s[:, 0]) - torch.sigmoid(-s[:, 1:]).sum(1)).mean(),
    "only the first noise word": lambda s: (-F.logsigmoid(s[:, 0]) - F.logsigmoid(-s[:, 1])).mean(),
    "the noise turned twice": lambda s: (-F.logsigmoid(-s[:, 0]) - F.logsigmoid(s[:, 1:]).sum(1)).mean(),
    "divided by the noise words": lambda s: _each(s).mean() / (s.shape[1] - 1),
    "log of 1e-7 at least": lambda s: (
        -torch.log(torch.sigmoid(s[:, 0]).clamp(min=1e-7)) - torch.log(torch.sigmoid(-s[:, 1:]).clamp(min=1e-7)).sum(1)
    ).mean(),
    "logarithm to base 2": lambda s: _each(s).mean() / math.log(2),
    "largest pair": lambda s: _each(s).max(),
    "median": lambda s: _each(s).median(),
    "squared errors": lambda s: ((1 - torch.sigmoid(s[:, 0])) ** 2 + (torch.sigmoid(s[:, 1:]) ** 2).sum(1)).mean(),
}
LOSS_RIGHT = {
    "a loop over numbers": loss_in_a_loop,
    "one sign a column": loss_with_signs,
    "binary cross-entropy": loss_with_bce,
    "softplus": lambda s: (F.softplus(-s[:, 0]) + F.softplus(s[:, 1:]).sum(-1)).mean(),
    "by hand, stable": lambda s: (
        torch.stack([F.relu(-s[:, 0]), *F.relu(s[:, 1:]).T, *torch.log1p(torch.exp(-s.abs())).T]).sum(0).mean()
    ),
    "a mean of rows": lambda s: sum(_each(s)) / len(s),
}

# ---------------------------------------------------------------- analogy


def _wanted(table, a, b, c):
    unit = F.normalize(table, dim=1)
    return unit, unit[a] - unit[b] + unit[c]


def _best(closeness, out, count, level=-torch.inf):
    closeness = closeness.clone()
    closeness[list(out)] = level
    return closeness.topk(count).indices


def analogy_in_a_loop(table, a, b, c, count=1):
    """Right: cosines one by one, sorted."""
    rows = [[x / math.sqrt(sum(y * y for y in row)) for x in row] for row in table.tolist()]
    wanted = [x - y + z for x, y, z in zip(rows[a], rows[b], rows[c], strict=True)]
    close = {k: sum(x * y for x, y in zip(row, wanted, strict=True)) for k, row in enumerate(rows)}
    return torch.tensor(sorted(set(close) - {a, b, c}, key=lambda k: -close[k])[:count])


def analogy_by_distance(table, a, b, c, count=1):
    """Right: of rows of length 1 the nearest is the one with the largest cosine."""
    unit, wanted = _wanted(table, a, b, c)
    far = (unit - wanted).square().sum(1)
    far[[a, b, c]] = torch.inf
    return far.argsort()[:count]


def analogy_of_kept_rows(table, a, b, c, count=1):
    """Right: the three rows are dropped, and the places found again."""
    unit, wanted = _wanted(table, a, b, c)
    kept = torch.tensor([k for k in range(len(table)) if k not in (a, b, c)])
    return kept[(unit[kept] @ wanted).topk(count).indices]


def analogy_in_place(table, a, b, c, count=1):
    """Scales the learner's table itself."""
    table /= table.norm(dim=1, keepdim=True)
    return _best(table @ (table[a] - table[b] + table[c]), (a, b, c), count)


def _analogy(change):
    """An answer from unit rows and the wanted place."""

    def answer(table, a, b, c, count=1):
        unit, wanted = _wanted(table, a, b, c)
        return change(unit, wanted, (a, b, c), count)

    return answer


ANALOGY = {
    "always one": _analogy(lambda u, w, out, n: _best(u @ w, out, 1)),
    "always three": _analogy(lambda u, w, out, n: _best(u @ w, out, 3)),
    "a single number": (_analogy(lambda u, w, out, n: _best(u @ w, out, n)[0]), "also for a single word"),
    "the three set to 0": _analogy(lambda u, w, out, n: _best(u @ w, out, n, level=0.0)),
    "farthest": _analogy(lambda u, w, out, n: _best(-(u @ w), out, n)),
    "only a left out": _analogy(lambda u, w, out, n: _best(u @ w, out[:1], n)),
    "b kept in": (_analogy(lambda u, w, out, n: _best(u @ w, (out[0], out[2]), n)), "Leave a, b and c out"),
    "worst of the best first": (_analogy(lambda u, w, out, n: _best(u @ w, out, n).flip(0)), "another order"),
    "numbers sorted": _analogy(lambda u, w, out, n: _best(u @ w, out, n).sort().values),
    "absolute cosines": _analogy(lambda u, w, out, n: _best((u @ w).abs(), out, n)),
    "vectors for numbers": _analogy(lambda u, w, out, n: u[_best(u @ w, out, n)]),
    "columns scaled": (
        lambda table, a, b, c, count=1: _best(
            F.normalize(table, dim=0) @ (table[a] - table[b] + table[c]), (a, b, c), count
        ),
        "Scale every row to length 1",
    ),
    "distance of rows as they are": lambda table, a, b, c, count=1: _best(
        -(table - (table[a] - table[b] + table[c])).norm(dim=1), (a, b, c), count
    ),
    "nearest to c": _analogy(lambda u, w, out, n: _best(u @ u[out[2]], out, n)),
    "nearest to a": _analogy(lambda u, w, out, n: _best(u @ u[out[0]], out, n)),
    "the table changed": (analogy_in_place, "changed its input"),
    "names of words": _analogy(lambda u, w, out, n: [f"word {k}" for k in _best(u @ w, out, n).tolist()]),
    "the second best": _analogy(lambda u, w, out, n: _best(u @ w, out, n + 1)[1:]),
}
ANALOGY_RIGHT = {
    "a loop": analogy_in_a_loop,
    "by distance": analogy_by_distance,
    "rows dropped and found again": analogy_of_kept_rows,
    "cosine_similarity": _analogy(lambda u, w, out, n: _best(F.cosine_similarity(u, w[None]), out, n)),
    "a list of numbers": _analogy(lambda u, w, out, n: _best(u @ w, out, n).tolist()),
}

# ---------------------------------------------------------------- masked_mean


def mean_in_a_loop(x, mask):
    """Right: text by text."""
    found = []
    for words, real in zip(x, mask, strict=True):
        found.append(words[real].mean(0) if real.any() else torch.zeros(x.shape[2]))
    return torch.stack(found)


def mean_by_sums(x, mask):
    """Right: Python sums, word by word."""
    found = torch.zeros(x.shape[0], x.shape[2])
    for b in range(len(x)):
        count = 0
        for t in range(x.shape[1]):
            if mask[b, t]:
                found[b] += x[b, t]
                count += 1
        found[b] /= max(count, 1)
    return found


def mean_in_place(x, mask):
    """Wipes the padding out of the learner's own table."""
    x[~mask] = 0
    return x.sum(1) / mask.sum(1, keepdim=True).clamp(min=1)


MEAN = {
    "a sum": lambda x, mask: (x * mask[..., None]).sum(1),
    "largest": lambda x, mask: x.masked_fill(~mask[..., None], -torch.inf).amax(1).nan_to_num(neginf=0.0),
    "one more word": lambda x, mask: (x * mask[..., None]).sum(1) / (mask.sum(1, keepdim=True) + 1),
    "mask turned round": lambda x, mask: (x * ~mask[..., None]).sum(1) / (~mask).sum(1, keepdim=True).clamp(min=1),
    "over the numbers": lambda x, mask: (x * mask[..., None]).mean(2),
    "over the texts": lambda x, mask: (x * mask[..., None]).sum(0) / mask.sum(0)[:, None].clamp(min=1),
    "the axis kept": lambda x, mask: (
        (x * mask[..., None]).sum(1, keepdim=True) / mask.sum(1)[:, None, None].clamp(min=1)
    ),
    "mask without an axis": (lambda x, mask: (x * mask).sum(1) / mask.sum(1, keepdim=True).clamp(min=1), "not fit"),
    "count without an axis": lambda x, mask: (x * mask[..., None]).sum(1) / mask.sum(1).clamp(min=1),
    "the first word": lambda x, mask: x[:, 0] * mask[:, :1],
    "the last place": lambda x, mask: x[:, -1] * mask.any(1, keepdim=True),
    "all words of all texts": lambda x, mask: x[mask].mean(0).expand(len(x), -1),
    "a list of texts, none for an empty one": lambda x, mask: torch.stack(
        [words[real].mean(0) for words, real in zip(x, mask, strict=True) if real.any()]
    ),
    "median": lambda x, mask: torch.stack(
        [w[r].median(0).values if r.any() else torch.zeros(x.shape[2]) for w, r in zip(x, mask, strict=True)]
    ),
    "root of the count": lambda x, mask: (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1).sqrt(),
    "absolute values": lambda x, mask: (x.abs() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1),
    "the table changed": (mean_in_place, "changed its input"),
    "at least two words": lambda x, mask: (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=2),
    "nan for an empty text": (
        lambda x, mask: torch.stack([words[real].mean(0) for words, real in zip(x, mask, strict=True)]),
        "divides 0 by 0",
    ),
}
MEAN_RIGHT = {
    "text by text": mean_in_a_loop,
    "word by word": mean_by_sums,
    "einsum": lambda x, mask: torch.einsum("btd,bt->bd", x, mask.float()) / mask.sum(1, keepdim=True).clamp(min=1),
    "a tiny number below": lambda x, mask: (x * mask[..., None]).sum(1) / (mask.sum(1)[:, None] + 1e-9),
    "numpy": lambda x, mask: (
        (x.numpy() * mask.numpy()[..., None]).sum(1) / np.maximum(mask.numpy().sum(1, keepdims=True), 1)
    ),
    "nanmean": lambda x, mask: x.masked_fill(~mask[..., None], torch.nan).nanmean(1).nan_to_num(),
}

# ---------------------------------------------------------------- token_windows


def windows_in_a_loop(ids, reach):
    """Right: place by place, with a question at the ends."""
    found = torch.zeros(*ids.shape, 2 * reach + 1, dtype=torch.long)
    for b, text in enumerate(ids.tolist()):
        for t in range(len(text)):
            for k, place in enumerate(range(t - reach, t + reach + 1)):
                if 0 <= place < len(text):
                    found[b, t, k] = text[place]
    return found


def windows_of_slices(ids, reach):
    """Right: slices of the padded table."""
    padded = F.pad(ids, (reach, reach))
    return torch.stack([padded[:, t : t + 2 * reach + 1] for t in range(ids.shape[1])], dim=1)


def windows_in_place(ids, reach):
    """Marks the padding in the learner's own table."""
    found = windows_in_a_loop(ids, reach)
    ids[ids == 0] = 1
    return found


WINDOWS = {
    "reach words in all": lambda ids, reach: windows_in_a_loop(ids, max(1, reach) // 2),
    "one neighbour always": lambda ids, reach: windows_in_a_loop(ids, 1),
    "one neighbour too many": lambda ids, reach: windows_in_a_loop(ids, reach + 1),
    "padded with 1": lambda ids, reach: F.pad(ids, (reach, reach), value=1).unfold(1, 2 * reach + 1, 1),
    "padded with -1": lambda ids, reach: F.pad(ids, (reach, reach), value=-1).unfold(1, 2 * reach + 1, 1),
    "zeros only before": lambda ids, reach: F.pad(ids, (2 * reach, 0)).unfold(1, 2 * reach + 1, 1),
    "zeros only behind": lambda ids, reach: F.pad(ids, (0, 2 * reach)).unfold(1, 2 * reach + 1, 1),
    "without the word itself": lambda ids, reach: torch.cat(
        [windows_in_a_loop(ids, reach)[..., :reach], windows_in_a_loop(ids, reach)[..., reach + 1 :]], dim=2
    ),
    "one text after the other": lambda ids, reach: windows_in_a_loop(ids.reshape(1, -1), reach).reshape(*ids.shape, -1),
    "windows in one row": lambda ids, reach: windows_in_a_loop(ids, reach).flatten(1),
    "windows of all texts in one list": lambda ids, reach: windows_in_a_loop(ids, reach).flatten(0, 1),
    "two windows fewer": lambda ids, reach: windows_in_a_loop(ids, reach)[:, reach : ids.shape[1] - reach],
    "the first text alone": lambda ids, reach: windows_in_a_loop(ids[:1], reach),
    "sorted": lambda ids, reach: windows_in_a_loop(ids, reach).sort(dim=2).values,
    "the middle of padding is 0": lambda ids, reach: windows_in_a_loop(ids, reach) * (ids > 0).unsqueeze(2),
    "along the texts": lambda ids, reach: windows_in_a_loop(ids.T, reach).transpose(0, 1),
    "numbers with a fraction": lambda ids, reach: windows_in_a_loop(ids, reach).float(),
    "lists of lists": (lambda ids, reach: windows_of_slices(ids, reach).tolist(), "Expected a tensor"),
    "the table changed": (windows_in_place, "changed its input"),
}
WINDOWS_RIGHT = {
    "place by place": windows_in_a_loop,
    "slices of the padded table": windows_of_slices,
    "unfold": lambda ids, reach: F.pad(ids, (reach, reach)).unfold(1, 2 * reach + 1, 1),
    "numpy": lambda ids, reach: np.lib.stride_tricks.sliding_window_view(
        np.pad(ids.numpy(), ((0, 0), (reach, reach))), 2 * reach + 1, axis=1
    ),
    "one index for all": lambda ids, reach: F.pad(ids, (reach, reach))[
        :, torch.arange(ids.shape[1])[:, None] + torch.arange(2 * reach + 1)
    ],
}

WRONG = {
    "pad": PAD,
    "inverse_document_frequency": RARITY,
    "skip_gram_pairs": PAIRS,
    "negative_sampling_loss": LOSS,
    "analogy": ANALOGY,
    "masked_mean": MEAN,
    "token_windows": WINDOWS,
}
RIGHT = {
    "pad": PAD_RIGHT,
    "inverse_document_frequency": RARITY_RIGHT,
    "skip_gram_pairs": PAIRS_RIGHT,
    "negative_sampling_loss": LOSS_RIGHT,
    "analogy": ANALOGY_RIGHT,
    "masked_mean": MEAN_RIGHT,
    "token_windows": WINDOWS_RIGHT,
}
