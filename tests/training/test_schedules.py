"""Schedules against torch.optim.lr_scheduler, groups of parameters, and optimisers that follow a schedule."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from small_models import normal
from torch import nn
from torch.nn import functional as F
from torch.optim import lr_scheduler

from mmcourse.engine import fit_many
from mmcourse.neurons import MLP
from mmcourse.training import Optimiser, fit, on_schedule, parameter_groups, rate_schedules, warmup_cosine


def torch_rates(make, steps):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler, rates = make(optimiser), []
    for _ in range(steps):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return rates


def warm_then_cosine(optimiser, steps, warmup):
    up = lr_scheduler.LinearLR(optimiser, start_factor=1 / warmup, total_iters=warmup - 1)
    down = lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps - warmup)
    return lr_scheduler.SequentialLR(optimiser, [up, down], milestones=[warmup])


@pytest.mark.parametrize("steps, warmup", [(100, 10), (60, 6), (37, 5)])
def test_warm_up_and_cosine_are_those_of_torch(steps, warmup):
    ours = [warmup_cosine(step, steps, warmup) for step in range(steps)]
    assert ours == pytest.approx(torch_rates(partial(warm_then_cosine, steps=steps, warmup=warmup), steps), abs=1e-9)


def test_cosine_alone_is_torchs():
    ours = [rate_schedules(50)["cosine"](step) for step in range(50)]
    assert ours == pytest.approx(torch_rates(partial(lr_scheduler.CosineAnnealingLR, T_max=50), 50))


def test_the_four_schedules():
    found = rate_schedules(200, 0.1)
    assert list(found) == ["constant", "cosine", "warm-up", "both"]
    assert [found["warm-up"](step) for step in (0, 9, 19, 20, 199)] == pytest.approx([0.05, 0.5, 1, 1, 1])
    assert found["constant"](0) == found["constant"](199) == 1
    assert found["both"](19) == found["both"](20) == 1 and found["both"](199) < 0.001
    assert found["both"](110) == pytest.approx(0.5)


@pytest.mark.parametrize("rule, make", [("gd", torch.optim.SGD), ("adam", torch.optim.Adam)])
def test_an_optimiser_on_a_schedule_is_torchs_with_lambda_lr(rule, make):
    x, y, share = normal(20, 8), torch.arange(20) % 3, rate_schedules(30)["both"]
    one, other = MLP(8, 5, 3, seed=1), MLP(8, 5, 3, seed=1)
    mine = on_schedule(partial(Optimiser, rule=rule, lr=0.05), share)(one.parameters())
    theirs = make(other.parameters(), lr=0.05)
    scheduler = lr_scheduler.LambdaLR(theirs, share)
    for _ in range(30):
        for model, optimiser in ((one, mine), (other, theirs)):
            optimiser.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimiser.step()
        scheduler.step()
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_side_by_side_as_alone_and_two_runs_do_not_share_a_count():
    data = (normal(40, 8), torch.arange(40) % 3)
    make = on_schedule(partial(torch.optim.Adam, lr=0.05), rate_schedules(12)["both"])
    many, alone = [MLP(8, 5, 3, seed=k) for k in range(2)], MLP(8, 5, 3, seed=1)
    fit_many(many, data, seeds=[0, 1], epochs=3, batch_size=10, optimiser=make)
    fit(alone, data, seed=1, epochs=3, batch_size=10, optimiser=make)
    assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(many[1].parameters(), alone.parameters(), strict=True))


def test_groups_hold_each_parameter_once_and_only_tables_decay():
    model = nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3), nn.Conv1d(1, 2, 3))
    decaying, others = parameter_groups(model, 0.1)
    assert (decaying["weight_decay"], others["weight_decay"]) == (0.1, 0.0)
    assert {id(p) for p in decaying["params"]} == {id(model[0].weight), id(model[2].weight)}
    assert len(decaying["params"]) + len(others["params"]) == len(list(model.parameters()))
    model[0].weight.requires_grad_(False)
    assert len(parameter_groups(model, 0.1)[0]["params"]) == 1


def test_adamw_with_groups_shrinks_tables_and_leaves_biases():
    model = nn.Linear(3, 2)
    before = [p.detach().clone() for p in model.parameters()]
    optimiser = torch.optim.AdamW(parameter_groups(model, 0.5), lr=0.1)
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    optimiser.step()
    assert torch.allclose(model.weight, 0.95 * before[0]) and torch.equal(model.bias, before[1])
