"""Digits and weights as pictures of 8 x 8: the two ink squares, what hidden units look for, one neuron's verdict."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.neurons.classifiers import MLP
from mmcourse.neurons.single_neuron import sigmoid
from mmcourse.pictures import Panel, Picture, View, plots, slider, style
from mmcourse.pictures.plots import array, frame

WEIGHTS = "RdBu_r"  # red adds, blue takes away
SQUARES = ((2, 2), (4, 2))  # first row and column of x1 and of x2


def pixel_lines(ax: Axes) -> Axes:
    """Thin lines between the 8 x 8 pixels, so that they can be counted."""
    between = np.arange(0.5, 7)
    ax.hlines(between, -0.5, 7.5, color=style.SOFT, linewidth=0.25)
    ax.vlines(between, -0.5, 7.5, color=style.SOFT, linewidth=0.25)
    return ax


def three_or_eight(images: Tensor, labels: Tensor, squares: bool = False, count: int = 7) -> Picture:
    """Some 3s above some 8s, from images (B, 1, 8, 8) and labels (B,); with the two ink squares if wanted."""

    def draw(figure: Figure) -> None:
        for row, (axes, label) in enumerate(zip(figure.subplots(2, count), (3, 8), strict=True)):
            for ax, pixels in zip(axes, array(images[labels == label][:count, 0]), strict=True):
                plots.digit(ax, pixels, ""), frame(ax), pixel_lines(ax)
                for (top, left), line in zip(SQUARES if squares else (), ("-", "--"), strict=False):
                    ax.plot(
                        left - 0.5 + np.array([0, 2, 2, 0, 0]),
                        top - 0.5 + np.array([0, 0, 2, 2, 0]),
                        color=style.CLASSES[1],
                        linestyle=line,
                    )
            axes[0].set_ylabel(f"label {label}", rotation=0, labelpad=22, va="center")
            if squares and row == 0:
                axes[0].set_title("solid: x1, dashed: x2", fontsize=8.5)

    return plots.picture(draw, 7.2, 2.3, f"{count} handwritten 3s above {count} handwritten 8s")


def signs(ax: Axes, pixels: np.ndarray, scale: float, size: float) -> None:
    """Marks on the strong weights, so that their sign can be read without colour."""
    for sign, marker in ((1, "+"), (-1, "_")):
        rows, columns = np.nonzero(sign * pixels > scale / 2)
        ax.plot(columns, rows, linestyle="", marker=marker, color="white", markersize=size, markeredgewidth=1)


def hidden_units(model: MLP, rows: int = 3, columns: int = 8) -> Picture:
    """The incoming weights of the first rows x columns hidden units as 8 x 8 pictures on one shared scale."""

    def draw(figure: Figure) -> None:
        weights = array(model.w1).T.reshape(-1, 8, 8)[: rows * columns]
        scale = float(np.quantile(np.abs(weights), 0.99))
        axes = figure.subplots(rows, columns)
        for unit, (ax, pixels) in enumerate(zip(axes.flat, weights, strict=True)):
            image = style.heat(ax, pixels, low=-scale, high=scale, cmap=WEIGHTS)
            signs(ax, pixels, scale, 3.5), frame(ax), ax.set_title(f"unit {unit}", fontsize=8, loc="center")
        figure.colorbar(image, ax=axes, label="weight\n+ and −: the strongest", shrink=0.9)

    return plots.picture(draw, 7.2, 3.4, f"the weights of {rows * columns} hidden units as small pictures")


class UnitView(View):
    """One hidden unit: what it looks for, which digits excite it most, and for which classes it speaks."""

    size, alt = (7.2, 2.7), "one hidden unit: its weights, the digits that excite it most, the classes it speaks for"

    def __init__(self, model: MLP, images: Tensor) -> None:
        w1, w2 = model.w1.detach().cpu(), array(model.w2)
        images = images.detach().cpu()
        self.pictures, self.votes = array(w1).T.reshape(-1, 8, 8), w2
        excitement = images.flatten(1) @ w1 + model.b1.detach().cpu()  # (B, H)
        best = array(images[:, 0])[array(excitement.topk(6, dim=0).indices)]  # (6, H, 8, 8)
        self.best = np.full((w1.shape[1], 17, 26), np.nan)  # two rows of three digits, one empty pixel between
        for place in range(6):
            row, column = divmod(place, 3)
            self.best[:, 9 * row : 9 * row + 8, 9 * column : 9 * column + 8] = best[place]
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, middle, right = figure.subplots(1, 3, width_ratios=(1.15, 1.2, 1))
        self.scale = float(np.quantile(np.abs(self.pictures), 0.99))
        empty, limits = np.zeros((8, 8)), {"low": -self.scale, "high": self.scale}
        self.weights = self.moving(style.heat(left, empty, cmap=WEIGHTS, **limits))
        figure.colorbar(self.weights, ax=left, shrink=0.7, label="weight")
        self.signs = [
            self.moving(left.plot([], [], linestyle="", marker=marker, color="white", markersize=7)[0])
            for marker in "+_"
        ]
        left.set_title("its 64 weights", loc="center"), middle.set_title("excite it most", loc="center")
        self.digits = self.moving(style.heat(middle, self.best[0], low=0, high=1, cmap="gray_r"))
        middle.set_facecolor(style.GRID), middle.patch.set_visible(True)
        reach = float(np.abs(self.votes).max()) * 1.1
        right.axvline(0, color=style.INK, linewidth=1)
        right.set(xlim=(-reach, reach), ylim=(9.6, -0.6), yticks=range(10), ylabel="class")
        right.set_xlabel("weight to the class")
        right.set_title("− against, + for", loc="center")
        self.stems = self.moving(right.plot([], [], color=style.SOFT, linewidth=2)[0])
        looks = ({"marker": "s"}, {"marker": "o", "markerfacecolor": "white"})  # for, against
        self.tips = [self.moving(right.plot([], [], linestyle="", color=style.CLASSES[0], **look)[0]) for look in looks]

    def update(self, unit: int) -> None:
        pixels, votes, classes = self.pictures[unit], self.votes[unit], np.arange(self.votes.shape[1])
        self.weights.set_data(pixels), self.digits.set_data(self.best[unit])
        for sign, line in zip((1, -1), self.signs, strict=True):
            rows, columns = np.nonzero(sign * pixels > self.scale / 2)
            line.set_data(columns, rows)
        nothing = np.zeros_like(votes)
        self.stems.set_data(np.stack([nothing, votes, nothing * np.nan], 1).ravel(), classes.repeat(3))
        for sign, tips in zip((1, -1), self.tips, strict=True):
            tips.set_data(votes[sign * votes > 0], classes[sign * votes > 0])


def unit(model: MLP, images: Tensor, unit: int = 0) -> Picture:
    """One hidden unit of a trained network, and the images (B, 1, 8, 8) that excite it most."""
    return UnitView(model, images).picture(unit=unit)


def unit_panel(model: MLP, images: Tensor, start: int = 0) -> Panel:
    """Go through the hidden units one by one, from number ``start``."""
    return Panel(UnitView(model, images), unit=slider("hidden unit", 0, len(model.b1) - 1, start, 1))


class VerdictView(View):
    """One digit times the weights of one neuron: what every pixel adds to the sum, and the verdict."""

    size, alt = (7.0, 2.5), "a digit, the weights of a neuron, what each pixel adds, and the neuron's verdict"

    def __init__(self, images: Tensor, t: Tensor, w: Tensor, b: Tensor) -> None:
        self.images, self.w, self.b = array(images[:, 0]), array(w).reshape(8, 8), float(b)
        self.labels = [8 if target else 3 for target in t.tolist()]
        super().__init__()

    def build(self, figure: Figure) -> None:
        axes = figure.subplots(1, 4, width_ratios=(1, 1.25, 1.25, 1))
        scale = float(np.abs(self.w).max())
        limits = {"low": -scale, "high": scale, "cmap": WEIGHTS}
        self.ink = self.moving(style.heat(axes[0], self.w * 0, low=0, high=1, cmap="gray_r"))
        weights = style.heat(axes[1], self.w, **limits)
        self.parts = self.moving(style.heat(axes[2], self.w * 0, **limits))
        signs(axes[1], self.w, scale, 6), frame(axes[0]), frame(axes[1]), frame(axes[2])
        self.signs = [
            self.moving(axes[2].plot([], [], linestyle="", marker=marker, color="white", markersize=6)[0])
            for marker in "+_"
        ]
        for ax, title in zip(axes, ("label   ", "the weights w", "what each adds: w x", "sum + bias = z"), strict=True):
            ax.set_title(title, loc="center")
        figure.colorbar(weights, ax=axes[1:3], label="− for 3, + for 8", shrink=0.75, location="bottom", aspect=30)
        axes[3].set(xlim=(-0.6, 0.9), ylim=(-0.06, 1.2), ylabel="answer, 0 (a 3) to 1 (an 8)")
        axes[3].set_xticks([]), axes[3].set_yticks([0, 0.5, 1])
        axes[3].axhline(0.5, color=style.SOFT, linewidth=1, linestyle="--")
        self.stem = self.moving(axes[3].plot([], [], color=style.INK, linewidth=3)[0])
        self.dot = self.moving(axes[3].plot([], [], "D", color=style.INK, markersize=9)[0])
        self.label = self.moving(axes[0].text(0.72, 1.05, "", transform=axes[0].transAxes))
        self.sum = self.moving(axes[3].text(0.15, 1.1, "", ha="center", fontsize=8.5))
        self.answer = self.moving(axes[3].text(0.15, 0, "", va="center"))

    def update(self, number: int) -> None:
        parts = self.images[number] * self.w
        total = float(parts.sum())
        z = total + self.b
        y = float(sigmoid(torch.tensor(z)))
        self.ink.set_data(self.images[number]), self.parts.set_data(parts)
        for sign, line in zip((1, -1), self.signs, strict=True):
            rows, columns = np.nonzero(sign * parts > np.abs(self.w).max() / 2)
            line.set_data(columns, rows)
        self.stem.set_data([0, 0], [0.5, y]), self.dot.set_data([0], [y])
        self.label.set_text(str(self.labels[number]))
        self.sum.set_text(f"{total:.2f} {self.b:+.2f} = {z:.2f}".replace("-", "−"))
        self.answer.set_text(f"{y:.3f}"), self.answer.set_y(y)


def verdict(images: Tensor, t: Tensor, w: Tensor, b: Tensor, number: int = 0) -> Picture:
    """How a neuron with w (64,) and b () decides on one of the images (B, 1, 8, 8) with targets t (B,)."""
    return VerdictView(images, t, w, b).picture(number=number)


def verdict_panel(images: Tensor, t: Tensor, w: Tensor, b: Tensor) -> Panel:
    """Go through the digits and see what each pixel adds."""
    return Panel(VerdictView(images, t, w, b), number=slider("digit number", 0, len(images) - 1, 0, 1))
