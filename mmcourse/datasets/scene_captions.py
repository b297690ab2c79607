"""True captions for scenes: seven ways to say something of a graph, of which one is drawn by lot.

    graph       Shape("circle", "red", "big", row=0, column=0), Shape("square", "blue", "small", row=2, column=1)
    captions    "a big red circle above a blue square", "there are no rings", "one small shape", …

What the words claim is told in ``scenes``. ``CATEGORIES`` sorts some of them by kind, for those who study words.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from mmcourse.datasets.scene_graphs import COLOURS, KINDS, SIZES, Graph, Shape, one_of

NUMBERS = ("no", "one", "two", "three", "four")
ROWS = (("first", "at the top"), ("middle", "in the middle"), ("last", "at the bottom"))
COLUMNS = (("first", "on the left"), ("middle", "in the middle"), ("last", "on the right"))


def say(graph: Graph, rng: np.random.Generator) -> str:
    """A true caption in one of the ways below; not every way fits every scene."""
    while True:
        way = WAYS[int(rng.choice(len(WAYS), p=OFTEN))]
        caption = way(graph, rng)
        if caption:
            return caption


def _words(shape: Shape, rng: np.random.Generator, sized: float = 0.35) -> str:
    """ "small red circle", mostly without the size."""
    words = f"{shape.colour} {shape.kind}"
    return f"{shape.size} {words}" if rng.random() < sized else words


def _a(words: str) -> str:
    return ("an " if words[0] in "aeiou" else "a ") + words


def _fits(shape: Shape, words: str) -> bool:
    """Do the words, such as "red circle" or "small", hold for the shape?"""
    return set(words.split()) <= {shape.kind, shape.colour, shape.size, "shape"}


def _one(shape: Shape, graph: Graph, rng: np.random.Generator) -> str:
    """ "a red circle", or "the red circle" where there is only one."""
    words = _words(shape, rng)
    alone = sum(_fits(other, words) for other in graph) == 1
    return f"the {words}" if alone and rng.random() < 0.3 else _a(words)


def _counted(number: int, words: str) -> str:
    """ "one red circle", "two red circles"; the plural of every kind ends in s, but for crosses."""
    return f"{NUMBERS[number]} {words if number == 1 else _plural(words)}"


def _plural(words: str) -> str:
    return words + ("es" if words.endswith("s") else "s")


def _there(text: str, several: bool, rng: np.random.Generator) -> str:
    return f"there {'are' if several else 'is'} {text}" if rng.random() < 0.5 else text


def _exists(graph: Graph, rng: np.random.Generator) -> str:
    """ "there is a small red circle"."""
    return _there(_a(_words(one_of(rng, graph), rng, 0.5)), False, rng)


def _count(graph: Graph, rng: np.random.Generator) -> str:
    """ "two circles", "there is one small red circle", "three big shapes"."""
    shape = one_of(rng, graph)
    kinds = (
        shape.kind,
        f"{shape.colour} {shape.kind}",
        f"{shape.colour} {shape.kind}",
        f"{shape.size} {shape.kind}",
        f"{shape.colour} shape",
        f"{shape.size} shape",
        f"{shape.size} {shape.colour} {shape.kind}",
        "shape",
    )
    words = one_of(rng, kinds)
    number = sum(_fits(other, words) for other in graph)
    return _there(_counted(number, words), number > 1, rng)


def _none(graph: Graph, rng: np.random.Generator) -> str:
    """ "there are no green rings"; nothing when there are some."""
    kind, colour = one_of(rng, KINDS), one_of(rng, tuple(COLOURS))
    words = one_of(rng, (kind, f"{colour} {kind}", f"{colour} shape"))
    if any(_fits(shape, words) for shape in graph):
        return ""
    return f"there is no {words}" if rng.random() < 0.4 else f"there are no {_plural(words)}"


def _relation(graph: Graph, rng: np.random.Generator) -> str:
    """ "a red circle is left of a blue square"; in reading order also "comes before, left of"."""
    if len(graph) < 2:
        return ""
    one, other = (graph[i] for i in rng.permutation(len(graph))[:2])
    down, across = one.row - other.row, one.column - other.column
    true = [
        word
        for word, holds in (("left of", across < 0), ("right of", across > 0), ("above", down < 0), ("below", down > 0))
        if holds
    ]
    where = one_of(rng, tuple(true))
    link = one_of(rng, ("", "", "is ", "is "))
    if rng.random() < 0.4:
        if where in ("above", "below") or down == 0:
            link = "comes before, " if where in ("left of", "above") else "comes after, "
    return f"{_one(one, graph, rng)} {link}{where} {_one(other, graph, rng)}"


def _place(graph: Graph, rng: np.random.Generator) -> str:
    """ "the red circle is in the first row, at the top"."""
    shape = one_of(rng, graph)
    names, line = ((ROWS[shape.row], "row"), (COLUMNS[shape.column], "column"))[int(rng.integers(2))]
    count, side = f"in the {names[0]} {line}", names[1]
    way = one_of(rng, (count, side, f"{count}, {side}", f"{side}, {count}"))
    if names[0] == "middle":
        way = count
    return f"{_one(shape, graph, rng)} {one_of(rng, ('', 'is '))}{way}"


def _all(graph: Graph, rng: np.random.Generator) -> str:
    """ "both shapes are red", "all circles are small", "the three squares are blue"."""
    kind = one_of(rng, ("shape", one_of(rng, graph).kind))
    group = [shape for shape in graph if _fits(shape, kind)]
    true = [words for words in (*COLOURS, *SIZES) if all(_fits(shape, words) for shape in group)]
    if len(group) < 2 or not true:
        return ""
    number = NUMBERS[len(group)]
    who = one_of(rng, ("both" if number == "two" else "all", f"the {number}"))
    return f"{who} {_plural(kind)} are {one_of(rng, tuple(true))}"


def _everything(graph: Graph, rng: np.random.Generator) -> str:
    """ "two red circles, a blue square and nothing else": all there is."""
    groups = Counter(f"{shape.colour} {shape.kind}" for shape in graph)
    parts = [_counted(n, words) if n > 1 or rng.random() < 0.4 else _a(words) for words, n in groups.items()]
    if rng.random() < 0.5:
        parts.append("nothing else")
    text = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return _there(text, next(iter(groups.values())) > 1, rng)


WAYS = (_exists, _count, _none, _relation, _place, _all, _everything)
OFTEN = (0.08, 0.2, 0.05, 0.3, 0.14, 0.08, 0.15)

CATEGORIES = {
    "colour": tuple(COLOURS),
    "shape": KINDS,
    "shapes": tuple(map(_plural, KINDS)),
    "size": tuple(SIZES),
    "number": NUMBERS,
    "direction": ("left", "right", "above", "below"),
}
