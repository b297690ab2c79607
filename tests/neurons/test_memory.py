"""Lesson 01, what memory training takes: counted by hand for networks whose tensors are known."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from mmcourse.neurons import training_memory


def network(*sizes):
    layers = [nn.Flatten()]
    for inputs, outputs in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


@pytest.mark.parametrize("batch", [1, 7, 300])
@pytest.mark.parametrize("sizes", [(6, 4), (64, 64, 10), (20, 30, 40, 5)])
def test_bytes_are_those_counted_by_hand(batch, sizes):
    model, labels = network(*sizes), torch.zeros(batch, dtype=torch.int64)
    found = training_memory(model, torch.rand(batch, 1, sizes[0]), labels, torch.optim.Adam(model.parameters()))
    weights = sum(a * b + b for a, b in zip(sizes, sizes[1:], strict=False))
    assert found.weights == found.gradients == 4 * weights
    assert 0 <= found.optimiser - 8 * weights <= 4 * 2 * len(sizes)  # Adam counts its steps, one number a tensor
    # each layer's input, the logarithms of the probabilities; the labels are whole numbers of 8 bytes; one sum
    assert found.activations == 4 * batch * sum(sizes) + 8 * batch + 4


def test_plain_descent_keeps_nothing_and_momentum_one_number_a_weight():
    for momentum, numbers in ((0.0, 0), (0.9, 1)):
        model = network(6, 4)
        optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=momentum)
        found = training_memory(model, torch.rand(5, 6), torch.zeros(5, dtype=torch.int64), optimiser)
        assert found.optimiser == numbers * found.weights
