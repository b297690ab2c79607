"""Lesson 09: who is listened to: the shares of gates and attention follow the noise, or do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.datasets.senses import as_sequences
from mmcourse.engine import mean_interval
from mmcourse.fusion_operators.classifier import SHARING, image_shares
from mmcourse.pictures import Panel, Picture, View, plots, slider, style
from mmcourse.pictures.lettering import Lettering, word_shape


class SharesView(View):
    """A pair under both noises, and how much of the mix comes from the image and from the sound."""

    size, alt = (8.8, 2.9), "a noisy digit, its noisy sound, and the shares that gates and attention give to each"

    def __init__(self, models: Mapping[str, Sequence[Any]]) -> None:
        self.read = {name: image_shares(models[name]) for name in SHARING}
        self.base = SeeHear("test", size=40, seed=0, form="small")
        super().__init__()

    def build(self, figure: Figure) -> None:
        """Two pictures, then for each operator one bar for this pair and one for the mean of forty pairs."""
        seen, heard, bars = figure.subplots(1, 3, width_ratios=[1, 1.5, 2.6])
        self.seen, self.heard = self.moving(plots.digit(seen)), self.moving(plots.sound(heard))
        seen.set_title(" "), heard.set_title(" ")  # their place is kept for the dials
        self.dials = [self.moving(Lettering(ax, *place)) for ax, place in ((seen, (-0.5, -1.1)), (heard, (-0.5, 12.2)))]
        places, rows = (
            (3.3, 2.4, 0.9, 0.0),
            ("gates, this pair", "gates, 40 pairs", "attention, this pair", "attention, 40 pairs"),
        )
        bars.set(xlim=(0, 100), ylim=(-0.5, 4.6), xlabel="share of the mix (%)", title="who is listened to")
        bars.set_yticks(places, rows), bars.axvline(50, color=style.SOFT, linewidth=1, linestyle=":", zorder=4)
        self.bars = [self._pair_of_bars(bars, place, label=i == 0) for i, place in enumerate(places)]
        ends = bars.plot([], [], color=style.INK, marker="|", markersize=9, linewidth=1.5, zorder=5)[0]
        self.ends = self.moving(ends)
        self.places = places
        bars.legend(loc="upper center", ncols=2, borderpad=0, handlelength=1.4)

    def _pair_of_bars(self, ax: Axes, place: float, label: bool) -> tuple[Any, Any]:
        made = []
        for sense in ("image", "audio"):
            look = style.look(sense)
            words = {"image": "image", "audio": "sound"}[sense]
            bar = ax.barh(place, 50, height=0.72, color=look.colour, label=words if label else None)[0]
            made.append(self.moving(bar))
        return tuple(made)

    def update(self, *, index: int = 3, image_noise: float = 0.0, audio_snr: float = -20.0) -> None:
        """Shares for these dials: the mean over the seeds; the lines are 95 % intervals over them."""
        batch = as_sequences(self.base.dial(image_noise=image_noise, audio_snr=audio_snr))
        self.seen.set_data(batch["image"][index].numpy()), self.heard.set_data(batch["audio"][index].T.numpy())
        for words, dial in zip((f"noise {image_noise:.1f}", f"sound at {audio_snr:.0f} dB"), self.dials, strict=True):
            dial.write(word_shape(words.replace("-", "−"), points=11))
        xs, ys = [], []
        for i, name in enumerate(SHARING):
            each = self.read[name](batch)  # (E, B)
            for j, runs in enumerate((each[:, index], each.mean(1))):
                one, (image, audio) = mean_interval(runs.tolist()), self.bars[2 * i + j]
                image.set_width(100 * one.mean), audio.set_x(100 * one.mean), audio.set_width(100 - 100 * one.mean)
                xs += [100 * max(one.low, 0), 100 * min(one.high, 1), np.nan]
                ys += [self.places[2 * i + j]] * 2 + [np.nan]
        self.ends.set_data(xs, ys)


def sense_shares(models: Mapping[str, Sequence[Any]], **values: float) -> Picture:
    """Shares by hand: ``sense_shares(models, image_noise=2.0, audio_snr=-6)``."""
    return SharesView(models).picture(**values)


def sense_shares_panel(models: Mapping[str, Sequence[Any]]) -> Panel:
    """Both noises on sliders."""
    return Panel(
        SharesView(models),
        index=slider("which pair", 0, 39, 3, 1),
        image_noise=slider("image noise", 0.0, 2.0, 0.0),
        audio_snr=slider("audio SNR (dB)", -20, 10, -20, 1),
    )
