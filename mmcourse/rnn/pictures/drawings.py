"""Drawings for lesson 05: a network unrolled in time, and the gates of an LSTM."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from mmcourse.pictures import Picture, plots, style


def _box(ax: Axes, x: float, y: float, words: str, width: float = 0.8, colour: str = style.INK) -> None:
    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - 0.2),
            width,
            0.4,
            boxstyle="round,pad=0.03",
            facecolor="white",
            edgecolor=colour,
            linewidth=1.8,
            zorder=3,
        )
    )
    ax.text(x, y, words, ha="center", va="center", fontsize=9.5, zorder=4)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], wide: float = 1.4) -> None:
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=11,
            color=style.SOFT,
            linewidth=wide,
            shrinkA=0,
            shrinkB=0,
            zorder=2,
        )
    )


def unrolled() -> Picture:
    """Drawing: a cell with a loop on the left, the same cell written out once for each of three steps."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        ax.set(xlim=(-0.8, 8.6), ylim=(-1.15, 1.15)), ax.axis("off")
        _box(ax, 0, 0, "cell")
        _arrow(ax, (0, -0.8), (0, -0.26)), _arrow(ax, (0, 0.26), (0, 0.8))
        ax.add_patch(
            FancyArrowPatch(
                (0.44, 0.14),
                (0.44, -0.14),
                connectionstyle="arc3,rad=-2.2",
                arrowstyle="-|>",
                mutation_scale=11,
                color=style.SOFT,
                linewidth=1.4,
            )
        )
        ax.text(0, -1.05, "x", ha="center"), ax.text(0, 0.9, "h", ha="center")
        ax.text(1.2, 0, "=", fontsize=16, va="center")
        for t in range(3):
            x = 3.4 + 1.9 * t
            _box(ax, x, 0, "cell")
            _arrow(ax, (x, -0.8), (x, -0.26)), _arrow(ax, (x, 0.26), (x, 0.8))
            _arrow(ax, (x - 1.42, 0), (x - 0.46, 0))
            ax.text(x, -1.05, f"$x_{t + 1}$", ha="center"), ax.text(x, 0.9, f"$h_{t + 1}$", ha="center")
            ax.text(x - 0.95, 0.12, f"$h_{t}$", ha="center", fontsize=9)
        _arrow(ax, (7.66, 0), (8.5, 0)), ax.text(8.1, 0.12, "$h_3$", ha="center", fontsize=9)

    return plots.picture(draw, 7.2, 1.9, "drawing: a cell with a loop, and the same unrolled over three steps")


def lstm_drawing() -> Picture:
    """Drawing: the memory line of an LSTM with what the three gates do to it."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        ax.set(xlim=(-0.9, 8.3), ylim=(-1.95, 1.0)), ax.axis("off")
        _arrow(ax, (-0.2, 0.6), (7.6, 0.6), 3.2)
        ax.text(-0.3, 0.6, "$c_{t-1}$", ha="right", va="center"), ax.text(7.7, 0.6, "$c_t$", va="center")
        for x, y, sign in ((1.5, 0.6, "×"), (3.9, 0.6, "+"), (3.9, -0.18, "×"), (6.9, -0.48, "×")):
            ax.text(
                x,
                y,
                sign,
                ha="center",
                va="center",
                fontsize=13,
                zorder=5,
                bbox={"boxstyle": "circle,pad=0.18", "facecolor": "white", "edgecolor": style.INK},
            )
        for x, words, end in (
            (1.5, "forget  f", (1.5, 0.36)),
            (3.15, "input  i", (3.72, -0.34)),
            (4.65, "candidate  g", (4.08, -0.34)),
            (6.9, "output  o", (6.9, -0.7)),
        ):
            _box(ax, x, -1.05, words, 1.3)
            _arrow(ax, (x, -0.82), end), _arrow(ax, (x, -1.7), (x, -1.28))
        _arrow(ax, (3.9, 0.03), (3.9, 0.37))
        ax.plot([0.4, 6.9], [-1.7, -1.7], color=style.SOFT, linewidth=1.4, zorder=1)
        ax.text(0.3, -1.7, "$x_t$ and $h_{t-1}$", ha="right", va="center")
        ax.text(
            6.1,
            0.02,
            "tanh",
            ha="center",
            va="center",
            fontsize=9.5,
            zorder=5,
            bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": style.SOFT},
        )
        _arrow(ax, (6.1, 0.58), (6.1, 0.2)), _arrow(ax, (6.1, -0.16), (6.65, -0.42))
        _arrow(ax, (7.12, -0.48), (7.65, -0.48)), ax.text(7.7, -0.48, "$h_t$", va="center")

    return plots.picture(draw, 7.2, 2.4, "drawing: the memory line of an LSTM and its three gates")
