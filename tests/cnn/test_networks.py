"""Lesson 03, networks, against the lesson's own layers and closed forms; what they see; their gradients."""

from __future__ import annotations

import math

import pytest
import torch
from oracles import draw
from torch.nn import functional as F

from mmcourse import cnn
from mmcourse.cnn import studies
from mmcourse.cnn.studies import RECIPE, canvas
from mmcourse.datasets import digits
from mmcourse.engine import accuracy, fit_many, generator, pick_device
from mmcourse.training import fit


@pytest.mark.parametrize(
    "layers",
    [
        [],
        [(3, 1)],
        [(1, 4)],
        [(3, 1), (3, 1)],
        [(3, 1), (2, 2), (3, 1), (2, 2)],
        [(5, 2), (3, 2), (3, 1)],
        [(3, 1, 2), (3, 1, 4)],
        [(3, 2, 2), (2, 2), (3, 1, 3)],
    ],
)
def test_receptive_field_equals_what_the_gradient_reaches(layers):
    side = 80
    image = torch.zeros(1, 1, side, side, dtype=torch.float64, requires_grad=True)
    x = image
    for kernel, stride, *rest in layers:
        ones = torch.ones(1, 1, kernel, kernel, dtype=torch.float64)
        x = F.conv2d(x, ones, stride=stride, dilation=rest[0] if rest else 1)
    (slope,) = torch.autograd.grad(x[0, 0, x.shape[2] // 2, x.shape[3] // 2], image)
    reached = slope[0, 0].nonzero()
    assert (reached.max(0).values - reached.min(0).values + 1).tolist() == [cnn.receptive_field(layers)] * 2


def by_hand(model: cnn.DigitCNN, images: torch.Tensor) -> torch.Tensor:
    """The network made of the lesson's own convolution and pooling, which share no code with torch's."""
    x = cnn.conv2d(images, model.one.weights, model.one.bias, padding=1).relu()
    x, apart = cnn.max_pool(x, 2) if model.pool else x, model.two.dilation
    x = cnn.conv2d(x, model.two.weights, model.two.bias, padding=apart, dilation=apart).relu()
    if model.anywhere:
        x = cnn.max_pool(x, x.shape[-1])
    elif model.pool:
        x = cnn.max_pool(x, 2)
    return F.linear(x.flatten(1), model.weights.T, model.bias)


@pytest.mark.parametrize("part", [name for name in studies.PARTS if name != "MLP"])
def test_the_digit_network_equals_the_lessons_own_functions(part):
    model, images = studies.PARTS[part](seed=3), draw(5, 1, 12, 12, dtype=torch.float32)
    torch.testing.assert_close(model(images), by_hand(model, images), rtol=1e-4, atol=1e-4)
    ours = torch.autograd.grad(model(images).square().sum(), list(model.parameters()))
    theirs = torch.autograd.grad(by_hand(model, images).square().sum(), list(model.parameters()))
    for one, two in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=2e-3)


def test_what_looks_anywhere_and_what_pools_can_be_chosen_one_by_one():
    kinds = {name: make() for name, make in studies.PARTS.items() if name != "MLP"}
    found = {
        name: (model.pool, model.anywhere, model.two.dilation, len(model.two.bias)) for name, model in kinds.items()
    }
    assert found == {
        "CNN": (True, False, 1, 16),
        "no pooling": (False, False, 1, 16),
        "largest at the end": (True, True, 1, 16),
        "both": (False, True, 1, 16),
        "and dilation": (False, True, 2, 16),
        "and 24 maps": (False, True, 2, 24),
    }, "neighbours in this order differ in one thing"
    assert list(kinds["no pooling"].stages(torch.zeros(1, 1, 12, 12))) == ["conv 1", "conv 2", "logits"]
    assert kinds["no pooling"].weights.shape == (16 * 144, 10)


def test_parameters_are_counted_by_the_formulas():
    def count(model):
        return sum(p.numel() for p in model.parameters())

    assert count(cnn.Conv(3, 5, generator(0))) == 5 * (9 * 3 + 1)
    assert count(cnn.DigitCNN()) == 8 * 10 + 16 * 73 + 144 * 10 + 10 == 2698
    assert count(cnn.DigitCNN((8, 24), anywhere=True)) == 80 + 24 * 73 + 250 == 2082
    assert count(cnn.DeepCNN(blocks=3)) == 80 + 6 * 8 * 73 + 128 * 10 + 10
    assert count(cnn.DigitCNN((8, 24), size=40, anywhere=True)) == 2082, "the size of the picture costs nothing"


@pytest.mark.parametrize(
    "make",
    [
        cnn.DigitCNN,
        lambda: cnn.DigitCNN(anywhere=True),
        lambda: cnn.DeepCNN(size=12),
        lambda: cnn.DeepCNN(size=12, skip=False),
    ],
)
def test_every_parameter_receives_a_gradient(make):
    model, images = make(), draw(50, 1, 12, 12, dtype=torch.float32)
    F.cross_entropy(model(images), torch.arange(50) % 10).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_the_network_that_looks_anywhere_does_not_mind_a_shift():
    model, images = cnn.DigitCNN((4, 6), size=16, anywhere=True, seed=1), torch.zeros(3, 1, 16, 16)
    images[:, :, 5:11, 5:11] = draw(3, 1, 6, 6, dtype=torch.float32).abs()
    for right, down in ((1, 0), (-2, 2), (2, -1)):
        torch.testing.assert_close(model(cnn.shift_images(images, right, down)), model(images))
    cells = cnn.DigitCNN((4, 6), size=16, seed=1)
    assert not torch.allclose(cells(cnn.shift_images(images, 1)), cells(images), atol=1e-3)


def test_a_residual_block_adds_its_input():
    x = draw(2, 4, 5, 5, dtype=torch.float32).abs()
    block, plain = (cnn.ResidualBlock(4, generator(0), skip=skip) for skip in (True, False))
    by_hand = F.conv2d(F.conv2d(x, block.one.weights, padding=1).relu(), block.two.weights, padding=1)
    torch.testing.assert_close(block(x), (x + by_hand).relu())
    torch.testing.assert_close(plain(x), by_hand.relu())
    with torch.no_grad():
        block.two.weights.zero_()
    assert torch.equal(block(x), x), "a block that has learnt nothing lets through what comes in"


def test_first_weights_depend_on_the_seed_alone():
    torch.manual_seed(1)
    first, state = cnn.DigitCNN(seed=4), torch.get_rng_state()
    torch.manual_seed(2)
    again, other = cnn.DigitCNN(seed=4), cnn.DigitCNN(seed=5)
    torch.manual_seed(1)
    assert torch.equal(state, torch.get_rng_state())
    assert torch.equal(first.two.weights, again.two.weights) and not torch.equal(first.weights, other.weights)
    wide = cnn.Conv(100, 100, generator(0), gain=1.0)
    assert float(wide.weights.detach().var()) == pytest.approx(1 / 900, rel=0.02) and not wide.bias.any()
    plain, skip = cnn.DeepCNN(skip=False, seed=1), cnn.DeepCNN(skip=True, seed=1)
    assert all(torch.equal(p, q) for p, q in zip(plain.parameters(), skip.parameters(), strict=True))


def test_many_networks_at_once_learn_as_each_alone():
    images, labels = canvas("valid")
    together, alone = ([cnn.DigitCNN((2, 3), seed=seed) for seed in range(2)] for _ in range(2))
    fit_many(together, (images, labels), epochs=1, batch_size=40, lr=1e-2)
    for seed, model in enumerate(alone):
        fit(model, (images, labels), epochs=1, batch_size=40, lr=1e-2, seed=seed)
        for one, two in zip(together[seed].parameters(), model.parameters(), strict=True):
            torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5)


def test_they_learn_the_digits_on_the_device_of_this_machine():
    device, (images, labels) = pick_device(), canvas("train")
    for anywhere in (False, True):
        model = cnn.DigitCNN((8, 16), anywhere=anywhere, seed=0).to(device)
        fit(model, (images, labels), **{**RECIPE, "epochs": 2})
        assert accuracy(model, canvas("test")) > 0.6
        assert model(images[:2].to(device)).device.type == device.type


def test_the_gradient_of_a_plain_stack_falls_as_predicted_and_of_a_residual_one_does_not():
    images, labels = digits.load("train")
    factor, lengths = math.sqrt(6), {}
    for skip in (False, True):
        model = cnn.DeepCNN(blocks=5, skip=skip, gain=3**-0.5, seed=0)
        maps = [cnn.max_pool(model.first(images[:100]).relu(), 2)]
        for block in model.blocks:
            maps.append(block(maps[-1]))
        loss = F.cross_entropy(maps[-1].flatten(1) @ model.weights + model.bias, labels[:100])
        torch.testing.assert_close(loss, F.cross_entropy(model(images[:100]), labels[:100]))
        lengths[skip] = [float(slope.norm()) for slope in torch.autograd.grad(loss, maps)]
    assert lengths[False][0] / lengths[False][-1] < 3 * factor**-10
    assert 0.2 < lengths[True][0] / lengths[True][-1] < 5


@pytest.mark.parametrize(
    "error, words, call",
    [
        (ValueError, "kernel: got 0", lambda: cnn.receptive_field([(0, 1)])),
        (ValueError, "size: got 10, expected a multiple of 4", lambda: cnn.DigitCNN(size=10)),
        (
            ValueError,
            r"images: got shape \(2, 1, 8, 8\), expected \(B, 1, 12, 12\)",
            lambda: cnn.DigitCNN()(torch.ones(2, 1, 8, 8)),
        ),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()
