"""``fit`` is the bare loop; its history tells what happened; what may stop it leaves the weights that it should."""

import pytest
import torch
from small_models import data, interrupt_after, mlp
from torch.nn import functional as F

from mmcourse.engine import History
from mmcourse.training import fit


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


def test_keep_best_restores_the_best_epoch():
    valid, model = data(40, seed=2), mlp()
    history = fit(model, data(30), valid, epochs=40, lr=0.3, keep_best=True)
    assert float(F.cross_entropy(model(valid[0]), valid[1])) == pytest.approx(min(history.valid_loss), abs=1e-6)


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


def test_histories_do_not_share_lists():
    assert History(1).train_loss is not History(1).train_loss
    assert History(1, valid_score=[0.5]).valid_accuracy == [0.5]
