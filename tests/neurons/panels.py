"""The panels of lesson 01 with small numbers, for tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from mmcourse.datasets import digits
from mmcourse.neurons import CORNERS, MLP, XOR, Value, Weights, random_weights, train_two_layers
from mmcourse.neurons import pictures as demos
from mmcourse.pictures import Panel


@cache
def threes_and_eights(split: str) -> tuple[Tensor, Tensor]:
    """Pictures (B, 1, 8, 8) of 3s and 8s, and their targets (B,): 0 for a 3, 1 for an 8."""
    images, labels = digits.load(split)
    chosen = (labels == 3) | (labels == 8)
    return images[chosen], (labels[chosen] == 8).float()


@cache
def nets() -> dict[int, Weights]:
    """Six networks of each size from 1 to 8 hidden units, after a hundred steps on XOR."""
    starts = {hidden: [random_weights(2, hidden, 1, seed) for seed in range(6)] for hidden in range(1, 9)}
    stacks = {h: Weights(*(torch.stack(alike) for alike in zip(*many, strict=True))) for h, many in starts.items()}
    return {h: train_two_layers(CORNERS, XOR, net, steps=100, rate=2.0) for h, net in stacks.items()}


def line() -> Panel:
    pictures, t = threes_and_eights("train")
    ink = [pictures[:, 0, 2:4, 2:4].mean((1, 2)), pictures[:, 0, 4:6, 2:4].mean((1, 2))]
    return demos.neuron_line_panel(torch.stack(ink, 1), t)


def verdict() -> Panel:
    weights = torch.randn(64, generator=torch.Generator().manual_seed(0))
    return demos.verdict_panel(*threes_and_eights("train"), weights, torch.tensor(0.1))


def graph() -> Panel:
    w, x, b = Value(2.0, name="w"), Value(0.5, name="x"), Value(-0.5, name="b")
    return demos.computation_graph_panel((w * x + b).tanh() * w)


PANELS: dict[str, Callable[[], Panel]] = {
    "activations_panel": demos.activations_panel,
    "neuron_line_panel": line,
    "xor_panel": lambda: demos.xor_panel(nets()),
    "shares_panel": demos.shares_panel,
    "unit_panel": lambda: demos.unit_panel(MLP(seed=0), threes_and_eights("train")[0]),
    "verdict_panel": verdict,
    "computation_graph_panel": graph,
    "follow_panel": lambda: demos.follow_panel(lambda x: 0.5 + 0.4 * torch.sin(7 * x)),
}
