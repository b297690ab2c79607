"""Lesson 01, two layers, against independent oracles: autograd, nudging, training each network alone; XOR."""

from __future__ import annotations

import pytest
import torch
from oracles import draw, nudged, same
from torch.nn import functional as F

from mmcourse import neurons
from mmcourse.neurons import CORNERS, XOR, Weights

ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


def some_weights(inputs: int = 3, hidden: int = 4, outputs: int = 2, seed: int = 0) -> Weights:
    return Weights(*(w.double() for w in neurons.random_weights(inputs, hidden, outputs, seed)))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_two_layers_equal_autograd_and_nudges(name):
    x, weights, pull = draw(5, 3), some_weights(), draw(5, 2, seed=1)

    def loss(w1, b1, w2, b2):
        return ((ACTIVATIONS[name](x @ w1 + b1) @ w2 + b2) * pull).sum()

    logits, z = neurons.two_layer_forward(x, weights, name)
    assert same((logits * pull).sum(), loss(*weights)) and z.shape == (5, 4)
    ours = neurons.two_layer_backward(x, weights, z, pull, name)
    leaves = [w.clone().requires_grad_() for w in weights]
    for k, (mine, theirs) in enumerate(zip(ours, torch.autograd.grad(loss(*leaves), leaves), strict=True)):
        assert same(mine, theirs)
        measured = nudged(lambda v, k=k: loss(*weights[:k], v, *weights[k + 1 :]), weights[k])
        assert torch.allclose(mine, measured, atol=1e-7)


def test_networks_side_by_side_learn_as_each_alone():
    starts = [some_weights(2, 3, 1, seed) for seed in range(4)]
    corners, targets = CORNERS.double(), XOR.double()
    stacked = Weights(*(torch.stack(alike) for alike in zip(*starts, strict=True)))
    together = neurons.train_two_layers(corners, targets, stacked, steps=30, rate=2.0)
    for e, start in enumerate(starts):
        alone = neurons.train_two_layers(corners, targets, start, steps=30, rate=2.0)
        assert all(same(w[e], v) for w, v in zip(together, alone, strict=True))
        assert all(torch.equal(w, v) for w, v in zip(start, some_weights(2, 3, 1, e), strict=True)), "input changed"


def test_training_goes_down_the_gradient_of_the_squared_error():
    start = some_weights(2, 3, 1, seed=5)
    leaves = [w.clone().requires_grad_() for w in start]
    x, t = CORNERS.double(), XOR.double()
    loss = F.mse_loss(torch.sigmoid(torch.tanh(x @ leaves[0] + leaves[1]) @ leaves[2] + leaves[3])[:, 0], t)
    after = neurons.train_two_layers(x, t, start, steps=1, rate=0.7)
    for w, old, gradient in zip(after, start, torch.autograd.grad(loss, leaves), strict=True):
        assert same(w, old - 0.7 * gradient)


def test_no_single_hidden_unit_solves_xor_and_more_do():
    def share(hidden: int) -> float:
        starts = [neurons.random_weights(2, hidden, 1, seed) for seed in range(12)]
        net = Weights(*(torch.stack(alike) for alike in zip(*starts, strict=True)))
        return float(neurons.solved(neurons.train_two_layers(CORNERS, XOR, net, steps=500, rate=2.0)).float().mean())

    assert share(1) == 0 and 0 < share(2) < 1 and share(8) > 0.9


@pytest.mark.parametrize(
    "error, words, call",
    [
        (ValueError, "x, w1, w2: got shapes", lambda: neurons.two_layer_forward(draw(5, 2), some_weights())),
        (ValueError, "x, w1, w2: got shapes", lambda: neurons.two_layer_forward(draw(3), some_weights())),
        (
            ValueError,
            r"d_logits: got shape \(5, 1\), expected \(..., 5, 2\)",
            lambda: neurons.two_layer_backward(draw(5, 3), some_weights(), draw(5, 4), draw(5, 1)),
        ),
        (
            ValueError,
            "hidden: got 0, expected a whole number at least 1",
            lambda: neurons.random_weights(2, 0, 1, seed=0),
        ),
        (ValueError, "spread: got", lambda: neurons.random_weights(2, 1, 1, seed=0, spread=-1)),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()
