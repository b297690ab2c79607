"""A digit moved by some pixels: what networks make of it, and how many digits they read at every shift."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from ipywidgets import Widget
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmcourse.cnn.augmentation import shift_images
from mmcourse.engine import Data
from mmcourse.pictures import Panel, Picture, View, slider, style
from mmcourse.pictures.plots import array

Opinions = Mapping[str, np.ndarray]  # name → probabilities (shifts down, shifts right, B, 10)


class ShiftView(View):
    """A digit moved by some pixels, what each network thinks it is, and how often each is right at every shift."""

    alt = "a digit moved by some pixels, what each network thinks it is, and how often it is right at each shift"

    def __init__(self, opinions: Opinions, data: Data, tables: bool = True) -> None:
        self.opinions, self.tables = dict(opinions), tables
        self.images, self.labels = data[0].detach().cpu(), data[1].tolist()
        self.looks, self.size = style.named_looks(list(opinions)), (7.6, 1.0 + 1.25 * len(opinions))
        self.furthest = furthest(opinions)
        if any(one.shape[2] != len(self.labels) for one in opinions.values()):
            raise ValueError(
                f"opinions: got those on {', '.join(str(one.shape[2]) for one in opinions.values())} digits, expected "
                f"{len(self.labels)} as in data; opinions_at_shifts(networks, data[0]) gives them"
            )
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
        far, edge = self.furthest, self.furthest + 0.5
        ax.imshow(right, vmin=0, vmax=100, cmap="cividis", extent=(-edge, edge, edge, -edge))
        for (down, across), value in np.ndenumerate(right):
            ink = "white" if value < 55 else "black"
            ax.text(across - far, down - far, f"{value:.0f}", ha="center", va="center", fontsize=7.5, color=ink)
        ax.set(xticks=range(-far, far + 1), yticks=range(-far, far + 1), ylabel="pixels down")
        looks = {"markerfacecolor": "none", "markeredgecolor": style.CLASSES[1], "markeredgewidth": 2.5}
        return ax.plot([0], [0], "s", markersize=14, **looks)[0]

    def update(self, number: int, right: int, down: int) -> None:
        self.digit.set_data(array(shift_images(self.images[number : number + 1], right, down))[0, 0])
        rows = zip(self.opinions.values(), self.bars, self.spans, self.favourites, strict=True)
        for opinions, bars, span, favourite in rows:
            shares = opinions[down + self.furthest, right + self.furthest, number]
            nothing = np.zeros(10)
            bars.set_data(np.arange(10).repeat(3), np.stack([nothing, shares, nothing * np.nan], 1).ravel())
            span.set_x(self.labels[number] - 0.5)
            favourite.set_data([shares.argmax()], [shares.max() + 0.12])
        for mark in self.marks:
            mark.set_data([right], [down])


def furthest(opinions: Opinions) -> int:
    """The longest shift that the opinions (2 n + 1 down, 2 n + 1 right, B, 10) know of: n."""
    return len(next(iter(opinions.values()))) // 2


def pixel_frame(ax: Axes, side: int) -> Axes:
    """A line round the whole picture and a dashed one round the 8 x 8 pixels in its middle."""
    for first, line in ((-0.15, "-"), ((side - 8) // 2, "--")):  # the picture, painted later, must not cover the outer
        low, high = first - 0.5, side - first - 0.5
        ax.plot([low, high, high, low, low], [low, low, high, high, low], line, color=style.SOFT, linewidth=0.8)
    ax.set(xlim=(-0.8, side - 0.2), ylim=(side - 0.2, -0.8))
    return ax


def shift_opinions(
    opinions: Opinions, data: Data, number: int, right: int = 0, down: int = 0, tables: bool = True
) -> Picture:
    """Digit ``number`` of data (B, 1, H, W), (B,), moved by some pixels, and what each network makes of it.

    ``opinions`` are what ``opinions_at_shifts`` of the lesson's studies gives for these data. With ``tables`` stands
    beside them how many of all digits each network reads at every shift.
    """
    return ShiftView(opinions, data, tables).picture(number=number, right=right, down=down)


def shift_opinions_panel(opinions: Opinions, data: Data, start: int = 0) -> Panel:
    """Move a digit and watch the opinions, those that ``opinions_at_shifts`` gives for these data."""
    number = slider("digit number", 0, len(data[1]) - 1, start, 1)
    return Panel(ShiftView(opinions, data), number=number, **shift_sliders(furthest(opinions)))


def shift_sliders(most: int) -> dict[str, Widget]:
    """The two sliders that move a picture by up to ``most`` pixels."""
    return {name: slider(f"pixels {name}", -most, most, 0, 1) for name in ("right", "down")}
