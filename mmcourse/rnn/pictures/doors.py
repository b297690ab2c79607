"""The gates of an LSTM at work: a sequence, the doors of one unit along it, and what the unit remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmcourse.pictures import Panel, Picture, View, plots, slider, style
from mmcourse.rnn.inside import watch_gates
from mmcourse.rnn.networks import LSTM
from mmcourse.rnn.pictures.scores import cell_looks
from mmcourse.rnn.readers import SequenceClassifier
from mmcourse.rnn.recall_task import LETTERS, recall


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


def gates_panel(model: SequenceClassifier) -> Panel:
    """Go through sequences, units and positions, and push the forget gates open or shut."""
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
