"""How far one hidden layer reaches: bumps made of ReLUs, side by side, follow any curve as closely as one likes.

Sources: Cybenko (1989) and Hornik (1991) for bounded activation functions, Leshno and others (1993) for nearly all.
"""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.neurons.backpropagation import Weights, two_layer_forward
from mmcourse.neurons.single_neuron import check_finite, relu, sigmoid


def hat(x: Tensor, left: float, middle: float, right: float) -> Tensor:
    """A bump out of three ReLUs: 0 up to ``left``, straight up to 1 at ``middle``, down to 0 at ``right``, then 0.

    The slope is 1 / (middle - left) first; the second ReLU takes it down, the third one back to 0. x (...) → (...).
    """
    up, down = 1 / (middle - left), 1 / (right - middle)
    return up * relu(x - left) - (up + down) * relu(x - middle) + down * relu(x - right)


def sigmoid_bump(x: Tensor, left: float, right: float, steepness: float = 50.0) -> Tensor:
    """A bump out of two sigmoids, a step up at ``left`` and a step down at ``right``. x (...) → (...)."""
    return sigmoid(steepness * (x - left)) - sigmoid(steepness * (x - right))


def through_points(x: Tensor, y: Tensor) -> Weights:
    """A hidden layer of ReLUs whose output goes straight from point to point: one unit for each piece.

    Unit k bends the line at x_k, and its outgoing weight is the change of slope there. All hats side by side add up to
    the same, since neighbours share their bends. x (H + 1,) increasing, y (H + 1,) → w1 (1, H), b1 (H,), w2 (H, 1),
    b2 (1,), for ``two_layer_forward(..., activation="relu")``. Raises ValueError for points that do not increase.
    """
    check_finite(x=x, y=y)
    if x.dim() != 1 or x.shape != y.shape or len(x) < 2 or not (x[1:] > x[:-1]).all():
        raise ValueError(
            f"x, y: got shapes {tuple(x.shape)}, {tuple(y.shape)}, expected (H + 1,) twice, H > 0, x increasing"
        )
    slopes = (y[1:] - y[:-1]) / (x[1:] - x[:-1])  # (H,)
    changes = torch.cat([slopes[:1], slopes[1:] - slopes[:-1]])  # (H,)
    return Weights(torch.ones_like(x[:-1])[None], -x[:-1], changes[:, None], y[:1])


def reach(network: Weights, x: Tensor) -> Tensor:
    """What a ReLU network with one input and one output says at each place. x (B,) → (B,)."""
    return two_layer_forward(x[:, None], network, "relu")[0][:, 0]
