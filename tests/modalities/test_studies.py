"""The experiments of lesson 07: what they measure, and with which data."""

from __future__ import annotations

import torch

from mmcourse import modalities as lesson
from mmcourse.datasets import clips, digits, speech
from mmcourse.engine import compare, mean_interval
from mmcourse.modalities import studies as experiments

# ------------------------------------------------------------ experiments


def test_splits_hold_whole_groups_out():
    groups = speech.load("all").speaker
    train, test = experiments.split_by(groups, 0)
    assert len(train) + len(test) == 840 and not set(train.tolist()) & set(test.tolist())
    assert lesson.leak_share(groups[train], groups[test]) == 0 and len(groups[test].unique()) == 17
    assert not torch.equal(test, experiments.split_by(groups, 1)[1])


def test_the_coin_belongs_to_the_voice_and_to_nothing_else():
    labels, classes = experiments.study_labels("a coin for each voice", 0)
    speaker = speech.load("all").speaker
    each = torch.stack([labels[speaker == s].float().mean() for s in range(84)])
    assert classes == 2 and set(each.tolist()) == {0.0, 1.0} and float(each.sum()) == 42


def test_a_speaker_leak_finds_what_is_not_there():
    study, every = experiments.STUDIES[2], speech.load("all")
    names = [voice.split("+")[1] for voice in every.voices]
    timbre = torch.tensor([sorted(set(names)).index(names[one]) for one in every.speaker.tolist()])
    assert timbre.bincount().tolist() == [30] * 28
    leaking = experiments.study_scores(study, torch.arange(840))
    assert compare(leaking, experiments.study_scores(study, timbre)).verdict == "better"


def test_judges_doubt_the_liars_first():
    pairs = experiments.noisy_pairs("train", contradiction=0.3)
    lies, doubt = pairs.audio_digit != pairs.labels, experiments.doubted(pairs).float().mean(0)
    assert doubt.shape == (1200,) and float(doubt[lies].mean()) > 0.9 and float(doubt[~lies].mean()) < 0.3


def test_draws_are_even_and_differ():
    labels = digits.load("train").labels
    rows = experiments.drawn_evenly(labels, 200, 0)
    assert labels[rows].bincount().tolist() == [20] * 10 and len(rows.unique()) == 200
    assert not torch.equal(rows, experiments.drawn_evenly(labels, 200, 1))


def test_hand_made_numbers_beat_chance_by_far():
    for kind, least in (("image", 0.7), ("sound", 0.6)):
        (x, labels), test = experiments.two_ways(kind)["by hand"]
        rows = experiments.drawn_evenly(labels, 50, 0)
        assert experiments.svm_right((x[rows], labels[rows]), test) > least


def test_motion_numbers_tell_and_one_frame_does_not():
    train, test = clips.make(300, seed=1), clips.make(300, seed=2)
    found = {}
    for name, sense in {"one": lambda v: v[:, 3], "motion": lesson.motion_numbers}.items():
        x, y = sense(train.video).flatten(1), sense(test.video).flatten(1)
        models = experiments.train_eight((experiments.scaled(x, x), train.motion), 6, epochs=15, lr=2e-2)
        found[name] = mean_interval(experiments.right_answers(models, (experiments.scaled(y, x), test.motion))).mean
    assert found["motion"] > 0.9 and found["one"] < 0.3
