"""See and hear: each handwritten digit paired with a spoken one, and the dials that make the pair hard.

``SeeHear`` fixes who is paired with whom and draws every random number once; ``dial`` then only scales and
selects, so it is quick enough for a slider, and turning one dial leaves everything else as it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from numbers import Real

import torch
from torch import Tensor

from mmcourse.base.checks import check_choice, check_number, check_probability, check_seed, check_whole
from mmcourse.datasets import speech
from mmcourse.datasets.pairing import FORMS, SPLITS, Pairing

MODALITIES = ("image", "audio")
LOWEST_SNR, HIGHEST_SNR = -100.0, 200.0  # dB; beyond these float32 cannot hold voice and noise together


@dataclass(frozen=True)
class Pairs:
    """B dialled pairs. ``len(pairs)`` is B; ``pairs.batch, pairs.labels`` is what a model is trained on.

    batch: {"image": (B, 1, 20, 20), "audio": (B, 1, 20, 32)}, in the small form {"image": (B, 1, 8, 8), "audio":
    (B, 1, 12, 16)}, float32; a lost sense is all zeros in both.
    labels (B,): the digit that the honest sense shows. image_digit, audio_digit (B,): what each sense really
    holds, also when it is lost. waveforms (B, 6400): the noisy sound at 8 kHz, silent when lost, not clipped
    at ±1. image_index (B,) among all 5000 images (1797 in the small form); clip_index (B,) among all 840 clips;
    speaker (B,) among 84 voices. present: {"image": (B,), "audio": (B,)}, bool.
    """

    batch: dict[str, Tensor]
    labels: Tensor
    image_digit: Tensor
    audio_digit: Tensor
    image_index: Tensor
    clip_index: Tensor
    speaker: Tensor
    present: dict[str, Tensor]
    sound: Callable[[], Tensor] = field(repr=False, compare=False)  # makes the waveforms

    @cached_property
    def waveforms(self) -> Tensor:
        """The noisy sound (B, 6400), worked out when it is first asked for: a model never listens to it."""
        return self.sound()

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
    form: str = "large",
) -> Pairs:
    """Pairs of one split with the dials turned: ``SeeHear(split, size=size, …).dial(...)`` in one step.

    Example:
        pairs = see_hear("test", image_noise=0.3, audio_snr=0)
        pairs.batch["image"].shape, pairs.batch["audio"].shape     # (1000, 1, 20, 20), (1000, 1, 20, 32)
    """
    check_seed(seed)
    size = _check_size(size, split, form)
    return _kept(split, size, int(seed), form).dial(
        image_noise=image_noise,
        audio_snr=audio_snr,
        missing=missing,
        contradiction=contradiction,
        liar=liar,
        imbalance=imbalance,
    )


class SeeHear:
    """The pairing of one split: every image once, with a clip of its digit, in an order fixed by the seed.

    split "train" (3000), "valid" (700) or "test" (1000); ``size`` keeps the first so many pairs. Clips are used
    evenly: over a whole split, no clip serves more than once more than another of its digit. ``form`` "large" has
    handwriting of 20x20 and sounds of 20 bands x 32 frames; "small" has digits of 8x8 and sounds of 12 x 16, and fewer
    pairs: "train" (1200), "valid" (197) or "test" (400).

        base = SeeHear("test", seed=0)
        easy, hard = base.dial(), base.dial(image_noise=0.5, audio_snr=-5)     # the same 1000 pairs
    """

    def __init__(self, split: str = "train", *, size: int | None = None, seed: int = 0, form: str = "large") -> None:
        self.seed = check_seed(seed)
        self.size = _check_size(size, split, form)
        self.split, self.form = split, form
        self._pairing = Pairing(split, self.size, self.seed, form)

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        form = "" if self.form == "large" else f", form={self.form!r}"
        return f"SeeHear({self.split!r}, size={self.size}, seed={self.seed}{form})"

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

        image_noise: standard deviation of white Gaussian noise, in units of the pixel range (0 paper, 1 ink).
            Noisy pixels are not clipped to [0, 1]: the noise would be weaker than asked, and one-sided.
        audio_snr: power of the voice over power of white Gaussian noise in dB, 10 log10(P_voice / P_noise),
            exact for each clip over its own samples; it also fills the padding. None or infinity: no noise.
        missing: probability that a pair loses one sense, a fair coin says which; or {"image": p, "audio": q},
            the probability for each. Both are never lost, so p + q is at most 1. A lost sense is all zeros.
        contradiction: probability that the liar ("audio" or "image") shows one of the nine other digits, each
            equally likely. The label stays with the other sense.
        imbalance: frequency of the rarest digit over the most common one, r in (0, 1]. Of the pairs of digit
            k the share r^(k/9) is kept (long-tailed as in Cui et al., CVPR 2019), so fewer pairs come back.
        """
        noise = check_number(image_noise, "image_noise", 0.0, 1e6, "a finite standard deviation, 0 or more")
        snr = _check_snr(audio_snr)
        lost = _check_missing(missing)
        check_probability(contradiction, "contradiction")
        check_choice(liar, "liar", MODALITIES)
        check_number(imbalance, "imbalance", 1e-6, 1.0, "a ratio above 0 and up to 1")
        lies = {name: self._pairing.drawn.lie < (contradiction if name == liar else 0.0) for name in MODALITIES}
        keep = slice(None) if imbalance == 1 else self._pairing.kept_rows(imbalance)
        return self._dialled(noise, snr, lost, lies, keep)

    def _dialled(
        self, noise: float, snr: float, lost: dict[str, float], lies: dict[str, Tensor], keep: slice | Tensor
    ) -> Pairs:
        """The pairs for dials that have been checked: who lies in which pair, and which pairs are kept."""
        drawn, source = self._pairing.drawn, self._pairing.source
        image = torch.where(lies["image"], drawn.lying_image, drawn.image)[keep]
        clip = torch.where(lies["audio"], drawn.lying_clip, drawn.clip)[keep]
        present = self._present(lost, keep)
        heard_at_all = present["audio"].clone()
        seen, heard = source.images[image], self._features(clip, lies["audio"], snr, keep)
        if noise > 0:
            seen = torch.add(seen, self._pairing.image_noise[keep], alpha=noise)
        return Pairs(
            batch={
                "image": _blank(seen, present["image"]),
                "audio": _blank(heard.unsqueeze(1), present["audio"]),
            },
            labels=drawn.digit[keep].clone(),
            image_digit=source.labels[image],
            audio_digit=source.clips.digit[clip],
            image_index=source.index[image],
            clip_index=source.clips.clip[clip],
            speaker=source.clips.speaker[clip],
            present=present,
            sound=lambda: _blank(self._waveforms(clip, lies["audio"], snr, keep), heard_at_all),
        )

    def _present(self, lost: dict[str, float], keep: slice | Tensor) -> dict[str, Tensor]:
        """Which sense of each kept pair is there, for the probabilities of losing it."""
        lose = self._pairing.drawn.lose[keep]
        image = lose >= lost["image"]
        # "or not the image": both are never lost, whatever the rounding of 1 - p.
        return {"image": image, "audio": (lose < 1 - lost["audio"]) | ~image}

    def _features(self, clip: Tensor, lies: Tensor, snr: float, keep: slice | Tensor) -> Tensor:
        """What is heard, (B, F, T'): the square of ``Hiss``, worked out for this signal-to-noise ratio."""
        if math.isinf(snr):
            return self._pairing.source.features[clip]
        strength = 10 ** (-snr / 20)
        cross, own = (self._hiss(part, lies)[keep] for part in ("cross", "own"))
        power = self._pairing.source.power[clip] + strength * cross + strength**2 * own
        return speech.features_of_power(power.clamp_(min=0))  # rounding may leave a hair below zero

    def _waveforms(self, clip: Tensor, lies: Tensor, snr: float, keep: slice | Tensor) -> Tensor:
        """What is played, (B, T)."""
        clean = self._pairing.source.clips.waveforms[clip]
        if math.isinf(snr):
            return clean
        strength = self._hiss("gain", lies)[keep] * 10 ** (-snr / 20)
        return clean.addcmul_(self._pairing.white[keep], strength[:, None])

    def _hiss(self, part: str, lies: Tensor) -> Tensor:
        """One part of the noise under the clip that each of all pairs plays, its own or the lying one."""
        honest = getattr(self._pairing.hiss, part)
        if not lies.any():
            return honest
        return torch.where(lies.view(-1, *[1] * (honest.ndim - 1)), getattr(self._pairing.lying_hiss, part), honest)


@lru_cache(maxsize=4)
def _kept(split: str, size: int, seed: int, form: str) -> SeeHear:
    """The last few pairings stay in memory, so that repeated calls of ``see_hear`` draw no noise twice."""
    return SeeHear(split, size=size, seed=seed, form=form)


def _blank(values: Tensor, present: Tensor) -> Tensor:
    """Zeros where a sense is lost."""
    if present.all():
        return values
    return values.masked_fill_(~present.view(-1, *[1] * (values.ndim - 1)), 0.0)


def _check_size(size: int | None, split: str, form: str) -> int:
    total = FORMS[check_choice(form, "form", FORMS)].sizes[check_choice(split, "split", SPLITS)]
    return (
        total if size is None else check_whole(size, "size", most=total, why=f" (the {split} split has {total} images)")
    )


def _check_snr(snr: float | None) -> float:
    if snr is None or (isinstance(snr, Real) and snr == math.inf):
        return math.inf
    expected = f"a number of dB from {LOWEST_SNR:g} to {HIGHEST_SNR:g}, or None for no noise"
    return check_number(snr, "audio_snr", LOWEST_SNR, HIGHEST_SNR, expected)


def _check_missing(missing: float | Mapping[str, float]) -> dict[str, float]:
    if not isinstance(missing, Mapping):
        return dict.fromkeys(MODALITIES, check_probability(missing, "missing") / 2)
    for name in missing:
        check_choice(name, "a key of missing", MODALITIES)
    lost = {name: check_probability(missing.get(name, 0.0), f"missing[{name!r}]") for name in MODALITIES}
    if sum(lost.values()) > 1 + 1e-9:  # 1e-9 forgives rounding
        came = f"{lost['image']} + {lost['audio']}"
        raise ValueError(f"missing: got {came}, expected a sum of at most 1, or both senses would be lost")
    return lost
