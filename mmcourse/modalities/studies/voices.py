"""Speaker leak: what a split by recordings promises, and what new voices keep of it."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from mmcourse.datasets import speech
from mmcourse.engine import generator
from mmcourse.modalities import stft
from mmcourse.modalities.studies.training import SEEDS, right_answers, scaled, train_eight

HELD_OUT = 0.2  # the share of the speech that is kept for testing
QUESTIONS = ("which digit?", "which accent?", "a coin for each voice")


@lru_cache(maxsize=1)
def average_spectra() -> Tensor:
    """For each of the 840 clips log(mean of |STFT| over time): what a voice is like on the whole, (840, 257)."""
    return torch.log(stft(speech.load("all").waveforms, 512, 256).abs().mean(-1) + 1e-3)


def labels_for(question: str, seed: int) -> tuple[Tensor, int]:
    """The labels of all 840 clips for one question, and the number of classes; the coin is drawn by the seed."""
    every = speech.load("all")
    if question == QUESTIONS[0]:
        return every.digit, 10
    if question == QUESTIONS[2]:
        heads = torch.randperm(84, generator=generator(1000 + seed)) < 42  # exactly half of the voices
        return heads.long()[every.speaker], 2
    accents = [voice.split("+")[0] for voice in every.voices]
    names = sorted(set(accents))
    return torch.tensor([names.index(accents[speaker]) for speaker in every.speaker.tolist()]), len(names)


def split_by(groups: Tensor, seed: int, share: float = HELD_OUT) -> tuple[Tensor, Tensor]:
    """Rows for training and for testing such that no group stands on both sides; give each row its own group to deal
    out the rows themselves at random.
    """
    names = groups.unique()
    held_out = names[torch.randperm(len(names), generator=generator(seed))[: round(share * len(names))]]
    tested = torch.isin(groups, held_out)
    return torch.where(~tested)[0], torch.where(tested)[0]


def leak_scores(question: str, groups: Tensor) -> list[float]:
    """Accuracy on what ``split_by(groups, seed)`` holds out, for eight seeds: other splits, other first weights."""
    trains, tests, x = [], [], average_spectra()
    for seed in SEEDS:
        (learn, test), (labels, classes) = split_by(groups, seed), labels_for(question, seed)
        learn = learn[torch.randperm(len(learn), generator=generator(seed))[:660]]  # as many each time
        trains.append((scaled(x[learn], x[learn]), labels[learn]))
        tests.append((scaled(x[test], x[learn]), labels[test]))
    return right_answers(train_eight(trains, classes, width=64, epochs=12, batch_size=60), tests)
