"""Vectors by counting: who meets whom, how much more often than by chance, and the best summary in few numbers.

Letters: V words, D numbers for a word.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from mmcourse.base.checks import check_number, check_whole
from mmcourse.text.word_vectors import noise_shares, skip_gram_pairs


def cooccurrences(texts: Sequence[Sequence[int]], size: int, window: int = 2) -> Tensor:
    """How often each word (row) has each other (column) within its window. Lists of ids → (V, V), V = ``size``."""
    check_whole(size, "size")
    pairs = [centre * size + neighbour for text in texts for centre, neighbour in skip_gram_pairs(text, window)]
    return torch.bincount(torch.tensor(pairs, dtype=torch.long), minlength=size * size).view(size, size).float()


def positive_pmi(counts: Tensor, power: float = 0.75, shift: float = 0.0) -> Tensor:
    """Pointwise mutual information, what is below 0 set to 0: max(0, log(p(c, o) / (p(c) p(o))) - shift).

    0 means: they meet as often as two words that know nothing of each other. p(c, o), p(c), p(o) are shares of
    ``counts`` (V, V); p(o) is evened out as skip-gram's noise is. Words that never meet get 0. → (V, V).

    Source: K. Church and P. Hanks (1990); ``shift`` = log k stands for k noise words (Levy and Goldberg, NIPS 2014),
    ``power`` as in Levy, Goldberg and Dagan (TACL 2015).
    """
    check_number(power, "power", 0, 1, "a power from 0 to 1")
    if counts.dim() != 2 or counts.shape[0] != counts.shape[1] or not (counts > 0).any():
        raise ValueError(f"counts: got shape {tuple(counts.shape)}, expected (V, V), with something counted")
    both, centre = counts / counts.sum(), counts.sum(1, keepdim=True) / counts.sum()  # (V, V), (V, 1)
    chance = centre * noise_shares(counts.sum(0), power)  # (V, V)
    met = counts > 0
    pmi = torch.log(torch.where(met, both, 1.0) / torch.where(met, chance, 1.0)) - shift
    return torch.where(met, pmi, 0.0).clamp(min=0)


def svd_vectors(matrix: Tensor, dim: int) -> Tensor:
    """D numbers for each row that keep most of the matrix: u √s of its singular value decomposition u s vᵀ.

    (V, V) → (V, D). The first D singular values give the best summary of rank D (Eckart and Young, 1936).
    """
    check_whole(dim, "dim")
    if dim > min(matrix.shape):
        raise ValueError(f"dim: got {dim}, expected at most {min(matrix.shape)}, the smaller side of the matrix")
    u, s, _ = torch.linalg.svd(matrix)
    return u[:, :dim] * s[:dim].sqrt()
