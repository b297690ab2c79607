"""How far a gradient reaches on its way back through time: measured, predicted, and for each cell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style
from mmcourse.rnn.pictures.scores import cell_looks

STEPS, UNITS = 60, 64
SEED = 45  # here the prediction is off by 1 % a step; other weights of this size are off by up to 3 %


class DistanceView(View):
    """The length of a gradient on its way back through time: measured, predicted, and the most it could be."""

    size, alt = (7.0, 3.1), "length of the gradient over the distance on a logarithmic axis: measured, predicted, bound"

    def __init__(self) -> None:
        rng = np.random.default_rng(SEED)
        w = rng.standard_normal((UNITS, UNITS))
        self.w = w / np.abs(np.linalg.eigvals(w)).max()  # spectral radius 1
        self.stretch = float(np.linalg.norm(self.w, 2))
        self.input = rng.standard_normal((STEPS, UNITS))
        self.start = rng.standard_normal((UNITS, 8)) / UNITS**0.5
        super().__init__()

    def build(self, figure: Figure) -> None:
        ax, steps = figure.subplots(), np.arange(STEPS + 1)
        ax.set(yscale="log", xlim=(0, STEPS), ylim=(1e-12, 1e9), xlabel="distance (steps back)")
        ax.set_ylabel("length of the gradient")
        ax.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1, 1e3, 1e6, 1e9]), ax.minorticks_off(), ax.grid(True, axis="y")
        looks = (style.METHODS[5], style.METHODS[1], style.METHODS[0])
        lines = [
            ax.plot(steps, steps * 0.0 + 1, color=look.colour, linestyle=kind, marker=mark, label=words)[0]
            for look, kind, mark, words in zip(
                looks,
                (":", "-", ""),
                ("", "", "o"),
                ("at most: s to the power of the distance", "predicted: ρ × slope, a step", "measured"),
                strict=True,
            )
        ]
        lines[2].set_markersize(3.5)
        self.bound, self.predicted, self.measured = (self.moving(line) for line in lines)
        place = {"transform": ax.transAxes, "fontsize": 9.5, "linespacing": 1.3}
        ax.text(0.015, 0.04, "radius ρ, activation:\nmeasured, a step:", **place)
        self.word = self.moving(ax.text(0.27, 0.04, "", **place))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)

    def lengths(self, radius: float, activation: str) -> tuple[np.ndarray, np.ndarray]:
        """Measured and predicted lengths, (STEPS + 1,) each, relative to the start."""
        slopes, h = np.ones((STEPS, UNITS)), np.zeros(UNITS)
        if activation == "tanh":
            for t in range(STEPS):
                h = np.tanh(radius * (self.w @ h) + 0.3 * self.input[t])
                slopes[t] = 1 - h**2
        gradient, measured = self.start, [np.linalg.norm(self.start)]
        for t in reversed(range(STEPS)):
            gradient = radius * (self.w.T @ (slopes[t][:, None] * gradient))
            measured.append(np.linalg.norm(gradient))
        factors = radius * np.sqrt((slopes[::-1] ** 2).mean(1))
        return np.array(measured) / measured[0], np.concatenate([[1], np.cumprod(factors)])

    def update(self, *, radius: float, activation: str) -> None:
        measured, predicted = self.lengths(radius, activation)
        bound = (radius * self.stretch) ** np.arange(STEPS + 1.0)
        for line, values in zip((self.measured, self.predicted, self.bound), (measured, predicted, bound), strict=True):
            line.set_ydata(np.clip(values, 1e-15, 1e12))
        per_step = (measured[-1] / measured[10]) ** (1 / (STEPS - 10))
        self.word.set_text(f"{radius:.2f}, {activation}\n× {per_step:.2f}")


def distance(radius: float = 0.8, activation: str = "tanh") -> Picture:
    """How the gradient of a 64-unit network shrinks or grows on its way back; ``activation``: "tanh" or "none"."""
    return DistanceView().picture(radius=radius, activation=activation)


def distance_panel() -> Panel:
    """The same with the size of the recurrent weights on a slider."""
    return Panel(
        DistanceView(),
        radius=slider("spectral radius", 0.3, 1.7, 0.8, 0.05),
        activation=choice("activation", ["tanh", "none"]),
    )


def influences(lengths: Mapping[str, Tensor]) -> Picture:
    """The gradients that ``influence`` measured, (T,) each, over the distance to the end, the last step set to 1."""
    looks = cell_looks(list(lengths))

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for name, values in lengths.items():
            back = values.flip(0).double() / values[-1].double()
            ax.plot(back.numpy(), **{**looks[name].curve, "markevery": 10})
        ax.set(yscale="log", ylim=(1e-13, 10), xlabel="distance (steps back)")
        ax.set_ylabel("length of the gradient\n(at distance 0: 1)")
        ax.grid(True, axis="y"), ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=4)

    return plots.picture(draw, 7.2, 3.0, "length of the gradient for the input over the distance, one curve a network")
