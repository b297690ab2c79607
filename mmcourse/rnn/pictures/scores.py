"""Scores of lesson 05's experiments: a look for each cell, bars by group, accuracy over the part heard so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from mmcourse.engine import joint_interval, mean_interval
from mmcourse.pictures import Picture, plots, style

CELLS = ("RNN", "LSTM", "GRU", "misprint")
CELL_LOOKS = style.named_looks(list(CELLS))  # one look a cell in every figure of the lesson


def cell_looks(names: Sequence[str]) -> dict[str, style.Look]:
    """A look for each name: a cell's own, also for "LSTM, both ways" where no plain LSTM stands beside it."""
    free, found = iter([*style.METHODS[4:], *style.METHODS[3::-1]]), {}
    for name in names:
        cell = name if name in CELLS else name.split(",")[0]
        own = cell in CELLS and (cell == name or cell not in names)
        found[name] = replace(CELL_LOOKS[cell] if own else next(free), label=name)
    return found


def group_bars(groups: Mapping[str, Mapping[str, Sequence[float]]], chance: float, width: float = 8.0) -> Picture:
    """Accuracies ``groups[group][method]`` (one a seed) as bars side by side, mean with its interval."""
    names = list(next(iter(groups.values())))
    values = {name: [mean_interval(scores[name]) for scores in groups.values()] for name in names}

    def draw(figure: Figure) -> None:
        ax = plots.grouped_bars(figure.subplots(), list(groups), values, looks=cell_looks(names), legend=False)
        ax.axhline(100 * chance, color=style.INK, linewidth=1.2, linestyle=":")
        ax.set(ylim=(0, 108), ylabel="right answers (%); dotted: chance"), ax.set_yticks(range(0, 101, 25))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=4)

    words = f"bars with intervals: right answers of {', '.join(names)}, for {', '.join(groups)}"
    return plots.picture(draw, width, 3.3, words)


def arrival(scores: Sequence[Sequence[float]], seconds: float = 0.8) -> Picture:
    """Accuracy after each frame, ``scores[frame]`` one number a seed, over the time heard so far."""
    times = seconds * np.arange(1, len(scores) + 1) / len(scores)

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        plots.banded(ax, times, [mean_interval(runs) for runs in scores], style.METHODS[2], scale=100)
        ax.axhline(10, color=style.SOFT, linewidth=1, linestyle=":"), ax.text(0.72, 3, "chance", fontsize=8.5)
        ax.set(xlim=(0.04, seconds + 0.01), ylim=(0, 103), xlabel="heard so far (s)", ylabel="right answers (%)")
        ax.grid(True, axis="y")

    return plots.picture(draw, 7.2, 2.7, "accuracy over the part of the word heard so far, with an interval")


def each_network(
    groups: Mapping[str, Mapping[str, Sequence[float]]], chance: float, alt: str, width: float = 7.8
) -> Picture:
    """Accuracies ``groups[group][method]`` (one a network) as dots: a mean hides that some learn and some do not."""
    looks = cell_looks(list(dict.fromkeys(name for scores in groups.values() for name in scores)))

    def draw(figure: Figure) -> None:
        ax, left, middles, shown = figure.subplots(), 0.0, [], set()
        for scores in groups.values():
            for k, (name, values) in enumerate(scores.items()):
                aside = 0.6 * (np.arange(len(values)) * 7 % len(values) / len(values) - 0.5)  # few hide each other
                style_of = {"color": looks[name].colour, "alpha": 0.75, "markersize": 5, "linestyle": ""}
                heights = 100 * np.sort(values)
                ax.plot(
                    left + k + aside, heights, looks[name].marker, **style_of, label=None if name in shown else name
                )
                shown.add(name)
            middles.append(left + (len(scores) - 1) / 2)
            left += len(scores) + 0.7
        ax.axhline(100 * chance, color=style.INK, linewidth=1.2, linestyle=":")
        ax.set(ylim=(0, 104), ylabel="right answers (%); dotted: chance"), ax.set_xticks(middles, list(groups))
        ax.set_yticks(range(0, 101, 25)), ax.grid(True, axis="y"), ax.tick_params(axis="x", length=0)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=5)

    return plots.picture(draw, width, 3.2, alt)


def each_unit(right: Mapping[str, np.ndarray], unit: str, alt: str, chance: float = 0.1) -> Picture:
    """Right answers ``right[method]`` (S, G) by unit, such as a voice: a dot a unit, and the mean with its interval.

    A dot is the mean over networks; the interval is over networks and units, ``joint_interval``.
    """
    names = list(right)

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for row, name in enumerate(names):
            look, each = style.METHODS[row % len(style.METHODS)], 100 * np.sort(right[name].mean(0))
            aside = 0.5 * (np.arange(len(each)) * 7 % len(each) / len(each) - 0.5)  # few hide each other
            ax.plot(each, row + aside, "o", color=look.colour, alpha=0.5, markersize=3.5)
            here = joint_interval(right[name], range(len(each)))
            ax.plot([100 * here.low, 100 * here.high], [row, row], color=style.INK, linewidth=2.2)
            ax.plot(100 * here.mean, row, "D", color=style.INK, markersize=5)
        ax.set_yticks(range(len(names)), names), ax.invert_yaxis()
        ax.set(xlim=(0, 101), xlabel=f"right answers (%); a dot: one {unit}; black: mean with interval")
        ax.axvline(100 * chance, color=style.INK, linewidth=1.2, linestyle=":"), ax.grid(True, axis="x")

    return plots.picture(draw, 7.6, 0.6 + 0.36 * len(names), alt)


def over_distance(
    groups: Mapping[str, Mapping[str, np.ndarray]], distances: Sequence[int], alt: str, chance: float = 0.5
) -> Picture:
    """Right answers ``groups[title][method]`` (L, S, G) over L distances, one plot a group, intervals over S and G."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
        for ax, (title, right) in zip(axes, groups.items(), strict=True):
            looks = cell_looks(list(right))
            for name, values in right.items():
                spans = [joint_interval(one, range(one.shape[1])) for one in values]
                plots.banded(ax, distances, spans, looks[name], scale=100)
            ax.axhline(100 * chance, color=style.INK, linewidth=1.2, linestyle=":"), ax.grid(True, axis="y")
            ax.set(ylim=(0, 103), title=title, xlabel="words from 'not' to the adjective"), ax.set_xticks(distances)
        axes[0].set_ylabel("right answers (%)"), axes[0].set_yticks(range(0, 101, 25))
        handles, words = axes[0].get_legend_handles_labels()
        figure.legend(handles, words, loc="outside lower center", ncols=len(words))

    return plots.picture(draw, 8.4, 3.3, alt)
