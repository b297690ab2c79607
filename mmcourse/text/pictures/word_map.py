"""The word explorer: a map of all words, and the words nearest to one, or to a - b + c."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.datasets.scenes import CATEGORIES
from mmcourse.pictures import Panel, Picture, View, entry, style
from mmcourse.pictures.lettering import Lettering, drawable, word_shape
from mmcourse.text.tokens import SPECIALS, UNK, Vocabulary
from mmcourse.text.word_vectors import nearest

SPECIAL = frozenset(range(len(SPECIALS)))


def principal_plane(vectors: Tensor) -> tuple[Tensor, Tensor, float]:
    """The plane in which the rows (V, D) are spread most: their mean (D,), two directions (D, 2), share of the spread.

    Source: Pearson (1901), principal component analysis.
    """
    middle = vectors.mean(0)
    _, sizes, directions = torch.linalg.svd(vectors - middle, full_matrices=False)
    return middle, directions[:2].T, float((sizes[:2] ** 2).sum() / (sizes**2).sum())


def apart(points: np.ndarray, boxes: np.ndarray, dot: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Places for labels near their points (N, 2), inside low .. high: none on another label or on a point.

    boxes (N, 2): width and height of each label, dot (2,) those of a point. Labels that overlap push each other away.
    """
    count, turn = len(points), 2.4 * np.arange(len(points))  # each starts in another direction
    places = points + 1.5 * dot * np.stack([np.cos(turn), np.sin(turn)], 1)
    sizes, rng = np.concatenate([boxes, np.broadcast_to(dot, boxes.shape)]), np.random.default_rng(0)
    for step in range(600):
        gap = places[:, None] - np.concatenate([places, points])[None]  # (N, 2 N, 2): to labels and points
        overlap = (boxes[:, None] + sizes[None]) / 2 - np.abs(gap)
        hit = (overlap > 0.06 * boxes[:, None]).all(-1) & ~np.eye(count, 2 * count, dtype=bool)
        if not hit.any():
            break
        axis = (overlap / boxes.mean(0)).argmin(-1)[..., None]  # push along the shorter way
        push = np.where(np.take_along_axis(gap, axis, -1) >= 0, 0.3, -0.3) * np.take_along_axis(overlap, axis, -1)
        places += np.where(hit[..., None] & (axis == [0, 1]), push, 0).sum(1) + 0.004 * (points - places)
        shaken = hit.any(1, keepdims=True) * rng.normal(size=places.shape)  # frees those that are wedged in
        places = np.clip(places + 0.4 * (step % 50 == 0) * dot * shaken, low + boxes / 2, high - boxes / 2)
    return places


class WordExplorerView(View):
    """A map of all words, and the words nearest to one, or to a - b + c, with their cosines."""

    size, alt, count = (8.6, 4.1), "map of words, and bars of the cosines of the words nearest to the chosen place", 7

    def __init__(self, vocabulary: Vocabulary, vectors: Tensor) -> None:
        self.vocabulary = vocabulary
        self.unit = torch.nn.functional.normalize(vectors.detach().cpu(), dim=1)
        self.middle, self.plane, self.spread = principal_plane(self.unit[len(SPECIAL) :])
        self.points = self._on_map(self.unit).numpy()
        super().__init__()

    def _on_map(self, place: Tensor) -> Tensor:
        return (place - self.middle) @ self.plane

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(2.1, 1))
        points = self.points[len(SPECIAL) :]
        low, high = points.min(0), points.max(0)
        left.set(
            xlim=(low[0] - 0.3, high[0] + 0.3),
            ylim=(low[1] - 0.25, high[1] + 0.25),
            title=f"the words on a plane that keeps {100 * self.spread:.0f} % of their spread",
        )
        left.set(xlabel="first direction (no unit)", ylabel="second direction (no unit)")
        self._label(left, points, self.vocabulary.words[len(SPECIAL) :])
        self.rays = self.moving(left.plot([], [], color=style.CLASSES[1], linewidth=1.1, alpha=0.8)[0])
        self.spot = self.moving(
            left.plot([], [], "*", color=style.CLASSES[1], markersize=12, markeredgecolor=style.INK, zorder=6)[0]
        )
        right.set(xlim=(0, 1.25), ylim=(-0.7, self.count - 0.3), xlabel="cosine", yticks=[], title=" ")
        right.set_xticks([0, 0.5, 1.0])
        places = range(self.count)[::-1]
        self.bars = [self.moving(right.barh(y, 0, 0.78, color="#B5D3E7")[0]) for y in places]
        self.names = [self.moving(Lettering(right, 0.03, y)) for y in places]
        self.cosines = [self.moving(Lettering(right, 1.05, y)) for y in places]
        self.words = self.moving(Lettering(right, 0, self.count - 0.05))

    def _label(self, ax: Axes, points: np.ndarray, words: Sequence[str]) -> None:
        """A dot for every word; written beside it is the word itself where it is of a kind with a colour."""
        kind_of = {word: kind for kind, group in CATEGORIES.items() for word in group}
        for kind, look in zip([*CATEGORIES, None], style.METHODS, strict=True):
            mine = [k for k, word in enumerate(words) if kind_of.get(word) == kind]
            look = style.Look("other", style.SOFT, ".", "", "") if kind is None else look
            ax.plot(
                *points[mine].T,
                linestyle="",
                marker=look.marker,
                color=look.colour,
                markersize=6,
                label=kind or look.label,
                zorder=4,
            )
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=7, handletextpad=-0.2, columnspacing=0.7)
        scale = np.array([np.ptp(ax.get_xlim()) / 480, np.ptp(ax.get_ylim()) / 300])  # data units a pixel
        named = [k for k, word in enumerate(words) if word in kind_of]
        words, points = [words[k] for k in named], points[named]
        boxes = np.array([[5.8 * len(word) + 9, 13.0] for word in words]) * scale
        corners = np.array([ax.get_xlim(), ax.get_ylim()])
        for word, point, place in zip(words, points, apart(points, boxes, 8 * scale, *corners.T), strict=True):
            ax.plot(*np.stack([point, place]).T, color=style.GRID, linewidth=0.8, zorder=1)
            ax.text(*place, word, ha="center", va="center", fontsize=8, zorder=5)

    def update(self, *, word: str, minus: str = "", plus: str = "") -> None:
        """Go to the mean of the words, minus those, plus those; unknown words are left out and counted."""
        parts = [self._known(one) for one in (word, minus, plus)]
        used = [k for known, _ in parts for k in known]
        place = sum(
            (sign * self.unit[known].mean(0) for sign, (known, _) in zip((1, -1, 1), parts, strict=True) if known),
            torch.zeros(self.unit.shape[1]),
        )
        unknown = sum(missing for _, missing in parts)
        self.words.write(word_shape(self._title(parts, unknown)))
        best, closeness = nearest(place, self.unit, self.count, {*SPECIAL, *used})
        if not used or float(place.norm()) < 1e-6:
            best, closeness = best[:0], closeness[:0]
        self._show(place if len(best) else None, best.tolist(), closeness.tolist())

    def _known(self, text: str) -> tuple[list[int], int]:
        ids = self.vocabulary.encode(text)
        known = [k for k in ids if k != UNK]
        return known, len(ids) - len(known)

    def _title(self, parts: Sequence[tuple[list[int], int]], unknown: int) -> str:
        said = [
            drawable(self.vocabulary.decode(known[:2]), 24) + (" …" if len(known) > 2 else "") for known, _ in parts
        ]
        signed = [f"{sign} {one}" for sign, one in zip("+−+", said, strict=True) if one]
        words = " ".join(signed).removeprefix("+ ")
        if not words:
            return "not on the map" if unknown else "write a word of the map"
        return f"{words}   ({unknown} unknown)" if unknown else words

    def _show(self, place: Tensor | None, best: Sequence[int], closeness: Sequence[float]) -> None:
        spot = None if place is None else self._on_map(place / max(float(place.norm()), 1.0)).numpy()
        self.spot.set_data([[], []] if spot is None else spot[:, None])
        rays = [point for k in best for point in (spot, self.points[k], [np.nan, np.nan])]
        self.rays.set_data(np.array(rays).reshape(-1, 2).T)
        for i, (bar, name, cosine) in enumerate(zip(self.bars, self.names, self.cosines, strict=True)):
            there = i < len(best)
            bar.set_width(max(closeness[i], 0) if there else 0)
            name.write(word_shape(drawable(self.vocabulary.words[best[i]], 14) if there else ""))
            cosine.write(word_shape(f"{closeness[i]:.2f}" if there else "", 8.5))


def word_explorer(vocabulary: Vocabulary, vectors: Tensor, word: str, minus: str = "", plus: str = "") -> Picture:
    """The map of words (V, D), and what is nearest to ``word - minus + plus``."""
    return WordExplorerView(vocabulary, vectors).picture(word=word, minus=minus, plus=plus)


def word_explorer_panel(vocabulary: Vocabulary, vectors: Tensor) -> Panel:
    """Choose a word, or calculate with three."""
    return Panel(
        WordExplorerView(vocabulary, vectors),
        word=entry("word", "circles"),
        minus=entry("minus", "circle"),
        plus=entry("plus", "square"),
    )
