"""Many models at once are each of them alone; what cannot be stacked is refused; a stop leaves all untouched."""

import pytest
import torch
from small_models import close, cnn, data, interrupt_after, mlp, pictures
from torch import nn
from torch.nn import functional as F

from mmcourse import engine
from mmcourse.engine import fit_many
from mmcourse.training import fit


def test_many_at_once_give_the_weights_of_each_alone():
    together, alone = [mlp(s) for s in range(4)], [mlp(s) for s in range(4)]
    histories = fit_many(together, data(), data(50, seed=7), seeds=[3, 1, 4, 1], epochs=3, batch_size=32, lr=1e-2)
    for model, other, seed, history in zip(together, alone, [3, 1, 4, 1], histories, strict=True):
        single = fit(other, data(), data(50, seed=7), seed=seed, epochs=3, batch_size=32, lr=1e-2)
        assert close(model, other)
        assert history.train_loss == pytest.approx(single.train_loss, abs=1e-4)
        assert history.valid_loss == pytest.approx(single.valid_loss, abs=1e-4)
        assert history.valid_accuracy == pytest.approx(single.valid_accuracy, abs=0.021)
    assert not close(together[0], together[1])


def test_the_same_for_small_cnns_on_their_own_data():
    together, alone = [cnn(s) for s in range(3)], [cnn(s) for s in range(3)]
    sets = [pictures(s) for s in range(3)]
    fit_many(together, sets, seeds=[0, 1, 2], epochs=1, batch_size=40)
    for model, other, train, seed in zip(together, alone, sets, range(3), strict=True):
        fit(other, train, seed=seed, epochs=1, batch_size=40)
        assert close(model, other)


@pytest.mark.parametrize(
    "make", [lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), lambda p: torch.optim.RMSprop(p, lr=0.01)]
)
def test_other_optimisers_work_at_once_too(make):
    together, alone = [mlp(s) for s in range(2)], [mlp(s) for s in range(2)]
    fit_many(together, data(), epochs=1, batch_size=32, optimiser=make)
    for seed, (model, other) in enumerate(zip(together, alone, strict=True)):
        fit(other, data(), epochs=1, batch_size=32, optimiser=make, seed=seed)
        assert close(model, other)


def test_same_seed_same_weights():
    first, second = [mlp(0), mlp(1)], [mlp(0), mlp(1)]
    for models in (first, second):
        fit_many(models, data(), epochs=2)
    assert all(
        torch.equal(a, b)
        for m, n in zip(first, second, strict=True)
        for a, b in zip(m.parameters(), n.parameters(), strict=True)
    )


def test_predictions_at_once_are_those_of_each():
    models, (x, y) = [mlp(s) for s in range(3)], data(20)
    outputs = engine.predict_many(models, x)
    assert torch.allclose(outputs, torch.stack([m(x) for m in models]), atol=1e-6)
    assert engine.accuracy_many(models, (x, y)) == pytest.approx([engine.accuracy(m, (x, y)) for m in models])


def test_every_parameter_of_every_model_moves():
    models = [cnn(s) for s in range(2)]
    before = [[p.clone() for p in m.parameters()] for m in models]
    fit_many(models, pictures(0), epochs=1)
    for model, old in zip(models, before, strict=True):
        assert all(not torch.equal(p, q) for p, q in zip(model.parameters(), old, strict=True))


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([], "models: got none"),
        ([mlp(), nn.Linear(6, 3)], "number 1 differs"),
        ([nn.Sequential(nn.Linear(6, 3)), nn.Sequential(nn.Linear(6, 4))], "number 1 differs"),
        ([nn.Sequential(nn.Linear(6, 3), nn.BatchNorm1d(3))] * 2, "batch normalisation"),
    ],
)
def test_models_that_cannot_be_stacked_are_refused(models, message):
    with pytest.raises(ValueError, match=message):
        fit_many(models, data())


def test_many_interrupted_are_as_they_were_before():
    valid, models, before = data(40, seed=2), [mlp(0), mlp(1)], [mlp(0), mlp(1)]
    with pytest.raises(engine.TrainingStopped, match="nothing half-trained is compared"):
        fit_many(models, data(30), valid, epochs=60, lr=0.3, callback=interrupt_after(40))
    assert all(close(*pair, atol=0) for pair in zip(models, before, strict=True))


def test_the_number_of_seeds_and_data_sets_must_fit():
    with pytest.raises(ValueError, match="seeds: got 1 for 2 models"):
        fit_many([mlp(0), mlp(1)], data(), seeds=[0])
    with pytest.raises(ValueError, match="train: got 3 data sets for 2 models"):
        fit_many([mlp(0), mlp(1)], [data()] * 3)
    with pytest.raises(ValueError, match="train: got 1 data sets for 2 models"):
        fit_many([mlp(0), mlp(1)], [data()])
    with pytest.raises(ValueError, match="expected equal sizes"):
        fit_many([mlp(0), mlp(1)], [data(10), data(11)])


# ---------------------------------------------------------------- labels of every kind, at once and alone


class TwoHeads(nn.Module):
    """Two answers for one input: a class, and a number."""

    def __init__(self, seed):
        super().__init__()
        self.what, self.how_much = mlp(seed), mlp(seed + 100, classes=1)

    def forward(self, x):
        return {"what": self.what(x), "how much": self.how_much(x)}


class EveryMoment(nn.Module):
    """A class for every moment of a sequence: (B, T, 6) → (B, T, 3)."""

    def __init__(self, seed):
        super().__init__()
        self.each = mlp(seed)

    def forward(self, x):
        return self.each(x)


def two_losses(outputs, labels):
    return F.cross_entropy(outputs["what"], labels["what"]) + F.mse_loss(outputs["how much"], labels["how much"])


def by_moment(outputs, labels):
    counted = labels != -100
    each = F.cross_entropy(outputs.flatten(0, 1), labels.flatten().clamp(min=0), reduction="none")
    return (each * counted.flatten()).sum() / counted.sum()


def any_of_several(outputs, labels):
    return F.binary_cross_entropy_with_logits(outputs, labels)


def near(outputs, labels):
    return ((outputs - labels).abs() < 1).float().mean()


def both_right(outputs, labels):
    return float(
        (outputs["what"].argmax(-1) == labels["what"]).float().mean() + near(outputs["how much"], labels["how much"])
    )


def task(name, count=60, seed=0):
    x, y = data(count, seed)
    sequences, marks = x.view(-1, 3, 6), y.view(-1, 3).clone()
    marks[:, 2] = -100
    return {
        "classes": ((x, y), mlp, F.cross_entropy, None),
        "numbers": ((x, x.sum(1, keepdim=True)), lambda s: mlp(s, classes=1), F.mse_loss, near),
        "several positives": (
            (x, (x[:, :3] > 0).float()),
            mlp,
            any_of_several,
            lambda o, t: ((o > 0) == (t > 0)).float().mean(),
        ),
        "two tasks": ((x, {"what": y, "how much": x[:, :1]}), TwoHeads, two_losses, both_right),
        "a class at each moment": ((sequences, marks), EveryMoment, by_moment, None),
    }[name]


KINDS = ("classes", "numbers", "several positives", "two tasks", "a class at each moment")


@pytest.mark.parametrize("name", KINDS)
def test_labels_of_every_kind_train_at_once_as_alone(name):
    train, make, loss, score = task(name)
    valid, *_ = task(name, 30, seed=9)
    options = {"epochs": 4, "batch_size": 20, "lr": 1e-2, "loss": loss, "score": score}
    together, alone = [make(s) for s in range(3)], [make(s) for s in range(3)]
    histories = fit_many(together, train, valid, **options)
    for seed, (model, other, history) in enumerate(zip(together, alone, histories, strict=True)):
        single = fit(other, train, valid, seed=seed, **options)
        assert close(model, other) and single.train_loss[-1] < single.train_loss[0]
        assert history.valid_loss == pytest.approx(single.valid_loss, abs=1e-4)
        assert history.valid_score == pytest.approx(single.valid_score, abs=0.05) and len(single.valid_score) == 4


@pytest.mark.parametrize("name", KINDS)
def test_each_model_may_have_labels_of_its_own(name):
    sets, (_, make, loss, _) = [task(name, seed=seed)[0] for seed in (1, 2)], task(name)
    together, alone = [make(s) for s in range(2)], [make(s) for s in range(2)]
    fit_many(together, sets, epochs=2, batch_size=20, loss=loss)
    for seed, (model, other) in enumerate(zip(together, alone, strict=True)):
        fit(other, sets[seed], epochs=2, batch_size=20, loss=loss, seed=seed)
        assert close(model, other)


def test_without_a_score_only_classes_get_one():
    for name in KINDS:
        train, make, loss, _ = task(name)
        history = fit(make(0), train, train, loss=loss, epochs=1)
        assert len(history.valid_loss) == 1
        assert len(history.valid_score) == (name in ("classes", "a class at each moment"))
