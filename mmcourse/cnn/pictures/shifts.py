"""Pictures and panels of lesson 03 with trained networks: shifted digits, feature maps, augmentation, depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse import cnn
from mmcourse.datasets import digits
from mmcourse.engine import Data, Interval, accuracy_many, predict, stop_ends_all
from mmcourse.neurons import MLP
from mmcourse.pictures import Panel, Picture, View, plots, slider, style
from mmcourse.pictures.plots import array
from mmcourse.training import fit

MARGIN = 2  # empty pixels round the 8 x 8 digits, which touch their own edges
RECIPE = {"epochs": 3, "batch_size": 30, "lr": 1e-2}  # enough for all networks of the lesson: 120 steps
SHIFTS = range(-MARGIN, MARGIN + 1)


def canvas(split: str) -> Data:
    """The digits of a split amid 12 x 12 pixels, so that a shift of 2 loses no ink: (B, 1, 12, 12) and (B,)."""
    images, labels = digits.load(split)
    return F.pad(images, (MARGIN,) * 4), labels


def accuracy_in_parts(networks: Sequence[nn.Module], data: Data, parts: int = 4) -> list[float]:
    """What ``accuracy_many`` gives for (B, 1, H, W), (B,), B a multiple of ``parts``, in half the time: the windows of
    a part fit into the processor's cache."""
    images, labels = (part.chunk(parts) for part in data)
    each = [accuracy_many(networks, part) for part in zip(images, labels, strict=True)]  # (parts, E)
    return np.mean(each, 0).tolist()


@lru_cache(maxsize=1)
def quick_networks() -> dict[str, nn.Module]:
    """An MLP and a CNN, trained for a second, for panels that were given none."""
    networks = {"MLP": MLP(144, 17, 10, seed=0), "CNN": cnn.DigitCNN(seed=0)}
    with stop_ends_all():
        for network in networks.values():
            fit(network, canvas("train"), **{**RECIPE, "epochs": 2})
    return networks


# ------------------------------------------------------------ a shifted digit


class ShiftView(View):
    """A digit moved by some pixels, what each network thinks it is, and how often each is right at every shift."""

    alt = "a digit moved by some pixels, what each network thinks it is, and how often it is right at each shift"

    def __init__(self, networks: Mapping[str, nn.Module], data: Data, tables: bool = True) -> None:
        self.images, self.labels, self.tables = data[0].detach().cpu(), data[1].tolist(), tables
        self.looks, self.size = style.named_looks(list(networks)), (7.6, 1.0 + 1.25 * len(networks))
        self.opinions = {name: opinions_at_shifts(network, self.images) for name, network in networks.items()}
        super().__init__()

    def build(self, figure: Figure) -> None:
        grid = figure.add_gridspec(
            len(self.opinions), 3 if self.tables else 2, width_ratios=(1.3, 2.6, 1)[: 3 if self.tables else 2]
        )
        left = figure.add_subplot(grid[:, 0])
        self.digit = self.moving(style.heat(left, np.zeros(self.images.shape[2:]), low=0, high=1, cmap="gray_r"))
        left.set_title("moved digit"), pixel_frame(left, self.images.shape[2])
        self.bars, self.spans, self.favourites, self.marks = [], [], [], []
        for row, (name, opinions) in enumerate(self.opinions.items()):
            middle = figure.add_subplot(grid[row, 1])
            middle.set(xlim=(-0.6, 9.6), ylim=(0, 1.25), yticks=[0, 1], ylabel="probability")
            middle.set_xticks(range(10)), middle.set_title(f"{name}: what it thinks")
            self.spans.append(self.moving(middle.axvspan(-0.5, 0.5, color=style.LIMIT, alpha=0.2, linewidth=0)))
            bars = middle.plot([], [], color=self.looks[name].colour, linewidth=12, solid_capstyle="butt")[0]
            self.bars.append(self.moving(bars))
            self.favourites.append(self.moving(middle.plot([], [], "v", color=style.INK, markersize=5)[0]))
            if self.tables:
                last = row + 1 == len(self.opinions)
                right = figure.add_subplot(grid[row, 2], xlabel="pixels to the right" if last else "")
                self.marks.append(self.moving(self.accuracies(right, opinions)))
                right.set_title("" if row else "read correctly (%)", loc="right")
        middle.set_xlabel("digit (green: the label)")

    def accuracies(self, ax: Axes, opinions: np.ndarray) -> object:
        """A table of accuracies over shifts; returns the frame that marks one of them."""
        right = 100 * (opinions.argmax(-1) == np.array(self.labels)).mean(-1)
        ax.imshow(right, vmin=0, vmax=100, cmap="cividis", extent=(-2.5, 2.5, 2.5, -2.5))
        for (down, across), value in np.ndenumerate(right):
            ink = "white" if value < 55 else "black"
            ax.text(across - MARGIN, down - MARGIN, f"{value:.0f}", ha="center", va="center", fontsize=7.5, color=ink)
        ax.set(xticks=list(SHIFTS), yticks=list(SHIFTS), ylabel="pixels down")
        looks = {"markerfacecolor": "none", "markeredgecolor": style.CLASSES[1], "markeredgewidth": 2.5}
        return ax.plot([0], [0], "s", markersize=14, **looks)[0]

    def update(self, number: int, right: int, down: int) -> None:
        self.digit.set_data(array(cnn.shift_images(self.images[number : number + 1], right, down))[0, 0])
        rows = zip(self.opinions.values(), self.bars, self.spans, self.favourites, strict=True)
        for opinions, bars, span, favourite in rows:
            shares = opinions[down + MARGIN, right + MARGIN, number]
            nothing = np.zeros(10)
            bars.set_data(np.arange(10).repeat(3), np.stack([nothing, shares, nothing * np.nan], 1).ravel())
            span.set_x(self.labels[number] - 0.5)
            favourite.set_data([shares.argmax()], [shares.max() + 0.12])
        for mark in self.marks:
            mark.set_data([right], [down])


def opinions_at_shifts(network: nn.Module, images: Tensor) -> np.ndarray:
    """Probabilities of each class for every shift: (5 down, 5 right, B, 10)."""
    places = [(right, down) for down in SHIFTS for right in SHIFTS]
    moved = torch.stack(
        [
            torch.cat([predict(network, cnn.shift_images(part, *place)) for part in images.split(100)])
            for place in places
        ]
    )  # (25, B, 10)
    return array(moved.softmax(-1).unflatten(0, (len(SHIFTS), len(SHIFTS))))


def pixel_frame(ax: Axes, side: int, margin: int = MARGIN) -> Axes:
    """A line round the whole picture and a dashed one round the 8 x 8 pixels in its middle."""
    for first, line in ((-0.15, "-"), (margin, "--")):  # the picture, painted later, must not cover the outer one
        low, high = first - 0.5, side - first - 0.5
        ax.plot([low, high, high, low, low], [low, low, high, high, low], line, color=style.SOFT, linewidth=0.8)
    ax.set(xlim=(-0.8, side - 0.2), ylim=(side - 0.2, -0.8))
    return ax


def shift_opinions(
    networks: Mapping[str, nn.Module], data: Data, number: int, right: int = 0, down: int = 0, tables: bool = True
) -> Picture:
    """Digit ``number`` of data (B, 1, 12, 12), (B,), moved by -2 to 2 pixels, and what each network makes of it;
    with ``tables``, also how many of all digits each reads at every shift."""
    return ShiftView(networks, data, tables).picture(number=number, right=right, down=down)


def shift_opinions_panel(
    networks: Mapping[str, nn.Module] | None = None, data: Data | None = None, start: int = 0
) -> Panel:
    """Move a digit and watch the opinions; without arguments an MLP and a CNN that were trained for a second."""
    images, labels = canvas("test") if data is None else data
    view = ShiftView(quick_networks() if networks is None else networks, (images, labels))
    moves = {name: slider(f"pixels {name}", -MARGIN, MARGIN, 0, 1) for name in ("right", "down")}
    return Panel(view, number=slider("digit number", 0, len(labels) - 1, start, 1), **moves)


def shift_curves(curves: Mapping[str, Sequence[Interval]]) -> Picture:
    """Accuracy over the shift, -2 to 2, for several networks, each with the band of its interval over seeds."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for name, look in style.named_looks(list(curves)).items():
            plots.banded(ax, list(SHIFTS), curves[name], look, scale=100)
        ax.axhline(10, color=style.SOFT, linestyle=":", linewidth=1), ax.text(-0.2, 4, "guessing", color=style.SOFT)
        ax.set(xlabel="shift to the right (pixels)", ylabel="accuracy (%)", ylim=(0, 102), xticks=list(SHIFTS))
        ax.grid(True, axis="y"), ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))

    return plots.picture(draw, 7.2, 2.9, f"accuracy over the shift for {', '.join(curves)}, with intervals")


# ------------------------------------------------------------ what the network sees


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

    def __init__(self, network: cnn.DigitCNN, data: Data) -> None:
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
        image = cnn.shift_images(self.images[number : number + 1], right, down)
        self.digit.set_data(array(image[0, 0]))
        for name, maps in self.stages(image).items():
            self.sheets[name].set_data(montage(array(maps[0])))


def feature_maps(network: cnn.DigitCNN, data: Data, number: int = 0, right: int = 0, down: int = 0) -> Picture:
    """All maps that digit ``number`` of data (B, 1, 12, 12), (B,), moved by some pixels, makes in a network."""
    return MapsView(network, data).picture(number=number, right=right, down=down)


def feature_maps_panel(network: cnn.DigitCNN | None = None, data: Data | None = None, start: int = 0) -> Panel:
    """Go through the digits, or move one, and watch the maps; without arguments a CNN trained for a second."""
    images, labels = canvas("test") if data is None else data
    moves = {name: slider(f"pixels {name}", -MARGIN, MARGIN, 0, 1) for name in ("right", "down")}
    view = MapsView(quick_networks()["CNN"] if network is None else network, (images, labels))
    return Panel(view, number=slider("digit number", 0, len(labels) - 1, start, 1), **moves)


# ------------------------------------------------------------ more pictures, and more layers


def variants(pictures: Mapping[str, Tensor]) -> Picture:
    """Pictures (1, h, w) of any size in two rows, each under its name."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(2, -(-len(pictures) // 2))
        for ax, (name, pixels) in zip(axes.flat, pictures.items(), strict=False):
            style.heat(ax, array(pixels[0]), low=0, high=1, cmap="gray_r"), ax.set_title(name, loc="center")
            side = pixels.shape[-1]
            ax.add_patch(Rectangle((-0.6, -0.6), side + 0.2, side + 0.2, fill=False, edgecolor=style.SOFT))
            ax.set(xlim=(-0.9, side - 0.1), ylim=(side - 0.1, -0.9))

    return plots.picture(draw, 7.6, 2.9, f"one digit in {len(pictures)} variants: {', '.join(pictures)}")


def variant_bars(results: Mapping[str, Mapping[str, Interval]], title: str = "") -> Picture:
    """Accuracies with intervals: results[network][condition], one group of bars for each condition."""

    def draw(figure: Figure) -> None:
        ax, looks, width = figure.subplots(), style.named_looks(list(results)), 0.84 / len(results)
        for k, (name, scores) in enumerate(results.items()):
            places = np.arange(len(scores)) + (k - (len(results) - 1) / 2) * width
            means, halves = ([100 * getattr(v, part) for v in scores.values()] for part in ("mean", "half"))
            ax.bar(
                places,
                means,
                width * 0.92,
                yerr=halves,
                error_kw={"capsize": 2, "ecolor": style.INK},
                **looks[name].bar,
            )
            for place, mean in zip(places, means, strict=True):
                ax.text(
                    place,
                    3,
                    f"{mean:.0f}",
                    ha="center",
                    fontsize=8,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
                )
        ax.set_xticks(range(len(scores)), list(scores))
        ax.set(ylabel="accuracy (%)", ylim=(0, 102), title=title), ax.grid(True, axis="y"), ax.set_axisbelow(True)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=len(results))

    return plots.picture(draw, 7.6, 3.1, f"accuracy of {', '.join(results)} on changed digits, with intervals")


def gradient_depth(
    curves: Mapping[str, Sequence[Interval]], layers: Sequence[int], expected: Sequence[float]
) -> Picture:
    """Length of the gradient (as a power of ten) at several depths of stacks of layers, and what was ``expected``."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for name, look in style.named_looks(list(curves)).items():
            plots.banded(ax, list(layers), curves[name], look)
        ax.plot(layers, expected, color=style.GRID, linewidth=9, zorder=0, label="predicted for the plain stack")
        ax.set(xlabel="layers below (0: next to the picture); the gradient comes from the right ←")
        ax.set(ylabel="length of the gradient", xticks=list(layers))
        ax.yaxis.set_major_formatter(lambda power, _place: f"$10^{{{power:.0f}}}$")
        ax.grid(True, axis="y"), ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))

    return plots.picture(draw, 7.6, 2.9, f"length of the gradient over depth for {', '.join(curves)}, with intervals")
