"""Numbers that lesson 03's text names and no cell of it prints: read off the stored studies, to the digit they say."""

from __future__ import annotations

import numpy as np
import pytest

from mmcourse.cnn import studies
from mmcourse.cnn.studies import AUGMENTED, BLOCKS, DEPTH, SHIFT_PARTS, best, right_at
from mmcourse.engine import compare_samples


def of_100(row):
    """How many of 100 digits a unit's networks read under each of its conditions."""
    return [100 * float(np.mean(one)) for one in row["right"]]


def augmented(reader, variants, steps):
    return best(AUGMENTED.load(), reader=reader, variants=variants, steps=steps)


def test_the_price_of_variants_and_what_time_makes_of_it():
    middle = {
        (variants, steps): round(of_100(augmented("MLP", variants, steps))[0])
        for variants, steps in ((0, 480), (3, 480), (48, 480), (3, 1920), (48, 1920), (48, 7680))
    }
    assert middle == {(0, 480): 97, (3, 480): 75, (48, 480): 72, (3, 1920): 84, (48, 1920): 85, (48, 7680): 90}
    assert [round(of_100(augmented("MLP", 0, steps))[1], -1) for steps in (480, 1920)] == [40, 40]
    for variants, steps in ((3, 480), (48, 480), (3, 1920), (48, 1920)):
        here, left, *_ = of_100(augmented("MLP", variants, steps))
        assert abs(here - left) < 4, "about as many one pixel to the left"
    twins = {
        steps: [of_100(augmented("anywhere", variants, steps))[0] for variants in (0, 48)] for steps in (480, 1920)
    }
    assert round(twins[480][0] - twins[480][1]) == 3 and twins[1920][1] > twins[1920][0] and round(twins[1920][1]) == 98


def test_four_times_the_units_catch_up_and_are_still_behind():
    small, large, anywhere = (
        augmented(reader, 48, steps) for reader, steps in (("MLP", 7680), ("MLP, 256 units", 7680), ("anywhere", 1920))
    )
    assert [round(of_100(row)[0]) for row in (small, large)] == [90, 95] and large["rate"] == 0.003
    for k in range(4):
        for row, other in ((large, small), (anywhere, large)):
            pair = right_at(row, k), right_at(other, k)
            assert compare_samples(*pair, range(BLOCKS)).verdict == "better", list(studies.CHANGES)[k]


@pytest.mark.parametrize(
    "stack, told",
    [
        ("plain", {30: 10, 120: 10, 480: 10}),
        ("residual", {30: 75, 480: 95, 1920: 97}),
        ("plain, Kaiming", {30: 19, 120: 57, 480: 87, 1920: 93}),
    ],
)
def test_twenty_layers_after_each_number_of_steps(stack, told):
    found = DEPTH.load()
    assert {steps: round(of_100(best(found, stack=stack, steps=steps))[0]) for steps in told} == told


def test_every_shift_of_those_that_look_anywhere():
    parts = {part: of_100(best(SHIFT_PARTS.load(), part=part, times=4)) for part in ("both", "and 24 maps")}
    assert {round(one) for one in parts["both"]} <= {92, 93} and {round(one) for one in parts["and 24 maps"]} <= {
        97,
        98,
    }
