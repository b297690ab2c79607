"""Scenes: 32x32 pictures of one to four coloured shapes, the graph that says what is where, and a true caption.

A picture has nine places, three rows of three. The graph is drawn first; picture and caption are made from it:

    graph   Shape("circle", "red", "big", row=0, column=0), Shape("square", "blue", "small", row=2, column=1)
    caption "a big red circle above a blue square"

What the words of a caption claim:

    two red circles         exactly two of them; so "one" is exactly one, while "a" is one or more
    left of, right of       in a column further left, further right; in whatever row
    above, below            in a row further up, further down; in whatever column
    comes before, after     in the order of reading: in an earlier row, or further left in the same row
    the red circle          there is only one
    nothing else, all, no   as in English
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from mmcourse.base.checks import check_choice, check_seed, check_whole

SIDE, PLACES, PATCH = 32, 3, 10  # pixels of a picture's side, places in a row, pixels of a place's side
STARTS = (0, 11, 22)  # the first pixel of each row of places, and of each column
COLOURS = {
    "red": (0.90, 0.12, 0.14),
    "orange": (1.00, 0.52, 0.05),
    "yellow": (0.98, 0.90, 0.15),
    "green": (0.12, 0.68, 0.25),
    "blue": (0.15, 0.35, 0.95),
    "purple": (0.60, 0.22, 0.75),
    "white": (1.00, 1.00, 1.00),
}
# Each kind has a colour that it often wears, as lemons do: something to learn about a kind from its company.
FAVOURITES = {
    "circle": "red",
    "square": "blue",
    "triangle": "yellow",
    "diamond": "green",
    "cross": "white",
    "ring": "purple",
}
KINDS = tuple(FAVOURITES)
FAVOUR = 0.35  # how often a shape wears it on purpose; else all colours are equally likely
SIZES = {"small": 3.2, "big": 4.9}  # half the width of a shape, in pixels
BACKGROUND = 0.10
MOST_SHAPES = 4
NUMBERS = ("no", "one", "two", "three", "four")
ROWS = (("first", "at the top"), ("middle", "in the middle"), ("last", "at the bottom"))
COLUMNS = (("first", "on the left"), ("middle", "in the middle"), ("last", "on the right"))
COPY = 0.45  # how often a further shape repeats colour and kind of the one before, so that there is much to count


@dataclass(frozen=True)
class Shape:
    """One shape of a scene: what it is and where. Row 0 is the top one, column 0 the left one.

    Raises ValueError for a kind, colour or size that does not exist, or a place outside the picture.

        Shape("circle", "red", "big", row=0, column=2)          # at the top, on the right
    """

    kind: str
    colour: str
    size: str
    row: int
    column: int

    def __post_init__(self) -> None:
        check_choice(self.kind, "kind", KINDS)
        check_choice(self.colour, "colour", COLOURS)
        check_choice(self.size, "size", SIZES)
        for name in ("row", "column"):
            if check_seed(getattr(self, name), name) >= PLACES:
                raise ValueError(f"{name}: got {getattr(self, name)}, expected 0, 1 or 2")


Graph = tuple[Shape, ...]


@dataclass(frozen=True)
class Scenes:
    """N scenes: images (N, 3, 32, 32) float32 in [0, 1], one caption each, and what is in them, in reading order."""

    images: Tensor
    captions: tuple[str, ...]
    graphs: tuple[Graph, ...]


def make(count: int, seed: int = 0) -> Scenes:
    """`count` scenes drawn from a seed; scene i is the same whatever the count. See the top of this file.

    Kinds are equally frequent; each has a favourite colour (FAVOURITES) that it wears in 44 % of cases, the six others
    share the rest. Raises TypeError or ValueError for a count below 1 or a seed below 0.

        scenes = make(100, seed=0)
        scenes.images.shape, len(scenes.captions), scenes.graphs[0][0].colour      # (100, 3, 32, 32), 100, ...
    """
    drawn, said = _draw_and_say(count, seed)
    return Scenes(torch.stack([paint(graph) for graph in drawn]), said, drawn)


def captions(count: int, seed: int = 0) -> tuple[str, ...]:
    """The captions of `make(count, seed)` without the pictures: a corpus of short sentences, under 100 words.

    The words are lower case; the only punctuation mark is the comma.

    scenes.captions(3, seed=0)[0]               # 'there are two red circles', or the like
    """
    return _draw_and_say(count, seed)[1]


def _draw_and_say(count: int, seed: int) -> tuple[tuple[Graph, ...], tuple[str, ...]]:
    check_whole(count, "count")
    check_seed(seed)
    drawn, said = [], []
    for number in range(count):
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, number])))
        drawn.append(_draw(rng))
        said.append(_say(drawn[-1], rng))
    return tuple(drawn), tuple(said)


def _draw(rng: np.random.Generator) -> Graph:
    """One to four shapes on different places, in reading order."""
    count = 1 + int(rng.choice(MOST_SHAPES, p=(0.15, 0.3, 0.3, 0.25)))
    looks: list[tuple[str, str]] = []
    for _ in range(count):
        if looks and rng.random() < COPY:
            looks.append(looks[-1])
        else:
            kind = _pick(rng, KINDS)
            looks.append((kind, FAVOURITES[kind] if rng.random() < FAVOUR else _pick(rng, tuple(COLOURS))))
    places = rng.permutation(PLACES**2)[:count].tolist()
    order = sorted(range(count), key=places.__getitem__)
    return tuple(Shape(*looks[i], _pick(rng, tuple(SIZES)), *divmod(places[i], PLACES)) for i in order)


def _pick(rng: np.random.Generator, choices: tuple) -> object:
    return choices[int(rng.integers(len(choices)))]


# ------------------------------------------------------------ pictures


def paint(graph: Graph) -> Tensor:
    """The picture of a scene: image (3, 32, 32) float32 in [0, 1], shapes in colour on near-black.

    Two shapes on one place raise ValueError. Edges are smooth: a pixel is coloured as far as it is covered.

        paint((Shape("ring", "white", "big", 1, 1),))           # (3, 32, 32)
    """
    taken = [(shape.row, shape.column) for shape in graph]
    if len(set(taken)) < len(taken):
        raise ValueError(f"graph: got (row, column) {sorted(taken)}, expected shapes on different places")
    image = np.full((3, SIDE, SIDE), BACKGROUND, np.float32)
    for shape in graph:
        top, left = STARTS[shape.row], STARTS[shape.column]
        patch = image[:, top : top + PATCH, left : left + PATCH]
        colour = np.array(COLOURS[shape.colour], np.float32)[:, None, None]
        patch += _covered(shape.kind, shape.size) * (colour - BACKGROUND)
    return torch.from_numpy(image)


def _covered(kind: str, size: str) -> np.ndarray:
    return coverage(kind, SIZES[size], PATCH)


@lru_cache
def coverage(kind: str, half: float, side: int, fine: int = 8) -> np.ndarray:
    """How much of each pixel of a square (side, side) a shape in its middle covers, 0 to 1: by 8 x 8 looks into each.

    `half` is half the width of the shape in pixels. The result (side, side) float32 is kept for the next call: do not
    change it. Raises ValueError for a kind that does not exist.

        coverage("circle", half=4.9, side=10)[5, 5]             # 1.0: this pixel lies inside
    """
    check_choice(kind, "kind", KINDS)
    steps = (np.arange(side * fine) + 0.5) / fine - side / 2
    y, x = np.meshgrid(steps / half, steps / half, indexing="ij")  # the shape fills [-1, 1]
    radius, flat = np.hypot(x, y), np.maximum(abs(x), abs(y))
    inside = {
        "circle": radius < 1,
        "square": flat < 0.86,
        "triangle": (y < 0.85) & (2 * abs(x) < y + 1),
        "diamond": abs(x) * 1.5 + abs(y) < 1,
        "cross": (flat < 1) & (np.minimum(abs(x), abs(y)) < 0.32),
        "ring": (radius < 1) & (radius > 0.55),
    }[kind]
    return inside.reshape(side, fine, side, fine).mean((1, 3)).astype(np.float32)


# ------------------------------------------------------------ captions


def _say(graph: Graph, rng: np.random.Generator) -> str:
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
    return _there(_a(_words(_pick(rng, graph), rng, 0.5)), False, rng)


def _count(graph: Graph, rng: np.random.Generator) -> str:
    """ "two circles", "there is one small red circle", "three big shapes"."""
    shape = _pick(rng, graph)
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
    words = _pick(rng, kinds)
    number = sum(_fits(other, words) for other in graph)
    return _there(_counted(number, words), number > 1, rng)


def _none(graph: Graph, rng: np.random.Generator) -> str:
    """ "there are no green rings"; nothing when there are some."""
    kind, colour = _pick(rng, KINDS), _pick(rng, tuple(COLOURS))
    words = _pick(rng, (kind, f"{colour} {kind}", f"{colour} shape"))
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
    where = _pick(rng, tuple(true))
    link = _pick(rng, ("", "", "is ", "is "))
    if rng.random() < 0.4:
        if where in ("above", "below") or down == 0:
            link = "comes before, " if where in ("left of", "above") else "comes after, "
    return f"{_one(one, graph, rng)} {link}{where} {_one(other, graph, rng)}"


def _place(graph: Graph, rng: np.random.Generator) -> str:
    """ "the red circle is in the first row, at the top"."""
    shape = _pick(rng, graph)
    names, line = ((ROWS[shape.row], "row"), (COLUMNS[shape.column], "column"))[int(rng.integers(2))]
    count, side = f"in the {names[0]} {line}", names[1]
    way = _pick(rng, (count, side, f"{count}, {side}", f"{side}, {count}"))
    if names[0] == "middle":
        way = count
    return f"{_one(shape, graph, rng)} {_pick(rng, ('', 'is '))}{way}"


def _all(graph: Graph, rng: np.random.Generator) -> str:
    """ "both shapes are red", "all circles are small", "the three squares are blue"."""
    kind = _pick(rng, ("shape", _pick(rng, graph).kind))
    group = [shape for shape in graph if _fits(shape, kind)]
    true = [words for words in (*COLOURS, *SIZES) if all(_fits(shape, words) for shape in group)]
    if len(group) < 2 or not true:
        return ""
    number = NUMBERS[len(group)]
    who = _pick(rng, ("both" if number == "two" else "all", f"the {number}"))
    return f"{who} {_plural(kind)} are {_pick(rng, tuple(true))}"


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
