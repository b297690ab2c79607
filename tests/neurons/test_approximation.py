"""Lesson 01, how far one hidden layer reaches: bumps and pieces against numpy.interp and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from oracles import draw

from mmcourse.neurons import hat, reach, sigmoid_bump, through_points, two_layer_forward


def test_a_hat_is_numpys_interpolation():
    x = torch.linspace(-3, 5, 401, dtype=torch.float64)
    for left, middle, right in [(0, 1, 2), (-1.5, 0.25, 3)]:
        wanted = np.interp(x, [left, middle, right], [0, 1, 0])
        np.testing.assert_allclose(hat(x, left, middle, right), wanted, atol=1e-12)


def test_a_bump_of_sigmoids_is_one_inside_and_zero_outside():
    x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 3.0], dtype=torch.float64)
    assert sigmoid_bump(x, 0, 2, 50).tolist() == pytest.approx([0, 0.5, 1, 0.5, 0])


@pytest.mark.parametrize("seed", range(5))
def test_the_network_goes_straight_from_point_to_point(seed):
    at = draw(9, seed=seed).sort().values
    heights = draw(9, seed=seed + 50)
    inside = torch.linspace(float(at[0]), float(at[-1]), 301, dtype=torch.float64)
    network = through_points(at, heights)
    np.testing.assert_allclose(reach(network, inside), np.interp(inside, at, heights), atol=1e-9)
    assert torch.equal(reach(network, inside), two_layer_forward(inside[:, None], network, "relu")[0][:, 0])
    outside = torch.stack([at[0] - 2, at[-1] + 2])
    last_slope = (heights[-1] - heights[-2]) / (at[-1] - at[-2])
    wanted = torch.stack([heights[0], heights[-1] + 2 * last_slope])  # flat to the left, straight on to the right
    assert torch.allclose(reach(network, outside), wanted)


def test_the_network_is_the_sum_of_its_hats():
    at, heights = torch.linspace(0, 1, 6, dtype=torch.float64), draw(6)
    x = torch.linspace(0, 1, 101, dtype=torch.float64)
    hats = sum(y * hat(x, m - 0.2, m, m + 0.2) for y, m in zip(heights, at.tolist(), strict=True))
    assert torch.allclose(reach(through_points(at, heights), x), hats)


def test_the_gap_falls_to_a_quarter_as_theory_says():
    x = torch.linspace(0, 1, 2001, dtype=torch.float64)

    def gap(units):
        at = torch.linspace(0, 1, units + 1, dtype=torch.float64)
        return float((reach(through_points(at, at**2), x) - x**2).abs().max())

    for units in (4, 8, 16):  # the exact largest gap of x² is (width of a piece)² / 4
        assert gap(units) == pytest.approx(1 / (4 * units**2), rel=0.05)


@pytest.mark.parametrize(
    "x, y", [([0.0, 0.0], [1.0, 2.0]), ([1.0, 0.0], [1.0, 2.0]), ([0.0], [1.0]), ([0.0, 1.0], [1.0, 2.0, 3.0])]
)
def test_points_that_do_not_increase_or_fit_are_refused(x, y):
    with pytest.raises(ValueError, match="x, y: got"):
        through_points(torch.tensor(x), torch.tensor(y))
