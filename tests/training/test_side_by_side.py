"""Strengths, masks and patience of many networks at once are those of each alone."""

from functools import partial

import pytest
import torch
from small_models import Noisy, close, noisy_data
from torch.nn import functional as F

from mmcourse import training
from mmcourse.engine import fit_many, generator
from mmcourse.engine.loop import BestWeights
from mmcourse.training import HeldBackMLP, fit, held_back_penalty
from mmcourse.training.studies import hundred_digits


def test_networks_held_back_side_by_side_are_those_alone():
    plans = [{"l1": 0.01, "l2": 0.0}, {"l1": 0.0, "l2": 0.05}, {"l1": 0.003, "l2": 0.1}, {"l1": 0.0, "l2": 0.0}]
    together, alone = ([HeldBackMLP(seed, **plan) for seed, plan in enumerate(plans)] for _ in range(2))
    sets, options = [hundred_digits(seed) for seed in range(4)], {"epochs": 4, "batch_size": 40}
    fit_many(together, sets, penalty=held_back_penalty, **options)
    for seed, (one, other) in enumerate(zip(together, alone, strict=True)):
        fit(other, sets[seed], seed=seed, penalty=held_back_penalty, **options)
        assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_each_network_gets_the_share_of_dropout_and_the_shifts_of_its_own():
    seen = {}

    class Spy(HeldBackMLP):
        def forward(self, images):
            return super().forward(images)

    shares = (0.0, 0.3, 0.8)
    models = [Spy(0, drop=p) for p in shares]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        stacked = torch.func.stack_module_state(models)

        def hidden(weights, buffers):
            ones = torch.ones(400, 64)
            return training.dropout(ones, buffers["drop"], torch.rand_like(ones))

        masks = torch.func.vmap(hidden, randomness="different")(*stacked)
    for p, mask in zip(shares, masks, strict=True):
        seen[p] = float((mask == 0).float().mean())
        assert seen[p] == pytest.approx(p, abs=0.02) and float(mask.mean()) == pytest.approx(1, abs=0.05)


def test_one_held_back_network_in_a_stack_is_the_one_alone_mask_by_mask():
    options = {"epochs": 3, "batch_size": 30}
    for plan in ({"drop": 0.4}, {"reach": 0.8}):
        one, other = HeldBackMLP(2, **plan), HeldBackMLP(2, **plan)
        fit_many([one], hundred_digits(0), seeds=[4], **options)
        fit(other, hundred_digits(0), seed=4, **options)
        assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_with_the_same_masks_a_stack_of_dropouts_is_each_alone():
    plans, (images, labels) = (0.0, 0.3, 0.7), hundred_digits(1)
    models, hand = ([HeldBackMLP(seed, drop=p) for seed, p in enumerate(plans)] for _ in range(2))
    fit_many(models, (images, labels), epochs=1, batch_size=100, optimiser=partial(torch.optim.SGD, lr=0.1))
    with torch.random.fork_rng():
        torch.manual_seed(0 ^ 0x5EED)
        noise = torch.rand(3, 100, 64)  # what the stack drew for its three networks
    for e, (model, p) in enumerate(zip(hand, plans, strict=True)):
        rows = torch.randperm(100, generator=generator(e))
        h = torch.relu(images[rows].flatten(1) @ model.w1 + model.b1)
        F.cross_entropy((h * (noise[e] >= p) / (1 - p)) @ model.w2 + model.b2, labels[rows]).backward()
        for a, b in zip(models[e].parameters(), model.parameters(), strict=True):
            assert torch.allclose(a, b - 0.1 * b.grad, atol=1e-5)


def test_early_stopping_side_by_side_is_each_alone():
    valid, sets = noisy_data(40, seed=5), [noisy_data(20, seed=s) for s in range(3)]
    together, alone = ([Noisy(s, p=0.0) for s in range(3)] for _ in range(2))
    histories = fit_many(together, sets, valid, epochs=120, lr=0.1, patience=[2, 5, 9])
    for s, (one, other, history) in enumerate(zip(together, alone, histories, strict=True)):
        single = fit(other, sets[s], valid, epochs=120, lr=0.1, patience=(2, 5, 9)[s], seed=s)
        assert len(history.valid_loss) == len(single.valid_loss) < 120
        assert history.valid_loss == pytest.approx(single.valid_loss, abs=1e-4)
        assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert len({len(history.valid_loss) for history in histories}) > 1


def test_a_network_that_has_stopped_keeps_its_weights_though_it_would_be_better_later():
    weights = {"w": torch.zeros(2, 3)}
    best = BestWeights(weights, torch.tensor([1.0, 3.0]))
    for epoch, losses in enumerate([[1.0, 1.0], [2.0, 2.0], [0.5, 0.5]], start=1):
        weights["w"].fill_(epoch)
        best.offer(weights, (torch.tensor(losses), None))
    assert best.weights["w"][:, 0].tolist() == [1.0, 3.0] and best.going.tolist() == [False, True]


def test_many_keep_their_best_and_validate_without_dropout():
    valid, models = noisy_data(40, seed=5), [Noisy(s) for s in range(3)]
    histories = fit_many(models, noisy_data(20), valid, epochs=60, lr=0.2, keep_best=True)
    for model, history in zip(models, histories, strict=True):
        loss = float(F.cross_entropy(model.eval()(valid[0]), valid[1]).detach())
        assert loss == pytest.approx(min(history.valid_loss), abs=1e-5) and len(history.valid_loss) == 60


def test_many_draw_their_masks_from_the_seeds_alone():
    first, second, before = [Noisy(0), Noisy(1)], [Noisy(0), Noisy(1)], torch.get_rng_state()
    fit_many(first, noisy_data(), epochs=2)
    assert torch.equal(before, torch.get_rng_state())
    with torch.random.fork_rng():
        torch.manual_seed(77)
        fit_many(second, noisy_data(), epochs=2)
    assert all(close(*pair, atol=0) for pair in zip(first, second, strict=True))


def test_patience_for_many_must_fit():
    with pytest.raises(ValueError, match="patience: got 3 numbers for 2 models"):
        fit_many([Noisy(), Noisy()], noisy_data(), noisy_data(), patience=[1, 2, 3])
    with pytest.raises(ValueError, match="patience: got 1 and no validation data"):
        fit_many([Noisy()], noisy_data(), patience=1)
