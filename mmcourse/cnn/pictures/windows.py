"""A window on small pictures: numbers by hand, its way over a digit, and the dense layer that does the same."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from mmcourse.cnn.convolution import conv2d, convolution_matrix, correlate
from mmcourse.datasets import digits
from mmcourse.pictures import Panel, Picture, View, plots, slider, style
from mmcourse.pictures.plots import array

RIGHT_MINUS_LEFT = torch.tensor([[-1.0, 0.0, 1.0]] * 3)  # ink on the right minus ink on the left


def number_table(ax: Axes, values: np.ndarray, title: str, reach: float = 2.0, size: float = 11) -> Axes:
    """A small table of numbers on a grey ground that is darker for larger numbers; NaN leaves a field empty."""
    style.heat(ax, values, low=-reach, high=3 * reach, cmap="gray_r")
    ax.set_title(title, loc="center")
    for (row, column), value in np.ndenumerate(values):
        box(ax, row, column, 1, 1, edgecolor=style.SOFT, linewidth=0.5)
        if np.isfinite(value):
            ax.text(column, row, f"{value:g}".replace("-", "−"), ha="center", va="center", fontsize=size)
    return ax


def box(ax: Axes, top: float, left: float, height: float, width: float, **keywords: object) -> Rectangle:
    """A frame round the pixels from ``top``, ``left`` on."""
    looks = {"fill": False, "edgecolor": style.CLASSES[1], "linewidth": 2.5, **keywords}
    return ax.add_patch(Rectangle((left - 0.5, top - 0.5), width, height, **looks))


def by_hand(pixels: Tensor, kernel: Tensor, place: tuple[int, int] = (0, 1)) -> Picture:
    """A picture (H, W) and a kernel (h, w) as numbers, one window framed, and its sum alone in the map."""

    sums = array(correlate(pixels, kernel)).copy()
    sums[np.arange(sums.size).reshape(sums.shape) != place[0] * sums.shape[1] + place[1]] = np.nan

    def draw(figure: Figure) -> None:
        sizes = [part.shape[1] for part in (pixels, kernel, sums)]  # a number is as wide in each of the three
        left, middle, right = figure.subplots(1, 3, width_ratios=sizes)
        number_table(left, array(pixels), "picture"), number_table(middle, array(kernel), "kernel")
        number_table(right, sums, "map")
        for ax in (left, middle, right):  # as many rows high, so that a number is as large in each of the three
            ax.set_ylim(len(pixels) - 0.4, -0.6), ax.set_xlim(-0.6, ax.get_xlim()[1] + 0.1)
        right.set_xticks(range(sums.shape[1])), right.set_yticks(range(sums.shape[0]))
        right.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
        box(left, *place, *kernel.shape), box(right, *place, 1, 1), box(middle, 0, 0, *kernel.shape)

    return plots.picture(draw, 6.4, 2.5, "a picture and a kernel as numbers, a window framed, and its sum in the map")


class SlidingView(View):
    """A 3 x 3 window on its way over a picture with padding, stride and dilation, and the map it has made so far."""

    size, alt = (7.8, 3.3), "a window on its way over a digit, and the map of sums that it has made so far"
    most = 2  # padding

    def __init__(self, image: Tensor, kernel: Tensor) -> None:
        self.image, self.kernel = image.detach().cpu().float(), kernel.detach().cpu().float()
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, middle, right = figure.subplots(1, 3, width_ratios=(1, 0.3, 1.25))
        number_table(middle, array(self.kernel), "kernel", size=9)
        height, width = self.image.shape
        style.heat(left, array(self.image), low=0, high=1, cmap="gray_r")
        low, high, wide = -self.most - 0.6, height + self.most - 0.4, width + self.most - 0.4
        left.set(xlim=(low, wide), ylim=(high, low)), left.set_title("picture (dashed: with padding)")
        box(left, 0, 0, height, width, edgecolor=style.SOFT, linewidth=0.8)
        self.edge = self.moving(box(left, 0, 0, height, width, edgecolor=style.SOFT, linestyle="--", linewidth=1.2))
        dots = {"linestyle": "", "marker": "s", "markersize": 9, "markerfacecolor": "none", "markeredgewidth": 2}
        self.window = self.moving(left.plot([], [], color=style.CLASSES[1], **dots)[0])
        largest = float(conv2d(self.image[None, None], self.kernel[None, None], padding=self.most).abs().max())
        side = height + 2 * self.most - 2
        self.map = self.moving(style.heat(right, np.zeros((side, side)), low=-largest, high=largest))
        figure.colorbar(self.map, ax=right, shrink=0.8, label="sum of the window")
        right.set_title("map so far")
        self.whole = self.moving(box(right, 0, 0, 1, 1, edgecolor=style.SOFT, linewidth=1.0))
        right.set(xlim=(-0.6, side - 0.4), ylim=(side - 0.4, -0.6))
        self.here = self.moving(box(right, 0, 0, 1, 1))
        self.words = []  # the words stand still, only the numbers move
        for ax, name, after in ((left, "sum of this window:", 0.57), (right, "size of the whole map:", 0.62)):
            ax.text(0, -0.03, name, transform=ax.transAxes, va="top")
            self.words.append(self.moving(ax.text(after, -0.03, "", transform=ax.transAxes, va="top")))

    def update(self, place: int, padding: int, stride: int, dilation: int) -> None:
        shape = {"padding": padding, "stride": stride, "dilation": dilation}
        sums = array(conv2d(self.image[None, None], self.kernel[None, None], **shape))[0, 0]
        place = min(place, sums.size - 1)
        y, x = divmod(place, sums.shape[1])
        top, left = y * stride - padding, x * stride - padding
        rows, columns = (first + dilation * np.arange(3) for first in (top, left))
        self.window.set_data(np.tile(columns, 3), np.repeat(rows, 3))
        self.edge.set_bounds(-padding - 0.5, -padding - 0.5, *(side + 2 * padding for side in self.image.shape[::-1]))
        shown = np.full(self.map.get_array().shape, np.nan)
        done = np.where(np.arange(sums.size).reshape(sums.shape) <= place, sums, np.nan)
        shown[: sums.shape[0], : sums.shape[1]] = done
        self.whole.set_bounds(-0.5, -0.5, *sums.shape[::-1])
        self.map.set_data(np.ma.masked_invalid(shown)), self.here.set_xy((x - 0.5, y - 0.5))
        self.words[0].set_text(f"{sums[y, x]:.2f}".replace("-", "−"))
        self.words[1].set_text(f"{sums.shape[0]} x {sums.shape[1]}")


def sliding(
    image: Tensor | None = None,
    kernel: Tensor = RIGHT_MINUS_LEFT,
    *,
    place: int = 20,
    padding: int = 0,
    stride: int = 1,
    dilation: int = 1,
) -> Picture:
    """The window number ``place`` of a kernel (3, 3) on a picture (H, W); the first 7 of the digits if None."""
    return SlidingView(seven() if image is None else image, kernel).picture(
        place=place, padding=padding, stride=stride, dilation=dilation
    )


def sliding_panel(image: Tensor | None = None, kernel: Tensor = RIGHT_MINUS_LEFT) -> Panel:
    """Drag the window along, and change padding, stride and dilation."""
    view = SlidingView(seven() if image is None else image, kernel)
    return Panel(
        view,
        place=slider("window number", 0, 99, 20, 1),
        padding=slider("padding", 0, view.most, 0, 1),
        stride=slider("stride", 1, 3, 1, 1),
        dilation=slider("dilation", 1, 3, 1, 1),
    )


def seven() -> Tensor:
    """The first 7 of the training digits, (8, 8)."""
    images, labels = digits.load("train")
    return images[labels == 7][0, 0]


def dense_matrix(side: int = 5) -> Picture:
    """The matrix of a 3 x 3 kernel a..i on a picture of side x side pixels: a letter where a weight stands, else 0."""

    def draw(figure: Figure) -> None:
        small, large = figure.subplots(1, 2, width_ratios=(1, 6.5))
        weights = torch.arange(1.0, 10.0).reshape(1, 1, 3, 3)
        looks = {"low": -4, "high": 28, "cmap": "gray_r"}
        for ax, numbers in ((small, weights[0, 0]), (large, convolution_matrix(weights, (side, side)))):
            style.heat(ax, np.where(array(numbers) > 0, array(numbers), np.nan), **looks)
            for (row, column), number in np.ndenumerate(array(numbers)):
                if number:
                    ax.text(column, row, " abcdefghi"[int(number)], ha="center", va="center")
        small.set_title("kernel", loc="center"), large.set_title("the weights W of the dense layer; empty places are 0")
        rows, columns = large.get_images()[0].get_array().shape
        large.hlines(np.arange(-0.5, rows), -0.5, columns - 0.5, color=style.GRID, linewidth=0.6)
        large.vlines(np.arange(-0.5, columns, side), -0.5, rows - 0.5, color=style.SOFT, linewidth=0.9)
        large.hlines(np.arange(-0.5, rows, side - 2), -0.5, columns - 0.5, color=style.SOFT, linewidth=0.9)
        large.set_xlabel(f"pixel of the picture, row by row (0 to {columns - 1})")
        large.set_ylabel(f"place in the map (0 to {rows - 1})")

    return plots.picture(draw, 8.6, 3.2, "a kernel of letters a to i, and the matrix in which they stand many times")
