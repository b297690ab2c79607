"""The exercise of lesson 01 on autograd: the walk back through a graph of numbers."""

from __future__ import annotations

from mmcourse.neurons.autograd import Links, Value, in_order, walk_back
from mmcourse.practice.exercise import Case, Exercise, Mistake

TWICE = [[], [], [(0, 3.0), (1, 2.0)], [(2, 1.0), (0, 1.0)]]  # a = 2, b = 3, a · b, a · b + a


def recorded(last: Value) -> list[list[tuple[int, float]]]:
    """The links of a graph, its numbers in the order in which they were computed."""
    place = {node: number for number, node in enumerate(in_order(last))}
    return [[(place[source], slope) for source, slope in node.links] for node in place]


def _neuron() -> Value:
    w1, w2, b = Value(2.0), Value(4.0), Value(-3.0)
    return ((w1 * 0.5 + w2 * 0.75 + b).sigmoid() - 1.0) ** 2


def _parting_ways(times: int) -> Value:
    number = Value(0.9)
    for _ in range(times):
        number = number * 0.5 + number.tanh()  # two ways each time: 2 to the power of ``times`` in all
    return number


def walk_back_cases() -> list[Case]:
    a = Value(1.5)
    return [
        Case("a · b + a", args=(TWICE,)),
        Case("the neuron's error", args=(recorded(_neuron()),)),
        Case("a · a", args=(recorded(a * a),)),
        Case("one number alone", args=([[]],)),
        Case("a number that does not matter", args=([[], [], [], [(0, -0.5), (2, 4.0)]],)),
        Case("ways that part and meet five times", args=(recorded(_parting_ways(5)),)),
    ]


def _walk(
    links: Links,
    *,
    add: bool = True,
    forward: bool = False,
    start: float = 1.0,
    others: float = 0.0,
    how: str = "times",
) -> list[float]:
    answers = [others] * len(links)
    answers[-1] = start
    for number in range(len(links)) if forward else reversed(range(len(links))):
        for source, slope in links[number]:
            mine = answers[number]
            change = {"times": mine * slope, "slope": slope, "answer": mine, "plus": mine + slope}[how]
            answers[source] = change + (answers[source] if add else 0)
    return answers


def _lengths(links: Links) -> list[float]:
    answers = [1.0] + [0.0] * (len(links) - 1)
    for number, sources in enumerate(links):
        answers[number] += sum(answers[source] * slope for source, slope in sources)
    return answers


WALK_BACK = Exercise(
    "walk_back",
    "walk_back(links): how the last number of a graph changes with each of its numbers.",
    walk_back,
    walk_back_cases,
    mistakes=[
        Mistake(
            "overwritten",
            lambda links: _walk(links, add=False),
            "Where a number is used twice, two ways arrive, and you keep only one of them. Add: answers[j] += …",
        ),
        Mistake(
            "from the first to the last",
            lambda links: _walk(links, forward=True),
            "Only the links of the last number came to bear: walked in the order of computing, the others hand on 0. "
            "Begin at the last number and go on to the first: reversed(range(len(links))).",
        ),
        Mistake(
            "the last number's own slope is missing",
            lambda links: _walk(links, start=0.0),
            "All is 0, since nothing starts the walk: the last number changes with itself at the slope 1.",
        ),
        Mistake(
            "every number starts with 1",
            lambda links: _walk(links, others=1.0),
            "Only the last number begins with 1. The others begin with 0 and collect what arrives.",
        ),
        Mistake(
            "only the slope on the arrow",
            lambda links: _walk(links, how="slope"),
            "You hand on the slope on the arrow alone. Slopes of a chain multiply: answers[k] * slope.",
        ),
        Mistake(
            "the slope on the arrow forgotten",
            lambda links: _walk(links, how="answer"),
            "You hand on answers[k] as it is. Multiply it by the slope on the arrow.",
        ),
        Mistake(
            "plus instead of times",
            lambda links: _walk(links, how="plus"),
            "Along a chain slopes are multiplied, not added. Only where ways meet one adds.",
        ),
        Mistake(
            "forward slopes",
            _lengths,
            "That is how each number changes with the first one. Wanted is how the last one changes with each.",
        ),
    ],
    hints=[
        "answers = [0.0] * len(links), then answers[-1] = 1.0: the last number changes with itself at the slope 1.",
        "Go through the numbers k from the last to the first: for k in reversed(range(len(links))).",
        "Inside: for j, slope in links[k]: answers[j] += answers[k] * slope. By then all that reaches k has arrived.",
    ],
)
