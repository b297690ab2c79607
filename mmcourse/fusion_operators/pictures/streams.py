"""Lesson 09: two streams on one axis of time, and accuracy over their drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.engine import mean_interval
from mmcourse.fusion_operators.pictures.tables import _colour_of
from mmcourse.pictures import Picture, plots, style

TONE_MARKS = ("1", "2", "3", "4")


def two_streams(
    batch: Mapping[str, Tensor], labels: Tensor, times: Mapping[str, Tensor], count: int = 3, title: str = ""
) -> Picture:
    """The first samples of ``lamp_and_tones`` on an axis of time: frames above, tones below, the answer marked."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(count, 1, sharex=True)
        for row, ax in enumerate(np.atleast_1d(axes)):
            lit = int(batch["film"][row, :, 0].argmax())
            tones, seen, heard = batch["sound"][row, :, :4].argmax(-1), times["film"][row], times["sound"][row]
            answer = int((heard - seen[lit]).abs().argmin())
            ax.scatter(seen, [1] * len(seen), s=120, c="white", edgecolors=style.MODALITIES["image"].colour, zorder=3)
            ax.scatter(seen[lit], 1, s=120, c="#F5C400", edgecolors=style.MODALITIES["image"].colour, zorder=4)
            ax.plot([seen[lit], heard[answer]], [1, 0], color="#D0A000", linewidth=2, zorder=1)
            for k, tone in enumerate(tones.tolist()):
                weight = "bold" if k == answer else "normal"
                colour = "#D55E00" if k == answer else style.MODALITIES["audio"].colour
                words = {"ha": "center", "va": "center", "fontsize": 11, "weight": weight, "color": colour}
                ax.text(float(heard[k]), 0, TONE_MARKS[tone], **words)
            ax.set(ylim=(-0.6, 1.6), xlim=(-0.05, 1.05)), ax.set_yticks([1, 0], ["film", "tones"])
            ax.text(1.03, 0.5, f"→ {TONE_MARKS[int(labels[row])]}", va="center", fontsize=11, weight="bold")
            for side in ("top", "right", "left"):
                ax.spines[side].set_visible(False)
            ax.tick_params(length=0)
        np.atleast_1d(axes)[-1].set_xlabel("time"), np.atleast_1d(axes)[0].set_title(title)

    return plots.picture(draw, 7.0, 0.7 + 0.9 * count, f"{count} samples: frames with one lit lamp above, tones below")


def drift_curves(runs: Mapping[str, Sequence[Sequence[float]]], drifts: Sequence[float], chance: float) -> Picture:
    """Accuracy over the drift of two streams, a line with its interval for each operator."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for k, (name, column) in enumerate(runs.items()):
            found = [mean_interval(one) for one in column]
            means, halves = [100 * one.mean for one in found], [100 * one.half for one in found]
            apart = [x + 0.004 * (k - len(runs) / 2) for x in drifts]  # so that whiskers do not cover each other
            thick = 2.4 if name == "cross-attention" else 1.2
            ax.errorbar(
                apart,
                means,
                halves,
                marker="os^DXPv"[k],
                color=_colour_of(name),
                label=name,
                linewidth=thick,
                capsize=2,
            )
        ax.axhline(100 * chance, color=style.SOFT, linestyle=":", label="guessing")
        ax.set(xlabel="drift: how far a stream's begin and end may move", ylabel="accuracy (%)", ylim=(15, 102))
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5)), ax.grid(True, axis="y"), ax.set_xticks(list(drifts))

    return plots.picture(draw, 7.6, 3.4, "accuracy over drift, a line with intervals for each operator")
