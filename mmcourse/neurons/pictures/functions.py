"""What a function makes of numbers: five activation functions with their slopes, and softmax with and without care."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.figure import Figure

from mmcourse.neurons.classifiers import softmax
from mmcourse.neurons.single_neuron import ACTIVATIONS
from mmcourse.pictures import Panel, Picture, View, slider, style
from mmcourse.pictures.plots import array

HEIGHTS = {
    "step": (-0.25, 1.25),
    "sigmoid": (-0.25, 1.25),
    "tanh": (-1.4, 1.4),
    "relu": (-0.6, 3.2),
    "gelu": (-0.6, 3.2),
}
JUMPS = ("step", "relu")  # no slope at z = 0


class ActivationsView(View):
    """Five activation functions above their slopes; one weighted sum z moves a dot on each, with the tangent there."""

    size, alt = (8.2, 3.1), "five activation functions with their tangents at one sum z, and below each its slope"

    def build(self, figure: Figure) -> None:
        axes = figure.subplots(2, 5, sharex=True)
        z, (blue, red) = torch.linspace(-3, 3, 601), style.CLASSES[:2]
        self.tangents, self.dots, self.words = [], [], []
        for (upper, lower), (name, function) in zip(axes.T, ACTIVATIONS.items(), strict=True):
            upper.set(xlim=(-3.1, 3.1), ylim=HEIGHTS[name], xticks=[-2, 0, 2]), upper.set_title(" ")
            lower.set(ylim=(-0.2, 1.25), xlabel="sum z"), lower.set_title(" ")
            # a nan at the jump keeps the curve from being joined there by an upright line
            place = array(z.where(z.abs() > 1e-4, torch.nan) if name in JUMPS else z)
            upper.plot(place, array(function.value(z)), color=blue)
            lower.plot(place, array(function.slope(z)), color=blue)
            self.tangents.append(self.moving(upper.plot([], [], color=red, linewidth=5, alpha=0.4)[0]))
            self.dots.append([self.moving(ax.plot([], [], "o", color=red, markersize=7)[0]) for ax in (upper, lower)])
            for ax, word in ((upper, name), (lower, "its slope:")):
                ax.grid(True), ax.text(0, 1.06, word, transform=ax.transAxes)
            self.words.append(self.moving(lower.text(1, 1.06, "", transform=lower.transAxes, ha="right")))
        axes[0, 0].set_ylabel("answer"), axes[1, 0].set_ylabel("slope")

    def update(self, z: float) -> None:
        at = torch.tensor(round(float(z), 6))  # 0.1 + 0.2 is not 0.3: a slider's 0 must be 0
        rows = zip(ACTIVATIONS.items(), self.tangents, self.dots, self.words, strict=True)
        for (name, function), tangent, (upper, lower), words in rows:
            value, slope = float(function.value(at)), float(function.slope(at))
            if at == 0 and name in JUMPS:
                slope = np.nan  # a jump or a kink has no slope: nothing is drawn
            tangent.set_data([z - 1.5, z + 1.5], [value - 1.5 * slope, value + 1.5 * slope])
            upper.set_data([z], [value]), lower.set_data([z], [slope])
            words.set_text("none" if np.isnan(slope) else f"{slope:.2f}")


def activations(z: float = 0.0) -> Picture:
    """The five activation functions and their slopes at the sum ``z`` (-3 to 3)."""
    return ActivationsView().picture(z=z)


def activations_panel() -> Panel:
    """Move the weighted sum, watch the five answers and their slopes."""
    return Panel(ActivationsView(), z=slider("weighted sum z", -3.0, 3.0, 1.0, 0.1))


class SoftmaxView(View):
    """Three logits as shares: with the largest one taken away first, and straight from the formula."""

    size, alt = (6.8, 2.5), "three logits turned into shares, with and without subtracting the maximum"

    def build(self, figure: Figure) -> None:
        self.bars, self.words = [], []
        titles = ("largest logit taken away first", "straight from the formula")
        for ax, title, hatch in zip(figure.subplots(1, 2, sharey=True), titles, ("", "//"), strict=True):
            ax.set(
                xlim=(-0.6, 2.6),
                ylim=(0, 1.15),
                xticks=range(3),
                title=title,
                xticklabels=["class 0", "class 1", "class 2"],
            )
            bars = ax.bar(range(3), [0] * 3, color=style.CLASSES[0], hatch=hatch, edgecolor="white")
            self.bars.append([self.moving(bar) for bar in bars])
            self.words.append([self.moving(ax.text(k, 0, "", ha="center", va="bottom")) for k in range(3)])
            ax.set_ylabel("share" if not hatch else "")

    def update(self, z0: float, z1: float, z2: float, add: float) -> None:
        logits = torch.tensor([z0, z1, z2], dtype=torch.float32) + add
        powers = torch.exp(logits)
        both = (softmax(logits), powers / powers.sum())
        for bars, words, shares in zip(self.bars, self.words, both, strict=True):
            for bar, word, share in zip(bars, words, shares.tolist(), strict=True):
                known = share == share  # NaN is not equal to itself
                bar.set_height(share if known else 0)
                word.set_y(share + 0.02 if known else 0.4)
                word.set_text(f"{share:.2f}" if known else "nan")


def shares(z0: float = 2.0, z1: float = 1.0, z2: float = 0.0, add: float = 0.0) -> Picture:
    """The shares of three logits; ``add`` is added to all three before."""
    return SoftmaxView().picture(z0=z0, z1=z1, z2=z2, add=add)


def shares_panel() -> Panel:
    """Move three logits, and add the same number to all of them."""
    logits = {f"z{k}": slider(f"logit of class {k}", -5.0, 5.0, 2.0 - k, 0.1) for k in range(3)}
    return Panel(SoftmaxView(), **logits, add=slider("add to all three", -120, 120, 0, 5))
