"""The handwritten digits of 20x20: splits that keep writers apart, the pixels, and the script that makes them."""

import io

import makers
import numpy as np
import pytest
import torch

from mmcourse.datasets import files, handwriting

SIZES = {"train": 3000, "valid": 700, "test": 1000}
BETWEEN = (("train", "valid"), ("train", "test"), ("valid", "test"))


# ---------------------------------------------------------------- what is loaded


@pytest.mark.parametrize("split", [*SIZES, "all"])
def test_shapes_types_and_range(split):
    images, labels = handwriting.load(split)
    count = SIZES.get(split, 5000)
    assert images.shape == (count, 1, 20, 20) and images.dtype == torch.float32
    assert labels.shape == (count,) and labels.dtype == torch.int64
    assert images.min() == 0 and images.max() == 1
    assert torch.equal((images * 255).round() / 255, images)  # whole numbers from 0 to 255


@pytest.mark.parametrize("split", SIZES)
def test_indices_point_at_the_images_of_the_split(split):
    images, labels = handwriting.load(split)
    everything = handwriting.load("all")
    places = handwriting.indices(split)
    assert torch.equal(everything.images[places], images)
    assert torch.equal(everything.labels[places], labels)
    assert torch.equal(places // 500, labels)


@pytest.mark.parametrize("split", SIZES)
def test_every_digit_has_its_share_in_mixed_order(split):
    labels = handwriting.load(split).labels
    share = labels.bincount(minlength=10) / len(labels)
    assert share.min() > 0.085 and share.max() < 0.115
    assert 0.05 < (labels[1:] == labels[:-1]).float().mean() < 0.15  # one in ten neighbours alike
    assert labels[:100].unique().numel() == 10


def test_what_is_returned_is_a_copy():
    handwriting.load("test").images.fill_(7)
    handwriting.load("all").labels.fill_(7)
    handwriting.indices("test").fill_(0)
    assert handwriting.load("test").images.max() == 1
    assert handwriting.load("all").labels.unique().numel() == 10
    assert handwriting.indices("test").max() > 4500


def test_loading_neither_depends_on_nor_touches_global_randomness():
    torch.manual_seed(1)
    np.random.seed(1)
    first, torch_state, numpy_state = handwriting.indices("train"), torch.get_rng_state(), np.random.get_state()[1]
    np.random.seed(2)
    assert torch.equal(first, handwriting.indices("train"))
    np.random.seed(1)
    assert torch.equal(torch_state, torch.get_rng_state())
    assert np.array_equal(numpy_state, np.random.get_state()[1])


@pytest.mark.parametrize("split", ["Test", "", "left out", None, 3])
@pytest.mark.parametrize("give", [handwriting.load, handwriting.indices])
def test_unknown_split_names_what_there_is(give, split):
    with pytest.raises(ValueError, match="split: got .*expected one of 'train', 'valid', 'test', 'all'"):
        give(split)


# ---------------------------------------------------------------- the splits


def test_splits_share_no_image():
    joined = torch.cat([handwriting.indices(split) for split in SIZES])
    assert len(joined) == len(joined.unique()) == 4700


@pytest.mark.parametrize("digit", range(10))
def test_between_two_splits_stands_a_stretch_that_belongs_to_none(digit):
    """In the order in which a digit was collected: test, a gap, valid, a gap, train; each gap about one writer long."""
    places = {
        split: [place for place in handwriting.indices(split).tolist() if place // 500 == digit] for split in SIZES
    }
    first, last = ({split: reach(places[split]) for split in SIZES} for reach in (min, max))
    assert first["test"] == 500 * digit and last["train"] == 500 * digit + 499
    assert all(last[split] - first[split] + 1 == len(places[split]) for split in SIZES)  # without holes
    assert first["valid"] - last["test"] > 12 and first["train"] - last["valid"] > 12


def distances(one, other):
    """Euclidean distances between all images of two sets, (N, M)."""
    return torch.cdist(one.flatten(1), other.flatten(1), compute_mode="use_mm_for_euclid_dist")


@pytest.mark.parametrize(("one", "other"), BETWEEN)
def test_no_image_stands_nearly_the_same_in_two_splits(one, other):
    """The nearest two are ones, whose strokes leave little room to differ; a copy with a little noise is at 0.2."""
    a, b = handwriting.load(one), handwriting.load(other)
    apart = distances(a.images, b.images)
    assert apart.min() > 0.6
    alike = a.labels[:, None] == b.labels
    assert apart[alike & (a.labels != 1)[:, None]].min() > 1.2


def test_neighbours_on_the_sheet_are_alike_which_is_why_there_are_gaps():
    """An image's nearest neighbour of its kind stands beside it far more often than chance would have it."""
    images = handwriting.load("all").images.reshape(10, 500, 400)
    near = []
    for of_one_kind in images:
        apart = torch.cdist(of_one_kind, of_one_kind).fill_diagonal_(torch.inf)
        near.append((apart.argmin(1) - torch.arange(500)).abs())
    steps = torch.cat(near).bincount(minlength=500)
    assert steps[1:6].sum() > 4 * steps[16:21].sum()  # within a writer, and behind the length of a gap


# ---------------------------------------------------------------- the pixels


def test_labels_are_those_of_the_pictures():
    """Nearest neighbours in another split say the same digit in more than nine of ten cases, for every digit."""
    train, test = handwriting.load("train"), handwriting.load("test")
    said = train.labels[distances(test.images, train.images).argmin(1)]
    right = [(said == test.labels)[test.labels == digit].float().mean() for digit in range(10)]
    assert min(right) > 0.85 and sum(right) / 10 > 0.92


def test_digits_stand_in_the_middle_and_have_ink():
    images = handwriting.load("all").images[:, 0]
    ink = images.sum((1, 2))
    rows, columns = images.sum(2), images.sum(1)
    middle = torch.arange(20.0)
    for sums in (rows, columns):
        assert (((sums * middle).sum(1) / ink) - 9.5).abs().max() < 1.5  # MNIST centres the mass
    assert ink.min() > 5 and ink.max() < 150


# ---------------------------------------------------------------- files and the script


FILES = (handwriting.NAME, "make_handwriting.py")


def test_damaged_file_is_named_with_the_way_to_restore_it(copied):
    (copied / handwriting.NAME).write_bytes(b"PK")
    with pytest.raises(
        files.DataError, match=r"data/handwriting\.npz is damaged.*(git checkout|fresh copy).*make_handwriting\.py"
    ):
        handwriting.load()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"pixels": np.zeros((5000, 20, 20), np.uint8)}, "has no array 'digit'"),
        ({"pixels": np.zeros((3, 20, 20)), "digit": np.zeros(3), "split": np.zeros(3)}, r"shape \(3, 20, 20\)"),
    ],
)
def test_other_arrays_under_the_name_are_refused(copied, monkeypatch, arrays, message):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    monkeypatch.setattr(files, "checked_bytes", lambda name: buffer.getvalue())
    with pytest.raises(files.DataError, match=message):
        handwriting.load()


def test_script_gives_the_same_bytes():
    made = makers.script_with_packages("make_handwriting").make()[handwriting.NAME]
    makers.check_same_arrays(handwriting.NAME, made)


def test_script_cuts_the_sheet_row_by_row():
    maker = makers.script("make_handwriting")
    sheet = np.arange(1000 * 2000).reshape(1000, 2000)
    pixels, digit = maker.cut(sheet)
    assert np.array_equal(pixels[0], sheet[:20, :20]) and np.array_equal(pixels[101], sheet[20:40, 20:40])
    assert digit[0] == 0 and digit[499] == 0 and digit[500] == 1 and len(digit) == 5000
    order = maker.collected(digit)
    assert sorted(order) == list(range(5000)) and np.bincount(order[:1000] // 500).min() > 85
