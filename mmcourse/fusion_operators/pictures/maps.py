"""Lesson 09: what an operator can tell apart: two maps of the plane on the XOR world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from mmcourse.datasets.worlds import World
from mmcourse.engine import predict
from mmcourse.pictures import Panel, Picture, View, choice, style
from mmcourse.pictures.lettering import Lettering, word_shape

XOR = World("synergistic", 0.5)
REACH = 2.6  # the maps show numbers from minus this to plus this


class DecisionMapsView(View):
    """Two operators side by side on the XOR world: which class each believes in, at every point of the plane."""

    size, alt = (7.4, 3.5), "two maps of the plane, coloured by the class an operator believes in, with points of XOR"

    def __init__(self, trained: Mapping[str, Mapping[str, Any]]) -> None:
        self.maps = {(bends, name): _map_of(m) for bends, models in trained.items() for name, m in models.items()}
        super().__init__()

    def build(self, figure: Figure) -> None:
        """Two maps with the same points."""
        batch, labels = XOR.sample(150, seed=3)
        self.drawn = []
        for ax in figure.subplots(1, 2, sharey=True):
            ax.set(xlabel="what the image says", xlim=(-REACH, REACH), ylim=(-REACH, REACH))
            heat = ax.imshow(
                np.zeros((40, 40)),
                vmin=-0.25,
                vmax=1.25,
                cmap="PuOr",
                origin="lower",
                aspect="auto",
                extent=(-REACH, REACH, -REACH, REACH),
            )
            line = ax.add_collection(LineCollection([], colors=style.INK, linewidths=1.6))
            for k, sign in enumerate("os"):
                points = (batch[name][labels == k, 0] for name in ("image", "audio"))
                dots = ax.plot(
                    *points,
                    linestyle="",
                    marker=sign,
                    markersize=4.5,
                    markeredgecolor="white",
                    markeredgewidth=0.7,
                    markerfacecolor=("#E66101", "#5E3C99")[k],
                    zorder=5,
                    label=("signs differ", "signs agree")[k],
                )
                self.moving(dots[0])  # the map moves below them
            title = self.moving(Lettering(ax, -REACH, REACH + 0.25))
            self.drawn.append((self.moving(heat), self.moving(line), title))
            ax.set_title(" ")
        figure.axes[0].set_ylabel("what the sound says")
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)

    def update(self, *, left: str = "sum", right: str = "product", bends: str = "none") -> None:
        """Show two operators, with hidden layers "none", "before" or "after"."""
        for name, (heat, line, title) in zip((left, right), self.drawn, strict=True):
            values, border, right_share = self.maps[bends, name]
            heat.set_data(values), line.set_segments(border)
            title.write(word_shape(f"{name}: {100 * right_share:.0f} % right", points=10.5))


def _map_of(model: Any) -> tuple[np.ndarray, list[np.ndarray], float]:
    """The belief that the signs agree at 40 x 40 points, the border where it is one half, and the test accuracy."""
    ticks = torch.linspace(-REACH, REACH, 40)  # an even number: exact zeros would count as absent
    y, x = torch.meshgrid(ticks, ticks, indexing="ij")
    batch = {name: torch.stack([v.flatten(), torch.zeros(v.numel())], 1) for name, v in (("image", x), ("audio", y))}
    belief = torch.empty(x.numel())
    for i in range(7):  # in pieces: a relation compares every sample with every other
        piece = {name: rows[i::7] for name, rows in batch.items()}
        belief[i::7] = predict(model, piece).softmax(-1)[:, 1].cpu()
    values = belief.reshape(40, 40).numpy()
    lines = (
        Figure().subplots().contour(ticks.numpy(), ticks.numpy(), values, levels=[0.5]).allsegs[0]
        if values.min() < 0.5 < values.max()
        else []
    )
    inputs, labels = XOR.sample(1000, seed=100)
    return values, lines, float((predict(model, inputs).argmax(-1).cpu() == labels).float().mean())


def decision_maps(trained: Mapping[str, Mapping[str, Any]], **values: str) -> Picture:
    """Two operators on XOR by hand: ``decision_maps(trained, left="sum", right="product")``."""
    return DecisionMapsView(trained).picture(**values)


def decision_maps_panel(trained: Mapping[str, Mapping[str, Any]]) -> Panel:
    """Choose two operators; ``trained[bends][name]`` is a model for two classes."""
    names = list(next(iter(trained.values())))
    more = {"bends": choice("hidden layer", list(trained))} if len(trained) > 1 else {}
    return Panel(
        DecisionMapsView(trained), left=choice("left", names, "sum"), right=choice("right", names, "product"), **more
    )
