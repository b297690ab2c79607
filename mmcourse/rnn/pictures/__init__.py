"""Views and panels of lesson 05."""

from mmcourse.rnn.pictures.distances import (
    SEED,
    STEPS,
    UNITS,
    DistanceView,
    distance,
    distance_panel,
    influences,
)
from mmcourse.rnn.pictures.doors import GatesView, gates, gates_panel, secret, telling_unit
from mmcourse.rnn.pictures.drawings import lstm_drawing, unrolled
from mmcourse.rnn.pictures.gaps import GapLengthView, Models, Scores, gap_length, gap_length_panel, recall_strip
from mmcourse.rnn.pictures.scores import (
    CELL_LOOKS,
    CELLS,
    arrival,
    cell_looks,
    each_network,
    each_unit,
    group_bars,
    over_distance,
)
