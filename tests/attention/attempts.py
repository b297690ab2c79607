"""Answers to the exercises of lesson 06 as learners may write them, wrong ones and right ones.

A wrong one stands alone, or with words that the answer to it must contain.
"""

import math

import numpy as np
import torch
from torch.nn import functional as F

# ---------------------------------------------------------------- attend


def _weights(q, k):
    return torch.softmax(k @ q / math.sqrt(len(q)), -1)


def attend_in_a_loop(q, k, v):
    """Right: Python numbers, key by key."""
    scores = [sum(a * b for a, b in zip(q.tolist(), key, strict=True)) / math.sqrt(len(q)) for key in k.tolist()]
    powers = [math.exp(s - max(scores)) for s in scores]
    found = torch.zeros(v.shape[1])
    for power, value in zip(powers, v, strict=True):
        found += power / sum(powers) * value
    return found


def attend_scaling_in_place(q, k, v):
    """Divides the learner's own query."""
    q /= math.sqrt(len(q))
    return torch.softmax(k @ q, -1) @ v


ATTEND = {
    "the keys scaled to length 1": lambda q, k, v: torch.softmax(F.normalize(k, dim=1) @ q / math.sqrt(len(q)), -1) @ v,
    "cosines": lambda q, k, v: torch.softmax(F.cosine_similarity(k, q[None]), -1) @ v,
    "distances": lambda q, k, v: torch.softmax(-(k - q).norm(dim=1), -1) @ v,
    "only the best": lambda q, k, v: v[(k @ q).argmax()],
    "sigmoid": lambda q, k, v: torch.sigmoid(k @ q / math.sqrt(len(q))) @ v,
    "a mean of all": lambda q, k, v: v.mean(0),
    "divided by √d twice": lambda q, k, v: torch.softmax(k @ q / math.sqrt(len(q)) / math.sqrt(len(q)) ** 0.5, -1) @ v,
    "times √d": lambda q, k, v: torch.softmax(k @ q * math.sqrt(len(q)), -1) @ v,
    "root of the length of a value": lambda q, k, v: torch.softmax(k @ q / math.sqrt(v.shape[1]), -1) @ v,
    "minus the score": lambda q, k, v: torch.softmax(-(k @ q) / math.sqrt(len(q)), -1) @ v,
    "summed over the values' numbers": lambda q, k, v: (_weights(q, k) @ v).sum(),
    "weighted values, not added": lambda q, k, v: _weights(q, k)[:, None] * v,
    "the mean of weighted values": lambda q, k, v: (_weights(q, k)[:, None] * v).mean(0),
    "a row too many": lambda q, k, v: (_weights(q, k) @ v)[None],
    "weights as well": lambda q, k, v: (_weights(q, k) @ v, _weights(q, k)),
    "log of the shares": lambda q, k, v: torch.log_softmax(k @ q / math.sqrt(len(q)), -1) @ v,
    "exp without the sum": lambda q, k, v: torch.exp(k @ q / math.sqrt(len(q))) @ v,
    "shares without exp": lambda q, k, v: (k @ q) / (k @ q).sum() @ v,
    "the query changed": (attend_scaling_in_place, "changed its input"),
    "q @ k": ((lambda q, k, v: torch.softmax(q @ k / math.sqrt(len(q)), -1) @ v), "inner lengths"),
}
ATTEND_RIGHT = {
    "a loop": attend_in_a_loop,
    "three lines": lambda q, k, v: torch.softmax((k * q).sum(1) / len(q) ** 0.5, 0) @ v,
    "torch's own": lambda q, k, v: F.scaled_dot_product_attention(q[None], k, v)[0],
    "einsum": lambda q, k, v: torch.einsum("s,se->e", torch.einsum("sd,d->s", k, q / len(q) ** 0.5).softmax(0), v),
    "numpy": lambda q, k, v: np.array(attend_in_a_loop(q, k, v)),
}

# ---------------------------------------------------------------- masked_softmax


def softmax_row_by_row(scores, mask):
    """Right: the softmax of what is left of each row."""
    shares = torch.zeros_like(scores)
    for row, kept, out in zip(
        scores.reshape(-1, scores.shape[-1]),
        mask.reshape(-1, mask.shape[-1]),
        shares.view(-1, scores.shape[-1]),
        strict=True,
    ):
        if kept.any():
            out[kept] = torch.softmax(row[kept], 0)
    return shares


def softmax_by_hand(scores, mask):
    """Right: exp of the distance to the largest allowed score."""
    low = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    powers = torch.exp(low - low.amax(-1, keepdim=True)) * mask
    return powers / powers.sum(-1, keepdim=True).clamp(min=1e-20)


def softmax_in_place(scores, mask):
    """Writes into the learner's own scores."""
    scores[~mask] = -1e9
    return torch.softmax(scores, -1) * mask


MASKED_SOFTMAX = {
    "no mask": lambda s, m: torch.softmax(s, -1),
    "over the rows": lambda s, m: torch.softmax(s.masked_fill(~m, -1e9), 0) * m,
    "over all": lambda s, m: torch.softmax(s.masked_fill(~m, -1e9).flatten(), 0).view(s.shape) * m,
    "shares among the allowed, without exp": lambda s, m: (s * m) / (s * m).sum(-1, keepdim=True).clamp(min=1e-9),
    "exp of large numbers": lambda s, m: (s.exp() * m) / (s.exp() * m).sum(-1, keepdim=True).clamp(min=1e-9),
    "equal shares": lambda s, m: m / m.sum(-1, keepdim=True).clamp(min=1),
    "minus the wall": ((lambda s, m: torch.softmax(s - m * 1e9, -1) * ~m), "upside down"),
    "logarithms": lambda s, m: torch.log_softmax(s.masked_fill(~m, -1e9), -1) * m,
    "sigmoid": lambda s, m: torch.sigmoid(s) * m,
    "the best alone": lambda s, m: F.one_hot(s.masked_fill(~m, -1e9).argmax(-1), s.shape[-1]).float() * m,
    "only the allowed shares": lambda s, m: torch.softmax(s[m], -1),
    "two rows at most": lambda s, m: torch.softmax(s.masked_fill(~m, -1e9), 1) * m,
    "the mask as shares": lambda s, m: m.float(),
    "a wall at -1e9, then nan for zeros": lambda s, m: torch.softmax(s.masked_fill(~m, -torch.inf), -1).nan_to_num(1.0),
    "the scores changed": (softmax_in_place, "changed its input"),
    "masked after, scaled again": (
        lambda s, m: torch.softmax(s, -1) * m / (torch.softmax(s, -1) * m).sum(-1, True),
        "a row with nothing allowed",
    ),
    "scores below 0 forbidden": lambda s, m: torch.softmax(s.masked_fill(~m | (s < 0), -1e9), -1) * m,
    "-1e9 added to the allowed too": lambda s, m: torch.softmax(s + torch.where(m, -1e9, -1e9), -1) * m,
}
MASKED_SOFTMAX_RIGHT = {
    "row by row": softmax_row_by_row,
    "by hand": softmax_by_hand,
    "a wall, then the mask": lambda s, m: torch.softmax(s.masked_fill(~m, -1e9), -1) * m,
    "minus infinity and nan_to_num": lambda s, m: torch.softmax(s.masked_fill(~m, -torch.inf), dim=-1).nan_to_num(0.0),
    "where": lambda s, m: torch.where(m, torch.softmax(torch.where(m, s, torch.tensor(-1e30)), -1), torch.tensor(0.0)),
    "a wall to add": lambda s, m: (s + (~m) * -1e9).softmax(-1) * m,
}

# ---------------------------------------------------------------- causal_mask


def causal_in_a_loop(length):
    """Right: row by row."""
    rows = []
    for t in range(length):
        rows.append([s <= t for s in range(length)])
    return torch.tensor(rows)


CAUSAL_MASK = {
    "numbers for True and False": lambda n: torch.ones(n, n).tril(),
    "whole numbers": lambda n: torch.ones(n, n, dtype=torch.long).tril(),
    "itself and the one before": lambda n: torch.ones(n, n, dtype=torch.bool).tril().triu(-1),
    "the next one too": lambda n: torch.ones(n, n, dtype=torch.bool).tril(1),
    "itself alone": lambda n: torch.eye(n, dtype=torch.bool),
    "a wall of minus infinity": lambda n: torch.full((n, n), -torch.inf).triu(1),
    "one row": lambda n: torch.ones(n, dtype=torch.bool),
    "nothing allowed": lambda n: torch.zeros(n, n, dtype=torch.bool),
    "with a batch": lambda n: torch.ones(1, n, n, dtype=torch.bool).tril(),
    "always four": lambda n: torch.ones(4, 4, dtype=torch.bool).tril(),
    "one longer": lambda n: torch.ones(n + 1, n + 1, dtype=torch.bool).tril(),
    "the first word for all": lambda n: (torch.arange(n) == 0).expand(n, n),
    "mirrored": lambda n: torch.ones(n, n, dtype=torch.bool).tril().flip(1),
    "half of them": lambda n: torch.arange(n * n).view(n, n) < n * n / 2,
    "shares": lambda n: torch.ones(n, n).tril() / torch.arange(1, n + 1)[:, None],
    "places allowed": lambda n: [list(range(t + 1)) for t in range(n)],
    "no comparison with itself": lambda n: torch.arange(n)[None] < torch.arange(n)[:, None] + (torch.arange(n) > 0),
}
CAUSAL_MASK_RIGHT = {
    "a loop": causal_in_a_loop,
    "a comparison": lambda n: torch.arange(n)[None, :] <= torch.arange(n)[:, None],
    "the opposite of the future": lambda n: ~torch.ones(n, n).triu(diagonal=1).bool(),
    "torch's own": lambda n: torch.nn.Transformer.generate_square_subsequent_mask(n) == 0,
    "numpy": lambda n: np.tri(n, dtype=bool),
}

# ---------------------------------------------------------------- split_heads


def split_in_a_loop(x, heads):
    """Right: head by head."""
    each = x.shape[-1] // heads
    parts = []
    for h in range(heads):
        parts.append(x[:, :, h * each : (h + 1) * each])
    return torch.stack(parts, dim=1)


SPLIT_HEADS = {
    "heads first": lambda x, h: x.unflatten(-1, (h, -1)).permute(2, 0, 1, 3),
    "heads last": lambda x, h: x.unflatten(-1, (h, -1)).transpose(2, 3),
    "words last": lambda x, h: x.unflatten(-1, (h, -1)).permute(0, 2, 3, 1),
    "the heads in reverse": lambda x, h: split_in_a_loop(x, h).flip(1),
    "the words in reverse": lambda x, h: split_in_a_loop(x, h).flip(2),
    "the numbers in reverse": lambda x, h: split_in_a_loop(x, h).flip(3),
    "all numbers for each head": lambda x, h: x[:, None].expand(-1, h, -1, -1),
    "the first head alone": lambda x, h: split_in_a_loop(x, h)[:, :1],
    "a list of heads": lambda x, h: [x[..., k * x.shape[-1] // h : (k + 1) * x.shape[-1] // h] for k in range(h)],
    "chunks, stacked first": lambda x, h: torch.stack(x.chunk(h, -1)),
    "chunks, stacked last": lambda x, h: torch.stack(x.chunk(h, -1), -1),
    "chunks of the words": lambda x, h: torch.stack(x.chunk(h, 1), 1),
    "texts and words swapped": lambda x, h: split_in_a_loop(x.transpose(0, 1), h),
    "only one text": lambda x, h: split_in_a_loop(x[:1], h),
    "without the batch": lambda x, h: split_in_a_loop(x, h)[0],
    "a mean over the words": lambda x, h: split_in_a_loop(x, h).mean(2),
    "D heads of H numbers": lambda x, h: x.unflatten(-1, (-1, h)).transpose(1, 2),
    "always two heads": lambda x, h: split_in_a_loop(x, 2),
    "reshaped at once": lambda x, h: x.transpose(1, 2).reshape(len(x), h, x.shape[1], -1),
}
SPLIT_HEADS_RIGHT = {
    "a loop": split_in_a_loop,
    "reshape and transpose": lambda x, h: x.reshape(*x.shape[:2], h, x.shape[2] // h).transpose(1, 2),
    "unflatten and permute": lambda x, h: x.unflatten(2, (h, x.shape[2] // h)).permute(0, 2, 1, 3),
    "chunks": lambda x, h: torch.stack(x.chunk(h, dim=-1), dim=1),
    "numpy": lambda x, h: np.stack(np.split(x.numpy(), h, axis=-1), axis=1),
}

# ---------------------------------------------------------------- positional_code


def _woven(length, size, speed):
    angle = torch.arange(length)[:, None] * torch.tensor([speed(i, size) for i in range(size // 2)])
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1)


def code_in_a_loop(length, size):
    """Right: entry by entry."""
    table = torch.zeros(length, size)
    for t in range(length):
        for column in range(size):
            angle = t / 10000 ** (2 * (column // 2) / size)
            table[t, column] = math.cos(angle) if column % 2 else math.sin(angle)
    return table


def code_in_slices(length, size):
    """Right: even columns, then odd ones."""
    table, angle = torch.empty(length, size), torch.arange(length).outer(10000 ** (-torch.arange(0, size, 2) / size))
    table[:, 0::2], table[:, 1::2] = torch.sin(angle), torch.cos(angle)
    return table


def code_of_its_own_column(length, size):
    """Each column has an angle of its own, so that sine and cosine are no pair."""
    angle = torch.arange(length)[:, None] / 10000 ** (torch.arange(size) / size)
    return torch.where(torch.arange(size) % 2 == 0, angle.sin(), angle.cos())


POSITIONAL_CODE = {
    "cosines only": lambda n, d: torch.outer(torch.arange(n), 10000.0 ** (-2 * (torch.arange(d) // 2) / d)).cos(),
    "an angle for each column": code_of_its_own_column,
    "base 1000": lambda n, d: _woven(n, d, lambda i, d: 1000.0 ** (-2 * i / d)),
    "base 2": lambda n, d: _woven(n, d, lambda i, d: 2.0 ** (-2 * i / d)),
    "one speed": lambda n, d: _woven(n, d, lambda i, d: 1.0),
    "speed divided, not raised": lambda n, d: _woven(n, d, lambda i, d: 1 / (10000 * (2 * i / d) + 1)),
    "whole turns": lambda n, d: _woven(n, d, lambda i, d: 2 * math.pi * 10000.0 ** (-2 * i / d)),
    "degrees": lambda n, d: _woven(n, d, lambda i, d: math.pi / 180 * 10000.0 ** (-2 * i / d)),
    "divided by size - 1": lambda n, d: _woven(n, d, lambda i, d: 10000.0 ** (-2 * i / (d - 1))),
    "places from 0 to 1": lambda n, d: _woven(n, d, lambda i, d: 10000.0 ** (-2 * i / d) / n),
    "angles alone": lambda n, d: torch.outer(torch.arange(n), 10000.0 ** (-torch.arange(0, d, 2) / d)),
    "half the columns": lambda n, d: _woven(n, d, lambda i, d: 10000.0 ** (-2 * i / d))[:, : d // 2],
    "transposed": lambda n, d: code_in_a_loop(n, d).T,
    "slow ones first": lambda n, d: _woven(n, d, lambda i, d: 10000.0 ** (-2 * (d // 2 - 1 - i) / d)),
    "minus the sine": lambda n, d: code_in_a_loop(n, d) * torch.tensor([-1.0, 1.0]).repeat(d // 2),
    "a batch": lambda n, d: code_in_a_loop(n, d)[None],
    "scaled to length 1": lambda n, d: F.normalize(code_in_a_loop(n, d), dim=1),
    "the last place first": lambda n, d: code_in_a_loop(n, d).flip(0),
    "size for length": lambda n, d: _woven(n, d, lambda i, d: 10000.0 ** (-2 * i / n)),
    "whole exponents": lambda n, d: _woven(n, d, lambda i, d: 10000.0 ** -(2 * i // d)),
    "one place more": lambda n, d: code_in_a_loop(n + 1, d),
}
POSITIONAL_CODE_RIGHT = {
    "a loop": code_in_a_loop,
    "slices": code_in_slices,
    "stacked pairs": lambda n, d: _woven(n, d, lambda i, d: math.exp(-2 * i / d * math.log(10000))),
    "numpy": lambda n, d: np.array(code_in_a_loop(n, d)),
}

WRONG = {
    "attend": ATTEND,
    "masked_softmax": MASKED_SOFTMAX,
    "causal_mask": CAUSAL_MASK,
    "split_heads": SPLIT_HEADS,
    "positional_code": POSITIONAL_CODE,
}
RIGHT = {
    "attend": ATTEND_RIGHT,
    "masked_softmax": MASKED_SOFTMAX_RIGHT,
    "causal_mask": CAUSAL_MASK_RIGHT,
    "split_heads": SPLIT_HEADS_RIGHT,
    "positional_code": POSITIONAL_CODE_RIGHT,
}
