"""See and hear: each handwritten digit paired with a spoken one, and the dials that make the pair hard.

`SeeHear` fixes who is paired with whom and draws every random number once; `dial` then only scales and selects, so
it is quick enough for a slider, and turning one dial leaves everything else as it was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmcourse.datasets import digits, speech
from mmcourse.datasets.checks import check_choice, check_count, check_number, check_probability, check_seed

MODALITIES = ("image", "audio")
SPLITS = ("train", "valid", "test")
STREAMS = ("order", "clips", "image noise", "audio noise", "missing", "contradiction", "imbalance")
LOWEST_SNR, HIGHEST_SNR = -100.0, 200.0  # dB; beyond these float32 cannot hold voice and noise together


@dataclass(frozen=True)
class Pairs:
    """B dialled pairs. `len(pairs)` is B; `pairs.batch, pairs.labels` is what a model is trained on.

    batch: {"image": (B, 1, 8, 8), "audio": (B, 1, 12, 16)}, float32; a lost sense is all zeros in both.
    labels (B,): the digit that the honest sense shows. image_digit, audio_digit (B,): what each sense really holds,
    also when it is lost. waveforms (B, 6400): the noisy sound at 8 kHz, silent when lost, not clipped at ±1.
    image_index (B,) among all 1797 images; clip_index (B,) among all 840 clips; speaker (B,) among the 84 voices.
    present: {"image": (B,), "audio": (B,)}, bool.
    """

    batch: dict[str, Tensor]
    labels: Tensor
    waveforms: Tensor
    image_digit: Tensor
    audio_digit: Tensor
    image_index: Tensor
    clip_index: Tensor
    speaker: Tensor
    present: dict[str, Tensor]

    def __len__(self) -> int:
        return len(self.labels)


def see_hear(
    split: str = "train",
    *,
    size: int | None = None,
    image_noise: float = 0.0,
    audio_snr: float | None = None,
    missing: float | Mapping[str, float] = 0.0,
    contradiction: float = 0.0,
    liar: str = "audio",
    imbalance: float = 1.0,
    seed: int = 0,
) -> Pairs:
    """Pairs of one split with the dials turned: `SeeHear(split, size=size, seed=seed).dial(...)` in one step.

        pairs = see_hear("test", image_noise=0.3, audio_snr=0)
        pairs.batch["image"].shape, pairs.batch["audio"].shape     # (400, 1, 8, 8), (400, 1, 12, 16)
    """
    check_seed(seed)
    size = _check_size(size, split)
    return _kept(split, size, int(seed)).dial(
        image_noise=image_noise,
        audio_snr=audio_snr,
        missing=missing,
        contradiction=contradiction,
        liar=liar,
        imbalance=imbalance,
    )


class SeeHear:
    """The pairing of one split: each image once, each with a clip of the same digit, in an order fixed by the seed.

    split "train" (1200), "valid" (197) or "test" (400); `size` keeps the first so many pairs. Clips are used as
    evenly as possible: none twice more often than another of its digit. Speakers never cross splits.

        base = SeeHear("test", seed=0)
        easy, hard = base.dial(), base.dial(image_noise=0.5, audio_snr=-5)     # the same 400 pairs
    """

    def __init__(self, split: str = "train", *, size: int | None = None, seed: int = 0) -> None:
        self.seed = check_seed(seed)
        self.size = _check_size(size, split)
        self.split = split
        self._source = _source(split)

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"SeeHear({self.split!r}, size={self.size}, seed={self.seed})"

    def dial(
        self,
        *,
        image_noise: float = 0.0,
        audio_snr: float | None = None,
        missing: float | Mapping[str, float] = 0.0,
        contradiction: float = 0.0,
        liar: str = "audio",
        imbalance: float = 1.0,
    ) -> Pairs:
        """The pairs with the dials turned. All dials at rest give the shipped data bit for bit.

        image_noise: standard deviation of white Gaussian noise, in units of the pixel range (0 paper, 1 ink). The noisy
            pixels are not clipped to [0, 1], which would make the noise weaker than asked and turn it one-sided.
        audio_snr: power of the voice over power of white Gaussian noise in dB, 10 log10(P_voice / P_noise), exact for
            each clip over its own samples; the noise also fills the padding. None or infinity: no noise.
        missing: probability that a pair loses one sense, a fair coin says which; or {"image": p, "audio": q}, the
            probability for each. Both are never lost, so p + q is at most 1. A lost sense is all zeros.
        contradiction: probability that the liar ("audio" or "image") shows one of the nine other digits, each equally
            likely. The label stays with the other sense.
        imbalance: frequency of the rarest digit over the most common one, r in (0, 1]. Of the pairs of digit k the
            share r^(k/9) is kept (long-tailed as in Cui et al., CVPR 2019), so fewer pairs come back.
        """
        noise = check_number(image_noise, "image_noise", 0.0, 1e6, "a finite standard deviation, 0 or more")
        snr = _check_snr(audio_snr)
        lost = _check_missing(missing)
        check_probability(contradiction, "contradiction")
        check_choice(liar, "liar", MODALITIES)
        check_number(imbalance, "imbalance", 1e-6, 1.0, "a ratio above 0 and up to 1")
        drawn, source = self._drawn, self._source
        lies = {name: drawn.lie < (contradiction if name == liar else 0.0) for name in MODALITIES}
        image = torch.where(lies["image"], drawn.lying_image, drawn.image)
        clip = torch.where(lies["audio"], drawn.lying_clip, drawn.clip)
        present = {"image": drawn.lose >= lost["image"], "audio": drawn.lose < 1 - lost["audio"]}
        keep = slice(None) if imbalance == 1 else self._kept_rows(imbalance)
        image, clip, labels = image[keep], clip[keep], drawn.digit[keep]
        present = {name: flags[keep] for name, flags in present.items()}
        waveforms, heard = self._hear(clip, snr, keep, lies["audio"])
        seen = source.images[image]
        if noise > 0:
            seen = torch.add(seen, self._image_noise[keep], alpha=noise)
        return Pairs(
            batch={"image": _blank(seen, present["image"]), "audio": _blank(heard.unsqueeze(1), present["audio"])},
            labels=labels.clone(),
            waveforms=_blank(waveforms, present["audio"]),
            image_digit=source.labels[image],
            audio_digit=source.clips.digit[clip],
            image_index=source.index[image],
            clip_index=source.clips.clip[clip],
            speaker=source.clips.speaker[clip],
            present={name: flags.clone() for name, flags in present.items()},
        )

    def _hear(self, clip: Tensor, snr: float, keep: slice | Tensor, lies: Tensor) -> tuple[Tensor, Tensor]:
        """Noisy waveforms (B, T) and their features (B, F, T'), from transforms made once: the transform is linear."""
        source, noise = self._source, self._audio_noise
        if math.isinf(snr):
            return source.clips.waveforms[clip], source.features[clip]
        strength = torch.where(lies, noise.lying_gain, noise.gain)[keep] * 10 ** (-snr / 20)
        waveforms = torch.addcmul(source.clips.waveforms[clip], noise.waveforms[keep], strength[:, None])
        spectra = source.spectra[clip].addcmul_(noise.spectra[keep], strength[:, None, None, None])
        return waveforms, speech.features_of_spectrum(torch.view_as_complex(spectra))

    def _rng(self, stream: str) -> np.random.Generator:
        """One independent stream of random numbers for each purpose."""
        key = [self.seed, SPLITS.index(self.split), STREAMS.index(stream)]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))

    @cached_property
    def _drawn(self) -> _Drawn:
        """Who is paired with whom, who would lie with what, and the uniform numbers behind the probabilities."""
        source, total = self._source, digits.SIZES[self.split]
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
        return _Drawn(*(torch.as_tensor(np.asarray(column)[: self.size]) for column in columns))

    @cached_property
    def _image_noise(self) -> Tensor:
        """White noise of standard deviation 1, (size, 1, 8, 8)."""
        return torch.from_numpy(self._rng("image noise").standard_normal((self.size, 1, 8, 8), dtype=np.float32))

    @cached_property
    def _audio_noise(self) -> _AudioNoise:
        """White noise, its transform, and the factor that brings it to 0 dB under the honest or the lying clip."""
        noise = self._rng("audio noise").standard_normal((self.size, speech.SAMPLES), dtype=np.float32)
        noise, clips, drawn = torch.from_numpy(noise), self._source.clips, self._drawn
        gains = [_level(clips.waveforms[c], clips.lengths[c]) / _level(noise, clips.lengths[c])
                 for c in (drawn.clip, drawn.lying_clip)]  # fmt: skip
        return _AudioNoise(noise, torch.view_as_real(speech.spectrum(noise)), *gains)

    def _kept_rows(self, ratio: float) -> Tensor:
        """The rows that remain when digit k keeps the share ratio^(k/9), never fewer than one."""
        digit = self._drawn.digit.numpy()
        rank = self._rng("imbalance").random(digits.SIZES[self.split])[: self.size]
        rows = []
        for k in np.unique(digit):
            own = np.flatnonzero(digit == k)
            rows.append(own[np.argsort(rank[own])][: max(1, round(len(own) * ratio ** (k / 9)))])
        return torch.from_numpy(np.sort(np.concatenate(rows)))


class _Source(NamedTuple):
    """Everything of one split that no seed changes."""

    images: Tensor
    labels: Tensor
    index: Tensor
    clips: speech.Speech
    spectra: Tensor  # (N, T', bins, 2): real and imaginary part of each clip's transform
    features: Tensor
    images_of: list[np.ndarray]
    clips_of: list[np.ndarray]


class _Drawn(NamedTuple):
    """Random choices for each pair (size,): places in the split's images and clips, and uniform numbers."""

    image: Tensor
    clip: Tensor
    digit: Tensor
    lie: Tensor
    lying_image: Tensor
    lying_clip: Tensor
    lose: Tensor


class _AudioNoise(NamedTuple):
    waveforms: Tensor
    spectra: Tensor
    gain: Tensor
    lying_gain: Tensor


@lru_cache(maxsize=3)
def _source(split: str) -> _Source:
    images, labels = digits.load(split)
    clips = speech.load(split)
    spectra = speech.spectrum(clips.waveforms)
    features = speech.features_of_spectrum(spectra)
    pools = [[np.flatnonzero(each == k) for k in range(10)] for each in (labels.numpy(), clips.digit.numpy())]
    return _Source(images, labels, digits.indices(split), clips, torch.view_as_real(spectra), features, *pools)


@lru_cache(maxsize=4)
def _kept(split: str, size: int, seed: int) -> SeeHear:
    """The last few pairings stay in memory, so that repeated calls of `see_hear` draw no noise twice."""
    return SeeHear(split, size=size, seed=seed)


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


def _blank(values: Tensor, present: Tensor) -> Tensor:
    """Zeros where a sense is lost."""
    if present.all():
        return values
    return values.masked_fill_(~present.view(-1, *[1] * (values.ndim - 1)), 0.0)


def _check_size(size: int | None, split: str) -> int:
    total = digits.SIZES[check_choice(split, "split", SPLITS)]
    return total if size is None else check_count(size, "size", total, f" (the {split} split has {total} images)")


def _check_snr(snr: float | None) -> float:
    if snr is None or (isinstance(snr, float) and snr == math.inf):
        return math.inf
    expected = f"a number of dB from {LOWEST_SNR:g} to {HIGHEST_SNR:g}, or None for no noise"
    return check_number(snr, "audio_snr", LOWEST_SNR, HIGHEST_SNR, expected)


def _check_missing(missing: float | Mapping[str, float]) -> dict[str, float]:
    if not isinstance(missing, Mapping):
        return dict.fromkeys(MODALITIES, check_probability(missing, "missing") / 2)
    for name in missing:
        check_choice(name, "a key of missing", MODALITIES)
    lost = {name: check_probability(missing.get(name, 0.0), f"missing[{name!r}]") for name in MODALITIES}
    if sum(lost.values()) > 1:
        raise ValueError(
            f"missing must add up to 1 at most, got {lost['image']} + {lost['audio']}: both senses would be lost"
        )
    return lost
