"""Checks of arguments: what is refused, as which error, and in words that name the argument and what came."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch

from mmcourse.base.checks import (
    check_choice,
    check_floats,
    check_number,
    check_probability,
    check_seed,
    check_whole,
    check_wholes,
)


@pytest.mark.parametrize("value", [1, 7, np.int64(3), np.uint8(200), 10**30])
def test_whole_numbers_pass_as_pythons_own(value):
    found = check_whole(value, "width")
    assert found == value and type(found) is int


@pytest.mark.parametrize(
    "value", [True, np.True_, 2.0, np.float32(2), "2", None, [2], 2j, torch.tensor(2.0), Fraction(2)]
)
def test_what_is_no_whole_number_is_a_type_error(value):
    with pytest.raises(TypeError, match=r"^width: got .*, expected a whole number at least 1$"):
        check_whole(value, "width")


@pytest.mark.parametrize("value", [0, -1, 11, np.int64(-5)])
def test_a_whole_number_outside_its_bounds(value):
    with pytest.raises(ValueError, match=rf"^width: got {value}, expected a whole number from 1 to 10, for a reason$"):
        check_whole(value, "width", 1, 10, ", for a reason")
    assert check_whole(1, "width", 1, 10) == 1 and check_whole(10, "width", 1, 10) == 10


def test_several_at_once_name_the_wrong_one():
    check_wholes(0, rows=0, columns=3)
    with pytest.raises(ValueError, match="^columns: got 0"):
        check_wholes(rows=2, columns=0)


@pytest.mark.parametrize("seed", [0, 5, 2**63 - 1])
def test_seeds_are_those_that_a_generator_takes(seed):
    torch.Generator().manual_seed(check_seed(seed))


@pytest.mark.parametrize("seed, error", [(-1, ValueError), (2**63, ValueError), (0.5, TypeError), (True, TypeError)])
def test_other_seeds_are_refused(seed, error):
    with pytest.raises(error, match="^start: got .*such as 0$"):
        check_seed(seed, "start")


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.25), Fraction(1, 3)])
def test_probabilities(value):
    assert check_probability(value, "p") == float(value)


@pytest.mark.parametrize(
    "value, error",
    [(-1e-9, ValueError), (1.01, ValueError), (math.nan, ValueError), (math.inf, ValueError), ("0.5", TypeError),
     (True, TypeError), (None, TypeError), (0.5j, TypeError)],
)  # fmt: skip
def test_what_is_no_probability(value, error):
    with pytest.raises(error, match="^p: got .*, expected a probability from 0 to 1$"):
        check_probability(value, "p")


def test_a_number_within_bounds_may_be_infinite_where_they_are():
    assert check_number(math.inf, "x", 0, math.inf, "a size") == math.inf
    with pytest.raises(ValueError):
        check_number(math.nan, "x", -math.inf, math.inf, "a size")


@pytest.mark.parametrize("value", ["rad", "", None, 3, ["red"], np.array(["red"])])
def test_a_choice_lists_what_there_is(value):
    assert check_choice("red", "colour", ("red", "blue")) == "red"
    with pytest.raises(ValueError, match="^colour: got .*, expected one of 'red', 'blue'$"):
        check_choice(value, "colour", (name for name in ("red", "blue")))


def test_float_tensors_of_every_precision_pass():
    check_floats(x=torch.ones(2), y=torch.ones((), dtype=torch.float64), z=torch.empty(0, dtype=torch.bfloat16))


@pytest.mark.parametrize(
    "value, what",
    [(torch.ones(2, dtype=torch.long), "torch.int64"), (torch.ones(1, dtype=torch.bool), "torch.bool"),
     (torch.ones(1, dtype=torch.complex64), "torch.complex64"), (np.ones(2), "ndarray"), (1.0, "float"),
     (None, "NoneType")],
)  # fmt: skip
def test_what_is_no_float_tensor(value, what):
    with pytest.raises(TypeError, match=rf"^x: got {what}, expected a float tensor, such as torch.tensor"):
        check_floats(w=torch.ones(1), x=value)


def test_floats_are_checked_in_one_place_by_the_lessons_that_use_it():
    from mmcourse.modalities import arrays
    from mmcourse.neurons import single_neuron

    assert arrays.check_floats is single_neuron.check_floats is check_floats
    with pytest.raises(ValueError, match="^w: got NaN or infinite values"):
        single_neuron.check_finite(x=torch.ones(1), w=torch.tensor([torch.nan]))
