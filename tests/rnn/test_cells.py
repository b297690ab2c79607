"""The cells of lesson 05: against torch's own, and in plain numbers."""

from __future__ import annotations

import math

import pytest
import torch
from oracles import draw
from torch import nn

from mmcourse.rnn import GRU, LSTM, RNN, MisprintedLSTM, gru_step, lstm_step, rnn_step

EXACT = {torch.float32: 1e-5, torch.float64: 1e-10}


def close(ours: torch.Tensor, theirs: torch.Tensor, tolerance: float = 1e-10) -> bool:
    return ours.shape == theirs.shape and torch.allclose(ours, theirs, rtol=tolerance, atol=tolerance)


def parts(state) -> tuple[torch.Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


@pytest.mark.parametrize("dtype", EXACT)
def test_steps_equal_the_cells_of_torch(dtype):
    x, h, c = (draw(4, size, seed=size, dtype=dtype) for size in (3, 5, 5))
    for kind, step in ((nn.RNNCell, rnn_step), (nn.GRUCell, gru_step), (nn.LSTMCell, lstm_step)):
        cell = kind(3, 5).to(dtype)
        state = (h, c) if kind is nn.LSTMCell else (h,)
        wanted = parts(cell(x, state if len(state) > 1 else h))
        ours = parts(step(x, *state, cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh))
        assert all(close(a, b, EXACT[dtype]) for a, b in zip(ours, wanted, strict=True))


def test_the_lstm_in_plain_numbers():
    """One unit, one step, every gate by the textbook; and what the misprint makes of it."""
    sums = {"i": 0.3, "f": -0.4, "g": 0.8, "o": 1.1}
    i, f, o = (1 / (1 + math.exp(-sums[k])) for k in "ifo")
    g, h, c = math.tanh(sums["g"]), 0.2, 0.5
    biases, zeros = torch.tensor([sums[k] for k in "ifgo"], dtype=torch.float64), torch.zeros(4).double()
    tables = torch.zeros(4, 1).double(), torch.zeros(4, 1).double()
    one = torch.ones(1, 1).double()
    new_h, new_c = lstm_step(one, h * one, c * one, *tables, biases, zeros)
    assert float(new_c) == pytest.approx(f * c + i * g)
    assert float(new_h) == pytest.approx(o * math.tanh(f * c + i * g))
    wrong = MisprintedLSTM(1, 1).double()
    with torch.no_grad():
        for p, value in zip(wrong.parameters(), (*tables, biases, zeros), strict=True):
            p.copy_(value)
    _outputs, state = wrong(one[None], h * one[None])
    assert float(state.detach()) == pytest.approx(f * h + i * o * g)


def test_nothing_squashes_the_misprint():
    wrong, right = MisprintedLSTM(1, 1), LSTM(1, 1)
    with torch.no_grad():
        for p in (*wrong.parameters(), *right.parameters()):
            p.fill_(0 if p.dim() > 1 else 10)  # every gate open, whatever comes
    x = torch.zeros(1, 50, 1)
    assert float(wrong(x)[0].detach().max()) > 49 and float(right(x)[0].detach().abs().max()) <= 1


@pytest.mark.parametrize(
    "error, words, call",
    [
        (
            ValueError,
            "weights: got",
            lambda: lstm_step(draw(2, 3), draw(2, 4), draw(2, 4), *(p.double() for p in GRU(3, 4).weights())),
        ),
        (ValueError, "weights: got", lambda: rnn_step(draw(2, 3), draw(2, 5), *RNN(3, 4).double().weights())),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()
