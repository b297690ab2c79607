"""Lesson 07: from a waveform to a log-mel picture: tones, the Fourier transform, short windows, mel bands.

Letters: B samples, C channels, H and W height and width, T samples of a sound or frames, N a window's samples,
K frequency bins, F mel bands, D numbers, M modalities. ``...`` stands for any axes in front.
"""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor, nn

from mmcourse.base.checks import check_floats, check_wholes

RATE = 8000  # Hz: samples in a second of the course's sounds, as in a telephone
BANDS, FRAMES, WINDOW = 12, 16, 512  # of the course's log-mel pictures; 512 samples are 64 ms
LOWEST_HZ, HIGHEST_HZ = 100.0, 4000.0  # what the mel bands cover
FLOOR = 1e-3  # added before the logarithm: hiss far below speech stays invisible


def tone(hertz: float, seconds: float = 0.8, rate: int = RATE) -> Tensor:
    """A pure tone: sin(2π · hertz · t / rate) for t = 0, 1, ... → (T,), T = seconds · rate."""
    return torch.sin(2 * torch.pi * hertz * torch.arange(round(seconds * rate)) / rate)


def dft(x: Tensor) -> Tensor:
    """The discrete Fourier transform: how much of each pure wave is in x: X[k] = sum over n of x[n] e^(-2πi k n / N).

    x (..., N) real → (..., N // 2 + 1) complex: real part: multiply by cosines and add up; imaginary part: the same
    with sines, minus. Bin k makes k turns in the window, k · rate / N hertz. N² products; ``torch.fft.rfft`` is equal
    and needs about N log N (Cooley and Tukey, 1965). ``dft(torch.tensor([1., 0., -1., 0.]))`` is 0, 2, 0.
    """
    check_floats(x=x)
    count = x.shape[-1]
    turns = torch.arange(count // 2 + 1)[:, None] * torch.arange(count) % count  # (K, N), exact
    angle = 2 * torch.pi * turns.to(x) / count
    return torch.complex(x @ angle.cos().T, -(x @ angle.sin().T))


def stft(waveforms: Tensor, window: int, hop: int, shape: Tensor | None = None) -> Tensor:
    """Short-time Fourier transform: cut into frames, fade each in and out, transform each: (..., T) → (..., K, T').

    Frame t starts at sample t · hop: T' = 1 + (T - window) // hop, K = window // 2 + 1. ``shape`` (window,) multiplies
    each frame; None is Hann's 1/2 - 1/2 cos(2π n / window). Equal to ``torch.stft(..., center=False)``.
    Source: Allen and Rabiner (1977), Proceedings of the IEEE 65(11).
    """
    check_waveforms(waveforms)
    check_wholes(window=window, hop=hop)
    if window > waveforms.shape[-1]:
        raise ValueError(f"window: got {window}, expected at most {waveforms.shape[-1]}, the samples of the sound")
    if shape is None:
        shape = torch.hann_window(window, dtype=waveforms.dtype, device=waveforms.device)
    frames = waveforms.unfold(-1, window, hop)  # (..., T', window)
    return torch.fft.rfft(frames * shape).transpose(-1, -2)


@lru_cache(maxsize=8)
def mel_filters(bands: int = BANDS, bins: int = WINDOW // 2 + 1, rate: int = RATE) -> Tensor:
    """Triangles of equal width in mel = 2595 log10(1 + f / 700), from 100 Hz to 4 kHz, each summing to 1: (bins, F).

    ``bins`` frequency bins reach from 0 Hz to half the rate. ValueError when a band would hold none. Source of the
    formula: O'Shaughnessy (1987), Speech Communication.
    """
    low, high = (2595 * math.log10(1 + hertz / 700) for hertz in (LOWEST_HZ, HIGHEST_HZ))
    edges = 700 * (10 ** (torch.linspace(low, high, bands + 2, dtype=torch.float64) / 2595) - 1)  # (F + 2,)
    hertz = torch.linspace(0, rate / 2, bins, dtype=torch.float64)[:, None]  # (bins, 1)
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    triangles = torch.minimum(rising, falling).clamp(min=0)  # (bins, F)
    if bool((triangles.sum(0) == 0).any()):
        raise ValueError(f"bands: got {bands}, expected few enough for {bins} frequency bins: some would be empty")
    return (triangles / triangles.sum(0)).float()


def mel_power(waveforms: Tensor, bands: int = BANDS, frames: int = FRAMES, window: int = WINDOW) -> Tensor:
    """Mean power in each mel band and frame: |STFT|² @ mel_filters. (..., T) → (..., F, T'), T' = ``frames``.

    One frame every T // T' samples, in the middle of its window; silence stands before and behind. The window is
    scaled to an energy of 1, so that white noise of variance v has power v in every band.
    """
    check_waveforms(waveforms)
    check_wholes(bands=bands, frames=frames, window=window)
    hop = waveforms.shape[-1] // frames
    if hop < 1:
        raise ValueError(f"frames: got {frames}, expected at most the number of samples, {waveforms.shape[-1]}")
    padded = nn.functional.pad(waveforms, (max(window - hop, 0) // 2, window))[..., : (frames - 1) * hop + window]
    hann = torch.hann_window(window, dtype=waveforms.dtype, device=waveforms.device)
    spectrum = stft(padded, window, hop, hann / hann.square().sum().sqrt()).transpose(-1, -2)
    power = torch.view_as_real(spectrum).square().sum(-1)  # (..., T', K)
    return (power @ mel_filters(bands, power.shape[-1]).to(power)).transpose(-1, -2)


def log_mel(waveforms: Tensor, *, bands: int = BANDS, frames: int = FRAMES, window: int = WINDOW) -> Tensor:
    """Loudness over time in frequency bands as the ear spaces them: log(mel(|STFT|²) + 0.001).

    waveforms (..., T) in [-1, 1], 8000 samples a second → (..., F, T'): F ``bands`` from 100 Hz to 4 kHz, T'
    ``frames``. Natural logarithm of power relative to full scale.

        log_mel(tone(1000)).shape                               # (12, 16)
    """
    return torch.log(mel_power(waveforms, bands, frames, window) + FLOOR)


def check_waveforms(waveforms: Tensor) -> None:
    """Sounds are float tensors (..., T), T at least 1, of finite numbers."""
    if not isinstance(waveforms, Tensor) or not waveforms.is_floating_point():
        raise TypeError(f"waveforms: got {type(waveforms).__name__}, expected a tensor of float samples")
    if waveforms.ndim < 1 or waveforms.numel() == 0:
        raise ValueError(f"waveforms: got shape {tuple(waveforms.shape)}, expected samples in the last axis, (..., T)")
    if not waveforms.isfinite().all():
        raise ValueError("waveforms: got NaN or infinity, expected finite numbers")
