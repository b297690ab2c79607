"""What memory training takes: weights, gradients, the optimiser's notes, and activations for the way back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Memory(NamedTuple):
    """Bytes held at the end of a forward pass in training, by what they hold."""

    weights: int
    gradients: int
    optimiser: int
    activations: int


def training_memory(model: nn.Module, inputs: Tensor, labels: Tensor, optimiser: torch.optim.Optimizer) -> Memory:
    """Train one step, run one more forward pass, and count the bytes of every tensor that has to be kept.

    inputs (B, ...), labels (B,) whole numbers; the loss is the cross-entropy. *Activations* are what autograd keeps
    for the way back (inputs and labels among them) and is no weight. A tensor that two operations keep counts once.
    """

    def loss() -> Tensor:
        return nn.functional.cross_entropy(model(inputs), labels)

    loss().backward()
    optimiser.step()
    weights, kept = list(model.parameters()), {}

    def keep(tensor: Tensor) -> Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        held = loss()  # as long as it lives, so does what it keeps
    for weight in weights:
        kept.pop(weight.untyped_storage().data_ptr(), None)
    del held
    notes = [note for state in optimiser.state.values() for note in state.values() if isinstance(note, Tensor)]
    return Memory(_bytes(weights), _bytes(w.grad for w in weights), _bytes(notes), sum(kept.values()))


def _bytes(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
