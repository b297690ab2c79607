"""The experiments of lesson 08: their pairs, and that fusion gains on real noisy ones."""

import numpy as np
import pytest
import torch

from mmcourse import fusion_levels as lesson
from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import accuracy_many, compare, compare_samples
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


# ------------------------------------------------------------------------------------------------ the winner map


def test_several_pairings_are_one_data_set_with_its_voices():
    (batch, labels), voices = studies.pooled_pairs("valid", (0, 1), image_noise=0.5, audio_snr=-6)
    second = SeeHear("valid", seed=1).dial(image_noise=0.5, audio_snr=-6)
    assert len(labels) == len(voices) == 1400 and torch.equal(labels[700:], second.labels)
    assert torch.equal(batch["audio"][700:], second.batch["audio"]) and torch.equal(voices[700:], second.speaker)


@pytest.fixture(scope="module")
def small_unit():
    at = {"noise": 0.3, "snr": 0, "pairs": 100, "epochs": 10, "seed": 5}
    return at, {**at, **studies.map_unit(**at, seeds=2, budget=1000)}


def test_a_unit_keeps_the_rate_that_is_best_on_validation_data(small_unit):
    _, row = small_unit
    for name, rate in row["rate"].items():
        at = int(np.argmax(row["valid"][name]))
        assert rate == studies.RATES[10][at]
        results, voices = studies.results_of(row)
        assert results[name].mean() == pytest.approx(row["tested"][name][at], abs=1e-3)
        assert results[name].shape == (2, 800) and len(voices) == 800 and len(set(voices)) == 15


def test_a_unit_is_what_training_and_testing_by_hand_gives(small_unit):
    at, row = small_unit
    pairs = [SeeHear("train", size=100, seed=seed).dial(image_noise=0.3, audio_snr=0) for seed in (5, 6)]
    options = dict(classes=10, seeds=(5, 6), budget=1000, epochs=at["epochs"], lr=row["rate"]["data"])
    models = lesson.train_kinds([studies.data(one) for one in pairs], kinds=["data"], **options)["data"]
    test = [SeeHear("test", seed=seed).dial(image_noise=0.3, audio_snr=0) for seed in (0, 1)]
    by_hand = np.mean([accuracy_many(models, studies.data(one)) for one in test])
    kept = studies.RATES[10].index(row["rate"]["data"])
    assert row["tested"]["data"][kept] == pytest.approx(by_hand, abs=2e-3)


def row_of(**means):
    rng = np.random.default_rng(1)
    right = {name: mean + 0.01 * rng.standard_normal((8, 15)) for name, mean in means.items()}
    return {"noise": 0.6, "snr": -6, "of": [40, 60] * 7 + [50], "right": right}


def test_a_cell_ranks_the_levels_and_compares_with_the_better_sense():
    row = row_of(image=0.5, audio=0.7, data=0.8, feature=0.6, average=0.79, product=0.9)
    cell = studies.map_cell(row, "product", among=36)
    assert cell.ranked == ("model", "data", "feature") and cell.leading == ("model",) and cell.better_sense == "audio"
    assert cell.lead.difference.mean == pytest.approx(0.1, abs=0.01) and cell.lead.among == 36
    assert cell.gain.difference.mean == pytest.approx(0.2, abs=0.01) and cell.gain.verdict == "better"
    assert studies.map_cell(row, "average", among=36).leading == ("data", "model")


def test_several_comparisons_at_once_have_wider_intervals():
    row = row_of(image=0.5, audio=0.7, data=0.8, feature=0.6, product=0.9)
    one, many = (studies.map_cell(row, "product", among).lead.difference.half for among in (1, 36))
    assert many > 1.5 * one


# ------------------------------------------------------------------------------------------------ what the prose says


@pytest.fixture(scope="module")
def found():
    return studies.WINNER_MAP.load()


TRAININGS = [{"epochs": 10, "seed": 0}, {"epochs": 40, "seed": 0}, {"epochs": 40, "seed": 100}]


@pytest.mark.parametrize("training", TRAININGS, ids=str)
def test_the_gains_and_losses_that_lesson_08_tells(found, training):
    for rule, lost in (("average", (1, 5.1)), ("product", (4, 8))):
        cells = studies.map_cells(found, rule, **training)
        gain = {(cell.noise, cell.snr): 100 * cell.gain.difference.mean for cell in cells}
        assert 6.5 < gain[0.6, -6] < 9.5 and 13.5 < gain[0.6, -12] < 17.5
        for cell in cells[8:11]:  # image noise 1.2, 10 to −6 dB
            behind = {level: 100 * (cell.scores["audio"] - cell.scores[level]) for level in ("data", "model")}
            assert lost[0] < behind["model"] < lost[1] and 3 < behind["data"] < 9.1
        assert 2.5 < -gain[0.0, -12] < 4
        assert all(cell.ranked[-1] == "feature" and cell.lead.among == 108 for cell in cells)
        assert sum(len(cell.leading) == 1 for cell in cells) <= 4, "most cells are white"


@pytest.mark.parametrize("training", TRAININGS, ids=str)
def test_which_rule_suits_where(found, training):
    for row in found.where(pairs=400, **training):
        results, voices = studies.results_of(row)
        verdict = compare_samples(results["product"], results["average"], voices, 1 - 0.05 / 12).verdict
        if (row["noise"], row["snr"]) in ((0.6, -6), (0.6, -12), (0.0, -6)):
            assert verdict == "better"
        if (row["noise"], row["snr"]) == (1.2, 10):
            assert verdict == "worse"


def test_the_verdict_on_product_and_data_level_flips_with_training(found):
    said = []
    for epochs in (10, 40, 100):
        row = found.one(noise=0.6, snr=-6, pairs=400, epochs=epochs, seed=0)
        results, voices = studies.results_of(row)
        said.append(compare_samples(results["product"], results["data"], voices, 1 - 0.05 / 3).verdict)
    assert said == ["better", "no difference seen", "worse"]


def test_the_feature_level_learns_slowly_and_stays_last(found):
    middle = found.where(noise=0.6, snr=-6, seed=0)
    ten, forty, hundred = (middle.one(epochs=epochs, pairs=400) for epochs in (10, 40, 100))
    more = middle.one(pairs=1200)
    score = [100 * float(np.mean(studies.runs_of(row)["feature"])) for row in (ten, forty, hundred, more)]
    best = [100 * max(np.mean(studies.runs_of(row)[level]) for level in lesson.LEVELS) for row in (ten, forty, more)]
    assert 3.5 < score[1] - score[0] < 5 and score[2] - score[1] < 1
    assert best[0] - score[0] > best[1] - score[1] > best[2] - score[3] > 3
