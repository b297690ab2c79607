"""Five ways to keep a network from learning by heart, and a network that is held back in any mixture of them.

Letters: w weights of any shape, g their gradient, x activations; B pictures, H and W their sides in pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from mmcourse.base.checks import check_wholes
from mmcourse.neurons import MLP, relu

Scores = dict[tuple[str, float], dict[str, list[float]]]  # (method, strength) → {"train", "valid", "test"} → seeds


def l2_penalty(weights: Iterable[Tensor]) -> Tensor:
    """Half the sum of all squares: ½ Σ w² → (). Its slope is w: large weights are pulled back in proportion."""
    return sum((w**2).sum() for w in weights) / 2


def l2_gradient(w: Tensor, g: Tensor, strength: float) -> Tensor:
    """The gradient of loss + strength · ½ Σ w²: g + strength · w. w, g (...) → (...)."""
    if w.shape != g.shape or not strength >= 0:
        raise ValueError(
            f"w, g, strength: got shapes {tuple(w.shape)}, {tuple(g.shape)} and {strength}, expected two "
            "equal shapes and a strength of at least 0"
        )
    return g + strength * w


def l1_penalty(weights: Iterable[Tensor]) -> Tensor:
    """The sum of all sizes: Σ |w| → (). Its slope is ±1: small weights are pulled as hard as large ones, down to 0."""
    return sum(w.abs().sum() for w in weights)


def dropout(x: Tensor, p: float | Tensor, noise: Tensor) -> Tensor:
    """Numbers whose ``noise`` (uniform in 0..1, shape of x) is below p become 0; the rest is divided by 1 - p.

    x (...) → (...). Dividing keeps the mean, so that nothing needs to change when dropout is switched off. Source:
    Srivastava and others (JMLR 15, 2014), there with the division at test time.

        dropout(torch.tensor([1.0, 1.0]), 0.5, torch.tensor([0.2, 0.7]))                     # [0, 2]
    """
    if x.shape != noise.shape or (isinstance(p, float | int) and not 0 <= p < 1):
        raise ValueError(
            f"x, p, noise: got shape {tuple(x.shape)}, p = {p}, noise {tuple(noise.shape)}; expected "
            "equal shapes and a share p from 0 up to, not including, 1"
        )
    return x * (noise >= p) / (1 - p)


def moved(images: Tensor, shifts: Tensor) -> Tensor:
    """Pictures (B, 1, H, W) moved by shifts (B, 1, 1, 2), rows down and columns right, in fractions of a pixel.

    A picture between two pixels is their mixture: new = R image C, with weights 1 - |distance| in R and in C.
    """
    rows, columns = (_mixture(side, shifts[..., axis : axis + 1]) for axis, side in enumerate(images.shape[-2:]))
    return rows @ images @ columns.mT


def _mixture(side: int, shift: Tensor) -> Tensor:
    """Which old rows each new row is made of: (side, side) weights for each shift (B, 1, 1, 1)."""
    places = torch.arange(side, device=shift.device, dtype=shift.dtype)
    return (1 - (places[:, None] - shift - places).abs()).clamp(min=0)


def patience_ends(losses: Iterable[float], patience: int) -> int | None:
    """After how many epochs training stops early: when the lowest loss is ``patience`` epochs old; None if never.

    patience_ends([0.9, 0.5, 0.6, 0.7], 2)                            # 4: the best was epoch 2, then two waited
    """
    check_wholes(patience=patience)
    lowest, best = float("inf"), 0
    for epoch, value in enumerate(losses, start=1):
        if value < lowest:
            lowest, best = value, epoch
        if epoch - best >= patience:
            return epoch
    return None


class HeldBackMLP(MLP):
    """The network of lesson 01, with dropout of its hidden units and random shifts of its pictures while it trains.

    The strengths ``l1``, ``l2``, ``drop`` and ``reach`` (pixels) are buffers, numbers that belong to the model and are
    not learnt, so that ``fit_many`` can train models of different strengths side by side. A part whose strength is not
    named is left out altogether: drawing masks of share 0 would take as long as drawing others.
    """

    def __init__(self, seed: int = 0, **strengths: float) -> None:
        super().__init__(64, 64, 10, seed)
        self.named = frozenset(strengths)
        for name in ("l1", "l2", "drop", "reach"):
            self.register_buffer(name, torch.tensor(float(strengths.get(name, 0.0))))

    def forward(self, images: Tensor) -> Tensor:
        if self.training and "reach" in self.named:
            images = moved(images, self.reach * (2 * torch.rand_like(images[:, :, :1, :2]) - 1))
        hidden = relu(images.flatten(1) @ self.w1 + self.b1)
        if self.training and "drop" in self.named:
            hidden = dropout(hidden, self.drop, torch.rand_like(hidden))
        return hidden @ self.w2 + self.b2


def held_back_penalty(weights: Mapping[str, Tensor], buffers: Mapping[str, Tensor]) -> Tensor:
    """Each model's own mixture of both penalties on its weights; biases go free."""
    layers = [weights["w1"], weights["w2"]]
    return buffers["l1"] * l1_penalty(layers) + buffers["l2"] * l2_penalty(layers)
