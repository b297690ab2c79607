"""One neuron: a weighted sum, an activation function, how wrong its answers are, and which way is better.

Letters: B samples, D inputs. ``...`` stands for any axes in front, so the same lines work for one sample, a batch, or
many networks side by side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from mmcourse.base.checks import check_choice, check_floats


def step(z: Tensor) -> Tensor:
    """Fire or not: 1 where z >= 0, else 0. z (...) → (...). Source: McCulloch and Pitts (1943)."""
    return (z >= 0).to(z.dtype)


def step_slope(z: Tensor) -> Tensor:
    """The slope of the step: 0 (at the jump itself there is none, we say 0 too). z (...) → (...)."""
    return torch.zeros_like(z)


def sigmoid(z: Tensor) -> Tensor:
    """A soft step: 1 / (1 + exp(-z)), between 0 and 1; one half at 0. z (...) → (...)."""
    small = torch.exp(-z.abs())  # exp of a negative number cannot overflow, whatever the sign of z
    return torch.where(z >= 0, 1.0, small) / (1 + small)


def sigmoid_slope(z: Tensor) -> Tensor:
    """The slope of the sigmoid: s (1 - s) with s = sigmoid(z), at most 1/4. z (...) → (...)."""
    s = sigmoid(z)
    return s * (1 - s)


def tanh_slope(z: Tensor) -> Tensor:
    """The slope of tanh(z) = (e^z - e^-z) / (e^z + e^-z): 1 - tanh(z)^2, at most 1. z (...) → (...)."""
    return 1 - torch.tanh(z) ** 2


def relu(z: Tensor) -> Tensor:
    """Cut off below zero: max(0, z); unbounded. z (...) → (...).

    Source: Fukushima (1969); in deep networks Nair and Hinton (ICML 2010), Glorot, Bordes and Bengio (AISTATS 2011).
    """
    return z.clamp(min=0)


def relu_slope(z: Tensor) -> Tensor:
    """The slope of ReLU: 1 where z > 0, else 0 (at the kink we say 0, as PyTorch does). z (...) → (...)."""
    return (z > 0).to(z.dtype)


def gelu(z: Tensor) -> Tensor:
    """A smooth ReLU: z times the share of a normal distribution that lies below z. z (...) → (...).

    Source: Hendrycks and Gimpel, Gaussian error linear units (2016); in BERT, GPT-2 and most Transformers since.
    """
    return z * below(z)


def gelu_slope(z: Tensor) -> Tensor:
    """The slope of GELU: share below z + z · height of the bell at z. z (...) → (...)."""
    return below(z) + z * torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


def below(z: Tensor) -> Tensor:
    """The share of a normal distribution (mean 0, standard deviation 1) that lies below z. z (...) → (...)."""
    return (1 + torch.erf(z / math.sqrt(2))) / 2


class Activation(NamedTuple):
    """An activation function: its ``value`` at z and its ``slope`` at z."""

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]


ACTIVATIONS: Mapping[str, Activation] = {
    "step": Activation(step, step_slope),
    "sigmoid": Activation(sigmoid, sigmoid_slope),
    "tanh": Activation(torch.tanh, tanh_slope),
    "relu": Activation(relu, relu_slope),
    "gelu": Activation(gelu, gelu_slope),
}


def activation_named(name: str) -> Activation:
    """The activation function "step", "sigmoid", "tanh", "relu" or "gelu", with its ``.value(z)`` and ``.slope(z)``."""
    return ACTIVATIONS[check_choice(name, "activation", ACTIVATIONS)]


def neuron(x: Tensor, w: Tensor, b: Tensor, activation: str = "sigmoid") -> Tensor:
    """One neuron: activation(w1 x1 + ... + wD xD + b).

    x (..., D), w (D,) weights, b () bias → (...) answers. Raises ValueError for wrong sizes, NaN, an unknown
    activation function. Source: McCulloch and Pitts (1943), with the step and without learning.

        neuron(torch.tensor([0.5, 0.75]), torch.tensor([2.0, 4.0]), torch.tensor(-3.0))  # sigmoid(1) = 0.73
    """
    check_finite(x=x, w=w, b=b)
    if w.dim() != 1 or b.dim() != 0 or x.shape[-1:] != w.shape:
        raise ValueError(
            f"x, w, b: got shapes {tuple(x.shape)}, {tuple(w.shape)}, {tuple(b.shape)}, "
            "expected (..., D), (D,) and (): one weight for each input and one bias"
        )
    return activation_named(activation).value(x @ w + b)


def boundary(x1: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Where a neuron with two inputs changes its mind: the x2 with w1 x1 + w2 x2 + b = 0: -(w1 x1 + b) / w2.

    x1 (...), w (2,), b () → (...). Raises ValueError if w2 = 0: that line is upright and has no single x2.
    """
    check_finite(x1=x1, w=w, b=b)
    if w.shape != (2,) or w[1] == 0:
        raise ValueError(f"w: got {w.tolist()}, expected two weights of which the second is not 0")
    return -(w[0] * x1 + b) / w[1]


def mse(y: Tensor, t: Tensor) -> Tensor:
    """Mean squared error: the mean of (y - t)^2.

    Answers y (...) and targets t (...) of the same shape → (). Raises ValueError when the shapes differ.

        mse(torch.tensor([0.5, 1.0]), torch.tensor([0.0, 1.0]))  # 0.125
    """
    check_finite(y=y, t=t)
    if y.shape != t.shape or y.numel() == 0:  # (B,) minus (B, 1) would silently be a (B, B) table
        raise ValueError(f"y, t: got shapes {tuple(y.shape)} and {tuple(t.shape)}, expected equal, not empty")
    return ((y - t) ** 2).mean()


def mse_gradient(x: Tensor, w: Tensor, b: Tensor, t: Tensor, activation: str = "sigmoid") -> tuple[Tensor, Tensor]:
    """How the error of one neuron changes with its weights and its bias.

    With z = x w + b, y = activation(z): d/dw = mean of 2 (y - t) slope(z) x, d/db = mean of 2 (y - t) slope(z).
    x (B, D), w (D,), b (), t (B,) → dw (D,), db (). Source: Widrow and Hoff (1960), there without activation.
    """
    y = neuron(x, w, b, activation)
    check_finite(t=t)
    if x.dim() != 2 or t.shape != y.shape or t.numel() == 0:
        raise ValueError(f"x, t: got shapes {tuple(x.shape)}, {tuple(t.shape)}, expected (B, D), (B,), B > 0")
    d_z = 2 * (y - t) * activation_named(activation).slope(x @ w + b) / len(t)  # (B,)
    return d_z @ x, d_z.sum()


def train_neuron(
    x: Tensor, t: Tensor, *, steps: int = 300, rate: float = 1.0, activation: str = "sigmoid"
) -> tuple[Tensor, Tensor]:
    """Gradient descent on the mean squared error of one neuron, from zero: w ← w - rate · dw, b the same.

    x (B, D), t (B,) → w (D,), b ().
    """
    w, b = x.new_zeros(x.shape[-1]), x.new_zeros(())
    for _ in range(steps):
        dw, db = mse_gradient(x, w, b, t, activation)
        w, b = w - rate * dw, b - rate * db
    return w, b


def check_finite(**tensors: Tensor) -> None:
    """Each of the named arguments must be a float tensor without NaN and infinities."""
    check_floats(**tensors)
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise ValueError(f"{name}: got NaN or infinite values, expected finite numbers")
