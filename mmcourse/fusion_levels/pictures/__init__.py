"""Views and panels of lesson 08."""

from mmcourse.fusion_levels.pictures.contest import encoder_bars
from mmcourse.fusion_levels.pictures.information import information_bars
from mmcourse.fusion_levels.pictures.lab import (
    FusionLabView,
    fusion_lab,
    fusion_lab_panel,
    lab_controls,
    probabilities,
)
from mmcourse.fusion_levels.pictures.limits import WorldsView, one_sense_at_a_time, worlds, worlds_panel
from mmcourse.fusion_levels.pictures.own import SPEAKERS, OwnPairView, hear_own, own_pair, own_pair_panel
from mmcourse.fusion_levels.pictures.pairs import PairView, hear, pair, pair_panel
from mmcourse.fusion_levels.pictures.places import three_places
from mmcourse.fusion_levels.pictures.scores import Scores, judge_picks, score_bars
from mmcourse.fusion_levels.pictures.winners import WinnerMapView, describe_cell, winner_map, winner_map_panel
