"""Over-fitting 100 digits: networks held back in five ways and at many strengths, trained at once, and their panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.datasets import digits
from mmcourse.engine import Data, accuracy_many, compare, fit_many, generator, mean_interval, pick_device
from mmcourse.neurons import MLP, relu
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style, switch
from mmcourse.training import dropout, l1_penalty, l2_penalty

STRENGTHS: Mapping[str, tuple[float, ...]] = {  # from weak to strong
    "L1": (3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
    "L2": (3e-3, 1e-2, 3e-2, 0.1, 0.3),
    "dropout": (0.1, 0.3, 0.5, 0.7, 0.9),
    "augmentation": (0.25, 0.5, 0.75, 1.0, 2.0),
    "early stopping": (20, 10, 6, 3, 1),
}
UNITS = {"L1": "λ =", "L2": "λ =", "dropout": "p =", "augmentation": "up to pixels:", "early stopping": "patience"}
LOOKS = style.named_looks(["nothing", *STRENGTHS])
PLAN = {"epochs": 60, "batch_size": 50, "lr": 1e-2}
Scores = dict[tuple[str, float], dict[str, list[float]]]  # (method, strength) → {"train", "valid", "test"} → seeds


def moved(images: Tensor, shifts: Tensor) -> Tensor:
    """Pictures (B, 1, H, W) moved by shifts (B, 1, 1, 2), rows down and columns right, in fractions of a pixel.

    A picture between two pixels is their mixture: new = R image C, with weights 1 - |distance| in R and in C.
    """
    rows, columns = (_mixture(side, shifts[..., axis : axis + 1]) for axis, side in enumerate(images.shape[-2:]))
    return rows @ images @ columns.mT


def _mixture(side: int, shift: Tensor) -> Tensor:
    """Which old rows each new row is made of: (side, side) weights for each shift (B, 1, 1, 1)."""
    places = torch.arange(side, device=shift.device, dtype=shift.dtype)
    return (1 - (places[:, None] - shift - places).abs()).clamp(min=0)


class HeldBackMLP(MLP):
    """The network of lesson 01, with dropout of its hidden units and random shifts of its pictures while it trains.

    The strengths ``l1``, ``l2``, ``drop`` and ``reach`` (pixels) are buffers, numbers that belong to the model and are
    not learnt, so that ``fit_many`` can train models of different strengths side by side. A part whose strength is not
    named is left out altogether: drawing masks of share 0 would take as long as drawing others.
    """

    def __init__(self, seed: int = 0, **strengths: float) -> None:
        super().__init__(64, 64, 10, seed)
        self.named = frozenset(strengths)
        for name in ("l1", "l2", "drop", "reach"):
            self.register_buffer(name, torch.tensor(float(strengths.get(name, 0.0))))

    def forward(self, images: Tensor) -> Tensor:
        if self.training and "reach" in self.named:
            images = moved(images, self.reach * (2 * torch.rand_like(images[:, :, :1, :2]) - 1))
        hidden = relu(images.flatten(1) @ self.w1 + self.b1)
        if self.training and "drop" in self.named:
            hidden = dropout(hidden, self.drop, torch.rand_like(hidden))
        return hidden @ self.w2 + self.b2


def held_back_penalty(weights: Mapping[str, Tensor], buffers: Mapping[str, Tensor]) -> Tensor:
    """Each model's own mixture of both penalties on its weights; biases go free."""
    layers = [weights["w1"], weights["w2"]]
    return buffers["l1"] * l1_penalty(layers) + buffers["l2"] * l2_penalty(layers)


def hundred_digits(seed: int, wrong: int = 0) -> Data:
    """100 training digits drawn by the seed: images (100, 1, 8, 8) and labels; the first ``wrong`` labels are false."""
    rng, every = generator(seed), digits.load("train")
    rows = torch.randperm(len(every.labels), generator=rng)[:100]
    labels = every.labels[rows].clone()
    labels[:wrong] = (labels[:wrong] + torch.randint(1, 10, (wrong,), generator=rng)) % 10
    return every.images[rows], labels


def hold_back(
    wrong: int = 0,
    seeds: Sequence[int] = range(8),
    callback: Callable[..., object] | None = None,
    strengths: Mapping[str, Sequence[float]] = STRENGTHS,
) -> Scores:
    """Train every method at every strength for every seed; accuracies on its 100, the validation and the test digits.

    ``wrong`` of the 100 labels are false. Early stopping watches the validation digits; its strength is the patience.
    """
    place = pick_device()
    plans = {method: [(method, one) for one in found] for method, found in strengths.items()}
    groups = [[("nothing", 0.0), *plans["L1"], *plans["L2"]], *(plans[m] for m in ("dropout", "augmentation"))]
    scores: Scores = {}
    for k, group in enumerate([*groups, plans["early stopping"]]):
        each = [(method, strength, seed) for method, strength in group for seed in seeds]
        models = [_held_back(*one).to(place) for one in each]
        sets = [hundred_digits(seed, wrong) for *_, seed in each]
        early = {"valid": digits.load("valid"), "patience": [int(one[1]) for one in each]}
        more = early if group[0][0] == "early stopping" else {"penalty": held_back_penalty}
        fit_many(models, sets, seeds=[seed for *_, seed in each], **more, **PLAN)
        found = _scored(models, sets)
        for g, one in enumerate(group):
            scores[one] = {split: runs[g * len(seeds) : (g + 1) * len(seeds)] for split, runs in found.items()}
        if callback is not None:
            callback(k + 1, len(groups) + 1)
    return scores


def _held_back(method: str, strength: float, seed: int) -> HeldBackMLP:
    name = {"L1": "l1", "L2": "l2", "dropout": "drop", "augmentation": "reach"}.get(method)
    penalised = {"l1": 0.0, "l2": 0.0} if method in ("nothing", "L1", "L2") else {}
    return HeldBackMLP(seed, **penalised | ({name: strength} if name else {}))


def _scored(models: Sequence[HeldBackMLP], sets: Sequence[Data]) -> dict[str, list[float]]:
    own = [accuracy_many([model], data)[0] for model, data in zip(models, sets, strict=False)]
    return {"train": own, **{split: accuracy_many(models, digits.load(split)) for split in ("valid", "test")}}


def chosen_strengths(scores: Scores) -> dict[str, float]:
    """For each method the strength with the best mean accuracy on the validation digits; the test digits wait."""
    means = {one: float(np.mean(found["valid"])) for one, found in scores.items()}
    return {method: max((one for one in scores if one[0] == method), key=means.get)[1] for method, _ in scores}


def gains(scores: Scores) -> dict[str, Any]:
    """Each method at its chosen strength against nothing, on the test digits, seed by seed: {method: comparison}."""
    plain = scores["nothing", 0.0]["test"]
    return {
        method: compare(scores[method, strength]["test"], plain)
        for method, strength in chosen_strengths(scores).items()
        if method != "nothing"
    }


def side_by_side_picture(results: Mapping[str, Scores]) -> Picture:
    """For each method at its chosen strength the gain over nothing on the test digits, with its interval."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(results), sharey=True, sharex=True)
        for ax, (title, scores) in zip(axes, results.items(), strict=True):
            ax.axvline(0, color=style.INK, linewidth=1)
            for row, (method, found) in enumerate(gains(scores).items()):
                look, gain = LOOKS[method], found.difference
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
        axes[0].set_yticks(range(len(STRENGTHS)), list(STRENGTHS)), axes[0].invert_yaxis()

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


def _quick() -> dict[bool, Scores]:
    """Two seeds and few strengths, for those who want to see the panel before they have trained."""
    few = {method: found[1:4:2] for method, found in STRENGTHS.items()}
    return {bool(wrong): hold_back(wrong, range(2), strengths=few) for wrong in (0, 20)}


def regularisation(
    results: Mapping[bool, Scores], method: str = "L2", strength: int = 0, wrong: bool = True
) -> Picture:
    """The panel's picture by hand; ``results[wrong]`` is from ``hold_back``; strength 0 is nothing, 1 the weakest."""
    return RegularisationView(results).picture(method=method, strength=strength, wrong=wrong)


def regularisation_panel(results: Mapping[bool, Scores] | None = None) -> Panel:
    """Choose a method, its strength, and whether 20 of the 100 labels are wrong; without results, two seeds train."""
    view = RegularisationView(_quick() if results is None else results)
    return Panel(
        view,
        method=choice("method", list(STRENGTHS), "L2"),
        strength=slider("strength", 0, view.steps - 1, 0, 1),
        wrong=switch("20 of the 100 labels are wrong", True),
    )
