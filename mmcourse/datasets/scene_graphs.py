"""The graphs of scenes: which shapes there are, and how one to four of them are drawn by lot.

How often what happens is decided here; ``scenes`` paints what was drawn and ``scene_captions`` says it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmcourse.base.checks import check_choice, check_seed

PLACES = 3  # places in a row, and in a column
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
MOST_SHAPES = 4
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


def draw_graph(rng: np.random.Generator) -> Graph:
    """One to four shapes on different places, in reading order."""
    count = 1 + int(rng.choice(MOST_SHAPES, p=(0.15, 0.3, 0.3, 0.25)))
    looks: list[tuple[str, str]] = []
    for _ in range(count):
        if looks and rng.random() < COPY:
            looks.append(looks[-1])
        else:
            kind = one_of(rng, KINDS)
            looks.append((kind, FAVOURITES[kind] if rng.random() < FAVOUR else one_of(rng, tuple(COLOURS))))
    places = rng.permutation(PLACES**2)[:count].tolist()
    order = sorted(range(count), key=places.__getitem__)
    return tuple(Shape(*looks[i], one_of(rng, tuple(SIZES)), *divmod(places[i], PLACES)) for i in order)


def one_of(rng: np.random.Generator, choices: tuple) -> object:
    """One of the choices, each as likely as the others."""
    return choices[int(rng.integers(len(choices)))]
