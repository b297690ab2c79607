"""Lesson 09: who counts this time: operators that give each modality a share for each sample; and who mixes at all.

Letters: B batch, M modalities, D_m numbers of modality m, W width of the result, R rank.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from mmcourse.fusion_operators.contract import Batch, Fusion, Present, Sizes
from mmcourse.fusion_operators.place_by_place import Meeting


def mix_by_scores(values: Tensor, scores: Tensor, here: Tensor) -> tuple[Tensor, Tensor]:
    """Shares = softmax of the scores over the modalities present; the mix is the sum of shares times values.

    values (M, B, W), scores (M, B, W) or (M, B, 1), here (M, B) → mix (B, W), shares like scores. Where nobody is
    here, all shares are 0. Example: equal scores give shares 1/2 and 1/2; one absent, 0 and 1.
    """
    from_here = here.unsqueeze(-1)  # (M, B, 1)
    far_below = torch.finfo(scores.dtype).min / 2  # not -inf: with nobody, 0 / 0
    shares = torch.where(from_here, scores, far_below).softmax(0) * from_here
    return (shares * values).sum(0), shares


Score = Callable[[Tensor, Tensor], Tensor]


def interaction(score: Score, x: Tensor, y: Tensor, other_x: Tensor, other_y: Tensor) -> Tensor:
    """score(x, y) - score(x, y') - score(x', y) + score(x', y'): zero whenever the score is f(x) + g(y).

    What one sense says then never depends on the other. Example: for the product at ±1 it is 1 + 1 + 1 + 1 = 4.
    """
    return score(x, y) - score(x, other_y) - score(other_x, y) + score(other_x, other_y)


class Sharing(Meeting):
    """Operators that give each modality a share, anew for each sample; the shares can be looked at."""

    def shares(self, batch: Batch, present: Present | None = None) -> tuple[Tensor, Tensor]:
        """The mix (B, W), and the shares (M, B, W) or (M, B, 1): from 0 to 1, with sum 1 over those present."""
        return self.share(*self.rows(batch, present))

    def share(self, rows: list[Tensor], here: Tensor) -> tuple[Tensor, Tensor]:
        """M tensors (B, D_m), here (M, B) → the mix and the shares."""
        raise NotImplementedError

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return self.share(rows, here)[0]


class Gated(Sharing):
    """Σ_m g_m ∘ tanh(h_m): the gates g, a softmax over modalities at each place, are computed from *all* inputs.

    Gated multimodal units: Arevalo, Solorio, Montes-y-Gómez and González (ICLR 2017 workshop). For two modalities the
    softmax is their σ(W_z [x; y]); for more they give each modality a sigmoid of its own, without a softmax.
    Parameters: Σ (D_m W + W) + (Σ D_m) M W + M W.
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.gate = nn.Linear(sum(self.sizes.values()), len(self.names) * width)

    def share(self, rows: list[Tensor], here: Tensor) -> tuple[Tensor, Tensor]:
        scores = self.gate(torch.cat(rows, 1)).unflatten(1, (len(rows), self.width))  # (B, M, W)
        return mix_by_scores(self.meet(rows, here).tanh(), scores.transpose(0, 1), here)


class ModalityAttention(Sharing):
    """Σ_m a_m h_m: one share for each modality and sample, a softmax over the scores s_m = v · tanh(U h_m + c).

    After Hori and others (ICCV 2017), where the score also depends on the state of a decoder that writes a caption;
    there is none here. Unlike a gate's, the score of a modality is computed from that modality alone.
    Parameters: Σ (D_m W + W) + W W + W + W.
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.look, self.score = nn.Linear(width, width), nn.Linear(width, 1, bias=False)

    def share(self, rows: list[Tensor], here: Tensor) -> tuple[Tensor, Tensor]:
        h = self.meet(rows, here)
        return mix_by_scores(h, self.score(self.look(h).tanh()), here)


class FiLM(Fusion):
    """One modality stretches and shifts another: (1 + γ) ∘ h_main + β, with γ and β linear in the others.

    Feature-wise linear modulation: Perez, Strub, de Vries, Dumoulin and Courville (AAAI 2018). ``main`` is the first
    name if not given; absent others modulate nothing. Parameters: D_main W + W + Σ_others 2 (D_m W + W).
    """

    def __init__(self, sizes: Sizes, width: int, main: str | None = None) -> None:
        super().__init__(sizes, width)
        if main is not None and main not in sizes:
            raise ValueError(f"main: got {main!r}, expected one of {', '.join(self.names)}")
        self.main = self.names[0] if main is None else main
        self.enter = nn.Linear(self.sizes[self.main], width)
        self.modulate = nn.ModuleDict({n: nn.Linear(self.sizes[n], 2 * width) for n in self.names if n != self.main})

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        said = dict(zip(self.names, zip(rows, here.unsqueeze(-1), strict=True), strict=True))  # x, (B, 1)
        gamma, beta = sum(
            torch.where(said[name][1], layer(said[name][0]), 0.0) for name, layer in self.modulate.items()
        ).chunk(2, dim=1)  # (B, W) each
        x, there = said[self.main]
        return (1 + gamma) * torch.where(there, self.enter(x), 0.0) + beta
