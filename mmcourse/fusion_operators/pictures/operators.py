"""Lesson 09: its data, its experiments, and the still figures; views and panels stand in the files beside this one."""

from __future__ import annotations

import copy
import statistics
import string
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import Data, accuracy_many, generator, mean_interval
from mmcourse.fusion_levels import parameters
from mmcourse.fusion_operators import trials
from mmcourse.fusion_operators.pictures.panels import (
    decision_maps,
    decision_maps_panel,
    image_shares,
    levels_of_noise,
    mixes,
    mixes_panel,
    pair_batch,
    sense_shares,
    sense_shares_panel,
    train_shares,
)
from mmcourse.pictures import Picture, plots, style

__all__ = [
    "CONDITIONS",
    "FORMULAS",
    "alpha_curve",
    "comparison",
    "cost_plot",
    "decision_maps",
    "decision_maps_panel",
    "families",
    "image_shares",
    "measure",
    "mixes",
    "mixes_panel",
    "pair_batch",
    "pairs_under",
    "score_table",
    "seconds_per_batch",
    "sense_bars",
    "sense_shares",
    "sense_shares_panel",
    "three_senses",
    "train_shares",
    "trio",
    "varied",
    "written",
]

Scores = Mapping[str, Mapping[str, Sequence[float]]]  # condition → operator → accuracies, one for each seed
FORMULAS: Mapping[str, str] = {
    "concatenate": "A [x; y] + b",
    "sum": "Ax + Cy",
    "mean": "(Ax + Cy) / 2",
    "max": "max(Ax, Cy)",
    "weighted": "α Ax + (1−α) Cy",
    "product": "Ax ∘ Cy",
    "bilinear": "Σ V x y + b",
    "tensor": "V ([x;1] ⊗ [y;1])",
    "low-rank": "Σ F[x;1] ∘ G[y;1]",
    "gated": "g ∘ tanh Ax + (1−g) ∘ tanh Cy",
    "attention": "a Ax + (1−a) Cy",
    "FiLM": "(1+γ(y)) ∘ Ax + β(y)",
    "cross-attention": "tokens ask tokens",
    "Siamese": "A [mean; |n(x) − n(y)|]",
    "hierarchical": "join at each depth",
    "relation": "graph of likeness",
}
CONDITIONS: Mapping[str, dict[str, Any]] = {
    "clean": {},
    "noisy": {"image_noise": 0.6, "audio_snr": -6},
    "one missing": {"missing": 1.0},
    "contradicting": {"audio_snr": -6, "contradiction": 0.5},
}
NOISES, SNRS = (0.0, 0.3, 0.6, 1.0), (None, 0, -6, -12)  # of training: each sample draws one of each
ALPHABET = string.ascii_lowercase
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TYPOS = (0.0, 0.3, 0.6, 0.9)
FAMILY_COLOURS = ("#303030", "#5B4FA2", "#8A5A00", "#007A59", "#A8326E")  # none is the colour of a sense
OPERATOR_LOOKS = {
    name: replace(style.METHODS[i], label=name)  # one look for an operator everywhere
    for i, name in enumerate(("sum", "product", "max", "attention", "low-rank", "FiLM", "gated"))
}


# ---------------------------------------------------------------------------------------------- data


def varied(size: int = 600, seeds: Sequence[int] = range(8), notes: bool = False) -> list[Data]:
    """Training pairs in which each sample draws its own image noise and its own SNR; one data set for each seed.

    With ``notes`` a third sense, the digit's name written down with typos, their number drawn as well.
    """
    seen, heard, labels = levels_of_noise(size, NOISES, SNRS)
    each, made = torch.arange(size), []
    for seed in seeds:
        rng = generator(1000 + seed)
        i, j, k = (torch.randint(4, (size,), generator=rng) for _ in range(3))
        batch = {"image": seen[i, each], "audio": heard[j, each]}
        if notes:
            batch["text"] = written(labels, torch.tensor(TYPOS)[k], rng)
        made.append((batch, labels))
    return made


def written(labels: Tensor, typos: Tensor | float, rng: torch.Generator) -> Tensor:
    """A third sense: the digit's name, each letter made any letter with probability ``typos``. (B,) → (B, 5, 27).

    One row for each of five places, one column for each letter and one for "no letter".
    """
    codes = torch.tensor([[(ALPHABET + " ").index(letter) for letter in word.ljust(5)] for word in DIGITS])
    letters = codes[labels]  # (B, 5), a space is number 26
    chance = torch.as_tensor(typos).expand(len(labels))[:, None]
    slips = (torch.rand(letters.shape, generator=rng) < chance) & (letters < 26)
    letters = torch.where(slips, torch.randint(26, letters.shape, generator=rng), letters)
    return F.one_hot(letters, 27).float()


@lru_cache(maxsize=16)  # the same noises are asked for again and again
def pairs_under(split: str, **dials: Any) -> Data:
    """All pairs of a split under the given dials, as sequences; made once, so do not change them in place."""
    pairs = SeeHear(split, seed=0).dial(**dials)
    return pair_batch(pairs), pairs.labels


def trio(split: str, typos: float, lost: str | None = None, **dials: Any) -> Data:
    """The pairs of a split with a written note; ``lost`` names a sense that is switched off, all zeros."""
    batch, labels = pairs_under(split, **dials)
    batch = {**batch, "text": written(labels, typos, generator(7))}
    return {name: torch.zeros_like(x) if name == lost else x for name, x in batch.items()}, labels


def measure(trained: Mapping[str, Sequence[Any]]) -> Scores:
    """Accuracy of every model under each of the four conditions, on the 400 test pairs."""
    base = SeeHear("test", seed=0)
    tests = {name: base.dial(**dials) for name, dials in CONDITIONS.items()}
    return {
        name: {
            operator: accuracy_many(models, (pair_batch(pairs), pairs.labels)) for operator, models in trained.items()
        }
        for name, pairs in tests.items()
    }


def seconds_per_batch(model: torch.nn.Module, data: Data, rounds: int = 7) -> tuple[float, float]:
    """Median seconds for one batch, forward and backward, on this machine's processor."""
    model, (inputs, labels), taken = copy.deepcopy(model).cpu(), data, []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        loss = F.cross_entropy(model(inputs), labels)
        middle = time.perf_counter()
        loss.backward()
        taken.append((middle - start, time.perf_counter() - middle))
    forward, backward = zip(*taken[1:], strict=True)  # the first round warms up
    return statistics.median(forward), statistics.median(backward)


# ---------------------------------------------------------------------------------------------- drawings


def families() -> Picture:
    """Map: the sixteen operators in five families, each with its formula."""
    return plots.picture(_draw_families, 9.9, 3.7, "map of sixteen operators in five families, each with its formula")


def _draw_families(figure: Figure) -> None:
    ax = figure.subplots()
    ax.set(xlim=(0, 5), ylim=(-6.35, 0.75)), ax.axis("off")
    for i, (family, members) in enumerate(trials.FAMILIES.items()):
        colour = _colour_of(next(iter(members)))
        ax.text(i + 0.5, 0.42, f"{i + 1}  {family}", ha="center", fontsize=10.5, weight="bold", color=colour)
        for row, name in enumerate(members):
            ax.add_patch(
                FancyBboxPatch(
                    (i + 0.05, -row - 0.87),
                    0.9,
                    0.8,
                    boxstyle="round,pad=0,rounding_size=0.05",
                    facecolor=to_rgba(colour, 0.08),
                    edgecolor=colour,
                    linewidth=1.3,
                )
            )
            ax.text(i + 0.5, -row - 0.33, name, ha="center", va="center", fontsize=9.5, weight="bold")
            size = 8.3 if len(FORMULAS[name]) < 26 else 7.4
            ax.text(i + 0.5, -row - 0.65, FORMULAS[name], ha="center", va="center", fontsize=size)
    asks = (
        "nothing is decided yet",
        "one rule for each place,\nsame for all samples",
        "each number meets\neach other number",
        "shares that depend\non the sample",
        "small networks\nof their own",
    )
    for i, words in enumerate(asks):
        ax.text(i + 0.5, -6.25, words, ha="center", va="bottom", fontsize=8.5, color=style.SOFT)


def _colour_of(operator: str) -> str:
    return FAMILY_COLOURS[_family_of(operator)]


def _family_of(operator: str) -> int:
    return next(i for i, members in enumerate(trials.FAMILIES.values()) if operator in members)


def score_table(scores: Scores, title: str = "accuracy (%)", low: float = 0.0, width: float = 6.4) -> Picture:
    """One row for each operator, one column for each condition: mean and half the 95 % interval, dark is high."""
    names = list(next(iter(scores.values())))

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        _draw_cells(ax, scores, names, low)
        ax.set_title(title)

    return plots.picture(
        draw,
        width,
        0.62 + 0.265 * len(names),
        "table: rows are operators, columns are conditions, cells hold accuracy and interval",
    )


def _draw_cells(ax: Axes, scores: Scores, names: Sequence[str], low: float, left: float = 0.0) -> None:
    """The cells, one unit wide, beginning at x = ``left``; lines part the families."""
    found = [[mean_interval(column[name]) for column in scores.values()] for name in names]
    means = np.array([[one.mean for one in row] for row in found])
    ax.imshow(
        means,
        vmin=low,
        vmax=1.7,
        cmap="Blues",
        aspect="auto",
        extent=(left - 0.5, left + len(scores) - 0.5, len(names) - 0.5, -0.5),
    )
    for y, row in enumerate(found):
        for x, one in enumerate(row):
            ax.text(left + x, y, f"{100 * one.mean:.0f} ± {100 * one.half:.0f}", ha="center", va="center", fontsize=8.8)
    ax.set_xticks([left + x for x in range(len(scores))], list(scores)), ax.xaxis.tick_top()
    ax.set_yticks(range(len(names)), names), ax.tick_params(length=0, labelsize=9)
    for label in ax.get_yticklabels():
        label.set_color(_colour_of(label.get_text()))
    for side in ax.spines.values():
        side.set_visible(False)
    for y in range(1, len(names)):
        if _colour_of(names[y]) != _colour_of(names[y - 1]):
            ax.axhline(y - 0.5, color=style.SOFT, linewidth=1.2)


def comparison(
    trained: Mapping[str, Sequence[Any]], scores: Scores, seconds: Mapping[str, tuple[float, float]]
) -> Picture:
    """The whole table: formula, parameters, multiply-adds, time of 100 pairs both ways, and the four accuracies."""
    names = list(trained)
    one = {name: x[:1] for name, x in pair_batch(SeeHear("test", size=10).dial()).items()}
    columns = {"formula": FORMULAS}
    columns["parameters"] = {name: f"{parameters(trained[name][0]):,}" for name in names}
    columns["multiply-\nadds"] = {name: f"{trials.multiply_adds(trained[name][0], one):,}" for name in names}
    for way, words in enumerate(("forward\n(ms)", "backward\n(ms)")):
        columns[words] = {name: f"{1000 * seconds[name][way]:.1f}" for name in names}
    places = (0.05, 3.15, 4.1, 4.8, 5.6)

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        _draw_cells(ax, scores, names, 0.0, left=6.3)
        for x, (head, values) in zip(places, columns.items(), strict=True):
            side = "left" if head == "formula" else "right"
            ax.text(x, -0.62, head, ha=side, va="bottom", fontsize=9, color=style.SOFT)
            for y, name in enumerate(names):
                ax.text(x, y, values[name], ha=side, va="center", fontsize=8.6)
        ax.text(7.8, -1.45, "accuracy (%), ± half of the 95 % interval", ha="center", fontsize=9, color=style.SOFT)
        ax.set_xlim(0, 9.85)

    return plots.picture(
        draw,
        10.2,
        0.8 + 0.275 * len(names),
        "table of sixteen operators: formula, parameters, "
        "multiply-adds, milliseconds, and accuracy under four conditions with intervals",
    )


def cost_plot(scores: Scores, seconds: Mapping[str, tuple[float, float]], condition: str = "noisy") -> Picture:
    """Accuracy over the time of one training step of 100 pairs, both ways; a sign for each family, two have names."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        times = {name: 1000 * sum(both) for name, both in seconds.items()}
        for name, x in times.items():
            one, i = mean_interval(scores[condition][name]), _family_of(name)
            ax.errorbar(
                x,
                100 * one.mean,
                100 * one.half,
                marker="os^DX"[i],
                color=FAMILY_COLOURS[i],
                markersize=6.5,
                elinewidth=0.9,
                alpha=0.85,
            )
            if name in ("relation", "cross-attention"):  # the others crowd too closely
                ax.annotate(
                    name,
                    (x, 100 * one.mean),
                    xytext=(11, 0),
                    textcoords="offset points",
                    va="center",
                    weight="bold",
                    fontsize=9,
                    color=FAMILY_COLOURS[i],
                )
        heap = [x for name, x in times.items() if _family_of(name) < 4]
        top = max(100 * statistics.mean(scores[condition][name]) for name in times)
        ax.text(
            statistics.geometric_mean(heap),
            top + 7,
            "families 1 to 4: twelve operators",
            ha="center",
            weight="bold",
            fontsize=9,
        )
        low, high = min(times.values()), max(times.values())
        ax.set(
            xscale="log",
            xlabel="time of one training step on 100 pairs, forward and backward (ms, logarithmic)",
            ylabel="accuracy (%)",
            ylim=(0, 105),
            title=f"{condition}: accuracy over cost, equal parameters",
            xlim=(low / 1.7, high * 2.6),
        )
        ax.set_xticks([x for x in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if low / 1.7 < x < 2.6 * high])
        ax.xaxis.set_major_formatter("{x:g}"), ax.minorticks_off(), ax.grid(True, axis="y")
        ax.legend(
            handles=[
                Line2D([], [], linestyle="", marker="os^DX"[i], color=FAMILY_COLOURS[i], label=family)
                for i, family in enumerate(trials.FAMILIES)
            ],
            loc="lower left",
        )

    return plots.picture(draw, 7.4, 3.6, f"sixteen points: time of a training step across, {condition} accuracy up")


def alpha_curve(
    curves: Mapping[str, Sequence[Sequence[float]]],
    alphas: Sequence[float],
    learnt: Sequence[float] = (),
    chosen: float | None = None,
) -> Picture:
    """Accuracy over the fixed weight α of the image, with bands; the α a validation split chose, the weights learnt."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for look, runs in zip(style.named_looks(list(curves)).values(), curves.values(), strict=True):
            plots.banded(ax, alphas, [mean_interval(one) for one in runs], look, scale=100)
            if chosen is not None:
                height = 100 * statistics.mean(runs[list(alphas).index(chosen)])
                ax.plot(
                    chosen,
                    height,
                    "o",
                    markersize=12,
                    markerfacecolor="none",
                    markeredgecolor="#D55E00",
                    markeredgewidth=2,
                    label="chosen by validation",
                )
        if len(learnt):
            ax.plot(
                learnt,
                [4] * len(learnt),
                "|",
                color=style.LIMIT,
                markersize=14,
                markeredgewidth=1.8,
                label="weights that were learnt, eight seeds",
            )
        ax.set(xlabel="α, the weight of the image (the sound has 1 − α)", ylabel="accuracy (%)", ylim=(0, 102))
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 0.12), labelspacing=0.7), ax.grid(True, axis="y")

    return plots.picture(draw, 6.8, 3.2, "accuracy over the weight of the image, with intervals")


def three_senses(index: int = 0, image_noise: float = 0.6, audio_snr: float = -6, typos: float = 0.6) -> Picture:
    """One digit, seen, heard and written, each under its own noise."""
    batch, labels = trio("test", typos, image_noise=image_noise, audio_snr=audio_snr)
    letters = ALPHABET + " "
    note = "".join(letters[i] for i in batch["text"][index].argmax(-1))

    def draw(figure: Figure) -> None:
        seen, heard, read = figure.subplots(1, 3, width_ratios=[1, 2, 1.2])
        plots.digit(seen, batch["image"][index].numpy()), plots.sound(heard, batch["audio"][index].T.numpy())
        read.axis("off"), read.set_title("written")
        read.text(0.5, 0.55, f"“{note.strip()}”", ha="center", fontsize=17, family="DejaVu Sans Mono")
        read.text(0.5, 0.25, f"meant: {DIGITS[labels[index]]}", ha="center", fontsize=9, color=style.SOFT)

    return plots.picture(draw, 7.6, 2.3, f"a noisy digit, its noisy sound, and its name with typos: {note.strip()}")


def sense_bars(scores: Scores, title: str = "") -> Picture:
    """Bars of some operators under several conditions, with intervals; each operator has the same look everywhere."""
    names = list(next(iter(scores.values())))
    values = {name: [mean_interval(column[name]) for column in scores.values()] for name in names}

    def draw(figure: Figure) -> None:
        ax = plots.grouped_bars(figure.subplots(), list(scores), values, looks=OPERATOR_LOOKS, legend=False)
        ax.set(ylabel="accuracy (%)", ylim=(0, 106), title=title)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=7, handlelength=1.5, columnspacing=1.1)

    return plots.picture(draw, 9.0, 3.3, "bars: accuracy of some operators under several conditions, with intervals")
