"""How wrong numbers relate to the right ones: told where it holds, and nowhere else."""

import numpy as np
import pytest

from mmcourse.practice.patterns import sum_words, value_words

RNG = np.random.default_rng(0)
MANY, FEW, TABLE = np.arange(1.0, 7.0) ** 2, np.array([1.0, 4.0, 9.0]), RNG.normal(size=(3, 4))


def words(change, *wants):
    return value_words([(change(want), want) for want in wants])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: 4 * w, "Your values are 4.00 times too large."),
        (lambda w: w / 16, "Your values are 16.00 times too small."),
        (lambda w: -w, "Your values have the opposite sign."),
        (lambda w: -2 * w, "Your values have the opposite sign and are 2.00 times too large."),
        (lambda w: 1e6 * w, "Your values are far too large."),
        (lambda w: w - 0.5, "Your values are all too small by 0.5."),
        (lambda w: 0 * w, "Yours are all 0."),
        (lambda w: 0 * w + 7, "Yours are all 7."),
        (lambda w: 1 - w, "Yours are 1 minus the expected values."),
        (np.abs, "a minus is lost"),
        (lambda w: np.maximum(w, 0), "0 instead of below it"),
        (np.square, "Yours are the squares of the expected values."),
        (np.exp, "e to the power"),
        (lambda w: 1 / w, "1 divided by"),
        (lambda w: np.trunc(w).astype(int), "was the fraction cut, by // or by an int dtype?"),
        (lambda w: w * (1 + 0.003 * np.cos(np.arange(w.size)).reshape(w.shape)), "Nearly: no value is more than 0."),
    ],
)
def test_a_relation_is_told(change, said):
    assert said in words(change, 3 * TABLE) and said in words(change, 3 * TABLE, 3 * TABLE[:2, :3] - 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [(np.sqrt, "square roots"), (np.log, "logarithms"), (lambda w: w[::-1], "in reverse order along axis 0")],
)
def test_a_relation_of_positive_numbers_is_told(change, said):
    assert said in words(change, MANY)


def test_nothing_is_told_of_noise():
    for want in (MANY, FEW, TABLE):
        assert value_words([(want + RNG.normal(size=want.shape), want)]) == ""


def test_a_relation_of_one_case_is_luck_when_another_contradicts():
    """An antisymmetric kernel that is mirrored changes the sign, any other does not."""
    first, other = np.array([-1.0, 0.0, 1.0, 3.0, -3.0, 8.0]), RNG.normal(size=6)
    assert "opposite sign" in value_words([(-first, first)])
    assert value_words([(-first, first), (other + RNG.normal(size=6), other)]) == ""
    assert value_words([(-first, first)], right=[(other, other)]) == "In this case your values have the opposite sign."
    assert value_words([(FEW + 1, FEW)], right=[(MANY, MANY)]) == "", "an offset holds for all cases or for none"


def test_what_looks_the_same_is_told_as_both():
    odd = np.array([-8.0, -3.0, -1.0, 1.0, 3.0, 8.0])
    said = value_words([(-odd, odd)])
    assert "in reverse order along axis 0" in said and "looks the same here: your values have the opposite sign" in said


def test_a_factor_of_each_case_is_told_as_such():
    wide, narrow = RNG.normal(size=16), RNG.normal(size=9)
    said = value_words([(4 * wide, wide), (3 * narrow, narrow)])
    assert said == "In this case your values are 4.00 times too large, in another they are 3.00 times too large."
    assert "times" not in value_words([(4 * wide[:1], wide[:1]), (3 * narrow[:1], narrow[:1])]), "any number has one"


def test_a_forgotten_bias_is_no_factor():
    """One number a case: each is some multiple of the right one, and no common one."""
    wants = [np.array([[0.3]]), np.array([[0.9]]), np.array([[-0.2]])]
    assert value_words([(want - bias, want) for want, bias in zip(wants, (0.1, 0.4, -0.3), strict=True)]) == ""
    single = [(np.array([2.0, 2.0]), np.array([3.0, 3.0]))]
    assert "times" not in value_words(single)


def test_single_numbers_are_compared_over_all_cases():
    pairs = [(np.array(8.0), np.array(4.0)), (np.array(18.0), np.array(9.0))]
    assert value_words(pairs) == "Your values are 2.00 times too large."
    assert value_words(pairs, right=[(np.array(5.0), np.array(5.0))]) == ""
    assert value_words(pairs[:1]) == ""


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (lambda w: w.T, "transposed"),
        (lambda w: np.flip(w, 1), "in reverse order along axis 1"),
        (lambda w: np.roll(w, 1, 0), "in another order along axis 0"),
        (lambda w: w[[2, 0, 3, 1]], "in another order along axis 0"),
        (lambda w: w.T.reshape(w.shape), "transposed"),
    ],
)
def test_an_order_that_makes_sense_is_named(move, said):
    want = RNG.normal(size=(4, 4))
    assert f"These are the right values, {said}." == value_words([(move(want), want)])


def test_a_reshape_in_place_of_a_swap_is_named():
    heads = RNG.normal(size=(2, 3, 4, 5))  # from (2, 4, 15): the axes 1 and 2 have to be swapped
    wrong = heads.transpose(0, 2, 1, 3).reshape(heads.shape)
    assert value_words([(wrong, heads)]).endswith("was reshape used where axes should be swapped?")


def test_no_shuffle_is_called_an_order():
    many = RNG.normal(size=12)
    assert "moved on by 2 along axis 0" in value_words([(np.roll(many, 2), many)])
    assert value_words([(many[RNG.permutation(12)], many)]) == ""
    assert value_words([(many[RNG.permutation(12)][:, None], many[:, None])]) == ""
    assert value_words([(np.roll(many, 2), many)], drawn=True) == "", "drawn at random, an order means nothing"
    for want in (FEW, np.array([1.0, 1.0, 2.0, 3.0, 4.0, 5.0])):
        assert "order" not in value_words([(want[::-1], want)]), "few or equal values come into order by luck"


def test_changes_of_an_input_are_compared_as_changes():
    weights = [RNG.normal(size=4) for _ in range(2)]
    steps = [1e-3 * RNG.normal(size=4) for _ in range(2)]
    pairs = [(w + 3 * s, w + s) for w, s in zip(weights, steps, strict=True)]
    assert value_words(pairs, inputs={"w": weights}) == "Your changes of w are 3.00 times too large."
    assert value_words([(w - s, w + s) for w, s in zip(weights, steps, strict=True)], inputs={"w": weights}) == (
        "Your changes of w have the opposite sign."
    )
    assert "Nearly" in value_words(pairs), "without the input they look alike"


def test_infinite_values_that_agree_are_in_no_ones_way():
    want = np.array([1.0, 2.0, -np.inf, 3.0])
    assert value_words([(want * 2, want)]) == "Your values are 2.00 times too large."
    assert value_words([(np.array([2.0, 4.0, 0.0, 6.0]), want)]) == ""


def test_truths_may_be_exchanged():
    want = np.array([True, False, False, True])
    assert value_words([(~want, want)]) == "True and False are exchanged."
    assert value_words([(np.array([True, True, False, True]), want)]) == ""
    assert value_words([(np.array(True), np.array(False))]) == "", "one truth says too little"


def test_complex_numbers_may_be_transposed_and_no_more():
    want = RNG.normal(size=(3, 3)) + 1j * RNG.normal(size=(3, 3))
    assert "transposed" in value_words([(want.T, want)]) and value_words([(want * 2, want)]) == ""


def test_the_row_that_does_not_add_up_is_named():
    want = np.array([[0.5, 0.5, 0.0], [0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.0, 0.25, 0.75]])
    got = want.copy()
    got[3, 1] = 0
    assert sum_words([(got, want)]) == "Each row should add up to 1; row [3] of yours adds up to 0.75."
    assert sum_words([(got[3], want[3])]) == "The values should add up to 1, yours add up to 0.75."
    got[3] = [0.25, 0.0, 0.75]
    assert sum_words([(got, want)]) == ""
    assert sum_words([(2 * want, want), (FEW + 1, FEW)]) == "", "in another case they do not add up to 1 either"


def test_no_mixture_of_numbers_is_too_odd():
    """Empty, single, infinite, boolean, whole and complex numbers, alike and different: never an error."""
    kinds = [
        lambda shape: RNG.normal(size=shape),
        lambda shape: RNG.integers(-2, 3, size=shape),
        lambda shape: RNG.normal(size=shape) > 0,
        lambda shape: RNG.normal(size=shape) + 1j,
        lambda shape: np.zeros(shape),
        lambda shape: np.where(RNG.normal(size=shape) > 0, np.inf, RNG.normal(size=shape)),
        lambda shape: np.full(shape, np.nan),
        lambda shape: np.full(shape, 1e300),
    ]
    shapes = [(), (0,), (1,), (2,), (6,), (2, 3), (3, 3), (0, 3), (2, 2, 2), (2, 1, 3, 2), (1,) * 6]
    with np.errstate(all="ignore"):
        for _ in range(1000):
            pairs, starts = [], []
            for _ in range(RNG.integers(1, 4)):
                shape = shapes[RNG.integers(len(shapes))]
                pairs.append(tuple(kinds[number](shape) for number in RNG.integers(len(kinds), size=2)))
                starts.append(RNG.normal(size=shape))
            for said in (value_words(pairs[:1], pairs[1:]), value_words(pairs, inputs={"w": starts}), sum_words(pairs)):
                assert isinstance(said, str)
