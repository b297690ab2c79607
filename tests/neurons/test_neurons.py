"""Lesson 01 against independent oracles: torch.nn.functional, autograd, nudging, closed forms; its panels."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from helpers import drive, pixels, values_of
from torch.nn import functional as F

from mmcourse import neurons
from mmcourse.datasets import digits
from mmcourse.engine import mean_interval
from mmcourse.neurons import MLP, Weights
from mmcourse.neurons.pictures import views as demos
from mmcourse.training import fit

TORCH = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "step": lambda z: torch.heaviside(z, torch.ones_like(z)),
}
FAR = torch.cat([torch.linspace(-40, 40, 161), torch.tensor([-1e4, -1000.0, 1000.0, 1e4])]).double()


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def close(ours: torch.Tensor, theirs: torch.Tensor) -> bool:
    return ours.shape == theirs.shape and torch.allclose(ours, theirs, rtol=1e-10, atol=1e-10)


def nudged(loss, at: torch.Tensor, size: float = 1e-6) -> torch.Tensor:
    """The gradient of ``loss`` by central differences."""
    slopes = []
    for place in range(at.numel()):
        nudge = torch.zeros_like(at).view(-1)
        nudge[place] = size
        nudge = nudge.view_as(at)
        slopes.append((loss(at + nudge) - loss(at - nudge)) / (2 * size))
    return torch.stack(slopes).view_as(at)


# ------------------------------------------------------------ squashes


@pytest.mark.parametrize("name", neurons.ACTIVATIONS)
def test_squashes_equal_torch(name):
    assert close(neurons.activation(name).value(FAR), TORCH[name](FAR))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_slopes_equal_autograd_and_nudges(name):
    z = FAR.clone().requires_grad_()
    (autograd,) = torch.autograd.grad(TORCH[name](z).sum(), z)
    assert close(neurons.activation(name).slope(FAR), autograd)
    z = torch.tensor([-2.1, -0.3, 0.4, 1.7], dtype=torch.float64)
    measured = torch.stack([nudged(neurons.activation(name).value, one) for one in z])
    assert torch.allclose(neurons.activation(name).slope(z), measured, atol=1e-8)


def test_the_step_has_no_slope():
    assert not neurons.step_slope(FAR).any() and neurons.step(torch.tensor(0.0)) == 1


def test_sigmoid_far_out_has_a_clean_gradient():
    z = torch.tensor([-1000.0, 1000.0], requires_grad=True)
    neurons.sigmoid(z).sum().backward()
    assert torch.equal(z.grad, torch.zeros(2))


# ------------------------------------------------------------ one neuron, its line, its loss


@pytest.mark.parametrize("name", neurons.ACTIVATIONS)
@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 5, 3)])
def test_neuron_equals_linear_and_squash(name, shape):
    x, w, b = draw(*shape), draw(3, seed=1), draw(seed=2)
    assert close(neurons.neuron(x, w, b, name), TORCH[name](F.linear(x, w[None], b[None])[..., 0]))


def test_the_neuron_worked_out_in_the_lesson():
    y = neurons.neuron(torch.tensor([0.5, 0.75]), torch.tensor([2.0, 4.0]), torch.tensor(-3.0))
    assert float(y) == pytest.approx(1 / (1 + math.exp(-1)))


def test_the_answer_on_the_boundary_is_one_half():
    x1, w, b = draw(9), draw(2, seed=1), draw(seed=2)
    x = torch.stack([x1, neurons.boundary(x1, w, b)], -1)
    assert close(neurons.neuron(x, w, b), torch.full((9,), 0.5, dtype=torch.float64))


def test_mse_equals_torch_and_refuses_to_broadcast():
    y, t = draw(7), draw(7, seed=1)
    assert close(neurons.mse(y, t), F.mse_loss(y, t))
    with pytest.raises(ValueError, match=r"y, t: got shapes \(7,\) and \(7, 1\)"):
        neurons.mse(y, t[:, None])


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "step"])
def test_mse_gradient_equals_autograd_and_nudges(name):
    x, w, b, t = draw(6, 4), draw(4, seed=1), draw(seed=2), draw(6, seed=3)
    dw, db = neurons.mse_gradient(x, w, b, t, name)
    assert torch.allclose(dw, nudged(lambda v: F.mse_loss(TORCH[name](x @ v + b), t), w), atol=1e-8)
    assert torch.allclose(db, nudged(lambda v: F.mse_loss(TORCH[name](x @ w + v), t), b), atol=1e-8)
    if name != "step":
        v, c = w.clone().requires_grad_(), b.clone().requires_grad_()
        F.mse_loss(TORCH[name](x @ v + c), t).backward()
        assert close(dw, v.grad) and close(db, c.grad)


# ------------------------------------------------------------ softmax and cross-entropy


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4), (3, 1)])
def test_softmax_equals_torch_and_adds_up_to_one(shape):
    z = 5 * draw(*shape)
    ours = neurons.softmax(z)
    assert close(ours, torch.softmax(z, -1)) and close(ours.sum(-1), torch.ones(shape[:-1], dtype=torch.float64))
    assert close(neurons.softmax(z + 300), ours)


def test_training_one_neuron_goes_down_the_gradient_from_zero():
    x, t = draw(6, 3), (draw(6, seed=1) > 0).double()
    w, b = (torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in ((3,), ()))
    optimiser = torch.optim.SGD([w, b], lr=0.7)
    for _ in range(4):
        optimiser.zero_grad()
        F.mse_loss(torch.sigmoid(x @ w + b), t).backward()
        optimiser.step()
    ours = neurons.train_neuron(x, t, steps=4, rate=0.7)
    assert close(ours[0], w.detach()) and close(ours[1], b.detach())


def test_softmax_survives_large_scores():
    shares = neurons.softmax(torch.tensor([[1000.0, 0.0, -1000.0], [-1000.0, -1000.0, -1000.0]]))
    assert torch.allclose(shares, torch.tensor([[1.0, 0.0, 0.0], [1 / 3] * 3]))


def test_cross_entropy_and_its_gradient_equal_torch():
    z, labels = (4 * draw(6, 5)).requires_grad_(), torch.tensor([0, 4, 2, 2, 1, 3])
    theirs = F.cross_entropy(z, labels)
    assert close(neurons.cross_entropy(z.detach(), labels), theirs.detach())
    gradient = neurons.cross_entropy_gradient(z.detach(), labels)
    assert close(gradient, torch.autograd.grad(theirs, z)[0])
    assert close(gradient.sum(-1), torch.zeros(6, dtype=torch.float64))


def test_cross_entropy_in_closed_form():
    assert float(neurons.cross_entropy(torch.zeros(3, 10), torch.tensor([0, 5, 9]))) == pytest.approx(math.log(10))
    assert float(neurons.cross_entropy(torch.tensor([[1000.0, 0.0]]), torch.tensor([1]))) == 1000
    assert float(neurons.cross_entropy(torch.tensor([[1000.0, 0.0]]), torch.tensor([0]))) == 0


# ------------------------------------------------------------ two layers


def some_weights(inputs: int = 3, hidden: int = 4, outputs: int = 2, seed: int = 0) -> Weights:
    return Weights(*(w.double() for w in neurons.random_weights(inputs, hidden, outputs, seed)))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_two_layers_equal_autograd_and_nudges(name):
    x, weights, pull = draw(5, 3), some_weights(), draw(5, 2, seed=1)

    def loss(w1, b1, w2, b2):
        return ((TORCH[name](x @ w1 + b1) @ w2 + b2) * pull).sum()

    logits, z = neurons.two_layer_forward(x, weights, name)
    assert close((logits * pull).sum(), loss(*weights)) and z.shape == (5, 4)
    ours = neurons.two_layer_backward(x, weights, z, pull, name)
    leaves = [w.clone().requires_grad_() for w in weights]
    for k, (mine, theirs) in enumerate(zip(ours, torch.autograd.grad(loss(*leaves), leaves), strict=True)):
        assert close(mine, theirs)
        measured = nudged(lambda v, k=k: loss(*weights[:k], v, *weights[k + 1 :]), weights[k])
        assert torch.allclose(mine, measured, atol=1e-7)


def test_mlp_gradients_are_those_of_the_mlp():
    model, x, labels = MLP(6, 5, 4, seed=1).double(), draw(7, 6), torch.tensor([0, 1, 2, 3, 3, 0, 1])
    F.cross_entropy(model(x), labels).backward()
    ours = neurons.mlp_gradients(x, labels, *(p.detach() for p in model.parameters()))
    for mine, parameter in zip(ours, model.parameters(), strict=True):
        assert close(mine, parameter.grad)


def test_networks_side_by_side_learn_as_each_alone():
    starts = [some_weights(2, 3, 1, seed) for seed in range(4)]
    corners, targets = demos.CORNERS.double(), demos.XOR.double()
    stacked = Weights(*(torch.stack(same) for same in zip(*starts, strict=True)))
    together = neurons.train_two_layers(corners, targets, stacked, steps=30, rate=2.0)
    for e, start in enumerate(starts):
        alone = neurons.train_two_layers(corners, targets, start, steps=30, rate=2.0)
        assert all(close(w[e], v) for w, v in zip(together, alone, strict=True))
        assert all(torch.equal(w, v) for w, v in zip(start, some_weights(2, 3, 1, e), strict=True)), "input changed"


def test_training_goes_down_the_gradient_of_the_squared_error():
    start = some_weights(2, 3, 1, seed=5)
    leaves = [w.clone().requires_grad_() for w in start]
    x, t = demos.CORNERS.double(), demos.XOR.double()
    loss = F.mse_loss(torch.sigmoid(torch.tanh(x @ leaves[0] + leaves[1]) @ leaves[2] + leaves[3])[:, 0], t)
    after = neurons.train_two_layers(x, t, start, steps=1, rate=0.7)
    for w, old, gradient in zip(after, start, torch.autograd.grad(loss, leaves), strict=True):
        assert close(w, old - 0.7 * gradient)


def test_no_single_hidden_unit_solves_xor_and_more_do():
    def share(hidden: int) -> float:
        starts = [neurons.random_weights(2, hidden, 1, seed) for seed in range(12)]
        net = Weights(*(torch.stack(same) for same in zip(*starts, strict=True)))
        return float(
            demos.solved(neurons.train_two_layers(demos.CORNERS, demos.XOR, net, steps=500, rate=2.0)).float().mean()
        )

    assert share(1) == 0 and 0 < share(2) < 1 and share(8) > 0.9


# ------------------------------------------------------------ the digit network


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


# ------------------------------------------------------------ bad input

NAN = torch.tensor([float("nan"), 1.0])
ONE = torch.tensor(1.0)


@pytest.mark.parametrize(
    "error, words, call",
    [
        (ValueError, "squash: got 'swish', expected one of step", lambda: neurons.activation("swish")),
        (ValueError, "squash: got 'Step'", lambda: neurons.neuron(draw(2), draw(2), draw(), "Step")),
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
        (ValueError, "x, w1, w2: got shapes", lambda: neurons.two_layer_forward(draw(5, 2), some_weights())),
        (ValueError, "x, w1, w2: got shapes", lambda: neurons.two_layer_forward(draw(3), some_weights())),
        (
            ValueError,
            r"d_logits: got shape \(5, 1\), expected \(..., 5, 2\)",
            lambda: neurons.two_layer_backward(draw(5, 3), some_weights(), draw(5, 4), draw(5, 1)),
        ),
        (
            ValueError,
            "inputs, hidden, outputs, spread: got 2, 0, 1",
            lambda: neurons.random_weights(2, 0, 1, seed=0),
        ),
        (ValueError, "spread: got", lambda: neurons.random_weights(2, 1, 1, seed=0, spread=-1)),
        (TypeError, "seed: got 'one'", lambda: MLP(seed="one")),
        (ValueError, r"images: got shape \(5, 1, 8, 7\)", lambda: MLP()(torch.rand(5, 1, 8, 7))),
        (ValueError, r"images: got shape \(64,\)", lambda: MLP()(torch.rand(64))),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()


# ------------------------------------------------------------ pictures and panels


def threes_and_eights(split: str) -> tuple[torch.Tensor, torch.Tensor]:
    images, labels = digits.load(split)
    chosen = (labels == 3) | (labels == 8)
    return images[chosen], (labels[chosen] == 8).float()


@pytest.fixture(scope="module")
def nets() -> dict[int, Weights]:
    starts = {hidden: [neurons.random_weights(2, hidden, 1, seed) for seed in range(6)] for hidden in range(1, 9)}
    stacks = {h: Weights(*(torch.stack(same) for same in zip(*many, strict=True))) for h, many in starts.items()}
    return {
        h: neurons.train_two_layers(demos.CORNERS, demos.XOR, net, steps=100, rate=2.0) for h, net in stacks.items()
    }


@pytest.fixture(scope="module")
def panels(nets):
    pictures, t = threes_and_eights("train")
    points = torch.stack([pictures[:, 0, 2:4, 2:4].mean((1, 2)), pictures[:, 0, 4:6, 2:4].mean((1, 2))], 1)
    return {
        "squash": demos.squashes_panel(),
        "line": demos.neuron_line_panel(points, t),
        "xor": demos.xor_panel(nets),
        "shares": demos.shares_panel(),
        "unit": demos.unit_panel(MLP(seed=0), pictures),
        "verdict": demos.verdict_panel(pictures, t, draw(64).float(), torch.tensor(0.1)),
    }


@pytest.mark.parametrize("name", ["squash", "line", "xor", "shares", "unit", "verdict"])
def test_every_control_changes_the_picture_over_its_range(panels, name):
    assert all(drive(panels[name]).values())


def test_the_line_panel_holds_at_every_corner_of_its_ranges(panels):
    panel = panels["line"]
    for squash in neurons.ACTIVATIONS:
        for w1, w2, b in [
            (-10.0, -10.0, -10.0),
            (10.0, 10.0, 10.0),
            (0.0, 0.0, 0.0),
            (0.0, 10.0, -10.0),
            (10.0, 0.0, 5.0),
        ]:
            for name, value in {"squash": squash, "w1": w1, "w2": w2, "b": b}.items():
                panel.controls[name].value = value
            assert panel.message.value == ""


def test_a_picture_by_hand_equals_the_panels_first(panels):
    assert demos.squashes(1.0).png == panels["squash"].picture.value
    assert demos.shares(2.0, 1.0, 0.0, 0).png == panels["shares"].picture.value


def test_the_ends_of_a_line_lie_on_it():
    for w1, w2, b in [(2.0, 4.0, -3.0), (0.0, 1.0, 0.5), (-3.0, 0.0, 1.0)]:
        for x1, x2 in zip(*demos.edge(w1, w2, b), strict=True):
            assert w1 * x1 + w2 * x2 + b == pytest.approx(0)
    assert demos.edge(0.0, 0.0, 1.0) == ([], [])


@pytest.mark.parametrize("squash", neurons.ACTIVATIONS)
def test_the_drawn_line_is_where_the_answer_passes_one_half(squash):
    pictures, t = threes_and_eights("test")
    view = demos.LineView(torch.rand(len(t), 2, generator=torch.Generator().manual_seed(0)), t)
    view.png(w1=3.0, w2=2.0, b=-2.0, squash=squash)
    ends = torch.tensor(np.array(view.edge.get_data()).T, dtype=torch.float32)
    for shift, wanted in ((-1e-3, False), (1e-3, True)):
        middle = ends.mean(0) + shift * torch.tensor([3.0, 2.0])
        says_8 = neurons.neuron(middle, torch.tensor([3.0, 2.0]), torch.tensor(-2.0), squash) >= 0.5
        assert bool(says_8) == wanted
    assert torch.allclose(
        torch.as_tensor(view.field.get_array()),
        neurons.neuron(view.nodes, torch.tensor([3.0, 2.0]), torch.tensor(-2.0), squash).clamp(0, 1),
    )


def test_the_squashes_show_their_slopes_and_none_at_a_jump():
    view = demos.SquashesView()
    view.png(z=1.0)
    assert [word.get_text() for word in view.words] == ["0.00", "0.20", "0.42", "1.00"]
    for tangent, name in zip(view.tangents, neurons.ACTIVATIONS, strict=True):
        (x0, x1), (y0, y1) = tangent.get_data()
        at = torch.tensor((x0 + x1) / 2)
        assert at == 1 and (y0 + y1) / 2 == pytest.approx(float(TORCH[name](at)))
    view.png(z=0.0)
    assert [word.get_text() for word in view.words] == ["none", "0.25", "1.00", "none"]


def test_views_show_the_numbers_they_are_given(nets):
    view = demos.SoftmaxView()
    view.png(z0=2.0, z1=1.0, z2=0.0, add=0)
    wanted = torch.softmax(torch.tensor([2.0, 1.0, 0.0]), 0)
    assert all(torch.allclose(torch.tensor([bar.get_height() for bar in bars]), wanted) for bars in view.bars)
    view.png(z0=2.0, z1=1.0, z2=0.0, add=120)
    assert [word.get_text() for word in view.words[1]] == ["nan"] * 3
    assert [word.get_text() for word in view.words[0]] == ["0.67", "0.24", "0.09"]
    verdict = demos.VerdictView(torch.ones(1, 1, 8, 8), ONE[None], torch.full((64,), 0.05), torch.tensor(-0.25))
    verdict.png(number=0)
    assert verdict.sum.get_text() == "3.20 −0.25 = 2.95" and verdict.answer.get_text() == "0.950"
    xor = demos.XorView(nets)
    xor.png(hidden=3, seed=2)
    assert xor.words[1].get_text() == str(int(demos.solved(nets[3]).sum()))
    corner = xor.fields[3][2][-1, -1]  # where x1 = x2 = 1.4
    net = Weights(*(w[2] for w in nets[3]))
    assert corner == pytest.approx(float(torch.sigmoid(neurons.two_layer_forward(torch.full((1, 2), 1.4), net)[0])))


def test_still_pictures_have_ink_and_a_sensible_size():
    images, labels = digits.load("train")
    pictures, t = threes_and_eights("train")
    path = [(torch.tensor([1.0, 1.0]), torch.tensor(-1.0 + k / 10)) for k in range(4)]
    stills = [
        demos.three_or_eight(images, labels),
        demos.three_or_eight(images, labels, squares=True),
        demos.descent(pictures[:, 0, 2:4, 2], t, path, [0.2, 0.1, 0.05, 0.04], [1, 2, 3, 4]),
        demos.hidden_units(MLP(seed=0)),
        demos.verdict(pictures, t, draw(64).float(), ONE),
        demos.seeds_picture([[0.8, 0.9], [0.85, 0.95]], [0.95, 0.97], mean_interval([0.95, 0.97])),
        demos.rivals(
            {"a": [0.9, 0.95], "b": [0.99, 1.0]},
            {"a": mean_interval([0.9, 0.95]), "b": mean_interval([0.99, 1.0])},
        ),
    ]
    for still in stills:
        assert pixels(still.png).std() > 5 and still.size[0] <= 800 and still.alt
    assert stills[0].png != stills[1].png


def test_the_ranges_of_the_panels_include_what_the_lesson_asks_for(panels):
    assert -120 in values_of(panels["shares"].controls["add"]) and 120 in values_of(panels["shares"].controls["add"])
    assert panels["xor"].controls["hidden"].min == 1 and panels["xor"].controls["hidden"].max == 8
