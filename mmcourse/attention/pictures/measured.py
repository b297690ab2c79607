"""What divisors do to learning where to look."""

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
