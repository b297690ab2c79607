"""What notebook 05 says of order and of "not": read off the stored studies, at both lengths of training."""

from __future__ import annotations

import numpy as np
import pytest

from mmcourse.datasets import reviews
from mmcourse.engine import compare_all, joint_interval
from mmcourse.rnn import studies
from mmcourse.rnn.studies import BETWEEN


@pytest.fixture(scope="module")
def order():
    return studies.ORDER.load()


@pytest.mark.parametrize("times", [1, 4])
def test_order_is_worth_about_four_points(order, times):
    right = studies.by_timbre(order, times)
    told = compare_all(right, against="GRU", units=range(28))
    assert {name for name, one in told.items() if one.verdict == "worse"} == set(right) - {"GRU", "both ways"}
    points = {name: -100 * one.difference.mean for name, one in told.items()}
    d = told["sorted bands"].difference
    assert 3.5 < points["sorted bands"] < 4.5 and 2 < 50 * (d.high - d.low) < 3.5, "about four, give or take three"
    assert points["mean of frames"] > 9.5 and points["GRU, frames mixed"] > points["sorted bands"] + 2
    assert 0.89 <= right["sorted bands"].mean() <= 0.97, "the guess, 93 give or take 4"
    assert right["sorted bands"].mean() == max(v.mean() for n, v in right.items() if n not in ("GRU", "both ways"))


@pytest.mark.parametrize("times", [1, 4])
def test_both_ways_is_too_close_to_call(order, times):
    d = compare_all(studies.by_timbre(order, times), against="GRU", units=range(28))["both ways"].difference
    assert 0.005 < d.mean < 0.025 and d.low < 0.002


@pytest.fixture(scope="module")
def negation():
    return studies.NEGATION.load()


@pytest.mark.parametrize("times", [1, 4])
def test_contrast_needs_order_and_unseen_forms_defeat_all(negation, times):
    where, told = {}, {}
    for kind in ("contrast", "negation", "unseen negation"):
        right, forms = studies.by_form(negation, kind, times)
        found = compare_all(right, against="LSTM, both ways", units=forms, level=1 - 0.05 / 3)
        told[kind] = [name for name, one in found.items() if one.verdict == "worse"]
        where[kind] = {name: joint_interval(values, forms) for name, values in right.items()}
    assert told == {
        "contrast": ["bag of words", "mean embedding"],
        "negation": ["bag of words"],
        "unseen negation": ["bag of words"],
    }
    assert all(where["contrast"][name].low < 0.5 < 0.75 > where["contrast"][name].high for name in told["contrast"])
    assert min(where["contrast"][name].mean for name in ("text CNN", "LSTM, both ways")) > 0.95
    assert where["negation"]["bag of words"].high < 0.5 and where["negation"]["mean embedding"].mean > 0.89
    lstm = where["unseen negation"]["LSTM, both ways"]
    assert 0.61 < lstm.mean < 0.64 and lstm.low < 0.5


def test_the_lstm_carries_not_once_training_asks_for_it(negation):
    percent = {
        (times, shown): (100 * studies.by_adjective(negation, times, shown)["LSTM, both ways"].mean((1, 2))).round()
        for times in (1, 4)
        for shown in (False, True)
    }
    assert percent[1, False][3:].tolist() == [33, 8, 3] and percent[1, True][3:].tolist() == [91, 90, 88]
    assert percent[4, False][4:].max() < 20 and percent[4, True][3:].min() > 95
    for times in (1, 4):
        for k in (4, 5):
            before, after = (
                studies.by_adjective(negation, times, shown)["LSTM, both ways"][k] for shown in (False, True)
            )
            assert joint_interval(before, range(30)).high < 0.5 < joint_interval(after, range(30)).low


@pytest.mark.parametrize("times", [1, 4])
def test_the_others_fall_too_and_six_networks_rank_none_of_the_three(negation, times):
    before, after = (studies.by_adjective(negation, times, shown) for shown in (False, True))
    assert all(values[4:].mean() < values[0].mean() - 0.4 for name, values in before.items() if name != "bag of words")
    for k in (3, 4, 5):
        here = {name: values[k] for name, values in after.items()}
        told = compare_all(here, against="LSTM, both ways", units=range(30), level=1 - 0.05 / 3)
        assert [one.verdict for one in told.values()] == ["worse", "no difference seen", "no difference seen"]
    assert here["text CNN"].mean() > 0.55, "above a coin"
    assert np.diff(after["mean embedding"][3:].mean((1, 2))).max() < 0, "diluted"
    assert min(values[0].mean() for name, values in before.items() if name != "bag of words") > 0.97
    assert min(values[1].mean() for name, values in before.items() if name != "bag of words") > 0.75, "mostly right"


def test_not_at_all_divides_the_readers(negation):
    at = BETWEEN.index("at all")
    right = {name: values[at].mean() for name, values in studies.by_adjective(negation).items()}
    assert right["mean embedding"] > 0.95 and 0.1 < right["text CNN"] < 0.2


def test_what_training_shows_of_not():
    texts = reviews.load("train").texts
    assert not [text for text in texts if "not," in text or "n't," in text], "no comma behind not"
    assert not [text for text in texts if "not at all" in text and "No, not at all" not in text]
    more, _signs = studies.with_asides(texts, reviews.load("train").labels, seed=3)
    added = more[len(texts) :]
    assert 0.2 < np.mean(["n't" in text or " not" in text for text in added]) < 0.3, "a quarter negated"
    assert 140 < len(added) * 7 / 8 < 160
