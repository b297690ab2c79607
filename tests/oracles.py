"""What numbers are held against: seeded inputs, nudging, and another implementation with its own way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor

BOTH = pytest.mark.parametrize("dtype, close", [(torch.float32, 1e-5), (torch.float64, 1e-10)], ids=["32", "64"])


def draw(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    """Normal numbers, the same for each dtype."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def leaves(*shapes: tuple[int, ...], dtype: torch.dtype) -> list[Tensor]:
    """Normal numbers that want a gradient, one tensor a shape."""
    return [draw(*shape, seed=k, dtype=dtype).requires_grad_() for k, shape in enumerate(shapes)]


def same(ours: Tensor, theirs: Tensor) -> bool:
    """Equal shapes, and numbers equal to ten digits."""
    return ours.shape == theirs.shape and torch.allclose(ours, theirs, rtol=1e-10, atol=1e-10)


def nudged(loss: Callable[[Tensor], Tensor], at: Tensor, size: float = 1e-6) -> Tensor:
    """The gradient of ``loss`` by central differences."""
    slopes = []
    for place in range(at.numel()):
        nudge = torch.zeros_like(at).view(-1)
        nudge[place] = size
        nudge = nudge.view_as(at)
        slopes.append((loss(at + nudge) - loss(at - nudge)) / (2 * size))
    return torch.stack(slopes).view_as(at)


def assert_same(ours: Callable, theirs: Callable, inputs: Sequence[Tensor], close: float) -> None:
    """Equal results and equal gradients for every input, each by its own way back."""
    mine, other = ours(*inputs), theirs(*inputs)
    assert mine.shape == other.shape and mine.dtype == other.dtype
    torch.testing.assert_close(mine, other, rtol=close, atol=close)
    pull = draw(*mine.shape, seed=99, dtype=mine.dtype)
    for one, two in zip(
        torch.autograd.grad((mine * pull).sum(), inputs), torch.autograd.grad((other * pull).sum(), inputs), strict=True
    ):
        torch.testing.assert_close(one, two, rtol=close, atol=close)
