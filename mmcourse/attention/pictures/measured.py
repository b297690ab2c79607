"""Pictures of what was measured: divisors, and the parts of a GPT one by one."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from mmcourse.engine import Interval
from mmcourse.pictures import Picture, plots, style


def divisors_picture(shares: Mapping[str, Mapping[str, Interval]]) -> Picture:
    """Share of right letters: a group of bars for each start, a bar with its interval for each divisor."""

    def draw(figure: Figure) -> None:
        ax, names = figure.subplots(), list(next(iter(shares.values())))
        values = {name: [group[name] for group in shares.values()] for name in names}
        groups = [name.replace(", ", "\n") for name in shares]
        plots.grouped_bars(ax, groups, values, looks=style.named_looks(names), legend=False)
        ax.set(ylabel="right letters (%)", ylim=(0, 112))
        ax.legend(title="divided by", loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=len(names))

    return plots.picture(draw, 7.4, 3.4, "right letters after training, by key size, start and divisor")


def parts_picture(losses: Mapping[str, Mapping[str, Interval]], known: Mapping[str, float]) -> Picture:
    """Held-out loss of each make, the first at the top, a mark with its interval for each length of training.

    ``losses``: {length: {make: interval}}. ``known``: losses of what was not trained, dotted lines with their names.
    """
    makes = list(next(iter(losses.values())))

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for (length, row), look in zip(losses.items(), style.named_looks(list(losses)).values(), strict=True):
            ends = [[one.mean - one.low for one in row.values()], [one.high - one.mean for one in row.values()]]
            shift = 0.13 * (1 if length == next(iter(losses)) else -1)
            places = [number - shift for number in range(len(makes))]
            dots = {"color": look.colour, "marker": look.curve["marker"], "linestyle": "none", "capsize": 3}
            ax.errorbar([one.mean for one in row.values()], places, xerr=ends, label=length, **dots)
        for name, loss in known.items():
            ax.axvline(loss, color=style.SOFT, linestyle=":", linewidth=1.2)
            ax.text(loss, -0.75, name, color=style.SOFT, fontsize=8, ha="center", va="bottom")
        ax.set(yticks=range(len(makes)), yticklabels=makes, ylim=(len(makes) - 0.5, -0.7))
        ax.set(xlabel="loss a word on captions never read (less is better)"), ax.grid(True, axis="x")
        ax.legend(loc="lower right")

    return plots.picture(draw, 7.4, 1.1 + 0.29 * len(makes), "held-out loss as parts are added or taken out")
