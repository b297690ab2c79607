"""Lesson 06: attention. Every word looks at every other; order comes in as a code; blocks stack into GPT and BERT.

Letters: B texts, T places that ask (queries), S places that are looked at (keys and values), D numbers for a place,
H heads with D/H numbers each, V words, K classes. ``...``: any axes in front. A mask is True where one may look.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.engine import generator, seeded
from mmcourse.text import END, MASK, PAD, SPECIALS


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """A soft dictionary lookup for one query: softmax(k q / √d) v, the mean of the values weighted by fit.

    q (d,), k (S, d), v (S, E) -> (E,). Raises ValueError for sizes that do not fit.
    Source: Vaswani et al. (NIPS 2017); with a learnt score instead of the dot product: Bahdanau et al. (ICLR 2015).

        attend(torch.ones(4), torch.zeros(2, 4), torch.tensor([[1.0], [3.0]]))          # both keys fit alike: [2.0]
    """
    if q.dim() != 1 or k.dim() != 2 or v.dim() != 2:
        raise ValueError(
            f"q, k, v: got shapes {tuple(q.shape)}, {tuple(k.shape)}, {tuple(v.shape)}, "
            "expected (D,), (T, D), (T, E): one query; scaled_dot_product takes many"
        )
    return scaled_dot_product(q[None], k, v)[0][0]


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Shares along the last axis, over the allowed places only; where nothing is allowed, all shares are 0.

    scores (..., S), mask bool, of the same shape or one that stretches to it -> (..., S).

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

    q (..., T, D), k (..., S, D), v (..., S, E), mask (..., T, S) -> answers (..., T, E), weights (..., T, S).
    A query that may look nowhere gets zeros. Source: Vaswani et al. (NIPS 2017), equation 1.
    """
    if min(q.dim(), k.dim(), v.dim()) < 2 or q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError(
            f"q, k, v: got shapes {tuple(q.shape)}, {tuple(k.shape)}, {tuple(v.shape)}, expected "
            "(..., T, D), (..., S, D), (..., S, E): as many values as keys, queries as long as keys"
        )
    scores = (q / math.sqrt(q.shape[-1])) @ k.mT  # (..., T, D) @ (..., D, S) -> (..., T, S)
    weights = masked_softmax(scores, mask)
    return weights @ v, weights  # (..., T, S) @ (..., S, E) -> (..., T, E)


def causal_mask(length: int, device: torch.device | str | None = None) -> Tensor:
    """Nobody sees the future: place t may look at places 0 to t. length T -> bool (T, T), rows ask, columns are seen.

    causal_mask(2)                                                                  # [[True, False], [True, True]]
    """
    if length < 1:
        raise ValueError(f"length: got {length}, expected at least 1")
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


def split_heads(x: Tensor, heads: int) -> Tensor:
    """Give each head its share of the numbers of **every** place: (B, T, D) -> (B, H, T, D/H).

    Head h gets the numbers h D/H to (h+1) D/H - 1. Raises ValueError when D cannot be divided by H.
    """
    if x.dim() != 3 or heads < 1 or x.shape[-1] % heads:
        raise ValueError(f"x, heads: got shape {tuple(x.shape)} and {heads}, expected (B, T, D), D a multiple of heads")
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)  # (B, T, D) -> (B, T, H, D/H) -> (B, H, T, D/H)


def join_heads(x: Tensor) -> Tensor:
    """Put the heads' numbers side by side again, the inverse of ``split_heads``: (B, H, T, D/H) -> (B, T, D)."""
    return x.transpose(1, 2).flatten(2)  # (B, H, T, D/H) -> (B, T, H, D/H) -> (B, T, D)


def angles(length: int, size: int, base: float = 10000.0) -> Tensor:
    """The angle of each pair of numbers at each place: t / base^(2i/D), in radians. -> (T, D/2).

    Pair i turns by ``base``^(-2i/D) a step: the first quickly, each later one more slowly.
    """
    if length < 1 or size < 2 or size % 2:
        raise ValueError(f"length, size: got {length} and {size}, expected at least 1, and an even size of at least 2")
    return torch.outer(torch.arange(length), base ** (-torch.arange(0, size, 2) / size))


def positional_code(length: int, size: int, base: float = 10000.0) -> Tensor:
    """Where a word stands, as numbers: pair i holds (sin, cos) of t / base^(2i/D). -> (T, D).

    Source: Vaswani et al. (NIPS 2017), section 3.5. ``positional_code(2, 2)`` is [[0, 1], [0.84, 0.54]].
    """
    turned = angles(length, size, base)  # (T, D/2)
    return torch.stack([turned.sin(), turned.cos()], -1).flatten(1)  # (T, D/2, 2) -> (T, D)


def shift_matrix(shift: int, size: int, base: float = 10000.0) -> Tensor:
    """The one matrix R with code[t + shift] = code[t] R, whatever t is: each pair is turned by its own angle.

    shift a whole number of places, negative ones too -> R (D, D).
    """
    turn = math.copysign(1, shift) * angles(abs(shift) + 1, size, base)[-1]  # (D/2,)
    rows = torch.stack([turn.cos(), -turn.sin(), turn.sin(), turn.cos()], -1)  # (D/2, 4)
    return torch.block_diag(*rows.view(-1, 2, 2))  # sin(a+b) = sin a cos b + cos a sin b, and so for cos


def layer_norm(x: Tensor, gain: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Each place for itself gets mean 0 and variance 1 over its D numbers, then a learnt gain and bias.

    x (..., D), gain (D,), bias (D,) -> (..., D). Source: Ba, Kiros and Hinton (arXiv, 2016).
    """
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + eps).sqrt() * gain + bias


class MultiHeadAttention(nn.Module):
    """H attentions side by side, each on its own D/H of the numbers of every place; then one mix of their answers.

    ``forward(x)`` is self-attention, ``forward(x, memory)`` cross-attention: x asks, memory (B, S, D) is looked at.
    x (B, T, D), mask bool that stretches to (B, H, T, S) -> answers (B, T, D), weights (B, H, T, S).
    Source: Vaswani et al. (NIPS 2017), section 3.2.2.
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
            q, k, v = self.inward(x).chunk(3, -1)  # (B, T, 3D) -> three of (B, T, D)
        else:
            w, b = self.inward.weight, self.inward.bias  # (3D, D), (3D,): the first D rows make queries
            q = F.linear(x, w[:size], b[:size])  # (B, T, D)
            k, v = F.linear(memory, w[size:], b[size:]).chunk(2, -1)  # two of (B, S, D)
        q, k, v = (split_heads(part, self.heads) for part in (q, k, v))  # (B, H, T or S, D/H)
        answers, weights = scaled_dot_product(q, k, v, mask)  # (B, H, T, D/H), (B, H, T, S)
        return self.outward(join_heads(answers)), weights


class EncoderBlock(nn.Module):
    """Look around, then think alone: attention and a two-layer network, each added to what was there before.

    x (B, T, D) -> (B, T, D), weights (B, H, T, T). ``norm_first=False`` normalises after each addition (Vaswani et al.,
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

    ids (B, T) whole numbers, 0 is padding -> vectors (B, T, D), and the weights (B, H, T, T) of each block. ``causal``:
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


class WordModel(nn.Module):
    """An encoder and, at each place, a logit for each word of the vocabulary: its vector times what was found there.

    ids (B, T) -> logits (B, T, V). ``settings`` are those of WordEncoder.
    """

    causal = False

    def __init__(self, words: int, length: int = 32, **settings: float) -> None:
        super().__init__()
        self.encoder = WordEncoder(words, length, causal=self.causal, **settings)
        self.bias = nn.Parameter(torch.zeros(words))

    def forward(self, ids: Tensor) -> Tensor:
        return F.linear(self.encoder(ids)[0], self.encoder.words, self.bias)  # (B, T, D) @ (D, V) -> (B, T, V)


class TinyBERT(WordModel):
    """Guesses hidden words from both sides. Train it on ``mask_words``. Source: Devlin et al. (NAACL 2019)."""


class TinyGPT(WordModel):
    """Guesses the next word from all words before it, and so can write. Source: Radford et al. (OpenAI, 2018)."""

    causal = True

    @torch.no_grad()
    def generate(self, ids: Tensor, count: int, temperature: float = 1.0, seed: int = 0) -> Tensor:
        """Write on: draw ``count`` times a next word with the shares softmax(logits / temperature).

        ids (B, T) -> (B, T + count); after an <end> only padding follows. ``temperature`` 0 takes the likeliest word.
        Raises ValueError when the text would become longer than the model can see.
        """
        if temperature < 0 or count < 0 or ids.shape[1] + count > self.encoder.length + 1:
            raise ValueError(
                f"count, temperature: got {count} and {temperature}, expected a temperature of at least 0 "
                f"and at most {self.encoder.length + 1 - ids.shape[1]} further words"
            )
        rng = generator(seed, ids.device)
        for _ in range(count):
            logits = self(ids)[:, -1]  # (B, V), for the last place
            shares = torch.softmax(logits / max(temperature, 1e-6), -1)
            word = torch.multinomial(shares, 1, generator=rng) if temperature else logits.argmax(-1, keepdim=True)
            over = (ids[:, -1:] == END) | (ids[:, -1:] == PAD)
            ids = torch.cat([ids, word.masked_fill(over, PAD)], 1)
        return ids


def next_words(ids: Tensor) -> tuple[Tensor, Tensor]:
    """What a GPT reads and what it should guess: all words but the last, all but the first. (B, T) -> two (B, T-1)."""
    return ids[:, :-1], ids[:, 1:]


def mask_words(ids: Tensor, words: int, share: float = 0.15, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Hide words for a BERT to guess: of the ``share`` drawn, 8 in 10 become <mask>, 1 any word, 1 stays as it is.

    ids (B, T), ``words`` in the vocabulary -> ids to read (B, T), targets (B, T): the hidden words, 0 elsewhere.
    Specials are never hidden. Source: Devlin et al. (NAACL 2019), section 3.1.
    """
    if not 0 < share <= 1 or words <= len(SPECIALS):
        raise ValueError(f"share, words: got {share} and {words}, expected 0 to 1 and over {len(SPECIALS)} words")
    rng, first = generator(seed), len(SPECIALS)
    drawn, kind = (torch.rand(ids.shape, generator=rng).to(ids.device) for _ in range(2))
    others = torch.randint(first, words, ids.shape, generator=rng).to(ids.device)
    hidden = (drawn < share) & (ids >= first)
    read = torch.where(kind < 0.8, MASK, torch.where(kind < 0.9, others, ids))
    return torch.where(hidden, read, ids), torch.where(hidden, ids, PAD)


def word_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy, in nats, over the places with a target; targets 0 (padding, not hidden) do not count.

    logits (B, T, V), targets (B, T) -> ().
    """
    losses = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PAD, reduction="none")  # (B T,)
    return losses.sum() / (targets != PAD).sum().clamp(min=1)


class SentenceClassifier(nn.Module):
    """An encoder, the mean over a text's words, and a linear layer: ids (B, T) -> logits (B, K).

    Give it the encoder of a pre-trained TinyBERT, or a fresh one. Both are trained further: that is fine-tuning.
    """

    def __init__(self, encoder: WordEncoder, classes: int, seed: int = 0) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = seeded(lambda: nn.Linear(encoder.words.shape[1], classes), seed)

    def forward(self, ids: Tensor) -> Tensor:
        real = (ids != PAD).unsqueeze(-1)  # (B, T, 1)
        total = (self.encoder(ids)[0] * real).sum(1)  # (B, D)
        return self.head(total / real.sum(1).clamp(min=1))  # an empty text has no mean: zeros
