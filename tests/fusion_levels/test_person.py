"""A person before models raised on synthetic voices: sounds are made as those of the pairs are, counts are counts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_levels import small_lab
from torch import nn

from mmcourse import fusion_levels as levels
from mmcourse.datasets import human_voice
from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import compare
from mmcourse.fusion_levels import studies


class Knows(nn.Module):
    """Answers the first so many of ten words right, whatever it hears."""

    def __init__(self, right: int) -> None:
        super().__init__()
        self.right = right

    def forward(self, batch):
        said = [word if word < self.right else (word + 1) % 10 for word in range(len(batch["audio"]))]
        return nn.functional.one_hot(torch.tensor(said), 10).float()


def test_words_are_counted():
    assert studies.words_understood([Knows(right) for right in (0, 4, 10)]) == [0, 4, 10]


def test_what_a_person_says_lies_over_hiss_at_the_ratio_asked_for():
    digits, person = torch.tensor([3, 0, 3]), human_voice.load()
    for snr in (-12.0, 6.0):
        for digit, sound in zip(digits.tolist(), studies.said(digits, snr), strict=True):
            own = slice(0, int(person.lengths[digit]))
            word, hiss = person.waveforms[digit], sound - person.waveforms[digit]
            ratio = 10 * torch.log10(word[own].square().mean() / hiss[own].square().mean()).item()
            assert ratio == pytest.approx(snr, abs=0.05)
    same, _zero, again = studies.said(digits, 0.0)
    assert not torch.allclose(same, again), "another hiss each time"


def test_sounds_are_heard_as_in_pairs():
    pairs = SeeHear("test", size=130, seed=0, form="large").dial(audio_snr=0)
    assert (studies.heard_as_pairs(pairs.waveforms) - pairs.batch["audio"]).abs().max() < 0.02


def test_eyes_do_not_care_who_speaks():
    scores = studies.with_a_person({kind: small_lab()[kind] for kind in ("image", "audio")})
    ours, theirs = scores["computer voices"], scores["a person"]
    assert ours["image"] == theirs["image"] and len(ours["audio"]) == 2
    assert ours["audio"] != theirs["audio"]


@pytest.mark.slow
@pytest.mark.parametrize("change", [{"epochs": 4}, {"lr": 0.5}, {"lr": 2}])
def test_what_lesson_08_says_of_a_person_survives(change):
    """Four times the training, half and twice the learning rate, other seeds: the same verdicts."""
    train = studies.data(SeeHear("train", seed=0).dial(image_noise=0.5, audio_snr=-6))
    lab = {
        **studies.LAB,
        **{name: type(studies.LAB[name])(factor * studies.LAB[name]) for name, factor in change.items()},
    }
    scores = studies.with_a_person(levels.train_kinds(train, classes=10, seeds=range(200, 204), **lab))
    ours, theirs = scores["computer voices"], scores["a person"]
    assert np.mean(ours["audio"]) - np.mean(theirs["audio"]) > 0.2
    assert all(compare(theirs[level], theirs["image"]).verdict == "better" for level in ("data", "model"))
    assert all(np.mean(ours[level]) - np.mean(theirs[level]) > 0.08 for level in levels.LEVELS)
