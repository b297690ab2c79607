"""Lesson 09: side by side, and the operators that mix place by place: sum, mean, maximum, product, weights.

Letters: B batch, M modalities, D_m numbers of modality m, W width of the result, R rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import mul

import torch
from torch import Tensor, nn

from mmcourse.fusion_operators.contract import Fusion, Sizes


class Concatenate(Fusion):
    """All numbers side by side, then one linear layer: A [x_1; x_2; ...] + b. An absent modality leaves zeros.

    Parameters: (Σ D_m) W + W.
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.mix = nn.Linear(sum(self.sizes.values()), width)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return self.mix(torch.cat(rows, dim=1))  # (B, Σ D_m) → (B, W)


class Meeting(Fusion):
    """Operators that need equal sizes: each modality first gets a linear layer of its own to W numbers, h_m.

    Else only equal sizes could be added, number 3 of an image to number 3 of a sound. Parameters: Σ (D_m W + W).
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.enter = nn.ModuleDict({name: nn.Linear(self.sizes[name], width) for name in self.names})

    def meet(self, rows: list[Tensor], here: Tensor) -> Tensor:
        """M tensors (B, D_m) → h (M, B, W), zero where absent."""
        h = torch.stack([self.enter[name](x) for name, x in zip(self.names, rows, strict=True)])
        return torch.where(here.unsqueeze(-1), h, 0.0)


class Sum(Meeting):
    """h_1 + h_2 + ...; the absent add 0."""

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return self.meet(rows, here).sum(0)


def mean_of_present(h: Tensor, here: Tensor) -> Tensor:
    """The mean over the modalities that are here: h (M, B, W), here (M, B) bool → (B, W); zeros where nobody is.

    Example: h = [[[2.]], [[6.]]] gives 4 when both are here, 6 when only the second is.
    """
    weights = here.to(h.dtype).unsqueeze(-1)  # (M, B, 1)
    return torch.where(here.unsqueeze(-1), h, 0.0).sum(0) / weights.sum(0).clamp_min(1)


class Mean(Meeting):
    """The mean of the h_m of those present."""

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return mean_of_present(self.meet(rows, here), here)


class Maximum(Meeting):
    """At each place the largest of those present; 0 where nobody is."""

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        largest = torch.where(here.unsqueeze(-1), self.meet(rows, here), -torch.inf).amax(0)
        return torch.where(here.any(0).unsqueeze(-1), largest, 0.0)


class Product(Meeting):
    """h_1 ∘ h_2 ∘ ..., place by place; the absent multiply by 1."""

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return reduce(mul, torch.where(here.unsqueeze(-1), self.meet(rows, here), 1.0))


def blend(first: Tensor, second: Tensor, alpha: float) -> Tensor:
    """alpha · first + (1 - alpha) · second, with 0 ≤ alpha ≤ 1. (..., W), (..., W) → (..., W). 2, 6, 0.75 → 3."""
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha: got {alpha}, expected a share from 0 to 1")
    if first.shape != second.shape:
        raise ValueError(
            f"first, second: got shapes {tuple(first.shape)} and {tuple(second.shape)}, expected equal "
            "ones; give each a linear layer to a common size first"
        )
    return alpha * first + (1 - alpha) * second


class Weighted(Meeting):
    """Σ_m w_m h_m with w_m ≥ 0 and Σ w_m = 1 over those present.

    ``weights={"image": 0.7, "audio": 0.3}`` are fixed, by belief or by a validation split. Without them they are
    learnt, as the softmax of one number for each modality: M parameters more.
    """

    def __init__(self, sizes: Sizes, width: int, weights: Mapping[str, float] | None = None) -> None:
        super().__init__(sizes, width)
        if weights is None:
            self.trust = nn.Linear(len(self.names), 1, bias=False)  # a sum over modalities is linear
        elif set(weights) != set(sizes) or min(weights.values()) < 0 or abs(sum(weights.values()) - 1) > 1e-6:
            raise ValueError(
                f"weights: got {dict(weights)}, expected a number from 0 up for each of "
                f"{', '.join(self.names)}, with sum 1"
            )
        self.fixed = None if weights is None else [float(weights[name]) for name in self.names]

    def weights(self) -> Tensor:
        """The weights (M,), in the order of ``names``."""
        if self.fixed is None:
            return self.trust.weight[0].softmax(0)
        return self.enter[self.names[0]].weight.new_tensor(self.fixed)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        w = self.weights()[:, None] * here  # (M, B)
        return torch.einsum("mb,mbw->bw", w / w.sum(0).clamp_min(1e-9), self.meet(rows, here))
