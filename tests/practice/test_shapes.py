"""A wrong shape is explained by what all cases show."""

import numpy as np
import pytest

from mmcourse.practice.shapes import shape_words


@pytest.mark.parametrize(
    ("got", "want", "word"),
    [
        ((2, 3), (3, 2), "transposed"),
        ((3,), (3, 1), "keepdim=True"),
        ((3,), (3, 1), "x[:, None] puts it in"),
        ((3,), (1, 3), "x.unsqueeze(0) puts it in"),
        ((3, 1), (3,), "by squeeze or no keepdim"),
        ((4,), (5, 4), "Axis 0 (length 5) is missing: was it summed or averaged away"),
        ((5, 4), (5,), "sum, average, choose or pick along dim=1"),
        ((5, 4), (4,), "sum, average, choose or pick along dim=0"),
        ((), (2, 3), "Yours is a single number: was everything summed"),
        ((3, 2, 6, 4), (2, 3, 6, 4), "Axes 0 and 1 look swapped."),
        ((2, 6, 4, 3), (2, 3, 6, 4), "The axes stand in another order: transpose or permute"),
        ((3, 1, 2, 5), (3, 10), "axes are to be joined, by flatten or reshape"),
        ((2, 3, 2, 12), (2, 3, 6, 4), "order of the axes"),
        ((3, 3), (3,), "Axis 0 or 1 (length 3) should be gone"),
        ((6,), (2, 3), "Yours is one long row of as many numbers: .reshape(2, 3) arranges"),
        ((9,), (3, 3), ".reshape(3, 3) arranges them, row after row"),
        ((4, 6), (4, 2, 3), "an axis is to be split, by reshape"),
        ((2, 3), (2, 4), "Too short by 1 along axis 1."),
        ((2, 9), (2, 4), "Look at axis 1."),
        ((9, 9), (2, 4), "Look at axes 0, 1."),
        ((5, 2), (5, 7, 2), "Axis 1 (length 7) is missing"),
        ((1, 1, 3), (3,), "axes of length 1 too many"),
        ((2, 3, 4, 5), (7,), "Print the shape after each step"),
    ],
)
def test_one_shape_is_explained(got, want, word):
    assert word in shape_words([(got, want)])


@pytest.mark.parametrize(
    ("pairs", "word", "never"),
    [
        (
            [((1, 3), (3,)), ((5, 3), (3,))],
            "Axis 0 should be gone: sum, average, choose or pick along dim=0",
            "squeeze",
        ),
        ([((1, 1, 4), (1, 4)), ((2, 3, 4), (2, 4))], "sum, average, choose or pick along dim=1", "squeeze"),
        ([((3, 1), (3,)), ((5, 1), (5,))], "squeeze, or no keepdim", "sum,"),
        ([((4, 2, 3), (4, 2)), ((2, 3), (2,))], "pick along dim=-1", "squeeze"),
        ([((9,), (3, 3)), ((6,), (2, 3))], "one long row of as many numbers: .reshape(…) with", "split"),
        ([((), (5,)), ((), (2, 3))], "Yours is a single number", "Axis"),
        ([((3, 2, 4), (2, 3, 4)), ((5, 4, 6), (4, 5, 6))], "Axes 0 and 1 look swapped.", "permute"),
        ([((3, 2, 4), (2, 3, 4)), ((4, 6, 5), (4, 5, 6))], "transpose or permute", "look swapped"),
        ([((1,), (1, 1)), ((4,), (4, 7))], "Axis 1 is missing", "keepdim"),
        ([((2, 2, 3), (2, 3)), ((3, 4, 3), (3, 3))], "dim=1", "0 or 1"),
        ([((3, 3), (2, 2)), ((6, 4), (5, 3))], "Too long by 1 along axes 0, 1", "Look"),
        ([((3, 3), (3, 2)), ((6, 4), (5, 3))], "Too long by 1 along axes 0, 1", "Look"),
        ([((7,), (5,)), ((6, 4, 8), (6, 4, 6))], "Too long by 2 along axis -1", "axis 0"),
        ([((7,), (5,)), ((6, 3), (5, 3))], "Look at axes -2, -1", "Too"),
    ],
)
def test_several_cases_decide_together(pairs, word, never):
    """The first of each list alone would have another reading."""
    assert word in shape_words(pairs) and never not in shape_words(pairs)


def test_every_mixture_of_shapes_has_a_sentence():
    rng = np.random.default_rng(0)
    shapes = [tuple(rng.integers(0, 4, size=rank)) for rank in (0, 1, 1, 2, 2, 3, 3, 4) for _ in range(4)]
    for _ in range(3000):
        chosen = [(shapes[a], shapes[b]) for a, b in rng.integers(len(shapes), size=(rng.integers(1, 5), 2))]
        pairs = [pair for pair in chosen if pair[0] != pair[1]]
        assert not pairs or shape_words(pairs).endswith((".", "?")), pairs
