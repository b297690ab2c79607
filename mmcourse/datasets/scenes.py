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

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from mmcourse.base.checks import check_choice, check_seed, check_whole
from mmcourse.datasets.scene_captions import CATEGORIES, COLUMNS, NUMBERS, ROWS, say
from mmcourse.datasets.scene_graphs import COLOURS, FAVOURITES, KINDS, PLACES, SIZES, Graph, Shape, draw_graph

__all__ = [
    "BACKGROUND",
    "CATEGORIES",
    "COLOURS",
    "COLUMNS",
    "FAVOURITES",
    "KINDS",
    "NUMBERS",
    "PATCH",
    "PLACES",
    "ROWS",
    "SIDE",
    "SIZES",
    "STARTS",
    "Graph",
    "Scenes",
    "Shape",
    "captions",
    "coverage",
    "make",
    "paint",
]

SIDE, PATCH = 32, 10  # pixels of a picture's side, pixels of a place's side
STARTS = (0, 11, 22)  # the first pixel of each row of places, and of each column
BACKGROUND = 0.10


@dataclass(frozen=True)
class Scenes:
    """N scenes: images (N, 3, 32, 32) float32 in [0, 1], one caption each, and what is in them, in reading order."""

    images: Tensor
    captions: tuple[str, ...]
    graphs: tuple[Graph, ...]


def make(count: int, seed: int = 0) -> Scenes:
    """``count`` scenes drawn from a seed; scene i is the same whatever the count. See the top of this file.

    Kinds are equally frequent; each has a favourite colour (FAVOURITES) that it wears in 44 % of cases, the six others
    share the rest. Raises TypeError or ValueError for a count below 1 or a seed below 0.

        scenes = make(100, seed=0)
        scenes.images.shape, len(scenes.captions), scenes.graphs[0][0].colour      # (100, 3, 32, 32), 100, ...
    """
    drawn, said = _draw_and_say(count, seed)
    return Scenes(torch.stack([paint(graph) for graph in drawn]), said, drawn)


def captions(count: int, seed: int = 0) -> tuple[str, ...]:
    """The captions of ``make(count, seed)`` without the pictures: a corpus of short sentences, under 100 words.

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
        drawn.append(draw_graph(rng))
        said.append(say(drawn[-1], rng))
    return tuple(drawn), tuple(said)


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

    ``half`` is half the width of the shape in pixels. The result (side, side) float32 is kept for the next call: do not
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
