"""Lesson 09: the sixteen operators in five families, and their accuracies and costs as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.datasets.senses import as_sequences
from mmcourse.engine import Interval, mean_interval
from mmcourse.fusion_levels import parameters
from mmcourse.fusion_operators.classifier import FAMILIES, multiply_adds
from mmcourse.pictures import Picture, plots, style

Runs = Sequence[float] | Interval  # accuracies, one for each seed, or what they come to
Scores = Mapping[str, Mapping[str, Runs]]  # condition → operator → runs
FORMULAS: Mapping[str, str] = {
    "concatenate": "A [x; y] + b",
    "sum": "Ax + Cy",
    "mean": "(Ax + Cy) / 2",
    "max": "max(Ax, Cy)",
    "weighted": "α Ax + (1−α) Cy",
    "product": "Ax ∘ Cy",
    "bilinear": "Σ V x y + b",
    "tensor": "V ([x;1] ⊗ [y;1])",
    "low-rank": "Σ F[x;1] ∘ G[y;1]",
    "gated": "g ∘ tanh Ax + (1−g) ∘ tanh Cy",
    "attention": "a Ax + (1−a) Cy",
    "FiLM": "(1+γ(y)) ∘ Ax + β(y)",
    "cross-attention": "tokens ask tokens",
    "Siamese": "A [mean; |n(x) − n(y)|]",
    "hierarchical": "join at each depth",
    "relation": "graph of likeness",
}
FAMILY_COLOURS = ("#303030", "#5B4FA2", "#8A5A00", "#007A59", "#A8326E")  # none is the colour of a sense


def families() -> Picture:
    """Map: the sixteen operators in five families, each with its formula."""
    return plots.picture(_draw_families, 9.9, 3.7, "map of sixteen operators in five families, each with its formula")


def _draw_families(figure: Figure) -> None:
    ax = figure.subplots()
    ax.set(xlim=(0, 5), ylim=(-6.35, 0.75)), ax.axis("off")
    for i, (family, members) in enumerate(FAMILIES.items()):
        colour = _colour_of(next(iter(members)))
        ax.text(i + 0.5, 0.42, f"{i + 1}  {family}", ha="center", fontsize=10.5, weight="bold", color=colour)
        for row, name in enumerate(members):
            ax.add_patch(
                FancyBboxPatch(
                    (i + 0.05, -row - 0.87),
                    0.9,
                    0.8,
                    boxstyle="round,pad=0,rounding_size=0.05",
                    facecolor=to_rgba(colour, 0.08),
                    edgecolor=colour,
                    linewidth=1.3,
                )
            )
            ax.text(i + 0.5, -row - 0.33, name, ha="center", va="center", fontsize=9.5, weight="bold")
            size = 8.3 if len(FORMULAS[name]) < 26 else 7.4
            ax.text(i + 0.5, -row - 0.65, FORMULAS[name], ha="center", va="center", fontsize=size)
    asks = (
        "nothing is decided yet",
        "one rule for each place,\nsame for all samples",
        "each number meets\neach other number",
        "shares that depend\non the sample",
        "small networks\nof their own",
    )
    for i, words in enumerate(asks):
        ax.text(i + 0.5, -6.25, words, ha="center", va="bottom", fontsize=8.5, color=style.SOFT)


def _colour_of(operator: str) -> str:
    return FAMILY_COLOURS[_family_of(operator)]


def _family_of(operator: str) -> int:
    beside = {"compact": 2}  # is no member of the map, but looks like its family
    return next((i for i, members in enumerate(FAMILIES.values()) if operator in members), beside.get(operator, 0))


def score_table(scores: Scores, title: str = "accuracy (%)", low: float = 0.0, width: float = 6.4) -> Picture:
    """One row for each operator, one column for each condition: mean and half the 95 % interval, dark is high."""
    names = list(next(iter(scores.values())))

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        _draw_cells(ax, scores, names, low)
        ax.set_title(title)

    return plots.picture(
        draw,
        width,
        0.62 + 0.265 * len(names),
        "table: rows are operators, columns are conditions, cells hold accuracy and interval",
    )


def _interval(runs: Runs) -> Interval:
    return runs if isinstance(runs, Interval) else mean_interval(runs)


def _draw_cells(ax: Axes, scores: Scores, names: Sequence[str], low: float, left: float = 0.0) -> None:
    """The cells, one unit wide, beginning at x = ``left``; lines part the families."""
    found = [[_interval(column[name]) for column in scores.values()] for name in names]
    means = np.array([[one.mean for one in row] for row in found])
    ax.imshow(
        means,
        vmin=low,
        vmax=1.7,
        cmap="Blues",
        aspect="auto",
        extent=(left - 0.5, left + len(scores) - 0.5, len(names) - 0.5, -0.5),
    )
    for y, row in enumerate(found):
        for x, one in enumerate(row):
            ax.text(left + x, y, f"{100 * one.mean:.0f} ± {100 * one.half:.0f}", ha="center", va="center", fontsize=8.8)
    ax.set_xticks([left + x for x in range(len(scores))], list(scores)), ax.xaxis.tick_top()
    ax.set_yticks(range(len(names)), names), ax.tick_params(length=0, labelsize=9)
    for label in ax.get_yticklabels():
        label.set_color(_colour_of(label.get_text()))
    for side in ax.spines.values():
        side.set_visible(False)
    for y in range(1, len(names)):
        if _colour_of(names[y]) != _colour_of(names[y - 1]):
            ax.axhline(y - 0.5, color=style.SOFT, linewidth=1.2)


def comparison(
    trained: Mapping[str, Sequence[Any]], scores: Scores, seconds: Mapping[str, tuple[float, float]]
) -> Picture:
    """The whole table: formula, parameters, multiply-adds, time of 100 pairs both ways, and the four accuracies."""
    names = list(trained)
    one = {name: x[:1] for name, x in as_sequences(SeeHear("test", size=10, form="small").dial()).items()}
    columns = {"formula": FORMULAS}
    columns["parameters"] = {name: f"{parameters(trained[name][0]):,}" for name in names}
    columns["multiply-\nadds"] = {name: f"{multiply_adds(trained[name][0], one):,}" for name in names}
    for way, words in enumerate(("forward\n(ms)", "backward\n(ms)")):
        columns[words] = {name: f"{1000 * seconds[name][way]:.1f}" for name in names}
    places = (0.05, 3.15, 4.1, 4.8, 5.6)

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        _draw_cells(ax, scores, names, 0.0, left=6.3)
        for x, (head, values) in zip(places, columns.items(), strict=True):
            side = "left" if head == "formula" else "right"
            ax.text(x, -0.62, head, ha=side, va="bottom", fontsize=9, color=style.SOFT)
            for y, name in enumerate(names):
                ax.text(x, y, values[name], ha=side, va="center", fontsize=8.6)
        ax.text(7.8, -1.45, "accuracy (%), ± half of the 95 % interval", ha="center", fontsize=9, color=style.SOFT)
        ax.set_xlim(0, 9.85)

    return plots.picture(
        draw,
        10.2,
        0.8 + 0.275 * len(names),
        "table of sixteen operators: formula, parameters, "
        "multiply-adds, milliseconds, and accuracy under four conditions with intervals",
    )
