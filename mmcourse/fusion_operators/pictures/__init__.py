"""Views and panels of lesson 09."""

from mmcourse.fusion_operators.pictures.curves import OPERATOR_LOOKS, alpha_curve, cost_plot, sense_bars, three_senses
from mmcourse.fusion_operators.pictures.listening import SharesView, sense_shares, sense_shares_panel
from mmcourse.fusion_operators.pictures.maps import REACH, XOR, DecisionMapsView, decision_maps, decision_maps_panel
from mmcourse.fusion_operators.pictures.streams import drift_curves, two_streams
from mmcourse.fusion_operators.pictures.tables import (
    FAMILY_COLOURS,
    FORMULAS,
    Scores,
    comparison,
    families,
    score_table,
)
from mmcourse.fusion_operators.pictures.two_vectors import MixesView, mixes, mixes_panel
