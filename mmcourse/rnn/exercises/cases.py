"""Inputs on which the answers to lesson 05's exercises are tried."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.practice.exercise import Case


def numbers(*shape: int, seed: int = 0) -> Tensor:
    """Normal numbers that depend on the seed alone."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def _weights(gates: int, inputs: int, hidden: int) -> tuple[Tensor, ...]:
    rows = gates * hidden
    shapes = ((rows, inputs), (rows, hidden), (rows,), (rows,))
    seeds = (1, 2, 7, 4)  # with two units or more, each table and each bias has numbers on both sides of 0
    return tuple(numbers(*shape, seed=seed) for seed, shape in zip(seeds, shapes, strict=True))


def step_cases(gates: int, states: int) -> list[Case]:
    """Shapes that tell a missing .T apart, square ones where it goes unnoticed, states beyond 1, and the smallest."""

    def case(name: str, batch: int, inputs: int, hidden: int, size: float = 1.0) -> Case:
        state = tuple(size * numbers(batch, hidden, seed=5 + k) for k in range(states))
        return Case(name, args=(numbers(batch, inputs), *state, *_weights(gates, inputs, hidden)))

    return [
        case("four sequences, three inputs, two units", 4, 3, 2),
        case("as many sequences as inputs and units", 3, 3, 3),
        case("a state far from 0", 2, 4, 3, size=4.0),
        case("one sequence, one input, one unit", 1, 1, 1),
    ]
