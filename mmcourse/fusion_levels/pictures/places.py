"""A drawing of the three levels: where the paths of two senses meet."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from mmcourse.pictures import Picture, plots, style


def three_places() -> Picture:
    """Drawing: where the paths of two senses meet at the data, the feature and the model level."""
    return plots.picture(
        _draw_places,
        8.6,
        1.9,
        "drawing: data level joins before the network, feature level between "
        "encoders and head, model level after two separate decisions",
    )


def _draw_places(figure: Figure) -> None:
    stages = {"data": ["raw", "network"], "feature": ["raw", "encoder", "head"], "model": ["raw", "network", "rule"]}
    for ax, (level, steps) in zip(figure.subplots(1, 3), stages.items(), strict=True):
        ax.set(xlim=(-0.55, 4.0), ylim=(-0.5, 1.5), title=style.look(level).label)
        ax.axis("off")
        for i, step in enumerate(steps):
            _draw_stage(ax, i, step, level, joined=i == len(steps) - 1)
        end = 1.3 * (len(steps) - 1) + 0.48
        _arrow(ax, (end, 0.5), (end + 0.35, 0.5))
        ax.text(end + 0.4, 0.5, "“3”", va="center", fontsize=11)


def _draw_stage(ax: Axes, i: int, step: str, level: str, joined: bool) -> None:
    x = 1.3 * i
    for y, name in [(0.5, level)] if joined else [(1.0, "image"), (0.0, "audio")]:
        ax.add_patch(
            FancyBboxPatch(
                (x - 0.44, y - 0.15),
                0.88,
                0.3,
                boxstyle="round,pad=0.02",
                facecolor="white",
                linewidth=2.8 if joined else 1.6,
                edgecolor=style.look(name).colour,
            )
        )
        ax.text(x, y, name if step == "raw" else step, ha="center", va="center", fontsize=9)
    for y in [1.0, 0.0] if i else []:
        _arrow(ax, (x - 0.82, y), (x - 0.47, 0.5 + 0.2 * (y - 0.5) if joined else y))


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=9, color=style.SOFT, linewidth=1.2))
