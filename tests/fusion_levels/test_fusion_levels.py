"""Lesson 08: the levels, the rules and the questions to a model, against written-out formulas and invariants."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from mmcourse import fusion_levels as lesson
from mmcourse.datasets.see_hear import SeeHear
from mmcourse.datasets.worlds import WORLDS, World
from mmcourse.engine import accuracy, accuracy_many, compare, fit_many, generator, predict, seeded
from mmcourse.fusion_levels.pictures import lab as fusion_lab
from mmcourse.fusion_levels.pictures import levels as demo
from mmcourse.training import fit

SIZES = {"image": 4, "audio": 6}


def batch_of(samples=5, seed=0):
    rng = generator(seed)
    return {
        "image": torch.randn(samples, 1, 2, 2, generator=rng),
        "audio": torch.randn(samples, 1, 2, 3, generator=rng),
    }


def opinions_of(experts=2, samples=5, classes=4, seed=0):
    return torch.randn(experts, samples, classes, generator=generator(seed), dtype=torch.float64).softmax(-1)


def fresh(kind, seed=0, width=7, classes=3):
    return seeded(lambda: lesson.build(kind, SIZES, classes, width), seed)


# ------------------------------------------------------------------------------------------------ the levels


def linear(layer, x):
    return x @ layer.weight.T + layer.bias


def test_data_level_is_one_network_on_all_numbers():
    model, batch = fresh("data"), batch_of()
    together = torch.cat([batch["audio"].reshape(5, 6), batch["image"].reshape(5, 4)], 1)
    expected = linear(model.net[2], linear(model.net[0], together).clamp(min=0))
    assert torch.allclose(model(batch), expected, atol=1e-6)


def test_feature_level_joins_what_the_encoders_found():
    model, batch = fresh("feature"), batch_of()
    found = torch.cat(
        [
            linear(model.encoders["audio"], batch["audio"].reshape(5, 6)).clamp(min=0),
            linear(model.encoders["image"], batch["image"].reshape(5, 4)).clamp(min=0),
        ],
        1,
    )
    assert torch.allclose(model.features(batch), found, atol=1e-6)
    assert torch.allclose(model(batch), linear(model.head[2], linear(model.head[0], found).clamp(min=0)), atol=1e-6)


def test_model_level_experts_do_not_see_each_other():
    model, batch = lesson.ModelLevel(fresh("model")), batch_of()
    changed = {**batch, "audio": batch["audio"] + 1}
    before, after = model.opinions(batch), model.opinions(changed)
    assert model.experts.names == ["audio", "image"]
    assert torch.equal(before[1], after[1]) and not torch.allclose(before[0], after[0])
    assert torch.allclose(model(batch), (before[0] + before[1]) / 2)


@pytest.mark.parametrize("kind", lesson.KINDS)
def test_every_parameter_receives_a_gradient(kind):
    model, batch = fresh(kind), batch_of(40)
    outputs = model(batch)
    labels = torch.arange(40) % 3
    (lesson.experts_loss(outputs, labels) if kind == "model" else F.cross_entropy(outputs, labels)).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


@pytest.mark.parametrize("kind", lesson.KINDS)
def test_the_order_of_the_dict_does_not_matter(kind):
    model, batch = fresh(kind), batch_of()
    assert torch.equal(model(batch), model({"audio": batch["audio"], "image": batch["image"]}))


@pytest.mark.parametrize("kind", ["image", "audio"])
def test_a_single_sense_needs_no_other(kind):
    model, batch = fresh(kind), batch_of()
    assert torch.equal(model(batch), model({kind: batch[kind]}))


@pytest.mark.parametrize("kind", lesson.KINDS)
def test_the_batch_is_not_changed(kind):
    batch = batch_of()
    before = {name: x.clone() for name, x in batch.items()}
    fresh(kind)(batch)
    assert all(torch.equal(batch[name], before[name]) for name in batch)


@pytest.mark.parametrize("kind", ["data", "feature", "model", "audio"])
def test_a_missing_or_misnamed_modality_is_named(kind):
    with pytest.raises(ValueError, match="no modality 'audio'; it holds image, sound"):
        fresh(kind)({"image": batch_of()["image"], "sound": batch_of()["audio"]})


@pytest.mark.parametrize("kind", ["data", "feature", "model", "audio"])
@pytest.mark.parametrize("audio", [torch.zeros(5), torch.zeros(0, 1, 2, 3), torch.zeros(5, 1, 2, 4)])
def test_wrong_shapes_and_empty_batches_are_named(kind, audio):
    with pytest.raises(ValueError, match=r"batch: audio has shape .*\(B, ...\) with B at least 1 and 6 numbers"):
        fresh(kind)({**batch_of(), "audio": audio})


@pytest.mark.parametrize("kind", lesson.KINDS)
def test_nan_and_infinity_are_refused_before_predicting(kind):
    for bad in (float("nan"), float("inf")):
        batch = batch_of()
        for x in batch.values():
            x[2] = bad
        with pytest.raises(ValueError, match="NaN or infinite"):
            predict(fresh(kind), batch)


def test_modalities_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match=r"audio, image have \[4, 5\] samples"):
        fresh("data")({"image": batch_of(5)["image"], "audio": batch_of(4)["audio"]})


def test_experts_trained_together_are_experts_trained_apart():
    together, batch, labels = fresh("model", seed=3), batch_of(60), torch.arange(60) % 3
    apart = {name: seeded(lambda: lesson.build("model", SIZES, 3, 7), 3).experts[name] for name in SIZES}
    fit(together, (batch, labels), epochs=3, batch_size=20, loss=lesson.experts_loss)
    for name, model in apart.items():
        fit(model, (batch, labels), epochs=3, batch_size=20)
        for a, b in zip(together.experts[name].parameters(), model.parameters(), strict=True):
            assert torch.allclose(a, b, atol=1e-6)


def test_a_straight_head_on_joined_features_is_a_product_of_opinions():
    model, batch = fresh("feature").double(), {k: v.double() for k, v in batch_of().items()}
    model.head = nn.Linear(14, 3).double()
    features = model.features(batch)  # audio first, then image
    ear = (features[:, :7] @ model.head.weight[:, :7].T + model.head.bias).softmax(-1)
    eye = (features[:, 7:] @ model.head.weight[:, 7:].T).softmax(-1)
    assert torch.allclose(model(batch).softmax(-1), lesson.product_of_opinions(torch.stack([ear, eye])), atol=1e-10)


# ------------------------------------------------------------------------------------------------ the rules


def test_average_and_weights_by_hand():
    p = opinions_of(3)
    by_hand = sum(0.5 * p[0, b] + 0.3 * p[1, b] + 0.2 * p[2, b] for b in [2])
    assert torch.allclose(lesson.weighted_opinions(p, [0.5, 0.3, 0.2])[2], by_hand, atol=1e-10)
    assert torch.allclose(lesson.average_opinions(p), lesson.weighted_opinions(p, [1 / 3] * 3), atol=1e-10)


def test_product_by_hand_with_and_without_a_prior():
    p, prior = opinions_of(3), torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)
    for divisor, given in ((1.0, None), (prior**2, prior)):
        joint = p[0] * p[1] * p[2] / divisor
        assert torch.allclose(lesson.product_of_opinions(p, given), joint / joint.sum(-1, keepdim=True), atol=1e-10)


def test_the_product_is_bayes_rule_for_independent_senses():
    rng = np.random.default_rng(0)
    prior, eye, ear = (
        rng.dirichlet([1] * 3),
        rng.dirichlet([1] * 4, 3),
        rng.dirichlet([1] * 5, 3),
    )  # p(k), p(x|k), p(y|k)
    joint = np.einsum("k,kx,ky->xyk", prior, eye, ear)
    truth = joint / joint.sum(-1, keepdims=True)  # p(k|x,y)
    alone = [prior * eye.T / (eye.T @ prior)[:, None], prior * ear.T / (ear.T @ prior)[:, None]]  # p(k|x), p(k|y)
    for x in range(4):
        for y in range(5):
            said = torch.tensor(np.stack([alone[0][x], alone[1][y]]))[:, None]
            got = lesson.product_of_opinions(said, torch.tensor(prior))[0].numpy()
            assert np.allclose(got, truth[x, y], atol=1e-10)


@pytest.mark.parametrize("name", WORLDS)
def test_the_product_of_true_posteriors_is_the_true_posterior_unless_xor(name):
    world = World(name, 0.7)
    batch, _ = world.sample(50, seed=0)
    each = torch.stack([world.posterior({m: batch[m]}) for m in batch])
    same = torch.allclose(lesson.product_of_opinions(each), world.posterior(batch), atol=1e-9)
    assert same == (name != "synergetic")


def test_a_product_of_many_small_numbers_does_not_vanish():
    p = torch.tensor([[[1e-12, 1 - 1e-12]]], dtype=torch.float32).repeat(40, 1, 1)
    assert torch.isfinite(lesson.product_of_opinions(p)).all()


def test_a_vote_counts_favourites_and_breaks_draws_by_certainty():
    p = torch.tensor([[[0.6, 0.4]], [[0.51, 0.49]], [[0.0, 1.0]]])
    assert lesson.vote(p).argmax(-1).tolist() == [0]  # two against one, though the one is sure
    assert lesson.average_opinions(p).argmax(-1).tolist() == [1]
    assert lesson.vote(p[[0, 2]]).argmax(-1).tolist() == [1]  # a draw goes to the surer


@pytest.mark.parametrize("rule", [*lesson.RULES.values(), lambda p: lesson.weighted_opinions(p, [0.2, 0.8])])
def test_every_rule_gives_an_opinion_and_agrees_with_a_unanimous_one(rule):
    p = opinions_of()
    assert torch.allclose(rule(p).sum(-1), torch.ones(5, dtype=torch.float64), atol=1e-9) and (rule(p) >= 0).all()
    same = p[:1].repeat(2, 1, 1)
    assert torch.equal(rule(same).argmax(-1), same[0].argmax(-1))


@pytest.mark.parametrize("rule", lesson.RULES.values())
def test_an_absent_expert_leaves_the_decision_to_the_others(rule):
    p, here = opinions_of(), torch.tensor([[True, False, True, True, False], [True, True, False, True, False]])
    decided = rule(lesson.abstain(p, here))
    assert decided[1].argmax() == p[1, 1].argmax() and decided[2].argmax() == p[0, 2].argmax()
    assert torch.allclose(decided[0], rule(p)[0]) and torch.allclose(decided[4], torch.full((4,), 0.25, dtype=p.dtype))


def test_the_model_level_lets_a_silent_sense_abstain():
    model, batch = lesson.ModelLevel(fresh("model"), lesson.product_of_opinions), batch_of()
    silent = {**batch, "audio": torch.zeros_like(batch["audio"])}
    alone = model.experts.experts["image"](batch)
    assert torch.equal(model(silent).argmax(-1), alone.argmax(-1))


@pytest.mark.parametrize(
    "bad", [torch.ones(2, 3), torch.ones(2, 5, 4), torch.zeros(0, 5, 4), -opinions_of(), opinions_of() * float("nan")]
)
def test_what_is_no_opinion_is_refused(bad):
    for rule in lesson.RULES.values():
        with pytest.raises(ValueError, match="opinions: got"):
            rule(bad)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], "one number for each"),
        ([0.7, 0.7], "sum to 1"),
        ([1.5, -0.5], "from 0 up"),
        ([float("nan"), 1.0], "sum to 1"),
    ],
)
def test_what_are_no_weights_is_refused(weights, message):
    with pytest.raises(ValueError, match=f"weights: got.*{message}"):
        lesson.weighted_opinions(opinions_of(), weights)


@pytest.mark.parametrize("prior", [[0.5, 0.5], [0.5, 0.5, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
def test_what_is_no_prior_is_refused(prior):
    with pytest.raises(ValueError, match="prior: got"):
        lesson.product_of_opinions(opinions_of(), torch.tensor(prior))


def test_stacking_by_hand_and_its_gradients():
    judge, p = seeded(lambda: lesson.Stacking(2, 4), 0).double(), opinions_of()
    row = torch.cat([p[0, 3].log(), p[1, 3].log()])
    assert torch.allclose(judge(p)[3], linear(judge.judge, row).softmax(-1), atol=1e-10)
    judge(p)[:, 0].sum().backward()
    assert all(x.grad.abs().sum() > 0 for x in judge.parameters())


def test_a_judge_learns_whom_to_believe():
    """One expert tells the truth, the other a fixed wrong answer: the judge learns that, the average cannot."""
    world = World("redundant", 0.3)
    batch, labels = world.sample(400, seed=0)
    experts = lesson.train_kinds((batch, labels), classes=2, kinds=["model"], seeds=[0], budget=100, lr=1e-2)["model"][
        0
    ].experts
    with torch.no_grad():
        experts.experts["audio"].net[2].bias.copy_(torch.tensor([30.0, -30.0]))  # always says class 0
    held_out, test = world.sample(200, seed=1), world.sample(400, seed=2)
    assert accuracy(lesson.ModelLevel(experts), test) < 0.8
    assert accuracy(lesson.learn_judge(experts, held_out), test) > 0.95


# ------------------------------------------------------------------------------------------------ questions to a model


def test_shuffling_moves_rows_of_one_modality_only():
    batch = batch_of(50)
    dealt = lesson.shuffled(batch, "audio", generator(0))
    assert torch.equal(dealt["image"], batch["image"]) and not torch.equal(dealt["audio"], batch["audio"])
    rows = {tuple(row.flatten().tolist()) for row in batch["audio"]}
    assert {tuple(row.flatten().tolist()) for row in dealt["audio"]} == rows
    with pytest.raises(ValueError, match="no modality 'smell'"):
        lesson.shuffled(batch, "smell", generator(0))


def test_leading_names_all_that_may_be_best():
    luck = np.array([0.0, 0.1, -0.1, 0.05])
    scores = {"a": 0.8 + luck, "b": 0.79 + luck, "c": 0.8 + np.array([0.1, -0.1, 0.05, -0.06])}
    assert lesson.leading(scores) == ["a", "c"]  # b is worse on every seed, c is not


# ------------------------------------------------------------------------------------------------ budgets and training


@pytest.mark.parametrize("kind", lesson.KINDS)
@pytest.mark.parametrize("budget", [200, 4000])
def test_a_width_fills_the_budget_and_one_more_would_not_fit(kind, budget):
    width = lesson.width_for(budget, kind, SIZES, 3)
    assert lesson.parameters(lesson.build(kind, SIZES, 3, width)) <= budget
    assert lesson.parameters(lesson.build(kind, SIZES, 3, width + 1)) > budget


def test_parameter_counts_in_closed_form():
    d, a, k, w = 4, 6, 3, 7
    expected = {
        "image": d * w + w + w * k + k,
        "audio": a * w + w + w * k + k,
        "data": (d + a) * w + w + w * k + k,
        "feature": d * w + w + a * w + w + 2 * w * w + w + w * k + k,
        "model": (d + a) * w + 2 * w + 2 * (w * k + k),
    }
    assert {kind: lesson.parameters(fresh(kind)) for kind in lesson.KINDS} == expected


def test_bad_kinds_and_budgets_are_named():
    with pytest.raises(ValueError, match="kind: got 'early'.*image, audio, data, feature, model"):
        lesson.build("early", SIZES, 3, 4)
    with pytest.raises(ValueError, match="budget: got 5"):
        lesson.width_for(5, "data", SIZES, 3)


@pytest.fixture(scope="module")
def trained_worlds():
    made = {}
    for name in WORLDS:
        world = World(name, 0.6)
        trained = lesson.train_kinds(
            [world.sample(600, s) for s in range(3)],
            classes=world.classes,
            seeds=range(3),
            budget=300,
            epochs=15,
            lr=2e-2,
        )
        test = world.sample(3000, seed=99)
        made[name] = (world, {kind: np.mean(accuracy_many(models, test)) for kind, models in trained.items()})
    return made


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("level", demo.LEVELS)
def test_each_level_reaches_the_bayes_limit_where_it_can(trained_worlds, name, level):
    world, reached = trained_worlds[name]
    assert reached[level] < world.bayes_accuracy + 0.02  # nobody beats the limit
    if (name, level) == ("synergetic", "model"):
        assert abs(reached[level] - 0.5) < 0.03
    else:
        assert reached[level] > world.bayes_accuracy - 0.03


def test_no_single_sense_beats_its_own_limit(trained_worlds):
    for world, reached in trained_worlds.values():
        for name in SIZES:
            assert reached[name] < world.bayes_accuracy_of(name) + 0.02


def test_same_seeds_same_models_and_every_seed_is_another():
    world = World("redundant")
    first, second = (
        lesson.train_kinds(world.sample(100, 0), classes=2, seeds=[0, 1], budget=100, epochs=2) for _ in range(2)
    )
    for kind in first:
        a, b = first[kind], second[kind]
        weights = [torch.cat([p.flatten() for p in m.parameters()]) for m in (*a, *b)]
        assert torch.equal(weights[0], weights[2]) and torch.equal(weights[1], weights[3])
        assert not torch.allclose(weights[0], weights[1])


def test_a_deaf_model_is_exposed_by_the_shuffle_test():
    world = World("redundant", 0.3)
    batch, labels = world.sample(600, 0)
    noise = {**batch, "audio": torch.randn(600, 2, generator=generator(5))}
    model = lesson.train_kinds((noise, labels), classes=2, kinds=["data"], seeds=[0], budget=200, lr=1e-2)["data"][0]
    usual = accuracy(model, (noise, labels))
    drop = {name: usual - accuracy(model, (lesson.shuffled(noise, name, generator(1)), labels)) for name in batch}
    assert drop["image"] > 0.3 and abs(drop["audio"]) < 0.05


def test_fusion_beats_both_senses_on_real_noisy_pairs():
    train, test = (
        demo.data(SeeHear(split, size=400, seed=0).dial(image_noise=0.5, audio_snr=0)) for split in ("train", "test")
    )
    trained = lesson.train_kinds(train, classes=10, seeds=range(4), budget=4000, epochs=12, lr=8e-3)
    scores = {kind: accuracy_many(models, test) for kind, models in trained.items()}
    for level in ("data", "model"):
        assert compare(scores[level], scores["image"]).verdict == "better"


# ------------------------------------------------------------------------------------------------ views


def test_conditions_are_what_dialling_each_gives():
    made = demo.conditions("test", (0.0, 0.5), (None, -5), seeds=(0, 1), size=20)
    assert len(made) == 8
    for i, (noise, snr, seed) in enumerate([(n, a, s) for n in (0.0, 0.5) for a in (None, -5) for s in (0, 1)]):
        pairs = SeeHear("test", size=20, seed=seed).dial(image_noise=noise, audio_snr=snr)
        assert torch.equal(made[i][0]["image"], pairs.batch["image"]) and torch.equal(made[i][1], pairs.labels)
        assert torch.equal(made[i][0]["audio"], pairs.batch["audio"])


@pytest.fixture(scope="module")
def small_models():
    return demo.train_lab(seeds=range(2), image_noise=0.5, audio_snr=0)


def test_the_lab_shows_what_its_models_say(small_models):
    view = fusion_lab.FusionLabView(small_models)
    dials = {"index": 3, "image_noise": 0.4, "audio_snr": -3, "missing": 0.2, "contradiction": 0.1, "rule": "product"}
    view.png(**dials)
    pairs = SeeHear("test", seed=0).dial(image_noise=0.4, audio_snr=-3, missing=0.2, contradiction=0.1)
    assert np.allclose(view.heard.get_array(), pairs.batch["audio"][3, 0])
    one = {name: x[3:4] for name, x in pairs.batch.items()}
    data_level = predict(small_models["data"][0], one).softmax(-1).max().item()
    tops = [box.vertices[1:3, 1].max() for box in view.opinions.bars.get_paths()]
    row = len(view.names) - 1 - view.names.index("data")  # rows are drawn from the top
    assert max(tops[20:30]) - row == pytest.approx(0.82 * data_level, abs=1e-5)
    widths = [bar.get_width() for bar in view.scores.bars]
    means = [100 * np.mean([accuracy(m, demo.data(pairs)) for m in view.ready(name, "product")]) for name in view.names]
    assert widths == pytest.approx(means, abs=1e-3)


def test_retraining_changes_the_models_once_however_often_it_is_pressed(small_models, monkeypatch):
    calls = []

    def quick(callback=None, **dials):
        calls.append(dials)
        callback(1, 1)
        return small_models

    monkeypatch.setattr(fusion_lab, "train_lab", quick)
    panel = demo.fusion_lab_panel(small_models)
    panel.controls["audio_snr"].value = -7
    panel.retrain._one_at_a_time.acquire()
    assert not panel.retrain.press()
    panel.retrain._one_at_a_time.release()
    assert panel.retrain.press()
    panel.retrain.wait()
    assert len(calls) == 1 and calls[0]["audio_snr"] == -7 and "Done" in panel.retrain.words.value
    assert not panel.retrain.start.disabled


def test_a_cell_of_the_winner_map_says_who_leads_and_whether_fusion_gains():
    runs = {
        "data": [[0.9, 0.91, 0.92]],
        "feature": [[0.8, 0.81, 0.83]],
        "image": [[0.7, 0.7, 0.71]],
        "audio": [[0.95, 0.96, 0.97]],
    }
    scores = {**{k: np.array(v) for k, v in runs.items()}, "model": {"product": np.array([[0.5, 0.5, 0.6]])}}
    best, text = demo.describe_cell(scores, 0, "product")
    assert best == ["data"] and "audio alone 96 %" in text and "FUSION LOSES" in text


def test_picks_are_judged_by_the_experiment(capsys):
    scores = {
        "lock": {"data": [0.9, 0.91], "feature": [0.9, 0.92], "model": [0.5, 0.5]},
        "street": {"data": [1, 1], "model": [1, 1]},
    }
    demo.judge_picks({"lock": "model"}, scores)
    demo.judge_picks({"lock": "data", "street": "late"}, scores)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("✗ lock") and lines[1].startswith("○ street")
    assert lines[2].startswith("✓ lock") and "'late' is no level" in lines[3]


def test_many_at_once_is_each_alone_for_every_kind():
    batch, labels = batch_of(60), torch.arange(60) % 3
    for kind in lesson.KINDS:
        loss = lesson.experts_loss if kind == "model" else F.cross_entropy
        together = [fresh(kind, seed) for seed in range(3)]
        fit_many(together, (batch, labels), epochs=1, batch_size=20, loss=loss)
        for seed, model in enumerate(together):
            alone = fresh(kind, seed)
            fit(alone, (batch, labels), seed=seed, epochs=1, batch_size=20, loss=loss)
            for a, b in zip(model.parameters(), alone.parameters(), strict=True):
                assert torch.allclose(a, b, atol=1e-5)
