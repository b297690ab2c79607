"""Digits you hear: 840 spoken digits at 8 kHz by 84 synthetic voices, and their log-mel pictures.

Splits are speaker-disjoint, and stricter: a test voice shares neither its name nor its timbre with a training
voice.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmcourse.datasets.checks import check_choice, check_count
from mmcourse.datasets.files import load_npz

SAMPLE_RATE = 8000  # Hz
SAMPLES = 6400  # every clip is padded with silence to 0.8 s
SPLITS = ("train", "valid", "test")

BANDS = 12
FRAMES = 16
WINDOW = 512  # samples, 64 ms
LOWEST_HZ, HIGHEST_HZ = 100.0, 4000.0
FLOOR = 1e-3  # added before the logarithm: hiss that is far below speech stays invisible


class Speech(NamedTuple):
    """Spoken digits. N clips of T = 6400 samples (0.8 s).

    waveforms (N, T) float32 in [-1, 1], silence behind the end; lengths (N,) own samples of each clip;
    digit (N,); speaker (N,) an index into `voices`, whose names read accent+timbre; clip (N,) the place among
    all 840.
    """

    waveforms: Tensor
    lengths: Tensor
    digit: Tensor
    speaker: Tensor
    clip: Tensor
    voices: tuple[str, ...]
    sample_rate: int = SAMPLE_RATE


def load(split: str = "train") -> Speech:
    """The spoken digits of one split: "train" (600), "valid" (90), "test" (150) or "all" (840).

    Every voice says every digit once and belongs to one split. The tensors are copies: change them as you
    like. Synthetic speech by espeak-ng; see data/README.md.

        clips = speech.load("test")
        clips.waveforms.shape, clips.voices[clips.speaker[0]]      # (150, 6400), 'en-gb-x-gbclan+m4'
    """
    check_choice(split, "split", (*SPLITS, "all"))
    everything, clip_split = _everything()
    chosen = torch.from_numpy(np.flatnonzero((clip_split == split) | (split == "all")))
    return everything._replace(**{name: getattr(everything, name)[chosen] for name in everything._fields[:5]})


@lru_cache(maxsize=1)
def _everything() -> tuple[Speech, np.ndarray]:
    """All clips padded to one length, and the name of each clip's split."""
    shipped = load_npz("speech.npz")
    start, lengths = shipped["start"][:-1], np.diff(shipped["start"])
    column = np.arange(SAMPLES)
    inside = column < lengths[:, None]  # (N, T)
    place = np.where(inside, start[:, None] + column, 0)
    samples = np.where(inside, shipped["samples"][place], 0)
    waveforms = samples.astype(np.float32) / np.float32(shipped["full_scale"])
    tensors = [torch.tensor(array) for array in (waveforms, lengths, shipped["digit"], shipped["speaker"])]
    voices = tuple(map(str, shipped["voice"]))
    return Speech(*tensors, torch.arange(len(lengths)), voices), shipped["voice_split"][shipped["speaker"]]


def log_mel(waveforms: Tensor, *, bands: int = BANDS, frames: int = FRAMES, window: int = WINDOW) -> Tensor:
    """Loudness over time in frequency bands as the ear spaces them: log(mel(|STFT|²) + 0.001).

    waveforms (..., T) in [-1, 1] → (..., F, T'): F `bands` from 100 Hz to 4 kHz, T' `frames`. Natural
    logarithm of power relative to full scale. Each frame looks through a Hann window of `window` samples, one
    every T / T' samples.

        log_mel(speech.load("test").waveforms).shape               # (150, 12, 16)
    """
    check_count(bands, "bands")
    check_count(frames, "frames")
    check_count(window, "window")
    return torch.log(_mel_power(_spectrum(_check_waveforms(waveforms), frames, window), bands) + FLOOR)


def features(waveforms: Tensor) -> Tensor:
    """What the models of the course hear: the log-mel picture, made comparable between clips.

    waveforms (..., 6400) → (..., 12, 16), about mean 0 and spread 1 over the clean training clips.
    1. log_mel.
    2. Each band's mean over the clip is subtracted: how loud a voice is and how a microphone colours it only
       add a constant to a band, which vanishes ("cepstral mean subtraction", Atal, JASA 1974).
    3. Each band is divided by its spread over the clean training clips.
    Under growing noise the features shrink towards 0, so 0 means "nothing heard".

        features(speech.load("test").waveforms).shape              # (150, 12, 16)
    """
    if _check_waveforms(waveforms).shape[-1] != SAMPLES:
        raise ValueError(
            f"waveforms must hold {SAMPLES} samples (0.8 s) each, got shape {tuple(waveforms.shape)}"
        )
    return features_of_power(mel_power(waveforms))


def mel_power(waveforms: Tensor) -> Tensor:
    """Power in each mel band and frame, before the logarithm: (..., T) → (..., 12, 16)."""
    return _mel_power(_spectrum(waveforms, FRAMES, WINDOW), BANDS)


def features_of_power(power: Tensor) -> Tensor:
    """The second half of `features`: the powers of `mel_power` → features, both (..., F, T')."""
    return _centred(power) / _spread().to(power.device)[:, None]


def _check_waveforms(waveforms: Tensor) -> Tensor:
    if not isinstance(waveforms, Tensor) or not waveforms.is_floating_point():
        raise TypeError(f"waveforms must be a tensor of float samples, got {type(waveforms).__name__}")
    if waveforms.ndim < 1 or waveforms.numel() == 0:
        raise ValueError(
            f"waveforms must have samples in the last axis, (..., T), got shape {tuple(waveforms.shape)}"
        )
    if not waveforms.isfinite().all():
        raise ValueError("waveforms must be finite numbers, got NaN or infinity")
    return waveforms


def _spectrum(waveforms: Tensor, frames: int, window: int) -> Tensor:
    """Frames of T / T' samples, each seen through a window centred on it: (..., T) → (..., T', bins)."""
    hop = waveforms.shape[-1] // frames
    if hop < 1:
        raise ValueError(f"frames must be at most the number of samples, {waveforms.shape[-1]}, got {frames}")
    before = max(window - hop, 0) // 2
    padded = torch.nn.functional.pad(waveforms, (before, window))
    hann = torch.hann_window(window, dtype=waveforms.dtype, device=waveforms.device)
    seen = padded.unfold(-1, window, hop)[..., :frames, :] * (hann / hann.square().sum().sqrt())
    return torch.fft.rfft(seen)


def _mel_power(spectrum: Tensor, bands: int) -> Tensor:
    """Mean power in each mel band: complex (..., T', bins) → (..., F, T')."""
    parts = torch.view_as_real(spectrum)
    power = parts.square().sum(-1)
    return (power @ mel_filters(bands, power.shape[-1]).to(power)).transpose(-1, -2)


@lru_cache(maxsize=8)
def mel_filters(bands: int = BANDS, bins: int = WINDOW // 2 + 1) -> Tensor:
    """Triangles of equal width in mel = 2595 log10(1 + f / 700), each summing to 1: (bins, F)."""
    mel = 2595 * np.log10(1 + np.array([LOWEST_HZ, HIGHEST_HZ]) / 700)
    edges = 700 * (10 ** (np.linspace(*mel, bands + 2) / 2595) - 1)
    hertz = np.linspace(0, SAMPLE_RATE / 2, bins)[:, None]
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    triangles = np.clip(np.minimum(rising, falling), 0, None)
    if (triangles.sum(0) == 0).any():
        raise ValueError(
            f"bands must be few enough for {bins} frequency bins, got {bands}: some would be empty"
        )
    return torch.tensor(triangles / triangles.sum(0), dtype=torch.float32)


def _centred(power: Tensor) -> Tensor:
    log_power = torch.log(power + FLOOR)
    return log_power - log_power.mean(-1, keepdim=True)


@lru_cache(maxsize=1)
def _spread() -> Tensor:
    """Spread of each band over the clean training clips, (F,): all that the features take from data."""
    return _centred(mel_power(load("train").waveforms)).square().mean((0, 2)).sqrt()
