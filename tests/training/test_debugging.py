"""First aid: a sound network passes all four checks, and each slip is found by the check that should find it."""

from __future__ import annotations

import pytest
import torch
from small_models import normal
from torch import nn

from mmcourse.neurons import MLP
from mmcourse.training import first_checks

LABELS = torch.arange(20) % 4


def layers(*more: nn.Module) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 4), *more)


class Forgotten(nn.Module):
    def __init__(self):
        super().__init__()
        self.used, self.unused = layers(), nn.Linear(3, 3)

    def forward(self, x):
        return self.used(x)


class Mixes(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = layers()

    def forward(self, x):  # reshape where a transpose was meant: rows of several samples get mixed
        return self.inner(x.T.reshape(x.shape))


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(12, 16), nn.Linear(16, 4)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)).detach())


def zeros() -> nn.Module:
    model = MLP(12, 16, 4)
    with torch.no_grad():
        for p in model.parameters():
            p.zero_()
    return model


def large() -> nn.Module:
    model = layers()
    with torch.no_grad():
        model[2].weight *= 200
    return model


def faults(model: nn.Module) -> set[str]:
    found = first_checks(model, normal(20, 12, seed=1, dtype=torch.float32), LABELS)
    assert [one.check for one in found] == ["first loss", "own sample", "gradients", "one batch by heart"]
    return {one.check for one in found if not one.fine}


@pytest.mark.parametrize("model", [layers(), MLP(12, 16, 4), layers(nn.Identity())])
def test_a_sound_network_passes(model):
    assert faults(model) == set()


@pytest.mark.parametrize(
    "model, check",
    [
        (layers(nn.Softmax(-1)), "one batch by heart"),
        (zeros(), "gradients"),
        (zeros(), "one batch by heart"),
        (Forgotten(), "gradients"),
        (Detached(), "gradients"),
        (Mixes(), "own sample"),
        (large(), "first loss"),
    ],
)
def test_each_slip_is_found(model, check):
    assert check in faults(model)


def test_the_model_is_left_as_it_was():
    model = layers()
    before = [p.clone() for p in model.parameters()]
    first_checks(model.train(), normal(20, 12, dtype=torch.float32), LABELS, steps=5)
    assert model.training and all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    assert all(p.grad is None for p in model.parameters())
