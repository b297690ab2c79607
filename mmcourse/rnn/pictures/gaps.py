"""The recall task in pictures: one sequence in letters, and accuracy over the gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.engine import mean_interval
from mmcourse.pictures import Panel, Picture, View, plots, slider, style
from mmcourse.rnn.pictures.scores import CELL_LOOKS
from mmcourse.rnn.readers import SequenceClassifier
from mmcourse.rnn.recall_task import GAPS, INPUTS, LETTERS, LONGEST, recall

Models = Mapping[str, Sequence[SequenceClassifier]]  # each cell's networks, one a seed
Scores = Mapping[str, Sequence[Sequence[float]]]  # each cell's accuracies, [gaps][seeds]


class GapLengthView(View):
    """Accuracy over the gap for each cell, the four accuracies at one gap, and one sequence with this gap."""

    size, alt = (7.8, 3.7), "accuracy over the gap for four cells with intervals, and one sequence with the chosen gap"

    def __init__(self, models: Models, scores: Scores) -> None:
        self.names, self.looks = list(models), CELL_LOOKS
        self.intervals = {name: [mean_interval(runs) for runs in scores[name]] for name in self.names}
        self.x, self.labels = recall(GAPS, seed=11, length=max(GAPS) + 2)
        places = [one.nonzero().T.numpy() for one in self.x]
        self.ones_of = [(steps - self.x.shape[1] + 1, rows) for steps, rows in places]
        begin = (torch.tensor(GAPS)[:, None] + 2).clamp(min=LONGEST + 2)
        real = torch.arange(self.x.shape[1]) >= self.x.shape[1] - begin
        with torch.no_grad():
            self.answers = {name: models[name][0](self.x, real).argmax(-1) for name in self.names}
        super().__init__()

    def build(self, figure: Figure) -> None:
        grid = figure.add_gridspec(2, 2, width_ratios=(2.1, 1), height_ratios=(2.1, 1))
        curves, bars, below = (figure.add_subplot(grid[place]) for place in ((0, 0), (0, 1), (1, slice(None))))
        self._curves(curves), self._bars(bars), self._sequence(below)

    def _curves(self, ax: Axes) -> None:
        for name in self.names:
            plots.banded(ax, GAPS, self.intervals[name], replace(self.looks[name], marker=""), scale=100)
        ax.set(ylim=(0, 104), xlim=(-1, max(GAPS) + 1), ylabel="right answers (%)", xlabel="gap (letters between)")
        ax.legend(loc="upper right", bbox_to_anchor=(1.0, 0.95), ncols=2)
        ax.axhline(100 / len(LETTERS), color=style.SOFT, linewidth=1, linestyle=":")
        ax.text(max(GAPS), 2, "dotted: chance", color=style.SOFT, ha="right", va="bottom", fontsize=8)
        ax.axvspan(LONGEST, max(GAPS) + 1, color=style.GRID, alpha=0.45, zorder=0, linewidth=0)
        ax.text(max(GAPS), 52, "longer than any gap in training", ha="right", fontsize=8, color=style.SOFT)
        self.cursor = self.moving(ax.axvline(0, color=style.INK, linewidth=1.2))

    def _bars(self, ax: Axes) -> None:
        places = range(len(self.names))[::-1]
        ax.set(xlim=(0, 122), ylim=(-0.5, len(self.names) - 0.5), xlabel="right answers at this gap (%)")
        ax.set_yticks(places, self.names), ax.set_xticks(range(0, 101, 25)), ax.spines["bottom"].set_bounds(0, 100)
        ax.axvline(100 / len(LETTERS), color=style.SOFT, linewidth=1, linestyle=":")
        self.bars = [
            self.moving(ax.barh(p, 0, height=0.62, color=self.looks[n].colour)[0])
            for p, n in zip(places, self.names, strict=True)
        ]
        self.whiskers = self.moving(ax.plot([], [], color=style.SOFT, linewidth=2.6, solid_capstyle="butt")[0])
        self.words = [self.moving(ax.text(0, p, "", va="center", fontsize=8.5)) for p in places]

    def _sequence(self, ax: Axes) -> None:
        ax.set(xlim=(-self.x.shape[1] + 0.5, 3 + 6 * len(self.names)), ylim=(INPUTS - 0.5, -0.5))
        self.ones = self.moving(ax.plot([], [], "s", color=style.INK, markersize=5)[0])
        ax.set_yticks(range(INPUTS), [*LETTERS, "keep this", "which was it?"])
        ax.set(xlabel="steps before the question", title="one sequence: a square is a 1, everything else is 0")
        ax.set_xticks(range(-60, 1, 10), [str(-step) for step in range(-60, 1, 10)])
        ax.tick_params(length=0), ax.axvline(1.5, color=style.GRID, linewidth=1)
        self.places = [5 + 6 * k for k in range(len(self.names))]
        for place, name in zip(self.places, self.names, strict=True):
            ax.text(place, len(LETTERS) + 0.5, name, ha="center", va="center", fontsize=8)
        ax.text(self.places[0] - 2, -0.75, "what each says (grey: right)", va="bottom", fontsize=8.5)
        self.right = self.moving(
            ax.plot(
                [self.places[0] - 2, self.places[-1] + 2],
                [0, 0],
                color=style.GRID,
                linewidth=9,
                solid_capstyle="butt",
                zorder=0,
            )[0]
        )
        self.given = self.moving(ax.plot([], [], "D", color=style.INK, markersize=5)[0])

    def update(self, *, gap: int) -> None:
        k = min(range(len(GAPS)), key=lambda place: abs(GAPS[place] - gap))
        here, xs, ys = [self.intervals[name][k] for name in self.names], [], []
        self.cursor.set_xdata([GAPS[k], GAPS[k]])
        for row, (bar, word, interval) in enumerate(zip(self.bars, self.words, here, strict=True)):
            low, high = (min(max(end, 0.0), 1.0) for end in (interval.low, interval.high))
            bar.set_width(100 * interval.mean), word.set_x(100 * high + 4)
            word.set_text(f"{100 * interval.mean:.0f}")
            xs, ys = [*xs, 100 * low, 100 * high, np.nan], [*ys, *[len(self.names) - 1 - row] * 2, np.nan]
        self.whiskers.set_data(xs, ys), self.ones.set_data(*self.ones_of[k])
        self.right.set_ydata([int(self.labels[k])] * 2)
        self.given.set_data(self.places, [int(self.answers[name][k]) for name in self.names])


def gap_length(models: Models, scores: Scores, gap: int = 8) -> Picture:
    """The accuracies [gaps][seeds] of each cell in ``scores``, and answers of its first model, at one gap."""
    return GapLengthView(models, scores).picture(gap=gap)


def gap_length_panel(models: Models, scores: Scores) -> Panel:
    """The same with the gap on a slider."""
    return Panel(GapLengthView(models, scores), gap=slider("gap", 0, max(GAPS), 8, 2))


def recall_strip(x: Tensor) -> Picture:
    """One sequence (T, 6) of the recall task in letters: the marked one in a dark box, the question at the end."""
    kept, asked = x[:, len(LETTERS)] > 0, x[:, INPUTS - 1] > 0

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        ax.set(xlim=(-0.7, len(x) - 0.3), ylim=(-0.9, 0.75)), ax.axis("off")
        for t, row in enumerate(x):
            letter = "?" if asked[t] else LETTERS[int(row[: len(LETTERS)].argmax())] if row.any() else "·"
            dark = bool(kept[t])
            box = {"boxstyle": "round,pad=0.3", "facecolor": style.INK if dark else "white", "edgecolor": style.SOFT}
            ax.text(
                t,
                0,
                letter,
                ha="center",
                va="center",
                fontsize=12,
                bbox=box if letter != "·" else None,
                color="white" if dark else style.INK,
            )
        ax.text(int(kept.int().argmax()), -0.8, "keep this", ha="center", fontsize=9)
        ax.text(len(x) - 1, -0.8, "which was it?", ha="center", fontsize=9)

    return plots.picture(draw, 8.6, 0.9, "a row of letters: one in a dark box to be kept, others, then a question mark")
