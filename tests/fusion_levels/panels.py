"""The panels of lesson 08, made quickly: few models, briefly trained on few pairs."""

import itertools

import numpy as np
from small_levels import retrained, small_lab

from mmcourse.fusion_levels import RULES, pictures, studies


def random_cells(rule: str) -> list[studies.MapCell]:
    """A map of two by two mixtures from random results."""
    rng = np.random.default_rng(len(rule))
    names = ("image", "audio", "data", "feature", *RULES, studies.CALIBRATED)
    cells = []
    for noise, snr in itertools.product((0.0, 0.8), (10, -10)):
        right = {name: 0.5 + 0.4 * rng.random((3, 6)) for name in names}
        cells.append(studies.map_cell({"noise": noise, "snr": snr, "of": [9] * 6, "right": right}, rule, among=12))
    return cells


PANELS = {
    "fusion_lab_panel": lambda: pictures.fusion_lab_panel(small_lab(), retrained),
    "own_pair_panel": lambda: pictures.own_pair_panel(small_lab()),
    "pair_panel": pictures.pair_panel,
    "winner_map_panel": lambda: pictures.winner_map_panel(random_cells),
    "worlds_panel": pictures.worlds_panel,
}
