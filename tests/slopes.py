"""Drawn numbers, random masks, and two implementations that must agree forward and backward."""

from __future__ import annotations

import math

import pytest
import torch

EXACT = {torch.float32: 1e-5, torch.float64: 1e-10}
BOTH = pytest.mark.parametrize("dtype", EXACT, ids=["float32", "float64"])


def draw(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def close(ours: torch.Tensor, theirs: torch.Tensor, reach: float = 1e-10) -> bool:
    return ours.shape == theirs.shape and torch.allclose(ours, theirs, rtol=reach, atol=reach)


def some_mask(*shape: int, seed: int = 0) -> torch.Tensor:
    """Random places to look at; at least one in each row."""
    mask = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.5
    mask[..., 0] |= ~mask.any(-1)
    return mask


def only(length: int, place: int) -> torch.Tensor:
    """All but one place masked."""
    return torch.arange(length) == place


def fill(pairs, seed):
    with torch.no_grad():
        for number, (mine, its) in enumerate(pairs):
            its.copy_(draw(*its.shape, seed=100 * seed + number) / math.sqrt(its.shape[-1]))
            mine.copy_(its)


def assert_same_slopes(ours, theirs, leaves, others, reach):
    """Outputs, and gradients of one weighted sum of them for each pair of leaves, agree; a gradient to the tolerance
    times its largest number, since sums of large numbers that nearly cancel are no more exact in either.
    """
    assert close(ours, theirs, reach), (ours - theirs).abs().max()
    pull = draw(*ours.shape, seed=9, dtype=ours.dtype)
    for mine, its in zip(
        torch.autograd.grad((ours * pull).sum(), leaves),
        torch.autograd.grad((theirs * pull).sum(), others),
        strict=True,
    ):
        far = (mine - its).abs().max()
        assert mine.shape == its.shape and far <= reach * its.abs().max().clamp(min=1), far
