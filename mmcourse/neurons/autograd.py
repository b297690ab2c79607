"""Reverse-mode automatic differentiation from scratch: a number that remembers how it was made, and a walk back.

Forward, each operation notes the numbers it used and how the result changes with each of them. Backward, these slopes
are multiplied along the way and added where ways meet. Source: Linnainmaa (1970); in this form Karpathy, micrograd
(2020).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Links = Sequence[Sequence[tuple[int, float]]]


class Value:
    """A number that remembers what it was made of: its ``data``, and after ``backward`` its slope ``grad``.

    ``links`` holds a pair for each number it was made of: that number, and the slope of this one with respect to it.

        a, b = Value(2.0), Value(3.0)
        (a * b + a).backward()
        a.grad, b.grad  # 4.0, 2.0
    """

    def __init__(
        self, data: float, links: Sequence[tuple[Value, float]] = (), made_by: str = "", name: str = ""
    ) -> None:
        self.data, self.links, self.made_by, self.name, self.grad = float(data), tuple(links), made_by, name, 0.0

    def __repr__(self) -> str:
        return f"Value({self.data:.4g}, grad={self.grad:.4g})"

    def __add__(self, other: Value | float) -> Value:
        other = as_value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)], "+")

    def __mul__(self, other: Value | float) -> Value:
        other = as_value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)], "×")

    def __pow__(self, power: float) -> Value:
        return Value(self.data**power, [(self, power * self.data ** (power - 1))], f"power {power:g}")

    def exp(self) -> Value:
        """e to this number; it is its own slope."""
        y = math.exp(self.data)
        return Value(y, [(self, y)], "exp")

    def log(self) -> Value:
        """The natural logarithm; its slope is 1 / x."""
        return Value(math.log(self.data), [(self, 1 / self.data)], "log")

    def tanh(self) -> Value:
        """The tanh; its slope is 1 - y²."""
        y = math.tanh(self.data)
        return Value(y, [(self, 1 - y**2)], "tanh")

    def sigmoid(self) -> Value:
        """The sigmoid; its slope is y (1 - y)."""
        y = (1 + math.tanh(self.data / 2)) / 2  # the same as 1 / (1 + exp(-z)), and cannot overflow
        return Value(y, [(self, y * (1 - y))], "sigmoid")

    def relu(self) -> Value:
        """The larger of 0 and this number; its slope is 1 above 0, else 0."""
        return Value(max(0.0, self.data), [(self, float(self.data > 0))], "ReLU")

    def __neg__(self) -> Value:
        return self * -1.0

    def __sub__(self, other: Value | float) -> Value:
        other = as_value(other)
        return Value(self.data - other.data, [(self, 1.0), (other, -1.0)], "−")

    def __truediv__(self, other: Value | float) -> Value:
        return self * as_value(other) ** -1.0

    def __radd__(self, other: float) -> Value:
        return as_value(other) + self

    def __rmul__(self, other: float) -> Value:
        return as_value(other) * self

    def __rsub__(self, other: float) -> Value:
        return as_value(other) - self

    def __rtruediv__(self, other: float) -> Value:
        return as_value(other) / self

    def backward(self) -> None:
        """Add to the ``grad`` of every number below this one how this one changes with it (as in PyTorch, *add*)."""
        nodes = in_order(self)
        place = {node: number for number, node in enumerate(nodes)}
        links = [[(place[source], slope) for source, slope in node.links] for node in nodes]
        for node, slope in zip(nodes, walk_back(links), strict=True):
            node.grad += slope


def as_value(number: Value | float) -> Value:
    """A plain number as a ``Value`` that was made of nothing; a ``Value`` as it is."""
    return number if isinstance(number, Value) else Value(number)


def in_order(last: Value) -> list[Value]:
    """All numbers that ``last`` was made of, and ``last`` itself: each one after those that it was made of."""
    order, seen, waiting = [], set(), [(last, False)]
    while waiting:  # a stack instead of a function that calls itself: a sum may have many thousand terms
        node, sources_done = waiting.pop()
        if sources_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting += [(node, True), *((source, False) for source, _ in reversed(node.links))]
    return order


def walk_back(links: Links) -> list[float]:
    """How the last number of a graph changes with each of its numbers: the chain rule from the end to the start.

    ``links[k]`` holds a pair (j, slope) for each number j that number k was made of, with j < k. For the last number
    the answer is 1. Every number hands (its own answer · slope) to each of its sources, and what arrives is added up.

        walk_back([[], [], [(0, 3.0), (1, 2.0)], [(2, 1.0), (0, 1.0)]])  # a, b, a · b, a · b + a → [4.0, 2.0, 1.0, 1.0]
    """
    answers = [0.0] * len(links)
    answers[-1] = 1.0
    for number in reversed(range(len(links))):
        for source, slope in links[number]:
            answers[source] += answers[number] * slope
    return answers
