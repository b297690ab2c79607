"""Two and three senses as sequences: pairs under noise that differs from sample to sample, and a written note."""

from __future__ import annotations

import string
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.datasets.see_hear import Pairs, SeeHear

Labelled = tuple[dict[str, Tensor], Tensor]  # a batch by sense, and the digits
NOISES, SNRS = (0.0, 0.3, 0.6, 1.0), (None, 0, -6, -12)  # of training: each sample draws one of each
ALPHABET = string.ascii_lowercase
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TYPOS = (0.0, 0.3, 0.6, 0.9)


def _rng(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def as_sequences(pairs: Pairs) -> dict[str, Tensor]:
    """The batch as sequences: the image as 8 rows (B, 8, 8), the sound as 16 moments (B, 16, 12)."""
    return {"image": pairs.batch["image"][:, 0], "audio": pairs.batch["audio"][:, 0].mT}


@lru_cache(maxsize=3)
def levels_of_noise(
    size: int, noises: tuple[float, ...], snrs: tuple[float | None, ...], split: str = "train"
) -> tuple[Tensor, Tensor, Tensor]:
    """The same pairs at every level of noise: images (levels, N, 8, 8), sounds (levels, N, 16, 12), labels.

    As many noises of the image as of the sound, so that one pass makes both.
    """
    base = SeeHear(split, size=size, seed=0, form="small")
    dialled = [base.dial(image_noise=noise, audio_snr=snr) for noise, snr in zip(noises, snrs, strict=True)]
    made = [as_sequences(pairs) for pairs in dialled]  # the noise of one sense leaves the other as it is
    return (*(torch.stack([batch[name] for batch in made]) for name in ("image", "audio")), dialled[0].labels)


def varied(
    size: int = 600, seeds: Sequence[int] = range(8), notes: bool = False, split: str = "train"
) -> list[Labelled]:
    """Pairs in which each sample draws its own image noise and its own SNR; one data set for each seed.

    With ``notes`` a third sense, the digit's name written down with typos, their number drawn as well.
    """
    seen, heard, labels = levels_of_noise(size, NOISES, SNRS, split)
    each, made = torch.arange(size), []
    for seed in seeds:
        rng = _rng(1000 + seed)
        i, j, k = (torch.randint(4, (size,), generator=rng) for _ in range(3))
        batch = {"image": seen[i, each], "audio": heard[j, each]}
        if notes:
            batch["text"] = written(labels, torch.tensor(TYPOS)[k], rng)
        made.append((batch, labels))
    return made


def broken_sense(size: int = 1000, seeds: Sequence[int] = range(8), split: str = "train") -> list[Labelled]:
    """Pairs of which one sense is broken, a coin says which: image noise 2, or a sound at -20 dB.

    The other sense is usable: a clean image, or a sound at -6 dB. One data set for each seed.
    """
    seen, heard, labels = levels_of_noise(size, (0.0, 2.0), (-20, -6), split)
    each, made = torch.arange(size), []
    for seed in seeds:
        coin = torch.randint(2, (size,), generator=_rng(2000 + seed))  # 1: the image is the broken one
        made.append(({"image": seen[coin, each], "audio": heard[coin, each]}, labels))
    return made


def written(labels: Tensor, typos: Tensor | float, rng: torch.Generator) -> Tensor:
    """A third sense: the digit's name, each letter made any letter with probability ``typos``. (B,) → (B, 5, 27).

    One row for each of five places, one column for each letter and one for "no letter".
    """
    codes = torch.tensor([[(ALPHABET + " ").index(letter) for letter in word.ljust(5)] for word in DIGITS])
    letters = codes[labels]  # (B, 5), a space is number 26
    chance = torch.as_tensor(typos).expand(len(labels))[:, None]
    slips = (torch.rand(letters.shape, generator=rng) < chance) & (letters < 26)
    letters = torch.where(slips, torch.randint(26, letters.shape, generator=rng), letters)
    return F.one_hot(letters, 27).float()


@lru_cache(maxsize=16)  # the same noises are asked for again and again
def pairs_under(split: str, **dials: Any) -> Labelled:
    """All pairs of a split under the given dials, as sequences; made once, so do not change them in place."""
    pairs = SeeHear(split, seed=0, form="small").dial(**dials)
    return as_sequences(pairs), pairs.labels


def trio(split: str, typos: float, lost: str | None = None, **dials: Any) -> Labelled:
    """The pairs of a split with a written note; ``lost`` names a sense that is switched off, all zeros."""
    batch, labels = pairs_under(split, **dials)
    batch = {**batch, "text": written(labels, typos, _rng(7))}
    return {name: torch.zeros_like(x) if name == lost else x for name, x in batch.items()}, labels
