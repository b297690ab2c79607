"""Two layers of neurons: the way forward, and the chain rule all the way back.

Letters: B samples, D inputs, H hidden units, K outputs. ``...`` in front are networks side by side. The smallest task
that needs two layers is XOR.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from mmcourse.base.checks import check_number, check_wholes
from mmcourse.engine import generator
from mmcourse.neurons.single_neuron import activation_named, check_finite, sigmoid, sigmoid_slope

CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = torch.tensor([0.0, 1.0, 1.0, 0.0])  # "one or the other, but not both", wanted at the four corners


class Weights(NamedTuple):
    """The numbers of two layers, or gradients: w1 (..., D, H), b1 (..., H), w2 (..., H, K), b2 (..., K)."""

    w1: Tensor
    b1: Tensor
    w2: Tensor
    b2: Tensor


def random_weights(inputs: int, hidden: int, outputs: int, seed: int, spread: float = 1.0) -> Weights:
    """Weights and biases from a normal distribution with mean 0 and the standard deviation ``spread``."""
    check_wholes(inputs=inputs, hidden=hidden, outputs=outputs)
    check_number(spread, "spread", 0, math.inf, "a standard deviation of at least 0")
    shapes, rng = ((inputs, hidden), (hidden,), (hidden, outputs), (outputs,)), generator(seed)
    return Weights(*(spread * torch.randn(shape, generator=rng) for shape in shapes))


def two_layer_forward(x: Tensor, weights: Weights, activation: str = "tanh") -> tuple[Tensor, Tensor]:
    """Two layers: logits = activation(x w1 + b1) w2 + b2, and the sums z = x w1 + b1 that the way back will need.

    x (..., B, D) → logits (..., B, K), z (..., B, H). Raises ValueError for sizes that do not fit together.
    """
    check_finite(x=x, **weights._asdict())
    if x.dim() < 2 or x.shape[-1] != weights.w1.shape[-2] or weights.w1.shape[-1] != weights.w2.shape[-2]:
        raise ValueError(
            f"x, w1, w2: got shapes {tuple(x.shape)}, {tuple(weights.w1.shape)}, "
            f"{tuple(weights.w2.shape)}, expected (..., B, D), (..., D, H), (..., H, K)"
        )
    z = x @ weights.w1 + weights.b1.unsqueeze(-2)  # (..., B, H)
    return activation_named(activation).value(z) @ weights.w2 + weights.b2.unsqueeze(-2), z


def two_layer_backward(x: Tensor, weights: Weights, z: Tensor, d_logits: Tensor, activation: str = "tanh") -> Weights:
    """Backpropagation through two layers: how the loss changes with every weight, by the chain rule.

    x (..., B, D), z (..., B, H) from the way forward, d_logits (..., B, K): the loss's slope for each logit.
    The result has the shapes of ``weights``. Source: Rumelhart, Hinton and Williams, Nature 323 (1986).
    """
    if d_logits.shape[-2] != x.shape[-2] or d_logits.shape[-1] != weights.w2.shape[-1]:
        raise ValueError(
            f"d_logits: got shape {tuple(d_logits.shape)}, expected (..., {x.shape[-2]}, "
            f"{weights.w2.shape[-1]}): one number for each sample and output"
        )
    hidden = activation_named(activation).value(z)  # (..., B, H)
    d_hidden = d_logits @ weights.w2.mT  # (B, K) @ (K, H) → (..., B, H)
    d_z = d_hidden * activation_named(activation).slope(z)  # (..., B, H)
    return Weights(x.mT @ d_z, d_z.sum(-2), hidden.mT @ d_logits, d_logits.sum(-2))


def train_two_layers(x: Tensor, t: Tensor, weights: Weights, *, steps: int = 1000, rate: float = 1.0) -> Weights:
    """Gradient descent on the mean squared error: tanh units, one sigmoid output, w ← w - rate · gradient.

    x (B, D), t (B,) in 0..1, weights with K = 1 → new weights. Weights with an axis in front, w1 (E, D, H),
    are E networks that learn side by side, each on its own.
    """
    t = t.unsqueeze(-1)  # (B, 1), one column like the logits
    for _ in range(steps):
        logits, z = two_layer_forward(x, weights)
        d_logits = 2 * (sigmoid(logits) - t) * sigmoid_slope(logits) / len(t)
        gradient = two_layer_backward(x, weights, z, d_logits)
        weights = Weights(*(w - rate * g for w, g in zip(weights, gradient, strict=True)))
    return weights


def solved(weights: Weights) -> Tensor:
    """Which of E networks are off by less than 1/4 at each of the four corners of XOR.

    weights with E in front, w1 (E, 2, H) → (E,) True or False.
    """
    logits, _z = two_layer_forward(CORNERS, Weights(*(w.detach().cpu() for w in weights)))
    return ((sigmoid(logits[..., 0]) - XOR).abs() < 0.25).all(-1)
