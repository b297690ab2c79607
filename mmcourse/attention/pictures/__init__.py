"""Views and panels of lesson 06."""

from mmcourse.attention.pictures.figures import (
    SHARES,
    cost_picture,
    labels_picture,
    two_roads,
    weights_picture,
    writers_picture,
)
from mmcourse.attention.pictures.measured import divisors_picture, parts_picture
from mmcourse.attention.pictures.own_sentence import (
    CELL,
    LEFT,
    MOST_WORDS,
    TOP,
    AttentionMapView,
    attention_map,
    attention_map_panel,
)
from mmcourse.attention.pictures.saturation import (
    DIVISORS,
    DRAWS,
    MOST_SCORES,
    MOST_SIZE,
    SIZES,
    SoftmaxScaleView,
    softmax_of,
    softmax_scale,
    softmax_scale_panel,
)
from mmcourse.attention.pictures.turning import CODE, PLACES, PositionTurnView, position_turn, position_turn_panel
