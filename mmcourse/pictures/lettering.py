"""Words that change at every move of a control, drawn quickly: a text is laid out anew each time, a shape is not."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, ScaledTranslation

from mmcourse.pictures import style

FONT = "DejaVu Sans"
NOTHING = Path(np.zeros((0, 2)))


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """The letters that the course's font can draw."""
    return frozenset(font_manager.get_font(font_manager.findfont(FONT)).get_charmap())


def whole_letters(word: str) -> list[str]:
    """A word's letters, each with its accents and vowel signs; signs that a zero-width joiner ties count as one."""
    found: list[str] = []
    for sign in word:
        tied = unicodedata.category(sign).startswith("M") or sign in "\u200c\u200d"
        if found and (tied or found[-1].endswith("\u200d")):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def drawable(word: str, most: int = 9) -> str:
    """A learner's word as the font can draw it: a box for a letter that it has not, cut after ``most`` letters."""
    letters = whole_letters(word[: 20 * most])  # nobody's letters have that many marks
    known = [letter[:8] if _letters().issuperset(map(ord, letter)) else "▯" for letter in letters]
    return "".join(known if len(known) <= most else [*known[: most - 1], "…"])


@lru_cache(maxsize=2000)
def word_shape(word: str, points: float = 9.5, align: float = 0.0) -> Path:
    """A word's letters as one shape, made once: 0 is where it begins (``align`` 0), its middle (0.5) or its end (1)."""
    if not word.strip():
        return NOTHING
    path = TextPath((0, 0), word, size=points, prop=font_manager.FontProperties(family=FONT))
    wide = path.get_extents().x1 if align else 0.0
    return Path(path.vertices - [align * wide, 0.36 * points], path.codes)


class Lettering(PathPatch):
    """Words at a place (x, y) of an axes, level or upright, whose letters change often."""

    def __init__(self, ax: Axes, x: float, y: float, upright: bool = False) -> None:
        inches = Affine2D().rotate_deg(90 * upright).scale(1 / 72)
        place = inches + ax.get_figure(root=True).dpi_scale_trans + ScaledTranslation(x, y, ax.transData)
        super().__init__(NOTHING, facecolor=style.INK, linewidth=0, transform=place, zorder=5)
        ax.add_patch(self).set_clip_on(False)
        self.set_snap(False)  # moved to whole pixels, the thin sides of a box vanish

    def write(self, shape: Path) -> None:
        """Show these letters."""
        self.set_path(shape), self.set_visible(len(shape.vertices) > 0)


class Boxes(PolyCollection):
    """A row of boxes around the places 0, 1, 2 … of an axes, as one shape that is quick to draw."""

    def __init__(self, ax: Axes, count: int, low: float, high: float) -> None:
        corners = [[(t - 0.47, low), (t + 0.47, low), (t + 0.47, high), (t - 0.47, high)] for t in range(count)]
        super().__init__(corners, edgecolors=style.SOFT, linewidths=1.4)
        ax.add_collection(self, autolim=False)

    def paint(self, colours: Sequence[object]) -> None:
        """Fill the boxes, one colour each; None hides a box."""
        self.set_facecolor([to_rgba("none" if colour is None else colour) for colour in colours])
        self.set_edgecolor([to_rgba("none" if colour is None else style.SOFT) for colour in colours])
