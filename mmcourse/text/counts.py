"""Counting words: a lookup is a product with one-hot rows, a bag of words is a sum of them, rare words weigh more.

Letters: B texts (N of them to learn from), T tokens in the longest, V words, D numbers for a word, K classes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmcourse.text.tokens import PAD


def lookup(table: Tensor, ids: Tensor) -> Tensor:
    """Rows of a table: what one-hot rows (..., V) times the table would give. table (V, D), ids (...) → (..., D).

    lookup(torch.tensor([[0.0, 0.0], [0.5, 2.0]]), torch.tensor([1, 1, 0]))     # rows 1, 1 and 0
    """
    if table.dim() != 2:
        raise ValueError(f"table: got shape {tuple(table.shape)}, expected (V, D): one row for each word")
    if not isinstance(ids, Tensor) or ids.is_floating_point() or ids.dtype == torch.bool:
        raise TypeError(f"ids: got {getattr(ids, 'dtype', type(ids).__name__)}, expected whole numbers, as pad makes")
    return table[ids]


def word_counts(ids: Tensor, size: int) -> Tensor:
    """The bag of words: how often each word stands in each text, padding not counted. ids (B, T) → (B, ``size``)."""
    if ids.dim() != 2:
        raise ValueError(f"ids: got shape {tuple(ids.shape)}, expected (B, T), as pad() gives it")
    counts = torch.zeros(len(ids), size, device=ids.device)
    return counts.scatter_add_(1, ids, (ids != PAD).to(counts.dtype))


def inverse_document_frequency(counts: Tensor) -> Tensor:
    """How rare each word is: log((1 + N) / (1 + n_v)) + 1; n_v of the N texts hold word v. counts (N, V) → (V,).

    Source: K. Sparck Jones (1972), with log(N / n_v). The ones are scikit-learn's: no division by 0, no weight 0.
    """
    return torch.log((1 + len(counts)) / (1 + (counts > 0).sum(0))) + 1


def tf_idf(counts: Tensor, rarity: Tensor) -> Tensor:
    """Counts times rarity, each text scaled to length 1: c_v r_v / sqrt(sum of (c_v r_v)^2). An empty one stays 0.

    counts (B, V), rarity (V,) from the training texts → (B, V).
    """
    if counts.shape[-1:] != rarity.shape:
        raise ValueError(f"rarity: got shape {tuple(rarity.shape)}, expected ({counts.shape[-1]},), one for each word")
    return unit_rows(counts * rarity)


def unit_rows(x: Tensor) -> Tensor:
    """Each row divided by its length, the root of the sum of its squares. x (..., D) → (..., D); zeros stay zeros."""
    return x / x.norm(dim=-1, keepdim=True).clamp(min=1e-12)


class BagOfWords(nn.Module):
    """Logistic regression on counts: logits = counts w + b = b + the sum of the words' rows of w.

    ids (B, T), 0 is padding → (B, K). Starts at 0: every class equally likely.
    """

    def __init__(self, size: int, classes: int = 2) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(size, classes))
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, ids: Tensor) -> Tensor:
        rows = lookup(self.weight, ids)  # (B, T, K)
        return (rows * (ids != PAD).unsqueeze(-1)).sum(1) + self.bias
