"""The experiments of lesson 08: their pairs, and that fusion gains on real noisy ones."""

from functools import partial

import numpy as np
import pytest
import torch

from mmcourse import fusion_levels as lesson
from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import accuracy_many, compare, compare_samples, fit_many, seeded
from mmcourse.fusion_levels import studies
from mmcourse.fusion_levels.studies.competition import probe


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
    trained = lesson.train_kinds(train, classes=10, seeds=range(4), budget=12000, epochs=12, lr=8e-3)
    scores = {kind: accuracy_many(models, test) for kind, models in trained.items()}
    for level in ("data", "model"):
        assert compare(scores[level], scores["image"]).verdict == "better"


# ------------------------------------------------------------------------------------------------ the winner map


@pytest.fixture(scope="module")
def small_unit():
    at = {"noise": 0.3, "snr": 0, "pairs": 100, "epochs": 5, "seed": 5}
    return at, {**at, **studies.map_unit(**at, seeds=2, budget=3000)}


def test_a_unit_keeps_the_rate_that_is_best_on_validation_data(small_unit):
    _, row = small_unit
    for name, rate in row["rate"].items():
        at = int(np.argmax(row["valid"][name]))
        assert rate == studies.RATES[5][at]
        results, voices = studies.results_of(row)
        assert results[name].mean() == pytest.approx(row["tested"][name][at], abs=1e-3)
        assert results[name].shape == (2, 1000) and len(voices) == 1000 and len(set(voices)) == 15


def test_a_unit_is_what_training_and_testing_by_hand_gives(small_unit):
    at, row = small_unit
    pairs = [SeeHear("train", size=100, seed=seed).dial(image_noise=0.3, audio_snr=0) for seed in (5, 6)]
    options = dict(classes=10, seeds=(5, 6), budget=3000, epochs=at["epochs"], lr=row["rate"]["data"])
    models = lesson.train_kinds([studies.data(one) for one in pairs], kinds=["data"], **options)["data"]
    test = SeeHear("test", seed=0).dial(image_noise=0.3, audio_snr=0)
    by_hand = np.mean(accuracy_many(models, studies.data(test)))
    kept = studies.RATES[5].index(row["rate"]["data"])
    assert row["tested"]["data"][kept] == pytest.approx(by_hand, abs=2e-3)


def row_of(**means):
    rng = np.random.default_rng(1)
    right = {name: mean + 0.01 * rng.standard_normal((8, 15)) for name, mean in means.items()}
    return {"noise": 0.5, "snr": -6, "of": [40, 60] * 7 + [50], "right": right}


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


# ------------------------------------------------------------------------------------------------ other studies


def test_who_may_lead_is_named_best_first():
    row = row_of(data=0.8, feature=0.6, product=0.9)
    assert studies.may_lead(row) == ["model"]
    assert studies.may_lead(row_of(data=0.8, feature=0.6, product=0.8), rule="product")[-1] != "feature"
    assert set(studies.may_lead(row_of(data=0.8, feature=0.6, product=0.8))) == {"data", "model"}


def test_the_lock_is_opened_by_those_who_meet_before_they_decide():
    row = studies.situation_unit("lock", 20, 0, seeds=2, budget=0)
    mean = {level: np.mean(runs) for level, runs in studies.runs_of(row, lesson.LEVELS).items()}
    assert mean["model"] < 0.6 and min(mean["data"], mean["feature"]) > 0.8 and sum(row["of"]) == 1000


def test_a_probe_leaves_the_encoder_as_it_was_and_reads_it():
    pairs = [studies.data(SeeHear("train", size=200, seed=seed).dial(audio_snr=10)) for seed in (0, 1)]
    models = [seeded(partial(lesson.Alone, "audio", 640, 10, 9), seed) for seed in (0, 1)]
    fit_many(models, pairs, epochs=10, lr=1e-2)
    before = [model.net[0].weight.clone() for model in models]
    probes = probe(models, "audio", pairs, [0, 1])
    assert all(torch.equal(w, model.net[0].weight) for w, model in zip(before, models, strict=True))
    assert all(torch.equal(one.encoder.weight, w) for one, w in zip(probes, before, strict=True))
    own, read = (np.mean(accuracy_many(each, pairs[0])) for each in (models, probes))
    assert read > own - 0.1


def test_a_competition_unit_has_all_it_names():
    row = studies.competition_unit(1.0, 10, 5, 0, seeds=2, budget=8000, pairs=100)
    probes = {f"{sense} {where}" for sense in ("image", "audio") for where in ("alone", "joint", "hybrid")}
    assert set(row["right"]) == {"image", "audio", "feature", "hybrid", "hybrid product", *probes}
    assert np.array(row["right"]["feature"]).shape == (2, 15)


# ------------------------------------------------------------------------------------------------ what the prose says


@pytest.fixture(scope="module")
def found():
    return studies.WINNER_MAP.load()


RULES_SHOWN = ("average", "product", studies.CALIBRATED)
HALVES = (0, 100)  # first seeds of the two halves


@pytest.mark.parametrize("rule", RULES_SHOWN)
def test_the_gains_and_losses_that_lesson_08_tells(found, rule):
    at = {(cell.noise, cell.snr): cell for cell in studies.map_cells(found, rule)}
    gain = {mixture: 100 * cell.gain.difference.mean for mixture, cell in at.items()}
    assert 7 < gain[0.5, -6] < 8 and 16 < gain[0.5, -12] < 17.5 and 9.5 < gain[0.0, -6] < 10.5
    assert 4 < gain[0.0, -12] < 6
    assert all(at[noise, 10].gain.verdict == "no difference seen" for noise in (0.0, 0.5, 1.0))
    assert all(cell.ranked[0] != "feature" and cell.lead.among == 81 for cell in at.values())
    assert at[0.0, -12].gain.verdict == ("no difference seen" if rule == "average" else "better")
    assert all(len(cell.leading) > 1 for cell in at.values()), "all cells are white"
    assert all(at[1.0, snr].gain.verdict == "no difference seen" for snr in (10, -6))
    told = [at[mixture].gain.difference.half for mixture in ((0.5, -6), (0.5, -12), (0.0, -6), (0.0, -12))]
    assert 0.025 < min(told) and max(told) < 0.075


def test_asked_alone_two_cells_would_have_a_leader_of_data_level_and_product(found):
    leads = {}
    for noise in (0.0, 0.5, 1.0):
        for snr in (10, -6, -12):
            results, voices = studies.results_of(
                studies.joined(list(found.where(noise=noise, snr=snr, epochs=20, pairs=1000)))
            )
            lead = compare_samples(results["data"], results["product"], voices)
            if lead.verdict != "no difference seen":
                leads[noise, snr] = lead
    assert {at: lead.verdict for at, lead in leads.items()} == {(0.5, -6): "better", (0.0, -12): "worse"}
    assert all(0.005 < abs(lead.difference.mean) < 0.015 for lead in leads.values())


def test_the_product_is_ahead_of_the_average_under_much_hiss(found):
    for noise in (0.0, 0.5, 1.0):
        for snr in (10, -6, -12):
            results, voices = studies.results_of(
                studies.joined(list(found.where(noise=noise, snr=snr, epochs=20, pairs=1000)))
            )
            gain = compare_samples(results["product"], results["average"], voices, 1 - 0.05 / 9)
            ahead = snr == -12 or (noise, snr) == (0.0, -6)
            assert gain.verdict == ("better" if ahead else "no difference seen")
            assert not ahead or 0.015 < gain.difference.mean < 0.045


@pytest.mark.parametrize("seed", HALVES)
def test_where_the_image_is_destroyed_only_the_calibrated_product_ends_above_the_sound(found, seed):
    for snr in (10, -6):
        row = found.one(noise=1.0, snr=snr, epochs=20, pairs=1000, seed=seed)
        mean = {name: 100 * one.mean() for name, one in studies.results_of(row)[0].items()}
        assert all(0 < mean["audio"] - mean[name] < 6 for name in ("average", "product", "data", "feature"))
        assert mean[studies.CALIBRATED] > mean["audio"]


def test_calibration_gains_in_the_upper_row_and_changes_nothing_in_the_middle(found):
    for snr in (10, -6, -12):
        results, voices = studies.results_of(studies.joined(list(found.where(noise=1.0, snr=snr, epochs=20))))
        gain = compare_samples(results[studies.CALIBRATED], results["product"], voices, 1 - 0.05 / 6)
        assert gain.verdict == "better" and 0.01 < gain.difference.mean < 0.05
    for row in found.where(**studies.MIDDLE, seed=0, pairs=1000):
        results, voices = studies.results_of(row)
        gain = compare_samples(results[studies.CALIBRATED], results["product"], voices, 1 - 0.05 / 6)
        assert gain.verdict == "no difference seen" and abs(gain.difference.mean) < 0.01
    row = studies.joined(list(found.where(noise=0.5, snr=-12)))
    results, voices = studies.results_of(row)
    loss = compare_samples(results[studies.CALIBRATED], results["product"], voices)
    assert loss.verdict == "no difference seen" and -0.015 < loss.difference.mean < -0.005


def test_the_verdict_on_product_and_data_level_changes_with_training_and_rate(found):
    said, rows = [], []
    for epochs in (5, 20, 80):
        row = found.one(**studies.MIDDLE, pairs=1000, epochs=epochs, seed=0)
        results, voices = studies.results_of(row)
        said.append(compare_samples(results["product"], results["data"], voices, 1 - 0.05 / 3).verdict)
        rows.append(row)
    assert said == ["no difference seen", "no difference seen", "worse"]
    last = rows[-1]["tested"]
    assert rows[-1]["rate"]["product"] == 0.001 and abs(last["product"][0] - max(last["data"])) < 0.003
    assert 0.013 < last["product"][0] - last["product"][1] < 0.017


def test_the_feature_level_is_behind_and_more_pairs_close_a_part_of_its_gap(found):
    middle = found.where(**studies.MIDDLE, seed=0)
    rows = [*(middle.one(epochs=epochs, pairs=1000) for epochs in (5, 20, 80)), middle.one(pairs=3000)]
    means = [{name: one.mean() for name, one in studies.results_of(row)[0].items()} for row in rows]
    gaps = [100 * (mean["data"] - mean["feature"]) for mean in means]
    assert min(gaps[:3]) > 2 > gaps[3] > 1


def test_encoders_learn_less_together_and_as_much_with_heads_of_their_own():
    contest = studies.COMPETITION.load()
    assert len(list(contest.where())) == 6
    for row in contest.where():  # two mixtures; two halves of the seeds, and four times the training
        mean = {name: 100 * one.mean() for name, one in studies.results_of(row)[0].items()}
        assert 2.9 < mean["image alone"] - mean["image joint"] < 5.6
        assert 1 < mean["audio alone"] - mean["audio joint"] < 2.6
        assert abs(mean["image hybrid"] - mean["image alone"]) < 1.2
        assert mean["feature"] < mean["hybrid product"]
        if row["noise"] == 1.0:
            assert 1.5 < mean["audio"] - mean["feature"] < 2.1 and 0.4 < mean["audio"] - mean["hybrid product"] < 1.1


def test_the_lead_of_the_hybrid_shrinks_with_training_and_owes_something_to_the_product():
    contest = studies.COMPETITION.load().where(noise=0.5, snr=-6)
    (short, voices), (long, _) = (
        studies.results_of(studies.joined(list(contest.where(epochs=epochs)))) for epochs in (20, 80)
    )
    lead = {
        "short": compare_samples(short["hybrid product"], short["feature"], voices, 1 - 0.05 / 10),
        "long": compare_samples(long["hybrid product"], long["feature"], voices, 1 - 0.05 / 10),
        "head": compare_samples(short["hybrid"], short["feature"], voices, 1 - 0.05 / 10),
    }
    assert lead["short"].verdict == "better" and 0.015 < lead["short"].difference.mean < 0.025
    for name in ("long", "head"):
        assert lead[name].verdict == "no difference seen" and 0.005 < lead[name].difference.mean < 0.015


def test_the_last_challenge_has_the_answers_that_lesson_08_gives():
    challenge = studies.CHALLENGE.load()
    rows = {
        name: studies.joined(list(challenge.where(situation=name, epochs=20))) for name in ("lock", *studies.SITUATIONS)
    }
    leading = {name: studies.may_lead(row) for name, row in rows.items()}
    assert leading["faulty"] == leading["prank"] == ["model"] and set(leading["lock"]) == {"data", "feature"}
    for name in ("street", "studio", "sample"):
        assert {"data", "model"} <= set(leading[name])
        mean = {kind: np.mean(runs) for kind, runs in studies.runs_of(rows[name], lesson.LEVELS).items()}
        assert abs(mean["data"] - mean["model"]) < 0.02
    longer = {row["situation"]: studies.may_lead(row) for row in challenge.where(epochs=80)}
    assert longer["faulty"] == ["model"] and "model" not in longer["lock"] and len(longer["prank"]) > 1
