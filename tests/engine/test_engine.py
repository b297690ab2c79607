"""The engine against independent oracles: the bare PyTorch loop, training alone, and SciPy's statistics."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from mmcourse import engine
from mmcourse.engine import History, fit_many, generator, pick_device
from mmcourse.training import fit


def data(count=130, seed=0, features=6, classes=3):
    rng = generator(seed)
    x = torch.randn(count, features, generator=rng)
    return x, (x[:, :classes] + 0.3 * torch.randn(count, classes, generator=rng)).argmax(1)


def mlp(seed=0, features=6, classes=3):
    model = nn.Sequential(nn.Linear(features, 8), nn.ReLU(), nn.Linear(8, classes))
    rng = generator(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.uniform_(-0.4, 0.4, generator=rng)
    return model


class TinyCNN(nn.Module):
    """A convolution, a pooling and a dense layer, from 1x8x8 pictures in a batch to 4 logits."""

    def __init__(self):
        super().__init__()
        self.conv, self.out = nn.Conv2d(1, 4, 3, padding=1), nn.Linear(4 * 16, 4)

    def forward(self, batch):
        return self.out(F.max_pool2d(F.relu(self.conv(batch["image"])), 2).flatten(1))


def cnn(seed):
    model, rng = TinyCNN(), generator(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.uniform_(-0.3, 0.3, generator=rng)
    return model


def pictures(seed, count=90):
    rng = generator(seed)
    x = torch.randn(count, 1, 8, 8, generator=rng)
    return {"image": x}, (x[:, 0, :4, :4].amax((1, 2)) > 1.6).long() + 2 * (x[:, 0, 4:].mean((1, 2)) > 0).long()


# ------------------------------------------------------------------------------------------------ device and randomness


def test_the_device_is_the_first_there_is(monkeypatch):
    monkeypatch.delenv("MMCOURSE_DEVICE", raising=False)
    assert pick_device().type == engine.available_devices()[0].split(":")[0]
    monkeypatch.setenv("MMCOURSE_DEVICE", "cpu")
    assert pick_device() == torch.device("cpu")


def test_an_unavailable_device_is_an_error_that_lists_what_there_is(monkeypatch):
    monkeypatch.setenv("MMCOURSE_DEVICE", "abacus")
    with pytest.raises(ValueError, match=r"MMCOURSE_DEVICE: got 'abacus'.*cpu"):
        pick_device()
    with pytest.raises(ValueError, match="name: got 'tpu'"):
        pick_device("tpu")


def test_a_machine_with_a_gpu_uses_it(monkeypatch):
    monkeypatch.delenv("MMCOURSE_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert engine.available_devices()[:2] == ["cuda:0", "cuda:1"]
    assert pick_device() == torch.device("cuda:0")
    assert pick_device("cuda") == torch.device("cuda")


@pytest.mark.parametrize("seed", ["1", 1.0, True, None])
def test_a_seed_that_is_no_integer_is_a_type_error(seed):
    with pytest.raises(TypeError, match="seed"):
        generator(seed)


def test_a_negative_seed_is_a_value_error():
    with pytest.raises(ValueError, match="seed: got -1"):
        generator(-1)


def test_training_leaves_the_global_random_state_alone():
    one, many = mlp(), [mlp(0), mlp(1)]
    before, numpys = torch.get_rng_state(), np.random.get_state()[1].copy()
    fit(one, data(), epochs=2)
    fit_many(many, data(), epochs=2)
    assert torch.equal(before, torch.get_rng_state())
    assert (numpys == np.random.get_state()[1]).all()


# ------------------------------------------------------------------------------------------------ one model


def bare_loop(model, train, epochs, batch_size, lr, seed):
    x, y = train
    optimiser, order = torch.optim.Adam(model.parameters(), lr=lr), torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        rows = torch.randperm(len(y), generator=order)
        for i in range(0, len(y), batch_size):
            optimiser.zero_grad()
            F.cross_entropy(model(x[rows[i : i + batch_size]]), y[rows[i : i + batch_size]]).backward()
            optimiser.step()


def test_fit_is_the_bare_pytorch_loop():
    ours, theirs = mlp(3), mlp(3)
    fit(ours, data(), epochs=4, batch_size=32, lr=1e-2, seed=5)
    bare_loop(theirs, data(), 4, 32, 1e-2, 5)
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_history_says_what_happened():
    model, told = mlp(), []
    history = fit(model, data(), data(60, seed=9), epochs=6, lr=2e-2, callback=lambda *a: told.append(a[:2]))
    assert told == [(i, 6) for i in range(1, 7)]
    assert len(history.train_loss) == len(history.valid_loss) == len(history.valid_accuracy) == 6
    assert history.train_loss[-1] < history.train_loss[0] and not history.interrupted
    x, y = data(60, seed=9)
    assert history.valid_accuracy[-1] == pytest.approx(float((model(x).argmax(1) == y).float().mean()))
    assert history.valid_loss[-1] == pytest.approx(F.cross_entropy(model(x), y).item(), abs=1e-6)


def test_the_first_training_loss_is_the_mean_over_samples_not_over_batches():
    model = mlp()
    with torch.no_grad():
        expected = float(F.cross_entropy(model(data()[0]), data()[1]))
    history = fit(model, data(), epochs=1, batch_size=100, lr=0.0)  # 130 samples: batches of 100 and 30
    assert history.train_loss == [pytest.approx(expected, abs=1e-5)]


def interrupt_after(epochs):
    def callback(done, total, history):
        if done == epochs:
            raise KeyboardInterrupt

    return callback


def test_an_interruption_leaves_the_weights_of_the_last_whole_epoch():
    stopped, short = mlp(), mlp()
    history = fit(stopped, data(), epochs=9, callback=interrupt_after(3))
    fit(short, data(), epochs=3)
    assert history.interrupted and len(history.train_loss) == 3
    assert all(torch.equal(a, b) for a, b in zip(stopped.parameters(), short.parameters(), strict=True))


def test_an_interruption_leaves_the_best_validated_weights():
    valid, model = data(40, seed=2), mlp()
    history = fit(model, data(30), valid, epochs=60, lr=0.3, callback=interrupt_after(40))
    best = min(history.valid_loss)
    assert history.valid_loss[-1] > best  # it had become worse again
    assert F.cross_entropy(model(valid[0]), valid[1]).item() == pytest.approx(best, abs=1e-6)


def test_many_interrupted_leave_each_models_best_weights():
    valid, models = data(40, seed=2), [mlp(0), mlp(1)]
    histories = fit_many(models, data(30), valid, epochs=60, lr=0.3, callback=interrupt_after(40))
    for model, history in zip(models, histories, strict=True):
        assert history.interrupted
        assert F.cross_entropy(model(valid[0]), valid[1]).item() == pytest.approx(min(history.valid_loss), abs=1e-4)


def test_keep_best_restores_the_best_epoch():
    valid, model = data(40, seed=2), mlp()
    history = fit(model, data(30), valid, epochs=40, lr=0.3, keep_best=True)
    assert float(F.cross_entropy(model(valid[0]), valid[1])) == pytest.approx(min(history.valid_loss), abs=1e-6)


def test_dropout_is_off_when_predicting_and_on_afterwards():
    model = nn.Sequential(nn.Dropout(0.9), nn.Linear(6, 3)).train()
    x = torch.ones(4, 6)
    assert torch.equal(engine.predict(model, x), engine.predict(model, x)) and model.training


# ------------------------------------------------------------------------------------------------ many models


def close(one, other, atol=1e-5):
    return all(
        torch.allclose(a, b, atol=atol, rtol=1e-4) for a, b in zip(one.parameters(), other.parameters(), strict=True)
    )


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


# ------------------------------------------------------------------------------------------------ bad input

x, y = data(10)


@pytest.mark.parametrize(
    ("train", "error", "message"),
    [
        (x, TypeError, "train: got Tensor, expected a pair"),
        ((x, y[:9]), ValueError, "inputs has 10 rows and there are 9 labels"),
        ((x[:0], y[:0]), ValueError, "N at least 1"),
        ((x.clone().fill_(float("nan")), y), ValueError, "NaN or infinite"),
        (({"image": x, "audio": x[:3]}, y), ValueError, "audio has 3 rows"),
        (({"image": [1, 2]}, y), TypeError, "image is list"),
    ],
)
def test_unusable_data_are_refused(train, error, message):
    with pytest.raises(error, match=message):
        fit(mlp(), train)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs: got 0"),
        ({"batch_size": -1}, ValueError, "batch_size: got -1"),
        ({"epochs": 1.5}, TypeError, "epochs: got 1.5"),
        ({"seed": "a"}, TypeError, "seed: got 'a'"),
    ],
)
def test_unusable_numbers_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        fit(mlp(), data(), **options)


def test_the_number_of_seeds_and_data_sets_must_fit():
    with pytest.raises(ValueError, match="seeds: got 1 for 2 models"):
        fit_many([mlp(0), mlp(1)], data(), seeds=[0])
    with pytest.raises(ValueError, match="train: got 3 data sets for 2 models"):
        fit_many([mlp(0), mlp(1)], [data()] * 3)
    with pytest.raises(ValueError, match="expected equal sizes"):
        fit_many([mlp(0), mlp(1)], [data(10), data(11)])


def test_histories_do_not_share_lists():
    assert History(1).train_loss is not History(1).train_loss


def test_the_package_itself_needs_no_torch():
    code = "import sys, mmcourse; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
