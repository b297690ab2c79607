"""Lesson 03, variants of pictures, against independent oracles: SciPy, torch's affine grid, batch normalisation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from oracles import BOTH, assert_same, draw, leaves
from scipy import ndimage
from torch.nn import functional as F

from mmcourse import cnn
from mmcourse.cnn.studies import canvas
from mmcourse.engine import generator

IMAGE, KERNEL = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)


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
    images, state = canvas("test")[0][:1].expand(60, -1, -1, -1), torch.get_rng_state()
    one, two = (cnn.augment_images(images, generator(5)) for _ in range(2))
    assert torch.equal(one, two) and not torch.equal(one, cnn.augment_images(images, generator(6)))
    assert len(one.flatten(1).unique(dim=0)) == 60 and torch.equal(state, torch.get_rng_state())
    shifts = cnn.augment_images(images, generator(0), pixels=1, degrees=0, scale=0)
    kinds = {cnn.shift_images(images[:1], right, down).numpy().tobytes() for right in (-1, 0, 1) for down in (-1, 0, 1)}
    assert {one.numpy().tobytes() for one in shifts[:, None]} == kinds, "all nine shifts, nothing else"


@pytest.mark.parametrize(
    "error, words, call",
    [
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
