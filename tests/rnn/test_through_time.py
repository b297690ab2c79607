"""The LSTM written out by hand, beneath lesson 05: against autograd over the plain loop, and finite differences."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.func import functional_call, grad, stack_module_state, vmap

from mmcourse.rnn import LSTM, Recurrent, lstm_cell
from mmcourse.rnn.through_time import lstm_through_time

SHAPES = [(1, 1, 1, 1), (1, 2, 3, 2), (5, 1, 1, 3), (4, 2, 3, 2), (9, 3, 2, 5)]  # T, N, B, H


class Recorded(LSTM):
    """The same network, its steps recorded one by one by autograd."""

    _steps = Recurrent._steps


def draw(*shape: int, seed: int = 0, size: float = 1.0) -> Tensor:
    return size * torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def some(steps: int, cells: int, batch: int, hidden: int, size: float = 1.0) -> tuple[Tensor, ...]:
    """sums, w, h and c as leaves."""
    shapes = ((steps, cells, batch, 4 * hidden), (cells, hidden, 4 * hidden), *[(cells, batch, hidden)] * 2)
    return tuple(draw(*shape, seed=k, size=size).requires_grad_() for k, shape in enumerate(shapes))


def step_by_step(sums: Tensor, w: Tensor, h: Tensor, c: Tensor, real: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The textbook's cell in a loop."""
    hidden = []
    for t, at in enumerate(sums):
        new = lstm_cell(at + h @ w, (h, c))
        h, c = new if real is None else (torch.where(real[t], a, b) for a, b in zip(new, (h, c), strict=True))
        hidden.append(h)
    return torch.stack(hidden), c


def results(function, leaves: tuple[Tensor, ...], real: Tensor | None) -> list[Tensor]:
    """Both outputs, and the slopes of a mixed sum of them for every leaf."""
    hidden, c = function(*leaves, real)
    loss = (hidden * draw(*hidden.shape, seed=7)).sum() + (c * draw(*c.shape, seed=8)).sum()
    return [hidden, c, *torch.autograd.grad(loss, leaves)]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("size", [1.0, 30.0], ids=["", "saturated"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_outputs_and_slopes_are_those_of_the_recorded_loop(shape, size, masked):
    leaves = some(*shape, size)
    real = draw(*shape[:3], 1, seed=5) > 0 if masked else None
    for ours, wanted in zip(results(lstm_through_time, leaves, real), results(step_by_step, leaves, real), strict=True):
        assert ours.shape == wanted.shape and torch.allclose(ours, wanted, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("masked", [False, True])
def test_slopes_by_finite_differences(masked):
    real = draw(3, 2, 2, 1, seed=5) > 0 if masked else None
    assert torch.autograd.gradcheck(lambda *leaves: lstm_through_time(*leaves, real), some(3, 2, 2, 2))


@pytest.mark.parametrize("which", range(5))
def test_an_output_alone_or_an_input_alone(which):
    """Slopes also come when only some are asked for, and only one output is used."""
    leaves = [leaf.detach().requires_grad_(k == which or which == 4) for k, leaf in enumerate(some(4, 1, 2, 3))]
    for take in (0, 1):
        ours, wanted = (
            torch.autograd.grad(
                function(*leaves)[take].sum(), [p for p in leaves if p.requires_grad], allow_unused=True
            )
            for function in (lstm_through_time, step_by_step)
        )
        for one, other in zip(ours, wanted, strict=True):
            assert torch.allclose(one, torch.zeros_like(one) if other is None else other, atol=1e-12)


def test_nothing_given_is_changed():
    leaves = [leaf.detach() for leaf in some(4, 2, 3, 2)]
    kept = [leaf.clone() for leaf in leaves]
    lstm_through_time(*leaves, torch.ones(4, 2, 3, 1, dtype=torch.bool))
    assert all(torch.equal(a, b) for a, b in zip(leaves, kept, strict=True))


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_networks_side_by_side(masked, both):
    """Under vmap, from outside and from inside of grad, with the same sequences for all: as each network alone."""
    models = [Recorded(3, 4, num_layers=2, bidirectional=both, seed=seed).double() for seed in range(3)]
    x, mask = draw(2, 5, 3), torch.arange(5) < torch.tensor([[5], [2]]) if masked else None
    quick = LSTM(3, 4, num_layers=2, bidirectional=both).double()
    weights, _buffers = stack_module_state(models)

    def loss(w: dict[str, Tensor], x: Tensor) -> Tensor:
        outputs, (h, c) = functional_call(quick, w, (x,), {"mask": mask})
        return outputs.square().sum() + h.sum() + c.square().sum()

    inside = vmap(grad(loss), in_dims=(0, None))(weights, x)
    vmap(loss, in_dims=(0, None))(weights, x).sum().backward()
    for k, model in enumerate(models):
        outputs, (h, c) = model(x, mask=mask)
        (outputs.square().sum() + h.sum() + c.square().sum()).backward()
        for name, p in model.named_parameters():
            assert torch.allclose(inside[name][k], p.grad, atol=1e-10), name
            assert torch.allclose(weights[name].grad[k], p.grad, atol=1e-10), name


def test_each_network_with_sequences_of_its_own():
    model, alone = LSTM(3, 4, bidirectional=True, seed=1).double(), Recorded(3, 4, bidirectional=True, seed=1).double()
    x = draw(6, 2, 5, 3)
    outputs = vmap(lambda one: model(one)[0])(x)
    assert all(torch.allclose(outputs[k], alone(x[k])[0], atol=1e-12) for k in range(6))


def test_slopes_of_slopes_are_refused_with_a_sentence():
    sums, *rest = some(3, 1, 2, 2)
    (slope,) = torch.autograd.grad(lstm_through_time(sums, *rest)[0].sum(), sums, create_graph=True)
    with pytest.raises(RuntimeError, match="slopes of slopes: not available for an LSTM; a GRU"):
        slope.sum().backward()
