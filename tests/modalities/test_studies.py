"""The experiments of lesson 07: what they measure, and with which data."""

from __future__ import annotations

import pytest
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
        (x, labels), (new, answers) = experiments.two_ways(kind)["by hand"]
        rows = experiments.drawn_evenly(labels, 50, 0)
        train, test = (experiments.scaled(each, x[rows]) for each in (x[rows], new))
        assert experiments.svm_right((train, labels[rows]), (test, answers)) > least


def test_one_scale_for_all_numbers_keeps_loud_columns_loud():
    x = torch.tensor([[0.0, 10.0], [2.0, 30.0]])
    there = experiments.scaled_alike(x, x)
    assert abs(float(there.mean())) < 1e-6 and abs(float(there.std()) - 1) < 1e-6
    assert torch.allclose((there[1] - there[0]) / (x[1] - x[0]), (1 / x.std()).expand(2))


def test_the_lopsided_test_is_as_lopsided_as_the_training():
    rows, labels = experiments.lopsided_test(0.05)
    train = experiments.noisy_pairs("train", imbalance=0.05, **experiments.RARE_NOISE).labels
    shares = [one.bincount(minlength=10) / len(one) for one in (labels, train)]
    assert rows.shape == (len(labels), 256) and torch.allclose(*shares, atol=0.01)
    assert int(labels.bincount()[9]) * 20 == int(labels.bincount()[0])


def test_motion_numbers_tell_and_one_frame_does_not():
    train, test = clips.make(300, seed=1), clips.make(300, seed=2)
    found = {}
    for name, sense in {"one": lambda v: v[:, 3], "motion": lesson.motion_numbers}.items():
        x, y = sense(train.video).flatten(1), sense(test.video).flatten(1)
        models = experiments.train_eight((experiments.scaled(x, x), train.motion), 6, epochs=15, lr=2e-2)
        found[name] = mean_interval(experiments.right_answers(models, (experiments.scaled(y, x), test.motion))).mean
    assert found["motion"] > 0.9 and found["one"] < 0.3


@pytest.mark.slow
def test_who_wins_depends_on_the_scale_of_the_inputs():
    (raw, labels), (new, answers) = experiments.two_ways("sound")["raw"]
    rows = [experiments.drawn_evenly(labels, 200, seed) for seed in experiments.SEEDS]
    right = {}
    for scale in (experiments.scaled, experiments.scaled_alike):
        right[scale] = [
            experiments.svm_right((scale(raw[one], raw[one]), labels[one]), (scale(new, raw[one]), answers))
            for one in rows
        ]
    network = experiments.learning_scores("sound", [200])["raw + network"][0]
    assert compare(network, right[experiments.scaled]).verdict == "better"
    assert compare(network, right[experiments.scaled_alike]).verdict != "better"
