"""Answers to the exercises of lesson 07: wrong ones of many kinds, right ones in several styles."""

from __future__ import annotations

import math
from functools import reduce
from operator import mul

import numpy as np
import torch
from torch.nn import functional as F

# ------------------------------------------------------------ bytes a second


def bytes_printed(shape, per_second, bytes_each):
    print(math.prod(shape) * per_second * bytes_each)


def bytes_in_a_loop(shape, per_second, bytes_each):
    numbers = 1
    for side in shape:
        numbers *= side
    return numbers * per_second * bytes_each


BYTES_WRONG = {
    "the longest side only": lambda s, r, b: float(max(s) * r * b),
    "last side only": lambda s, r, b: float(s[-1] * r * b),
    "number of axes": lambda s, r, b: float(len(s) * r * b),
    "rate forgotten": lambda s, r, b: float(math.prod(s) * b),
    "rate and bytes added": lambda s, r, b: float(math.prod(s) * (r + b)),
    "all added": lambda s, r, b: float(math.prod(s) + r + b),
    "divided by the rate": lambda s, r, b: math.prod(s) / r * b,
    "divided by the bytes": lambda s, r, b: math.prod(s) * r / b,
    "kilobytes": lambda s, r, b: math.prod(s) * r * b / 1000,
    "kibibytes": lambda s, r, b: math.prod(s) * r * b / 1024,
    "four bytes always": lambda s, r, b: float(math.prod(s) * r * 4),
    "whole rate": lambda s, r, b: float(math.prod(s) * int(r) * b),
    "first two sides": lambda s, r, b: float(math.prod(s[:2]) * r * b),
    "sides squared": lambda s, r, b: float(math.prod(side**2 for side in s) * r * b),
    "printed": (bytes_printed, "returned nothing"),
    "a text": lambda s, r, b: f"{math.prod(s) * r * b} bytes",
}
BYTES_RIGHT = {
    "a loop": bytes_in_a_loop,
    "numpy": lambda s, r, b: np.prod(s) * r * b,
    "torch": lambda s, r, b: torch.zeros(s).numel() * r * b,
    "reduce": lambda s, r, b: reduce(mul, s) * r * b,
}

# ------------------------------------------------------------ the share a neighbour tells


def shifted(x, gap=1):
    return x[:-gap] - x[:-gap].mean(), x[gap:] - x[gap:].mean()


def share_with_gap(x, gap):
    a, b = shifted(x, gap)
    return (a * b).sum() ** 2 / ((a**2).sum() * (b**2).sum())


def share_by_loops(x):
    x = x.tolist()
    a, b = x[:-1], x[1:]
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    top = sum((p - mean_a) * (q - mean_b) for p, q in zip(a, b, strict=True))
    return top**2 / (sum((p - mean_a) ** 2 for p in a) * sum((q - mean_b) ** 2 for q in b))


NEIGHBOUR_WRONG = {
    "next but one": lambda x: share_with_gap(x, 2),
    "each with itself": lambda x: torch.tensor(1.0),
    "round the corner": lambda x: torch.corrcoef(torch.stack([x, x.roll(1)]))[0, 1] ** 2,
    "absolute value of r": lambda x: torch.corrcoef(torch.stack([x[:-1], x[1:]]))[0, 1].abs(),
    "r to the fourth": lambda x: torch.corrcoef(torch.stack([x[:-1], x[1:]]))[0, 1] ** 4,
    "covariance": lambda x: torch.cov(torch.stack([x[:-1], x[1:]]))[0, 1],
    "slope of the line": lambda x: (shifted(x)[0] * shifted(x)[1]).sum() / (shifted(x)[0] ** 2).sum(),
    "slope squared": lambda x: ((shifted(x)[0] * shifted(x)[1]).sum() / (shifted(x)[0] ** 2).sum()) ** 2,
    "the whole table": lambda x: torch.corrcoef(torch.stack([x[:-1], x[1:]])) ** 2,
    "means of products": lambda x: (x[:-1] * x[1:]).mean() ** 2,
    "differences": lambda x: 1 - (x[1:] - x[:-1]).square().mean() / x.var(),
    "halves": lambda x: torch.corrcoef(x[: len(x) // 2 * 2].reshape(2, -1))[0, 1] ** 2,
    "first mean for both": lambda x: (
        ((x[:-1] - x[:-1].mean()) * (x[1:] - x[:-1].mean())).sum() ** 2
        / ((x[:-1] - x[:-1].mean()).square().sum() * (x[1:] - x[:-1].mean()).square().sum())
    ),
    "percent": lambda x: 100 * share_with_gap(x, 1),
}
NEIGHBOUR_RIGHT = {
    "corrcoef": lambda x: torch.corrcoef(torch.stack([x[:-1], x[1:]]))[0, 1] ** 2,
    "loops": share_by_loops,
    "numpy": lambda x: np.corrcoef(x[:-1].numpy(), x[1:].numpy())[0, 1] ** 2,
    "1 minus what the line leaves": lambda x: share_with_gap(x, 1),
}

# ------------------------------------------------------------ another size


def places(old, new, shift=0.5, back=0.5):
    return ((torch.arange(new) + shift) * old / new - back).clamp(0, old - 1)


def triangles(place, old, reach=1.0):
    return (1 - (place[:, None] - torch.arange(old)).abs() / reach).clamp(min=0)


def linear_by_loops(old, new):
    table = torch.zeros(new, old)
    for i in range(new):
        place = min(max((i + 0.5) * old / new - 0.5, 0), old - 1)
        for j in range(old):
            table[i, j] = max(0.0, 1 - abs(place - j))
    return table


def linear_by_neighbours(old, new):
    table = torch.zeros(new, old)
    for i, place in enumerate(places(old, new).tolist()):
        left = min(math.floor(place), old - 1)
        right = min(left + 1, old - 1)
        table[i, left] += 1 - (place - left)
        table[i, right] += place - left
    return table


def linear_by_torch(old, new):
    return F.interpolate(torch.eye(old)[:, None], size=new, mode="linear", align_corners=False)[:, 0].T


LINEAR_WRONG = {
    "nearest": lambda o, n: F.one_hot(places(o, n).round().long(), o).float(),
    "floor": lambda o, n: F.one_hot(places(o, n).floor().long(), o).float(),
    "transposed": lambda o, n: triangles(places(o, n), o).T,
    "old rows": lambda o, n: triangles(places(n, o), n),
    "reach of two": lambda o, n: triangles(places(o, n), o, 2.0),
    "reach as antialiasing has it": lambda o, n: (
        triangles(places(o, n), o, max(1.0, o / n)) / triangles(places(o, n), o, max(1.0, o / n)).sum(1, keepdim=True)
    ),
    "half added": lambda o, n: triangles(places(o, n, back=-0.5), o),
    "a third": lambda o, n: triangles(places(o, n, shift=1 / 3, back=1 / 3), o),
    "places only": lambda o, n: places(o, n),
    "distances": lambda o, n: (places(o, n)[:, None] - torch.arange(o)).abs(),
    "squares of the shares": lambda o, n: triangles(places(o, n), o) ** 2,
    "mean of all": lambda o, n: torch.full((n, o), 1 / o),
    "columns add up to 1": lambda o, n: triangles(places(o, n), o) / triangles(places(o, n), o).sum(0),
    "a softmax": lambda o, n: (-(places(o, n)[:, None] - torch.arange(o)).abs()).softmax(1),
}
LINEAR_RIGHT = {"loops": linear_by_loops, "two neighbours": linear_by_neighbours, "interpolate": linear_by_torch}

# ------------------------------------------------------------ the Fourier transform


def dft_by_loops(x):
    rows = x.reshape(-1, x.shape[-1]).tolist()
    count = x.shape[-1]
    found = [
        [
            sum(v * complex(math.cos(a), -math.sin(a)) for v, a in ((v, 2 * math.pi * k * n / count) for n, v in row))
            for k in range(count // 2 + 1)
        ]
        for row in (list(enumerate(row)) for row in rows)
    ]
    return torch.tensor(found).reshape(*x.shape[:-1], -1)


def dft_by_powers(x):
    count = x.shape[-1]
    k, n = torch.arange(count // 2 + 1)[:, None], torch.arange(count)
    return x.to(torch.complex64) @ torch.exp(-2j * math.pi * k * n / count).T


def turns(x, first=0, bins=None, over=None):
    count = x.shape[-1]
    k = torch.arange(first, first + (count // 2 + 1 if bins is None else bins))[:, None]
    angle = 2 * torch.pi * k * torch.arange(count) / (over or count)
    return torch.complex(x @ angle.cos().T, -(x @ angle.sin().T))


DFT_WRONG = {
    "bins from 1": lambda x: turns(x, first=1),
    "one bin": lambda x: turns(x, bins=1),
    "N - 1 below": lambda x: turns(x, over=x.shape[-1] - 1),
    "samples from 1": lambda x: turns(x) * torch.exp(-2j * torch.pi * torch.arange(x.shape[-1] // 2 + 1) / x.shape[-1]),
    "power": lambda x: torch.fft.rfft(x).abs() ** 2,
    "real part": lambda x: torch.fft.rfft(x).real,
    "divided by the root": lambda x: torch.fft.rfft(x, norm="ortho"),
    "the inverse": lambda x: torch.fft.irfft(torch.fft.rfft(x), n=x.shape[-1]),
    "centred first": lambda x: torch.fft.rfft(x - x.mean(-1, keepdim=True)),
    "real and imaginary exchanged": lambda x: torch.complex(turns(x).imag, turns(x).real),
    "bins in reverse": lambda x: torch.fft.rfft(x).flip(-1),
    "first row only": lambda x: torch.fft.rfft(x.reshape(-1, x.shape[-1])[0]),
    "along the first axis": lambda x: torch.fft.rfft(x, dim=0),
    "last axis stacked": lambda x: torch.view_as_real(torch.fft.rfft(x)),
    "twice the size, one-sided": lambda x: 2 * torch.fft.rfft(x),
    "degrees": lambda x: torch.complex(
        x @ (360 * torch.arange(x.shape[-1] // 2 + 1)[:, None] * torch.arange(x.shape[-1]) / x.shape[-1]).cos().T,
        0 * torch.fft.rfft(x).real,
    ),
}
DFT_RIGHT = {"loops": dft_by_loops, "powers of one number": dft_by_powers, "rfft": torch.fft.rfft}

# ------------------------------------------------------------ groups on both sides


def leak_by_sets(train, test):
    known = set(train.tolist())
    return sum(group in known for group in test.tolist()) / len(test)


LEAK_WRONG = {
    "share of all samples": lambda a, b: float(torch.isin(b, a).sum() / (len(a) + len(b))),
    "share of the training samples": lambda a, b: float(torch.isin(b, a).sum() / len(a)),
    "shared groups of all groups": lambda a, b: (
        len(set(a.tolist()) & set(b.tolist())) / len(set(torch.cat([a, b]).tolist()))
    ),
    "shared groups of training groups": lambda a, b: len(set(a.tolist()) & set(b.tolist())) / len(set(a.tolist())),
    "place by place": lambda a, b: float((a[: min(len(a), len(b))] == b[: min(len(a), len(b))]).float().mean()),
    "any": lambda a, b: bool(torch.isin(b, a).any()),
    "all": lambda a, b: float(torch.isin(b, a).all()),
    "largest known": lambda a, b: float((b <= a.max()).float().mean()),
    "zero": lambda a, b: 0.0,
    "percent": lambda a, b: 100 * float(torch.isin(b, a).float().mean()),
    "flags": lambda a, b: torch.isin(b, a),
    "pairs that agree": lambda a, b: float((a[:, None] == b).float().mean()),
    "within the test": lambda a, b: 1 - len(b.unique()) / len(b),
    "the first group only": lambda a, b: float((b == a[0]).float().mean()),
}
LEAK_RIGHT = {
    "sets": leak_by_sets,
    "a table of pairs": lambda a, b: (a[:, None] == b).any(0).float().mean(),
    "numpy": lambda a, b: np.isin(b.numpy(), a.numpy()).mean(),
    "isin": lambda a, b: torch.isin(b, a).double().mean().item(),
}

# ------------------------------------------------------------ balanced accuracy


def balanced_by_loops(answers, labels):
    shares = []
    for k in sorted(set(labels.tolist())):
        mine = [a for a, y in zip(answers.tolist(), labels.tolist(), strict=True) if y == k]
        shares.append(sum(a == k for a in mine) / len(mine))
    return sum(shares) / len(shares)


def balanced_by_counts(answers, labels):
    classes, counts = labels.unique(return_counts=True)
    found = ((answers == labels) & (labels == classes[:, None])).sum(1)
    return (found / counts).mean()


def balanced_by_weights(answers, labels):
    _classes, place, counts = labels.unique(return_inverse=True, return_counts=True)
    weights = 1 / counts[place].float()
    return (weights * (answers == labels)).sum() / weights.sum()


def per_class(answers, labels):
    return torch.stack([(answers == labels)[labels == k].float().mean() for k in labels.unique()])


BALANCED_WRONG = {
    "the worst class": lambda a, y: float(per_class(a, y).min()),
    "the best class": lambda a, y: float(per_class(a, y).max()),
    "the median class": lambda a, y: float(per_class(a, y).median()),
    "the product": lambda a, y: float(per_class(a, y).prod()),
    "the list of shares": per_class,
    "weighted by size": (
        lambda a, y: float((per_class(a, y) * y.unique(return_counts=True)[1]).sum() / len(y)),
        "That is plain accuracy",
    ),
    "weighted by size, not divided": lambda a, y: float((per_class(a, y) * y.unique(return_counts=True)[1]).sum()),
    "errors": lambda a, y: 1 - float(per_class(a, y).mean()),
    "two classes always": lambda a, y: float(
        sum((a == y)[y == k].float().sum() / max(1, (y == k).sum()) for k in (0, 1)) / 2
    ),
    "the most frequent class": lambda a, y: float((a == y)[y == y.mode().values].float().mean()),
    "number right over number of classes": lambda a, y: float((a == y).sum() / len(y.unique())),
    "percent": lambda a, y: 100 * float(per_class(a, y).mean()),
    "chance taken away": lambda a, y: float((per_class(a, y).mean() - 1 / len(y.unique())) / (1 - 1 / len(y.unique()))),
    "distance of the numbers": lambda a, y: 1 - float((a - y).abs().float().mean()),
}
BALANCED_RIGHT = {"loops": balanced_by_loops, "counts": balanced_by_counts, "weights": balanced_by_weights}

WRONG = {
    "bytes_per_second": BYTES_WRONG,
    "neighbour_share": NEIGHBOUR_WRONG,
    "linear_weights": LINEAR_WRONG,
    "dft": DFT_WRONG,
    "leak_share": LEAK_WRONG,
    "balanced_accuracy": BALANCED_WRONG,
}
RIGHT = {
    "bytes_per_second": BYTES_RIGHT,
    "neighbour_share": NEIGHBOUR_RIGHT,
    "linear_weights": LINEAR_RIGHT,
    "dft": DFT_RIGHT,
    "leak_share": LEAK_RIGHT,
    "balanced_accuracy": BALANCED_RIGHT,
}
