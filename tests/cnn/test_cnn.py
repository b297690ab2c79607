"""Lesson 03 against independent oracles: torch.nn.functional, SciPy, closed forms; its networks, pictures, panels."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import torch
from helpers import drive, pixels
from scipy import ndimage, signal
from torch.nn import functional as F

from mmcourse import cnn
from mmcourse.cnn.pictures import shifts as demos
from mmcourse.cnn.pictures import windows
from mmcourse.datasets import photo
from mmcourse.engine import Interval, accuracy, accuracy_many, fit_many, generator, pick_device
from mmcourse.neurons import MLP
from mmcourse.training import fit

BOTH = pytest.mark.parametrize("dtype, close", [(torch.float32, 1e-5), (torch.float64, 1e-10)], ids=["32", "64"])


def draw(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def assert_same(ours, theirs, inputs: list[torch.Tensor], close: float) -> None:
    """Equal results and equal gradients for every input, each by its own way back."""
    mine, other = ours(*inputs), theirs(*inputs)
    assert mine.shape == other.shape and mine.dtype == other.dtype
    torch.testing.assert_close(mine, other, rtol=close, atol=close)
    pull = draw(*mine.shape, seed=99, dtype=mine.dtype)
    for one, two in zip(
        torch.autograd.grad((mine * pull).sum(), inputs), torch.autograd.grad((other * pull).sum(), inputs), strict=True
    ):
        torch.testing.assert_close(one, two, rtol=close, atol=close)


def leaves(*shapes: tuple[int, ...], dtype: torch.dtype) -> list[torch.Tensor]:
    return [draw(*shape, seed=k, dtype=dtype).requires_grad_() for k, shape in enumerate(shapes)]


# ------------------------------------------------------------ convolution

# batch, channels, height, width, channels out, kernel height and width, stride, padding, dilation
AWKWARD = [
    (1, 1, 1, 1, 1, 1, 1, 1, 0, 1),  # one pixel
    (1, 1, 1, 1, 2, 3, 3, 1, 1, 1),  # one pixel, seen by its padding's window
    (1, 2, 5, 5, 3, 5, 5, 1, 0, 1),  # a kernel as large as the picture
    (2, 3, 7, 4, 2, 7, 4, 3, 0, 1),  # the same, not square, with a stride
    (1, 1, 9, 9, 1, 2, 2, 5, 0, 1),  # the stride is larger than the kernel
    (3, 2, 7, 9, 4, 3, 3, 2, 1, 2),  # everything at once
    (1, 4, 6, 11, 1, 1, 3, 1, 2, 3),  # a flat kernel
    (2, 1, 3, 3, 2, 2, 2, 1, 3, 3),  # more padding than picture
    (5, 1, 12, 12, 8, 3, 3, 1, 1, 1),  # the lesson's own
]


def drawn_shapes(count: int) -> list[tuple[int, ...]]:
    rng, found = random.Random(3), []
    while len(found) < count:
        b, c, o = (rng.randint(1, 4) for _ in range(3))
        height, width, h, w = *(rng.randint(1, 11) for _ in range(2)), *(rng.randint(1, 5) for _ in range(2))
        stride, padding, dilation = rng.randint(1, 4), rng.randint(0, 3), rng.randint(1, 3)
        if all((k - 1) * dilation < side + 2 * padding for k, side in ((h, height), (w, width))):
            found.append((b, c, height, width, o, h, w, stride, padding, dilation))
    return found


@BOTH
@pytest.mark.parametrize("shape", [*AWKWARD, *drawn_shapes(25)])
def test_conv2d_and_every_gradient_equal_torch(shape, dtype, close):
    b, c, height, width, o, h, w, stride, padding, dilation = shape
    given = {"stride": stride, "padding": padding, "dilation": dilation}
    inputs = leaves((b, c, height, width), (o, c, h, w), (o,), dtype=dtype)
    assert_same(lambda x, k, a: cnn.conv2d(x, k, a, **given), lambda x, k, a: F.conv2d(x, k, a, **given), inputs, close)
    sides = [cnn.output_size(side, k, stride, padding, dilation) for side, k in ((height, h), (width, w))]
    assert list(cnn.conv2d(*inputs, **given).shape) == [b, o, *sides]


@BOTH
@pytest.mark.parametrize("shape", [*AWKWARD[2:6], *drawn_shapes(8)])
def test_the_dense_matrix_does_the_convolution(shape, dtype, close):
    b, c, height, width, o, h, w, stride, padding, dilation = shape
    given = {"stride": stride, "padding": padding, "dilation": dilation}

    def dense(x, k):
        rows = [cnn.output_size(side, one, **given) for side, one in ((height, h), (width, w))]
        return (x.flatten(1) @ cnn.convolution_matrix(k, (height, width), **given).T).reshape(b, o, *rows)

    inputs = leaves((b, c, height, width), (o, c, h, w), dtype=dtype)
    assert_same(dense, lambda x, k: F.conv2d(x, k, **given), inputs, close)


def test_the_windows_equal_torchs_unfold():
    x = draw(2, 3, 7, 6)
    ours = cnn.windows(x, (3, 2), stride=2, padding=1, dilation=2)
    theirs = F.unfold(x, (3, 2), stride=2, padding=1, dilation=2)
    assert torch.equal(ours.flatten(1, 2).flatten(2), theirs)


@pytest.mark.parametrize("sizes", [(4, 4, 2, 2), (1, 1, 1, 1), (5, 5, 5, 5), (6, 9, 1, 4)])
def test_the_loops_equal_scipy_and_the_table_product(sizes):
    picture, kernel = draw(*sizes[:2]), draw(*sizes[2:], seed=1)
    ours = cnn.correlate(picture, kernel)
    np.testing.assert_allclose(ours, signal.correlate2d(picture, kernel, "valid"), atol=1e-12)
    torch.testing.assert_close(ours, cnn.conv2d(picture[None, None], kernel[None, None])[0, 0])


def test_true_convolution_equals_scipy_and_gives_back_the_kernel():
    picture, kernel = draw(6, 5), draw(3, 3, seed=1)
    ours = cnn.true_convolution(picture[None, None], kernel[None, None])[0, 0]
    np.testing.assert_allclose(ours, signal.convolve2d(picture, kernel, "valid"), atol=1e-12)
    lit = torch.zeros(1, 1, 5, 5, dtype=torch.float64)
    lit[..., 2, 2] = 1
    assert torch.equal(cnn.true_convolution(lit, kernel[None, None])[0, 0], kernel)
    assert torch.equal(cnn.conv2d(lit, kernel[None, None])[0, 0], kernel.flip(0, 1))


def test_a_shifted_picture_gives_a_shifted_map():
    images, weights = torch.zeros(2, 1, 12, 12), draw(3, 1, 3, 3, dtype=torch.float32)
    images[:, :, 4:8, 4:8] = draw(2, 1, 4, 4, dtype=torch.float32)
    for right, down in ((1, 0), (-2, 1), (0, -2)):
        moved = cnn.conv2d(cnn.shift_images(images, right, down), weights, padding=1)
        torch.testing.assert_close(moved, cnn.shift_images(cnn.conv2d(images, weights, padding=1), right, down))


@pytest.mark.parametrize(
    "size, kernel, stride, padding, dilation",
    [(8, 3, 1, 0, 1), (8, 3, 1, 1, 1), (1, 1, 7, 0, 1), (5, 5, 2, 0, 1), (9, 2, 5, 0, 3), (10, 3, 2, 2, 4)],
)
def test_output_size_equals_counting(size, kernel, stride, padding, dilation):
    starts = range(-padding, size + padding, stride)
    counted = sum(start + (kernel - 1) * dilation < size + padding for start in starts)
    assert cnn.output_size(size, kernel, stride, padding, dilation) == counted


# ------------------------------------------------------------ pooling

POOLS = [
    (4, 4, 2, None, 0),
    (1, 1, 1, None, 0),
    (5, 7, 2, None, 0),
    (5, 5, 5, None, 0),
    (9, 9, 2, 4, 0),
    (6, 6, 3, 1, 1),
    (7, 5, 3, 2, 1),
    (3, 8, 3, 1, 0),
    (12, 12, 2, None, 0),
]


@BOTH
@pytest.mark.parametrize("height, width, kernel, stride, padding", POOLS)
@pytest.mark.parametrize("batch, channels", [(1, 1), (3, 2)])
def test_pooling_equals_torch(height, width, kernel, stride, padding, batch, channels, dtype, close):
    inputs = leaves((batch, channels, height, width), dtype=dtype)
    for ours, theirs in ((cnn.max_pool, F.max_pool2d), (cnn.avg_pool, F.avg_pool2d)):
        assert_same(
            lambda x, f=ours: f(x, kernel, stride, padding),
            lambda x, f=theirs: f(x, kernel, stride, padding),
            inputs,
            close,
        )


def test_of_equal_numbers_one_alone_gets_the_gradient():
    x = torch.zeros(1, 1, 4, 4, requires_grad=True)
    (ours,) = torch.autograd.grad(cnn.max_pool(x, 2).sum(), x)
    assert ours.sum() == 4 and set(ours.unique().tolist()) == {0.0, 1.0}


# ------------------------------------------------------------ what a stack sees


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


# ------------------------------------------------------------ networks


def by_torch(model: cnn.DigitCNN, images: torch.Tensor) -> torch.Tensor:
    x = F.conv2d(images, model.one.weights, model.one.bias, padding=1).relu()
    if model.anywhere:
        x = F.conv2d(x, model.two.weights, model.two.bias, padding=2, dilation=2).relu().amax((2, 3))
    else:
        x = F.conv2d(F.max_pool2d(x, 2), model.two.weights, model.two.bias, padding=1).relu()
        x = F.max_pool2d(x, 2).flatten(1)
    return F.linear(x, model.weights.T, model.bias)


@pytest.mark.parametrize("anywhere", [False, True])
def test_the_digit_network_equals_torchs_layers(anywhere):
    model, images = cnn.DigitCNN(anywhere=anywhere, seed=3), draw(5, 1, 12, 12, dtype=torch.float32)
    torch.testing.assert_close(model(images), by_torch(model, images))
    ours = torch.autograd.grad(model(images).square().sum(), list(model.parameters()))
    theirs = torch.autograd.grad(by_torch(model, images).square().sum(), list(model.parameters()))
    for one, two in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-3)


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
    images, labels = demos.canvas("valid")
    together, alone = ([cnn.DigitCNN((2, 3), seed=seed) for seed in range(2)] for _ in range(2))
    fit_many(together, (images, labels), epochs=1, batch_size=40, lr=1e-2)
    for seed, model in enumerate(alone):
        fit(model, (images, labels), epochs=1, batch_size=40, lr=1e-2, seed=seed)
        for one, two in zip(together[seed].parameters(), model.parameters(), strict=True):
            torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5)


def test_they_learn_the_digits_on_the_device_of_this_machine():
    device, (images, labels) = pick_device(), demos.canvas("train")
    for anywhere in (False, True):
        model = cnn.DigitCNN((8, 16), anywhere=anywhere, seed=0).to(device)
        fit(model, (images, labels), **{**demos.RECIPE, "epochs": 2})
        assert accuracy(model, demos.canvas("test")) > 0.6
        assert model(images[:2].to(device)).device.type == device.type


# ------------------------------------------------------------ augmentation


@pytest.mark.parametrize("right, down", [(0, 0), (1, 0), (0, 1), (-2, 1), (3, -3), (4, 0), (-9, 0), (0, 7)])
def test_shift_equals_scipy(right, down):
    images = draw(2, 3, 5, 4)
    wanted = ndimage.shift(images.numpy(), (0, 0, down, right), order=0, mode="constant", prefilter=False)
    np.testing.assert_array_equal(cnn.shift_images(images, right, down), wanted)


def test_crop_takes_the_named_rectangle():
    images = draw(2, 3, 6, 5)
    assert torch.equal(cnn.crop_images(images, 1, 2, 4, 3), images[:, :, 1:5, 2:5])
    assert torch.equal(cnn.crop_images(images, 0, 0, 6, 5), images)


@BOTH
@pytest.mark.parametrize("height, width", [(1, 1), (5, 5), (8, 8), (6, 9), (12, 1)])
def test_turning_equals_torchs_affine_grid(height, width, dtype, close):
    degrees, scale = torch.tensor([0.0, 17.0, -140.0], dtype=dtype), torch.tensor([1.3, 0.7, 1.1], dtype=dtype)

    def theirs(x):
        a, ratio, zero = degrees.deg2rad(), height / width, torch.zeros(3, dtype=dtype)
        theta = (
            torch.stack(
                [torch.stack([a.cos(), -a.sin() * ratio, zero], 1), torch.stack([a.sin() / ratio, a.cos(), zero], 1)], 1
            )
            / scale[:, None, None]
        )
        return F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), align_corners=False)

    inputs = leaves((3, 2, height, width), dtype=dtype)
    assert_same(lambda x: cnn.turn_images(x, degrees, scale), theirs, inputs, close)


@pytest.mark.parametrize("degrees", [0, 10, 45, 90, -30, 200])
def test_turning_equals_scipy(degrees):
    image = np.zeros((11, 11))
    image[3:8, 3:8] = np.random.default_rng(0).random((5, 5))
    ours = cnn.turn_images(torch.tensor(image)[None, None], float(degrees))[0, 0]
    wanted = ndimage.rotate(image, degrees, reshape=False, order=1, mode="grid-constant", prefilter=False)
    np.testing.assert_allclose(ours, wanted, atol=1e-10)


def test_turning_by_nothing_changes_nothing_and_enlarging_enlarges():
    images = draw(2, 1, 7, 7)
    assert torch.equal(cnn.turn_images(images), images)
    dot = torch.zeros(1, 1, 9, 9)
    dot[..., 4, 4] = 1
    assert cnn.turn_images(dot, scale=3.0).sum() > 5 and cnn.turn_images(dot, scale=0.5).sum() == 1


def test_normalised_pictures_have_mean_0_and_spread_1():
    images = 3 * draw(50, 2, 6, 6) + torch.tensor([1.0, -2.0]).reshape(1, 2, 1, 1)
    mean, spread = images.mean((0, 2, 3)), images.std((0, 2, 3))
    ours = cnn.normalise_images(images, mean, spread)
    torch.testing.assert_close(ours.mean((0, 2, 3)), torch.zeros(2, dtype=torch.float64))
    torch.testing.assert_close(ours.std((0, 2, 3)), torch.ones(2, dtype=torch.float64))
    torch.testing.assert_close(F.batch_norm(images, mean, spread**2, eps=0.0), ours)


def test_augmenting_draws_anew_for_each_picture_and_from_the_generator_alone():
    images, state = demos.canvas("test")[0][:1].expand(60, -1, -1, -1), torch.get_rng_state()
    one, two = (cnn.augment_images(images, generator(5)) for _ in range(2))
    assert torch.equal(one, two) and not torch.equal(one, cnn.augment_images(images, generator(6)))
    assert len(one.flatten(1).unique(dim=0)) == 60 and torch.equal(state, torch.get_rng_state())
    shifts = cnn.augment_images(images, generator(0), pixels=1, degrees=0, scale=0)
    kinds = {cnn.shift_images(images[:1], right, down).numpy().tobytes() for right in (-1, 0, 1) for down in (-1, 0, 1)}
    assert {one.numpy().tobytes() for one in shifts[:, None]} == kinds, "all nine shifts, nothing else"


# ------------------------------------------------------------ bad input

IMAGE, KERNEL = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)


@pytest.mark.parametrize(
    "error, words, call",
    [
        (
            ValueError,
            r"kernel: got 5 with dilation 1, which spans 5 pixels, expected at most 4",
            lambda: cnn.conv2d(IMAGE, torch.ones(1, 1, 5, 5)),
        ),
        (ValueError, "kernel: got 3 with dilation 2, which spans 5", lambda: cnn.conv2d(IMAGE, KERNEL, dilation=2)),
        (
            ValueError,
            "kernel: got 9 .* expected at most 8 .size 4, padding 2",
            lambda: cnn.output_size(4, 9, padding=2),
        ),
        (ValueError, "stride: got 0, expected a whole number at least 1", lambda: cnn.conv2d(IMAGE, KERNEL, stride=0)),
        (
            ValueError,
            "padding: got -1, expected .* at least 0",
            lambda: cnn.conv2d(IMAGE, KERNEL, padding=-1),
        ),
        (ValueError, "dilation: got 0", lambda: cnn.conv2d(IMAGE, KERNEL, dilation=0)),
        (TypeError, "stride: got 1.5 .float.", lambda: cnn.conv2d(IMAGE, KERNEL, stride=1.5)),
        (TypeError, "size: got True", lambda: cnn.output_size(True, 1)),
        (ValueError, r"images: got shape \(4, 4\), expected \(B, C, H, W\)", lambda: cnn.conv2d(IMAGE[0, 0], KERNEL)),
        (ValueError, r"images: got shape \(1, 1, 0, 4\)", lambda: cnn.conv2d(IMAGE[:, :, :0], KERNEL)),
        (TypeError, "images: got torch.int64", lambda: cnn.conv2d(IMAGE.long(), KERNEL)),
        (TypeError, "images: got list", lambda: cnn.max_pool([[1.0]], 2)),
        (
            ValueError,
            r"weights: got shape \(1, 2, 3, 3\), expected \(O, C, h, w\) with C = 1",
            lambda: cnn.conv2d(IMAGE, torch.ones(1, 2, 3, 3)),
        ),
        (ValueError, r"weights: got shape \(3, 3\)", lambda: cnn.conv2d(IMAGE, KERNEL[0, 0])),
        (ValueError, r"bias: got shape \(2,\), expected \(1,\)", lambda: cnn.conv2d(IMAGE, KERNEL, torch.ones(2))),
        (ValueError, "picture, kernel: got 4 and 2 axes", lambda: cnn.correlate(IMAGE, KERNEL[0, 0])),
        (ValueError, "kernel: got 5", lambda: cnn.max_pool(IMAGE, 5)),
        (ValueError, "stride: got 0", lambda: cnn.avg_pool(IMAGE, 2, 0)),
        (ValueError, "padding: got 2, expected at most half the kernel of 3", lambda: cnn.max_pool(IMAGE, 3, 1, 2)),
        (TypeError, "kernel: got", lambda: cnn.max_pool(IMAGE, (2, 2))),
        (ValueError, "kernel: got 0", lambda: cnn.receptive_field([(0, 1)])),
        (ValueError, "size: got 10, expected a multiple of 4", lambda: cnn.DigitCNN(size=10)),
        (
            ValueError,
            r"images: got shape \(2, 1, 8, 8\), expected \(B, 1, 12, 12\)",
            lambda: cnn.DigitCNN()(torch.ones(2, 1, 8, 8)),
        ),
        (ValueError, "top, left, height, width: got 2, 0, 3, 1", lambda: cnn.crop_images(IMAGE, 2, 0, 3, 1)),
        (ValueError, "top, left, height, width: got -1", lambda: cnn.crop_images(IMAGE, -1, 0, 3, 1)),
        (ValueError, "top, left, height, width: got 0, 0, 0", lambda: cnn.crop_images(IMAGE, 0, 0, 0, 1)),
        (TypeError, "right, down: got 0.5 and 0", lambda: cnn.shift_images(IMAGE, 0.5)),
        (ValueError, "scale: got 0.0", lambda: cnn.turn_images(IMAGE, scale=0.0)),
        (
            ValueError,
            r"mean, spread: got \[0.0\], \[0.0\], expected 1 each",
            lambda: cnn.normalise_images(IMAGE, torch.zeros(1), torch.zeros(1)),
        ),
        (ValueError, "mean, spread: got", lambda: cnn.normalise_images(IMAGE, torch.zeros(2), torch.ones(2))),
        (ValueError, "pixels, scale: got 2, 1.5", lambda: cnn.augment_images(IMAGE, generator(0), scale=1.5)),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()


def test_inputs_are_left_as_they_were():
    images, weights = draw(2, 1, 6, 6), draw(2, 1, 3, 3, seed=1)
    before, kept = images.clone(), weights.clone()
    cnn.conv2d(images, weights, padding=1), cnn.max_pool(images, 2), cnn.turn_images(images, 10.0)
    cnn.augment_images(images, generator(0)), cnn.convolution_matrix(weights, (6, 6))
    assert torch.equal(images, before) and torch.equal(weights, kept)


# ------------------------------------------------------------ pictures and panels


@pytest.fixture(scope="module")
def networks():
    return {
        "MLP": MLP(144, 5, 10, seed=0),
        "CNN": cnn.DigitCNN((2, 4)),
        "anywhere": cnn.DigitCNN((2, 4), anywhere=True),
    }


@pytest.fixture(scope="module")
def few():
    images, labels = demos.canvas("test")
    return images[:20], labels[:20]


def test_every_control_changes_the_picture_over_its_range(networks, few):
    made = [
        demos.shift_opinions_panel(networks, few),
        demos.feature_maps_panel(networks["CNN"], few),
        demos.feature_maps_panel(networks["anywhere"], few),
        windows.sliding_panel(),
        windows.kernel_editor_panel(),
    ]
    assert all(all(drive(panel).values()) for panel in made)


def test_the_shift_view_shows_what_the_networks_say(networks, few):
    view, (images, labels) = demos.ShiftView(networks, few), few
    view.png(number=3, right=-1, down=2)
    moved = cnn.shift_images(images, -1, 2)
    np.testing.assert_array_equal(view.digit.get_array(), moved[3, 0])
    for network, bars, opinions in zip(networks.values(), view.bars, view.opinions.values(), strict=True):
        shares = network(moved).softmax(-1).detach()
        np.testing.assert_allclose(bars.get_ydata()[1::3], shares[3], atol=1e-6)
        assert (opinions[4, 1].argmax(-1) == labels.numpy()).mean() == pytest.approx(accuracy(network, (moved, labels)))
    assert view.marks[0].get_data() == ([-1], [2])


def test_accuracies_in_parts_equal_those_at_once(few):
    models = [cnn.DigitCNN((2, 3), seed=seed) for seed in range(2)]
    assert demos.accuracy_in_parts(models, few, 4) == pytest.approx(accuracy_many(models, few))


def test_a_picture_without_tables_counts_nothing(networks, few):
    view = demos.ShiftView(networks, few, tables=False)
    view.png(number=3, right=-1, down=2)
    assert not view.marks and demos.shift_opinions(networks, few, 3, tables=False).size[0] <= 900


def test_the_canvas_keeps_all_ink():
    images, _labels = demos.canvas("train")
    assert images.shape == (1200, 1, 12, 12)
    for right, down in ((2, 2), (-2, 1)):
        torch.testing.assert_close(cnn.shift_images(images, right, down).sum(), images.sum())


def test_a_sliding_window_shows_its_sum():
    image = draw(8, 8, dtype=torch.float32)
    view = windows.SlidingView(image, windows.RIGHT_MINUS_LEFT)
    for place, shape in ((0, (0, 1, 1)), (99, (2, 2, 2)), (7, (1, 1, 3))):
        given = dict(zip(("padding", "stride", "dilation"), shape, strict=True))
        view.png(place=place, **given)
        sums = F.conv2d(image[None, None], windows.RIGHT_MINUS_LEFT[None, None], **given)[0, 0]
        last = min(place, sums.numel() - 1)
        assert view.words[0].get_text() == f"{sums.flatten()[last]:.2f}".replace("-", "−")
        assert view.words[1].get_text() == f"{sums.shape[0]} x {sums.shape[1]}"
        assert (~view.map.get_array().mask).sum() == last + 1


def test_ready_made_kernels_move_all_sliders_and_a_slider_makes_it_your_own():
    panel = windows.kernel_editor_panel()
    panel.controls["preset"].value = "relief"
    kernel, bias = windows.KERNELS["relief"]
    assert [panel.values[place] for place in windows.PLACES] == [float(w) for w in kernel]
    assert panel.values["bias"] == bias
    image = photo.load()
    wanted = F.conv2d(image[None], torch.tensor([float(w) for w in kernel]).reshape(1, 1, 3, 3))[0, 0] + bias
    np.testing.assert_allclose(panel.view.result.get_array(), wanted, atol=1e-5)
    panel.controls["k11"].value = 2.0
    assert panel.values["preset"] == windows.OWN and panel.values["k22"] == float(kernel[8])
    panel.controls["preset"].value = "blur"
    assert panel.values["k11"] == 0.2 and panel.view.sum.get_text() == "1" and panel.values["preset"] == "blur"


def test_a_picture_by_hand_equals_the_panels_first(networks, few):
    kernel, _bias = windows.KERNELS["upright edges"]
    by_hand = windows.kernel_editor(torch.tensor([float(w) for w in kernel]).reshape(3, 3))
    assert by_hand.png == windows.kernel_editor_panel().picture.value
    assert windows.sliding().png == windows.sliding_panel().picture.value
    assert demos.shift_opinions(networks, few, 2).png == demos.shift_opinions_panel(networks, few, 2).picture.value
    maps = demos.feature_maps_panel(networks["CNN"], few, 2)
    assert demos.feature_maps(networks["CNN"], few, 2).png == maps.picture.value


def test_maps_stand_side_by_side():
    maps = np.arange(8 * 4.0).reshape(8, 2, 2)
    sheet = demos.montage(maps)
    assert sheet.shape == (11, 5) and np.isnan(sheet).sum() == 11 * 5 - 32
    np.testing.assert_array_equal(sheet[3:5, 3:5], maps[3])


def test_still_pictures_have_ink_and_a_sensible_size(few):
    some = [Interval(m, m - 0.1, m + 0.1, 8) for m in (0.2, 0.4, 0.9, 0.4, 0.2)]
    image = few[0][0]
    stills = [
        windows.by_hand(draw(4, 4).round(), torch.tensor([[-1.0, 1.0]])),
        windows.dense_matrix(),
        windows.pooled(photo.load()),
        demos.shift_curves({"a": some, "b": some}),
        demos.nested_fields(image, {"conv 1": 3, "pool 1": 4}),
        demos.variants({"one": image, "cut": image[:, 1:9, 1:9], "three": image}),
        demos.variant_bars({"a": {"x": some[0], "y": some[1]}, "b": {"x": some[2], "y": some[1]}}),
        demos.gradient_depth({"a": some}, range(0, 10, 2), [0, -1, -2, -3, -4]),
    ]
    for still in stills:
        assert pixels(still.png).std() > 5 and still.size[0] <= 900 and len(still.alt) > 15


def test_the_gradient_of_a_plain_stack_falls_as_predicted_and_of_a_residual_one_does_not():
    images, labels = demos.digits.load("train")
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
