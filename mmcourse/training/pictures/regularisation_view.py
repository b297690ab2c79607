"""What holding a network back brings: gains side by side, augmented digits, and the panel over the strength."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.engine import Comparison, generator, mean_interval
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style, switch
from mmcourse.training.regularisers import Scores, moved

UNITS = {"L1": "λ =", "L2": "λ =", "dropout": "p =", "augmentation": "up to pixels:", "early stopping": "patience"}
LOOKS = style.named_looks(["nothing", *UNITS])


def side_by_side_picture(results: Mapping[str, tuple[Scores, Mapping[str, Comparison]]]) -> Picture:
    """For each method at its chosen strength the gain over nothing on the test digits, with its interval.

    results: {title: (what ``hold_back`` gave, what ``gains`` made of it)}.
    """

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(results), sharey=True, sharex=True)
        for ax, (title, (scores, found)) in zip(axes, results.items(), strict=True):
            ax.axvline(0, color=style.INK, linewidth=1)
            for row, (method, comparison) in enumerate(found.items()):
                look, gain = LOOKS[method], comparison.difference
                ax.errorbar(
                    100 * gain.mean,
                    row,
                    xerr=100 * gain.half,
                    color=look.colour,
                    marker=look.marker,
                    capsize=4,
                    markersize=7,
                )
            plain = mean_interval(scores["nothing", 0.0]["test"])
            ax.set(
                title=f"{title}\nno regulariser: {100 * plain.mean:.0f} ± {100 * plain.half:.0f} % right",
                xlabel="gain over no regulariser (points),\n95 % interval of eight paired differences",
            )
            ax.grid(True, axis="x")
        axes[0].set_yticks(range(len(UNITS)), list(UNITS)), axes[0].invert_yaxis()

    return plots.picture(draw, 7.2, 3.1, "what each way of holding back gains on test digits, clean and wrong labels")


def augmented_picture(images: Tensor, reach: float = 1.0, count: int = 7) -> Picture:
    """A digit and some of its random shifts by up to ``reach`` pixels: images (B, 1, 8, 8), the first is used."""

    def draw(figure: Figure) -> None:
        draws = 2 * torch.rand(count - 1, 1, 1, 2, generator=generator(5)) - 1
        every = torch.cat([images[:1], moved(images[:1].expand(count - 1, -1, -1, -1), reach * draws)])
        for k, (ax, pixels) in enumerate(zip(figure.subplots(1, count), every[:, 0].numpy(), strict=True)):
            plots.digit(ax, pixels, ""), plots.frame(ax)
            down, right = (0, 0) if k == 0 else (reach * draws[k - 1].flatten()).tolist()
            ax.set_xlabel(
                f"{abs(down):.1f} {'down' if down > 0 else 'up'},\n{abs(right):.1f} {'right' if right > 0 else 'left'}"
                if k
                else "as it is",
                fontsize=8,
            )

    return plots.picture(draw, 7.2, 1.5, "a handwritten digit and six copies of it, each moved by parts of a pixel")


class RegularisationView(View):
    """Accuracy on the digits learnt from and on new ones over the strength of one method, with bands over seeds."""

    size, alt = (7.2, 3.0), "training and test accuracy over the strength of a regulariser, with bands over seeds"

    def __init__(self, results: Mapping[bool, Scores]) -> None:
        self.results = {
            wrong: {one: {split: mean_interval(runs) for split, runs in found.items()} for one, found in scores.items()}
            for wrong, scores in results.items()
        }
        super().__init__()

    def build(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(2, 1))
        self.steps = 1 + max(len([one for one in scores if one[0] == "L2"]) for scores in self.results.values())
        left.set(xlabel="strength: 0 is none, then from weak to strong", ylabel="accuracy (%)", ylim=(0, 112))
        left.set(xlim=(-0.2, self.steps - 0.8), xticks=range(self.steps), title=" "), left.grid(True, axis="y")
        looks = style.named_looks(["training digits", "test digits"])
        self.bands, self.lines = {}, {}
        for split, look in zip(("train", "test"), looks.values(), strict=True):
            line = left.plot([], [], **look.curve)[0]
            band = left.fill_between([0], [0], [0], color=look.colour, alpha=0.2, linewidth=0)
            self.bands[split], self.lines[split] = self.moving(band), self.moving(line)
        left.legend(*left.get_legend_handles_labels(), loc="lower left")
        self.mark = self.moving(left.axvline(0, color=style.INK, linewidth=1, linestyle=":"))
        right.set(xlim=(-0.6, 1.6), ylim=(0, 112), title="at this strength", ylabel="accuracy (%)")
        right.set(xticks=[0, 1], xticklabels=["training", "test"])
        self.bars = [
            self.moving(right.bar(k, 1, width=0.6, color=look.colour)[0]) for k, look in enumerate(looks.values())
        ]
        self.whiskers = self.moving(right.plot([], [], color=style.INK, marker="_", markersize=9)[0])
        self.words = [self.moving(right.text(k, 0, "", ha="center", va="bottom")) for k in range(2)]
        self.title = self.moving(left.text(0, 1.04, "", transform=left.transAxes))

    def update(self, method: str, strength: int, wrong: bool) -> None:
        scores = self.results[wrong]
        path = [("nothing", 0.0), *(one for one in scores if one[0] == method)]
        for split, line in self.lines.items():
            low, mean, high = (
                100 * np.array([getattr(scores[one][split], end) for one in path]) for end in ("low", "mean", "high")
            )
            line.set_data(range(len(path)), mean)
            self.bands[split].set_data(range(len(path)), low, high)
        here = path[strength]
        self.mark.set_xdata([strength, strength])
        labels = "20 of 100 labels wrong" if wrong else "all labels right"
        self.title.set_text(f"{method}, {f'{UNITS[method]} {here[1]:g}' if strength else 'off'}; {labels}")
        ends = []
        for split, bar, words in zip(self.lines, self.bars, self.words, strict=True):
            found = scores[here][split]
            bar.set_height(100 * found.mean), words.set_text(f"{100 * found.mean:.0f}")
            words.set_y(min(100 * found.high, 100) + 1), ends.append((100 * found.low, min(100 * found.high, 100)))
        self.whiskers.set_data([0, 0, np.nan, 1, 1], [*ends[0], np.nan, *ends[1]])


def regularisation(
    results: Mapping[bool, Scores], method: str = "L2", strength: int = 0, wrong: bool = True
) -> Picture:
    """The panel's picture by hand; ``results[wrong]`` is from ``hold_back``; strength 0 is nothing, 1 the weakest."""
    return RegularisationView(results).picture(method=method, strength=strength, wrong=wrong)


def regularisation_panel(results: Mapping[bool, Scores]) -> Panel:
    """Choose a method, its strength, and whether 20 of the 100 labels are wrong."""
    view = RegularisationView(results)
    return Panel(
        view,
        method=choice("method", list(UNITS), "L2"),
        strength=slider("strength", 0, view.steps - 1, 0, 1),
        wrong=switch("20 of the 100 labels are wrong", True),
    )
