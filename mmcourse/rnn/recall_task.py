"""The recall task: keep one letter past others, and name it when asked.

Letters: N sequences, T steps. Each step is six numbers, 0 or 1: four say which letter, the fifth says "keep this", the
sixth asks "which was it?".
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.engine import Data, generator

LETTERS = "ABCD"
INPUTS = len(LETTERS) + 2  # one column a letter, one for "keep this", one for "which was it?"
LONGEST = 20  # the longest gap that training shows
GAPS = tuple(range(0, 61, 2))  # those that tests ask for


def recall(gaps: Sequence[int] | Tensor, seed: int, length: int = LONGEST + 2) -> Data:
    """Silence, a marked letter, a gap of other letters, the question: x (N, T, 6) and the marked letter (N,).

    ``gaps`` (N,): letters between the marked one and the question; ``length`` T, at least the largest gap + 2.
    """
    gaps, rng = torch.as_tensor(gaps), generator(seed)
    if len(gaps) == 0 or int(gaps.min()) < 0 or int(gaps.max()) + 2 > length:
        raise ValueError(f"gaps, length: got {gaps.tolist()[:8]} and {length}, expected gaps from 0 to length - 2")
    letters = torch.randint(len(LETTERS), (len(gaps), length), generator=rng)
    place, rows = length - 2 - gaps, torch.arange(len(gaps))
    x = torch.zeros(len(gaps), length, INPUTS)
    x[..., : len(LETTERS)] = F.one_hot(letters, len(LETTERS))
    x[torch.arange(length) < place[:, None]] = 0  # silence
    x[rows, place, len(LETTERS)] = 1
    x[:, -1] = F.one_hot(torch.tensor(INPUTS - 1), INPUTS).float()
    return x, letters[rows, place]


def training_gaps(count: int, seed: int) -> Tensor:
    """Gaps 0..20, short ones more often: the logarithm of gap + 1 is uniform."""
    return ((LONGEST + 1) ** torch.rand(count, generator=generator(seed)) - 0.5).long().clamp(0, LONGEST)
