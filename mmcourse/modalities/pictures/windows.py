"""The length of the window that cuts a sound, and the steps from a waveform to log-mel."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from torch import Tensor

from mmcourse.datasets import speech
from mmcourse.modalities import FLOOR, RATE, log_mel, stft
from mmcourse.modalities.pictures.pairs import LOUD, decibels, envelope
from mmcourse.pictures import Panel, Picture, View, choice, plots, style

WINDOWS = (32, 64, 128, 256, 512, 1024)
TWO_TONES, CLICKS = (3200.0, 3300.0), (0.15, 0.2)  # Hz, seconds
SECONDS = 0.8


def sweep(low: float = 300.0, high: float = 2400.0, seconds: float = SECONDS) -> Tensor:
    """A tone that climbs evenly: at time t its frequency is low + (high - low) t / seconds. -> (T,)."""
    t = torch.arange(round(seconds * RATE)) / RATE
    return torch.sin(2 * torch.pi * (low + (high - low) * t / (2 * seconds)) * t)


@lru_cache(maxsize=4)
def lab_sound(name: str) -> Tensor:
    """What the panel looks at: a sweep with two clicks and two steady tones that lie close, or a spoken digit."""
    if name != "sweep, clicks, tones":
        return speech.load("test").waveforms[3]
    t = torch.arange(round(SECONDS * RATE)) / RATE
    steady = sum(0.35 * torch.sin(2 * torch.pi * hertz * t) for hertz in TWO_TONES)
    sound = 0.5 * sweep() + steady
    for moment in CLICKS:
        sound[round(moment * RATE)] += 6.0
    return sound


class ResolutionView(View):
    """A spectrogram through a window of chosen length, and the tile of time and frequency that it can tell apart."""

    size = (7.4, 2.8)
    alt = "a spectrogram, brighter where louder, beside a box as wide as the window and as high as a frequency bin"

    def build(self, figure: Figure) -> None:
        ax, tile = figure.subplots(1, 2, width_ratios=(2.6, 1))
        self.image: AxesImage = self.moving(
            style.heat(
                ax,
                np.zeros((17, 80)),
                low=-35,
                high=25,
                cmap="magma",
                origin="lower",
                aspect="auto",
                extent=(0, SECONDS, 0, RATE / 2),
            )
        )
        ax.set_xticks(np.arange(0, 0.81, 0.2)), ax.set_yticks(range(0, 4001, 1000))
        ax.set(xlabel="time (s)", ylabel="frequency (Hz)", title="spectrogram: power in dB")
        figure.colorbar(self.image, ax=ax)
        self._tile_axes(tile)

    def _tile_axes(self, ax: Axes) -> None:
        ax.set(xlim=(0, 140), ylim=(0, 300), xlabel="window (ms)", ylabel="bin (Hz)", title="one number's tile")
        ax.plot(np.linspace(3.4, 140, 200), 1000 / np.linspace(3.4, 140, 200), color=style.SOFT, linestyle=":")
        ax.text(136, 60, "seconds × Hz = 1", ha="right", fontsize=8.5, color=style.SOFT)
        self.tile = self.moving(ax.fill([0, 1, 1, 0], [0, 0, 1, 1], color=LOUD, alpha=0.55)[0])

    def update(self, *, window: int = 64, sound: str = "sweep, clicks, tones") -> None:
        """The spectrogram of a sound with 200 frames; the window stands in the middle of each."""
        waveform = torch.nn.functional.pad(lab_sound(sound), (window // 2, window // 2))
        hann = torch.hann_window(window)
        power = stft(waveform, window, 32, hann / hann.square().sum().sqrt())
        self.image.set_data(decibels(power))
        width, height = 1000 * window / RATE, RATE / window
        self.tile.set_xy([[0, 0], [width, 0], [width, height], [0, height]])


def resolution(window: int = 64, sound: str = "sweep, clicks, tones") -> Picture:
    """A spectrogram by hand: ``resolution(window=1024)``."""
    return ResolutionView().picture(window=window, sound=sound)


def resolution_panel() -> Panel:
    """The length of the window to choose, for a made-up sound and for a spoken digit."""
    return Panel(
        ResolutionView(),
        sounds={"listen": lambda sound, **_others: (lab_sound(sound).numpy() / 1.5, RATE)},
        window=choice("window (samples)", WINDOWS, 64),
        sound=choice("sound", ["sweep, clicks, tones", "a spoken digit"]),
    )


def sound_steps(waveform: Tensor, window: int = 512) -> Picture:
    """From waveform to log-mel: the sound, its spectrogram, power in mel bands, and the logarithm of that."""
    hop, hann = len(waveform) // 16, torch.hann_window(window)
    padded = torch.nn.functional.pad(waveform, ((window - hop) // 2, window))[: 15 * hop + window]
    power = stft(padded, window, hop, hann / hann.square().sum().sqrt()).abs().square().numpy()
    loud = log_mel(waveform, window=window)

    def draw(figure: Figure) -> None:
        axes = figure.subplots(1, 4)
        low, high = envelope(waveform.numpy(), 200)
        axes[0].vlines(np.linspace(0, 0.8, 200), low, high, color=LOUD, linewidth=1)
        axes[0].set(xlabel="time (s)", ylabel="pressure", title="waveform, 6400", xlim=(0, 0.8))
        pictures = {
            f"|STFT|², {power.shape[0]} × {power.shape[1]}": power,
            "mel, 12 × 16": (loud.exp() - FLOOR).numpy(),
            "log-mel, 12 × 16": loud.numpy(),
        }
        for ax, (title, values) in zip(axes[1:], pictures.items(), strict=True):
            style.heat(ax, values, low=values.min(), high=values.max(), cmap="magma", origin="lower", aspect="auto")
            ax.set(title=title, xlabel="time, 0.8 s →", ylabel="frequency →" if values is power else "mel band →")

    return plots.picture(draw, 8.6, 2.3, "a waveform, its spectrogram, the power in mel bands, and the logarithm of it")
