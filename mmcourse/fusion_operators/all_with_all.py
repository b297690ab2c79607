"""Lesson 09: everything times everything: bilinear, tensor and low-rank fusion.

Letters: B batch, M modalities, D_m numbers of modality m, W width of the result, R rank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from operator import mul

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.fusion_operators.contract import Fusion, Sizes


class Bilinear(Fusion):
    """Each number of one modality times each of another: z_k = Σ_ij V_kij x_i y_j + b_k, summed over all pairs.

    Tenenbaum and Freeman (2000, Neural Computation 12(6)). A pair with an absent modality is 0: with two modalities
    only b is left then. Parameters: (Σ_{m<n} D_m D_n) W + W.
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        each = [self.sizes[name] for name in self.names]
        self.mix = nn.Linear(sum(a * b for i, a in enumerate(each) for b in each[i + 1 :]), width)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        pairs = [(x.unsqueeze(2) * y.unsqueeze(1)).flatten(1) for i, x in enumerate(rows) for y in rows[i + 1 :]]
        return self.mix(torch.cat(pairs, dim=1))  # (B, Σ D_m D_n) → (B, W)


def with_one(x: Tensor) -> Tensor:
    """Append a 1 to every row: (B, D) → (B, D + 1)."""
    return torch.cat([x, torch.ones_like(x[:, :1])], dim=1)


def outer_with_one(rows: Sequence[Tensor]) -> Tensor:
    """[x; 1] ⊗ [y; 1] ⊗ ... as one row for each sample: (B, D_1), (B, D_2), ... → (B, Π (D_m + 1)).

    Every product of numbers from different modalities, and because of the 1 also each number alone: x = [2], y = [3]
    → [6, 2, 3, 1]. Zadeh, Chen, Poria, Cambria and Morency (EMNLP 2017).
    """

    def times(left: Tensor, right: Tensor) -> Tensor:
        return (left.unsqueeze(2) * right.unsqueeze(1)).flatten(1)  # (B, L), (B, D) → (B, L D)

    return reduce(times, [with_one(x) for x in rows])


class TensorFusion(Fusion):
    """One linear layer on the outer product of all [x_m; 1]. Parameters: W Π (D_m + 1).

    No bias: the last entry is 1·1·…·1. An absent modality is zeros and a 1: all about the others remains.
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.mix = nn.Linear(math.prod(size + 1 for size in self.sizes.values()), width, bias=False)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return self.mix(outer_with_one(rows))


def low_rank_mix(rows: Sequence[Tensor], factors: Sequence[Tensor]) -> Tensor:
    """z = Σ_r Π_m (F_m,r [x_m; 1]): the tensor fusion without the tensor. Rows (B, D_m), factors (R, W, D_m + 1).

    → (B, W). Liu, Shen, Lakshminarasimhan, Liang, Zadeh and Morency (ACL 2018).
    """
    parts = [torch.einsum("rwd,bd->brw", factor, with_one(x)) for x, factor in zip(rows, factors, strict=True)]
    return reduce(mul, parts).sum(1)  # (B, R, W) → (B, W)


class LowRank(Fusion):
    """The tensor fusion whose weight tensor is a sum of ``rank`` products of vectors. Parameters: R W Σ (D_m + 1)."""

    def __init__(self, sizes: Sizes, width: int, rank: int = 4) -> None:
        super().__init__(sizes, width)
        self.rank = rank
        self.factors = nn.ModuleDict({n: nn.Linear(self.sizes[n] + 1, rank * width, bias=False) for n in self.names})

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        factors = [self.factors[name].weight.unflatten(0, (self.rank, self.width)) for name in self.names]
        return low_rank_mix(rows, factors)


def full_rank(tensor: TensorFusion) -> LowRank:
    """The low-rank fusion that equals a tensor fusion exactly: rank Π (D_m + 1), the last modality left out.

    Term r picks one entry of each modality but the last; the last factor holds the weights that belong to them.
    """
    *before, last = [tensor.sizes[name] + 1 for name in tensor.names]
    equal = LowRank(tensor.sizes, tensor.width, rank=math.prod(before)).to(tensor.mix.weight)
    grid = torch.cartesian_prod(*[torch.arange(size) for size in before]).reshape(equal.rank, len(before))
    with torch.no_grad():
        for m, name in enumerate(tensor.names[:-1]):
            picks = torch.eye(before[m])[grid[:, m]].unsqueeze(1)  # (R, 1, D + 1), a single 1 each
            equal.factors[name].weight.copy_(picks.expand(-1, tensor.width, -1).flatten(0, 1))
        weights = tensor.mix.weight.unflatten(1, (equal.rank, last)).transpose(0, 1)  # (R, W, D + 1)
        equal.factors[tensor.names[-1]].weight.copy_(weights.flatten(0, 1))
    return equal


def count_sketch(x: Tensor, places: Tensor, signs: Tensor, size: int) -> Tensor:
    """Throw each number, with its sign, into one of ``size`` bins and add up: (B, D), (D,), (D,) → (B, size).

    Example: x = [1, 2, 3], places = [0, 1, 0], signs = [1, -1, 1], size 2 → [4, -2]. On average over random places and
    signs, dot products stay what they were: Charikar, Chen and Farach-Colton (ICALP 2002).
    """
    return (x * signs) @ F.one_hot(places, size).to(x.dtype)


def sketched_outer(rows: Sequence[Tensor], places: Sequence[Tensor], signs: Sequence[Tensor], size: int) -> Tensor:
    """The count sketch of the outer product of all rows, without building it: rows (B, D_m) → (B, size).

    Entry (i, j, …) of the table lies in bin places_1[i] + places_2[j] + … modulo ``size``, with the product of the
    signs. Adding places is what a circular convolution does, so the transforms of the single sketches are multiplied.
    Pham and Pagh (KDD 2013); in networks Gao, Beijbom, Zhang and Darrell (CVPR 2016).
    """
    waves = [torch.fft.rfft(count_sketch(x, p, s, size), dim=-1) for x, p, s in zip(rows, places, signs, strict=True)]
    return torch.fft.irfft(reduce(mul, waves), n=size, dim=-1)


class CompactTensor(Fusion):
    """One linear layer on a sketch of the tensor fusion's table: as many bins as one likes, ``bins`` times the width.

    Compact bilinear pooling (Gao and others, CVPR 2016), across senses as in Fukui and others (EMNLP 2016), but with
    the 1 of the tensor fusion appended, so that an absent modality leaves the others. Places and signs are drawn once
    and stay. Parameters: bins W W + W.
    """

    def __init__(self, sizes: Sizes, width: int, bins: int = 4) -> None:
        super().__init__(sizes, width)
        self.bins = bins * width
        for name in self.names:
            count = self.sizes[name] + 1
            self.register_buffer(f"places_{name}", torch.randint(self.bins, (count,)))
            self.register_buffer(f"signs_{name}", 2.0 * torch.randint(2, (count,)) - 1)
        self.mix = nn.Linear(self.bins, width)

    def sketch(self, rows: list[Tensor]) -> Tensor:
        """M tensors (B, D_m) → (B, bins)."""
        places, signs = ([self.get_buffer(f"{kind}_{n}") for n in self.names] for kind in ("places", "signs"))
        return sketched_outer([with_one(x) for x in rows], places, signs, self.bins)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return self.mix(self.sketch(rows))
