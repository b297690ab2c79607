"""Exercises of lesson 05: the references are the lesson's own functions, the usual mistakes are named."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse import rnn
from mmcourse.practice.exercise import Case, Exercise, Mistake


def _numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def _weights(gates: int, inputs: int, hidden: int) -> tuple[Tensor, ...]:
    rows = gates * hidden
    shapes = ((rows, inputs), (rows, hidden), (rows,), (rows,))
    return tuple(_numbers(*shape, seed=seed) for seed, shape in enumerate(shapes, start=1))


def _step_cases(gates: int, states: int) -> list[Case]:
    def case(name: str, batch: int, inputs: int, hidden: int) -> Case:
        state = tuple(_numbers(batch, hidden, seed=5 + k) for k in range(states))
        return Case(name, args=(_numbers(batch, inputs), *state, *_weights(gates, inputs, hidden)))

    return [case("one sequence, one unit", 1, 1, 1), case("four sequences, three inputs, two units", 4, 3, 2)]


def rnn_step_cases() -> list[Case]:
    return _step_cases(1, 1)


RNN_STEP = Exercise(
    "rnn_step",
    "rnn_step(x, h, w_ih, w_hh, b_ih, b_hh): one step of a recurrent network.",
    rnn.rnn_step,
    rnn_step_cases,
    mistakes=[
        Mistake(
            "tanh forgotten",
            lambda x, h, w, u, b, c: x @ w.T + b + h @ u.T + c,
            "The sum itself came back. Squash it: torch.tanh(...).",
        ),
        Mistake(
            "memory forgotten",
            lambda x, h, w, u, b, c: torch.tanh(x @ w.T + b + c),
            "h takes no part. Without h @ w_hh.T nothing of the past arrives.",
        ),
        Mistake(
            "second bias forgotten",
            lambda x, h, w, u, b, c: torch.tanh(x @ w.T + b + h @ u.T),
            "One bias is missing: torch has two, b_ih and b_hh, and both are added.",
        ),
        Mistake(
            "squashed twice",
            lambda x, h, w, u, b, c: torch.tanh(x @ w.T + b) + torch.tanh(h @ u.T + c),
            "You squash the two halves one by one. Add them first, then take one tanh.",
        ),
        Mistake(
            "sigmoid",
            lambda x, h, w, u, b, c: torch.sigmoid(x @ w.T + b + h @ u.T + c),
            "That is a sigmoid, between 0 and 1. Here the sum goes through tanh, between -1 and 1.",
        ),
        Mistake(
            ".T forgotten",
            lambda x, h, w, u, b, c: torch.tanh(x @ w.T + b + h @ u + c),
            "w_hh is as high as wide, so a missing .T goes unnoticed: h @ w_hh.T.",
        ),
    ],
    hints=[
        "Four terms are added up, then squashed: two products and two biases.",
        "x @ w_ih.T has the shape (B, H), and so has h @ w_hh.T.",
        "torch.tanh(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh)",
    ],
)


def lstm_step_cases() -> list[Case]:
    return _step_cases(4, 2)


def _lstm(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    *weights: Tensor,
    order: str = "ifgo",
    write: bool = False,
    squash: bool = True,
    candidate: bool = True,
    swap: bool = False,
    stale: bool = False,
    shown: bool = False,
) -> tuple[Tensor, Tensor]:
    """An LSTM step with room for mistakes."""
    before = c
    sums = dict(
        zip(
            order, (F.linear(x, weights[0], weights[2]) + F.linear(h, weights[1], weights[3])).chunk(4, -1), strict=True
        )
    )
    i, f, o = (torch.sigmoid(sums[name]) for name in "ifo")
    g = torch.tanh(sums["g"]) if candidate else torch.sigmoid(sums["g"])
    c = f * (h if shown else c) + i * g * (o if write else 1)
    h = (1 if write else o) * (torch.tanh(before if stale else c) if squash else c)
    return (c, h) if swap else (h, c)


def _lstm_by_rows(x: Tensor, h: Tensor, c: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    sums, many = F.linear(x, weights[0], weights[2]) + F.linear(h, weights[1], weights[3]), h.shape[1]
    i, f, g, o = (sums[k * many : (k + 1) * many] for k in range(4))
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


LSTM_STEP = Exercise(
    "lstm_step",
    "lstm_step(x, h, c, w_ih, w_hh, b_ih, b_hh): the new h and the new c of an LSTM.",
    rnn.lstm_step,
    lstm_step_cases,
    mistakes=[
        Mistake(
            "output gate in the memory",
            lambda *a: _lstm(*a, write=True),
            "Your output gate decides what is written into the memory. It belongs at the end: h = o · tanh(c).",
        ),
        Mistake(
            "tanh forgotten",
            lambda *a: _lstm(*a, squash=False),
            "The memory c must be squashed before it is shown: h = o · tanh(c).",
        ),
        Mistake(
            "input and forget swapped",
            lambda *a: _lstm(*a, order="figo"),
            "Input and forget gate are swapped. torch's rows come in the order i, f, g, o.",
        ),
        Mistake(
            "candidate and output swapped",
            lambda *a: _lstm(*a, order="ifog"),
            "Candidate and output gate are swapped. torch's rows come in the order i, f, g, o.",
        ),
        Mistake(
            "candidate through a sigmoid",
            lambda *a: _lstm(*a, candidate=False),
            "The candidate g goes through tanh, not sigmoid: it must be able to take away.",
        ),
        Mistake(
            "h and c swapped",
            lambda *a: _lstm(*a, swap=True),
            "Both are right, in the other order: return h first, then c.",
        ),
        Mistake(
            "old memory shown",
            lambda *a: _lstm(*a, stale=True),
            "You show the memory as it was. h shows the new one: work out c first, then h = o · tanh(new c).",
        ),
        Mistake(
            "h kept instead of c",
            lambda *a: _lstm(*a, shown=True),
            "You keep f · h. The forget gate keeps the memory: f · c + i · g.",
        ),
        Mistake(
            "rows cut",
            _lstm_by_rows,
            "You cut the batch, not the gates. The four parts stand in the columns: sums[:, :H], "
            "sums[:, H:2 * H], and so on.",
        ),
    ],
    hints=[
        "sums = x @ w_ih.T + b_ih + h @ w_hh.T + b_hh has 4H columns. Cut them in four: sums[:, :H] is i's, "
        "sums[:, H:2 * H] is f's, and so on. (sums.chunk(4, dim=-1) gives all four at once.)",
        "Sigmoid for i, f, o; tanh for g. Then c = f * c + i * g.",
        "Last line: h = o * torch.tanh(c), and return h, c.",
    ],
)


def gru_step_cases() -> list[Case]:
    return _step_cases(3, 1)


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
    n = torch.tanh(r * (from_x["n"] + past) if whole else inside)
    return z * n + (1 - z) * h if turned else (1 - z) * n + z * h


GRU_STEP = Exercise(
    "gru_step",
    "gru_step(x, h, w_ih, w_hh, b_ih, b_hh): the new h of a gated recurrent unit.",
    rnn.gru_step,
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


def last_real_cases() -> list[Case]:
    def case(name: str, lengths: list[int], steps: int) -> Case:
        mask = torch.arange(steps) < torch.tensor(lengths)[:, None]
        return Case(name, args=(_numbers(len(lengths), steps, 3), mask))

    return [
        case("three sequences of 4, 2 and 1 steps", [4, 2, 1], 4),
        case("all padded at the end", [2, 3], 5),
        case("one sequence, one step", [1], 1),
    ]


LAST_REAL = Exercise(
    "last_real",
    "last_real(outputs, mask): the output at the last real step of each sequence.",
    rnn.last_real,
    last_real_cases,
    mistakes=[
        Mistake(
            "takes the last padded step",
            lambda outputs, mask: outputs[:, -1],
            "That is the last column, and for short sequences it is padding. Count the real steps of each row.",
        ),
        Mistake(
            "takes one step too many",
            lambda outputs, mask: outputs[torch.arange(len(outputs)), mask.sum(1).clamp(max=mask.shape[1] - 1)],
            "One step too far: a sequence of 3 real steps has them at 0, 1 and 2.",
        ),
        Mistake(
            "takes the first step",
            lambda outputs, mask: outputs[:, 0],
            "That is the first step. The last real one stands at (number of real steps) - 1.",
        ),
        Mistake(
            "mean over the padding too",
            lambda outputs, mask: outputs.mean(1),
            "That is a mean over all steps. One step of each row is wanted.",
        ),
        Mistake(
            "mean of the real steps",
            lambda outputs, mask: (outputs * mask[..., None]).sum(1) / mask.sum(1, keepdim=True),
            "That is the mean of the real steps. Of each row the last real one is wanted, by itself.",
        ),
        Mistake(
            "one step for all",
            lambda outputs, mask: outputs[:, mask.sum(1).max() - 1],
            "You take the longest sequence's last step for all rows. Each row has its own.",
        ),
    ],
    hints=[
        "mask.sum(1) counts the real steps of each row, (B,).",
        "outputs[0, 3] is step 3 of sequence 0. Two tensors of B numbers, outputs[rows, steps], pick one step a "
        "row; a loop and torch.stack do it too.",
        "outputs[torch.arange(len(outputs)), mask.sum(1) - 1]",
    ],
)


def clip_by_norm_cases() -> list[Case]:
    return [
        Case("one gradient, too long", args=([torch.tensor([3.0, 4.0])], 1.0)),
        Case("one gradient, short enough", args=([torch.tensor([0.3, 0.4])], 1.0)),
        Case("three gradients, limit 2", args=([_numbers(3, 2), _numbers(4, seed=1), 5 * _numbers(1, seed=2)], 2.0)),
    ]


def _length(gradients: list[Tensor]) -> Tensor:
    return torch.sqrt(sum((g**2).sum() for g in gradients))


def _shortened(gradients: list[Tensor], limit: float, length: Tensor) -> list[Tensor]:
    return [g * min(1.0, limit / float(length)) for g in gradients]


CLIP = Exercise(
    "clip_by_norm",
    "clip_by_norm(gradients, limit): all gradients shortened by one factor, if they are too long.",
    rnn.clip_by_norm,
    clip_by_norm_cases,
    mistakes=[
        Mistake(
            "each by itself",
            lambda gs, limit: [g * min(1.0, limit / float(g.norm())) for g in gs],
            "You measure each tensor by itself. The direction stays only if all share one length and one factor.",
        ),
        Mistake(
            "numbers cut off",
            lambda gs, limit: [g.clamp(-limit, limit) for g in gs],
            "You cut every number off at ± limit. That bends the direction; multiply all by one factor.",
        ),
        Mistake(
            "always stretched to the limit",
            lambda gs, limit: [g * limit / _length(gs) for g in gs],
            "Short gradients must stay as they are: the factor is at most 1.",
        ),
        Mistake(
            "root forgotten",
            lambda gs, limit: _shortened(gs, limit, _length(gs) ** 2),
            "The length is the square root of the sum of squares.",
        ),
        Mistake(
            "lengths added",
            lambda gs, limit: _shortened(gs, limit, sum(g.norm() for g in gs)),
            "The common length is the root of the sum of all squares, not the sum of the lengths: 3 and 4 make 5, "
            "not 7.",
        ),
        Mistake(
            "the longest alone",
            lambda gs, limit: _shortened(gs, limit, max(g.norm() for g in gs)),
            "You measure the longest tensor. The squares of all of them count.",
        ),
    ],
    hints=[
        "First the common length: the root of the sum of all squares in all tensors.",
        "factor = min(1, limit / length), then multiply every gradient by it.",
    ],
)

EXERCISES = [RNN_STEP, CLIP, LSTM_STEP, GRU_STEP, LAST_REAL]
