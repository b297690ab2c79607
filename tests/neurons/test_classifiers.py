"""Lesson 01, ten answers at once, against independent oracles: torch.nn, autograd, closed forms; digits are learnt."""

from __future__ import annotations

import math

import pytest
import torch
from oracles import draw, same
from torch.nn import functional as F

from mmcourse import neurons
from mmcourse.datasets import digits
from mmcourse.neurons import MLP
from mmcourse.training import fit

NAN = torch.tensor([float("nan"), 1.0])


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4), (3, 1)])
def test_softmax_equals_torch_and_adds_up_to_one(shape):
    z = 5 * draw(*shape)
    ours = neurons.softmax(z)
    assert same(ours, torch.softmax(z, -1)) and same(ours.sum(-1), torch.ones(shape[:-1], dtype=torch.float64))
    assert same(neurons.softmax(z + 300), ours)


def test_softmax_survives_large_scores():
    shares = neurons.softmax(torch.tensor([[1000.0, 0.0, -1000.0], [-1000.0, -1000.0, -1000.0]]))
    assert torch.allclose(shares, torch.tensor([[1.0, 0.0, 0.0], [1 / 3] * 3]))


def test_cross_entropy_and_its_gradient_equal_torch():
    z, labels = (4 * draw(6, 5)).requires_grad_(), torch.tensor([0, 4, 2, 2, 1, 3])
    theirs = F.cross_entropy(z, labels)
    assert same(neurons.cross_entropy(z.detach(), labels), theirs.detach())
    gradient = neurons.cross_entropy_gradient(z.detach(), labels)
    assert same(gradient, torch.autograd.grad(theirs, z)[0])
    assert same(gradient.sum(-1), torch.zeros(6, dtype=torch.float64))


def test_cross_entropy_in_closed_form():
    assert float(neurons.cross_entropy(torch.zeros(3, 10), torch.tensor([0, 5, 9]))) == pytest.approx(math.log(10))
    assert float(neurons.cross_entropy(torch.tensor([[1000.0, 0.0]]), torch.tensor([1]))) == 1000
    assert float(neurons.cross_entropy(torch.tensor([[1000.0, 0.0]]), torch.tensor([0]))) == 0


def test_mlp_gradients_are_those_of_the_mlp():
    model, x, labels = MLP(6, 5, 4, seed=1).double(), draw(7, 6), torch.tensor([0, 1, 2, 3, 3, 0, 1])
    F.cross_entropy(model(x), labels).backward()
    ours = neurons.mlp_gradients(x, labels, *(p.detach() for p in model.parameters()))
    for mine, parameter in zip(ours, model.parameters(), strict=True):
        assert same(mine, parameter.grad)


def test_mlp_equals_the_layers_of_torch():
    model, layers = (
        MLP(64, 16, 10, seed=3),
        torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 16), torch.nn.ReLU(), torch.nn.Linear(16, 10)),
    )
    with torch.no_grad():
        for theirs, ours in zip(layers.parameters(), (model.w1.T, model.b1, model.w2.T, model.b2), strict=True):
            theirs.copy_(ours)
    images = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(model(images), layers(images), atol=1e-6)
    assert sum(p.numel() for p in MLP().parameters()) == 4810


def test_every_parameter_of_the_mlp_receives_a_gradient():
    model = MLP()
    F.cross_entropy(model(torch.rand(50, 1, 8, 8)), torch.arange(50) % 10).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_first_weights_depend_on_the_seed_and_on_nothing_global():
    torch.manual_seed(1)
    first, state = MLP(seed=4), torch.get_rng_state()
    torch.manual_seed(2)
    again, other = MLP(seed=4), MLP(seed=5)
    assert torch.equal(first.w1, again.w1) and not torch.equal(first.w1, other.w1)
    torch.manual_seed(1)
    assert torch.equal(state, torch.get_rng_state())
    assert float(MLP(1000, 1000, 10).w1.detach().var()) == pytest.approx(2 / 1000, rel=0.02)


def test_the_mlp_learns_the_digits():
    model = MLP(seed=0)
    history = fit(model, digits.load("train"), digits.load("test"), epochs=12)
    assert history.valid_accuracy[-1] > 0.9


@pytest.mark.parametrize(
    "error, words, call",
    [
        (ValueError, "logits: got NaN", lambda: neurons.softmax(NAN)),
        (ValueError, r"logits: got shape \(3, 0\)", lambda: neurons.softmax(torch.ones(3, 0))),
        (
            ValueError,
            "logits, labels: got shapes",
            lambda: neurons.cross_entropy(draw(3, 4), torch.tensor([0, 1])),
        ),
        (
            ValueError,
            "logits, labels: got shapes",
            lambda: neurons.cross_entropy(draw(0, 4), torch.ones(0).long()),
        ),
        (
            ValueError,
            "labels: got torch.int64 from 0 to 4, expected whole numbers from 0 to 3",
            lambda: neurons.cross_entropy(draw(2, 4), torch.tensor([0, 4])),
        ),
        (
            ValueError,
            "labels: got torch.float32",
            lambda: neurons.cross_entropy(draw(2, 4), torch.tensor([0.0, 1.0])),
        ),
        (TypeError, "seed: got 'one'", lambda: MLP(seed="one")),
        (ValueError, r"images: got shape \(5, 1, 8, 7\)", lambda: MLP()(torch.rand(5, 1, 8, 7))),
        (ValueError, r"images: got shape \(64,\)", lambda: MLP()(torch.rand(64))),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()
