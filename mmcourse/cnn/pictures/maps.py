"""What a network sees: the pixels behind one number, kernels, the maps of each stage, and variants of a digit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from mmcourse.cnn.augmentation import shift_images
from mmcourse.cnn.networks import DigitCNN
from mmcourse.cnn.pictures.shifts import pixel_frame, shift_sliders
from mmcourse.engine import Data
from mmcourse.pictures import Panel, Picture, View, plots, slider, style
from mmcourse.pictures.plots import array


def nested_fields(image: Tensor, fields: Mapping[str, int]) -> Picture:
    """A picture (1, H, W), and framed in it what one number sees at each named stage of a network."""

    def draw(figure: Figure) -> None:
        side = image.shape[-1]
        for ax, (name, field) in zip(figure.subplots(1, len(fields)), fields.items(), strict=True):
            style.heat(ax, array(image[0]), low=0, high=1, cmap="gray_r"), pixel_frame(ax, side)
            low = (side - field) // 2
            low -= 1 - low % 2 + 0.5  # behind a padding of 1 and a stride of 2, windows begin at pixel 1, 3, 5, …
            ax.plot(
                np.array([0, 1, 1, 0, 0]) * field + low,
                np.array([0, 0, 1, 1, 0]) * field + low,
                color=style.CLASSES[1],
                linewidth=2.5,
            )
            ax.set_title(f"{name}: {field} x {field}", loc="center")

    return plots.picture(draw, 7.6, 2.1, "a digit with the pixels that one number sees at each stage of the network")


def montage(maps: np.ndarray, rows: int = 4) -> np.ndarray:
    """Maps (C, h, w) in ``rows`` rows side by side, one empty (NaN) line between them."""
    (_count, height, width), columns = maps.shape, -(-len(maps) // rows)
    sheet = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), np.nan)
    for k, one in enumerate(maps):
        top, left = k // columns * (height + 1), k % columns * (width + 1)
        sheet[top : top + height, left : left + width] = one
    return sheet


def bright(maps: Tensor) -> float:
    """The largest number that half of the pictures reach in their maps (B, C, h, w); above 0, to end a colour bar."""
    return max(float(np.median(array(maps).max((1, 2, 3)))), 1e-6)


class MapsView(View):
    """A digit and all maps it makes on its way through a CNN."""

    size, alt = (7.6, 2.6), "a digit and the maps that the layers of a network make of it"

    def __init__(self, network: DigitCNN, data: Data) -> None:
        self.network, self.images, self.labels = network, data[0].detach().cpu(), data[1].tolist()
        self.highest = {name: bright(maps) for name, maps in self.stages(self.images).items()}
        super().__init__()

    def stages(self, images: Tensor) -> dict[str, Tensor]:
        """The maps of each stage, without the logits."""
        with torch.no_grad():
            maps = self.network.stages(images.to(next(self.network.parameters()).device))
        return {name: one.cpu() for name, one in maps.items() if name != "logits"}

    def build(self, figure: Figure) -> None:
        first = self.stages(self.images[:1])
        sheets = [montage(array(maps[0])) for maps in first.values()]
        widths = (0.7, *[sheet.shape[1] / sheet.shape[0] for sheet in sheets])  # so all sheets are equally high
        axes = figure.subplots(1, len(widths), width_ratios=widths)
        self.digit = self.moving(style.heat(axes[0], array(self.images[0, 0]), low=0, high=1, cmap="gray_r"))
        pixel_frame(axes[0], self.images.shape[2])
        self.sheets = {}
        for ax, pixels, (name, maps) in zip(axes[1:], sheets, first.items(), strict=True):
            sheet = style.heat(ax, pixels, low=0, high=self.highest[name])
            self.sheets[name] = self.moving(sheet)
            ax.set_title(name, loc="center"), ax.set_anchor("N")
            ax.set_xlabel(f"{maps.shape[1]} maps\n{maps.shape[2]} x {maps.shape[3]} each")
        bar = figure.colorbar(sheet, ax=axes, shrink=0.7, ticks=[0, self.highest[name]])
        bar.ax.set_yticklabels(["0", "much, for\nits stage"])
        axes[0].set_title("digit", loc="center")

    def update(self, number: int, right: int = 0, down: int = 0) -> None:
        image = shift_images(self.images[number : number + 1], right, down)
        self.digit.set_data(array(image[0, 0]))
        for name, maps in self.stages(image).items():
            self.sheets[name].set_data(montage(array(maps[0])))


def feature_maps(network: DigitCNN, data: Data, number: int = 0, right: int = 0, down: int = 0) -> Picture:
    """All maps that digit ``number`` of data (B, 1, 12, 12), (B,), moved by some pixels, makes in a network."""
    return MapsView(network, data).picture(number=number, right=right, down=down)


def feature_maps_panel(network: DigitCNN, data: Data, start: int = 0) -> Panel:
    """Go through the digits of data (B, 1, H, W), (B,), or move one, and watch the maps."""
    number = slider("digit number", 0, len(data[1]) - 1, start, 1)
    return Panel(MapsView(network, data), number=number, **shift_sliders((data[0].shape[2] - 8) // 2))


def kernels(groups: Mapping[str, Tensor]) -> Picture:
    """Kernels (O, h, w), a row of them under each name: blue below 0, red above, each row on a scale of its own."""

    def draw(figure: Figure) -> None:
        count = max(map(len, groups.values()))
        axes = figure.subplots(len(groups), count, squeeze=False)
        for row, (name, some) in zip(axes, groups.items(), strict=True):
            most = float(some.detach().abs().max())
            for ax, one in zip(row, some, strict=False):
                style.heat(ax, array(one), low=-most, high=most, cmap="RdBu_r")
            for ax in row[len(some) :]:
                ax.set_axis_off()
            row[0].set_title(name, loc="left")

    return plots.picture(draw, 7.6, 1.25 * len(groups), f"kernels as coloured squares: {', '.join(groups)}")


def channel_maps(image: Tensor, maps: Mapping[str, Tensor]) -> Picture:
    """A colour picture (3, H, W) and, under their names, maps (H, W) of it, each from its least to its largest."""

    def draw(figure: Figure) -> None:
        first, *others = figure.subplots(1, 1 + len(maps))
        style.heat(first, array(image.permute(1, 2, 0)), low=0, high=1), first.set_title("red, green and blue")
        for ax, (name, one) in zip(others, maps.items(), strict=True):
            style.heat(ax, array(one), low=float(one.min()), high=float(one.max()), cmap="gray"), ax.set_title(name)

    return plots.picture(draw, 7.6, 1.9, f"a photograph in colour, and maps of it: {', '.join(maps)}")


def variants(pictures: Mapping[str, Tensor]) -> Picture:
    """Pictures (1, h, w) of any size in two rows, each under its name."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(2, -(-len(pictures) // 2))
        for ax in axes.flat[len(pictures) :]:
            ax.set_axis_off()  # an odd count leaves one place empty
        for ax, (name, pixels) in zip(axes.flat, pictures.items(), strict=False):
            style.heat(ax, array(pixels[0]), low=0, high=1, cmap="gray_r"), ax.set_title(name, loc="center")
            side = pixels.shape[-1]
            ax.add_patch(Rectangle((-0.6, -0.6), side + 0.2, side + 0.2, fill=False, edgecolor=style.SOFT))
            ax.set(xlim=(-0.9, side - 0.1), ylim=(side - 0.1, -0.9))

    return plots.picture(draw, 7.6, 2.9, f"one digit in {len(pictures)} variants: {', '.join(pictures)}")
