"""Views and panels of lesson 07. Each panel ``x_panel(...)`` has a twin ``x(...)`` with plain values."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from torch import Tensor

from mmcourse.datasets import speech
from mmcourse.datasets.see_hear import Pairs, SeeHear
from mmcourse.modalities import FLOOR, RATE, log_mel, stft
from mmcourse.modalities.pictures.stills import (
    after_before,
    aliases,
    clip_strip,
    few_and_many,
    mel_triangles,
    neighbours,
    picture_row,
    rates,
    score_groups,
    spectra,
)
from mmcourse.modalities.studies import (
    STUDIES,
    imbalanced_scores,
    inconsistent_scores,
    joined,
    learning_scores,
    missing_scores,
    motion_scores,
    noisy_pairs,
    right_answers,
    study_scores,
    train_eight,
)
from mmcourse.pictures import Panel, Picture, View, choice, plots, slider, style

__all__ = [
    "STUDIES",
    "after_before",
    "aliases",
    "clip_strip",
    "few_and_many",
    "imbalanced_scores",
    "inconsistent_scores",
    "joined",
    "learning_scores",
    "mel_triangles",
    "missing_scores",
    "motion_scores",
    "neighbours",
    "noisy_pairs",
    "picture_row",
    "rates",
    "resolution",
    "resolution_panel",
    "right_answers",
    "score_groups",
    "see_and_hear",
    "see_and_hear_panel",
    "sound_steps",
    "sounding",
    "spectra",
    "study_scores",
    "train_eight",
]
PAIRS = 40  # of the test pairs, so that every noisy waveform is ready within a redraw
START, SPECTRUM = 800, 512  # the samples that the panel's spectrum looks at: the first, and how many
LOUD = style.MODALITIES["audio"].colour


@lru_cache(maxsize=4)
def _dialled(image_noise: float, audio_snr: float) -> Pairs:
    return _few().dial(image_noise=image_noise, audio_snr=audio_snr)


@lru_cache(maxsize=1)
def _few() -> SeeHear:
    return SeeHear("test", size=PAIRS, seed=0)


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


# ------------------------------------------------------------ the length of the window

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
