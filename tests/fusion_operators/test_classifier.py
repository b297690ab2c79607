"""Lesson 09, third part: the classifier around an operator, budgets, training, and counting."""

from functools import partial

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from mmcourse import fusion_operators as lesson
from mmcourse.attention import positional_code
from mmcourse.datasets.worlds import World
from mmcourse.engine import accuracy_many, fit_many, generator, seeded
from mmcourse.fusion_levels import FeatureLevel, parameters
from mmcourse.fusion_operators import LowRank, Product
from mmcourse.training import fit

SHAPES = {"image": (4, 2), "audio": (3, 5)}


def batch_of(samples=5, seed=0):
    rng = generator(seed)
    return {name: torch.randn(samples, *shape, generator=rng) for name, shape in SHAPES.items()}


def fresh(name, bends="both", width=7, seed=0):
    return seeded(partial(lesson.Fused, lesson.OPERATORS[name], SHAPES, 3, width, bends), seed)


@pytest.mark.parametrize("name", lesson.OPERATORS)
@pytest.mark.parametrize("bends", ["both", "before", "after", "none"])
def test_every_operator_fits_into_the_classifier(name, bends):
    model, batch = fresh(name, bends), batch_of(12)
    out = model(batch)
    assert out.shape == (12, 3) and torch.equal(out, model(dict(reversed(batch.items()))))
    F.cross_entropy(out, torch.arange(12) % 3).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_concatenation_is_the_feature_level_of_lesson_08():
    ours, batch = fresh("concatenate"), batch_of()
    theirs = FeatureLevel({"image": 8, "audio": 15}, 3, 7)
    state = {
        **{f"encoders.{k}": v for k, v in ours.encoders.state_dict().items()},
        "head.0.weight": ours.fusion.mix.weight,
        "head.0.bias": ours.fusion.mix.bias,
        "head.2.weight": ours.head[1].weight,
        "head.2.bias": ours.head[1].bias,
    }
    theirs.load_state_dict(state)
    assert torch.allclose(ours(batch), theirs(batch), atol=1e-6)


@pytest.mark.parametrize("name", lesson.OPERATORS)
def test_zeros_and_a_missing_key_are_the_same_absence(name):
    model, batch = fresh(name), batch_of()
    zeros = {**batch, "audio": torch.zeros_like(batch["audio"])}
    assert torch.allclose(model(zeros), model({"image": batch["image"]}), atol=1e-6)


def test_tokens_get_the_code_of_their_place():
    model, batch = fresh("cross-attention"), batch_of()
    found, present = model.features(batch)
    expected = F.relu(model.encoders["image"](batch["image"]) + positional_code(4, 8)[:, :7])
    assert torch.allclose(found["image"], expected, atol=1e-6) and present["image"].all()
    turned = {**batch, "image": batch["image"].flip(1)}
    assert not torch.allclose(model(turned), model(batch))  # the order of the rows counts


@pytest.mark.parametrize("name", lesson.OPERATORS)
@pytest.mark.parametrize("budget", [400, 3000])
def test_a_width_fills_the_budget_and_one_more_would_not_fit(name, budget):
    make = lesson.OPERATORS[name]
    width = lesson.fused_width(budget, make, SHAPES, 3)
    assert parameters(lesson.Fused(make, SHAPES, 3, width)) <= budget
    assert parameters(lesson.Fused(make, SHAPES, 3, width + 1)) > budget


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="bends: got 'sideways', expected both, before, after or none"):
        lesson.Fused(Product, SHAPES, 3, 4, bends="sideways")
    with pytest.raises(ValueError, match="budget: got 10, too few"):
        lesson.fused_width(10, Product, SHAPES, 3)


def test_multiply_adds_in_closed_form():
    w, d, a, k = 7, 8, 15, 3
    encoders, head = (d + a) * w, w * k
    expected = {
        "concatenate": 2 * w * w,
        "sum": 2 * w * w,
        "product": 2 * w * w,
        "bilinear": w * w * w,
        "tensor": w * (w + 1) ** 2,
        "gated": 2 * w * w + 2 * w * 2 * w,
        "FiLM": w * w + w * 2 * w,
        "hierarchical": 2 * w * w + 2 * w * w + 2 * w * w + 3 * w * w,
    }
    found = {name: lesson.multiply_adds(fresh(name), batch_of(1)) for name in expected}
    assert found == {name: encoders + middle + head for name, middle in expected.items()}
    t, s = 4, 3  # tokens of image and audio
    cross = 2 * t * w + 5 * s * w + (t + s) * w * w + 3 * (t + s) * w * w + 2 * 2 * t * s * w + head
    assert lesson.multiply_adds(fresh("cross-attention"), batch_of(1)) == cross
    assert lesson.multiply_adds(fresh("sum"), batch_of(9)) == lesson.multiply_adds(fresh("sum"), batch_of(1))


@pytest.mark.parametrize("name", lesson.OPERATORS)
def test_many_at_once_is_each_alone(name):
    batch, labels = batch_of(40), torch.arange(40) % 3
    together = [fresh(name, seed=seed) for seed in range(2)]
    fit_many(together, (batch, labels), epochs=1, batch_size=20)
    for seed, model in enumerate(together):
        alone = fresh(name, seed=seed)
        fit(alone, (batch, labels), seed=seed, epochs=1, batch_size=20)
        for a, b in zip(model.parameters(), alone.parameters(), strict=True):
            assert torch.allclose(a, b, atol=1e-5)


def test_on_xor_the_sum_stays_at_chance_and_the_product_does_not():
    xor = World("synergistic", 0.5)
    train, test = [xor.sample(400, seed) for seed in range(3)], xor.sample(1000, seed=100)
    options = {"classes": 2, "budget": 300, "seeds": range(3), "epochs": 10, "lr": 3e-2}
    for bends in ("none", "before"):
        reached = {}
        for name in ("sum", "product"):
            models = lesson.train_fused(lesson.OPERATORS[name], train, bends=bends, **options)
            reached[name] = np.mean(accuracy_many(models, test))
        assert reached["sum"] < 0.65 and reached["product"] > 0.88


def test_settings_of_an_operator_reach_it_and_seeds_matter():
    data = World("redundant").sample(60, 0)
    first, second = lesson.train_fused(partial(LowRank, rank=2), data, classes=2, budget=200, seeds=[0, 1], epochs=1)
    assert first.fusion.rank == 2 and not torch.equal(first.head[1].weight, second.head[1].weight)
    again = lesson.train_fused(partial(LowRank, rank=2), data, classes=2, budget=200, seeds=[1], epochs=1)[0]
    assert torch.allclose(again.head[1].weight, second.head[1].weight, atol=1e-6)
