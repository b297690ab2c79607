"""Attention by dot products: one query or many, masked or not, with one head or several.

Letters: B texts, T places that ask (queries), S places that are looked at (keys and values), D numbers for a place,
H heads with D/H numbers each. ``...``: any axes in front. A mask is True where one may look.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.base.checks import check_whole


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """A soft dictionary lookup for one query: softmax(k q / √d) v, the mean of the values weighted by fit.

    q (d,), k (S, d), v (S, E) → (E,). Raises ValueError for sizes that do not fit.
    Source: Vaswani et al. (NIPS 2017); with a learnt score instead of the dot product: Bahdanau et al. (ICLR 2015).

        attend(torch.ones(4), torch.zeros(2, 4), torch.tensor([[1.0], [3.0]]))          # both keys fit alike: [2.0]
    """
    if q.dim() != 1 or k.dim() != 2 or v.dim() != 2:
        raise ValueError(
            f"q, k, v: got shapes {tuple(q.shape)}, {tuple(k.shape)}, {tuple(v.shape)}, "
            "expected (D,), (S, D), (S, E): one query; scaled_dot_product takes many"
        )
    return scaled_dot_product(q[None], k, v)[0][0]


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Shares along the last axis, over the allowed places only; where nothing is allowed, all shares are 0.

    scores (..., S), mask bool, of the same shape or one that stretches to it → (..., S).

        masked_softmax(torch.zeros(3), torch.tensor([True, True, False]))               # [0.5, 0.5, 0.0]
    """
    if mask is None:
        return torch.softmax(scores, -1)
    if mask.dtype != torch.bool:
        raise TypeError(f"mask: got {mask.dtype}, expected torch.bool, True where one may look; write mask.bool()")
    far_below = torch.finfo(scores.dtype).min / 2  # not -inf: a row of nothing but -inf would be 0 / 0
    wall = torch.zeros(mask.shape, dtype=scores.dtype, device=scores.device).masked_fill(~mask, far_below)
    return torch.softmax(scores + wall, -1) * mask.any(-1, keepdim=True)  # exp(far below) is 0


def scaled_dot_product(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Attention of many queries at once: weights = softmax(q kᵀ / √D), answers = weights v.

    q (..., T, D), k (..., S, D), v (..., S, E), mask (..., T, S) → answers (..., T, E), weights (..., T, S).
    A query that may look nowhere gets zeros. Source: Vaswani et al. (NIPS 2017), equation 1.
    """
    if min(q.dim(), k.dim(), v.dim()) < 2 or q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError(
            f"q, k, v: got shapes {tuple(q.shape)}, {tuple(k.shape)}, {tuple(v.shape)}, expected "
            "(..., T, D), (..., S, D), (..., S, E): as many values as keys, queries as long as keys"
        )
    scores = (q / math.sqrt(q.shape[-1])) @ k.mT  # (..., T, D) @ (..., D, S) → (..., T, S)
    weights = masked_softmax(scores, mask)
    return weights @ v, weights  # (..., T, S) @ (..., S, E) → (..., T, E)


def causal_mask(length: int, device: torch.device | str | None = None) -> Tensor:
    """Nobody sees the future: place t may look at places 0 to t. length T → bool (T, T), rows ask, columns are seen.

    causal_mask(2)                                                                  # [[True, False], [True, True]]
    """
    check_whole(length, "length")
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


def split_heads(x: Tensor, heads: int) -> Tensor:
    """Give each head its share of the numbers of **every** place: (B, T, D) → (B, H, T, D/H).

    Head h gets the numbers h D/H to (h+1) D/H - 1. Raises ValueError when D cannot be divided by H.
    """
    if x.dim() != 3 or heads < 1 or x.shape[-1] % heads:
        raise ValueError(f"x, heads: got shape {tuple(x.shape)} and {heads}, expected (B, T, D), D a multiple of heads")
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)  # (B, T, D) → (B, T, H, D/H) → (B, H, T, D/H)


def join_heads(x: Tensor) -> Tensor:
    """Put the heads' numbers side by side again, the inverse of ``split_heads``: (B, H, T, D/H) → (B, T, D)."""
    return x.transpose(1, 2).flatten(2)  # (B, H, T, D/H) → (B, T, H, D/H) → (B, T, D)


class MultiHeadAttention(nn.Module):
    """H attentions side by side, each on its own D/H of the numbers of every place; then one mix of their answers.

    ``forward(x)`` is self-attention, ``forward(x, memory)`` cross-attention: x asks, memory (B, S, D) is looked at.
    x (B, T, D), mask bool that stretches to (B, H, T, S) → answers (B, T, D), weights (B, H, T, S) before ``dropout``,
    which leaves out some of them at random while training. Source: Vaswani et al. (NIPS 2017), 3.2.2.
    """

    def __init__(self, size: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        if heads < 1 or size < 1 or size % heads:
            raise ValueError(f"size, heads: got {size} and {heads}, expected a size that is a multiple of heads")
        self.heads = heads
        self.inward = nn.Linear(size, 3 * size)  # queries, keys and values in one product
        self.outward = nn.Linear(size, size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, memory: Tensor | None = None, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        size = self.outward.in_features
        if x.dim() != 3 or x.shape[-1] != size or (memory is not None and memory.shape[::2] != x.shape[::2]):
            came = (tuple(x.shape), *([] if memory is None else [tuple(memory.shape)]))
            raise ValueError(f"x, memory: got {', '.join(map(str, came))}, expected (B, T, {size}) and (B, S, {size})")
        if memory is None:
            q, k, v = self.inward(x).chunk(3, -1)  # (B, T, 3D) → three of (B, T, D)
        else:
            w, b = self.inward.weight, self.inward.bias  # (3D, D), (3D,): the first D rows make queries
            q = F.linear(x, w[:size], b[:size])  # (B, T, D)
            k, v = F.linear(memory, w[size:], b[size:]).chunk(2, -1)  # two of (B, S, D)
        q, k, v = (split_heads(part, self.heads) for part in (q, k, v))  # (B, H, T or S, D/H)
        answers, weights = scaled_dot_product(q, k, v, mask)  # (B, H, T, D/H), (B, H, T, S)
        if self.training and self.dropout.p > 0:
            answers = self.dropout(weights) @ v  # some looks are left out, the others count more
        return self.outward(join_heads(answers)), weights
