"""One step of the GRU: reference, cases, mistakes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.rnn.cells import gru_step
from mmcourse.rnn.exercises.cases import step_cases


def gru_step_cases() -> list[Case]:
    return step_cases(3, 1)


def _gru_by_rows(x: Tensor, h: Tensor, *weights: Tensor) -> Tensor:
    from_x, from_h, many = F.linear(x, weights[0], weights[2]), F.linear(h, weights[1], weights[3]), h.shape[1]
    (a, b, c), (d, e, f) = ([part[k * many : (k + 1) * many] for k in range(3)] for part in (from_x, from_h))
    z = torch.sigmoid(b + e)
    return (1 - z) * torch.tanh(c + torch.sigmoid(a + d) * f) + z * h


def _gru(
    x: Tensor,
    h: Tensor,
    *weights: Tensor,
    order: str = "rzn",
    turned: bool = False,
    early: bool = False,
    reset: bool = True,
    bare: bool = False,
    whole: bool = False,
    bounded: bool = True,
) -> Tensor:
    """A GRU step with room for mistakes."""
    from_x = dict(zip(order, F.linear(x, weights[0], weights[2]).chunk(3, -1), strict=True))
    from_h = dict(zip(order, F.linear(h, weights[1], weights[3]).chunk(3, -1), strict=True))
    r, z = (torch.sigmoid(from_x[name] + from_h[name]) for name in "rz")
    past = from_h["n"]
    if early:
        past = F.linear(r * h, weights[1], weights[3]).chunk(3, -1)[order.index("n")]
    if bare:
        past = past - weights[3].chunk(3)[order.index("n")]
    inside = from_x["n"] + (past if early or not reset else r * past)
    if bare:
        inside = inside + weights[3].chunk(3)[order.index("n")]
    inside = r * (from_x["n"] + past) if whole else inside
    n = torch.tanh(inside) if bounded else inside
    return z * n + (1 - z) * h if turned else (1 - z) * n + z * h


GRU_STEP = Exercise(
    "gru_step",
    "gru_step(x, h, w_ih, w_hh, b_ih, b_hh): the new h of a gated recurrent unit.",
    gru_step,
    gru_step_cases,
    mistakes=[
        Mistake(
            "update gate turned round",
            lambda *a: _gru(*a, turned=True),
            "z and 1 - z are swapped. In torch z says how much of the OLD h stays: (1 - z) n + z h.",
        ),
        Mistake(
            "reset gate before the matrix",
            lambda *a: _gru(*a, early=True),
            "You multiply h by r before the matrix, as the first paper has it. In torch r multiplies the result, "
            "bias included: n = tanh(from_x + r * from_h).",
        ),
        Mistake(
            "reset gate forgotten",
            lambda *a: _gru(*a, reset=False),
            "The reset gate r takes no part: it multiplies what the candidate gets from h.",
        ),
        Mistake(
            "candidate without tanh",
            lambda *a: _gru(*a, bounded=False),
            "The candidate n is a tanh: n = tanh(from_x + r * from_h).",
        ),
        Mistake(
            "gates swapped",
            lambda *a: _gru(*a, order="zrn"),
            "Reset and update gate are swapped. torch's rows come in the order r, z, n.",
        ),
        Mistake(
            "bias outside the bracket",
            lambda *a: _gru(*a, bare=True),
            "The bias of the candidate's h-part stands inside the bracket: r multiplies W'h + b', not W'h alone.",
        ),
        Mistake(
            "reset gate over the whole sum",
            lambda *a: _gru(*a, whole=True),
            "r multiplies the x-part too. It belongs to what comes from h only: tanh(from_x + r * from_h).",
        ),
        Mistake(
            "rows cut",
            _gru_by_rows,
            "You cut the batch, not the gates. The three parts stand in the columns: from_x[:, :H], "
            "from_x[:, H:2 * H], from_x[:, 2 * H:].",
        ),
    ],
    hints=[
        "Keep the two sums apart: from_x = x @ w_ih.T + b_ih and from_h = h @ w_hh.T + b_hh. Each has 3H "
        "columns: those of r, [:, :H], of z, [:, H:2 * H], and of n. (.chunk(3, dim=-1) gives all three at once.)",
        "r and z are sigmoids of the sum of their two parts; n = tanh(its x-part + r * its h-part).",
        "return (1 - z) * n + z * h",
    ],
)
