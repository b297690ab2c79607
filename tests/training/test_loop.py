"""``fit`` is the bare loop; its history tells what happened; what may stop it leaves the weights that it should."""

from functools import partial

import pytest
import torch
from small_models import Noisy, close, data, interrupt_after, mlp, noisy_data
from torch.nn import functional as F

from mmcourse import training
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
    assert F.cross_entropy(model(valid[0]), valid[1]).item() == pytest.approx(min(history.valid_loss), abs=1e-6)


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


# ---------------------------------------------------------------- penalties, masks, patience


def test_a_penalty_in_the_loss_is_weight_decay():
    one, other = Noisy(p=0.0), Noisy(p=0.0)
    fit(
        one,
        noisy_data(),
        epochs=3,
        batch_size=20,
        optimiser=partial(torch.optim.SGD, lr=0.1),
        penalty=lambda weights, buffers: 0.05 * training.l2_penalty(weights.values()) + buffers["p"],
    )
    history = fit(
        other, noisy_data(), epochs=3, batch_size=20, optimiser=partial(torch.optim.SGD, lr=0.1, weight_decay=0.05)
    )
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    plain = fit(Noisy(p=0.0), noisy_data(), epochs=1, lr=0.0, penalty=lambda w, b: 5.0 + 0 * w["first"].sum())
    assert plain.train_loss[0] == pytest.approx(fit(Noisy(p=0.0), noisy_data(), epochs=1, lr=0.0).train_loss[0])
    assert len(history.train_loss) == 3


def test_dropout_depends_on_the_seed_alone_and_leaves_the_global_state():
    first, second, other = Noisy(), Noisy(), Noisy()
    before = torch.get_rng_state()
    fit(first, noisy_data(), epochs=3, seed=1)
    assert torch.equal(before, torch.get_rng_state())
    with torch.random.fork_rng():
        torch.manual_seed(123)
        fit(second, noisy_data(), epochs=3, seed=1)
        fit(other, noisy_data(), epochs=3, seed=2)
    assert close(first, second, atol=0) and not close(first, other)


def test_the_global_state_is_put_back_after_an_error_too():
    def fails(outputs, labels):
        raise ZeroDivisionError

    before = torch.get_rng_state()
    with pytest.raises(ZeroDivisionError):
        fit(Noisy(), noisy_data(), loss=fails)
    assert torch.equal(before, torch.get_rng_state())


def test_early_stopping_is_a_shorter_run_with_its_best_weights():
    train, valid = noisy_data(20), noisy_data(40, seed=5)
    early, short = Noisy(), Noisy()
    history = fit(early, train, valid, epochs=200, lr=0.1, patience=4)
    ended = len(history.valid_loss)
    assert ended < 200 and training.patience_ends(history.valid_loss, 4) == ended
    fit(short, train, valid, epochs=ended, lr=0.1, keep_best=True)
    assert close(early, short, atol=0)
    loss = float(F.cross_entropy(early.eval()(valid[0]), valid[1]).detach())
    assert loss == pytest.approx(min(history.valid_loss), abs=1e-6)


def test_patience_needs_something_to_watch():
    with pytest.raises(ValueError, match="patience: got 3 and no validation data"):
        fit(Noisy(), noisy_data(), patience=3)
    with pytest.raises(ValueError, match="patience: got 0"):
        fit(Noisy(), noisy_data(), noisy_data(), patience=0)
    with pytest.raises(TypeError, match="patience: got 1.5"):
        fit(Noisy(), noisy_data(), noisy_data(), patience=1.5)
