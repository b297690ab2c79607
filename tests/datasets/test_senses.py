"""Two and three senses as sequences: noise by seed, broken and lost senses, written notes."""

import pytest
import torch

from mmcourse.datasets import senses
from mmcourse.engine import generator


def test_a_note_spells_its_digit_and_typos_change_letters_only():
    labels = torch.arange(10).repeat(200)
    clean, noisy = (senses.written(labels, typos, generator(0)) for typos in (0.0, 0.5))
    spelt = ["".join((senses.ALPHABET + " ")[i] for i in row).strip() for row in clean.argmax(-1)[:10]]
    assert spelt == list(senses.DIGITS) and clean.shape == (2000, 5, 27) and (noisy.sum(-1) == 1).all()
    blank = clean[:, :, 26] == 1
    assert torch.equal(blank, noisy[:, :, 26] == 1)  # a blank stays a blank
    changed = (clean.argmax(-1) != noisy.argmax(-1))[~blank].float().mean()
    assert float(changed) == pytest.approx(0.5 * 25 / 26, abs=0.02)


def test_training_pairs_differ_by_seed_in_noise_only():
    first, second = senses.varied(size=40, seeds=range(2))
    again = senses.varied(size=40, seeds=[1])[0]
    assert torch.equal(first[1], second[1]) and torch.equal(second[0]["image"], again[0]["image"])
    assert first[0]["image"].shape == (40, 8, 8) and first[0]["audio"].shape == (40, 16, 12)
    assert not torch.equal(first[0]["audio"], second[0]["audio"])
    assert set(senses.varied(size=10, seeds=[0], notes=True)[0][0]) == {"image", "audio", "text"}


def test_one_sense_of_each_broken_pair_is_usable():
    batch, labels = senses.broken_sense(size=60, seeds=[0])[0]
    seen, heard, same = senses.levels_of_noise(60, (0.0, 2.0), (-20, -6))
    clear = (batch["image"] == seen[0]).flatten(1).all(1)
    usable = (batch["audio"] == heard[1]).flatten(1).all(1)
    assert torch.equal(clear, ~usable) and 10 < int(clear.sum()) < 50 and torch.equal(labels, same)


def test_a_lost_sense_is_all_zeros():
    batch, _ = senses.trio("test", 0.3, lost="text", image_noise=0.2)
    assert batch["text"].abs().sum() == 0 and batch["image"].abs().sum() > 0
