"""Exercise 3 of lesson 02: a learning rate that warms up and then falls along a cosine."""

from __future__ import annotations

import math

from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.training.schedules import warmup_cosine


def warmup_cosine_cases() -> list[Case]:
    return [
        Case("the first step", args=(0, 100, 10)),
        Case("half way up", args=(4, 100, 10)),
        Case("the last step of the warm-up", args=(9, 100, 10)),
        Case("the first step of the cosine", args=(10, 100, 10)),
        Case("half way down", args=(55, 100, 10)),
        Case("the last step", args=(99, 100, 10)),
        Case("no warm-up", args=(25, 100, 0)),
        Case("a short training", args=(7, 12, 5)),
    ]


def _share(
    step: int,
    steps: int,
    warmup: int,
    *,
    ahead: int = 1,
    begin: bool = True,
    length: bool = True,
    half: float = 0.5,
    turn: float = math.pi,
    sine: bool = False,
    straight: bool = False,
) -> float:
    if step < warmup:
        return (step + ahead) / warmup
    p = (step - (warmup if begin else 0)) / (steps - (warmup if length else 0))
    if straight:
        return 1 - p
    return half * (1 + (math.sin if sine else math.cos)(turn * p))


WARMUP_COSINE = Exercise(
    "warmup_cosine",
    "warmup_cosine(step, steps, warmup): the share of the full learning rate in a step.",
    warmup_cosine,
    warmup_cosine_cases,
    mistakes=[
        Mistake(
            "the warm-up begins at 0",
            lambda *a: _share(*a, ahead=0),
            "In the first step the rate would be 0, a step lost. The share is (step + 1) / warmup.",
        ),
        Mistake(
            "the cosine counts from the start",
            lambda *a: _share(*a, begin=False, length=False),
            "The cosine begins after the warm-up: p = (step - warmup) / (steps - warmup).",
        ),
        Mistake(
            "divided by all steps",
            lambda *a: _share(*a, length=False),
            "The cosine has only steps - warmup steps. Divided by steps, it never gets down.",
        ),
        Mistake(
            "not halved", lambda *a: _share(*a, half=1.0), "1 + cos goes from 2 to 0. Halve it: from 1 to 0 is wanted."
        ),
        Mistake(
            "a whole turn",
            lambda *a: _share(*a, turn=2 * math.pi),
            "cos(2πp) comes back up at the end. Half a turn, πp, goes from 1 to -1.",
        ),
        Mistake("a quarter turn", lambda *a: _share(*a, turn=math.pi / 2), "At p = 1 your rate is still ½. Use πp."),
        Mistake(
            "degrees", lambda *a: _share(*a, turn=180.0), "math.cos counts in radians: half a turn is math.pi, not 180."
        ),
        Mistake("sine", lambda *a: _share(*a, sine=True), "Sine begins in the middle. Cosine begins at the top."),
        Mistake(
            "a straight line down",
            lambda *a: _share(*a, straight=True),
            "That is a line. It has the same ends; the cosine leaves the top and reaches the bottom more slowly.",
        ),
    ],
    hints=[
        "Two cases: step < warmup, and the rest.",
        "In the warm-up: (step + 1) / warmup. Then p = (step - warmup) / (steps - warmup) goes from 0 to nearly 1.",
        "(1 + math.cos(math.pi * p)) / 2 goes from 1 down to nearly 0.",
    ],
)
