"""Models that read: the mean of the words' vectors, a network of word windows, a tag for every word.

Letters: B texts, T tokens in the longest of them, V words, D numbers for a word, K classes, N windows.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mmcourse.base.checks import check_whole
from mmcourse.engine import generator
from mmcourse.neurons import MLP
from mmcourse.text.counts import lookup
from mmcourse.text.tokens import PAD


def masked_mean(x: Tensor, mask: Tensor) -> Tensor:
    """The mean over the real places of each text, 0 where there are none. x (B, T, D), mask (B, T) → (B, D)."""
    if x.dim() != 3 or mask.shape != x.shape[:2]:
        raise ValueError(f"x, mask: got shapes {tuple(x.shape)}, {tuple(mask.shape)}, expected (B, T, D), (B, T)")
    real = mask.to(x.dtype).unsqueeze(-1)  # (B, T, 1)
    return (x * real).sum(1) / real.sum(1).clamp(min=1)


class MeanEmbedding(nn.Module):
    """The mean of the words' vectors, then two layers: logits = relu(mean w1 + b1) w2 + b2.

    ids (B, T), 0 is padding → (B, K). Source: Iyyer et al. (ACL 2015), *deep averaging networks*.
    """

    def __init__(self, size: int, dim: int = 16, hidden: int = 32, classes: int = 2, seed: int = 0) -> None:
        super().__init__()
        self.table = nn.Parameter(0.1 * torch.randn(size, dim, generator=generator(seed)))
        self.head = MLP(dim, hidden, classes, seed + 1000)  # other numbers than the table's

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(masked_mean(lookup(self.table, ids), ids != PAD))


class TextCNN(nn.Module):
    """Kernels look at windows of h words, relu(window · w + b); the strongest answer of each counts (Kim, EMNLP 2014).

    ids (B, T), 0 is padding → (B, K). Windows begin at real words; what lies beyond the last word is 0.
    """

    def __init__(
        self,
        size: int,
        dim: int = 16,
        filters: int = 16,
        widths: Sequence[int] = (1, 3, 5),
        classes: int = 2,
        seed: int = 0,
    ) -> None:
        super().__init__()
        rng, self.widths = generator(seed), tuple(widths)
        self.table = nn.Parameter(0.1 * torch.randn(size, dim, generator=rng))
        self.filters = nn.ParameterList(
            torch.randn(h * dim, filters, generator=rng) * (2 / (h * dim)) ** 0.5 for h in self.widths
        )
        self.biases = nn.ParameterList(torch.zeros(filters) for _ in self.widths)
        last = len(self.widths) * filters
        self.weight = nn.Parameter(torch.randn(last, classes, generator=rng) / last**0.5)
        self.bias = nn.Parameter(torch.zeros(classes))

    def responses(self, ids: Tensor) -> list[Tensor]:
        """For each width the kernels' answers at every place, 0 at padding: [(B, T, filters), ...]."""
        real = (ids != PAD).unsqueeze(-1)  # (B, T, 1)
        x = lookup(self.table, ids) * real  # (B, T, D)
        found = []
        for h, weight, bias in zip(self.widths, self.filters, self.biases, strict=True):
            beyond = nn.functional.pad(x, (0, 0, 0, h - 1))  # (B, T + h - 1, D)
            windows = torch.cat([beyond[:, k : k + ids.shape[1]] for k in range(h)], dim=-1)  # (B, T, h · D)
            found.append(torch.relu(windows @ weight + bias) * real)
        return found

    def forward(self, ids: Tensor) -> Tensor:
        strongest = torch.cat([answers.amax(1) for answers in self.responses(ids)], dim=-1)
        return strongest @ self.weight + self.bias


def token_windows(ids: Tensor, reach: int) -> Tensor:
    """Each token with ``reach`` neighbours on both sides; beyond the ends stands 0, padding.

    ids (B, T) → (B, T, 2 reach + 1). ``token_windows(torch.tensor([[7, 8]]), 1)`` is [[[0, 7, 8], [7, 8, 0]]].
    """
    check_whole(reach, "reach", least=0)
    if ids.dim() != 2:
        raise ValueError(f"ids: got shape {tuple(ids.shape)}, expected (B, T), as pad() gives it")
    return nn.functional.pad(ids, (reach, reach), value=PAD).unfold(1, 2 * reach + 1, 1)


class WindowTagger(nn.Module):
    """A tag for the middle of a window: its words' vectors side by side, then two layers (Collobert et al., JMLR 2011).

    windows (N, 2 reach + 1) → logits (N, tags).
    """

    def __init__(self, size: int, tags: int, reach: int = 1, dim: int = 16, hidden: int = 64, seed: int = 0) -> None:
        super().__init__()
        self.table = nn.Parameter(0.1 * torch.randn(size, dim, generator=generator(seed)))
        self.head = MLP((2 * reach + 1) * dim, hidden, tags, seed + 1000)

    def forward(self, windows: Tensor) -> Tensor:
        return self.head(lookup(self.table, windows).flatten(1))  # (N, (2 reach + 1) · D)
