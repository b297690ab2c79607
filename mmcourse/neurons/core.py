"""Lesson 01: neurons, their squashes, how wrong they are, and how the chain rule teaches two layers of them.

Letters: B samples, D inputs, H hidden units, K classes. ``...`` stands for any axes in front, so the same
lines work for one sample, a batch, or many networks side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mmcourse.engine import generator


def step(z: Tensor) -> Tensor:
    """Fire or not: 1 where z >= 0, else 0. z (...) -> (...). Source: McCulloch and Pitts (1943)."""
    return (z >= 0).to(z.dtype)


def step_slope(z: Tensor) -> Tensor:
    """The slope of the step: 0 (at the jump itself there is none, we say 0 too). z (...) -> (...)."""
    return torch.zeros_like(z)


def sigmoid(z: Tensor) -> Tensor:
    """A soft step: 1 / (1 + exp(-z)), between 0 and 1; one half at 0. z (...) -> (...)."""
    small = torch.exp(-z.abs())  # exp of a negative number cannot overflow, whatever the sign of z
    return torch.where(z >= 0, 1.0, small) / (1 + small)


def sigmoid_slope(z: Tensor) -> Tensor:
    """The slope of the sigmoid: s (1 - s) with s = sigmoid(z), at most 1/4. z (...) -> (...)."""
    s = sigmoid(z)
    return s * (1 - s)


def tanh_slope(z: Tensor) -> Tensor:
    """The slope of tanh(z) = (e^z - e^-z) / (e^z + e^-z): 1 - tanh(z)^2, at most 1. z (...) -> (...)."""
    return 1 - torch.tanh(z) ** 2


def relu(z: Tensor) -> Tensor:
    """Cut off below zero: max(0, z). z (...) -> (...). Source: Glorot, Bordes and Bengio (AISTATS 2011)."""
    return z.clamp(min=0)


def relu_slope(z: Tensor) -> Tensor:
    """The slope of ReLU: 1 where z > 0, else 0 (at the kink we say 0, as PyTorch does). z (...) -> (...)."""
    return (z > 0).to(z.dtype)


class Activation(NamedTuple):
    """A squash: its ``value`` at z and its ``slope`` at z."""

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]


ACTIVATIONS: Mapping[str, Activation] = {
    "step": Activation(step, step_slope),
    "sigmoid": Activation(sigmoid, sigmoid_slope),
    "tanh": Activation(torch.tanh, tanh_slope),
    "relu": Activation(relu, relu_slope),
}


def activation(name: str) -> Activation:
    """The squash called "step", "sigmoid", "tanh" or "relu", with its ``.value(z)`` and ``.slope(z)``."""
    if name not in ACTIVATIONS:
        raise ValueError(f"squash: got {name!r}, expected one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]


def neuron(x: Tensor, w: Tensor, b: Tensor, squash: str = "sigmoid") -> Tensor:
    """One neuron: squash(w1 x1 + ... + wD xD + b).

    x (..., D), w (D,) weights, b () bias -> (...) answers. Raises ValueError for wrong sizes, NaN, an unknown
    squash. Source: McCulloch and Pitts (1943), with the step and without learning.

        neuron(torch.tensor([0.5, 0.75]), torch.tensor([2.0, 4.0]), torch.tensor(-3.0))  # sigmoid(1) = 0.73
    """
    _check(x=x, w=w, b=b)
    if w.dim() != 1 or b.dim() != 0 or x.shape[-1:] != w.shape:
        raise ValueError(
            f"x, w, b: got shapes {tuple(x.shape)}, {tuple(w.shape)}, {tuple(b.shape)}, "
            "expected (..., D), (D,) and (): one weight for each input and one bias"
        )
    return activation(squash).value(x @ w + b)


def boundary(x1: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Where a neuron with two inputs changes its mind: the x2 with w1 x1 + w2 x2 + b = 0: -(w1 x1 + b) / w2.

    x1 (...), w (2,), b () -> (...). Raises ValueError if w2 = 0: that line is upright and has no single x2.
    """
    _check(x1=x1, w=w, b=b)
    if w.shape != (2,) or w[1] == 0:
        raise ValueError(f"w: got {w.tolist()}, expected two weights of which the second is not 0")
    return -(w[0] * x1 + b) / w[1]


def mse(y: Tensor, t: Tensor) -> Tensor:
    """Mean squared error: the mean of (y - t)^2. Answers y (...) and targets t (...) of the same shape -> ().

    mse(torch.tensor([0.5, 1.0]), torch.tensor([0.0, 1.0]))                                # 0.125
    """
    _check(y=y, t=t)
    if y.shape != t.shape or y.numel() == 0:  # (B,) minus (B, 1) would silently be a (B, B) table
        raise ValueError(f"y, t: got shapes {tuple(y.shape)} and {tuple(t.shape)}, expected equal, not empty")
    return ((y - t) ** 2).mean()


def mse_gradient(x: Tensor, w: Tensor, b: Tensor, t: Tensor, squash: str = "sigmoid") -> tuple[Tensor, Tensor]:
    """How the error of one neuron changes with its weights and its bias.

    With z = x w + b, y = squash(z): d/dw = mean of 2 (y - t) slope(z) x, d/db = mean of 2 (y - t) slope(z).
    x (B, D), w (D,), b (), t (B,) -> dw (D,), db (). Source: Widrow and Hoff (1960), there without a squash.
    """
    y = neuron(x, w, b, squash)
    _check(t=t)
    if x.dim() != 2 or t.shape != y.shape or t.numel() == 0:
        raise ValueError(f"x, t: got shapes {tuple(x.shape)}, {tuple(t.shape)}, expected (B, D), (B,), B > 0")
    d_z = 2 * (y - t) * activation(squash).slope(x @ w + b) / len(t)  # (B,)
    return d_z @ x, d_z.sum()


def train_neuron(
    x: Tensor, t: Tensor, *, steps: int = 300, rate: float = 1.0, squash: str = "sigmoid"
) -> tuple[Tensor, Tensor]:
    """Gradient descent on the mean squared error of one neuron, from zero: w <- w - rate * dw, b the same.

    x (B, D), t (B,) -> w (D,), b ().
    """
    w, b = x.new_zeros(x.shape[-1]), x.new_zeros(())
    for _ in range(steps):
        dw, db = mse_gradient(x, w, b, t, squash)
        w, b = w - rate * dw, b - rate * db
    return w, b


def softmax(logits: Tensor) -> Tensor:
    """Logits into shares that add up to 1: exp(z_k) / (exp(z_1) + ... + exp(z_K)).

    logits (..., K) -> (..., K). The largest one is taken away first: the result stays the same, and exp
    never overflows. Source: Bridle, NIPS 2 (1989). ``softmax(torch.tensor([0.0, 0.0]))`` is [0.5, 0.5].
    """
    _check(logits=logits)
    if logits.dim() == 0 or logits.shape[-1] == 0:
        raise ValueError(f"logits: got shape {tuple(logits.shape)}, expected (..., K) with K > 0")
    powers = torch.exp(logits - logits.amax(-1, keepdim=True))
    return powers / powers.sum(-1, keepdim=True)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean of -log(share given to the right class), in nats: log(sum of exp(z_k)) - z_right.

    logits (B, K), labels (B,) whole numbers in 0..K-1 -> (). No share is computed, so log(0) cannot happen.

        cross_entropy(torch.tensor([[0.0, 0.0]]), torch.tensor([1]))                         # log 2 = 0.69
    """
    _check_classes(logits, labels)
    top = logits.amax(-1, keepdim=True)
    log_sum = top.squeeze(-1) + torch.log(torch.exp(logits - top).sum(-1))  # (B,)
    return (log_sum - logits[torch.arange(len(labels), device=logits.device), labels]).mean()


def cross_entropy_gradient(logits: Tensor, labels: Tensor) -> Tensor:
    """How the cross-entropy changes with each logit: (share - 1 at the right class, share elsewhere) / B.

    logits (B, K), labels (B,) -> (B, K). Each row adds up to 0: what one class gains, the others lose.
    """
    _check_classes(logits, labels)
    right = nn.functional.one_hot(labels, logits.shape[-1]).to(logits.dtype)
    return (softmax(logits) - right) / len(labels)


class Weights(NamedTuple):
    """The numbers of two layers, or gradients: w1 (..., D, H), b1 (..., H), w2 (..., H, K), b2 (..., K)."""

    w1: Tensor
    b1: Tensor
    w2: Tensor
    b2: Tensor


def random_weights(inputs: int, hidden: int, outputs: int, seed: int, spread: float = 1.0) -> Weights:
    """Weights and biases from a normal distribution with mean 0 and the standard deviation ``spread``."""
    shapes, rng = ((inputs, hidden), (hidden,), (hidden, outputs), (outputs,)), generator(seed)
    if min(inputs, hidden, outputs) < 1 or not spread >= 0:
        raise ValueError(
            f"inputs, hidden, outputs, spread: got {inputs}, {hidden}, {outputs}, {spread}, "
            "expected sizes of at least 1 and a spread of at least 0"
        )
    return Weights(*(spread * torch.randn(shape, generator=rng) for shape in shapes))


def two_layer_forward(x: Tensor, weights: Weights, squash: str = "tanh") -> tuple[Tensor, Tensor]:
    """Two layers: logits = squash(x w1 + b1) w2 + b2, and the sums z = x w1 + b1 that the way back will need.

    x (..., B, D) -> logits (..., B, K), z (..., B, H). Raises ValueError for sizes that do not fit together.
    """
    _check(x=x, **weights._asdict())
    if x.dim() < 2 or x.shape[-1] != weights.w1.shape[-2] or weights.w1.shape[-1] != weights.w2.shape[-2]:
        raise ValueError(
            f"x, w1, w2: got shapes {tuple(x.shape)}, {tuple(weights.w1.shape)}, "
            f"{tuple(weights.w2.shape)}, expected (..., B, D), (..., D, H), (..., H, K)"
        )
    z = x @ weights.w1 + weights.b1.unsqueeze(-2)  # (..., B, H)
    return activation(squash).value(z) @ weights.w2 + weights.b2.unsqueeze(-2), z


def two_layer_backward(x: Tensor, weights: Weights, z: Tensor, d_logits: Tensor, squash: str = "tanh") -> Weights:
    """Backpropagation through two layers: how the loss changes with every weight, by the chain rule.

    x (..., B, D), z (..., B, H) from the way forward, d_logits (..., B, K): the loss's slope for each logit.
    The result has the shapes of ``weights``. Source: Rumelhart, Hinton and Williams, Nature 323 (1986).
    """
    if d_logits.shape[-2] != x.shape[-2] or d_logits.shape[-1] != weights.w2.shape[-1]:
        raise ValueError(
            f"d_logits: got shape {tuple(d_logits.shape)}, expected (..., {x.shape[-2]}, "
            f"{weights.w2.shape[-1]}): one number for each sample and output"
        )
    hidden = activation(squash).value(z)  # (..., B, H)
    d_hidden = d_logits @ weights.w2.mT  # (B, K) @ (K, H) -> (..., B, H)
    d_z = d_hidden * activation(squash).slope(z)  # (..., B, H)
    return Weights(x.mT @ d_z, d_z.sum(-2), hidden.mT @ d_logits, d_logits.sum(-2))


def mlp_gradients(x: Tensor, labels: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Weights:
    """The whole way back through the digit network: how its cross-entropy changes with every weight.

    x (B, D), labels (B,) in 0..K-1, w1 (D, H), b1 (H,), w2 (H, K), b2 (K,) -> the gradients, same shapes.
    """
    weights = Weights(w1, b1, w2, b2)
    logits, z = two_layer_forward(x, weights, "relu")
    return two_layer_backward(x, weights, z, cross_entropy_gradient(logits, labels), "relu")


def train_two_layers(x: Tensor, t: Tensor, weights: Weights, *, steps: int = 1000, rate: float = 1.0) -> Weights:
    """Gradient descent on the mean squared error: tanh units, one sigmoid output, w <- w - rate * gradient.

    x (B, D), t (B,) in 0..1, weights with K = 1 -> new weights. Weights with an axis in front, w1 (E, D, H),
    are E networks that learn side by side, each on its own.
    """
    t = t.unsqueeze(-1)  # (B, 1), one column like the logits
    for _ in range(steps):
        logits, z = two_layer_forward(x, weights)
        d_logits = 2 * (sigmoid(logits) - t) * sigmoid_slope(logits) / len(t)
        gradient = two_layer_backward(x, weights, z, d_logits)
        weights = Weights(*(w - rate * g for w, g in zip(weights, gradient, strict=True)))
    return weights


class MLP(nn.Module):
    """The multilayer perceptron that reads digits: logits = relu(x w1 + b1) w2 + b2.

    Images (B, 1, 8, 8), or anything with ``inputs`` numbers a sample, -> logits (B, classes). 64-64-10 has
    4810 parameters. First weights: normal, variance 2 / inputs of the layer (He et al., ICCV 2015), fixed by
    the seed; biases 0. Raises ValueError when a sample has another size.

        MLP(64, 64, 10, seed=0)(images)                                   # (B, 1, 8, 8) -> (B, 10)
    """

    def __init__(self, inputs: int = 64, hidden: int = 64, classes: int = 10, seed: int = 0) -> None:
        super().__init__()
        start = random_weights(inputs, hidden, classes, seed)
        self.w1 = nn.Parameter(start.w1 * (2 / inputs) ** 0.5)
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.w2 = nn.Parameter(start.w2 * (2 / hidden) ** 0.5)
        self.b2 = nn.Parameter(torch.zeros(classes))

    def forward(self, images: Tensor) -> Tensor:
        if images.dim() < 2 or images[0].numel() != len(self.w1):
            raise ValueError(
                f"images: got shape {tuple(images.shape)}, expected (B, ...) with {len(self.w1)} numbers in each sample"
            )
        x = images.flatten(1)  # (B, 1, 8, 8) -> (B, 64)
        return relu(x @ self.w1 + self.b1) @ self.w2 + self.b2


def _check(**tensors: Tensor) -> None:
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
            what = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
            raise TypeError(f"{name}: got {what}, expected a float tensor, such as torch.tensor([1.0])")
        if not tensor.isfinite().all():
            raise ValueError(f"{name}: got NaN or infinite values, expected finite numbers")


def _check_classes(logits: Tensor, labels: Tensor) -> None:
    _check(logits=logits)
    if logits.dim() != 2 or labels.shape != logits.shape[:1] or labels.numel() == 0:
        raise ValueError(
            f"logits, labels: got shapes {tuple(logits.shape)} and {tuple(labels.shape)}, "
            "expected (B, K) and (B,), B > 0"
        )
    if labels.is_floating_point() or labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError(
            f"labels: got {labels.dtype} from {labels.min()} to {labels.max()}, "
            f"expected whole numbers from 0 to {logits.shape[1] - 1}"
        )
