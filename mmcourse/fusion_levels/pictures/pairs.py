"""One see-and-hear pair: the digit, the picture of its sound, and the sound itself under both noises."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from mmcourse.datasets.see_hear import Pairs, SeeHear
from mmcourse.pictures import Panel, Picture, View, plots, slider


@lru_cache(maxsize=8)
def pairs_under(image_noise: float, audio_snr: float, missing: float = 0.0, contradiction: float = 0.0) -> Pairs:
    """The test pairs under these dials; the last few settings are kept."""
    return _base().dial(image_noise=image_noise, audio_snr=audio_snr, missing=missing, contradiction=contradiction)


@lru_cache(maxsize=1)
def _base() -> SeeHear:
    return SeeHear("test", seed=0)


class PairView(View):
    """One handwritten digit and its spoken twin."""

    size, alt = (6.6, 2.4), "a handwritten digit beside the loudness of its spoken twin in frequency bands over time"

    def build(self, figure: Figure) -> None:
        """Two pictures side by side."""
        seen, heard = figure.subplots(1, 2, width_ratios=[1, 2])
        self.seen, self.heard = self.moving(plots.digit(seen)), self.moving(plots.sound(heard))

    def update(self, *, index: int = 0, image_noise: float = 0.0, audio_snr: float = 30.0) -> None:
        """The pair at place ``index`` of the test set under both noises."""
        pairs = pairs_under(image_noise, audio_snr)
        self.seen.set_data(pairs.batch["image"][index, 0].numpy())
        self.heard.set_data(pairs.batch["audio"][index, 0].numpy())


def hear(
    *,
    index: int = 0,
    image_noise: float = 0.0,
    audio_snr: float = 30.0,
    missing: float = 0.0,
    contradiction: float = 0.0,
    **_others: Any,
) -> tuple[np.ndarray, int]:
    """The noisy sound of a test pair, no louder than full scale, and its rate in Hz."""
    waveform = pairs_under(image_noise, audio_snr, missing, contradiction).waveforms[index].numpy()
    return waveform / max(1.0, float(np.abs(waveform).max())), 8000


def pair(**values: float) -> Picture:
    """A test pair by hand: ``pair(index=3, image_noise=0.5, audio_snr=-6)``."""
    return PairView().picture(**values)


def pair_panel() -> Panel:
    """A pair with both noises on sliders, and a play button."""
    return Panel(
        PairView(),
        sounds={"listen": hear},
        index=slider("which pair", 0, 999, 0, 1),
        image_noise=slider("image noise", 0.0, 1.5, 0.0),
        audio_snr=slider("audio SNR (dB)", -20, 30, 30, 1),
    )
