"""Cells in a loop: the networks RNN, LSTM and GRU, in layers, both ways, and with padding.

Letters: B sequences, T steps, D inputs at each step, H hidden units, G gates, L layers, R directions (1 or 2).
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from mmcourse.engine import generator
from mmcourse.rnn.cells import CellWeights, gru_cell, lstm_cell, misprinted_lstm_cell, rnn_cell
from mmcourse.rnn.through_time import lstm_through_time

State = Tensor | tuple[Tensor, ...]
TORCH_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class Recurrent(nn.Module):
    """One cell used at every step, in layers and in one or two directions. Subclasses: RNN, LSTM, GRU.

    x (B, T, D) → outputs (B, T, R H) and the state after the last step, (L R, B, H), as torch gives them with
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
        """One layer, its directions side by side: x (B, T, D) → outputs (B, T, R H) and the last state (R, B, H)."""
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
        """The loop: from_x (T, R, B, G H) → h after every step (T, R, B, H) and the last state."""
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
        """What each direction meets, step by step: (B, T, D) → (R, T, B, D)."""
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

    Its loop and the way back through it are written out in ``through_time``: the same cell, faster.
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


def last_real(outputs: Tensor, mask: Tensor) -> Tensor:
    """The output at the last step whose mask is True: outputs (B, T, H), mask (B, T) → (B, H); else the first."""
    _check_mask(mask, outputs)
    last = (mask * torch.arange(mask.shape[1], device=mask.device)).amax(dim=1)  # (B,)
    return outputs[torch.arange(len(outputs), device=outputs.device), last]
