"""Scores as bars with intervals, and the learner's picks held against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from matplotlib.figure import Figure

from mmcourse.engine import mean_interval
from mmcourse.fusion_levels.levels import LEVELS
from mmcourse.pictures import Picture, plots, style

Scores = Mapping[str, Sequence[float]]


def score_bars(
    groups: Mapping[str, Scores],
    limits: Sequence[float] | None = None,
    rule: str = "",
    alt: str = "bars of accuracy with intervals",
) -> Picture:
    """Accuracy of each kind of model in each group of conditions, mean and 95 % interval over the seeds.

    ``rule``: the one of the model level, named in the legend when it is not the average.
    """
    names = list(next(iter(groups.values())))
    values = {name: [mean_interval(scores[name]) for scores in groups.values()] for name in names}
    looks = {name: style.look(name) for name in names}
    if rule:
        looks["model"] = replace(looks["model"], label=f"model level ({rule})")

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        plots.grouped_bars(ax, list(groups), values, looks=looks, limits=limits)
        ax.set(ylim=(0, 104))

    return plots.picture(draw, 8.4, 3.3, alt)


def judge_picks(picks: Mapping[str, Any], best: Mapping[str, Sequence[str]]) -> None:
    """Print, for each situation, whether the picked level is among those that may be the best."""
    for name, leading in best.items():
        pick = picks.get(name, ...)
        if pick is ...:
            print(f'○ {name:7} is still open: write "data", "feature" or "model" in place of the ...')
        elif pick not in LEVELS:
            print(f'✗ {name:7} {pick!r} is no level; choose "data", "feature" or "model"')
        else:
            print(f"{'✓' if pick in leading else '✗'} {name:7} you chose {pick}; may be the best: {', '.join(leading)}")
