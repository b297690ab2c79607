"""Experiments of lesson 08: the pairs they need, models trained on them, and the numbers that come out."""

from mmcourse.fusion_levels.studies.best_rate import (
    CALIBRATED,
    RATES,
    joined,
    may_lead,
    results_of,
    runs_of,
    tuned,
    with_rules,
)
from mmcourse.fusion_levels.studies.challenge import CHALLENGE, SITUATIONS, situation_unit
from mmcourse.fusion_levels.studies.competition import COMPETITION, Asked, Probed, competition_unit
from mmcourse.fusion_levels.studies.lab import LAB, SEEDS, data, train_lab
from mmcourse.fusion_levels.studies.person import heard_as_pairs, said, with_a_person, words_understood
from mmcourse.fusion_levels.studies.tables import sign_table
from mmcourse.fusion_levels.studies.winners import (
    MIDDLE,
    WINNER_MAP,
    MapCell,
    conditions,
    map_cell,
    map_cells,
    map_unit,
)
