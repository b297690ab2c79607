"""Gates, influence and clipping: against the networks themselves, closed forms and torch."""

from __future__ import annotations

import math

import pytest
import torch
from oracles import draw
from torch import nn

from mmcourse.rnn import GRU, LSTM, RNN, clip_by_norm, influence, watch_gates


def close(ours: torch.Tensor, theirs: torch.Tensor, tolerance: float = 1e-10) -> bool:
    return ours.shape == theirs.shape and torch.allclose(ours, theirs, rtol=tolerance, atol=tolerance)


def test_watched_gates_are_those_of_the_model():
    model, x = LSTM(3, 4, seed=2).double(), draw(2, 6, 3)
    inside, (outputs, (h, c)) = watch_gates(model, x), model(x)
    assert close(inside.hidden, outputs) and close(inside.memory[:, -1], c[0])
    assert close(inside.output * inside.memory.tanh(), outputs)
    before = torch.cat([torch.zeros(2, 1, 4).double(), inside.memory[:, :-1]], 1)
    assert close(inside.forget * before + inside.input * inside.candidate, inside.memory)
    assert close(inside.hidden[:, -1], h[0])


def test_influence_in_closed_form():
    """One unit without input after the first step: the gradient is w times the product of u (1 - h²)."""
    model, w, u = RNN(1, 1).double(), 0.7, 0.9
    with torch.no_grad():
        for p, value in zip(model.parameters(), (w, u, 0.0, 0.0), strict=True):
            p.fill_(value)
    x = torch.zeros(1, 5, 1).double()
    x[0, 0] = 1.0
    h, slopes = 0.0, []
    for t in range(5):
        h = math.tanh(w * float(x[0, t, 0]) + u * h)
        slopes.append(1 - h**2)
    wanted = [w * u ** (4 - t) * math.prod(slopes[t:]) for t in range(5)]
    assert close(influence(model, x), torch.tensor(wanted, dtype=torch.float64))


def test_clipping_equals_torch():
    for limit in (0.5, 2.0, 100.0):
        leaves = [nn.Parameter(torch.zeros(shape)) for shape in ((3, 2), (4,), (1, 1, 2))]
        for k, leaf in enumerate(leaves):
            leaf.grad = 2 * draw(*leaf.shape, seed=k, dtype=torch.float32)
        ours = clip_by_norm([leaf.grad for leaf in leaves], limit)
        nn.utils.clip_grad_norm_(leaves, limit)
        assert all(close(a, leaf.grad, 1e-5) for a, leaf in zip(ours, leaves, strict=True))


def test_what_is_as_long_as_allowed_stays_to_the_last_digit_and_zeros_stay_zeros():
    at_the_limit = [torch.tensor([3.0, 0.0]), torch.tensor([[-4.0]])]
    assert all(map(torch.equal, clip_by_norm(at_the_limit, 5.0), at_the_limit))
    assert float(clip_by_norm(at_the_limit, 4.999)[0][0]) < 3.0
    zeros = [torch.zeros(3), torch.zeros(1, 2)]
    for limit in (1e-6, 1.0, math.inf):
        assert all(map(torch.equal, clip_by_norm(zeros, limit), zeros))
    assert all(map(torch.equal, clip_by_norm(at_the_limit, math.inf), at_the_limit))


@pytest.mark.parametrize(
    "error, words, call",
    [
        (ValueError, "limit: got 0", lambda: clip_by_norm([torch.ones(2)], 0)),
        (ValueError, "limit: got nan", lambda: clip_by_norm([torch.ones(2)], math.nan)),
        (ValueError, "model: got GRU", lambda: watch_gates(GRU(3, 4), torch.zeros(2, 3, 4))),
        (ValueError, "model: got LSTM", lambda: watch_gates(LSTM(4, 4, num_layers=2), torch.zeros(2, 3, 4))),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()
