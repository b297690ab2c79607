"""The learner's own voice: a word from the microphone or a WAV file, in the form of `speech`.

What comes in are the bytes of a WAV file. Nothing is written anywhere, and whatever cannot be used is a ValueError
that says so in words for the page.
"""

from __future__ import annotations

import io
import warnings
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmcourse.datasets.speech import SAMPLE_RATE, SAMPLES

MOST_BYTES, MOST_SECONDS = 8_000_000, 10.0
RATES = (4000, 192_000)  # Hz
SILENT = 0.002  # a peak below, of full scale, is no voice
BLOCK = 80  # samples: 10 ms, over which loudness is measured
QUIET_DB, OVER_NOISE_DB = -35.0, 10.0  # a word is as loud as that: relative to its loudest block, to the room
PAUSE, MARGIN = 13, 2  # blocks: a longer silence ends a word (a "t" is preceded by 100 ms); what is kept around it
SHORTEST = 10  # blocks of a word


class Recording(NamedTuple):
    """A sound as it came: samples (T,), float32 in [-1, 1], one channel at 8 kHz; and what its file held."""

    samples: Tensor
    rate: int
    channels: int

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return len(self.samples) / SAMPLE_RATE


class Word(NamedTuple):
    """One word: waveform (6400,), its peak at 1, silence behind the end; ``first`` and ``last`` sample of a recording.

    ``whole`` is False when the word was longer than 0.8 s, of which the loudest 0.8 s were kept.
    """

    waveform: Tensor
    first: int
    last: int
    whole: bool

    @property
    def length(self) -> int:
        """How many samples are the word's own."""
        return self.last - self.first


def recording_of(content: bytes) -> Recording:
    """The sound in a WAV file, its channels averaged, resampled to 8 kHz.

    8, 16, 24 and 32 bits, whole numbers or floats, any rate from 4 to 192 kHz, any number of channels. ValueError, in
    words for the learner: empty, too large, too long, silent, no WAV file, a damaged one.
    """
    if not content:
        raise ValueError("sound: got an empty file, expected a WAV file with one spoken word")
    if len(content) > MOST_BYTES:
        raise ValueError(f"sound: got {len(content) / 1e6:.0f} MB, expected at most {MOST_BYTES // 10**6} MB")
    rate, samples = _unpacked(content)
    if not RATES[0] <= rate <= RATES[1]:
        raise ValueError(f"sound: got {rate} samples a second, expected {RATES[0]} to {RATES[1]}")
    if len(samples) > MOST_SECONDS * rate:
        raise ValueError(f"sound: got {len(samples) / rate:.0f} s, expected at most {MOST_SECONDS:.0f} s; cut it")
    channels, samples = samples.shape[1], samples.mean(1)
    if not np.isfinite(samples).all():
        raise ValueError("sound: got numbers that are infinite or none, expected samples; save it again")
    if len(samples) < SHORTEST * BLOCK * rate / SAMPLE_RATE:
        raise ValueError(f"sound: got {1000 * len(samples) / rate:.0f} ms, expected a word of 100 ms or more")
    samples = _resampled(samples - samples.mean(), rate)
    if np.abs(samples).max() < SILENT:
        raise ValueError("sound: got silence, expected a spoken word; is the microphone muted?")
    return Recording(torch.from_numpy(samples.clip(-1, 1).astype(np.float32)), rate, channels)


def _unpacked(content: bytes) -> tuple[int, np.ndarray]:
    """The rate and the samples (T, channels) of a WAV file, full scale at 1."""
    from scipy.io import wavfile  # slow to import, so only when it is needed

    if content[:4] not in (b"RIFF", b"RIFX", b"RF64") or content[8:12] != b"WAVE":
        raise ValueError("sound: got a file of another kind, expected a WAV file; a sound editor can save one")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # about chunks that hold no sound
            rate, samples = wavfile.read(io.BytesIO(content))
    except Exception as error:  # a damaged file breaks the reader in many ways
        raise ValueError(f"sound: got a damaged WAV file ({error}), expected a whole one; save it again") from None
    if samples.dtype == np.uint8:
        samples = samples / 128.0 - 1
    elif samples.dtype.kind == "i":
        samples = samples / -float(np.iinfo(samples.dtype).min)  # 24 bits come in the upper part of 32
    samples = np.asarray(samples, dtype=np.float64)
    return int(rate), samples[:, None] if samples.ndim == 1 else samples


def _resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    """At 8 kHz, with the filter that the course's voices went through; what is above 4 kHz does not fold back."""
    from scipy.signal import resample_poly

    common = int(np.gcd(rate, SAMPLE_RATE))
    up, down = SAMPLE_RATE // common, rate // common
    return samples if up == down else resample_poly(samples, up, down, window=("kaiser", 8.0))


def word_of(content: bytes) -> Word:
    """The loudest word of a WAV file, in the form of `speech`: trimmed, its peak at 1, padded with silence to 0.8 s.

    ValueError, in words for the learner, for what ``recording_of`` refuses and where nothing rises above the noise.
    """
    return word_in(recording_of(content).samples)


def word_in(samples: Tensor) -> Word:
    """The word with most energy in a recording at 8 kHz, (T,).

    A block of 10 ms belongs to a word if it is at most 35 dB below the loudest one and at least 10 dB above the
    room, which is how loud the quietest tenth of the blocks is (a file that is trimmed already has no room in it).
    Shorter pauses than 130 ms are bridged: before the t of "eight" there is one.
    """
    blocks = samples[: len(samples) // BLOCK * BLOCK].double().reshape(-1, BLOCK)
    power = blocks.sub(blocks.mean(1, keepdim=True)).square().mean(1).numpy()
    level = 10 * np.log10(power + 1e-12)
    room = min(np.quantile(level, 0.1), level.max() - 25) if len(level) > 100 else -120.0
    loud = np.flatnonzero(level > max(level.max() + QUIET_DB, room + OVER_NOISE_DB))
    stretches = np.split(loud, np.flatnonzero(np.diff(loud) > PAUSE) + 1)
    best = max(stretches, key=lambda blocks: power[blocks].sum())
    if best[-1] - best[0] + 1 < SHORTEST:
        raise ValueError("sound: got a click or noise, expected a spoken word; come closer to the microphone")
    first = max(int(best[0]) - MARGIN, 0) * BLOCK
    last = min((int(best[-1]) + 1 + MARGIN) * BLOCK, len(samples))
    whole = last - first <= SAMPLES
    if not whole:
        energy = samples[first:last].double().square().unfold(0, SAMPLES, BLOCK).sum(1)
        first += BLOCK * int(energy.argmax())
        last = first + SAMPLES
    waveform = torch.zeros(SAMPLES)
    waveform[: last - first] = samples[first:last] / samples[first:last].abs().max()
    return Word(waveform, first, last, whole)


def describe_word(content: bytes) -> str:
    """What was understood, in words for the learner; ValueError where ``word_of`` raises it."""
    recording = recording_of(content)
    word = word_in(recording.samples)
    found = f"a word of {word.length / SAMPLE_RATE:.2f} s found in {recording.seconds:.1f} s"
    return found if word.whole else f"{found}: it was longer, the loudest part is kept"
