"""Still pictures of lesson 02: learning curves, over-fitting, a saturated neuron, rates, noise of batches, signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from mmcourse.engine import History, Interval
from mmcourse.pictures import Picture, plots, style

RUNNERS = ("gd", "sgd", "momentum", "rmsprop", "adam")
NAMES = {"gd": "GD", "sgd": "SGD", "momentum": "momentum", "rmsprop": "RMSProp", "adam": "Adam"}
LOOKS = style.named_looks([NAMES[runner] for runner in RUNNERS])


def look_of(runner: str) -> style.Look:
    """The look of an optimiser, the same in every figure of the lesson."""
    return LOOKS[NAMES[runner]]


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
