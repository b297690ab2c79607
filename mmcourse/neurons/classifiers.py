"""One answer out of several: logits into shares, how surprised the right class is, and the network that reads digits.

Letters: B samples, D inputs, H hidden units, K classes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmcourse.neurons.backpropagation import Weights, random_weights, two_layer_backward, two_layer_forward
from mmcourse.neurons.single_neuron import check_finite, relu


def softmax(logits: Tensor) -> Tensor:
    """Logits into shares that add up to 1: exp(z_k) / (exp(z_1) + ... + exp(z_K)).

    logits (..., K) → (..., K). The largest one is taken away first: the result stays the same, and exp
    never overflows. Source: Bridle, NIPS 2 (1989). ``softmax(torch.tensor([0.0, 0.0]))`` is [0.5, 0.5].
    """
    check_finite(logits=logits)
    if logits.dim() == 0 or logits.shape[-1] == 0:
        raise ValueError(f"logits: got shape {tuple(logits.shape)}, expected (..., K) with K > 0")
    powers = torch.exp(logits - logits.amax(-1, keepdim=True))
    return powers / powers.sum(-1, keepdim=True)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean of -log(share given to the right class), in nats: log(sum of exp(z_k)) - z_right.

    logits (B, K), labels (B,) whole numbers in 0..K-1 → (). No share is computed, so log(0) cannot happen.

        cross_entropy(torch.tensor([[0.0, 0.0]]), torch.tensor([1]))  # log 2 = 0.69
    """
    _check_classes(logits, labels)
    top = logits.amax(-1, keepdim=True)
    log_sum = top.squeeze(-1) + torch.log(torch.exp(logits - top).sum(-1))  # (B,)
    return (log_sum - logits[torch.arange(len(labels), device=logits.device), labels]).mean()


def cross_entropy_gradient(logits: Tensor, labels: Tensor) -> Tensor:
    """How the cross-entropy changes with each logit: (share - 1 at the right class, share elsewhere) / B.

    logits (B, K), labels (B,) → (B, K). Each row adds up to 0: what one class gains, the others lose.
    """
    _check_classes(logits, labels)
    right = nn.functional.one_hot(labels, logits.shape[-1]).to(logits.dtype)
    return (softmax(logits) - right) / len(labels)


class MLP(nn.Module):
    """The multilayer perceptron that reads digits: logits = relu(x w1 + b1) w2 + b2.

    Images (B, 1, 8, 8), or anything with ``inputs`` numbers a sample, → logits (B, classes). 64-64-10 has
    4810 parameters. First weights: normal, variance 2 / inputs of the layer (He et al., ICCV 2015), fixed by
    the seed; biases 0. Raises ValueError when a sample has another size.

        MLP(64, 64, 10, seed=0)(images)  # (B, 1, 8, 8) → (B, 10)
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
        x = images.flatten(1)  # (B, 1, 8, 8) → (B, 64)
        return relu(x @ self.w1 + self.b1) @ self.w2 + self.b2


def mlp_gradients(x: Tensor, labels: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Weights:
    """The whole way back through the digit network: how its cross-entropy changes with every weight.

    x (B, D), labels (B,) in 0..K-1, w1 (D, H), b1 (H,), w2 (H, K), b2 (K,) → the gradients, same shapes.
    """
    weights = Weights(w1, b1, w2, b2)
    logits, z = two_layer_forward(x, weights, "relu")
    return two_layer_backward(x, weights, z, cross_entropy_gradient(logits, labels), "relu")


def _check_classes(logits: Tensor, labels: Tensor) -> None:
    check_finite(logits=logits)
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
