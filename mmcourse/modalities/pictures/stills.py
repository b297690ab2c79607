"""Still pictures of lesson 07: arrays in, a finished picture out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.datasets.clips import MOTIONS, SAMPLE_RATE, Clips
from mmcourse.engine import mean_interval
from mmcourse.modalities import log_mel, mel_filters, neighbour_share
from mmcourse.pictures import Picture, plots, style

EDGES = "RdBu_r"  # red: brighter than before, blue: darker


def rates(per_second: Mapping[str, float]) -> Picture:
    """Bytes a second of several streams as bars on a logarithmic axis, smallest at the bottom."""

    def draw(figure: Figure) -> None:
        ax, names = figure.subplots(), sorted(per_second, key=per_second.__getitem__)
        ax.barh(names, [per_second[name] for name in names], color=style.CLASSES[4], edgecolor=style.INK)
        for place, name in enumerate(names):
            words = f"{per_second[name]:,.0f}".replace(",", " ")
            ax.text(1.3 * per_second[name], place, words, va="center", fontsize=8.5)
        ax.set(xscale="log", xlim=(1, 2e9), xlabel="bytes a second (each line: ten times more)")
        ax.set_xticks([10.0**k for k in range(0, 10)]), ax.grid(True, axis="x"), ax.minorticks_off()
        ax.set_axisbelow(True)

    return plots.picture(draw, 7.0, 2.2, f"bars of bytes a second for {', '.join(per_second)}")


def neighbours(arrays: Mapping[str, tuple[Tensor, int]], most: int = 400) -> Picture:
    """Each number against the next one along an axis, for several arrays (x, dim), with the share r² explained.

    Where most dots would hide each other, they are shaken by up to 0.06.
    """

    def draw(figure: Figure) -> None:
        axes, rng = figure.subplots(1, len(arrays)), np.random.default_rng(0)
        for ax, (name, (x, dim)) in zip(axes, arrays.items(), strict=True):
            count, share = x.shape[dim], float(neighbour_share(x, dim))
            one, other = (x.narrow(dim, start, count - 1).flatten().numpy() for start in (0, 1))
            few = np.linspace(0, len(one) - 1, min(most, len(one))).astype(int)
            dots = np.stack([one[few], other[few]])
            if len(np.unique(dots, axis=1).T) < len(few) / 2:  # most would hide each other
                dots = dots + rng.uniform(-0.06, 0.06, dots.shape)
            ax.plot(*dots, ".", color=style.CLASSES[0], markersize=2, alpha=0.5)
            ax.set_title(f"{name}\nr² = {share:.2f}", loc="center")
            ax.set(xlabel="one value", aspect="equal", adjustable="datalim")
        axes[0].set_ylabel("the next")

    return plots.picture(draw, 8.0, 2.4, "clouds of dots: one value across, the next one up")


def picture_row(pictures: Mapping[str, Tensor], width: float = 8.0, height: float = 2.4) -> Picture:
    """Pictures (H, W) in grey or (H, W, 3) in colour, 0 to 1, side by side under their names."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(pictures), squeeze=False)[0]
        for ax, (name, pixels) in zip(axes, pictures.items(), strict=True):
            style.heat(ax, pixels.clamp(0, 1).numpy(), low=0, high=1, cmap="gray")
            ax.set_title(name, loc="center")

    return plots.picture(draw, width, height, f"pictures side by side: {', '.join(pictures)}")


def aliases(high: float, low: float, rate: int = 8000, milliseconds: float = 1.5) -> Picture:
    """Two tones that share their samples: sin(2π high t) and -sin(2π low t), with the dots that are stored."""
    t = np.linspace(0, milliseconds / 1000, 600)
    stored = np.arange(int(rate * milliseconds / 1000) + 1) / rate

    def draw(figure: Figure) -> None:
        ax, looks = figure.subplots(), style.named_looks([f"{high:g} Hz", f"{low:g} Hz, upside down", "stored"])
        waves = (np.sin(2 * np.pi * high * t), -np.sin(2 * np.pi * low * t))
        for wave, look in zip(waves, looks.values(), strict=False):
            ax.plot(1000 * t, wave, color=look.colour, linestyle=look.line, linewidth=1.2, label=look.label)
        dots = {"color": style.INK, "markersize": 7, "label": f"stored, {rate} a second"}
        ax.plot(1000 * stored, np.sin(2 * np.pi * high * stored), "o", **dots)
        ax.set(xlabel="time (ms)", ylabel="pressure", ylim=(-1.2, 1.2), xlim=(-0.03, milliseconds + 0.03))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.24), ncols=3)

    return plots.picture(draw, 5.6, 2.0, f"waves of {high:g} and {low:g} Hz that cross at every stored sample")


def spectra(
    between: Mapping[str, Tensor],
    inside: Mapping[str, Tensor],
    peak: int,
    width: float,
    floor: float = -80.0,
) -> Picture:
    """Two tones through the same windows: one between two bins as curves, one inside bin ``peak`` as bars near it.

    ``between[window]`` and ``inside[window]`` hold the power of each bin (K,); a bin is ``width`` Hz wide.
    """
    looks, near = style.named_looks(list(between)), range(peak - 4, peak + 5)

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(1.5, 1), sharey=True)
        for i, name in enumerate(between):
            curve, bars = (_below_peak(powers[name]) for powers in (between, inside))
            left.plot(np.arange(len(curve)) * width, curve, **{**looks[name].curve, "marker": None})
            places = np.arange(-4, 5) + 0.4 * (i - 0.5)
            right.bar(places, np.maximum(bars[near] - floor, 0), 0.4, bottom=floor, **looks[name].bar)
        left.set(xlabel="frequency (Hz)", ylabel="power against the peak (dB)", ylim=(floor, 5))
        left.set(xlim=(0, (len(curve) - 1) * width), title="a tone between two bins")
        right.set(xlabel="bin", title="a tone in the middle of a bin")
        right.set_xticks(range(-4, 5, 2), [str(peak + k) for k in range(-4, 5, 2)])
        left.grid(True, axis="y"), right.grid(True, axis="y"), left.legend(loc="upper right")

    return plots.picture(draw, 7.6, 2.5, f"power over frequency of two tones, {' and '.join(between)}")


def _below_peak(power: Tensor) -> np.ndarray:
    """10 log10 of the power against its highest, -120 at least."""
    return (10 * (power / power.max()).clamp(min=1e-12).log10()).numpy()


def mel_triangles(bands: int = 12) -> Picture:
    """How the mel bands weigh the frequency bins, every second band in another line style."""
    filters = mel_filters(bands).numpy()

    def draw(figure: Figure) -> None:
        ax, hertz = figure.subplots(), np.linspace(0, 4000, len(filters))
        for band in range(bands):
            look = style.METHODS[band % 2]
            ax.plot(hertz, filters[:, band] / filters[:, band].max(), color=look.colour, linestyle=look.line)
        ax.set(xlabel="frequency (Hz)", ylabel="weight", xlim=(0, 4000), ylim=(0, 1.1))

    return plots.picture(draw, 5.4, 1.6, f"{bands} triangles over frequency, narrow below and wide above")


def clip_strip(clip: Clips, number: int = 0) -> Picture:
    """One clip: its eight frames, the differences between them, and the log-mel picture of its sound."""
    video, sound = clip.video[number, :, 0].numpy(), log_mel(clip.audio[number], bands=20, frames=24)

    def draw(figure: Figure) -> None:
        grid = figure.add_gridspec(2, 11, width_ratios=[1] * 8 + [0.25, 2.2, 0.9])
        for t in range(8):
            ax = figure.add_subplot(grid[0, t])
            style.heat(ax, video[t], low=0, high=1, cmap="gray"), ax.set_title(f"frame {t}", loc="center", fontsize=8.5)
            if t:
                ax = figure.add_subplot(grid[1, t])
                style.heat(ax, video[t] - video[t - 1], low=-1, high=1, cmap=EDGES)
                ax.set_title(f"{t} − {t - 1}", loc="center", fontsize=8.5)
        words = figure.add_subplot(grid[1, 0])
        words.axis("off"), words.text(0, 0.5, "red:\nbrighter\nblue:\ndarker", va="center", fontsize=8.5)
        ax = figure.add_subplot(grid[:, 9:])
        style.heat(ax, sound.numpy(), low=-7, high=float(sound.max()), cmap="magma", origin="lower", aspect="auto")
        ax.set(title=f"sound ({len(clip.audio[number]) / SAMPLE_RATE:g} s)", xlabel="time →", ylabel="pitch →")

    words = MOTIONS[int(clip.motion[number])]
    return plots.picture(draw, 8.2, 2.2, f"eight frames of a shape (motion: {words}), their differences, the sound")


def score_groups(
    groups: Mapping[str, Mapping[str, Sequence[float]]],
    chance: Mapping[str, float] | float = 0.1,
    width: float = 7.0,
) -> Picture:
    """Accuracies ``groups[group][method]`` (one a seed) as bars side by side, with intervals.

    A dict of methods without groups is one group. ``chance`` is one number for all or one for each group: what
    the answer that is right most often scores if it is always given; dotted.
    """
    if not isinstance(next(iter(groups.values())), Mapping):
        groups = {name: {"": scores} for name, scores in groups.items()}
    names = list(next(iter(groups.values())))
    looks = style.named_looks(names) if names != [""] else {"": replace(style.METHODS[0], colour=style.CLASSES[4])}
    values = {name: [mean_interval(scores[name]) for scores in groups.values()] for name in names}
    lazy = [chance[group] if isinstance(chance, Mapping) else chance for group in groups]

    def draw(figure: Figure) -> None:
        ax = plots.grouped_bars(figure.subplots(), list(groups), values, looks=looks, chance=lazy, legend=False)
        ax.set(ylim=(0, 112), ylabel="right answers (%)"), ax.set_yticks(range(0, 101, 25))
        ax.set_title("dotted: always the most frequent answer", fontsize=8.5, color=style.SOFT)
        if len(names) > 1:
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=4)

    return plots.picture(draw, width, 2.6, f"bars of accuracies with intervals: {', '.join(groups)}".replace("\n", " "))


def few_and_many(results: Mapping[str, tuple[Sequence[int], Mapping[str, Sequence[Sequence[float]]]]]) -> Picture:
    """Accuracy over the number of training samples: results[title] = (counts, scores[way][count][seed])."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, len(results), sharey=True)
        for ax, (title, (counts, scores)) in zip(axes, results.items(), strict=True):
            for name, look in style.named_looks(list(scores)).items():
                plots.banded(ax, counts, [mean_interval(runs) for runs in scores[name]], look, scale=100)
            ax.set(xscale="log", ylim=(55, 101), xlabel="training samples", title=title)
            ax.set_xticks(counts, counts), ax.minorticks_off(), ax.grid(True, axis="y")
        axes[0].set_ylabel("right on the test set (%)"), axes[-1].legend(loc="lower right")

    return plots.picture(draw, 7.6, 2.9, f"curves of accuracy over the number of samples: {', '.join(results)}")


def after_before(rows: Mapping[str, Sequence[float]], ticks: Sequence[str]) -> Picture:
    """One row of squares for each entry, with its numbers inside: small arrays one can work out by hand."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
        for ax, (name, values) in zip(axes, rows.items(), strict=True):
            style.heat(ax, [list(values)], low=0, high=1, cmap="gray_r", aspect="auto", extent=(0, 1, 0, 1))
            ax.set_title(name), ax.spines[:].set(visible=True, color=style.SOFT)
            for place, value in enumerate(values):
                ax.text(
                    (place + 0.5) / len(values),
                    0.5,
                    f"{value:g}",
                    ha="center",
                    va="center",
                    color="white" if value > 0.5 else style.INK,
                )
        axes[-1].set_xlabel(" ".join(ticks))

    return plots.picture(draw, 6.0, 0.75 * len(rows) + 0.3, f"rows of numbered squares: {', '.join(rows)}")
