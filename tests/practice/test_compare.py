"""Equal in value is equal, whatever holds it; what differs is told, and where."""

import collections

import numpy as np
import pytest
import torch
from samples import P, Q, checked, product

from mmcourse.practice.compare import difference
from mmcourse.practice.values import kind, short


@pytest.mark.parametrize(
    ("want", "good", "bad"),
    [
        (torch.tensor([1.0, 2.0]), np.array([1.0, 2.0]), [1.0, 2.0]),
        (torch.tensor(2.0), 2, "2"),
        (2.0, torch.tensor(2.0), torch.tensor([2.0])),
        (True, np.bool_(True), 1),
        ((1.0, torch.tensor([2.0])), [1.0, torch.tensor([2.0])], (1.0,)),
        ([1.0, 2.0], np.array([1.0, 2.0]), [2.0, 1.0]),
        ({"a": 1.0, "b": [2]}, {"b": [2], "a": 1}, {"a": 1.0, "c": [2]}),
        ("cat", "cat", "Cat"),
        (None, None, 0),
        (torch.tensor([1, 2]), np.array([1, 2]), torch.tensor([1.0, 2.0])),
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]).double(), torch.tensor([1, 2])),
        (torch.tensor([True, False]), np.array([True, False]), torch.tensor([1.0, 0.0])),
        (torch.tensor([1.0, -torch.inf]), torch.tensor([1.0, -torch.inf]), torch.tensor([1.0, 0.0])),
        (torch.tensor([torch.nan]), torch.tensor([torch.nan]), torch.tensor([0.0])),
        ({1, 2}, {2, 1}, {1}),
        (torch.tensor([1.0]).bfloat16(), torch.tensor([1.0]), torch.tensor([1.5])),
        (torch.ones(2, requires_grad=True), torch.ones(2), torch.ones(3)),
        (10**30, 10**30, 10**29),
    ],
)
def test_equal_in_value_is_equal(want, good, bad):
    assert difference(good, want) is None
    assert difference(bad, want) is not None


def test_whole_numbers_where_fractions_are_wanted_are_explained():
    assert "x.float() converts" in difference(torch.tensor([1, 2]), torch.tensor([1.0, 2.0])).sentence


def test_an_array_may_stand_for_a_tensor():
    assert checked(lambda p, q: product(p, q).numpy()).passed


def two_values(p, q):
    return p + q, (p * q).sum()


def test_one_tensor_in_place_of_several_values_is_not_taken_apart():
    options = {"reference": two_values, "mistakes": []}
    text = checked(lambda p, q: p + q, **options).text
    assert "yours is one tensor of shape (3,). Return both: return first, second." in text and "axis" not in text
    assert "Return all 3, separated by commas." in difference(P, (1.0, P, Q)).sentence
    assert difference(torch.stack([P, Q]), (P, Q)) is None
    assert difference(torch.stack([Q, P]), (P, Q)).kind == "order"
    assert "expected 1 value, yours has 2." in difference([1, 2], [1]).sentence


@pytest.mark.filterwarnings("error")
def test_complex_numbers_are_asked_for_by_the_way_to_make_them():
    want = torch.complex(torch.tensor([3.0, 0.0]), torch.tensor([4.0, 0.0]))
    for got in (want.abs(), (want.real, want.imag)):
        found = difference(got, want)
        sentence = found.sentence + found.advice
        assert "torch.complex(real, imaginary) joins" in sentence and "right" not in sentence


def test_a_named_tuple_is_shown_as_a_tuple():
    pair = collections.namedtuple("Pair", "first second")
    assert short(pair(torch.ones(2), 2.0)) == "([1, 1], 2)" and kind(pair(1, 2)) == "a tuple of 2"
