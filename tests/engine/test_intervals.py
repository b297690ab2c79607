"""Intervals and comparisons: against independent oracles, and how often each holds what it promises."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from mmcourse.engine import compare, compare_all, compare_samples, joint_interval, mean_interval, unit_interval

WITHIN = 0.02  # two points of what is promised, in every simulation below


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def share(truth: float, intervals: list) -> float:
    """How many of the intervals hold the truth."""
    return float(np.mean([one.low <= truth <= one.high for one in intervals]))


# ---------------------------------------------------------------- over seeds


def test_over_seeds_it_is_students():
    runs = [0.91, 0.93, 0.90, 0.95, 0.92]
    low, high = stats.t.interval(0.9, 4, np.mean(runs), stats.sem(runs))
    ours = mean_interval(runs, 0.9)
    assert (ours.mean, ours.low, ours.high) == tuple(pytest.approx(one) for one in (np.mean(runs), low, high))
    assert ours.n == 5 and str(mean_interval([1, 1])) == "1.000 ± 0.000 (n = 2)"


def test_over_seeds_it_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    assert abs(share(3.0, [mean_interval(rng.normal(3, 2, 8)) for _ in range(2000)]) - 0.95) < WITHIN


# ---------------------------------------------------------------- over test units


def voices(rng: np.random.Generator, count: int = 15, most: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Right and wrong answers on recordings of voices that are easy or hard, unequally many of each; and the voices."""
    sizes = rng.integers(6, most, count)
    units = np.repeat(np.arange(count), sizes)
    return (rng.random(len(units)) < logistic(1 + 0.7 * rng.normal(size=count))[units]).astype(float), units


@pytest.fixture(scope="module")
def truth_of_voices() -> float:
    return float(logistic(1 + 0.7 * np.random.default_rng(9).normal(size=2_000_000)).mean())


def test_over_units_it_holds_the_truth_as_often_as_it_says(truth_of_voices):
    rng = np.random.default_rng(1)
    found = [unit_interval(*voices(rng), resamples=1000) for _ in range(1200)]
    assert abs(share(truth_of_voices, found) - 0.95) < WITHIN


def test_as_if_every_recording_were_a_voice_of_its_own_is_far_too_sure(truth_of_voices):
    rng = np.random.default_rng(2)
    naive = [mean_interval(voices(rng)[0]) for _ in range(1200)]
    assert share(truth_of_voices, naive) < 0.85


def test_over_units_it_agrees_with_the_linearised_variance():
    right, units = voices(np.random.default_rng(3), count=40)
    sums, sizes = np.bincount(units, right), np.bincount(units)
    rest = sums - right.mean() * sizes
    error = np.sqrt(40 / 39 * (rest**2).sum()) / sizes.sum()
    ours = unit_interval(right, units, resamples=20_000)
    assert ours.mean == pytest.approx(right.mean()) and ours.n == 40
    assert ours.half == pytest.approx(stats.t.ppf(0.975, 39) * error, rel=0.06)


def test_units_of_one_sample_are_samples():
    right = np.random.default_rng(4).normal(size=60)
    assert unit_interval(right, range(60), resamples=20_000).half == pytest.approx(mean_interval(right).half, rel=0.05)


def test_the_names_and_the_order_of_units_do_not_matter():
    right, units = voices(np.random.default_rng(5))
    mixed = np.random.default_rng(6).permutation(len(units))
    named = [f"voice {unit:02}" for unit in units[mixed]]
    assert unit_interval(right[mixed], named) == unit_interval(right, [f"voice {unit:02}" for unit in units])
    assert unit_interval(torch.tensor(right), torch.tensor(units)).half == pytest.approx(
        unit_interval(right, units).half, rel=0.05
    )


def test_the_same_seed_gives_the_same_interval_and_seeds_are_averaged_first():
    right, units = voices(np.random.default_rng(7))
    assert unit_interval(right, units, seed=1) == unit_interval(right, units, seed=1)
    assert unit_interval([right, 1 - right], units).half == pytest.approx(0)


# ---------------------------------------------------------------- over both


def crossed(
    rng: np.random.Generator, seeds: float, units: float, both: float, many: int = 8, count: int = 15, each: int = 10
) -> tuple[np.ndarray, np.ndarray]:
    """Answers (S, N) of networks that are good or bad on voices that are easy or hard, more so for some networks."""
    strength = (
        seeds * rng.normal(size=(many, 1)) + units * rng.normal(size=count) + both * rng.normal(size=(many, count))
    )
    chance = np.repeat(logistic(1 + strength), each, axis=1)
    return (rng.random(chance.shape) < chance).astype(float), np.repeat(np.arange(count), each)


@pytest.mark.parametrize("spread", [(0.3, 0.7, 0.0), (0.3, 0.7, 0.5), (0.0, 0.7, 0.5), (0.7, 0.0, 0.5)])
def test_over_both_it_holds_the_truth_as_often_as_it_says(spread):
    rng = np.random.default_rng(8)
    total = np.sqrt(np.square(spread).sum())
    truth = float(logistic(1 + total * np.random.default_rng(9).normal(size=2_000_000)).mean())
    found = [joint_interval(*crossed(rng, *spread)) for _ in range(1500)]
    assert abs(share(truth, found) - 0.95) < WITHIN


def test_over_seeds_alone_is_too_sure_where_voices_differ():
    rng = np.random.default_rng(10)
    truth = float(logistic(1 + np.hypot(0.3, 0.7) * np.random.default_rng(9).normal(size=2_000_000)).mean())
    alone = [mean_interval(crossed(rng, 0.3, 0.7, 0.0)[0].mean(1)) for _ in range(500)]
    assert share(truth, alone) < 0.8


@pytest.mark.parametrize("spread", [(0.5, 0.0, 0.0), (0.0, 0.5, 0.0)])
def test_over_both_knows_which_part_matters(spread):
    rng, ratios = np.random.default_rng(11), []
    for _ in range(200):
        results, units = crossed(rng, *spread)
        parts = results.mean(1), [results[:, units == unit].mean() for unit in range(15)]
        alone = mean_interval(parts[spread[0] == 0])
        ratios.append(joint_interval(results, units).half / alone.half)
    assert 0.93 < np.median(ratios) < 1.07


def test_over_both_where_nothing_but_chance_matters_it_is_a_little_too_wide():
    rng = np.random.default_rng(12)
    found = [joint_interval(rng.normal(size=(8, 15)), range(15)) for _ in range(1500)]
    assert 0.95 < share(0.0, found) < 0.99


def test_identical_networks_leave_the_units_doubt_alone():
    right, units = voices(np.random.default_rng(12), count=30)
    sums, sizes = np.bincount(units, right), np.bincount(units)
    error = np.sqrt(30 / 29 * ((sums - right.mean() * sizes) ** 2).sum()) / sizes.sum()
    ours = joint_interval([right] * 6, units)
    assert ours.half == pytest.approx(stats.t.ppf(0.975, 29) * error)
    assert joint_interval(np.ones((3, 6)), [0, 0, 1, 1, 2, 2]).half == 0


def test_unequal_units_count_by_their_samples():
    results = np.array([[1.0, 1, 1, 0], [1, 1, 1, 0]])
    assert joint_interval(results, ["a", "a", "a", "b"]).mean == pytest.approx(0.75)


# ---------------------------------------------------------------- comparisons


def test_pairing_sees_what_separate_means_cannot():
    luck = np.random.default_rng(1).normal(0, 0.05, 8)
    a, b = 0.90 + luck, 0.89 + luck + np.random.default_rng(2).normal(0, 0.002, 8)
    assert compare(a, b).verdict == "better" and compare(b, a).verdict == "worse"
    assert mean_interval(a).low < mean_interval(b).mean  # unpaired intervals overlap
    assert compare(a, a + np.array([0.01, -0.01] * 4)).verdict == "no difference seen"
    assert str(compare([2, 2.1, 2.2], [1, 1.1, 1.3])).startswith("better (+0.9")


def test_pairing_by_sample_removes_what_is_hard_for_both():
    rng = np.random.default_rng(13)
    hard = rng.normal(size=200)
    a, b = (logistic(2 * hard + shift + 0.2 * rng.normal(size=(6, 200))) for shift in (0.2, 0.0))
    units = np.repeat(np.arange(20), 10)
    paired, apart = compare_samples(a, b, units), joint_interval(a, units)
    assert paired.verdict == "better" and paired.difference.half < apart.half / 3
    assert paired.difference.mean == pytest.approx(a.mean() - b.mean())


def test_two_equal_methods_are_told_apart_as_rarely_as_promised():
    rng, found = np.random.default_rng(14), []
    for _ in range(1500):
        strength = rng.normal(size=12)  # voices that are hard for both; each method has its own favourites too
        a, b = (1 + strength + 0.3 * rng.normal(size=(5, 1)) + 0.4 * rng.normal(size=12) for _method in "ab")
        noise = 0.4 * rng.normal(size=(2, 5, 12))
        found.append(compare_samples(a + noise[0], b + noise[1], range(12)).verdict)
    assert abs(np.mean([one != "no difference seen" for one in found]) - 0.05) < WITHIN


def test_of_many_comparisons_at_once_all_hold_together():
    rng = np.random.default_rng(15)
    names = [f"method {i}" for i in range(9)]
    wrong = {True: 0, False: 0}
    for _ in range(1500):
        runs = {name: rng.normal(size=8) for name in ["sum", *names]}
        together = compare_all(runs, against="sum")
        wrong[True] += any(one.verdict != "no difference seen" for one in together.values())
        wrong[False] += any(compare(runs[name], runs["sum"]).verdict != "no difference seen" for name in names)
    assert wrong[True] / 1500 < 0.05 + WITHIN and wrong[False] / 1500 > 0.2


def test_several_comparisons_say_that_they_are_several():
    rng = np.random.default_rng(16)
    scores = {name: rng.normal(size=(4, 30)) for name in "abc"}
    units = np.repeat(range(10), 3)
    found = compare_all(scores, against="b", units=units)
    assert list(found) == ["a", "c"] and "one of 2 comparisons" in str(found["a"])
    alone = compare_samples(scores["a"], scores["b"], units)
    assert found["a"].difference.half > alone.difference.half and "comparisons" not in str(alone)


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize("values", [[], [1.0], [[1.0, 2.0]], [1.0, float("nan")]])
def test_unusable_runs_are_refused(values):
    with pytest.raises(ValueError, match="values"):
        mean_interval(values)


@pytest.mark.parametrize(
    "message, call",
    [
        ("b: got 3 runs and a has 2", lambda: compare([1, 2], [1, 2, 3])),
        ("level: got 2", lambda: mean_interval([1, 2], level=2)),
        ("level: got 0", lambda: unit_interval([1, 0], "ab", level=0)),
        ("units: got 3, expected one for each of the 2", lambda: unit_interval([1, 0], "abc")),
        ("units: got a single one", lambda: unit_interval([1, 0], "aa")),
        (
            r"results: got shape \(4,\), expected \(S, N\) with S at least 2",
            lambda: joint_interval([1, 0, 1, 1], "aabb"),
        ),
        ("results: holds NaN", lambda: joint_interval([[1, 0], [float("nan"), 1]], "ab")),
        ("resamples: got 5", lambda: unit_interval([1, 0], "ab", resamples=5)),
        ("b: got shape", lambda: compare_samples(np.ones((2, 4)), np.ones((2, 5)), "aabb")),
        ("against: got 'x'", lambda: compare_all({"a": [1, 2], "b": [1, 2]}, against="x")),
    ],
)
def test_bad_input_is_named(message, call):
    with pytest.raises(ValueError, match=message):
        call()
