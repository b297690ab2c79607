"""Looking inside: what the gates of an LSTM do, how far back a network listens, and how a gradient is kept short.

Letters: B sequences, T steps, D inputs at each step, H hidden units.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mmcourse.rnn.cells import gates_of_lstm
from mmcourse.rnn.networks import LSTM

# Inside an LSTM, each (B, T, H): the gates 0..1, the candidate -1..1, the memory c and the output h.
Gates = namedtuple("Gates", "input forget candidate output memory hidden")


def watch_gates(model: LSTM, x: Tensor) -> Gates:
    """What happens inside a one-layer LSTM at every step of x (B, T, D), from an empty memory."""
    if not isinstance(model, LSTM) or model.num_layers > 1 or len(model.ends) > 1:
        raise ValueError(f"model: got {type(model).__name__}, expected an LSTM of one layer and one direction")
    w, (hidden, _last) = model.weights(), model(x)
    before = torch.cat([torch.zeros_like(hidden[:, :1]), hidden[:, :-1]], dim=1)  # h of the step before
    i, f, g, o = gates_of_lstm(x @ w.w_ih.T + w.b_ih + before @ w.w_hh.T + w.b_hh)
    memory = [torch.zeros_like(hidden[:, 0])]
    for t in range(x.shape[1]):
        memory.append(f[:, t] * memory[-1] + i[:, t] * g[:, t])
    return Gates(i, f, g, o, torch.stack(memory[1:], dim=1), hidden)


def influence(model: nn.Module, x: Tensor) -> Tensor:
    """The length of the gradient of the sum of h_T for each input x_t: how far the last output listens back.

    x (B, T, D) → (T,), mean over the sequences; entry t is T - 1 - t steps back. Source: Bengio et al. (1994).
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
