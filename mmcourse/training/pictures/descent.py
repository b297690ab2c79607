"""Pictures and panels of lesson 02: learning curves, a saturated neuron, the optimiser race, batches, first weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from mmcourse.engine import History, Interval
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style
from mmcourse.training import RULES

RUNNERS = ("gd", "sgd", "momentum", "rmsprop", "adam")
ALL = ("all, same rate", "all, best rates")
NAMES = {"gd": "GD", "sgd": "SGD", "momentum": "momentum", "rmsprop": "RMSProp", "adam": "Adam"}
LOOKS = style.named_looks([NAMES[runner] for runner in RUNNERS])
HEIGHT = LinearSegmentedColormap.from_list("height", ["#FFFFFF", "#8FA3AD"], N=14)  # low is light, high is dark
STEPS = 100
WINDOW = (-2.0, 2.0, -1.5, 2.5)  # west, east, south, north: the same for every surface
FAR = 1e3  # higher than any place in the window: whoever gets there has flown off


def look_of(runner: str) -> style.Look:
    """The look of an optimiser, the same in every figure of the lesson."""
    return LOOKS[NAMES[runner]]


# ------------------------------------------------------------ curves of training


def learning_curves(curves: Mapping[str, Sequence[float]], chance: float = 0.1) -> Picture:
    """Accuracy over epochs of at most seven runs, each named at the right end of its curve."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for name, look in style.named_looks(list(curves)).items():
            ax.plot(range(1, len(curves[name]) + 1), curves[name], **look.curve)
        epochs = max(len(curve) for curve in curves.values())
        ax.axhline(chance, color=style.SOFT, linewidth=1, linestyle=":"), ax.text(1, chance + 0.045, "chance")
        ax.set(xlabel="epoch", ylabel="validation accuracy (share)", ylim=(0, 1.02), xlim=(0.5, epochs + 0.5))
        ax.grid(True, axis="y"), ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))

    return plots.picture(draw, 7.2, 3.0, "accuracy over epochs of the same network under different settings")


def overfitting(runs: Mapping[str, History]) -> Picture:
    """Training and validation loss over epochs, one plot for each run; ▼ marks the lowest validation loss."""

    def draw(figure: Figure) -> None:
        looks = style.named_looks(["training digits", "validation digits"])
        for ax, (name, history) in zip(figure.subplots(1, len(runs), sharey=True), runs.items(), strict=True):
            epochs = np.arange(1, len(history.train_loss) + 1)
            for values, look in zip((history.train_loss, history.valid_loss), looks.values(), strict=True):
                ax.plot(epochs, values, **{**look.curve, "markevery": max(1, len(epochs) // 10)})
            best = int(np.argmin(history.valid_loss))
            ax.plot(
                epochs[best],
                history.valid_loss[best] + 0.12,
                "v",
                color=style.INK,
                markersize=8,
                label="lowest validation loss",
            )
            ax.set(title=name, xlabel="epoch", ylim=(0, 2.6)), ax.grid(True, axis="y")
        figure.axes[0].set_ylabel("loss (cross-entropy)")
        handles, labels = ax.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3)

    return plots.picture(draw, 7.2, 3.1, "training loss falls to zero, validation loss turns and rises")


# ------------------------------------------------------------ a saturated neuron


def saturation(z: float = -6.0) -> Picture:
    """Error and its slope for a sigmoid neuron whose target is 1, over its sum: squared against cross-entropy."""

    def draw(figure: Figure) -> None:
        sums = np.linspace(-8, 4, 241)
        left, right = figure.subplots(1, 2)
        looks = style.named_looks(["squared error", "cross-entropy"]).values()
        for look, error, slope in zip(looks, ERRORS, SLOPES, strict=True):
            for ax, function in ((left, error), (right, slope)):
                ax.plot(sums, function(sums), **{**look.curve, "marker": ""})
                ax.plot(z, function(np.array(z)), look.marker, color=look.colour, markersize=8)
        left.set(xlabel="sum z", ylabel="error"), right.set(xlabel="sum z", ylabel="slope of the error over z")
        for ax in (left, right):
            ax.axvline(z, color=style.SOFT, linewidth=1, linestyle=":"), ax.grid(True, axis="y")
        left.legend(left.lines[:3:2], ["squared error", "cross-entropy"])
        left.text(z + 0.15, 0.1, f"z = {z:g}", ha="left")

    return plots.picture(draw, 7.2, 2.8, "two errors and their slopes: the squared one is flat where surely wrong")


def _answer(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


ERRORS = (lambda z: (_answer(z) - 1) ** 2, lambda z: np.log1p(np.exp(-z)))
SLOPES = (lambda z: 2 * (_answer(z) - 1) * _answer(z) * (1 - _answer(z)), lambda z: _answer(z) - 1)


# ------------------------------------------------------------ the optimiser race


class Surface(NamedTuple):
    """A landscape over two weights: height and gradient at points (..., 2), where to start, where it is lowest."""

    height: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, float]
    goal: tuple[float, float]


def _pair(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.stack([x, y], -1)


SURFACES: Mapping[str, Surface] = {
    "ravine": Surface(
        lambda p: 0.5 * p[..., 0] ** 2 + 50 * p[..., 1] ** 2,
        lambda p: p * np.array([1.0, 100.0]),
        (-1.8, 0.6),
        (0.0, 0.0),
    ),
    "turned ravine": Surface(  # the same, turned by 45 degrees: along the valley u = (x + y) / √2, across it v
        lambda p: 0.25 * (p[..., 0] + p[..., 1]) ** 2 + 25 * (p[..., 1] - p[..., 0]) ** 2,
        lambda p: p @ np.array([[50.5, -49.5], [-49.5, 50.5]]),
        (2.4 / 2**0.5, 1.2 / 2**0.5),
        (0.0, 0.0),
    ),
    "saddle": Surface(
        lambda p: 0.5 * p[..., 0] ** 2 - 0.5 * p[..., 1] ** 2 + 0.25 * p[..., 1] ** 4 + 0.25,
        lambda p: _pair(p[..., 0], p[..., 1] ** 3 - p[..., 1]),
        (-1.8, 0.001),
        (0.0, 1.0),
    ),
    "Rosenbrock": Surface(
        lambda p: (1 - p[..., 0]) ** 2 + 100 * (p[..., 1] - p[..., 0] ** 2) ** 2,
        lambda p: _pair(
            -2 * (1 - p[..., 0]) - 400 * p[..., 0] * (p[..., 1] - p[..., 0] ** 2), 200 * (p[..., 1] - p[..., 0] ** 2)
        ),
        (-1.2, 1.0),
        (1.0, 1.0),
    ),
}
RATES = tuple(10 ** (k / 10) for k in range(-40, 6))  # what the slider offers: 0.0001 to 3.2


@lru_cache(maxsize=256)
def race(
    surface: str, runner: str, rate: float | tuple[float, ...] = 0.03, momentum: float = 0.9, steps: int = STEPS
) -> np.ndarray:
    """The way of one optimiser over a surface: (steps + 1, 2), or (steps + 1, R, 2) for R rates at once.

    ``momentum`` is that of momentum, and the first fading of Adam. SGD walks down gradients with noise of spread 1, the
    same noise each time. Where a walk has flown off the numbers are infinite or nan.
    """
    place, rates = SURFACES[surface], np.asarray(rate, dtype=float)
    options = {"momentum": {"momentum": momentum}, "adam": {"beta1": momentum}}.get(runner, {})
    rule = RULES["gd" if runner == "sgd" else runner]
    noise = np.random.default_rng(0).normal(size=(steps, 2)) if runner == "sgd" else np.zeros((steps, 2))
    w, memory = np.broadcast_to(np.array(place.start), (*rates.shape, 2)), ()
    way = [w]
    with np.errstate(all="ignore"):  # an optimiser that flies off passes the largest number
        for shove in noise:
            w, *memory = rule(w, place.gradient(w) + shove, *memory, lr=rates[..., None], **options)
            way.append(w)
    return np.stack(way)


@lru_cache(maxsize=32)
def best_rate(surface: str, runner: str) -> float:
    """The rate among the slider's that ends lowest (mean logarithm of the last 20 heights) and never flies off."""
    with np.errstate(all="ignore"):
        heights = SURFACES[surface].height(race(surface, runner, RATES))  # (steps + 1, R)
        ends = np.where((heights <= FAR).all(0), np.log10(heights[-20:] + 1e-12).mean(0), np.inf)
    return RATES[int(ends.argmin())]


class RaceView(View):
    """A landscape from above with the ways of the optimisers, and their heights over the steps."""

    size, alt = (7.6, 3.5), "the ways of optimisers over a landscape of two weights, and their height over the steps"

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.1))
        x, y = np.meshgrid(np.linspace(*WINDOW[:2], 121), np.linspace(*WINDOW[2:], 121))
        self.maps = {name: np.log10(place.height(_pair(x, y)) + 0.01) for name, place in SURFACES.items()}
        ground = left.inset_axes([0, 0, 1, 1], zorder=-1)  # axes of its own: what does not change is not drawn again
        ground.axis("off")
        flat = {"cmap": HEIGHT, "origin": "lower", "extent": WINDOW, "aspect": "auto", "interpolation": "nearest"}
        self.map = self.moving(ground.imshow(x, **flat))
        self.map.set_zorder(-1)
        left.set(xlabel="weight w1", ylabel="weight w2", title="light is low, × is lowest", xlim=WINDOW[:2])
        left.set(ylim=WINDOW[2:], xticks=range(-2, 3), yticks=range(-1, 3), aspect="equal")
        right.set(xlabel="step", ylabel="height above the lowest place", yscale="log", xlim=(0, STEPS))
        right.set_ylim(1e-6, FAR), right.grid(True, axis="y")
        self.goal = self.moving(left.plot([], [], "x", color=style.INK, markersize=9, markeredgewidth=2, zorder=5)[0])
        self.ways, self.heights, self.shown = {}, {}, ""
        for runner in RUNNERS:
            look = {**look_of(runner).curve, "linewidth": 1.5, "markevery": 10}
            self.ways[runner] = self.moving(left.plot([], [], **look)[0])
            self.heights[runner] = self.moving(right.plot([], [], **look)[0])
        handles = list(self.heights.values())
        figure.legend(handles, [NAMES[r] for r in RUNNERS], loc="outside lower center", ncols=5)
        self.words = self.moving(right.text(0.0, 1.05, "", transform=right.transAxes))

    def update(self, surface: str, runner: str, power: float, momentum: float) -> None:
        place = SURFACES[surface]
        if surface != self.shown:
            self.shown, image = surface, self.maps[surface]
            self.map.set_data(image), self.map.set_clim(image.min(), image.max())
        self.goal.set_data(*([value] for value in place.goal))
        chosen, flown = RUNNERS if runner.startswith("all") else (runner,), []
        for name in RUNNERS:
            way = self.way(surface, name, power, momentum, runner) if name in chosen else np.zeros((0, 2))
            with np.errstate(all="ignore"):
                height = np.nan_to_num(place.height(way), nan=np.inf)
            there = len(height) if (height <= FAR).all() else int((height > FAR).argmax()) + 1
            flown += [there - 1] if there < len(height) else []
            self.ways[name].set_data(*np.clip(np.nan_to_num(way[:there]), -9, 9).T)
            self.heights[name].set_data(np.arange(there), np.clip(height[:there], 1e-9, 10 * FAR))
        rate = "each at its best rate" if runner == "all, best rates" else f"rate {10**power:.2g}"
        who, lost = ("", f": {len(flown)} flew off") if runner in ALL else (f"{NAMES[runner]}, ", ": flew off")
        self.words.set_text(who + rate + (lost if flown else ""))

    def way(self, surface: str, name: str, power: float, momentum: float, runner: str) -> np.ndarray:
        """The walk of one optimiser at the dialled rate, or at its best one."""
        rate = best_rate(surface, name) if runner == "all, best rates" else 10**power
        return race(surface, name, rate, momentum if name in ("momentum", "adam") else 0.9)


def optimiser_race(
    surface: str = "ravine", runner: str = "all, best rates", rate: float = 0.03, momentum: float = 0.9
) -> Picture:
    """One of the optimisers, "all, same rate", or "all, best rates" on one of SURFACES."""
    return RaceView().picture(surface=surface, runner=runner, power=float(np.log10(rate)), momentum=momentum)


def optimiser_race_panel() -> Panel:
    """Choose the surface, who runs, the learning rate and the momentum."""
    return Panel(
        RaceView(),
        surface=choice("surface", list(SURFACES), "ravine"),
        runner=choice("optimiser", [*((NAMES[r], r) for r in RUNNERS), *((every, every) for every in ALL)], "momentum"),
        power=slider("rate: 10 to the", -4.0, 0.5, -1.5, 0.1),
        momentum=slider("momentum", 0.0, 0.99, 0.9, 0.01),
    )


# ------------------------------------------------------------ what was measured on digits


def rates_picture(results: Mapping[str, Mapping[float, Interval]]) -> Picture:
    """Accuracy over the learning rate, one band for each optimiser: {runner: {rate: interval}}."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for runner, found in results.items():
            plots.banded(ax, list(found), list(found.values()), look_of(runner), scale=100)
        ax.set(xscale="log", xlabel="learning rate", ylabel="accuracy on\nvalidation digits (%)", ylim=(0, 102))
        ax.grid(True, axis="y"), ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))

    return plots.picture(draw, 7.2, 3.0, "accuracy over the learning rate: every optimiser has a window of its own")


def noise_picture(sizes: Sequence[int], measured: Sequence[float], predicted: Sequence[float]) -> Picture:
    """How far the gradient of a batch lies from the whole gradient, over the batch size, and 1 / √B beside it."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        first, second = style.named_looks(["measured", "predicted: spread of one sample / √B"]).values()
        ax.plot(sizes, predicted, **{**second.curve, "marker": ""})
        ax.plot(sizes, measured, **{**first.curve, "linestyle": ""})
        ax.set(xscale="log", yscale="log", xlabel="batch size B (samples)"), ax.minorticks_off()
        ax.set_xticks(sizes, [str(size) for size in sizes]), ax.set_yticks([0.3, 1, 3], ["0.3", "1", "3"])
        ax.set_ylabel("distance, in lengths\nof the gradient"), ax.grid(True), ax.legend()

    return plots.picture(draw, 6.0, 2.8, "the noise of a batch's gradient falls like one over the root of its size")


def spreads_picture(spreads: Mapping[str, Sequence[float]]) -> Picture:
    """The spread of the signal after each layer, for several spreads of the first weights."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for name, look in style.named_looks(list(spreads)).items():
            ax.plot(range(len(spreads[name])), spreads[name], **look.curve)
        ax.set(yscale="log", xlabel="layer", xticks=range(0, 21, 5)), ax.grid(True, axis="y")
        ax.set_ylabel("size of the signal\n(root mean square)")
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title="spread of the weights")

    return plots.picture(draw, 7.2, 3.0, "signals through twenty layers: they fade, explode, or keep their size")
