"""Two layers at work: XOR with one to eight hidden units, and accuracies over seeds and draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.engine import Interval
from mmcourse.neurons.backpropagation import CORNERS, XOR, Weights, solved, two_layer_forward
from mmcourse.neurons.memory import Memory
from mmcourse.neurons.pictures.lines import EIGHT, SIDE, THREE, edge, field
from mmcourse.neurons.single_neuron import sigmoid
from mmcourse.pictures import Panel, Picture, View, plots, slider, style
from mmcourse.pictures.plots import array

Curves = Sequence[Sequence[float]]


def answers(nodes: Tensor, weights: Weights) -> np.ndarray:
    """What each of E networks says at the nodes (SIDE, SIDE, 2): (E, SIDE, SIDE)."""
    logits, _ = two_layer_forward(nodes.reshape(-1, 2), weights)
    return array(sigmoid(logits[..., 0])).reshape(-1, *nodes.shape[:2])


class XorView(View):
    """A network's answers over the plane, the line of each hidden unit, and how often its size succeeds."""

    size, alt = (7.2, 3.2), "a network's answers to XOR over the plane, and how many of each size solved it"

    def __init__(self, nets: Mapping[int, Weights]) -> None:
        self.nets = {h: Weights(*(w.detach().cpu() for w in weights)) for h, weights in nets.items()}
        self.solved = {h: solved(weights) for h, weights in self.nets.items()}
        side = torch.linspace(-0.4, 1.4, SIDE)
        nodes = torch.stack(torch.meshgrid(side, side, indexing="xy"), -1)  # (SIDE, SIDE, 2)
        self.fields = {h: answers(nodes, weights) for h, weights in self.nets.items()}  # once, not for every move
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        left.set(xlim=(-0.4, 1.4), ylim=(-0.4, 1.4), xlabel="input x1", ylabel="input x2", aspect="equal", title=" ")
        left.set_xticks([0, 1]), left.set_yticks([0, 1])
        self.field = self.moving(field(figure, left, -0.4, 1.4))
        self.lines = self.moving(left.plot([], [], "--", color=style.SOFT, linewidth=1, zorder=1)[0])
        for label, (look, name) in enumerate(((THREE, "wanted 0"), (EIGHT, "wanted 1"))):
            looks = {**look, "label": name, "markersize": 11, "linestyle": "", "zorder": 3}
            self.moving(left.plot(*array(CORNERS[label == XOR]).T, **looks)[0])
        left.legend(*left.get_legend_handles_labels(), loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
        counts, total = [int(good.sum()) for good in self.solved.values()], len(next(iter(self.solved.values())))
        right.bar(list(self.nets), counts, color=style.GRID, edgecolor=style.SOFT)
        right.set(xlabel="hidden units", ylabel=f"starts that solved it, of {total}", ylim=(0, total * 1.12), title=" ")
        right.set_xticks(list(self.nets))
        self.mark = self.moving(right.bar([1], [0], color=style.CLASSES[0], hatch="//", edgecolor="white")[0])
        self.words = [
            self.moving(left.text(0, 1.04, "", transform=left.transAxes)),
            self.moving(right.text(0, 0, "", ha="center", va="bottom")),
        ]

    def update(self, hidden: int, seed: int) -> None:
        net, good = Weights(*(w[seed] for w in self.nets[hidden])), self.solved[hidden]
        self.field.set_data(self.fields[hidden][seed])
        ends = [edge(*net.w1[:, unit].tolist(), float(net.b1[unit])) for unit in range(hidden)]
        self.lines.set_data(*(sum(([*values[axis], np.nan] for values in ends), []) for axis in (0, 1)))
        count = int(good.sum())
        self.mark.set_x(hidden - 0.4), self.mark.set_width(0.8), self.mark.set_height(count)
        self.words[0].set_text("solved" if good[seed] else "not solved")
        self.words[1].set_text(str(count)), self.words[1].set_position((hidden, count))


def xor(nets: Mapping[int, Weights], hidden: int = 2, seed: int = 0) -> Picture:
    """The network with ``hidden`` units that began with weights number ``seed``; nets[H] holds E of them."""
    return XorView(nets).picture(hidden=hidden, seed=seed)


def xor_panel(nets: Mapping[int, Weights]) -> Panel:
    """Choose the number of hidden units and the first weights."""
    runs = len(next(iter(nets.values())).w1)
    return Panel(
        XorView(nets),
        hidden=slider("hidden units", min(nets), max(nets), 2, 1),
        seed=slider("first weights (seed)", 0, runs - 1, 0, 1),
    )


def seeds_picture(curves: Curves, finals: Sequence[float], interval: Interval, goal: float = 0.95) -> Picture:
    """Validation accuracy over epochs, one curve a seed; and test accuracy with its interval."""

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(2, 1))
        for curve in curves:
            left.plot(range(1, len(curve) + 1), curve, color=style.CLASSES[0], linewidth=1, alpha=0.7)
        left.set(
            xlabel="epoch",
            ylabel="accuracy (share right)",
            ylim=(0.8, 1),
            title="validation digits, one curve a seed",
        )
        right.plot(np.linspace(-0.2, 0.2, len(finals)), finals, "o", color=style.CLASSES[0], markerfacecolor="none")
        right.errorbar([0.6], [interval.mean], [interval.half], fmt="D", color=style.INK, capsize=5)
        right.set(xlim=(-0.5, 1), xticks=[0, 0.6], xticklabels=["each seed", "mean"], title="test digits")
        for ax in (left, right):
            ax.axhline(goal, color=style.LIMIT, linestyle="--"), ax.grid(True, axis="y")
        left.text(len(curves[0]), goal - 0.004, f"accuracy {goal:.2f}", color=style.LIMIT, ha="right", va="top")

    return plots.picture(draw, 7.2, 2.9, "accuracy of several seeds over epochs, and on the test digits")


def rivals(results: Mapping[str, Sequence[float]], intervals: Mapping[str, Interval] | None = None) -> Picture:
    """Accuracies of several recognisers: every run as a ring, the mean, with its interval if given, as a diamond."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        rings = {"color": style.CLASSES[0], "markerfacecolor": "none", "label": "one draw"}
        means = {"color": style.INK, "capsize": 5, "label": "mean with its interval" if intervals else "mean"}
        for row, (name, runs) in enumerate(results.items()):
            mean, sides = sum(runs) / len(runs), None
            if intervals:
                sides = [[mean - intervals[name].low], [min(intervals[name].high, 1.0) - mean]]
            ax.plot(runs, row + np.linspace(-0.12, 0.12, len(runs)), "o", **rings)
            ax.errorbar([mean], [row + 0.3], xerr=sides, fmt="D", **means)
            rings["label"] = means["label"] = None  # one entry each in the legend
        ax.set(yticks=range(len(results)), yticklabels=list(results), xlim=(0.85, 1.005))
        ax.set(ylim=(len(results) - 0.4, -0.5), xlabel="accuracy on 3s and 8s never trained on (share)")
        ax.grid(True, axis="x"), ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)

    return plots.picture(draw, 7.2, 2.7, "accuracy of each recogniser over several draws, and their mean")


def memory_picture(found: Mapping[int, Memory]) -> Picture:
    """Kilobytes that training keeps, over the batch size: ``found[B]`` counts bytes by what they hold."""

    def draw(figure: Figure) -> None:
        ax, floor = figure.subplots(), np.zeros(len(found))
        for number, part in enumerate(Memory._fields):
            sizes = np.array([getattr(one, part) / 1000 for one in found.values()])
            look = style.METHODS[number]
            ax.barh(range(len(found)), sizes, left=floor, color=look.colour, hatch=look.hatch, label=part, ec="white")
            floor += sizes
        ax.set(yticks=range(len(found)), yticklabels=list(found), ylabel="samples in a batch", xlabel="kilobytes")
        ax.legend(loc="lower right"), ax.grid(True, axis="x")

    return plots.picture(draw, 7.2, 2.4, "kilobytes that training keeps, by what they hold, for four batch sizes")
