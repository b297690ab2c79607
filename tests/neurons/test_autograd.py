"""Lesson 01, autograd from scratch, against torch.autograd on random expressions and against numbers by hand."""

from __future__ import annotations

import math
import random

import pytest
import torch

from mmcourse.neurons import Value, in_order, walk_back

ONE = [  # an operation on one number, defined for every number
    lambda a: a.tanh(),
    lambda a: a.sigmoid(),
    lambda a: a.relu(),
    lambda a: (a * 0.3).exp(),
    lambda a: (a * a + 1.0).log(),
    lambda a: a**3,
    lambda a: -a,
    lambda a: 2.0 - a,
    lambda a: 1.5 / (a * a + 1.0),
]
TWO = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / (b * b + 1.0),
    lambda a, b: a * b + a,
]


def expression(seed, numbers):
    """A random expression of the numbers, the same operations for any kind of number that knows them."""
    rng, made = random.Random(seed), list(numbers)
    for _ in range(12):
        if rng.random() < 0.5:
            made.append(rng.choice(TWO)(rng.choice(made), rng.choice(made)).tanh())
        else:
            made.append(rng.choice(ONE)(rng.choice(made)))
    return sum(made[4:-1], made[-1]) * made[-2]


@pytest.mark.parametrize("seed", range(300))
def test_random_expressions_have_the_slopes_of_torch(seed):
    starts = [random.Random(1000 + seed).uniform(-2, 2) for _ in range(4)]
    starts = [start + k / 7 for k, start in enumerate(starts)]
    ours = [Value(start) for start in starts]
    theirs = [torch.tensor(start, dtype=torch.float64, requires_grad=True) for start in starts]
    mine, yours = expression(seed, ours), expression(seed, theirs)
    assert mine.data == pytest.approx(yours.item(), rel=1e-10, abs=1e-12)
    mine.backward(), yours.backward()
    for value, tensor in zip(ours, theirs, strict=True):
        wanted = 0.0 if tensor.grad is None else tensor.grad.item()
        assert value.grad == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_a_number_used_twice_gets_both_ways():
    a, b = Value(2.0), Value(3.0)
    (a * b + a).backward()
    assert (a.grad, b.grad) == (4.0, 2.0)
    square = Value(5.0)
    (square * square).backward()
    assert square.grad == 10.0


def test_a_second_walk_back_adds_as_in_torch():
    a, t = Value(2.0), torch.tensor(2.0, requires_grad=True)
    for number in (a, t):
        loss = number * number.tanh() if number is a else number * torch.tanh(number)
        loss.backward(retain_graph=True) if number is t else loss.backward()
        loss.backward()
    assert a.grad == pytest.approx(t.grad.item(), rel=1e-6)


def test_long_and_many_ways_are_no_trouble():
    total = sum((Value(1.0) for _ in range(20_000)), Value(0.0))  # deeper than Python lets a function call itself
    total.backward()
    number = start = Value(0.5)
    for _ in range(60):
        number = number + number  # 2 to the power of 60 ways
    number.backward()
    assert total.data == 20_000 and start.grad == 2.0**60


def test_each_number_comes_after_those_it_was_made_of():
    for seed in range(20):
        last = expression(seed, [Value(0.5 + k) for k in range(4)])
        order = in_order(last)
        assert order[-1] is last and len(set(order)) == len(order)
        place = {node: k for k, node in enumerate(order)}
        assert all(place[source] < place[node] for node in order for source, _ in node.links)


def test_walk_back_by_hand():
    assert walk_back([[]]) == [1.0]
    assert walk_back([[], [], [(0, 3.0), (1, 2.0)], [(2, 1.0), (0, 1.0)]]) == [4.0, 2.0, 1.0, 1.0]
    assert walk_back([[], [], [(1, 2.0)]]) == [0.0, 2.0, 1.0]


def test_numbers_far_out_do_not_overflow_and_say_what_they_are():
    far = Value(-800.0)
    far.sigmoid().backward()
    assert far.grad == 0 and Value(800.0).sigmoid().data == 1
    assert repr(Value(0.5)) == "Value(0.5, grad=0)"
    assert math.isclose((2.0 / Value(4.0) - 1.0 + (3.0 * Value(2.0))).data, 5.5)
