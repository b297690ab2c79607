"""Lesson 05, beneath the LSTM: its steps, and the way back through them, written out by hand.

Autograd would record every small operation of every step and walk back through them one by one. Here the chain rule is
applied by hand, as lesson 01 did for two layers. c' is the memory of the step before, W the weights of h, dh and dc the
slopes of the loss for h and c:

    i, f, o = σ(sums),  g = tanh(sums)      dc grows by dh o (1 - tanh² c)
    c = f c' + i g                          dsums = dc g i(1 - i),  dc c' f(1 - f),  dc i (1 - g²),  dh tanh(c) o(1 - o)
    h = o tanh(c)                           dc' = dc f,   dh' = Wᵀ dsums + what the loss says of h' itself

After the last step everything but dh and dc is known, so it is computed for all steps at once. Only dh and dc must walk
back step by step.

Letters: T steps, B sequences, H hidden units, N cells side by side, each with weights of its own: the directions of a
layer, and under ``torch.vmap`` those of all networks. Gates in torch's order: i, f, g, o. Source: Werbos (1990).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

Tensors = tuple[Tensor, ...]


def lstm_through_time(
    sums: Tensor, w: Tensor, h: Tensor, c: Tensor, real: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """All steps of N LSTM cells, from what the inputs (and biases) bring to their sums, and from the first h and c.

    sums (T, N, B, 4H), w (N, H, 4H), h and c (N, B, H), ``real`` (T, N, B, 1), False where the state stands still
    → h after every step (T, N, B, H), the last c (N, B, H). RuntimeError if slopes of slopes are asked for.
    """
    hidden, last_c, _memory, _gates = _Forwards.apply(sums, w, h, c, real)
    return hidden, last_c


class _Forwards(Function):
    """h after every step and the last c. For the way back also c after every step, and the gates (T, N, B, 4H)."""

    @staticmethod
    def forward(sums: Tensor, w: Tensor, h: Tensor, c: Tensor, real: Tensor | None) -> Tensors:
        # One sigmoid does for all gates, since tanh(z) = 2σ(2z) - 1; so the sums of the candidate are doubled.
        twice = w.new_tensor((1, 1, 2, 1)).repeat_interleave(h.shape[-1])  # (4H,)
        gates, w, hidden, memory = sums * twice, w * twice, [], []
        for t, (all_four, i, f, half, o) in enumerate(_by_step(gates, *gates.chunk(4, dim=-1))):
            all_four.baddbmm_(h, w).sigmoid_()  # in place: i, f, half, o are parts of it
            new_c = torch.addcmul(f * c - i, i, half, value=2)  # f c - i + 2 i half, which is f c + i g
            new_h = o * torch.tanh(new_c)
            if real is not None:
                new_h, new_c = torch.where(real[t], new_h, h), torch.where(real[t], new_c, c)
            h, c = new_h, new_c
            hidden.append(h), memory.append(c)
        gates.chunk(4, dim=-1)[2].mul_(2).sub_(1)  # g = 2 half - 1
        return torch.stack(hidden), c, torch.stack(memory), gates

    @staticmethod
    def setup_context(ctx: Any, inputs: Tensors, output: Tensors) -> None:
        (_sums, w, h, c, ctx.real), (hidden, _last, memory, gates) = inputs, output
        ctx.save_for_backward(w, h, c, hidden, memory, gates)
        ctx.mark_non_differentiable(memory, gates)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        return *_Backwards.apply(*ctx.saved_tensors, *slopes[:2], ctx.real), None

    @staticmethod
    def vmap(info: Any, in_dims: Sequence[int | None], *inputs: Tensor | None) -> tuple[Tensors, Sequence[int]]:
        return _side_by_side(_Forwards, info, inputs, in_dims, (1, 0, 0, 0, 1), (1, 0, 1, 1))


class _Backwards(Function):
    """The slopes for sums, w, and the first h and c, from those for h after every step and for the last c."""

    @staticmethod
    def forward(
        w: Tensor,
        h: Tensor,
        c: Tensor,
        hidden: Tensor,
        memory: Tensor,
        gates: Tensor,
        slope_h: Tensor,
        slope_c: Tensor,
        real: Tensor | None,
    ) -> Tensors:
        i, f, g, o = gates.chunk(4, dim=-1)  # each (T, N, B, H)
        shown, before = torch.tanh(memory), torch.cat([c.unsqueeze(0), memory[:-1]])
        by_c = torch.stack([g * i * (1 - i), before * f * (1 - f), i * (1 - g * g)], dim=-2)  # (T, N, B, 3, H)
        by_h, into_c = shown * o * (1 - o), o * (1 - shown * shown)
        if real is not None:
            by_c, by_h, into_c, f = by_c * real.unsqueeze(-1), by_h * real, into_c * real, torch.where(real, f, 1)
        dsums, dh, dc = torch.empty_like(gates), torch.zeros_like(h), slope_c
        ifg, own = dsums.unflatten(-1, (4, -1)).split([3, 1], dim=-2)  # the places of i, f, g and of o
        steps = _by_step(slope_h, by_c, by_h, into_c, f, dsums, ifg, own.squeeze(-2))
        for t, (new, for_ifg, for_o, for_c, keep, all_four, three, fourth) in reversed(list(enumerate(steps))):
            dh = dh + new
            dc = torch.addcmul(dc, dh, for_c)  # dc + dh o (1 - tanh² c)
            torch.mul(dc.unsqueeze(-2), for_ifg, out=three), torch.mul(dh, for_o, out=fourth)
            past = torch.bmm(all_four, w.mT)
            dc, dh = dc * keep, past if real is None else torch.where(real[t], past, dh)
        earlier = torch.cat([h.unsqueeze(0), hidden[:-1]])  # the h that met w, step by step
        dw = _in_a_row(earlier).mT @ _in_a_row(dsums)  # (N, H, 4H): over all steps
        return dsums, dw, dh, dc

    @staticmethod
    def setup_context(ctx: Any, inputs: Tensors, output: Tensors) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> None:
        raise RuntimeError("slopes of slopes: not available for an LSTM; a GRU, whose steps autograd records, has them")

    @staticmethod
    def vmap(info: Any, in_dims: Sequence[int | None], *inputs: Tensor | None) -> tuple[Tensors, Sequence[int]]:
        return _side_by_side(_Backwards, info, inputs, in_dims, (0, 0, 0, 1, 1, 1, 1, 0, 1), (1, 0, 0, 0))


def _by_step(*sequences: Tensor) -> list[Tensors]:
    """What each holds at step 0, at step 1, …"""
    return list(zip(*(one.unbind(0) for one in sequences), strict=True))


def _in_a_row(sequences: Tensor) -> Tensor:
    """All steps of all sequences below each other: (T, N, B, ·) → (N, T B, ·)."""
    return sequences.transpose(0, 1).flatten(1, 2)


def _side_by_side(
    function: type[Function],
    info: Any,
    inputs: Sequence[Tensor | None],
    in_dims: Sequence[int | None],
    places: Sequence[int],
    out_places: Sequence[int],
) -> tuple[Tensors, Sequence[int]]:
    """The rule for ``torch.vmap``: the cells of all its networks stand side by side; ``places`` says where N stands."""
    merged = []
    for tensor, at, place in zip(inputs, in_dims, places, strict=True):
        if tensor is not None and at is None:  # the same for all networks
            tensor = tensor.unsqueeze(place).expand(*tensor.shape[:place], info.batch_size, *tensor.shape[place:])
        elif tensor is not None:
            tensor = tensor.movedim(at, place)
        merged.append(None if tensor is None else tensor.flatten(place, place + 1))
    outputs = function.apply(*merged)
    apart = [out.unflatten(place, (info.batch_size, -1)) for out, place in zip(outputs, out_places, strict=True)]
    return tuple(apart), out_places
