"""From attention to an encoder: a code for each place, layer norm, the block, and blocks on top of words.

Letters: B texts, T places in the longest of them, D numbers for a place, H heads. A mask is True where one may look.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.attention.dot_product_attention import MultiHeadAttention, causal_mask
from mmcourse.engine import generator, seeded
from mmcourse.text import PAD


def angles(length: int, size: int, base: float = 10000.0) -> Tensor:
    """The angle of each pair of numbers at each place: t / base^(2i/D), in radians. → (T, D/2).

    Pair i turns by ``base``^(-2i/D) a step: the first quickly, each later one more slowly.
    """
    if length < 1 or size < 2 or size % 2:
        raise ValueError(f"length, size: got {length} and {size}, expected at least 1, and an even size of at least 2")
    return torch.outer(torch.arange(length), base ** (-torch.arange(0, size, 2) / size))


def positional_code(length: int, size: int, base: float = 10000.0) -> Tensor:
    """Where a word stands, as numbers: pair i holds (sin, cos) of t / base^(2i/D). → (T, D).

    Source: Vaswani et al. (NIPS 2017), section 3.5. ``positional_code(2, 2)`` is [[0, 1], [0.84, 0.54]].
    """
    turned = angles(length, size, base)  # (T, D/2)
    return torch.stack([turned.sin(), turned.cos()], -1).flatten(1)  # (T, D/2, 2) → (T, D)


def shift_matrix(shift: int, size: int, base: float = 10000.0) -> Tensor:
    """The one matrix R with code[t + shift] = code[t] R, whatever t is: each pair is turned by its own angle.

    shift a whole number of places, negative ones too → R (D, D).
    """
    turn = math.copysign(1, shift) * angles(abs(shift) + 1, size, base)[-1]  # (D/2,)
    rows = torch.stack([turn.cos(), -turn.sin(), turn.sin(), turn.cos()], -1)  # (D/2, 4)
    return torch.block_diag(*rows.view(-1, 2, 2))  # sin(a+b) = sin a cos b + cos a sin b, and so for cos


def layer_norm(x: Tensor, gain: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Each place for itself gets mean 0 and variance 1 over its D numbers, then a learnt gain and bias.

    x (..., D), gain (D,), bias (D,) → (..., D). Source: Ba, Kiros and Hinton (arXiv, 2016).
    """
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + eps).sqrt() * gain + bias


class EncoderBlock(nn.Module):
    """Look around, then think alone: attention and a two-layer network, each added to what was there before.

    x (B, T, D) → (B, T, D), weights (B, H, T, T). ``norm_first=False`` normalises after each addition (Vaswani et al.,
    NIPS 2017), ``True`` before each part, so that the sum itself stays untouched (Xiong et al., ICML 2020).
    Equal to nn.TransformerEncoderLayer(size, heads, hidden, dropout, batch_first=True, norm_first=norm_first).
    """

    def __init__(self, size: int, heads: int, hidden: int, norm_first: bool = True, dropout: float = 0.0) -> None:
        super().__init__()
        self.look = MultiHeadAttention(size, heads, dropout)
        self.think = nn.Sequential(nn.Linear(size, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, size))
        self.norms = nn.ModuleList([nn.LayerNorm(size), nn.LayerNorm(size)])  # layer_norm in one pass
        self.dropout, self.norm_first = nn.Dropout(dropout), norm_first

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        first, second = self.norms
        if self.norm_first:
            seen, weights = self.look(first(x), mask=mask)
            x = x + self.dropout(seen)
            return x + self.dropout(self.think(second(x))), weights
        seen, weights = self.look(x, mask=mask)
        x = first(x + self.dropout(seen))
        return second(x + self.dropout(self.think(x))), weights


class WordEncoder(nn.Module):
    """Numbers of words into vectors that know their company: a vector for the word plus the code of its place, blocks.

    ids (B, T) whole numbers, 0 is padding → vectors (B, T, D), and the weights (B, H, T, T) of each block. ``causal``:
    nobody sees the future. ``positions=False`` leaves the code out. First weights are fixed by ``seed``.
    """

    def __init__(
        self,
        words: int,
        length: int = 32,
        size: int = 32,
        heads: int = 4,
        depth: int = 2,
        *,
        causal: bool = False,
        positions: bool = True,
        dropout: float = 0.0,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.length, self.causal = length, causal
        self.words = nn.Parameter(torch.randn(words, size, generator=generator(seed)) / math.sqrt(size))
        self.register_buffer("code", positional_code(length, size) * positions, persistent=False)
        self.blocks = seeded(
            lambda: nn.ModuleList([EncoderBlock(size, heads, 4 * size, dropout=dropout) for _ in range(depth)]), seed
        )
        self.norm = nn.LayerNorm(size)

    def forward(self, ids: Tensor) -> tuple[Tensor, list[Tensor]]:
        if ids.dim() != 2 or ids.is_floating_point() or not 1 <= ids.shape[1] <= self.length:
            raise ValueError(
                f"ids: got {ids.dtype} of shape {tuple(ids.shape)}, expected whole numbers (B, T) with "
                f"T from 1 to {self.length}; cut longer texts with pad(..., length={self.length})"
            )
        size, mask = self.words.shape[1], (ids != PAD)[:, None, None, :]  # (B, 1, 1, T)
        if self.causal:
            mask = mask & causal_mask(ids.shape[1], ids.device)  # (B, 1, T, T)
        x = F.embedding(ids, self.words) * math.sqrt(size) + self.code[: ids.shape[1]]  # (B, T, D)
        weights = []
        for block in self.blocks:
            x, seen = block(x, mask)
            weights.append(seen)
        return self.norm(x), weights
