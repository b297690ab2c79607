"""The look of the course: one colour, marker, line and hatch for each modality and each fusion level.

Colours are from the set of Okabe and Ito (2008), which colour-blind readers can tell apart; a second sign (marker, line
style, hatch) goes with each of them, so that every figure can be read in grey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

DPI = 96


@dataclass(frozen=True)
class Look:
    """How one thing looks in every figure: ``colour``, ``marker``, ``line``, ``hatch`` and its ``label``."""

    label: str
    colour: str
    marker: str
    line: str
    hatch: str

    @property
    def curve(self) -> dict[str, object]:
        """Keywords for ``ax.plot``."""
        return {"color": self.colour, "marker": self.marker, "linestyle": self.line, "label": self.label}

    @property
    def bar(self) -> dict[str, object]:
        """Keywords for ``ax.bar`` and ``ax.barh``."""
        return {"color": self.colour, "hatch": self.hatch, "edgecolor": "white", "label": self.label}


MODALITIES: Mapping[str, Look] = {
    "image": Look("image alone", "#0072B2", "o", "-", ""),
    "audio": Look("audio alone", "#E69F00", "s", "--", "//"),
    "text": Look("text alone", "#009E73", "^", "-.", "\\\\"),
    "video": Look("video alone", "#CC79A7", "v", ":", "++"),
}
LEVELS: Mapping[str, Look] = {
    "data": Look("data level", "#56B4E9", "D", (0, (5, 1)), ".."),
    "feature": Look("feature level", "#D55E00", "P", (0, (3, 1, 1, 1)), "xx"),
    "model": Look("model level", "#303030", "X", (0, (1, 1)), "oo"),
}
# Methods that are neither senses nor levels (optimisers, cells, penalties) take these in the order they are named.
METHODS: tuple[Look, ...] = (
    Look("", "#303030", "o", "-", ""),
    Look("", "#D55E00", "s", "--", "//"),
    Look("", "#0072B2", "^", "-.", "\\\\"),
    Look("", "#CC79A7", "v", ":", "++"),
    Look("", "#E69F00", "D", (0, (5, 1)), ".."),
    Look("", "#56B4E9", "P", (0, (3, 1, 1, 1)), "xx"),
    Look("", "#009E73", "X", (0, (1, 1)), "oo"),
)
LOOKS: Mapping[str, Look] = {**MODALITIES, **LEVELS}
CLASSES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#F0E442", "#303030")
INK, SOFT, GRID = "#202020", "#606060", "#D8D8D8"
LIMIT = "#009E73"  # a known best value, drawn as a line across a figure

RC = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.labelsize": 9.5,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.titlelocation": "left",
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.7,
    "image.cmap": "viridis",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
}


def look(name: str) -> Look:
    """The look of a modality or of a fusion level, by its name."""
    if name not in LOOKS:
        raise ValueError(f"name: got {name!r}, expected one of {', '.join(LOOKS)}")
    return LOOKS[name]


def named_looks(names: Sequence[str]) -> dict[str, Look]:
    """A look for each of at most seven methods, labelled with its name; the same order gives the same looks."""
    if len(names) > len(METHODS):
        raise ValueError(f"names: got {len(names)}, expected at most {len(METHODS)}; draw fewer methods in one figure")
    return {name: replace(look, label=name) for name, look in zip(names, METHODS, strict=False)}


def styled() -> AbstractContextManager[None]:
    """A context in which figures get the course's fonts, colours and axes, and nothing outside it changes."""
    return matplotlib.rc_context(RC)


def heat(ax: Axes, picture: object, *, low: float, high: float, **keywords: object) -> object:
    """Show a 2-D array as an image without ticks, on a fixed scale, in the course's colour map."""
    ax.set_xticks([]), ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    return ax.imshow(picture, vmin=low, vmax=high, interpolation="nearest", **keywords)


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of ``width`` x ``height`` inches that pyplot does not know, laid out without overlaps."""
    return Figure(figsize=(width, height), dpi=DPI, layout="constrained")
