"""Lesson 09: accuracy over cost, over a weight, and under several conditions; one digit for three senses."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mmcourse.datasets.senses import ALPHABET, DIGITS, trio
from mmcourse.engine import Interval, mean_interval
from mmcourse.fusion_operators.classifier import FAMILIES
from mmcourse.fusion_operators.pictures.tables import FAMILY_COLOURS, Scores, _family_of, _interval
from mmcourse.pictures import Picture, plots, style

OPERATOR_LOOKS = {
    name: replace(style.METHODS[i], label=name)  # one look for an operator everywhere
    for i, name in enumerate(("sum", "product", "max", "attention", "low-rank", "FiLM", "gated"))
}


def cost_plot(scores: Scores, seconds: Mapping[str, tuple[float, float]], condition: str = "noisy") -> Picture:
    """Accuracy over the time of one training step of 100 pairs, both ways; a sign for each family, two have names."""
    times = {name: 1000 * sum(both) for name, both in seconds.items()}
    found = {name: _interval(scores[condition][name]) for name in times}

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for name in times:
            _draw_cost(ax, name, times[name], found[name])
        heap = [x for name, x in times.items() if _family_of(name) < 4]
        top = 100 * max(one.mean for one in found.values()) + 7
        words = {"ha": "center", "weight": "bold", "fontsize": 9}
        ax.text(statistics.geometric_mean(heap), top, "families 1 to 4: twelve operators", **words)
        low, high = min(times.values()) / 1.7, max(times.values()) * 2.6
        ax.set(xscale="log", xlim=(low, high), ylim=(0, 105), ylabel="accuracy (%)")
        ax.set_xlabel("time of one training step on 100 pairs, forward and backward (ms, logarithmic)")
        ax.set_title(f"{condition}: accuracy over cost, equal parameters")
        ax.set_xticks([x for x in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if low < x < high])
        ax.xaxis.set_major_formatter("{x:g}"), ax.minorticks_off(), ax.grid(True, axis="y")
        ax.legend(handles=[Line2D([], [], linestyle="", label=name, **_sign(i)) for i, name in enumerate(FAMILIES)])
        ax.get_legend().set_loc("lower left")

    return plots.picture(draw, 7.4, 3.6, f"sixteen points: time of a training step across, {condition} accuracy up")


def _sign(family: int) -> dict[str, str]:
    return {"marker": "os^DX"[family], "color": FAMILY_COLOURS[family]}


def _draw_cost(ax: Axes, name: str, x: float, found: Interval) -> None:
    """One operator's point with its interval; the two slow ones stand apart and bear their names."""
    look = {**_sign(_family_of(name)), "markersize": 6.5, "elinewidth": 0.9, "alpha": 0.85}
    ax.errorbar(x, 100 * found.mean, 100 * found.half, **look)
    if name in ("relation", "cross-attention"):  # the others crowd too closely
        words = {"va": "center", "weight": "bold", "fontsize": 9, "color": look["color"]}
        ax.annotate(name, (x, 100 * found.mean), xytext=(11, 0), textcoords="offset points", **words)


def alpha_curve(
    curves: Mapping[str, Sequence[Sequence[float]]],
    alphas: Sequence[float],
    learnt: Sequence[float] = (),
    chosen: float | None = None,
) -> Picture:
    """Accuracy over the fixed weight α of the image, with bands; the α a validation split chose, the weights learnt."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for look, runs in zip(style.named_looks(list(curves)).values(), curves.values(), strict=True):
            plots.banded(ax, alphas, [mean_interval(one) for one in runs], look, scale=100)
            if chosen is not None:
                height = 100 * statistics.mean(runs[list(alphas).index(chosen)])
                ax.plot(
                    chosen,
                    height,
                    "o",
                    markersize=12,
                    markerfacecolor="none",
                    markeredgecolor="#D55E00",
                    markeredgewidth=2,
                    label="chosen by validation",
                )
        if len(learnt):
            ax.plot(
                learnt,
                [4] * len(learnt),
                "|",
                color=style.LIMIT,
                markersize=14,
                markeredgewidth=1.8,
                label="weights that were learnt, eight seeds",
            )
        ax.set(xlabel="α, the weight of the image (the sound has 1 − α)", ylabel="accuracy (%)", ylim=(0, 102))
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 0.12), labelspacing=0.7), ax.grid(True, axis="y")

    return plots.picture(draw, 6.8, 3.2, "accuracy over the weight of the image, with intervals")


def three_senses(index: int = 0, image_noise: float = 0.6, audio_snr: float = -6, typos: float = 0.6) -> Picture:
    """One digit, seen, heard and written, each under its own noise."""
    batch, labels = trio("test", typos, image_noise=image_noise, audio_snr=audio_snr)
    letters = ALPHABET + " "
    note = "".join(letters[i] for i in batch["text"][index].argmax(-1))

    def draw(figure: Figure) -> None:
        seen, heard, read = figure.subplots(1, 3, width_ratios=[1, 2, 1.2])
        plots.digit(seen, batch["image"][index].numpy()), plots.sound(heard, batch["audio"][index].T.numpy())
        read.axis("off"), read.set_title("written")
        read.text(0.5, 0.55, f"“{note.strip()}”", ha="center", fontsize=17, family="DejaVu Sans Mono")
        read.text(0.5, 0.25, f"meant: {DIGITS[labels[index]]}", ha="center", fontsize=9, color=style.SOFT)

    return plots.picture(draw, 7.6, 2.3, f"a noisy digit, its noisy sound, and its name with typos: {note.strip()}")


def sense_bars(scores: Scores, title: str = "") -> Picture:
    """Bars of some operators under several conditions, with intervals; each operator has the same look everywhere."""
    names = list(next(iter(scores.values())))
    values = {name: [mean_interval(column[name]) for column in scores.values()] for name in names}

    def draw(figure: Figure) -> None:
        ax = plots.grouped_bars(figure.subplots(), list(scores), values, looks=OPERATOR_LOOKS, legend=False)
        ax.set(ylabel="accuracy (%)", ylim=(0, 106), title=title)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=7, handlelength=1.5, columnspacing=1.1)

    return plots.picture(draw, 9.0, 3.3, "bars: accuracy of some operators under several conditions, with intervals")
