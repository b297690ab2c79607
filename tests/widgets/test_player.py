"""Sounds as WAV files, and their players."""

from __future__ import annotations

import io
import wave

import numpy as np

from mmcourse.widgets import wav


def test_a_wav_holds_the_samples():
    samples = np.sin(np.linspace(0, 40, 500))
    with wave.open(io.BytesIO(wav(samples, 8000))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes()) == (
            8000,
            1,
            2,
            500,
        )
        back = np.frombuffer(file.readframes(500), dtype="<i2") / 32767
    assert np.abs(back - samples).max() <= 0.5 / 32767 + 1e-12


def test_too_loud_a_wav_is_clipped_and_does_not_wrap():
    with wave.open(io.BytesIO(wav(np.array([2.0, -3.0, 0.0]), 8000))) as file:
        assert np.frombuffer(file.readframes(3), dtype="<i2").tolist() == [32767, -32767, 0]
