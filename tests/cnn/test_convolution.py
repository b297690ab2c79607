"""Lesson 03, windows, against independent oracles: torch.nn.functional, SciPy, counting; pooling likewise."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from oracles import BOTH, assert_same, draw, leaves
from scipy import signal
from torch.nn import functional as F

from mmcourse import cnn

IMAGE, KERNEL = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)

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
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()
