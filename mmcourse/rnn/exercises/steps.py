"""One step of the RNN and of the LSTM: references, cases, mistakes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.rnn.cells import lstm_step, rnn_step
from mmcourse.rnn.exercises.cases import step_cases


def rnn_step_cases() -> list[Case]:
    return step_cases(1, 1)


RNN_STEP = Exercise(
    "rnn_step",
    "rnn_step(x, h, w_ih, w_hh, b_ih, b_hh): one step of a recurrent network.",
    rnn_step,
    rnn_step_cases,
    mistakes=[
        Mistake(
            "tanh forgotten",
            lambda x, h, w, u, b, c: x @ w.T + b + h @ u.T + c,
            "The sum itself came back. Take its tanh: torch.tanh(...).",
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
            "first bias forgotten",
            lambda x, h, w, u, b, c: torch.tanh(x @ w.T + h @ u.T + c),
            "b_ih takes no part: torch has two biases, and both are added.",
        ),
        Mistake(
            "squashed twice",
            lambda x, h, w, u, b, c: torch.tanh(x @ w.T + b) + torch.tanh(h @ u.T + c),
            "You take the tanh of the two halves one by one. Add them first, then take one tanh.",
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
        "Four terms are added up, then tanh is taken: two products and two biases.",
        "x @ w_ih.T has the shape (B, H), and so has h @ w_hh.T.",
        "torch.tanh(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh)",
    ],
)


def lstm_step_cases() -> list[Case]:
    return step_cases(4, 2)


def _lstm(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    *weights: Tensor,
    order: str = "ifgo",
    write: bool = False,
    bounded: bool = True,
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
    h = (1 if write else o) * (torch.tanh(before if stale else c) if bounded else c)
    return (c, h) if swap else (h, c)


def _lstm_by_rows(x: Tensor, h: Tensor, c: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    sums, many = F.linear(x, weights[0], weights[2]) + F.linear(h, weights[1], weights[3]), h.shape[1]
    i, f, g, o = (sums[k * many : (k + 1) * many] for k in range(4))
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


LSTM_STEP = Exercise(
    "lstm_step",
    "lstm_step(x, h, c, w_ih, w_hh, b_ih, b_hh): the new h and the new c of an LSTM.",
    lstm_step,
    lstm_step_cases,
    mistakes=[
        Mistake(
            "output gate in the memory",
            lambda *a: _lstm(*a, write=True),
            "Your output gate decides what is written into the memory. It belongs at the end: h = o · tanh(c).",
        ),
        Mistake(
            "tanh forgotten",
            lambda *a: _lstm(*a, bounded=False),
            "The memory c must go through tanh before it is shown: h = o · tanh(c).",
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
            "memory squashed",
            lambda *a: (_lstm(*a)[0], torch.tanh(_lstm(*a)[1])),
            "h is right, and the memory c came back through tanh. Only what is shown goes through tanh.",
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
