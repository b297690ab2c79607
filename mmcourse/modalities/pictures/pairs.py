"""A pair of lesson 07 as the computer gets it, with both noises on sliders."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from mmcourse.datasets.see_hear import Pairs, SeeHear
from mmcourse.modalities import RATE, log_mel, stft
from mmcourse.pictures import Panel, Picture, View, plots, slider, style

PAIRS = 40  # of the test pairs, so that every noisy waveform is ready within a redraw
START, SPECTRUM = 800, 512  # the samples that the panel's spectrum looks at: the first, and how many
LOUD = style.MODALITIES["audio"].colour


@lru_cache(maxsize=4)
def _dialled(image_noise: float, audio_snr: float) -> Pairs:
    return _few().dial(image_noise=image_noise, audio_snr=audio_snr)


@lru_cache(maxsize=1)
def _few() -> SeeHear:
    return SeeHear("test", size=PAIRS, seed=0, form="small")


def envelope(waveform: np.ndarray, columns: int = 200) -> np.ndarray:
    """The lowest and the highest sample in each of ``columns`` stretches, as a plot of all would show: (2, columns)."""
    parts = waveform[: len(waveform) // columns * columns].reshape(columns, -1)
    return np.stack([parts.min(1), parts.max(1)])


class SeeAndHearView(View):
    """A digit as the computer gets it: pixels, one row of them as numbers, waveform, spectrum, log-mel picture."""

    size = (7.6, 3.4)
    alt = (
        "above the pixels of a handwritten digit and the waveform of the spoken one, below one row of pixels as a "
        "curve, the spectrum of the sound, and its log-mel picture"
    )

    def build(self, figure: Figure) -> None:
        grid = figure.add_gridspec(2, 3, width_ratios=(1, 1.35, 1.35))
        seen, row = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[1, 0])
        self.pixels = self.moving(plots.digit(seen, title="image: 8 × 8 numbers"))
        box = [-0.45, 7.45, 7.45, -0.45, -0.45], [2.5, 2.5, 3.5, 3.5, 2.5]
        self.moving(seen.plot(*box, color=style.CLASSES[1], linewidth=1.5)[0])  # on top of the pixels
        row.set(xlim=(-0.6, 7.6), ylim=(-1.5, 2.5), xlabel="column", ylabel="ink (0 to 1)", title="the framed row")
        row.set_xticks(range(8)), row.axhspan(0, 1, color=style.GRID, alpha=0.5, linewidth=0)
        self.row = self.moving(row.plot(range(8), [0] * 8, **_curve("image", "s"))[0])
        self._sound_axes(figure, grid)

    def _sound_axes(self, figure: Figure, grid: Any) -> None:
        wave, spectrum, mel = (figure.add_subplot(place) for place in (grid[0, 1:], grid[1, 1], grid[1, 2]))
        seconds = np.repeat((np.arange(200) + 0.5) * 0.8 / 200, 2)
        wave.set(xlim=(0, 0.8), ylim=(-1.6, 1.6), xlabel="time (s)", ylabel="pressure")
        wave.set_title("sound: 6400 numbers, 8000 a second")
        self.wave = self.moving(wave.plot(seconds, 0 * seconds, color=LOUD, linewidth=1)[0])
        spectrum.set(xlim=(0, 4000), ylim=(-50, 40), xlabel="frequency (Hz)", ylabel="power (dB)")
        spectrum.set_title("spectrum, 0.1 to 0.16 s"), spectrum.set_xticks(range(0, 4001, 1000))
        self.spectrum = self.moving(
            spectrum.plot(
                np.linspace(0, RATE / 2, SPECTRUM // 2 + 1), np.zeros(SPECTRUM // 2 + 1), color=LOUD, linewidth=0.9
            )[0]
        )
        shown = style.heat(mel, np.zeros((12, 16)), low=-7, high=3, cmap="magma", origin="lower", aspect="auto")
        self.mel = self.moving(shown)
        mel.set(xlabel="time, 0.8 s →", ylabel="pitch →", title="log-mel: 12 × 16")
        figure.colorbar(shown, ax=mel, label="log power")

    def update(self, *, index: int = 0, image_noise: float = 0.0, audio_snr: float = 30.0) -> None:
        """Pair ``index`` of the test set under both noises."""
        pairs = _dialled(image_noise, audio_snr)
        pixels, waveform = pairs.batch["image"][index, 0].numpy(), pairs.waveforms[index]
        self.pixels.set_data(pixels), self.row.set_ydata(pixels[3])
        self.wave.set_ydata(envelope(waveform.numpy()).T.ravel())
        self.spectrum.set_ydata(decibels(stft(waveform[START : START + SPECTRUM], SPECTRUM, 1)[:, 0]))
        self.mel.set_data(log_mel(waveform).numpy())


def _curve(name: str, marker: str) -> dict[str, Any]:
    return {"color": style.MODALITIES[name].colour, "marker": marker, "drawstyle": "steps-mid", "linewidth": 1.3}


def decibels(spectrum: Tensor) -> np.ndarray:
    """10 log10 of the power, 0.00001 at least: complex (...) -> (...)."""
    return (10 * torch.log10(torch.view_as_real(spectrum).square().sum(-1) + 1e-5)).numpy()


def sounding(*, index: int = 0, audio_snr: float = 30.0, image_noise: float = 0.0) -> tuple[np.ndarray, int]:
    """The noisy sound of a test pair, no louder than full scale, and its rate in Hz."""
    waveform = _dialled(image_noise, audio_snr).waveforms[index].numpy()
    return waveform / max(1.0, float(np.abs(waveform).max())), RATE


def see_and_hear(**values: float) -> Picture:
    """A pair as arrays, by hand: ``see_and_hear(index=3, image_noise=0.5, audio_snr=0)``."""
    return SeeAndHearView().picture(**values)


def see_and_hear_panel() -> Panel:
    """The arrays of a pair with both noises on sliders, and a play button."""
    return Panel(
        SeeAndHearView(),
        sounds={"listen": sounding},
        index=slider("which pair", 0, PAIRS - 1, 5, 1),
        image_noise=slider("image noise", 0.0, 1.0, 0.0),
        audio_snr=slider("audio SNR (dB)", -20, 30, 30, 1),
    )
