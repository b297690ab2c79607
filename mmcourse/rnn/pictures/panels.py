"""Pictures and panels of lesson 05: how far a gradient reaches, what gates do, and scores of the experiments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.engine import mean_interval
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style
from mmcourse.rnn import LSTM, watch_gates
from mmcourse.rnn.models import SequenceClassifier
from mmcourse.rnn.pictures.drawings import lstm_drawing, unrolled
from mmcourse.rnn.pictures.memory import (
    CELL_LOOKS,
    CELLS,
    GAPS,
    LETTERS,
    gap_length,
    gap_length_panel,
    recall,
    recall_accuracies,
    recall_strip,
    train_recall,
)
from mmcourse.rnn.studies import (
    caption_windows,
    heard_so_far,
    next_character_loss,
    out_of_order,
    review_ids,
    review_scores,
    spoken_frames,
)

__all__ = [
    "CELLS",
    "GAPS",
    "LETTERS",
    "arrival",
    "caption_windows",
    "distance",
    "distance_panel",
    "gap_length",
    "gap_length_panel",
    "gates",
    "gates_panel",
    "group_bars",
    "heard_so_far",
    "influences",
    "lstm_drawing",
    "next_character_loss",
    "out_of_order",
    "recall",
    "recall_accuracies",
    "recall_strip",
    "review_ids",
    "review_scores",
    "secret",
    "spoken_frames",
    "telling_unit",
    "train_recall",
    "unrolled",
]


def cell_looks(names: Sequence[str]) -> dict[str, style.Look]:
    """A look for each name: a cell's own, also for "LSTM, both ways" where no plain LSTM stands beside it."""
    free, found = iter([*style.METHODS[4:], *style.METHODS[3::-1]]), {}
    for name in names:
        cell = name if name in CELLS else name.split(",")[0]
        own = cell in CELLS and (cell == name or cell not in names)
        found[name] = replace(CELL_LOOKS[cell] if own else next(free), label=name)
    return found


# ------------------------------------------------------------ how far a gradient reaches

STEPS, UNITS = 60, 64
SEED = 45  # here the prediction is off by 1 % a step; other weights of this size are off by up to 4 %


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
        ax.text(0.015, 0.04, "radius ρ, squash:\nmeasured, a step:", **place)
        self.word = self.moving(ax.text(0.24, 0.04, "", **place))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)

    def lengths(self, radius: float, squash: str) -> tuple[np.ndarray, np.ndarray]:
        """Measured and predicted lengths, (STEPS + 1,) each, relative to the start."""
        slopes, h = np.ones((STEPS, UNITS)), np.zeros(UNITS)
        if squash == "tanh":
            for t in range(STEPS):
                h = np.tanh(radius * (self.w @ h) + 0.3 * self.input[t])
                slopes[t] = 1 - h**2
        gradient, measured = self.start, [np.linalg.norm(self.start)]
        for t in reversed(range(STEPS)):
            gradient = radius * (self.w.T @ (slopes[t][:, None] * gradient))
            measured.append(np.linalg.norm(gradient))
        factors = radius * np.sqrt((slopes[::-1] ** 2).mean(1))
        return np.array(measured) / measured[0], np.concatenate([[1], np.cumprod(factors)])

    def update(self, *, radius: float, squash: str) -> None:
        measured, predicted = self.lengths(radius, squash)
        bound = (radius * self.stretch) ** np.arange(STEPS + 1.0)
        for line, values in zip((self.measured, self.predicted, self.bound), (measured, predicted, bound), strict=True):
            line.set_ydata(np.clip(values, 1e-15, 1e12))
        per_step = (measured[-1] / measured[10]) ** (1 / (STEPS - 10))
        self.word.set_text(f"{radius:.2f}, {squash}\n× {per_step:.2f}")


def distance(radius: float = 0.8, squash: str = "tanh") -> Picture:
    """How the gradient of a 64-unit network shrinks or grows on its way back; ``squash``: "tanh" or "none"."""
    return DistanceView().picture(radius=radius, squash=squash)


def distance_panel() -> Panel:
    """The same with the size of the recurrent weights on a slider."""
    return Panel(
        DistanceView(), radius=slider("spectral radius", 0.3, 1.7, 0.8, 0.05), squash=choice("squash", ["tanh", "none"])
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


# ------------------------------------------------------------ gates


def secret(heights: Mapping[str, Sequence[float]], title: str, shared: bool = True) -> Picture:
    """What each cell shows at every step, ``heights[name]`` (T,): one small plot a cell, on one scale if ``shared``."""
    looks = cell_looks(list(heights))

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(heights), sharey=shared, squeeze=False)[0]
        for ax, (name, values) in zip(axes, heights.items(), strict=True):
            ax.axhspan(-1, 1, color=style.GRID, alpha=0.5, linewidth=0)
            every = max(1, len(values) // 8)
            ax.plot(range(1, len(values) + 1), values, **{**looks[name].curve, "markevery": every})
            ax.set(xlabel="step", title=f"{name}: {title}")
            ax.set_xticks([*range(0, len(values) + 1, 5), *([1, 2, 3, 4] if len(values) < 6 else [])])
            ax.set_xlim(0.5, len(values) + 0.5)
        axes[0].set_ylabel("what it shows, h\n(grey: −1 to 1)")

    return plots.picture(draw, 7.6, 2.4, "what each cell shows at every step; the grey band is -1 to 1")


class GatesView(View):
    """A sequence of the recall task, the gates of one unit of an LSTM along it, and what this unit remembers."""

    size, alt = (7.2, 3.5), "a sequence, and below it gates, memory and output of one LSTM unit at every step"
    gates = (("input", 0), ("forget", 1), ("output", 3))

    def __init__(self, model: SequenceClassifier, longest: int = 30) -> None:
        self.model, self.longest, self._last, self._drawn = model, longest, None, None
        super().__init__()

    def build(self, figure: Figure) -> None:
        sequence, gates, memory = figure.subplots(3, 1, sharex=True, height_ratios=(1.1, 1.3, 1.1))
        low, rows = -self.longest - 2, [*LETTERS, "keep this", "which?"]
        sequence.set(xlim=(low - 0.5, 0.5), ylim=(len(rows) - 0.5, -0.5))
        sequence.set_yticks(range(len(rows)), rows, fontsize=8), sequence.tick_params(length=0)
        self.ones = self.moving(sequence.plot([], [], "s", color=style.INK, markersize=5)[0])
        looks = style.named_looks([name for name, _place in self.gates])
        self.lines = [
            self.moving(gates.plot([], [], **{**looks[name].curve, "marker": ""})[0]) for name, _place in self.gates
        ]
        gates.set(ylim=(-0.04, 1.04), ylabel="gate: 0 shut,\n1 open"), gates.set_yticks([0, 0.5, 1])
        gates.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        with torch.no_grad():
            largest = float(watch_gates(self.model.recurrent, recall([20] * 50, seed=0)[0]).memory.abs().max())
        memory.set_yscale("symlog", linthresh=1)  # small units stay visible beside those that count up
        memory.set(ylim=(-1.3 * largest, 1.3 * largest), xlabel="steps before the question", ylabel="memory")
        memory.set_yticks([-10, -1, 0, 1, 10], ["−10", "−1", "0", "1", "10"]), memory.minorticks_off()
        memory.grid(True, axis="y")
        self.memory = self.moving(memory.plot([], [], color=style.INK, label="memory c")[0])
        self.shown = self.moving(memory.plot([], [], color=style.METHODS[1].colour, linestyle="--", label="shown h")[0])
        memory.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        self.cursors = [self.moving(ax.axvline(0, color=style.SOFT, linewidth=1)) for ax in (gates, memory)]
        self.word = self._pair(memory, 0.3, "c at line:")
        self.verdict = self._pair(sequence, 0.9, "right\nit says")

    def _pair(self, ax: Axes, top: float, words: str) -> Artist:
        """Still words beside an axes, and the moving values behind them."""
        place = {"transform": ax.transAxes, "va": "top", "fontsize": 8.5, "linespacing": 1.35}
        ax.text(1.02, top, words, **place)
        return self.moving(ax.text(1.13, top, "", **place))

    @torch.no_grad()
    def _watch(self, gap: int, sample: int, bias: float) -> None:
        """Run the network on one sequence with ``bias`` added to every forget gate's sum; kept until they change."""
        if self._last == (gap, sample, bias):
            return
        x, label = recall([gap], seed=sample, length=self.longest + 3)
        cell, hidden = self.model.recurrent, self.model.recurrent.hidden_size
        shifted = cell.bias_hh_l0.data.clone()
        cell.bias_hh_l0.data[hidden : 2 * hidden] += bias
        self.inside = [part[0].numpy() for part in watch_gates(cell, x)]
        cell.bias_hh_l0.data.copy_(shifted)
        logits = torch.tensor(self.inside[5][-1]) @ self.model.head_w.T + self.model.head_b
        self.x, self.label, self.says, self._last = x[0], int(label), int(logits.argmax()), (gap, sample, bias)

    def update(self, *, gap: int, sample: int, unit: int, position: int, bias: float) -> None:
        self._watch(gap, sample, bias)
        steps = np.arange(len(self.x)) - len(self.x) + 1
        at, rows = self.x.nonzero().T.numpy()
        if (gap, sample) != self._drawn:  # an artist left alone keeps its whole axes calm, and the redraw quick
            self.ones.set_data(steps[at], rows)
            self._drawn = (gap, sample)
        for line, (_name, place) in zip(self.lines, self.gates, strict=True):
            line.set_data(steps, self.inside[place][:, unit])
        self.memory.set_data(steps, self.inside[4][:, unit]), self.shown.set_data(steps, self.inside[5][:, unit])
        for cursor in self.cursors:
            cursor.set_xdata([-position, -position])
        self.word.set_text(f"{self.inside[4][len(steps) - 1 - position, unit]:.1f}".replace("-", "−"))
        verdict = f"{LETTERS[self.label]}\n{LETTERS[self.says]}"
        if verdict != self.verdict.get_text():
            self.verdict.set_text(verdict)


@lru_cache(maxsize=1)
def _quick_lstm() -> SequenceClassifier:
    return train_recall("LSTM", seeds=[0], count=600, epochs=3)[0]


def telling_unit(model: SequenceClassifier) -> int:
    """The unit whose memory at the question tells the letters apart best: spread between them over spread within."""
    with torch.no_grad():
        x, labels = recall([20] * 100, seed=0)
        memory = watch_gates(model.recurrent, x).memory[:, -1]  # (100, H)
    groups = [memory[labels == k] for k in range(len(LETTERS))]
    between, within = torch.stack([g.mean(0) for g in groups]).var(0), torch.stack([g.var(0) for g in groups]).mean(0)
    return int((between / within).argmax())


def _loudest(model: SequenceClassifier, unit: int) -> int:
    """The one of the first ten sequences with gap 20 that leaves most in the memory of a unit."""
    with torch.no_grad():
        ends = [watch_gates(model.recurrent, recall([20], seed=k)[0]).memory[0, -1, unit] for k in range(10)]
    return int(torch.stack(ends).abs().argmax())


def gates(
    model: SequenceClassifier,
    gap: int = 20,
    sample: int | None = None,
    unit: int | None = None,
    position: int = 0,
    bias: float = 0.0,
) -> Picture:
    """The inside of one unit of a recall LSTM along one sequence; None: the most telling ones."""
    unit = telling_unit(model) if unit is None else unit
    sample = _loudest(model, unit) if sample is None else sample
    return GatesView(model).picture(gap=gap, sample=sample, unit=unit, position=position, bias=bias)


def gates_panel(model: SequenceClassifier | None = None) -> Panel:
    """Go through sequences, units and positions, and push the forget gates open or shut."""
    model = _quick_lstm() if model is None else model
    if not isinstance(model.recurrent, LSTM):
        raise ValueError(f"model: got a {type(model.recurrent).__name__}, expected one with an LSTM of one layer")
    view, unit = GatesView(model), telling_unit(model)
    return Panel(
        view,
        gap=slider("gap", 0, view.longest, 20, 1),
        sample=slider("sequence", 0, 9, _loudest(model, unit), 1),
        unit=slider("unit", 0, model.recurrent.hidden_size - 1, unit, 1),
        position=slider("line: steps back", 0, view.longest + 2, 0, 1),
        bias=slider("forget bias, added", -6.0, 6.0, 0.0, 0.5),
    )


# ------------------------------------------------------------ scores


def group_bars(
    groups: Mapping[str, Mapping[str, Sequence[float]]],
    chance: float,
    alt: str = "bars of accuracies",
    width: float = 8.0,
) -> Picture:
    """Accuracies ``groups[group][method]`` (one a seed) as bars side by side, mean with its interval."""
    names = list(next(iter(groups.values())))
    values = {name: [mean_interval(scores[name]) for scores in groups.values()] for name in names}

    def draw(figure: Figure) -> None:
        ax = plots.grouped_bars(figure.subplots(), list(groups), values, looks=cell_looks(names), legend=False)
        ax.axhline(100 * chance, color=style.INK, linewidth=1.2, linestyle=":")
        ax.set(ylim=(0, 108), ylabel="right answers (%); dotted: chance"), ax.set_yticks(range(0, 101, 25))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=4)

    return plots.picture(draw, width, 3.3, alt)


def arrival(scores: Sequence[Sequence[float]], seconds: float = 0.8) -> Picture:
    """Accuracy after each frame, ``scores[frame]`` one number a seed, over the time heard so far."""
    times = seconds * np.arange(1, len(scores) + 1) / len(scores)

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        plots.banded(ax, times, [mean_interval(runs) for runs in scores], style.METHODS[2], scale=100)
        ax.axhline(10, color=style.SOFT, linewidth=1, linestyle=":"), ax.text(0.72, 3, "chance", fontsize=8.5)
        ax.set(xlim=(0.04, seconds + 0.01), ylim=(0, 103), xlabel="heard so far (s)", ylabel="right answers (%)")
        ax.grid(True, axis="y")

    return plots.picture(draw, 7.2, 2.7, "accuracy over the part of the word heard so far, with an interval")
