"""Vectors for words from the company they keep: skip-gram with noise words, neighbours by cosine, analogies.

Letters: N pairs of neighbours, B of them at once, V words, D numbers for a word.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mmcourse.base.checks import check_whole
from mmcourse.engine import generator
from mmcourse.text.counts import lookup, unit_rows


def skip_gram_pairs(ids: Sequence[int], window: int = 2) -> list[tuple[int, int]]:
    """Each word with each of its neighbours at most ``window`` places away: (centre, neighbour), left to right.

    skip_gram_pairs([7, 8, 9], window=1)                    # [(7, 8), (8, 7), (8, 9), (9, 8)]
    """
    check_whole(window, "window")
    return [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - window), min(len(ids), i + window + 1))
        if i != j
    ]


def noise_shares(counts: Tensor, power: float = 0.75) -> Tensor:
    """How often each noise word is drawn: c_v^0.75 / sum of all c^0.75 (Mikolov et al., NIPS 2013). (V,) → (V,)."""
    if (counts < 0).any() or not (counts > 0).any():
        raise ValueError("counts: expected numbers of at least 0, one of them above 0")
    powers = torch.where(counts > 0, counts**power, 0.0)  # a word never seen is never drawn
    return powers / powers.sum()


def skip_gram_examples(
    texts: Sequence[Sequence[int]], size: int, window: int = 2, negatives: int = 5, seed: int = 0
) -> Tensor:
    """A row for each pair of neighbours: centre, neighbour, noise words. Lists of ids → (N, 2 + negatives) int64."""
    pairs = torch.tensor([pair for text in texts for pair in skip_gram_pairs(text, window)], dtype=torch.long)
    if len(pairs) == 0:
        raise ValueError("texts: no two words stand side by side, expected at least one text of two words")
    shares = noise_shares(torch.bincount(pairs[:, 1], minlength=size).float())
    noise = torch.multinomial(shares, len(pairs) * negatives, replacement=True, generator=generator(seed))
    return torch.cat([pairs, noise.view(len(pairs), negatives)], dim=1)


def negative_sampling_loss(scores: Tensor) -> Tensor:
    """The mean of -log sigmoid(s_0) - sum of log sigmoid(-s_j) over the noise words j (Mikolov et al., NIPS 2013).

    scores (B, 1 + negatives), the true neighbour's first → ().
    """
    if scores.dim() != 2 or scores.shape[1] < 2 or len(scores) == 0:
        raise ValueError(f"scores: got shape {tuple(scores.shape)}, expected (B, 1 + negatives), B > 0")
    right, noise = scores[:, 0], scores[:, 1:]
    log_sigmoid = nn.functional.logsigmoid  # finite even where sigmoid is 0
    return -log_sigmoid(right).mean() - log_sigmoid(-noise).sum(1).mean()


def negative_sampling_gradient(scores: Tensor) -> Tensor:
    """How that loss changes with each score, same shape: (sigmoid(s_0) - 1) / B, and sigmoid(s_j) / B for noise."""
    wanted = torch.zeros_like(scores)
    wanted[:, 0] = 1
    return (torch.sigmoid(scores) - wanted) / len(scores)


class SkipGram(nn.Module):
    """Two tables, ``vectors`` and ``contexts``, each (V, D): score of centre c and neighbour o = v_c · u_o.

    ids (B, 2 + negatives): centre, neighbour, noise words → scores (B, 1 + negatives). Starts as word2vec does.
    """

    def __init__(self, size: int, dim: int = 16, seed: int = 0) -> None:
        super().__init__()
        self.vectors = nn.Parameter((torch.rand(size, dim, generator=generator(seed)) - 0.5) / dim)
        self.contexts = nn.Parameter(torch.zeros(size, dim))

    def forward(self, ids: Tensor) -> Tensor:
        centre = lookup(self.vectors, ids[:, 0])  # (B, D)
        others = lookup(self.contexts, ids[:, 1:])  # (B, 1 + negatives, D)
        return (others @ centre.unsqueeze(-1)).squeeze(-1)


def cosines(vector: Tensor, table: Tensor) -> Tensor:
    """The cosine of the angle to each row, v · t / (|v| |t|), 0 for a vector of zeros. (..., D), (V, D) → (..., V)."""
    return unit_rows(vector) @ unit_rows(table).T


def nearest(vector: Tensor, table: Tensor, count: int = 5, without: Sequence[int] = ()) -> tuple[Tensor, Tensor]:
    """Numbers and cosines of the rows (V, D) closest to a vector (D,), best first; those ``without`` are left out."""
    closeness = cosines(vector, table)  # (V,)
    closeness[list(without)] = -torch.inf
    best = closeness.topk(min(count, len(table) - len(set(without))))
    return best.indices, best.values


def analogy(table: Tensor, a: int, b: int, c: int, count: int = 1) -> Tensor:
    """a is to b as which word is to c? The rows nearest to t_a - t_b + t_c, without a, b and c themselves.

    table (V, D), its rows are scaled to length 1 first → numbers (count,). Source: Mikolov et al. (NAACL 2013).
    """
    unit = unit_rows(table)
    return nearest(unit[a] - unit[b] + unit[c], unit, count, without=(a, b, c))[0]
