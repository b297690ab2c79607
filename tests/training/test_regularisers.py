"""Penalties, dropout, moved pictures and patience against autograd, torch and SciPy."""

import math

import numpy as np
import pytest
import torch
from scipy import ndimage
from small_models import normal
from torch.nn import functional as F

from mmcourse import training
from mmcourse.datasets import digits
from mmcourse.engine import generator
from mmcourse.training import moved


def test_penalties_and_their_slopes():
    layers = [normal(4, 3, seed=1).requires_grad_(), normal(3, seed=2).requires_grad_()]
    flat = torch.cat([w.detach().flatten() for w in layers])
    assert training.l2_penalty(layers).item() == pytest.approx(float(flat.norm() ** 2 / 2))
    assert training.l1_penalty(layers).item() == pytest.approx(float(flat.norm(1)))
    g = normal(4, 3, seed=5)
    (slope,) = torch.autograd.grad((g * layers[0]).sum() + 0.3 * training.l2_penalty(layers[:1]), layers[:1])
    assert torch.allclose(training.l2_gradient(layers[0].detach(), g, 0.3), slope)
    (slope,) = torch.autograd.grad(training.l1_penalty(layers[:1]), layers[:1])
    assert torch.equal(slope, layers[0].detach().sign())
    with pytest.raises(ValueError, match="strength"):
        training.l2_gradient(g, g, -1.0)
    with pytest.raises(ValueError, match=r"\(4, 3\), \(3,\)"):
        training.l2_gradient(g, g[0], 0.1)


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.95])
def test_dropout_is_that_of_torch_for_the_same_mask(p):
    x = (normal(300, 40).abs() + 0.1).requires_grad_()
    ours = training.dropout(x, p, torch.rand(300, 40, generator=generator(2)))
    kept = ours != 0
    assert float(kept.float().mean()) == pytest.approx(1 - p, abs=0.02)
    assert torch.allclose(ours[kept], x[kept] / (1 - p))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = F.dropout(x, p)
    both = kept & (theirs != 0)
    assert torch.allclose(ours[both], theirs[both])
    ours.sum().backward()
    assert torch.allclose(x.grad, kept / (1 - p))


@pytest.mark.parametrize("p", [-0.1, 1.0, math.nan])
def test_dropout_refuses_shares_that_are_none(p):
    with pytest.raises(ValueError, match="p = "):
        training.dropout(torch.ones(2), p, torch.ones(2))


def test_dropout_refuses_noise_of_another_shape():
    with pytest.raises(ValueError, match=r"noise \(3,\)"):
        training.dropout(torch.ones(2), 0.5, torch.ones(3))


def test_patience_ends_where_its_definition_says():
    def by_definition(losses, patience):
        for epoch in range(1, len(losses) + 1):
            if epoch - 1 - int(np.argmin(losses[:epoch])) >= patience:
                return epoch
        return None

    rng = np.random.default_rng(0)
    for _ in range(300):
        losses, patience = rng.integers(0, 6, rng.integers(1, 12)).tolist(), int(rng.integers(1, 5))
        assert training.patience_ends(losses, patience) == by_definition(losses, patience)
    assert training.patience_ends([math.nan] * 5, 3) == 3  # a loss that is no number is no progress
    assert training.patience_ends([], 1) is None
    with pytest.raises(ValueError, match="patience: got 0"):
        training.patience_ends([1.0], 0)


def test_moved_pictures_are_those_of_scipy():
    images = digits.load("test").images[:6]
    shifts = 2 * torch.rand(6, 1, 1, 2, generator=generator(0)) - 1
    found = moved(images, shifts)
    for image, shift, result in zip(images[:, 0].double(), shifts, found[:, 0], strict=True):
        padded = np.pad(image.numpy(), 3)
        wanted = ndimage.shift(padded, shift.flatten().double().numpy(), order=1)[3:-3, 3:-3]
        assert np.allclose(result.numpy(), wanted, atol=1e-5)
    one = moved(images, torch.tensor([1.0, 0.0]).expand(6, 1, 1, 2))
    assert torch.allclose(one[:, :, 1:], images[:, :, :-1]) and not one[:, :, 0].any()
    assert torch.equal(moved(images, torch.zeros(6, 1, 1, 2)), images)
