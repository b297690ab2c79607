"""Still pictures of lesson 06: two roads, weights as maps, how good writers are, what labels bring and length costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from torch import Tensor

from mmcourse.engine import Interval
from mmcourse.pictures import Picture, plots, style
from mmcourse.pictures.lettering import drawable

SHARES = "cividis"


def two_roads(words: Sequence[str], asks: int, seen: int) -> Picture:
    """How word number ``asks`` learns of word number ``seen``: handed on from word to word, or by one look."""

    def draw(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1)
        for ax, title in ((upper, f"handed on from word to word: {asks - seen} steps"), (lower, "looked up: 1 step")):
            ax.set(xlim=(-0.6, len(words) - 0.4), ylim=(-0.35, 1.3)), ax.axis("off"), ax.set_title(title)
            for place, word in enumerate(words):
                weight = "bold" if place in (asks, seen) else "normal"
                ax.text(place, 0, drawable(word, 14), ha="center", va="center", fontsize=12, weight=weight)
        for place in range(seen, asks):
            _arc(upper, place, place + 1, style.CLASSES[0], -0.9)
        _arc(lower, asks, seen, style.CLASSES[1], 0.2)

    return plots.picture(draw, 7.4, 2.7, f"two roads from the word {words[seen]} to the word {words[asks]}")


def _arc(ax: Axes, start: float, end: float, colour: str, bend: float) -> None:
    ax.add_patch(
        FancyArrowPatch(
            (start, 0.25),
            (end, 0.25),
            connectionstyle=f"arc3,rad={bend}",
            color=colour,
            arrowstyle="-|>",
            mutation_scale=13,
            linewidth=2.2,
        )
    )


def weights_picture(
    weights: Tensor, rows: Sequence[str], columns: Sequence[str], titles: Sequence[str] = ()
) -> Picture:
    """Who looks where: weights (H, T, S) as H maps, a row for each query, a column for each key."""
    shares = weights.detach().cpu().numpy()
    height = 0.8 + 0.3 * len(rows) + 0.07 * max(map(len, columns))

    def draw(figure: Figure) -> None:
        for number, (ax, part) in enumerate(zip(np.ravel(figure.subplots(1, len(shares))), shares, strict=True)):
            drawn = style.heat(ax, part, low=0, high=1, cmap=SHARES, aspect="auto")
            ax.set_xticks(
                range(len(columns)), [drawable(c, 14) for c in columns], rotation=60, ha="right", rotation_mode="anchor"
            )
            ax.set_yticks(range(len(rows)), [drawable(r, 14) for r in rows] if number == 0 else [])
            ax.set_xlabel("is looked at"), ax.tick_params(length=0)
            if len(titles):
                ax.set_title(titles[number])
            if number == 0:
                ax.set_ylabel("looks")
        figure.colorbar(drawn, ax=figure.axes, label="attention weight", aspect=12)

    return plots.picture(
        draw, min(8.4, 2.6 + 0.42 * len(columns) * len(shares)), height, "attention weights: who looks where"
    )


def writers_picture(shares: Mapping[str, Interval], known: Mapping[str, Interval]) -> Picture:
    """Share of well-formed captions of each writer, with intervals; the hatched part also stands in the corpus."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for row, (name, share) in enumerate(shares.items()):
            old = known[name].mean
            ax.barh(
                row,
                100 * old,
                color=style.GRID,
                hatch="//",
                edgecolor=style.SOFT,
                height=0.6,
                label="also in the corpus" if row == 0 else None,
            )
            ax.barh(
                row,
                100 * (share.mean - old),
                left=100 * old,
                color=style.CLASSES[0],
                height=0.6,
                xerr=[100 * share.half],
                capsize=5,
                label="new" if row == 0 else None,
            )
            ax.text(100 * (share.mean + share.half) + 1.5, row, f"{100 * share.mean:.0f} %", va="center")
        ax.set(yticks=range(len(shares)), yticklabels=list(shares), xlim=(0, 107), ylim=(len(shares) - 0.5, -0.5))
        ax.set(xlabel="well-formed captions (% of those written)"), ax.grid(True, axis="x")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=2)

    return plots.picture(draw, 7.2, 2.6, "share of well-formed captions of each writer, new ones and known ones")


def labels_picture(
    tasks: Mapping[str, Mapping[str, Sequence[Interval]]], counts: Mapping[str, Sequence[int]]
) -> Picture:
    """Accuracy over the number of labels: a plot for each task, a curve with its band for each way to start."""

    def draw(figure: Figure) -> None:
        for ax, (task, curves) in zip(figure.subplots(1, len(tasks), sharey=True), tasks.items(), strict=True):
            for name, look in style.named_looks(list(curves)).items():
                plots.banded(ax, counts[task], curves[name], look, 100.0)
            ax.axhline(50, color=style.SOFT, linestyle=":", linewidth=1)
            ax.set(xscale="log", xlabel="labelled captions", title=task, ylim=(40, 102))
            ax.set_xticks(counts[task], [str(count) for count in counts[task]]), ax.minorticks_off(), ax.grid(True)
        figure.axes[0].set_ylabel("accuracy (%)"), figure.axes[0].legend(loc="upper left")
        figure.axes[0].text(counts[next(iter(tasks))][-1], 46.5, "chance", color=style.SOFT, fontsize=8, ha="right")

    return plots.picture(draw, 7.6, 3.1, "accuracy over the number of labels, pre-trained and from scratch, two tasks")


def cost_picture(
    lengths: Sequence[int], panes: Mapping[str, Mapping[str, Sequence[float]]], exponents: Mapping[str, float]
) -> Picture:
    """Costs over the length, both axes in steps of factors: a plot for each kind of cost.

    In the first each curve's exponent stands at its end: p where the cost grows as length^p.
    """

    def draw(figure: Figure) -> None:
        for ax, (what, curves) in zip(figure.subplots(1, len(panes)), panes.items(), strict=True):
            for name, look in style.named_looks(list(curves)).items():
                ax.plot(lengths, curves[name], **look.curve)
                if ax is figure.axes[0]:
                    ax.text(
                        lengths[-1] * 1.12,
                        curves[name][-1],
                        f"∝ T^{exponents[name]:.1f}",
                        va="center",
                        color=look.colour,
                        fontsize=8.5,
                    )
            ax.set(xscale="log", yscale="log", xlabel="length T (words)", title=what)
            ax.set_xlim(lengths[0] * 0.85, lengths[-1] * 2.6), ax.grid(True)
            ax.set_xticks(lengths, [str(length) for length in lengths], rotation=45), ax.minorticks_off()
        figure.axes[0].legend(loc="upper left")

    return plots.picture(draw, 8.6, 3.2, "costs of attention and of a recurrent network over the length")
