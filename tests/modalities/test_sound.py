"""Lesson 07, sound: the Fourier transforms and log-mel against torch, numpy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmcourse import modalities as lesson
from mmcourse.datasets import speech


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# ------------------------------------------------------------ Fourier


@pytest.mark.parametrize("count", [1, 2, 7, 8, 64, 101])
def test_dft_equals_numpy_and_torch(count):
    x = draw(3, count)
    torch.testing.assert_close(lesson.dft(x), torch.fft.rfft(x), atol=1e-9, rtol=1e-9)
    np.testing.assert_allclose(lesson.dft(x[0]).numpy(), np.fft.rfft(x[0].numpy()), atol=1e-9)


@pytest.mark.parametrize("count", [8, 9])
def test_parseval(count):
    x = draw(count)
    power = lesson.dft(x).abs() ** 2
    mirrored = power[1 : (count + 1) // 2].sum()  # each of these bins has a twin above N / 2
    assert float(power.sum() + mirrored) / count == pytest.approx(float((x**2).sum()))


@pytest.mark.parametrize("k", [1, 5, 64, 255])
def test_a_tone_lies_in_its_bin_with_height_half_the_window(k):
    spectrum = lesson.dft(lesson.tone(k * 8000 / 512)[:512].double()).abs()
    assert int(spectrum.argmax()) == k and float(spectrum[k]) == pytest.approx(256, abs=0.1)
    spectrum[k] = 0
    assert float(spectrum.max()) < 0.1


def test_a_tone_above_half_the_rate_is_its_alias():
    torch.testing.assert_close(lesson.tone(5000)[:64], -lesson.tone(3000)[:64], atol=1e-3, rtol=0)


@pytest.mark.parametrize("window, hop, length", [(512, 100, 6400), (64, 64, 640), (33, 7, 200), (16, 1, 16)])
def test_stft_equals_torch(window, hop, length):
    x = draw(2, length)
    hann = torch.hann_window(window, dtype=torch.float64)
    theirs = torch.stft(x, window, hop, window=hann, center=False, return_complex=True)
    torch.testing.assert_close(lesson.stft(x, window, hop), theirs)
    theirs = torch.stft(x, window, hop, window=torch.ones(window).double(), center=False, return_complex=True)
    torch.testing.assert_close(lesson.stft(x, window, hop, torch.ones(window).double()), theirs)


def test_white_noise_is_flat():
    noise, hann = 0.5 * draw(200_000), torch.hann_window(256, dtype=torch.float64)
    level = lesson.stft(noise, 256, 128).abs().square().mean(-1)[1:-1] / (0.25 * hann.square().sum())
    assert abs(float(level.mean()) - 1) < 0.03 and float(level.std()) < 0.12


def test_stft_refuses():
    with pytest.raises(ValueError, match="window: got 12, expected at most 10"):
        lesson.stft(torch.zeros(10), 12, 1)
    with pytest.raises(ValueError, match="hop: got 0"):
        lesson.stft(torch.zeros(10), 4, 0)


# ------------------------------------------------------------ log-mel


def mel_by_the_book(waveform, bands=12, frames=16, window=512):
    """log-mel of one clip written with numpy loops, from the formulas alone."""
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)  # noqa: E731
    edges = [700 * (10 ** (m / 2595) - 1) for m in np.linspace(mel(100), mel(4000), bands + 2)]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    hop, picture = len(waveform) // frames, np.zeros((bands, frames))
    for t in range(frames):
        start = t * hop - (window - hop) // 2
        seen = np.array([waveform[i] if 0 <= i < len(waveform) else 0.0 for i in range(start, start + window)])
        power = np.abs(np.fft.rfft(seen * hann)) ** 2 / (hann**2).sum()
        for b, (low, centre, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
            hertz = np.arange(window // 2 + 1) * 8000 / window
            weights = np.interp(hertz, [low, centre, high], [0, 1, 0])
            picture[b, t] = np.log((weights * power).sum() / weights.sum() + 0.001)
    return picture


@pytest.mark.parametrize("clip", [0, 77, 149])
def test_log_mel_is_the_formula(clip):
    waveform = speech.load("test").waveforms[clip]
    expected = mel_by_the_book(waveform.double().numpy())
    np.testing.assert_allclose(lesson.log_mel(waveform).numpy(), expected, atol=2e-4)


def test_silence_lies_on_the_floor_and_white_noise_at_its_own_power():
    assert torch.allclose(lesson.log_mel(torch.zeros(6400)), torch.tensor(0.001).log())
    noise = 0.5 * torch.randn(200, 6400, generator=torch.Generator().manual_seed(0))
    power = lesson.log_mel(noise).exp()[..., 1:-1].mean((0, 2)) - 0.001  # inner frames: no padding in view
    assert torch.allclose(power, torch.tensor(0.25), rtol=0.1)


@pytest.mark.parametrize("hertz", [300.0, 1000.0, 3000.0])
def test_a_tone_lights_the_band_it_lies_in(hertz):
    tone = torch.sin(2 * torch.pi * hertz * torch.arange(6400) / 8000)
    filters = lesson.mel_filters()
    brightest = lesson.log_mel(tone).mean(-1).argmax()
    assert brightest == filters[round(hertz * 512 / 8000)].argmax()


def test_mel_filters_each_sum_to_one_and_rise_in_frequency():
    filters = lesson.mel_filters(12)
    torch.testing.assert_close(filters.sum(0), torch.ones(12))
    assert (filters.argmax(0).diff() > 0).all()


def test_leading_axes_are_kept_and_other_sizes_work():
    waveforms = speech.load("test").waveforms[:6]
    stacked = lesson.log_mel(waveforms.view(2, 3, 6400), bands=20, frames=40, window=256)
    assert stacked.shape == (2, 3, 20, 40)
    torch.testing.assert_close(stacked.flatten(0, 1), lesson.log_mel(waveforms, bands=20, frames=40, window=256))
    assert lesson.log_mel(waveforms[0]).shape == (12, 16)


@pytest.mark.parametrize(
    ("waveforms", "error", "message"),
    [
        (np.zeros(6400), TypeError, "waveforms: got ndarray, expected a tensor of float samples"),
        (torch.zeros(6400, dtype=torch.int16), TypeError, "waveforms: got Tensor, expected a tensor of float samples"),
        (torch.zeros(2, 0), ValueError, r"waveforms: got shape \(2, 0\), expected samples"),
        (torch.tensor(0.5), ValueError, r"waveforms: got shape \(\), expected samples"),
        (torch.full((6400,), torch.nan), ValueError, "waveforms: got NaN or infinity, expected finite"),
    ],
)
def test_log_mel_of_bad_waveforms(waveforms, error, message):
    with pytest.raises(error, match=message):
        lesson.log_mel(waveforms)


def test_log_mel_of_bad_sizes():
    with pytest.raises(ValueError, match="bands: got 0, expected a whole number at least 1"):
        lesson.log_mel(torch.zeros(6400), bands=0)
    with pytest.raises(ValueError, match="bands: got .* expected few enough"):
        lesson.log_mel(torch.zeros(6400), bands=400)
    with pytest.raises(TypeError, match="frames: got 2.5"):
        lesson.log_mel(torch.zeros(6400), frames=2.5)
    with pytest.raises(ValueError, match="frames: got 16, expected at most the number of samples, 10"):
        lesson.log_mel(torch.zeros(10))


def test_log_mel_leaves_its_input_alone():
    waveforms = speech.load("test").waveforms[:3]
    before = waveforms.clone()
    lesson.log_mel(waveforms)
    assert torch.equal(waveforms, before)
