"""Lesson 01, one neuron, against independent oracles: torch.nn.functional, autograd, nudging, closed forms."""

from __future__ import annotations

import math

import pytest
import torch
from oracles import draw, nudged, same
from torch.nn import functional as F

from mmcourse import neurons

TORCH = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "gelu": F.gelu,
    "step": lambda z: torch.heaviside(z, torch.ones_like(z)),
}
FAR = torch.cat([torch.linspace(-40, 40, 161), torch.tensor([-1e4, -1000.0, 1000.0, 1e4])]).double()
NAN = torch.tensor([float("nan"), 1.0])
ONE = torch.tensor(1.0)


@pytest.mark.parametrize("name", neurons.ACTIVATIONS)
def test_activations_equal_torch(name):
    assert same(neurons.activation_named(name).value(FAR), TORCH[name](FAR))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "gelu"])
def test_slopes_equal_autograd_and_nudges(name):
    z = FAR.clone().requires_grad_()
    (autograd,) = torch.autograd.grad(TORCH[name](z).sum(), z)
    assert same(neurons.activation_named(name).slope(FAR), autograd)
    z = torch.tensor([-2.1, -0.3, 0.4, 1.7], dtype=torch.float64)
    measured = torch.stack([nudged(neurons.activation_named(name).value, one) for one in z])
    assert torch.allclose(neurons.activation_named(name).slope(z), measured, atol=1e-8)


def test_the_step_has_no_slope():
    assert not neurons.step_slope(FAR).any() and neurons.step(torch.tensor(0.0)) == 1


def test_sigmoid_far_out_has_a_clean_gradient():
    z = torch.tensor([-1000.0, 1000.0], requires_grad=True)
    neurons.sigmoid(z).sum().backward()
    assert torch.equal(z.grad, torch.zeros(2))


@pytest.mark.parametrize("name", neurons.ACTIVATIONS)
@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 5, 3)])
def test_neuron_equals_linear_and_activation(name, shape):
    x, w, b = draw(*shape), draw(3, seed=1), draw(seed=2)
    assert same(neurons.neuron(x, w, b, name), TORCH[name](F.linear(x, w[None], b[None])[..., 0]))


def test_the_neuron_worked_out_in_the_lesson():
    y = neurons.neuron(torch.tensor([0.5, 0.75]), torch.tensor([2.0, 4.0]), torch.tensor(-3.0))
    assert float(y) == pytest.approx(1 / (1 + math.exp(-1)))


def test_the_answer_on_the_boundary_is_one_half():
    x1, w, b = draw(9), draw(2, seed=1), draw(seed=2)
    x = torch.stack([x1, neurons.boundary(x1, w, b)], -1)
    assert same(neurons.neuron(x, w, b), torch.full((9,), 0.5, dtype=torch.float64))


def test_mse_equals_torch_and_refuses_to_broadcast():
    y, t = draw(7), draw(7, seed=1)
    assert same(neurons.mse(y, t), F.mse_loss(y, t))
    with pytest.raises(ValueError, match=r"y, t: got shapes \(7,\) and \(7, 1\)"):
        neurons.mse(y, t[:, None])


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "gelu", "step"])
def test_mse_gradient_equals_autograd_and_nudges(name):
    x, w, b, t = draw(6, 4), draw(4, seed=1), draw(seed=2), draw(6, seed=3)
    dw, db = neurons.mse_gradient(x, w, b, t, name)
    assert torch.allclose(dw, nudged(lambda v: F.mse_loss(TORCH[name](x @ v + b), t), w), atol=1e-8)
    assert torch.allclose(db, nudged(lambda v: F.mse_loss(TORCH[name](x @ w + v), t), b), atol=1e-8)
    if name != "step":
        v, c = w.clone().requires_grad_(), b.clone().requires_grad_()
        F.mse_loss(TORCH[name](x @ v + c), t).backward()
        assert same(dw, v.grad) and same(db, c.grad)


def test_training_one_neuron_goes_down_the_gradient_from_zero():
    x, t = draw(6, 3), (draw(6, seed=1) > 0).double()
    w, b = (torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in ((3,), ()))
    optimiser = torch.optim.SGD([w, b], lr=0.7)
    for _ in range(4):
        optimiser.zero_grad()
        F.mse_loss(torch.sigmoid(x @ w + b), t).backward()
        optimiser.step()
    ours = neurons.train_neuron(x, t, steps=4, rate=0.7)
    assert same(ours[0], w.detach()) and same(ours[1], b.detach())


@pytest.mark.parametrize(
    "error, words, call",
    [
        (ValueError, "activation: got 'swish', expected one of 'step'", lambda: neurons.activation_named("swish")),
        (ValueError, "activation: got 'Step'", lambda: neurons.neuron(draw(2), draw(2), draw(), "Step")),
        (
            ValueError,
            r"x, w, b: got shapes \(4, 3\), \(2,\), \(\)",
            lambda: neurons.neuron(draw(4, 3), draw(2), draw()),
        ),
        (ValueError, "x, w, b: got shapes", lambda: neurons.neuron(draw(4, 3), draw(3), draw(1))),
        (ValueError, "x, w, b: got shapes", lambda: neurons.neuron(draw(4, 3), draw(3, 1), draw())),
        (ValueError, "x: got NaN", lambda: neurons.neuron(NAN, torch.ones(2), ONE)),
        (ValueError, "b: got NaN", lambda: neurons.neuron(torch.ones(2), torch.ones(2), ONE * float("inf"))),
        (TypeError, "x: got list", lambda: neurons.neuron([1.0, 2.0], torch.ones(2), ONE)),
        (TypeError, "x: got torch.int64", lambda: neurons.neuron(torch.tensor([1, 2]), torch.ones(2), ONE)),
        (ValueError, "w: got", lambda: neurons.boundary(ONE, torch.tensor([1.0, 0.0]), ONE)),
        (ValueError, "w: got", lambda: neurons.boundary(ONE, torch.ones(3), ONE)),
        (ValueError, "y, t: got shapes", lambda: neurons.mse(torch.ones(0), torch.ones(0))),
        (ValueError, "t: got NaN", lambda: neurons.mse(torch.ones(2), NAN)),
        (ValueError, "x, t: got shapes", lambda: neurons.mse_gradient(draw(0, 2), draw(2), draw(), draw(0))),
        (ValueError, "x, t: got shapes", lambda: neurons.mse_gradient(draw(3, 2), draw(2), draw(), draw(4))),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()


def test_what_learners_have_imported_still_can_be():
    from mmcourse.neurons import activation

    assert activation("tanh") is neurons.ACTIVATIONS["tanh"]
