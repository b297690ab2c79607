"""Files as a learner might bring them, good and odd: digits on paper, words, and what is neither."""

from __future__ import annotations

import io
import struct
import wave

import numpy as np
from PIL import Image

from mmcourse.datasets import handwriting, human_voice

PAPER = 280  # pixels of a side


def picture(pixels: np.ndarray, kind: str = "PNG", **keywords: object) -> bytes:
    """Pixels (H, W) or (H, W, C) as the bytes of a picture file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **keywords)
    return out.getvalue()


def drawn(index: int = 3, scale: int = 11, top: int = 20, left: int = 30) -> np.ndarray:
    """A test digit of `handwriting` as thick black ink anywhere on white paper: (280, 280), uint8."""
    ink = Image.fromarray(np.uint8(255 * handwriting.load("test").images[index, 0].numpy()))
    black = np.asarray(ink.resize((20 * scale, 20 * scale), Image.Resampling.BICUBIC)) > 110
    paper = np.full((PAPER, PAPER), 255, np.uint8)
    paper[top : top + 20 * scale, left : left + 20 * scale][black] = 0
    return paper


def wav(samples: np.ndarray, rate: int = 44_100, bits: int = 16) -> bytes:
    """Samples (T,) or (T, channels) in [-1, 1] as the bytes of a WAV file of 8, 16, 24 or 32 bits."""
    samples = np.clip(samples, -1, 1)
    if bits == 8:
        data = np.uint8(np.round(samples * 127 + 128)).tobytes()
    else:
        whole = np.round(samples.reshape(-1) * (2 ** (bits - 1) - 1)).astype("<i4")
        data = whole.view(np.uint8).reshape(-1, 4)[:, : bits // 8].tobytes()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(bits // 8), file.setframerate(rate)
        file.writeframes(data)
    return out.getvalue()


def extensible(samples: np.ndarray, rate: int = 44_100) -> bytes:
    """The same in 24 bits as sound editors write it: with the longer header, and a chunk of words behind the sound."""
    plain = wav(samples, rate, 24)
    channels = struct.unpack_from("<H", plain, 22)[0]
    data = plain[44:] + b"\0" * (len(plain) % 2)
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    head = struct.pack("<HHIIHH", 0xFFFE, channels, rate, rate * channels * 3, channels * 3, 24)
    form = head + struct.pack("<HHI", 22, 24, 0) + guid
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(plain) - 44) + data + b"LIST" + struct.pack("<I", 4) + b"INFO"
    return b"RIFF" + struct.pack("<I", len(body)) + body


def spoken(
    digit: int = 7, rate: int = 44_100, before: float = 0.9, after: float = 1.1, room: float = 0.001, seed: int = 0
):
    """A digit of `human_voice` in the middle of a quiet room: samples (T,), and its first and last second."""
    from scipy.signal import resample_poly

    clips = human_voice.load()
    word = clips.waveforms[digit, : clips.lengths[digit]].numpy()
    sound = np.concatenate([np.zeros(round(8000 * before)), 0.3 * word, np.zeros(round(8000 * after))])
    common = np.gcd(rate, 8000)
    sound = resample_poly(sound, rate // common, 8000 // common)
    return sound + room * np.random.default_rng(seed).standard_normal(len(sound)), before, before + len(word) / 8000
