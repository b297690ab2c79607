"""The handwritten digits against scikit-learn's own arrays, and the split against what it promises."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from mmcourse.datasets import digits

SIZES = {"train": 1200, "valid": 197, "test": 400}


@pytest.mark.parametrize("split", SIZES)
def test_shapes_types_and_range(split):
    images, labels = digits.load(split)
    assert images.shape == (SIZES[split], 1, 8, 8) and images.dtype == torch.float32
    assert labels.shape == (SIZES[split],) and labels.dtype == torch.int64
    assert images.min() == 0 and images.max() == 1


def test_same_pixels_and_labels_as_scikit_learn():
    original = load_digits()
    images, labels = digits.load("all")
    assert np.array_equal(images[:, 0].numpy() * 16, original.images)
    assert np.array_equal(labels.numpy(), original.target)


@pytest.mark.parametrize("split", SIZES)
def test_indices_point_at_the_images_of_the_split(split):
    images, labels = digits.load(split)
    everything = digits.load("all")
    assert torch.equal(everything.images[digits.indices(split)], images)
    assert torch.equal(everything.labels[digits.indices(split)], labels)


def test_splits_share_no_image_and_leave_none_out():
    joined = torch.cat([digits.indices(split) for split in SIZES])
    assert sorted(joined.tolist()) == list(range(1797))


@pytest.mark.parametrize("split", SIZES)
def test_split_is_stratified(split):
    share = digits.load("all").labels.bincount() / 1797
    counts = digits.load(split).labels.bincount(minlength=10)
    assert (counts - share * SIZES[split]).abs().max() < 2  # at most one image more or less than its share


def test_images_come_in_mixed_order():
    labels = digits.load("train").labels
    assert 0.05 < (labels[1:] == labels[:-1]).float().mean() < 0.15  # one in ten neighbours alike


def test_split_does_not_depend_on_or_touch_global_randomness():
    torch.manual_seed(1)
    np.random.seed(1)
    digits._split.cache_clear()
    first, torch_state, numpy_state = digits.indices("test"), torch.get_rng_state(), np.random.get_state()[1]
    torch.manual_seed(2)
    np.random.seed(2)
    digits._split.cache_clear()
    assert torch.equal(first, digits.indices("test"))
    torch.manual_seed(1)
    np.random.seed(1)
    assert torch.equal(torch_state, torch.get_rng_state())
    assert np.array_equal(numpy_state, np.random.get_state()[1])


def test_what_is_returned_is_a_copy():
    digits.load("test").images.fill_(7)
    digits.load("all").labels.fill_(7)
    digits.indices("test").fill_(0)
    assert digits.load("test").images.max() == 1 and digits.load("all").labels.unique().numel() == 10
    assert digits.indices("test").max() > 1000


@pytest.mark.parametrize("split", ["Test", "", None, 3])
def test_unknown_split_names_what_there_is(split):
    with pytest.raises(ValueError, match="split: got .*expected one of 'train', 'valid', 'test', 'all'"):
        digits.load(split)
