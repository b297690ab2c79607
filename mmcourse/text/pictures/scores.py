"""Shares of right answers with their intervals: of words, of models by kind of review, of taggers; and the tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mmcourse.engine import Interval, joint_interval, mean_interval
from mmcourse.pictures import Picture, plots, style
from mmcourse.pictures.lettering import drawable

Numbers = Sequence[Sequence[float]] | np.ndarray
# One look for each model, the same in every figure of the lesson.
MODELS: Mapping[str, style.Look] = style.named_looks(
    ["TF-IDF + logistic regression", "bag of words", "mean embedding", "text CNN"]
)


def share_bars(groups: Mapping[str, Interval], chance: Sequence[float], title: str, across: str) -> Picture:
    """Horizontal bars of shares with their intervals; a dotted line in each row is what chance reaches."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        places = np.arange(len(groups))[::-1]
        ax.set(xlim=(0, 118), ylim=(-0.6, len(groups) - 0.4), xlabel=across, title=title)
        ax.set_yticks(places, list(groups)), ax.set_xticks(range(0, 101, 20))
        ends = [[100 * part for part in (i.mean - max(i.low, 0), min(i.high, 1) - i.mean)] for i in groups.values()]
        ax.barh(
            places,
            [100 * i.mean for i in groups.values()],
            0.66,
            xerr=np.array(ends).T,
            color="#B5D3E7",
            error_kw={"elinewidth": 1.4, "capsize": 3, "ecolor": style.INK},
        )
        for place, interval, by_chance in zip(places, groups.values(), chance, strict=True):
            ax.plot([100 * by_chance] * 2, [place - 0.42, place + 0.42], ":", color="white", linewidth=3.4)
            ax.plot(
                [100 * by_chance] * 2,
                [place - 0.42, place + 0.42],
                ":",
                color=style.CLASSES[1],
                linewidth=2.4,
                label="by chance" if place == places[0] else None,
            )
            ax.text(100 * min(interval.high, 1) + 2, place, f"{100 * interval.mean:.0f}", va="center", fontsize=8.5)
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))

    return plots.picture(draw, 7.6, 0.95 + 0.34 * len(groups), title)


def kind_bars(scores: Mapping[str, Mapping[str, Numbers]], title: str, groups: Sequence[str] = ()) -> Picture:
    """For each group of reviews each model's accuracy with its 95 % interval over seeds and reviews.

    scores: {model: {group: (seeds, reviews) of 1 and 0}}; ``groups`` those to show and their order, else all that the
    first model has.
    """
    groups = groups or list(next(iter(scores.values())))

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for i, (name, runs) in enumerate(scores.items()):
            x = np.arange(len(groups)) + (i - (len(scores) - 1) / 2) * 0.8 / len(scores)
            found = [joint_interval(runs[group], range(len(runs[group][0]))) for group in groups]
            ends = [[100 * f.mean - max(100 * f.low, 0), min(100 * f.high, 100) - 100 * f.mean] for f in found]
            ax.bar(
                x,
                [100 * f.mean for f in found],
                0.75 / len(scores),
                yerr=np.array(ends).T,
                **MODELS[name].bar,
                error_kw={"elinewidth": 1.2, "capsize": 2, "ecolor": style.INK},
            )
            for place, f in zip(x, found, strict=True):
                ax.text(place, min(100 * f.high, 100) + 1.5, f"{100 * f.mean:.0f}", ha="center", fontsize=8)
        ax.axhline(50, color=style.SOFT, linestyle=":", linewidth=1.4)
        ax.text(-0.77, 51, "coin", color=style.SOFT, fontsize=8)
        ax.set(ylim=(0, 109), xlim=(-0.8, len(groups) - 0.45), ylabel="right answers (%)", title=title)
        ax.set_xticks(range(len(groups)), groups), ax.set_yticks(range(0, 101, 25))
        below = -0.1 - 0.06 * max(group.count("\n") for group in groups)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, below), ncols=4, columnspacing=1.2)

    return plots.picture(draw, 8.6, 3.3, title)


def length_curves(panels: Mapping[str, Mapping[tuple[str, str], Mapping[int, Interval]]]) -> Picture:
    """Right answers on negated reviews over the number of words added, one plot for each way of training.

    panels: {title of a plot: {(model of ``MODELS``, where the words stand): {added: Interval}}}. Words "between" the
    negation and its adjective are drawn with a full line, those elsewhere with a broken one.
    """

    def draw(figure: Figure) -> None:
        axes = np.atleast_1d(figure.subplots(1, len(panels), sharey=True))
        for ax, (title, curves) in zip(axes, panels.items(), strict=True):
            for (model, place), found in curves.items():
                line = "-" if place == "between" else "--"
                look = replace(MODELS[model], label=f"{model}, words {place}", line=line)
                plots.banded(ax, list(found), list(found.values()), look, 100)
            ax.axhline(50, color=style.SOFT, linestyle=":", linewidth=1.4, label="coin")
            ax.set(ylim=(0, 103), xlabel="words added", title=title)
            ax.grid(True)
        axes[0].set_ylabel("right answers (%)")
        axes[-1].legend(loc="center left", bbox_to_anchor=(1.02, 0.5), handlelength=3.6)

    words = (
        "right answers on negated reviews over the number of words added, by where these stand and how models learnt"
    )
    return plots.picture(draw, 9.4, 3.2, words)


def reach_curves(scores: Mapping[str, Mapping[int, Sequence[float]]]) -> Picture:
    """Right answers over the reach of the window, with the band of the seeds."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        looks = [style.METHODS[4], style.METHODS[6], style.Look("", style.SOFT, "o", "-", "")]  # no other model's
        for name, look in zip(scores, looks, strict=True):
            look = replace(look, label=name)
            plots.banded(ax, list(scores[name]), [mean_interval(runs) for runs in scores[name].values()], look, 100)
        ax.axhline(50, color=style.SOFT, linestyle=":", linewidth=1.4, label="coin (two roles)")
        ax.set(ylim=(-3, 103), xlabel="reach of the window (words on each side)", ylabel="right answers (%)")
        ax.set_title("tags right on new captions (8 seeds, 95 % interval)")
        ax.set_xticks(list(next(iter(scores.values())))), ax.grid(True)
        ax.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))

    return plots.picture(draw, 7.4, 3.0, "right answers over the reach of the tagger's window")


def tagged(tokens: Sequence[str], rows: Mapping[str, Sequence[str]], title: str = "") -> Picture:
    """A caption's tokens above their tags, one row for each way of tagging; a tag that differs from row 1 is framed."""
    names = list(rows)

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        ax.set(xlim=(-0.5, len(tokens) - 0.5), ylim=(len(rows) - 0.4, -0.6), title=title)
        (
            ax.set_yticks(range(len(rows)), names),
            ax.set_xticks(range(len(tokens)), [drawable(token, 14) for token in tokens], fontsize=10),
        )
        ax.xaxis.tick_top(), ax.tick_params(length=0)
        for side in ax.spines.values():
            side.set_visible(False)
        for (y, name), (x, _) in ((row, place) for row in enumerate(names) for place in enumerate(tokens)):
            tag, right = rows[name][x], rows[name][x] == rows[names[0]][x]
            frame = {"linewidth": 0} if right else {"linewidth": 2, "edgecolor": style.CLASSES[1]}
            ax.add_patch(Rectangle((x - 0.48, y - 0.42), 0.96, 0.84, facecolor=_shade(tag), **frame))
            ax.text(x, y, tag.replace(" ", "\n"), ha="center", va="center", fontsize=8)

    return plots.picture(draw, 8.6, 0.75 + 0.55 * len(rows), "a caption word by word with the tags of several taggers")


def _shade(tag: str) -> str:
    return {"subject": "#D5E6F3", "object": "#F7E3C4", "relation": "#E3E3E3"}.get(tag.split()[0], "#FFFFFF")
