"""The code of a position as hands on circles: a shift turns each hand by an angle of its own."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmcourse.attention.encoder import angles, positional_code
from mmcourse.pictures import Panel, Picture, View, slider, style

PLACES, CODE = 60, 16


class PositionTurnView(View):
    """The code of each place, one pair of its numbers on a circle, and how alike two places are over their distance."""

    size, alt = (8.2, 3.1), "codes of places, one pair as a hand on a circle, likeness of codes over the shift"

    def __init__(self) -> None:
        self.code, self.turns = positional_code(PLACES, CODE).numpy(), angles(2, CODE)[1].numpy()
        super().__init__()

    def build(self, figure: Figure) -> None:
        heat, circle, alike = figure.subplots(1, 3, width_ratios=[1.1, 1.05, 1.1])
        drawn = heat.imshow(self.code.T, aspect="auto", cmap="RdBu_r", vmin=-1, vmax=1, interpolation="nearest")
        figure.colorbar(drawn, ax=heat, location="bottom", aspect=25, label="number in the code", ticks=[-1, 0, 1])
        heat.set(xlabel="position t", ylabel="dimension", title="codes, one a column", yticks=[0, 5, 10, 15])
        self._circle(circle)
        looks = ((style.CLASSES[0], "-", "o", "t"), (style.CLASSES[1], "--", "s", "t + shift"))
        self.hands = [
            self.moving(
                circle.plot([], [], line, color=colour, marker=mark, markevery=[1], markersize=8, label=label)[0]
            )
            for colour, line, mark, label in looks
        ]
        self.marks = [self.moving(heat.axvline(0, color=colour, linestyle=line)) for colour, line, _, _ in looks]
        self.pair = self.moving(heat.axhspan(-0.5, 1.5, fill=False, edgecolor=style.INK, linewidth=1.6))
        circle.legend(*circle.get_legend_handles_labels(), loc="upper center", ncols=2, fontsize=8, borderaxespad=0)
        self._likeness(alike)
        self.dot = self.moving(alike.plot([], [], "s", color=style.CLASSES[1], markersize=8)[0])
        circle.text(-0.22, 1.04, "turned by", transform=circle.transAxes)
        self.words = self.moving(circle.text(0.27, 1.04, "", transform=circle.transAxes))

    def _circle(self, ax: Axes) -> None:
        around = np.linspace(0, 2 * np.pi, 100)
        ax.plot(np.sin(around), np.cos(around), color=style.GRID)
        ax.set(
            xlim=(-1.25, 1.25),
            ylim=(-1.25, 1.5),
            aspect="equal",
            xlabel="sine",
            ylabel="cosine",
            xticks=[-1, 0, 1],
            yticks=[-1, 0, 1],
            title=" ",
        )

    def _likeness(self, ax: Axes) -> None:
        shifts = np.arange(-20, 21)
        ax.plot(shifts, np.cos(np.outer(shifts, self.turns)).mean(1), color=style.SOFT)
        ax.set(xlabel="shift (positions)", ylabel="likeness (1: the same)", ylim=(0, 1.08))
        ax.set_title("codes of t and t + shift")
        ax.grid(True)

    def update(self, position: int, shift: int, pair: int) -> None:
        turn = self.turns[pair]
        for hand, mark, place in zip(self.hands, self.marks, (position, position + shift), strict=True):
            hand.set_data([0, np.sin(place * turn)], [0, np.cos(place * turn)]), mark.set_xdata([place, place])
        self.pair.set_y(2 * pair - 0.5), self.pair.set_height(2)
        self.dot.set_data([shift], [np.cos(shift * self.turns).mean()])
        self.words.set_text(f"{shift} · {turn:.4f} rad = {math.degrees(shift * turn):.0f}°".replace("-", "−"))


def position_turn(position: int = 10, shift: int = 3, pair: int = 1) -> Picture:
    """Position ``position`` (0 to 59) and ``position + shift`` on the circle of pair ``pair`` (0 to 7)."""
    return PositionTurnView().picture(position=position, shift=shift, pair=pair)


def position_turn_panel() -> Panel:
    """Move position, shift and pair: the angle between the two hands depends on the shift alone."""
    return Panel(
        PositionTurnView(),
        position=slider("position t", 0, PLACES - 1, 10, 1),
        shift=slider("shift", -20, 20, 3, 1),
        pair=slider("pair", 0, CODE // 2 - 1, 1, 1),
    )
