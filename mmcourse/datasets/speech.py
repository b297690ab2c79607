"""Digits you hear: 840 spoken digits at 8 kHz by 84 synthetic voices, and their log-mel pictures.

Splits are speaker-disjoint, and stricter: a test voice shares neither its name nor its timbre with a training
voice.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmcourse.base.checks import check_choice
from mmcourse.datasets.files import load_npz
from mmcourse.modalities import FLOOR, RATE, log_mel, mel_power

SAMPLE_RATE = RATE  # Hz
SAMPLES = 6400  # every clip is padded with silence to 0.8 s
SPLITS = ("train", "valid", "test")


class Speech(NamedTuple):
    """Spoken digits. N clips of T = 6400 samples (0.8 s).

    waveforms (N, T) float32 in [-1, 1], silence behind the end; lengths (N,) own samples of each clip;
    digit (N,); speaker (N,) an index into `voices`, whose names read accent+timbre; clip (N,) the place among
    all 840.
    """

    waveforms: Tensor
    lengths: Tensor
    digit: Tensor
    speaker: Tensor
    clip: Tensor
    voices: tuple[str, ...]
    sample_rate: int = SAMPLE_RATE


def load(split: str = "train") -> Speech:
    """The spoken digits of one split: "train" (600), "valid" (90), "test" (150) or "all" (840).

    Every voice says every digit once and belongs to one split. The tensors are copies: change them as you
    like. Synthetic speech by espeak-ng; see data/README.md.

        clips = speech.load("test")
        clips.waveforms.shape, clips.voices[clips.speaker[0]]      # (150, 6400), 'en-gb-x-gbclan+m4'
    """
    check_choice(split, "split", (*SPLITS, "all"))
    everything, clip_split = _everything()
    chosen = torch.from_numpy(np.flatnonzero((clip_split == split) | (split == "all")))
    return everything._replace(**{name: getattr(everything, name)[chosen] for name in everything._fields[:5]})


@lru_cache(maxsize=1)
def _everything() -> tuple[Speech, np.ndarray]:
    """All clips padded to one length, and the name of each clip's split."""
    shipped = load_npz("speech.npz")
    return unpacked(shipped), shipped["voice_split"][shipped["speaker"]]


def unpacked(shipped: dict[str, np.ndarray]) -> Speech:
    """Clips that stand one behind the other, as data/README.md describes them → `Speech`, padded to one length."""
    start, lengths = shipped["start"][:-1], np.diff(shipped["start"])
    column = np.arange(SAMPLES)
    inside = column < lengths[:, None]  # (N, T)
    place = np.where(inside, start[:, None] + column, 0)
    samples = np.where(inside, shipped["samples"][place], 0)
    waveforms = samples.astype(np.float32) / np.float32(shipped["full_scale"])
    tensors = [torch.tensor(array) for array in (waveforms, lengths, shipped["digit"], shipped["speaker"])]
    return Speech(*tensors, torch.arange(len(lengths)), tuple(map(str, shipped["voice"])))


def features(waveforms: Tensor) -> Tensor:
    """What the models of the course hear: the log-mel picture, made comparable between clips.

    waveforms (..., 6400) → (..., 12, 16), about mean 0 and spread 1 over the clean training clips.
    1. log_mel, as lesson 07 opens it (mmcourse/modalities.py).
    2. Each band's mean over the clip is subtracted: how loud a voice is and how a microphone colours it only
       add a constant to a band, which vanishes ("cepstral mean subtraction", Atal, JASA 1974).
    3. Each band is divided by its spread over the clean training clips.
    Under growing noise the features shrink towards 0, so 0 means "nothing heard".

        features(speech.load("test").waveforms).shape              # (150, 12, 16)
    """
    power = mel_power(waveforms)
    if waveforms.shape[-1] != SAMPLES:
        raise ValueError(f"waveforms: got shape {tuple(waveforms.shape)}, expected {SAMPLES} samples (0.8 s) each")
    return features_of_power(power)


def loudness(split: str = "train") -> Tensor:
    """The log-mel picture of every clip of a split as it is, nothing taken away: (N, 12, 16), logarithms of powers."""
    return log_mel(load(split).waveforms)


def features_of_power(power: Tensor) -> Tensor:
    """The second half of `features`: the powers of `modalities.mel_power` → features, both (..., F, T').

    Any number of bands and frames: the spread is that of the training clips seen so finely.
    """
    return _centred(power) / _spread(*power.shape[-2:]).to(power.device)[:, None]


def _centred(power: Tensor) -> Tensor:
    log_power = torch.log(power + FLOOR)
    return log_power - log_power.mean(-1, keepdim=True)


@lru_cache(maxsize=4)
def _spread(bands: int, frames: int) -> Tensor:
    """Spread of each band over the clean training clips, (F,): all that the features take from data."""
    return _centred(mel_power(load("train").waveforms, bands, frames)).square().mean((0, 2)).sqrt()
