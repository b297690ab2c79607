"""Why everybody divides by √d: what becomes of the shares when scores grow with the dimension."""

from __future__ import annotations

import math

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmcourse.engine import generator
from mmcourse.pictures import Panel, Picture, View, choice, slider, style

MOST_SIZE, MOST_SCORES, DRAWS = 1024, 12, 200
DIVISORS = {"nothing": 0.0, "√d": 0.5, "d": 1.0}  # the power of d that the scores are divided by
SIZES = 2 ** np.arange(11)


def softmax_of(scores: np.ndarray) -> np.ndarray:
    """Shares of scores (..., S) along the last axis."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


class SoftmaxScaleView(View):
    """Shares that a random query gives to random keys of ``size`` numbers, and what size does to them on average."""

    size, alt = (7.2, 3.0), "shares of random scores, and the largest share and slope over the dimension d"

    def __init__(self) -> None:
        rng = generator(3)
        self.one = (
            (torch.randn(MOST_SIZE, generator=rng) * torch.randn(MOST_SCORES, MOST_SIZE, generator=rng))
            .cumsum(1)
            .numpy()
        )  # (S, d)
        self.curves: dict[tuple[float, int], list[np.ndarray]] = {}
        self.many = np.empty((len(SIZES), DRAWS, MOST_SCORES), dtype=np.float32)
        for row, size in enumerate(SIZES.tolist()):
            q = torch.randn(DRAWS, 1, size, generator=rng)
            self.many[row] = (q * torch.randn(DRAWS, MOST_SCORES, size, generator=rng)).sum(-1).numpy()
        super().__init__()

    def build(self, figure: Figure) -> None:
        grid = figure.add_gridspec(2, 2, width_ratios=[1.25, 1])
        bars, share, slope = (figure.add_subplot(grid[place]) for place in (np.s_[:, 0], np.s_[0, 1], np.s_[1, 1]))
        bars.set(xlim=(0.3, MOST_SCORES + 0.7), ylim=(0, 1.03), xlabel="key", ylabel="share")
        bars.set_xticks(range(1, MOST_SCORES + 1))
        bars.set_title("one query looks at its keys")
        self.bars = self.moving(bars.vlines(range(1, MOST_SCORES + 1), 0, 0, linewidth=14, color=style.CLASSES[0]))
        self.words = self.moving(bars.text(0.97, 0.93, "", transform=bars.transAxes, ha="right", fontsize=11))
        self._axes_over_d(share, slope)
        self.lines = {}
        for name, look in style.named_looks(list(DIVISORS)).items():
            label = "undivided" if name == "nothing" else f"divided by {name}"
            keywords = {"color": look.colour, "linestyle": look.line, "label": label}
            self.lines[name] = [self.moving(ax.plot([], [], **keywords)[0]) for ax in (share, slope)]
        self.dots = [self.moving(ax.plot([], [], "o", color=style.INK, markersize=7)[0]) for ax in (share, slope)]
        share.legend(
            *share.get_legend_handles_labels(),
            loc="lower right",
            ncols=3,
            fontsize=8,
            handlelength=2.2,
            columnspacing=0.8,
            bbox_to_anchor=(1.03, 1.0),
        )

    def _axes_over_d(self, share: Axes, slope: Axes) -> None:
        for ax, high, label in ((share, 1.05, "largest share"), (slope, 0.26, "largest slope")):
            ax.set(xscale="log", xlim=(0.9, 1150), ylim=(0, high), ylabel=label, xticks=[1, 10, 100, 1000])
            ax.grid(True)
        slope.set_xlabel("dimension d of query and keys")
        share.set_title(f"median of {DRAWS} queries (dot: your d)", pad=22)

    def update(self, d: int, divide: str, temperature: float, scores: int) -> None:
        now = softmax_of(self.one[:scores, d - 1] / d ** DIVISORS[divide] / temperature)
        heights = np.concatenate([now, np.zeros(MOST_SCORES - scores)])
        self.bars.set_segments([[(k + 1, 0), (k + 1, h)] for k, h in enumerate(heights)])
        self.words.set_text(f"largest slope {float((now * (1 - now)).max()):.3f}")
        key = (float(temperature), scores)
        if key not in self.curves:
            self.curves = {key: [self._medians(power, *key) for power in DIVISORS.values()]}
        for (name, lines), medians in zip(self.lines.items(), self.curves[key], strict=True):
            for line, dot, values in zip(lines, self.dots, medians, strict=True):
                line.set_data(SIZES, values)
                if name == divide:
                    dot.set_data([d], [np.interp(math.log(d), np.log(SIZES), values)])

    def _medians(self, power: float, temperature: float, scores: int) -> np.ndarray:
        """The median largest share and the median largest slope for each size: (2, sizes)."""
        shares = softmax_of(self.many[:, :, :scores] / (SIZES[:, None, None] ** power * temperature)).astype(float)
        return np.stack([np.median(shares.max(-1), 1), np.median((shares * (1 - shares)).max(-1), 1)])


def softmax_scale(d: int = 64, divide: str = "nothing", temperature: float = 1.0, scores: int = 8) -> Picture:
    """Shares of a random query among ``scores`` random keys of ``d`` numbers; ``divide`` "nothing", "√d" or "d"."""
    return SoftmaxScaleView().picture(d=d, divide=divide, temperature=temperature, scores=scores)


def softmax_scale_panel() -> Panel:
    """Change dimension, divisor, temperature and number of scores: when does the softmax saturate?"""
    return Panel(
        SoftmaxScaleView(),
        d=slider("dimension d", 1, MOST_SIZE, 4, 1),
        divide=choice("divide by", list(DIVISORS), "nothing"),
        temperature=slider("temperature", 0.1, 5.0, 1.0, 0.1),
        scores=slider("scores", 2, MOST_SCORES, 8, 1),
    )
