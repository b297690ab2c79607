"""The experiments of lesson 08: their pairs, and that fusion gains on real noisy ones."""

import torch

from mmcourse import fusion_levels as lesson
from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import accuracy_many, compare
from mmcourse.fusion_levels import studies


def test_conditions_are_what_dialling_each_gives():
    made = studies.conditions("test", (0.0, 0.5), (None, -5), seeds=(0, 1), size=20)
    assert len(made) == 8
    for i, (noise, snr, seed) in enumerate([(n, a, s) for n in (0.0, 0.5) for a in (None, -5) for s in (0, 1)]):
        pairs = SeeHear("test", size=20, seed=seed).dial(image_noise=noise, audio_snr=snr)
        assert torch.equal(made[i][0]["image"], pairs.batch["image"]) and torch.equal(made[i][1], pairs.labels)
        assert torch.equal(made[i][0]["audio"], pairs.batch["audio"])


def test_fusion_beats_both_senses_on_real_noisy_pairs():
    train, test = (
        studies.data(SeeHear(split, size=400, seed=0).dial(image_noise=0.5, audio_snr=0)) for split in ("train", "test")
    )
    trained = lesson.train_kinds(train, classes=10, seeds=range(4), budget=4000, epochs=12, lr=8e-3)
    scores = {kind: accuracy_many(models, test) for kind, models in trained.items()}
    for level in ("data", "model"):
        assert compare(scores[level], scores["image"]).verdict == "better"
