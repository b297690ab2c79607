"""What a hidden layer can follow: a curve as a sum of bumps, and how the gap shrinks with the number of units."""

from __future__ import annotations

from collections.abc import Callable

import torch
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.neurons.approximation import hat, reach, sigmoid_bump, through_points
from mmcourse.pictures import Panel, Picture, View, plots, slider, style
from mmcourse.pictures.plots import array

Curve = Callable[[Tensor], Tensor]
MOST = 40  # hidden units on the slider


def bumps() -> Picture:
    """One bump out of three ReLUs, and one out of two sigmoids; the parts dashed, their sum broad."""

    def draw(figure: Figure) -> None:
        x = torch.linspace(-0.5, 3.5, 801)
        made = {
            "three ReLUs": ([x.relu(), -2 * (x - 1).relu(), (x - 2).relu()], hat(x, 0, 1, 2)),
            "two sigmoids": ([torch.sigmoid(9 * x), -torch.sigmoid(9 * (x - 2))], sigmoid_bump(x, 0, 2, 9)),
        }
        for ax, (title, (parts, total)) in zip(figure.subplots(1, 2), made.items(), strict=True):
            ax.plot(array(x), array(total), color=style.CLASSES[1], linewidth=5, alpha=0.5, label="their sum")
            for part, line in zip(parts, ("--", "-.", ":"), strict=False):
                ax.plot(array(x), array(part), line, color=style.CLASSES[0])
            ax.set(ylim=(-2.2, 2.2), xlabel="input x", ylabel="answer", title=title)
            ax.grid(True), ax.legend(loc="lower left")

    return plots.picture(draw, 7.2, 2.6, "a bump made of three ReLUs, and a bump made of two sigmoids")


class FollowView(View):
    """A curve and a ReLU network through points of it, with its hats; on the right the largest gap over the size."""

    size, alt = (7.6, 3.0), "a curve followed by a sum of hats, and the largest gap over the number of hidden units"

    def __init__(self, curve: Curve) -> None:
        self.curve, self.x = curve, torch.linspace(-0.25, 1.25, 601, dtype=torch.float64)
        self.inside = (self.x >= 0) & (self.x <= 1)
        self.said = {units: reach(through_points(*self.points(units)), self.x) for units in range(1, MOST + 1)}
        self.gaps = {u: float((y - curve(self.x))[self.inside].abs().max()) for u, y in self.said.items()}
        super().__init__()

    def points(self, units: int) -> tuple[Tensor, Tensor]:
        """The points (units + 1,) of the curve through which the network goes."""
        at = torch.linspace(0, 1, units + 1, dtype=torch.float64)
        return at, self.curve(at)

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(1.7, 1))
        y = self.curve(self.x)
        low, high = min(0.0, float(y.min())), float(y.max())
        left.set(xlim=(-0.25, 1.25), ylim=(low - 0.3, high + 0.5), xlabel="input x", ylabel="answer", title=" ")
        left.axvspan(-0.25, 0, color=style.GRID, alpha=0.5), left.axvspan(1, 1.25, color=style.GRID, alpha=0.5)
        left.plot(array(self.x), array(y), "--", color=style.INK, label="wanted")
        self.hats = self.moving(left.plot([], [], color=style.CLASSES[0], linewidth=0.8, label="hats")[0])
        self.sum = self.moving(left.plot([], [], color=style.CLASSES[1], linewidth=2.2, label="their sum")[0])
        left.legend(loc="upper right", ncols=3)
        right.plot(list(self.gaps), [max(gap, 1e-6) for gap in self.gaps.values()], color=style.CLASSES[1])
        right.set(xscale="log", yscale="log", xlabel="hidden units", title=" "), right.grid(True)
        right.set_ylabel("largest gap between 0 and 1")
        self.dot = self.moving(right.plot([], [], "o", color=style.INK)[0])
        self.words = self.moving(right.text(0, 1.04, "", transform=right.transAxes))

    def update(self, units: int) -> None:
        at, heights = self.points(units)
        edge, xs, ys = 1 / units, [], []
        for middle, height in zip(at.tolist(), heights.tolist(), strict=True):
            xs += [max(middle - edge, 0), middle, min(middle + edge, 1), float("nan")]
            ys += [0 if middle > 0 else height, height, 0 if middle < 1 else height, float("nan")]
        self.hats.set_data(xs, ys), self.sum.set_data(array(self.x), array(self.said[units]))
        self.dot.set_data([units], [max(self.gaps[units], 1e-6)])
        self.words.set_text(f"largest gap: {self.gaps[units]:.3f}")


def follow(curve: Curve, units: int = 8) -> Picture:
    """A ReLU network with ``units`` hidden units along a curve over 0 to 1; ``curve`` maps places (B,) to heights."""
    return FollowView(curve).picture(units=units)


def follow_panel(curve: Curve) -> Panel:
    """Add hidden units and watch the gap shrink."""
    return Panel(FollowView(curve), units=slider("hidden units", 1, MOST, 4, 1))
