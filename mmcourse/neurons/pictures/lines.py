"""A neuron with two inputs is a line in the plane: its field of answers, the digits as points, the way it learns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from torch import Tensor

from mmcourse.engine import generator
from mmcourse.neurons.single_neuron import ACTIVATIONS, mse, neuron
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style
from mmcourse.pictures.plots import array

BANDS = 20  # steps of the answer in a field: they show its slope, and flat colours make a small, fast PNG
FIELD = LinearSegmentedColormap.from_list("answer", ["#9DC8E4", "#FFFFFF", "#F3B48D"], N=BANDS)  # 0, one half, 1
THREE = {"marker": "o", "color": style.CLASSES[0], "markerfacecolor": "none", "label": "3"}
EIGHT = {"marker": "s", "color": style.CLASSES[1], "label": "8"}
SIDE = 40  # a field of answers has SIDE x SIDE of them


def plane(ax: Axes) -> None:
    """Axes for the two ink measurements."""
    ax.set(
        xlim=(0, 1),
        ylim=(0, 1),
        aspect="equal",
        xlabel="x1: ink upper left (share)",
        ylabel="x2: ink lower left (share)",
    )


def field(figure: Figure, ax: Axes, low: float, high: float) -> AxesImage:
    """An empty field of answers over the square from ``low`` to ``high``, with its colour bar."""
    corners = (low, high, low, high)
    image = ax.imshow(np.zeros((SIDE, SIDE)), cmap=FIELD, vmin=0, vmax=1, origin="lower", extent=corners)
    image.set_zorder(0)
    bar = figure.colorbar(image, ax=ax, shrink=0.8, label="answer y")
    bar.ax.yaxis.set_label_position("left")  # on the right it would read as the label of the next axes
    return image


MIDDLE = {"relu": 0.5, "tanh": float(np.arctanh(0.5)), "gelu": 0.6684}  # the sum z where the answer is 1/2


class LineView(View):
    """The answers of a neuron with two inputs as a field, its line, and what it says about each digit."""

    size, alt = (6.8, 3.0), "the plane of two ink measurements, coloured by a neuron's answer, with its line"

    def __init__(self, x: Tensor, t: Tensor) -> None:
        self.x, self.t = x.detach().cpu(), t.detach().cpu()
        side = torch.linspace(0, 1, SIDE)
        self.nodes = torch.stack(torch.meshgrid(side, side, indexing="xy"), -1)  # (SIDE, SIDE, 2)
        self.lift = torch.linspace(-0.3, 0.3, len(t))[torch.randperm(len(t), generator=generator(0))]
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.05))
        plane(left)
        right.set(
            xlim=(-0.25, 1.25),
            ylim=(-0.5, 1.5),
            xlabel="the neuron's answer y",
            yticks=[0, 1],
            yticklabels=["3s", "8s"],
            title=" ",
        )
        right.plot([0.5, 0.5], [-0.5, 1.5], color=style.INK, linewidth=1)
        self.field = self.moving(field(figure, left, 0, 1))
        looks = (THREE, EIGHT)
        for label, look in enumerate(looks):
            points = array(self.x[self.t == label]).T
            self.moving(left.plot(*points, linestyle="", markersize=4, zorder=2, **look)[0])
        self.edge = self.moving(left.plot([], [], color=style.INK, zorder=3)[0])
        self.strips = [self.moving(right.plot([], [], linestyle="", markersize=3.5, **look)[0]) for look in looks]
        self.words = []  # the words stand still, only the numbers move: text is what costs time
        for place, name in ((0, "loss (MSE):"), (0.53, f"wrong of {len(self.t)}:")):
            right.text(place, 1.04, name, transform=right.transAxes)
            self.words.append(self.moving(right.text(place + 0.46, 1.04, "", transform=right.transAxes, ha="right")))

    def update(self, w1: float, w2: float, b: float, activation: str) -> None:
        w, bias = torch.tensor([float(w1), float(w2)]), torch.tensor(float(b))
        answers, y = (neuron(x, w, bias, activation) for x in (self.nodes, self.x))
        self.field.set_data(array(answers.clamp(0, 1)))
        middle = {"relu": 0.5, "tanh": float(np.arctanh(0.5)), "gelu": 0.6684}.get(
            activation, 0.0
        )  # z where the answer is 1/2
        self.edge.set_data(*edge(w1, w2, b - middle))
        for label, strip in enumerate(self.strips):
            chosen = self.t == label
            strip.set_data(array(y[chosen].clamp(-0.2, 1.2)), array(label + self.lift[chosen]))
        wrong = int(((y >= 0.5) != (self.t >= 0.5)).sum())
        loss = float(mse(y, self.t))
        self.words[0].set_text(f"{loss:.3f}"), self.words[1].set_text(str(wrong))


def edge(w1: float, w2: float, b: float) -> tuple[list[float], list[float]]:
    """Two far ends of the line w1 x1 + w2 x2 + b = 0; nothing to draw when both weights are 0."""
    size = float(np.hypot(w1, w2))
    if size == 0:
        return [], []
    x1, x2 = -b * w1 / size**2, -b * w2 / size**2  # the line's point nearest to (0, 0)
    return [x1 - 3 * w2 / size, x1 + 3 * w2 / size], [x2 + 3 * w1 / size, x2 - 3 * w1 / size]


def neuron_line(x: Tensor, t: Tensor, w1: float, w2: float, b: float, activation: str = "sigmoid") -> Picture:
    """What a neuron with weights w1, w2 and bias b says about points x (B, 2) with targets t (B,), 0 or 1."""
    return LineView(x, t).picture(w1=w1, w2=w2, b=b, activation=activation)


def neuron_line_panel(x: Tensor, t: Tensor) -> Panel:
    """Turn and shift the line of one neuron between the 3s and the 8s."""
    return Panel(
        LineView(x, t),
        w1=slider("weight w1", -10.0, 10.0, 4.0, 0.5),
        w2=slider("weight w2", -10.0, 10.0, -4.0, 0.5),
        b=slider("bias b", -10.0, 10.0, 0.0, 0.2),
        activation=choice("activation", list(ACTIVATIONS), "sigmoid"),
    )


def descent(
    x: Tensor, t: Tensor, path: Sequence[tuple[Tensor, Tensor]], losses: Sequence[float], steps: Sequence[int]
) -> Picture:
    """Loss over steps, and the neuron's line at some ``steps``; ``path`` holds (w, b) after every step."""

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        left.plot(range(1, len(losses) + 1), losses, color=style.CLASSES[0])
        left.set(xscale="log", ylabel="loss (MSE)", ylim=(0, 0.27)), left.grid(True)
        left.set_xlabel("step (each tick ten times the one before)")
        plane(right)
        for label, look in enumerate((THREE, EIGHT)):
            right.plot(*array(x[t == label]).T, linestyle="", markersize=3, alpha=0.45, **look)
        for step, line in zip(steps, (":", "-.", "--", "-"), strict=True):
            w, b = path[step - 1]
            ends = edge(float(w[0]), float(w[1]), float(b))
            right.plot(*ends, color=style.INK, linestyle=line, label=f"step {step}")
            left.plot(step, losses[step - 1], "o", color=style.INK)
        right.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))

    return plots.picture(draw, 7.2, 3.1, "the loss falls step by step, and the line moves between the 3s and the 8s")
