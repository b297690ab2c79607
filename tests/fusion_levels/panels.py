"""The panels of lesson 08, made quickly: few models, briefly trained on few pairs."""

import numpy as np
from small_levels import retrained, small_lab

from mmcourse.fusion_levels import RULES, pictures
from mmcourse.pictures import Panel


def winner_map_panel() -> Panel:
    rng = np.random.default_rng(0)
    scores = {kind: 0.6 + 0.1 * rng.random((4, 3)) for kind in ("image", "audio", "data", "feature")}
    by_rule = {rule: 0.6 + 0.1 * rng.random((4, 3)) for rule in RULES}
    return pictures.winner_map_panel((0.0, 0.8), (10, -10), {**scores, "model": by_rule})


PANELS = {
    "fusion_lab_panel": lambda: pictures.fusion_lab_panel(small_lab(), retrained),
    "pair_panel": pictures.pair_panel,
    "winner_map_panel": winner_map_panel,
    "worlds_panel": pictures.worlds_panel,
}
