"""A player that shows its sound: how long it is, where it is loud, and where it plays."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import anywidget
import numpy as np
from traitlets import Bytes, Unicode


def wav(samples: np.ndarray, rate: int) -> bytes:
    """A waveform in [-1, 1], shape (T,), as the bytes of a 16-bit mono WAV file; louder samples are clipped."""
    whole = np.round(np.clip(np.asarray(samples, dtype=np.float64), -1, 1) * 32767).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(rate)
        file.writeframes(whole.tobytes())
    return out.getvalue()


class Player(anywidget.AnyWidget):
    """A button, the waveform of ``value`` (the bytes that ``wav`` makes) and, in words, ``label`` and the seconds.

    A click on the waveform plays from there. Nothing plays by itself, and a new sound stops the old one.
    """

    _esm = Path(__file__).with_name("player.js").read_text(encoding="utf-8")
    value = Bytes().tag(sync=True)
    label = Unicode().tag(sync=True)

    def __init__(self, label: str) -> None:
        super().__init__(label=label)
