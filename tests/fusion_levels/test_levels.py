"""The levels and their experts, against written-out formulas and invariants."""

import pytest
import torch
from small_levels import SIZES, batch_of, fresh, linear
from torch import nn
from torch.nn import functional as F

from mmcourse import fusion_levels as lesson
from mmcourse.engine import fit_many, predict, seeded
from mmcourse.training import fit


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


def test_the_model_level_lets_a_silent_sense_abstain():
    model, batch = lesson.ModelLevel(fresh("model"), lesson.product_of_opinions), batch_of()
    silent = {**batch, "audio": torch.zeros_like(batch["audio"])}
    alone = model.experts.experts["image"](batch)
    assert torch.equal(model(silent).argmax(-1), alone.argmax(-1))


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
