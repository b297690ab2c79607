"""Nine numbers on a photograph: ready-made kernels and one's own, and smaller maps of edges by pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from torch import Tensor

from mmcourse.cnn.convolution import avg_pool, conv2d, max_pool
from mmcourse.cnn.pictures.windows import RIGHT_MINUS_LEFT
from mmcourse.datasets import photo
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style
from mmcourse.pictures.plots import array

KERNELS: Mapping[str, tuple[Sequence[float], float]] = {
    "nothing": ((0, 0, 0, 0, 1, 0, 0, 0, 0), 0.0),
    "blur": ((0.1, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1), 0.0),
    "sharpen": ((0, -1, 0, -1, 5, -1, 0, -1, 0), 0.0),
    "upright edges": ((-1, 0, 1, -1, 0, 1, -1, 0, 1), 0.0),
    "level edges": ((-1, -1, -1, 0, 0, 0, 1, 1, 1), 0.0),
    "all edges": ((-1, -1, -1, -1, 8, -1, -1, -1, -1), 0.0),
    "relief": ((-1, -0.5, 0, -0.5, 0, 0.5, 0, 0.5, 1), 0.5),
}
OWN = "my own"
PLACES = [f"k{row}{column}" for row in range(3) for column in range(3)]


class KernelView(View):
    """A photograph, a 3 x 3 kernel as numbers, and the map: below 0 is black, above 1 is white."""

    size, alt = (8.2, 2.75), "a photograph, nine numbers, and what these nine numbers make of the photograph"

    def __init__(self, picture: Tensor) -> None:
        self.image = picture.detach().cpu()[None]  # (1, 1, H, W)
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, middle, right = figure.add_gridspec(1, 3, width_ratios=(3, 1.25, 3))
        table = middle.subgridspec(4, 3, height_ratios=(1, 1, 1, 1), hspace=0, wspace=0)
        self.cells = [self.cell(figure.add_subplot(table[k // 3, k % 3])) for k in range(9)]
        self.cells[1].axes.set_title("kernel", loc="center")
        foot = figure.add_subplot(table[3, :])
        foot.set_axis_off()
        foot.text(0.62, 0.6, "their sum:", ha="right", va="center")
        self.sum = self.moving(foot.text(0.68, 0.6, "", va="center"))
        pictures = [
            style.heat(figure.add_subplot(place), array(self.image[0, 0]), low=0, high=1, cmap="gray")
            for place in (left, right)
        ]
        pictures[0].axes.set_title("photograph"), pictures[1].axes.set_title("map: sum of each window + bias")
        self.result = self.moving(pictures[1])

    def cell(self, ax: Axes) -> Text:
        """One number of the kernel in axes of its own: only those that change are drawn again."""
        ax.set(xticks=[], yticks=[], facecolor="#E8E8E8")
        ax.spines[["left", "bottom"]].set_visible(False)
        return self.moving(ax.text(0.5, 0.47, "", ha="center", va="center", transform=ax.transAxes, fontsize=11))

    def update(self, preset: str = OWN, bias: float = 0.0, **weights: float) -> None:
        """``preset`` is there for the panel alone: it has already moved the nine weights."""
        new = [round(float(weights[place]), 2) + 0.0 for place in PLACES]  # + 0.0 makes 0 of -0
        kernel = torch.tensor(new).reshape(1, 1, 3, 3)
        self.result.set_data(array(conv2d(self.image, kernel))[0, 0] + bias)
        for cell, weight in zip(self.cells, new, strict=True):
            cell.set_text(f"{weight:g}".replace("-", "−"))
        self.sum.set_text(f"{round(sum(new), 2) + 0.0:g}".replace("-", "−"))


def kernel_editor(
    kernel: Sequence[Sequence[float]] | Tensor, bias: float = 0.0, picture: Tensor | None = None
) -> Picture:
    """What a kernel of 3 x 3 numbers makes of a photograph (1, H, W); the one of the course if None."""
    weights = torch.as_tensor(kernel, dtype=torch.float64).flatten().tolist()
    view = KernelView(photo.load() if picture is None else picture)
    return view.picture(bias=bias, **dict(zip(PLACES, weights, strict=True)))


class KernelPanel(Panel):
    """The nine sliders of a kernel; choosing a ready-made one moves them all, moving one makes the kernel your own."""

    def __init__(self, picture: Tensor) -> None:
        self.moving_all = False
        names = {place: f"row {place[1]}, column {place[2]}" for place in PLACES}
        weights, bias = KERNELS["upright edges"]
        super().__init__(
            KernelView(picture),  # three sliders fit into a row of the page, as three numbers into a row of the kernel
            **{place: slider(names[place], -8.0, 8.0, float(w), 0.1) for place, w in zip(PLACES, weights, strict=True)},
            preset=choice("ready-made", [*KERNELS, OWN], "upright edges"),
            bias=slider("bias", -1.0, 1.0, bias, 0.1),
        )

    def _changed(self, change: Mapping[str, Any]) -> None:
        """One redraw for each move of the learner, however many sliders follow it."""
        if self.moving_all:
            return
        self.moving_all = True
        if change["owner"] is not self.controls["preset"]:
            self.controls["preset"].value = OWN
        elif change["new"] != OWN:
            weights, bias = KERNELS[change["new"]]
            for name, value in {**dict(zip(PLACES, weights, strict=True)), "bias": bias}.items():
                self.controls[name].value = float(value)
        self.moving_all = False
        super()._changed(change)


def kernel_editor_panel(picture: Tensor | None = None) -> Panel:
    """Choose a kernel or make your own, and see what it makes of a photograph (1, H, W)."""
    return KernelPanel(photo.load() if picture is None else picture)


def pooled(picture: Tensor, kernel: int = 4) -> Picture:
    """The upright edges of a photograph (1, H, W), and their max and average pooling."""

    def draw(figure: Figure) -> None:
        edges = conv2d(picture.detach().cpu()[None], RIGHT_MINUS_LEFT[None, None]).abs()
        maps = {
            "upright edges, sign dropped": edges,
            f"max pooling, {kernel} x {kernel}": max_pool(edges, kernel),
            f"average pooling, {kernel} x {kernel}": avg_pool(edges, kernel),
        }
        for ax, (name, pixels) in zip(figure.subplots(1, 3), maps.items(), strict=True):
            shown = style.heat(ax, array(pixels[0, 0]), low=0, high=1.5, cmap="gray")
            ax.set_title(name), ax.set_xlabel(f"{pixels.shape[2]} x {pixels.shape[3]} numbers")
        figure.colorbar(shown, ax=figure.axes, label="size of the edge", shrink=0.7)

    return plots.picture(draw, 8.6, 2.2, "edges of a photograph, and smaller maps of them by max and average pooling")
