"""Results with their intervals: accuracy over shifts, on changed digits and over training; the gradient over depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from mmcourse.engine import Interval
from mmcourse.pictures import Picture, plots, style


def shift_curves(curves: Mapping[str, Sequence[Interval]]) -> Picture:
    """Accuracy over the shift, such as -2 to 2, for several networks, each with the band of its interval over seeds."""

    def draw(figure: Figure) -> None:
        ax, furthest = figure.subplots(), len(next(iter(curves.values()))) // 2
        shifts = list(range(-furthest, furthest + 1))
        for name, look in style.named_looks(list(curves)).items():
            plots.banded(ax, shifts, curves[name], look, scale=100)
        ax.axhline(10, color=style.SOFT, linestyle=":", linewidth=1), ax.text(-0.2, 4, "guessing", color=style.SOFT)
        ax.set(xlabel="shift to the right (pixels)", ylabel="accuracy (%)", ylim=(0, 102), xticks=shifts)
        ax.grid(True, axis="y"), ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))

    return plots.picture(draw, 7.2, 2.9, f"accuracy over the shift for {', '.join(curves)}, with intervals")


def variant_bars(results: Mapping[str, Mapping[str, Interval]], title: str = "") -> Picture:
    """Accuracies with intervals, cut off at 0 and 100 %: results[network][condition], one group for each condition."""

    def draw(figure: Figure) -> None:
        ax, looks, width = figure.subplots(), style.named_looks(list(results)), 0.84 / len(results)
        for k, (name, scores) in enumerate(results.items()):
            places = np.arange(len(scores)) + (k - (len(results) - 1) / 2) * width
            means = [100 * v.mean for v in scores.values()]
            # mean ± t · error knows no bound, an accuracy does: the whiskers end at 0 and at 100 %
            ends = [[100 * (v.mean - max(v.low, 0)), 100 * (min(v.high, 1) - v.mean)] for v in scores.values()]
            ax.bar(
                places,
                means,
                width * 0.92,
                yerr=np.array(ends).T,
                error_kw={"capsize": 2, "ecolor": style.INK},
                **looks[name].bar,
            )
            for place, mean in zip(places, means, strict=True):
                ax.text(
                    place,
                    3,
                    f"{mean:.0f}",
                    ha="center",
                    fontsize=8,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
                )
        ax.set_xticks(range(len(scores)), list(scores))
        ax.set(ylabel="accuracy (%)", ylim=(0, 102), title=title), ax.grid(True, axis="y"), ax.set_axisbelow(True)
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=min(len(results), 4))

    return plots.picture(draw, 7.6, 3.1, f"accuracy of {', '.join(results)} on changed digits, with intervals")


def over_training(panels: Mapping[str, Mapping[str, Mapping[int, Interval]]]) -> Picture:
    """Accuracy over steps of training: panels[title][network][steps], each curve with the band of its intervals."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        looks = style.named_looks(list(dict.fromkeys(name for curves in panels.values() for name in curves)))
        for ax, (title, curves) in zip(axes, panels.items(), strict=True):
            for name, points in curves.items():
                plots.banded(ax, list(points), list(points.values()), looks[name], scale=100)
            steps = sorted({step for points in curves.values() for step in points})
            ax.set(xscale="log", xlabel="steps of training", ylim=(0, 102), title=title)
            ax.set_xticks(steps, [str(step) for step in steps]), ax.set_xticks([], minor=True)
            ax.grid(True, axis="y")
        axes[0].set_ylabel("accuracy (%)")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)

    names = ", ".join(next(iter(panels.values())))
    return plots.picture(draw, 7.6, 3.2, f"accuracy over steps of training for {names}: {', '.join(panels)}")


def gradient_depth(
    curves: Mapping[str, Sequence[Interval]], layers: Sequence[int], expected: Sequence[float]
) -> Picture:
    """Length of the gradient (as a power of ten) at several depths of stacks of layers, and what was ``expected``."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for name, look in style.named_looks(list(curves)).items():
            plots.banded(ax, list(layers), curves[name], look)
        ax.plot(layers, expected, color=style.GRID, linewidth=9, zorder=0, label="predicted for the plain stack")
        ax.set(xlabel="layers below (0: next to the picture); the gradient comes from the right ←")
        ax.set(ylabel="length of the gradient", xticks=list(layers))
        ax.yaxis.set_major_formatter(lambda power, _place: f"$10^{{{power:.0f}}}$")
        ax.grid(True, axis="y"), ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))

    return plots.picture(draw, 7.6, 2.9, f"length of the gradient over depth for {', '.join(curves)}, with intervals")
