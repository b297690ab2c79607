"""Lesson 09: two vectors of two numbers, mixed in six ways."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure

from mmcourse.fusion_operators.all_with_all import outer_with_one
from mmcourse.pictures import Panel, Picture, View, slider, style
from mmcourse.pictures.lettering import Lettering, word_shape


class MixesView(View):
    """Two vectors of two numbers, and what six operators make of them."""

    size = (8.2, 2.0)
    alt = "two vectors of two numbers, joined by concatenation, sum, mean, max, product and outer product"

    def build(self, figure: Figure) -> None:
        """One small grid for each vector and each result."""
        ax = figure.subplots()
        ax.set(xlim=(-0.3, 16.3), ylim=(-3.35, 1.0)), ax.axis("off"), ax.set_aspect("equal")
        self.grids = {}
        plan = {
            "x": (0, 2, 1),
            "y": (1.6, 2, 1),
            "side by side": (4, 4, 1),
            "sum": (6, 2, 1),
            "mean": (7.7, 2, 1),
            "max": (9.4, 2, 1),
            "product": (11.1, 2, 1),
            "outer product with 1": (13.2, 3, 3),
        }
        for name, (left, rows, columns) in plan.items():
            ax.text(left + columns / 2, 0.35, name, ha="center", fontsize=9.5, weight="bold")
            picture = ax.imshow(
                np.zeros((rows, columns)),
                cmap="PuOr_r",
                vmin=-9,
                vmax=9,
                aspect="equal",
                extent=(left, left + columns, -rows, 0),
                alpha=0.75,
            )
            words = [Lettering(ax, left + c + 0.5, -r - 0.5) for r in range(rows) for c in range(columns)]
            self.grids[name] = self.moving(picture), [self.moving(word) for word in words]
        for i, place in enumerate((13.7, 14.7, 15.7)):
            ax.text(place, -3.4, ("y₁", "y₂", "1")[i], ha="center", fontsize=8.5, color=style.SOFT)
            ax.text(13.05, -0.5 - i, ("x₁", "x₂", "1")[i], ha="right", va="center", fontsize=8.5, color=style.SOFT)
        ax.text(3.2, -1.1, "→", fontsize=16, ha="center", va="center")
        ax.set(xlim=(-0.3, 16.6), ylim=(-4.1, 1.0))

    def update(self, *, x1: float = 2.0, x2: float = -1.0, y1: float = 1.0, y2: float = 3.0) -> None:
        """All results for x = [x1, x2] and y = [y1, y2]."""
        x, y = np.array([x1, x2]), np.array([y1, y2])
        outer = outer_with_one([torch.tensor([[x1, x2]]), torch.tensor([[y1, y2]])]).reshape(3, 3).numpy()
        results = {
            "x": x,
            "y": y,
            "side by side": np.concatenate([x, y]),
            "sum": x + y,
            "mean": (x + y) / 2,
            "max": np.maximum(x, y),
            "product": x * y,
            "outer product with 1": outer,
        }
        for name, values in results.items():
            picture, words = self.grids[name]
            picture.set_data(values.reshape(picture.get_array().shape))
            for word, value in zip(words, values.ravel(), strict=True):
                word.write(word_shape(f"{value + 0:g}".replace("-", "−"), align=0.5))


def mixes(x: Sequence[float] = (2, -1), y: Sequence[float] = (1, 3)) -> Picture:
    """Two vectors of two numbers mixed in six ways, by hand."""
    return MixesView().picture(x1=x[0], x2=x[1], y1=y[0], y2=y[1])


def mixes_panel() -> Panel:
    """The four numbers on sliders."""
    start = {"x1": 2.0, "x2": -1.0, "y1": 1.0, "y2": 3.0}
    return Panel(MixesView(), **{name: slider(name, -3.0, 3.0, value, 0.5) for name, value in start.items()})
