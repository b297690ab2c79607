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


SIZES = {"image": (50, 200, 1000), "sound": (50, 200, 500)}


def means(runs: list[list[float]]) -> list[float]:
    return [mean_interval(one).mean for one in runs]


@pytest.mark.slow
@pytest.mark.parametrize("kind", SIZES)
def test_the_network_does_not_pass_the_svm_with_more_training_or_another_rate(kind):
    alike = experiments.learning_scores(kind, SIZES[kind])
    for more in ({}, {"longer": 4}, {"longer": 4, "lr": 3e-3}, {"lr": 3e-3}, {"lr": 3e-2}):
        network = experiments.learning_scores(kind, SIZES[kind], **more)["raw + network"]
        for ours, theirs in zip(network, alike["raw + SVM"], strict=True):
            assert compare(ours, theirs).verdict != "better", more
        if kind == "image" and more == {"longer": 4}:
            assert 0.96 < means(network)[2] < 0.975 and 0.98 < means(alike["raw + SVM"])[2] < 0.995


@pytest.mark.slow
def test_a_scale_for_each_column_costs_the_svm_and_would_have_made_the_network_win_for_sounds():
    lost, won = [], []
    for kind, counts in SIZES.items():
        alike = experiments.learning_scores(kind, counts)
        each = experiments.learning_scores(kind, counts, experiments.scaled)
        for before, after in zip(alike["raw + SVM"], each["raw + SVM"], strict=True):
            assert compare(after, before).verdict == "worse"
            lost.append(mean_interval(before).mean - mean_interval(after).mean)
        if kind == "image":
            few = [means(one["raw + network"])[0] for one in (alike, each)]
            assert 0.05 < few[0] - few[1] < 0.1
        else:
            won = [compare(*pair) for pair in zip(alike["raw + network"], each["raw + SVM"], strict=True)]
    assert 0.01 < min(lost) < 0.03 and 0.07 < max(lost) < 0.1
    assert all(one.verdict == "better" and 0.03 < one.difference.mean < 0.065 for one in won)
