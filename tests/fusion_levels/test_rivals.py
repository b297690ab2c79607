"""Budgets, training on equal terms, and what is asked of trained models and of their scores."""

import numpy as np
import pytest
import torch
from small_levels import SIZES, batch_of, fresh

from mmcourse import fusion_levels as lesson
from mmcourse.datasets.worlds import WORLDS, World
from mmcourse.engine import accuracy, accuracy_many, generator


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


@pytest.mark.parametrize("name", ["eye", "Geräusch", "two words", "42", "Data", "level", "net", "experts"])
def test_a_modality_may_have_any_name(name):
    batch, labels = batch_of(40), torch.arange(40) % 3
    named = {name: batch["image"], "audio": batch["audio"]}
    trained = lesson.train_kinds((named, labels), classes=3, budget=200, seeds=[0, 1], epochs=2)
    assert list(trained) == [name, "audio", *lesson.LEVELS]
    assert [type(models[0]).__name__ for models in trained.values()] == [
        "Alone",
        "Alone",
        "DataLevel",
        "FeatureLevel",
        "ModelLevel",
    ]


@pytest.mark.parametrize("kind", lesson.KINDS)
@pytest.mark.parametrize("name", [*lesson.LEVELS, "left.ear", "", "values", "training", 3])
def test_a_name_that_would_mean_something_else_is_refused_with_a_reason(kind, name):
    with pytest.raises(ValueError, match="sizes: got a modality called .*expected another name, such as 'eye'"):
        lesson.build(kind, {**SIZES, name: 4}, 3, 5)
    batch = {"image": torch.zeros(4, 3), name: torch.zeros(4, 3)}
    with pytest.raises(ValueError, match="sizes: got a modality called"):
        lesson.train_kinds((batch, torch.arange(4)), classes=4, kinds=[kind])


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
@pytest.mark.parametrize("level", lesson.LEVELS)
def test_each_level_reaches_the_bayes_limit_where_it_can(trained_worlds, name, level):
    world, reached = trained_worlds[name]
    assert reached[level] < world.bayes_accuracy + 0.02  # nobody beats the limit
    if (name, level) == ("synergistic", "model"):
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


def test_a_deaf_model_is_exposed_by_the_shuffle_test():
    world = World("redundant", 0.3)
    batch, labels = world.sample(600, 0)
    noise = {**batch, "audio": torch.randn(600, 2, generator=generator(5))}
    model = lesson.train_kinds((noise, labels), classes=2, kinds=["data"], seeds=[0], budget=200, lr=1e-2)["data"][0]
    usual = accuracy(model, (noise, labels))
    drop = {name: usual - accuracy(model, (lesson.shuffled(noise, name, generator(1)), labels)) for name in batch}
    assert drop["image"] > 0.3 and abs(drop["audio"]) < 0.05


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


def test_verdicts_are_about_each_method_against_the_named_one():
    scores = {"a": [0.8, 0.82, 0.81], "b": [0.7, 0.71, 0.72], "c": [0.9, 0.91, 0.93], "d": [0.7, 0.9, 0.81]}
    assert lesson.verdicts(scores, "a") == {"b": "worse", "c": "better", "d": "no difference seen"}
