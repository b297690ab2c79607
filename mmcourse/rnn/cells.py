"""One step of a recurrent network: the cells, from the simple one to the LSTM and the GRU.

Letters: B sequences, D inputs, H hidden units, G gates. Weights have the names, shapes, two biases and order of gates
of torch.nn, so that they copy one to one.
"""

from __future__ import annotations

from collections import namedtuple

import torch
from torch import Tensor

# A cell makes its new state from its old one and from W x + b + W' h + b', the sums of all its gates side by side,
# (..., G H). The first tensor of a state is h. Only the GRU needs W x + b and W' h + b' apart.


def rnn_cell(sums: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """h = tanh(sums), (..., H). Source: Elman (1990)."""
    return (torch.tanh(sums),)


def gates_of_lstm(sums: Tensor) -> tuple[Tensor, ...]:
    """Input gate, forget gate, candidate and output gate, in torch's order: (..., 4H) → 4 times (..., H)."""
    i, f, g, o = sums.chunk(4, dim=-1)
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


def lstm_cell(sums: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """c = f c + i g and h = o tanh(c), sums (..., 4H), state (h, c). Source: Gers et al. (2000)."""
    i, f, g, o = gates_of_lstm(sums)
    c = f * state[1] + i * g
    return o * torch.tanh(c), c


def misprinted_lstm_cell(sums: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The LSTM as often misprinted: h = f h + i o g. No cell state, and nothing squashes h. Sums (..., 4H)."""
    i, f, g, o = gates_of_lstm(sums)
    return (f * state[0] + i * o * g,)


def gru_cell(from_x: Tensor, from_h: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """h = (1 - z) n + z h, n = tanh(from_x + r from_h); both (..., 3H). Cho et al. (2014) apply r before the matrix."""
    (x_r, x_z, x_n), (h_r, h_z, h_n) = from_x.chunk(3, dim=-1), from_h.chunk(3, dim=-1)
    r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + r * h_n)
    return (n + z * (state[0] - n),)


# The weights of a cell with G gates: w_ih (G H, D), w_hh (G H, H), b_ih (G H,), b_hh (G H,).
CellWeights = namedtuple("CellWeights", "w_ih w_hh b_ih b_hh")


def rnn_step(x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """h' = tanh(W x + b + W' h + b'): x (B, D), h (B, H), w_ih (H, D), w_hh (H, H), biases (H,) → (B, H)."""
    _check_step(x, (h,), (w_ih, w_hh, b_ih, b_hh), gates=1)
    return torch.tanh(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh)


def lstm_step(
    x: Tensor, h: Tensor, c: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, Tensor]:
    """c' = f c + i g, h' = o tanh(c'). The rows of the weights make, in this order, i, f, g, o; g is a tanh.

    x (B, D), h, c (B, H), w_ih (4H, D), w_hh (4H, H), biases (4H,) → h', c' (B, H). Source: Gers et al. (2000).
    """
    _check_step(x, (h, c), (w_ih, w_hh, b_ih, b_hh), gates=4)
    return lstm_cell(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh, (h, c))


def gru_step(x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """h' = (1 - z) n + z h, n = tanh(W x + b + r (W' h + b')). The rows make, in this order, r, z, n.

    x (B, D), h (B, H), w_ih (3H, D), w_hh (3H, H), biases (3H,) → (B, H).
    """
    _check_step(x, (h,), (w_ih, w_hh, b_ih, b_hh), gates=3)
    return gru_cell(x @ w_ih.T + b_ih, h @ w_hh.T + b_hh, (h,))[0]


def _check_step(x: Tensor, state: tuple[Tensor, ...], weights: tuple[Tensor, ...], gates: int) -> None:
    inputs, hidden = x.shape[-1], state[0].shape[-1]
    wanted = [(gates * hidden, inputs), (gates * hidden, hidden), (gates * hidden,), (gates * hidden,)]
    came = [tuple(w.shape) for w in weights]
    if came != wanted or any(part.shape != state[0].shape for part in state):
        raise ValueError(f"weights: got {came}, expected {wanted} for this x and h")
