"""The experiments of lesson 05: data, training, measuring."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from oracles import draw
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F

from mmcourse.datasets import reviews, scenes, speech
from mmcourse.engine import accuracy, compare
from mmcourse.rnn import GRU, RNN, SequenceClassifier, recall, studies
from mmcourse.rnn.recall_task import GAPS
from mmcourse.studies import Result

NAMES = [name for name, _p in SequenceClassifier(RNN(2, 3), 4).named_parameters()]


def test_accuracy_by_gap_is_that_of_each_networks_own_sequences():
    models = studies.train_recall("GRU", seeds=[3, 4], sequences=300, passes=1)
    [near, far] = studies.recall_accuracies(models, gaps=[2, 30], each=50, first=3)
    tests = [recall([30] * 50, seed=40_000 + seed, length=32) for seed in (3, 4)]
    assert far == pytest.approx([accuracy(*pair) for pair in zip(models, tests, strict=True)])
    assert len(near) == 2 and not torch.equal(tests[0][0], tests[1][0])


def test_a_gated_cell_learns_to_recall():
    models = studies.train_recall("GRU", seeds=[0, 1])
    assert min(map(min, studies.recall_accuracies(models, gaps=[2, 12], each=200))) > 0.8


def test_networks_side_by_side_are_clipped_as_torch_clips_each_alone():
    """Two networks, two steps; the second one's gradient is long, the first one's is short."""
    models = [SequenceClassifier(RNN(2, 3, seed=s), 4, seed=s).double() for s in range(2)]
    alone = copy.deepcopy(models)
    data = draw(6, 5, 2), torch.tensor([0, 1, 2, 3, 0, 1])
    sizes = torch.tensor([0.1, 30.0])
    weights = {name: torch.stack([dict(m.named_parameters())[name].detach() for m in models]) for name in NAMES}
    leaves = {name: w.requires_grad_() for name, w in weights.items()}
    adam = studies.ClippedAdam(leaves.values(), lr=0.01)
    for _ in range(2):
        adam.zero_grad()
        losses = [
            size * F.cross_entropy(functional_call(models[k], {n: w[k] for n, w in leaves.items()}, data[0]), data[1])
            for k, size in enumerate(sizes)
        ]
        sum(losses).backward()
        adam.step()
    for k, model in enumerate(alone):
        theirs = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(2):
            theirs.zero_grad()
            (sizes[k] * F.cross_entropy(model(data[0]), data[1])).backward()
            for p in model.parameters():  # the two biases may share theirs, and would be clipped twice
                p.grad = p.grad.clone()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            theirs.step()
        for name, p in model.named_parameters():
            assert torch.allclose(leaves[name][k], p, atol=1e-6), name


def test_the_rate_is_chosen_on_other_sequences_than_those_that_count():
    rows = [
        {"cell": "GRU", "rate": rate, "times": 1, "first": first, "valid": [valid, valid], "accuracy": [[test], [test]]}
        for rate, valid, test in ((0.1, 0.9, 0.3), (0.2, 0.8, 0.7))
        for first in (0, 8)
    ]
    found = Result("rnn/recall", rows, ("cell", "rate", "times", "first"), ["here"], "fresh", 1, "study")
    assert studies.best_rate(found, "GRU", 1) == 0.1
    assert studies.race(found) == {"GRU": [[0.3, 0.3], [0.3, 0.3]]}
    assert studies.race(found, rate=0.2) == {"GRU": [[0.7, 0.7], [0.7, 0.7]]}


# ---------------------------------------------------------------- what the notebook says of the stored race


@pytest.fixture(scope="module")
def found():
    return studies.RECALL.load()


def solved(found, cell, times, gap, rate=None):
    """How many networks of a kind are right nine times out of ten."""
    return sum(accuracy >= 0.9 for accuracy in studies.race(found, times, rate)[cell][GAPS.index(gap)])


@pytest.mark.parametrize("times", [1, 4])
def test_gated_cells_learn_gap_20_every_time_at_two_of_three_rates(found, times):
    for cell in ("LSTM", "GRU", "misprint"):
        assert [solved(found, cell, times, 20, rate) for rate in (0.01, 0.03)] == [16, 16]


def test_the_simple_rnn_learns_more_slowly_and_not_reliably(found):
    assert max(solved(found, "RNN", 1, 12, rate) for rate in studies.RATES) == 0
    assert solved(found, "RNN", 4, 12) == 10 and solved(found, "RNN", 16, 12) == 12
    assert solved(found, "RNN", 4, 20) == solved(found, "RNN", 16, 20) == 0
    assert solved(found, "RNN, 36 units", 4, 12) <= 10
    for rate in studies.RATES:
        for block in found.where(cell="RNN", times=1, rate=rate)["accuracy"]:
            assert np.mean(block[GAPS.index(12)]) < 0.4, "in both halves"


def test_patience_needs_a_small_rate(found):
    lost, won = {}, {}
    for rate in (0.003, 0.01):
        early, late = (np.array(studies.race(found, t, rate)["RNN"][GAPS.index(12)]) >= 0.9 for t in (4, 16))
        lost[rate], won[rate] = int((early & ~late).sum()), int((~early & late).sum())
    assert lost == {0.003: 0, 0.01: 5} and won == {0.003: 12, 0.01: 4}
    assert 0.68 < np.mean(studies.race(found, 1)["RNN"][0]) < 0.73
    slow = studies.race(found, 1, 0.003)
    assert 0.15 < np.mean(slow["GRU"], axis=1)[GAPS.index(20)] - np.mean(slow["LSTM"], axis=1)[GAPS.index(20)] < 0.25


def test_this_task_does_not_tell_the_misprint_from_the_lstm(found):
    for times in (1, 4):
        for rate in (None, *studies.RATES):
            scores = studies.race(found, times, rate)
            pairs = zip(scores["misprint"], scores["LSTM"], strict=True)
            assert {compare(a, b, level=1 - 0.05 / 62).verdict for a, b in pairs} == {"no difference seen"}


def test_too_small_a_rate_looks_like_a_bad_cell(found):
    assert 0.5 < np.mean(studies.race(found, 1, 0.003)["LSTM"][GAPS.index(20)]) < 0.7


# ---------------------------------------------------------------- real sequences


def test_spoken_frames_are_even_and_can_be_mixed():
    x, digit = studies.spoken_frames("train")
    assert x.shape == (600, 16, 12) and x.mean((0, 1)).abs().max() < 1e-4 and (x.std((0, 1)) - 1).abs().max() < 1e-3
    mixed, same = studies.out_of_order((x, digit), seed=0)
    assert torch.equal(same, digit) and not torch.equal(mixed, x)
    assert torch.allclose(mixed.sort(1).values, x.sort(1).values), "every band keeps its numbers"
    assert torch.allclose(mixed.mean(1), x.mean(1), atol=1e-6)
    assert torch.equal(mixed, studies.out_of_order((x, digit), seed=0)[0])


def test_heard_so_far_ends_with_the_accuracy():
    data = studies.spoken_frames("test")
    models = [SequenceClassifier(GRU(12, 8, seed=s), 10, seed=s) for s in range(2)]
    so_far = studies.heard_so_far(models, data)
    assert len(so_far) == 16 and so_far[-1] == pytest.approx([accuracy(m, data) for m in models])


def test_no_timbre_is_heard_and_tested():
    timbre, tested = studies.timbres(), []
    assert timbre.bincount().tolist() == 28 * [30]
    loud = speech.loudness("all").transpose(1, 2)
    for fold in range(4):
        (train, valid, test), units = studies.frames_by_fold(fold)
        assert [len(digit) for _x, digit in (train, valid, test)] == [540, 90, 210] and len(units) == 210
        assert train[0].mean((0, 1)).abs().max() < 1e-4 and (train[0].std((0, 1)) - 1).abs().max() < 1e-3
        rows = torch.isin(timbre, units.unique())
        assert int(rows.sum()) == 210, "all recordings of a timbre are tested together"
        back = torch.linalg.lstsq(test[0].flatten(0, 1)[:, :1], loud[rows].flatten(0, 1)[:, :1]).solution
        assert back > 0 and torch.equal(test[1], speech.load("all").digit[rows])
        tested += units.unique().tolist()
    assert sorted(tested) == list(range(28)), "each timbre is the test once"


def test_rivals_without_order_hear_the_same_in_any_order():
    data = tuple(part[:50] for part in studies.spoken_frames("test"))
    for name in ("mean of frames", "mean and maximum", "sorted bands"):
        change, make, _rates, _passes = studies.HEARERS[name]
        first, second = (change(studies.out_of_order(data, seed))[0] for seed in (0, 1))
        assert torch.allclose(first, second, atol=1e-5), name
        assert make(0)(first).shape == (50, 10)
    x, digit = studies.HEARERS["sorted bands"][0](data)
    assert x.shape == (50, 16 * 12) and torch.equal(digit, data[1])
    assert torch.allclose(x.view(50, 16, 12)[:, -1], data[0].amax(1)), "nothing but the order is lost"
    for name in ("GRU", "both ways"):
        assert not torch.equal(studies.HEARERS[name][0](data)[0], studies.out_of_order(data, 0)[0])


def test_a_rival_is_judged_at_the_rate_that_is_best_on_other_voices():
    row = studies.ORDER.compute({"rival": "mean of frames", "times": 1, "fold": 2})
    assert row["rate"] == studies.HEARERS["mean of frames"][2][int(np.argmax(row["valid"]))] and np.shape(
        row["right"]
    ) == (
        4,
        7,
    )


@pytest.mark.parametrize(
    "text, form",
    [
        ("Not once was the soup bland.", "not once"),
        ("Honestly, our flat was clean.", ""),
        ("No, not at all!", "no not at"),
    ],
)
def test_what_is_left_is_the_form(text, form):
    assert studies.form_of(text) == form


@pytest.mark.parametrize("between, words", list(zip(studies.BETWEEN, [1, 2, 3, 6, 10, 14], strict=True)))
def test_only_the_distance_grows(between, words):
    texts, labels, units = studies.far_apart(between)
    assert studies.distance_of(between) == words and not set(texts) & set(reviews.load("train").texts)
    assert len(texts) == 60 and sum(labels) == 30 and sorted(set(map(units.count, units))) == [2]
    plain, turned, _units = studies.far_apart(between, negated=False)
    without = {text.replace(" not", ""): 1 - label for text, label in zip(texts, labels, strict=True)}
    assert {text: without[text] for text in plain} == dict(zip(plain, turned, strict=True)) and len(plain) >= 58
    bad = {"bland", "dirty", "rude", "boring", "slow", "useless"}
    assert all(label == 1 for label, unit in zip(labels, units, strict=True) if unit in bad)


def test_an_aside_is_all_that_is_added():
    texts, labels = reviews.load("train").texts, reviews.load("train").labels
    more, signs = studies.with_asides(texts, labels, seed=3)
    assert tuple(more[: len(texts)]) == texts and torch.equal(signs[: len(texts)], labels)
    added = dict.fromkeys(more[len(texts) :])
    assert 100 < len(added) and 20 < sum("n't" in text or " not" in text for text in added) < len(added) - 50
    known = dict(zip(texts, labels.tolist(), strict=True))
    for text, sign in zip(more[len(texts) :], signs[len(texts) :].tolist(), strict=True):
        first, aside, rest = text.rsplit(", ", 2) if text.count(", ") == 2 else (text, None, None)
        if aside is not None:
            assert known[f"{first} {rest}"] == sign
    assert not set(more[len(texts) :]) & set(studies.far_apart(1)[0]), "the test's own sentences stay new"


def test_results_are_put_side_by_side():
    right = studies.by_timbre(studies.ORDER.load())
    assert list(right) == list(studies.HEARERS) and {values.shape for values in right.values()} == {(4, 28)}
    found = studies.NEGATION.load()
    shares, units = studies.by_form(found, "contrast")
    assert {values.shape for values in shares.values()} == {(6, 40)} and max(units) == 18
    first = found.one(reader="text CNN", shown=False, times=1)["kinds"]["contrast"]
    of = np.bincount(units) / 40
    assert np.allclose(shares["text CNN"].mean(1), np.array(first) @ of)
    assert {values.shape for values in studies.by_adjective(found).values()} == {(6, 6, 30)}
    assert studies.by_form(found, "negation", times=4)[0]["text CNN"].shape == (6, 80)


def test_windows_of_captions_are_shifted_by_one():
    captions = scenes.captions(50, seed=0)
    characters = "\n" + "".join(sorted(set("".join(captions))))
    ids, following = studies.caption_windows(captions, characters)
    assert ids.shape == following.shape and torch.equal(ids.flatten()[1:], following.flatten()[:-1])
    assert "".join(characters[k] for k in ids[0]).startswith("\n" + captions[0][:20])
