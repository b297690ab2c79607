"""What keeps a network from learning by heart: L2, L1, dropout, early stopping; a fifth, augmentation, is the data's.

Letters: w weights of any shape, g their gradient, x activations of any shape.
"""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor

from mmcourse.base.checks import check_wholes


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
