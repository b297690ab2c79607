"""The photograph against scikit-learn's own pixels."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_sample_image

from mmcourse.datasets import photo


@pytest.mark.parametrize("name, file", [("temple", "china.jpg"), ("flower", "flower.jpg")])
def test_the_unshrunk_picture_holds_scikit_learns_pixels(name, file):
    picture = photo.load(name, colour=True, shrink=1)
    assert picture.shape == (3, 427, 640) and picture.dtype == torch.float32
    np.testing.assert_array_equal((picture * 255).round().numpy(), load_sample_image(file).transpose(2, 0, 1))


@pytest.mark.parametrize("shrink, size", [(1, (427, 640)), (3, (142, 213)), (4, (106, 160)), (8, (53, 80))])
def test_shrinking_takes_means_of_blocks(shrink, size):
    small, whole = photo.load(colour=True, shrink=shrink), load_sample_image("china.jpg") / 255
    assert small.shape == (3, *size) and 0 <= small.min() and small.max() <= 1
    y, x = size[0] // 2, size[1] // 3
    block = whole[y * shrink : (y + 1) * shrink, x * shrink : (x + 1) * shrink]
    np.testing.assert_allclose(small[:, y, x].numpy(), block.mean((0, 1)), atol=1e-6)


def test_grey_is_the_weighted_mean_of_the_colours():
    colour, grey = photo.load(colour=True), photo.load()
    assert grey.shape == (1, 106, 160)
    assert torch.allclose(grey[0], 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2], atol=1e-6)


def test_changing_a_picture_does_not_change_the_next():
    first = photo.load()
    first.zero_()
    assert photo.load().max() > 0.5


@pytest.mark.parametrize(
    "error, words, arguments",
    [
        (ValueError, "name: got 'cat'.*expected one of 'temple', 'flower'", {"name": "cat"}),
        (ValueError, "shrink: got 0, expected a whole number from 1 to 8", {"shrink": 0}),
        (ValueError, "shrink: got 9", {"shrink": 9}),
        (TypeError, "shrink: got 2.0", {"shrink": 2.0}),
        (TypeError, "shrink: got True", {"shrink": True}),
    ],
)
def test_bad_input_is_named(error, words, arguments):
    with pytest.raises(error, match=words):
        photo.load(**arguments)
