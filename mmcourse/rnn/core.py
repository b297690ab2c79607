"""Lesson 05: networks that read one step after another and remember: RNN, LSTM and GRU.

Letters: B sequences, T steps, D inputs at each step, H hidden units, G gates, L layers, R directions (1 or 2).
Weights have the names, shapes, two biases and order of gates of torch.nn, so that they copy one to one.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from mmcourse.engine import generator
from mmcourse.rnn.backward import lstm_through_time

State = Tensor | tuple[Tensor, ...]
TORCH_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")

# A cell makes its new state from its old one and from W x + b + W' h + b', the sums of all its gates side by side,
# (..., G H). The first tensor of a state is h. Only the GRU needs W x + b and W' h + b' apart.


def rnn_cell(sums: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """h = tanh(sums), (..., H). Source: Elman (1990)."""
    return (torch.tanh(sums),)


def _gates_of_lstm(sums: Tensor) -> tuple[Tensor, ...]:
    """Input gate, forget gate, candidate and output gate, in torch's order: (..., 4H) -> 4 times (..., H)."""
    i, f, g, o = sums.chunk(4, dim=-1)
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


def lstm_cell(sums: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """c = f c + i g and h = o tanh(c), sums (..., 4H), state (h, c). Source: Gers et al. (2000)."""
    i, f, g, o = _gates_of_lstm(sums)
    c = f * state[1] + i * g
    return o * torch.tanh(c), c


def misprinted_lstm_cell(sums: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The LSTM as often misprinted: h = f h + i o g. No cell state, and nothing squashes h. Sums (..., 4H)."""
    i, f, g, o = _gates_of_lstm(sums)
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
    """h' = tanh(W x + b + W' h + b'): x (B, D), h (B, H), w_ih (H, D), w_hh (H, H), biases (H,) -> (B, H)."""
    _check_step(x, (h,), (w_ih, w_hh, b_ih, b_hh), gates=1)
    return torch.tanh(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh)


def lstm_step(
    x: Tensor, h: Tensor, c: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, Tensor]:
    """c' = f c + i g, h' = o tanh(c'). The rows of the weights make, in this order, i, f, g, o; g is a tanh.

    x (B, D), h, c (B, H), w_ih (4H, D), w_hh (4H, H), biases (4H,) -> h', c' (B, H). Source: Gers et al. (2000).
    """
    _check_step(x, (h, c), (w_ih, w_hh, b_ih, b_hh), gates=4)
    return lstm_cell(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh, (h, c))


def gru_step(x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """h' = (1 - z) n + z h, n = tanh(W x + b + r (W' h + b')). The rows make, in this order, r, z, n.

    x (B, D), h (B, H), w_ih (3H, D), w_hh (3H, H), biases (3H,) -> (B, H).
    """
    _check_step(x, (h,), (w_ih, w_hh, b_ih, b_hh), gates=3)
    return gru_cell(x @ w_ih.T + b_ih, h @ w_hh.T + b_hh, (h,))[0]


def _check_step(x: Tensor, state: tuple[Tensor, ...], weights: tuple[Tensor, ...], gates: int) -> None:
    inputs, hidden = x.shape[-1], state[0].shape[-1]
    wanted = [(gates * hidden, inputs), (gates * hidden, hidden), (gates * hidden,), (gates * hidden,)]
    came = [tuple(w.shape) for w in weights]
    if came != wanted or any(part.shape != state[0].shape for part in state):
        raise ValueError(f"weights: got {came}, expected {wanted} for this x and h")


class Recurrent(nn.Module):
    """One cell used at every step, in layers and in one or two directions. Subclasses: RNN, LSTM, GRU.

    x (B, T, D) -> outputs (B, T, R H) and the state after the last step, (L R, B, H), as torch gives them with
    batch_first=True; ``load_state_dict`` takes the weights of torch's own. ``state``: where to begin, zeros if None.
    ``mask`` (B, T) is True at real steps: at the others the state stands still and the output is 0.
    First weights: uniform in ±1/√H, from ``seed``. Raises ValueError for shapes that do not fit.
    """

    cell: ClassVar = staticmethod(rnn_cell)
    gates: ClassVar[int] = 1
    memories: ClassVar[int] = 1  # tensors in the state: 2 for (h, c)
    apart: ClassVar[bool] = False  # whether the cell needs W x + b and W' h + b' one by one

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bidirectional: bool = False, seed: int = 0
    ) -> None:
        super().__init__()
        if min(input_size, hidden_size, num_layers) < 1:
            raise ValueError(
                f"input_size, hidden_size, num_layers: got {input_size}, {hidden_size}, {num_layers}, "
                "expected at least 1 each"
            )
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.ends = ("", "_reverse") if bidirectional else ("",)  # how torch names the directions
        rng, reach, rows = generator(seed), hidden_size**-0.5, self.gates * hidden_size
        for layer in range(num_layers):
            width = hidden_size * len(self.ends) if layer else input_size
            for end in self.ends:
                shapes = ((rows, width), (rows, hidden_size), (rows,), (rows,))
                for name, shape in zip(TORCH_NAMES, shapes, strict=True):
                    start = torch.empty(shape).uniform_(-reach, reach, generator=rng)
                    self.register_parameter(f"{name}_l{layer}{end}", nn.Parameter(start))

    def weights(self, layer: int = 0, end: str = "") -> CellWeights:
        """The four tensors of one layer in one direction; ``end`` is "" or "_reverse"."""
        return CellWeights(*(getattr(self, f"{name}_l{layer}{end}") for name in TORCH_NAMES))

    def forward(self, x: Tensor, state: State | None = None, mask: Tensor | None = None) -> tuple[Tensor, State]:
        self._check(x, mask)
        start, finals = [part.chunk(self.num_layers) for part in self._start(x, state)], []
        for layer in range(self.num_layers):
            begin = tuple(part[layer] for part in start)  # each (R, B, H)
            x, final = self._layer(x, begin, mask, layer)  # x (B, T, R H) feeds the next
            finals.append(final)
        last = tuple(torch.cat(parts) for parts in zip(*finals, strict=True))  # each (L R, B, H)
        return x, last if self.memories > 1 else last[0]

    def _layer(
        self, x: Tensor, state: tuple[Tensor, ...], mask: Tensor | None, layer: int
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """One layer, its directions side by side: x (B, T, D) -> outputs (B, T, R H) and the last state (R, B, H)."""
        w, seen = self._columns(layer), self._each_way(x)  # seen (R, T, B, D)
        bias = w.b_ih if self.apart else w.b_ih + w.b_hh
        from_x = torch.baddbmm(bias, seen.flatten(1, 2), w.w_ih)  # (R, T B, G H): one product for all steps
        from_x = from_x.unflatten(1, seen.shape[1:3]).transpose(0, 1)  # (T, R, B, G H)
        real = None if mask is None else self._each_way(mask.unsqueeze(-1)).transpose(0, 1)  # (T, R, B, 1)
        hidden, last = self._steps(from_x, state, w, real)  # (T, R, B, H)
        forth, *back = hidden.unbind(1)  # R of (T, B, H), each in its own order
        x = torch.cat([forth, *(side.flip(0) for side in back)], dim=-1).transpose(0, 1)
        return x if mask is None else x * mask.unsqueeze(-1), last

    def _steps(
        self, from_x: Tensor, state: tuple[Tensor, ...], w: CellWeights, real: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The loop: from_x (T, R, B, G H) -> h after every step (T, R, B, H) and the last state."""
        hidden = []
        for t, sums in enumerate(from_x.unbind(0)):
            from_h = torch.bmm(state[0], w.w_hh)  # (R, B, G H)
            new = self.cell(sums, from_h + w.b_hh, state) if self.apart else self.cell(sums + from_h, state)
            if real is not None:
                new = tuple(torch.where(real[t], *pair) for pair in zip(new, state, strict=True))
            state = new
            hidden.append(state[0])
        return torch.stack(hidden), state

    def _columns(self, layer: int) -> CellWeights:
        """A layer's weights for the loop: w_ih (R, D, G H), w_hh (R, H, G H), biases (R, 1, G H)."""
        each = [self.weights(layer, end) for end in self.ends]
        w_ih, w_hh, b_ih, b_hh = map(torch.stack, zip(*each, strict=True))
        return CellWeights(w_ih.mT, w_hh.mT, b_ih.unsqueeze(1), b_hh.unsqueeze(1))

    def _each_way(self, x: Tensor) -> Tensor:
        """What each direction meets, step by step: (B, T, D) -> (R, T, B, D)."""
        x = x.transpose(0, 1)
        return torch.stack([x, x.flip(0)][: len(self.ends)])

    def _start(self, x: Tensor, state: State | None) -> tuple[Tensor, ...]:
        shape = (self.num_layers * len(self.ends), len(x), self.hidden_size)
        if state is None:
            return (x.new_zeros(shape),) * self.memories
        parts = state if isinstance(state, tuple) else (state,)
        if [tuple(part.shape) for part in parts] != [shape] * self.memories:
            raise ValueError(f"state: got {[tuple(p.shape) for p in parts]}, expected {self.memories} of {shape}")
        return parts

    def _check(self, x: Tensor, mask: Tensor | None) -> None:
        if not isinstance(x, Tensor) or not x.is_floating_point():
            raise TypeError(
                f"x: got {x.dtype if isinstance(x, Tensor) else type(x).__name__}, expected a float tensor "
                "(B, T, D); turn ids of words into rows of numbers with an embedding first"
            )
        if x.dim() != 3 or x.shape[1] < 1 or x.shape[2] != self.input_size:
            raise ValueError(f"x: got shape {tuple(x.shape)}, expected (B, T, {self.input_size}) with T of at least 1")
        _check_mask(mask, x)


def _check_mask(mask: Tensor | None, x: Tensor) -> None:
    if mask is not None and (mask.dtype != torch.bool or mask.shape != x.shape[:2]):
        raise ValueError(
            f"mask: got {mask.dtype} of shape {tuple(mask.shape)}, expected torch.bool of "
            f"{tuple(x.shape[:2])}, True at real steps"
        )


class RNN(Recurrent):
    """The simple recurrent network, h = tanh(W x + b + W' h + b'), equal to nn.RNN. Source: Elman (1990)."""


class GRU(Recurrent):
    """The gated recurrent unit, equal to nn.GRU. Source: Cho et al. (EMNLP 2014)."""

    cell, gates, apart = staticmethod(gru_cell), 3, True


class LSTM(Recurrent):
    """Long short-term memory, equal to nn.LSTM; its state is (h, c). Source: Hochreiter and Schmidhuber (1997).

    Its loop and the way back through it are written out in ``rnn_backward``: the same cell, faster.
    """

    cell, gates, memories = staticmethod(lstm_cell), 4, 2

    def _steps(
        self, from_x: Tensor, state: tuple[Tensor, ...], w: CellWeights, real: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        hidden, c = lstm_through_time(from_x, w.w_hh, *state, real)
        return hidden, (hidden[-1], c)


class MisprintedLSTM(Recurrent):
    """An LSTM without cell state, h = f h + i o g, as a misprint has it: for experiments only."""

    cell, gates = staticmethod(misprinted_lstm_cell), 4


# Inside an LSTM, each (B, T, H): the gates 0..1, the candidate -1..1, the memory c and the output h.
Gates = namedtuple("Gates", "input forget candidate output memory hidden")


def watch_gates(model: LSTM, x: Tensor) -> Gates:
    """What happens inside a one-layer LSTM at every step of x (B, T, D), from an empty memory."""
    if not isinstance(model, LSTM) or model.num_layers > 1 or len(model.ends) > 1:
        raise ValueError(f"model: got {type(model).__name__}, expected an LSTM of one layer and one direction")
    w, (hidden, _last) = model.weights(), model(x)
    before = torch.cat([torch.zeros_like(hidden[:, :1]), hidden[:, :-1]], dim=1)  # h of the step before
    i, f, g, o = _gates_of_lstm(x @ w.w_ih.T + w.b_ih + before @ w.w_hh.T + w.b_hh)
    memory = [torch.zeros_like(hidden[:, 0])]
    for t in range(x.shape[1]):
        memory.append(f[:, t] * memory[-1] + i[:, t] * g[:, t])
    return Gates(i, f, g, o, torch.stack(memory[1:], dim=1), hidden)


def influence(model: nn.Module, x: Tensor) -> Tensor:
    """The length of the gradient of the sum of h_T for each input x_t: how far the last output listens back.

    x (B, T, D) -> (T,), mean over the sequences; entry t is T - 1 - t steps back. Source: Bengio et al. (1994).
    """
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(leaf)[0][:, -1].sum(), leaf)  # (B, T, D)
    return gradient.norm(dim=-1).mean(0)


def clip_by_norm(gradients: Sequence[Tensor], limit: float) -> list[Tensor]:
    """Shorten all gradients by one factor so that their common length, √(sum of squares), is at most ``limit``.

    ``clip_by_norm([torch.tensor([3.0, 4.0])], 1.0)`` is [0.6, 0.8]. Source: Pascanu et al. (2013).
    """
    if not limit > 0:
        raise ValueError(f"limit: got {limit}, expected a length above 0, such as 1.0")
    length = torch.sqrt(sum((g**2).sum() for g in gradients))
    factor = torch.clamp(limit / length.clamp(min=1e-30), max=1.0)
    return [g * factor for g in gradients]


def last_real(outputs: Tensor, mask: Tensor) -> Tensor:
    """The output at the last step whose mask is True: outputs (B, T, H), mask (B, T) -> (B, H); else the first."""
    _check_mask(mask, outputs)
    last = (mask * torch.arange(mask.shape[1], device=mask.device)).amax(dim=1)  # (B,)
    return outputs[torch.arange(len(outputs), device=outputs.device), last]
