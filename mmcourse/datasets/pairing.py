"""Behind see_hear: who is paired with whom, and every random number a dial will need, each drawn once.

Each purpose has its own stream of random numbers, so that turning one dial cannot shift another; a stream is
drawn for the whole split or row by row, so that a smaller size keeps the first pairs of a larger one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from types import ModuleType
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmcourse.datasets import digits, handwriting, speech
from mmcourse.modalities import BANDS, FRAMES, mel_power

SPLITS = tuple(digits.SIZES)
STREAMS = ("order", "clips", "image noise", "audio noise", "missing", "contradiction", "imbalance")


class Form(NamedTuple):
    """How finely a pair is seen and heard: where the digits come from, and how many bands and frames a sound has."""

    images: ModuleType  # with load, indices and SIZES
    bands: int
    frames: int

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many pairs each split has: as many as images."""
        return self.images.SIZES


# ``large`` shows digits that the eye knows under noise. Both have the same split of voices and the same clips.
FORMS = {"large": Form(handwriting, 20, 32), "small": Form(digits, BANDS, FRAMES)}
AT_ONCE = 50  # clips that are transformed together: what does not fit a processor's cache takes twice as long


class Source(NamedTuple):
    """Everything of one split and form that no seed changes."""

    images: Tensor
    labels: Tensor
    index: Tensor
    clips: speech.Speech
    power: Tensor  # (N, F, T'), of each clip
    features: Tensor  # (N, F, T')
    images_of: list[np.ndarray]
    clips_of: list[np.ndarray]


class Drawn(NamedTuple):
    """Random choices for each pair (size,): places in the split's images and clips, and uniform numbers."""

    image: Tensor
    clip: Tensor
    digit: Tensor
    lie: Tensor
    lying_image: Tensor
    lying_clip: Tensor
    lose: Tensor


class Hiss(NamedTuple):
    """What white noise does to one clip of each pair: ``gain`` (size,) brings it to 0 dB under the clip.

    Power is a square, so that of clip + g noise is |clip|² + g ``cross`` + g² ``own``. Once these two are known,
    both (size, F, T'), the dial for g needs no Fourier transform.
    """

    gain: Tensor
    cross: Tensor
    own: Tensor


@lru_cache(maxsize=6)
def source_of(split: str, form: str = "large") -> Source:
    """The split's images and clips, with the mel power of the clips worked out once."""
    taken, bands, frames = FORMS[form]
    images, labels = taken.load(split)
    clips = speech.load(split)
    power = mel_power(clips.waveforms, bands, frames)
    features = speech.features_of_power(power)
    pools = [[np.flatnonzero(each == k) for k in range(10)] for each in (labels.numpy(), clips.digit.numpy())]
    return Source(images, labels, taken.indices(split), clips, power, features, *pools)


class Pairing:
    """The random choices of one split, size, seed and form; arguments are checked by the caller."""

    def __init__(self, split: str, size: int, seed: int, form: str = "large") -> None:
        self.split, self.size, self.seed, self.form = split, size, seed, FORMS[form]
        self.source = source_of(split, form)

    def _rng(self, stream: str) -> np.random.Generator:
        """One independent stream of random numbers for each purpose."""
        key = [self.seed, SPLITS.index(self.split), STREAMS.index(stream)]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))

    @cached_property
    def drawn(self) -> Drawn:
        """Who is paired with whom, who would lie with what, the uniform numbers behind the probabilities."""
        source, total = self.source, self.form.sizes[self.split]
        order = self._rng("order").permutation(total)
        digit = source.labels.numpy()[order]
        clip = _balanced(digit, source.clips_of, self._rng("clips"))
        rng = self._rng("contradiction")
        lie, pick = rng.random(total), rng.random((2, total))
        other = (digit + rng.integers(1, 10, total)) % 10
        lying = [
            [pool[d][int(p * len(pool[d]))] for d, p in zip(other, picks, strict=True)]
            for pool, picks in zip((source.images_of, source.clips_of), pick, strict=True)
        ]
        columns = (order, clip, digit, lie, *lying, self._rng("missing").random(total))
        return Drawn(*(torch.as_tensor(np.asarray(column)[: self.size]) for column in columns))

    @cached_property
    def image_noise(self) -> Tensor:
        """White noise of standard deviation 1, (size, 1, H, W)."""
        shape = (self.size, *self.source.images.shape[1:])
        return torch.from_numpy(self._rng("image noise").standard_normal(shape, dtype=np.float32))

    @cached_property
    def hiss(self) -> Hiss:
        """The noise of each pair under the clip it is paired with."""
        return self._hiss_under(self.drawn.clip)

    @cached_property
    def lying_hiss(self) -> Hiss:
        """The same noise under the clip that a lying pair plays."""
        return self._hiss_under(self.drawn.lying_clip)

    @cached_property
    def white(self) -> Tensor:
        """White noise of standard deviation 1, (size, T)."""
        noise = self._rng("audio noise").standard_normal((self.size, speech.SAMPLES), dtype=np.float32)
        return torch.from_numpy(noise)

    def _hiss_under(self, clip: Tensor) -> Hiss:
        parts = zip(clip.split(AT_ONCE), self.white.split(AT_ONCE), strict=True)
        return Hiss(*map(torch.cat, zip(*(self._hiss_of(*part) for part in parts), strict=True)))

    def _hiss_of(self, clip: Tensor, white: Tensor) -> Hiss:
        waveforms, lengths = self.source.clips.waveforms[clip], self.source.clips.lengths[clip]
        gain = _level(waveforms, lengths) / _level(white, lengths)
        noise = white * gain[:, None]
        own, both = (mel_power(sound, *self.form[1:]) for sound in (noise, waveforms + noise))
        cross = both - self.source.power[clip] - own
        return Hiss(gain, cross, own)

    def kept_rows(self, ratio: float) -> Tensor:
        """The rows that remain when digit k keeps the share ratio^(k/9), never fewer than one."""
        digit = self.drawn.digit.numpy()
        rank = self._rng("imbalance").random(self.form.sizes[self.split])[: self.size]
        rows = []
        for k in np.unique(digit):
            own = np.flatnonzero(digit == k)
            rows.append(own[np.argsort(rank[own])][: max(1, round(len(own) * ratio ** (k / 9)))])
        return torch.from_numpy(np.sort(np.concatenate(rows)))


def _balanced(digit: np.ndarray, clips_of: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """A clip for each digit: the shuffled clips of that digit in turn, shuffled anew for each round."""
    clip = np.empty(len(digit), np.int64)
    for k, own in enumerate(clips_of):
        rows = np.flatnonzero(digit == k)
        rounds = [rng.permutation(own) for _ in range(-(-len(rows) // len(own)))]
        clip[rows] = np.concatenate(rounds)[: len(rows)]
    return clip


def _level(waveforms: Tensor, lengths: Tensor) -> Tensor:
    """Root of the mean power over each clip's own samples: (B, T), (B,) → (B,)."""
    own = torch.arange(waveforms.shape[-1]) < lengths[:, None]
    return ((waveforms * own).square().sum(-1, dtype=torch.float64) / lengths).sqrt().float()
