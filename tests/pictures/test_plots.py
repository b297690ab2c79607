"""Drawings that several lessons share."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from mmcourse.pictures import plots, style


def test_a_band_runs_between_the_ends_of_its_intervals():
    ends = [SimpleNamespace(low=0.1, mean=0.2, high=0.4), SimpleNamespace(low=0.3, mean=0.5, high=0.6)]
    with style.styled():
        ax = plots.banded(style.new_figure(3, 2).add_subplot(), [1, 2], ends, style.METHODS[1], scale=100)
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[1, 20], [2, 50]])
    corners = ax.collections[0].get_paths()[0].vertices
    for corner in ([1, 10], [1, 40], [2, 30], [2, 60]):
        assert np.isclose(corners, corner).all(axis=1).any()
