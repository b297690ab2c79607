"""The views of lesson 07, tested with numbers; its predictions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers import beside, pixels
from torch.nn import functional as F

from mmcourse import modalities as lesson
from mmcourse.modalities import pictures as demos
from mmcourse.practice.lessons import questions_of

# ------------------------------------------------------------ pictures


def test_noise_changes_its_own_half_of_the_panel():
    clean, grainy = (pixels(demos.see_and_hear(index=5, image_noise=noise).png) for noise in (0.0, 0.7))
    different = (np.abs(clean.astype(int) - grainy) > 32).any((0, 2))  # each has its own palette: rims differ a little
    assert different[: len(different) // 4].any() and not different[len(different) // 2 :].any()


@pytest.mark.parametrize("window", demos.WINDOWS)
def test_the_tile_has_area_one(window):
    view = demos.ResolutionView()
    view.png(window=window)
    width, height = view.tile.get_xy().max(0)
    assert width / 1000 * height == pytest.approx(1)


@pytest.mark.parametrize("window, tones_part, clicks_part", [(64, False, True), (256, True, True), (1024, True, False)])
def test_a_middling_window_parts_both_pairs(window, tones_part, clicks_part):
    sound = F.pad(demos.lab_sound("sweep, clicks, tones"), (window // 2, window // 2))
    power = 10 * torch.log10(lesson.stft(sound, window, 32).abs().square() + 1e-9)
    one, between = (power[round(hertz * window / 8000)].median() for hertz in (3200, 3250))
    assert (float(one - between) > 6) is tones_part
    first, gap = (power[window // 5 : window // 4, round(250 * second)].mean() for second in (0.15, 0.175))
    assert (float(first - gap) > 10) is clicks_part


def test_a_sweep_climbs_evenly():
    spectrum = lesson.stft(demos.sweep(), 512, 512).abs()
    peaks = spectrum.argmax(0) * 8000 / 512
    steps = peaks.diff()
    assert abs(float(peaks[0]) - 384) < 50 and float(steps.max() - steps.min()) < 40


def test_the_sound_that_is_played_is_the_one_that_is_shown():
    waveform, rate = demos.sounding(index=5, audio_snr=0.0, image_noise=0.4)
    assert rate == 8000 and waveform.shape == (6400,) and np.abs(waveform).max() <= 1


@pytest.mark.parametrize("question", questions_of("modalities"), ids=lambda one: one.ask[:30])
def test_a_prediction_holds(question):
    assert question.proof() == question.answer and len(question.options) in (3, 4)


def test_the_film_moves_and_the_mark_climbs_where_the_clocks_agree():
    view = beside("modalities", "panels").PANELS["two_clocks_panel"]().view
    heights = {}
    for lag in (0.0, 0.2):
        view.png(lag=lag)
        assert view.shown.get_xdata()[0] == pytest.approx(0.02 + lag)
        heights[lag] = view.mark.get_ydata()[0]
    assert heights[0.2] > 0.99 and heights[0.0] < 0.3
