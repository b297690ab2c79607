"""Drawings that several lessons share: arrays in, artists on an ``Axes`` out. Nothing here knows a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from mmcourse.pictures import encoding, style
from mmcourse.pictures.view import STORED, Picture, View


def picture(draw: Callable[[Figure], object], width: float, height: float, alt: str) -> Picture:
    """Draw once on an empty figure of ``width`` x ``height`` inches and return the finished picture."""
    with style.styled():
        figure = style.new_figure(width, height)
        figure.dpi = STORED * style.DPI
        canvas = FigureCanvasAgg(figure)
        draw(figure)
        canvas.draw()
        return Picture(encoding.small(canvas), alt)


def array(tensor: Any) -> np.ndarray:
    """A tensor from any device, also one with a gradient, as a numpy array."""
    return tensor.detach().cpu().numpy()


def digit(ax: Axes, pixels: np.ndarray | None = None, title: str = "seen") -> AxesImage:
    """A handwritten digit (H, W), 0 paper to 1 ink, dark on light; noise beyond that range is black or white."""
    ax.set_title(title)
    return style.heat(ax, np.zeros((8, 8)) if pixels is None else pixels, low=0, high=1, cmap="gray_r")


def frame(ax: Axes) -> Axes:
    """A thin grey line round a digit, so that its white border pixels can be seen."""
    for side in ax.spines.values():
        side.set_visible(True), side.set(color=style.SOFT, linewidth=0.6)
    ax.set(xlim=(-0.6, 7.6), ylim=(7.6, -0.6))  # the picture must not cover the line
    return ax


def sound(
    ax: Axes, features: np.ndarray | None = None, title: str = "heard", shape: tuple[int, int] = (12, 16)
) -> AxesImage:
    """Loudness in frequency bands over time (F, T), low tones at the bottom, in spreads of a band around its mean."""
    ax.set_title(title)
    pixels = np.zeros(shape) if features is None else features
    drawn = style.heat(ax, pixels, low=-3, high=3, cmap="magma", origin="lower", aspect="auto")
    ax.set_xlabel("time, 0.8 s →"), ax.set_ylabel("pitch →")
    return drawn


class OpinionBars:
    """How sure each model is of each class: one row of bars for each model, one column for each class."""

    def __init__(self, ax: Axes, names: Sequence[str], classes: Sequence[str]) -> None:
        self.names, self.classes = list(names), list(classes)
        ax.set(xlim=(-0.6, len(classes) - 0.4), ylim=(-0.15, len(names)), xlabel="digit")
        ax.set_title("opinions (full height: probability 1)")
        ax.set_xticks(range(len(classes)), classes)
        ax.set_yticks([len(names) - 1 - i + 0.4 for i in range(len(names))], [style.look(n).label for n in names])
        ax.tick_params(left=False), ax.spines["left"].set_visible(False)
        for i in range(len(names)):
            ax.axhline(i, color=style.GRID, linewidth=0.8, zorder=0)
        self.bars = PolyCollection(
            self._boxes(np.zeros((len(names), len(classes)))),
            zorder=2,
            facecolors=np.repeat([style.look(n).colour for n in names], len(classes)),
        )
        self.truth = ax.axvspan(-0.5, 0.5, color=style.LIMIT, alpha=0.18, linewidth=0, zorder=1)
        self.favourites = ax.plot([], [], linestyle="", marker="v", color=style.INK, markersize=4, zorder=3)[0]
        ax.add_collection(self.bars)

    @property
    def artists(self) -> list[Artist]:
        """What moves when the opinions change."""
        return [self.truth, self.bars, self.favourites]

    def _boxes(self, opinions: np.ndarray) -> np.ndarray:
        """Corners of all bars, (models · classes, 4, 2)."""
        rows, columns = np.indices(opinions.shape)
        left, right = columns.ravel() - 0.38, columns.ravel() + 0.38
        floor = len(self.names) - 1.0 - rows.ravel()
        top = floor + 0.82 * opinions.ravel()
        return np.stack(
            [
                np.stack([left, floor], -1),
                np.stack([left, top], -1),
                np.stack([right, top], -1),
                np.stack([right, floor], -1),
            ],
            axis=1,
        )

    def show(self, opinions: np.ndarray, truth: int) -> None:
        """Draw opinions (models, classes) and shade the column of the true class; ▼ marks each favourite."""
        self.bars.set_verts(self._boxes(opinions))
        self.truth.set_x(truth - 0.5)
        best = opinions.argmax(1)
        rows = np.arange(len(self.names))
        self.favourites.set_data(best, len(self.names) - 1.0 - rows + 0.82 * opinions[rows, best] + 0.07)


class ScoreBars:
    """One horizontal bar for each model: its accuracy in per cent, and its interval where there are several runs."""

    def __init__(self, ax: Axes, names: Sequence[str], title: str, chance: float = 0.1) -> None:
        places = np.arange(len(names))[::-1]
        ax.set(xlim=(0, 132), ylim=(-0.95, len(names) - 0.5), xlabel="accuracy (%)", title=title)
        ax.xaxis.set_label_coords(50 / 132, -0.1), ax.spines["bottom"].set_bounds(0, 100)
        ax.set_xticks(range(0, 101, 25)), ax.set_yticks([])
        ax.axvline(100 * chance, color=style.SOFT, linewidth=1, linestyle=":", zorder=3)
        ax.text(100 * chance + 1, -0.85, "chance", color=style.SOFT, fontsize=8)
        self.bars = [ax.barh(p, 0.0, height=0.72, **style.look(n).bar)[0] for p, n in zip(places, names, strict=True)]
        self.whiskers = ax.plot([], [], color=style.INK, linewidth=1.4, marker="|", markersize=7, zorder=4)[0]
        self.words = [ax.text(0, p, "", va="center", fontsize=8.5) for p in places]
        self.places = places

    @property
    def artists(self) -> list[Artist]:
        """What moves when the scores change."""
        return [*self.bars, self.whiskers, *self.words]

    def show(self, low: Sequence[float], mean: Sequence[float], high: Sequence[float]) -> None:
        """Draw means and the ends of their intervals, each 0..1; equal ends draw no interval."""
        xs, ys = [], []
        rows = zip(self.bars, self.words, self.places, low, mean, high, strict=True)
        for bar, words, place, lowest, middle, highest in rows:
            bar.set_width(100 * middle)
            words.set_text(
                f"{100 * middle:.0f}" if highest == lowest else f"{100 * middle:.0f} ± {50 * (highest - lowest):.1f}"
            )
            words.set_x(min(100 * max(highest, middle), 100) + 3)
            if highest > lowest:
                xs += [100 * lowest, 100 * highest, np.nan]
                ys += [place, place, np.nan]
        self.whiskers.set_data(xs, ys)


class FiveOpinions(View):
    """A digit seen and heard, what each model thinks it is, how often each is right. Subclasses bring models."""

    size = (8.6, 3.3)
    names: Sequence[str] = ("image", "audio", "data", "feature", "model")
    scores_title = "right on the test set"

    def build(self, figure: Figure) -> None:
        """Two small pictures on the left, opinions in the middle, scores on the right."""
        grid = figure.add_gridspec(2, 3, width_ratios=[1.0, 2.7, 1.9])
        self.seen = self.moving(digit(figure.add_subplot(grid[0, 0])))
        self.heard = self.moving(sound(figure.add_subplot(grid[1, 0])))
        self.opinions = OpinionBars(figure.add_subplot(grid[:, 1]), self.names, [str(k) for k in range(10)])
        self.shown: Any = None
        self.scores = ScoreBars(figure.add_subplot(grid[:, 2]), self.names, self.scores_title)
        for artist in [*self.opinions.artists, *self.scores.artists]:
            self.moving(artist)

    def show(
        self,
        *,
        seen: np.ndarray,
        heard: np.ndarray,
        opinions: np.ndarray,
        truth: int,
        scores: tuple[Sequence[float], Sequence[float], Sequence[float]],
    ) -> None:
        """Draw: seen (H, W), heard (F, T), opinions (models, 10), the true digit, and (low, mean, high) scores 0..1."""
        self.seen.set_data(seen), self.heard.set_data(heard)
        self.opinions.show(opinions, truth)
        if scores != self.shown:  # hatched bars are slow to draw: leave them alone while only the pair changes
            self.scores.show(*scores)
            self.shown = scores


def grouped_bars(
    ax: Axes,
    groups: Sequence[str],
    values: Mapping[str, Sequence[Any]],
    *,
    names: Sequence[str] | None = None,
    looks: Mapping[str, style.Look] | None = None,
    limits: Sequence[float] | None = None,
    chance: Sequence[float] | None = None,
    legend: bool = True,
) -> Axes:
    """Bars of intervals side by side: ``values[name][g]`` is an interval (.low, .mean, .high, 0..1) for group ``g``.

    ``looks`` are those of the modalities and levels if not given. ``limits`` draws a dashed line across each group: the
    best that any method could reach; ``chance`` a dotted one: what the laziest answer reaches.
    """
    names = list(values) if names is None else list(names)
    width = min(0.8 / len(names), 0.5)
    for i, name in enumerate(names):
        x = np.arange(len(groups)) + (i - (len(names) - 1) / 2) * width
        look = looks[name] if looks else style.look(name)
        _interval_bars(ax, x, values[name], width, look, at_foot=limits is not None)
    for g, level in enumerate([] if chance is None else chance):
        ax.plot([g - 0.45, g + 0.45], [100 * level] * 2, color=style.SOFT, linestyle=":", linewidth=2)
    for g, limit in enumerate([] if limits is None else limits):
        ax.plot(
            [g - 0.45, g + 0.45],
            [100 * limit] * 2,
            color=style.LIMIT,
            linestyle="--",
            linewidth=1.8,
            label="best possible" if g == 0 else None,
            zorder=5,
        )
    ax.set_xticks(range(len(groups)), groups)
    ax.set_ylabel("accuracy (%)")
    if legend:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=6, handlelength=1.6, columnspacing=1.2)
    return ax


def _interval_bars(
    ax: Axes, x: np.ndarray, values: Sequence[Any], width: float, look: style.Look, at_foot: bool
) -> None:
    """One method's bars with whiskers, and its numbers above them, or at the foot where lines need the room above."""
    below = [100 * (v.mean - v.low) for v in values]
    above = [100 * (min(v.high, 1.0) - v.mean) for v in values]
    whiskers = {"elinewidth": 1.2, "capsize": 2, "ecolor": style.INK}
    ax.bar(x, [100 * v.mean for v in values], width * 0.94, yerr=[below, above], error_kw=whiskers, **look.bar)
    for place, v in zip(x, values, strict=True):
        if at_foot:
            more = {"y": 3, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.2}}
        else:
            more = {"y": 100 * min(v.high, 1.0) + 1.2}
        ax.text(place, s=f"{100 * v.mean:.0f}", ha="center", fontsize=8, **more)


def banded(ax: Axes, x: Sequence[float], intervals: Sequence[Any], look: style.Look, scale: float = 1.0) -> Axes:
    """A curve of means with the band of their intervals (each with .low, .mean and .high), times ``scale``."""
    low, mean, high = (
        scale * np.array([getattr(i, end) for i in intervals], dtype=float) for end in ("low", "mean", "high")
    )
    ax.fill_between(x, low, high, color=look.colour, alpha=0.18, linewidth=0)
    ax.plot(x, mean, **look.curve)
    return ax
