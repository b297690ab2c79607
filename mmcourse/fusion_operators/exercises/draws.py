"""Numbers for the cases of lesson 09's exercises, drawn from a seed."""

from __future__ import annotations

import torch
from torch import Tensor


def drawn(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def rows_of(*sizes: int, samples: int, seed: int) -> list[Tensor]:
    return [drawn(samples, size, seed=seed + i) for i, size in enumerate(sizes)]
