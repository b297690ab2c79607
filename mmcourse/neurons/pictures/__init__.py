"""Views and panels of lesson 01. Each panel ``x_panel(...)`` has a twin ``x(...)`` with plain values."""

from mmcourse.neurons.pictures.functions import (
    HEIGHTS,
    JUMPS,
    ActivationsView,
    SoftmaxView,
    activations,
    activations_panel,
    shares,
    shares_panel,
)
from mmcourse.neurons.pictures.graphs import GraphView, computation_graph, computation_graph_panel, places
from mmcourse.neurons.pictures.lines import (
    BANDS,
    EIGHT,
    FIELD,
    SIDE,
    THREE,
    LineView,
    descent,
    edge,
    field,
    neuron_line,
    neuron_line_panel,
    plane,
)
from mmcourse.neurons.pictures.networks import (
    Curves,
    XorView,
    answers,
    memory_picture,
    rivals,
    seeds_picture,
    xor,
    xor_panel,
)
from mmcourse.neurons.pictures.pixels import (
    SQUARES,
    WEIGHTS,
    UnitView,
    VerdictView,
    hidden_units,
    pixel_lines,
    signs,
    three_or_eight,
    unit,
    unit_panel,
    verdict,
    verdict_panel,
)
from mmcourse.neurons.pictures.reaching import MOST, Curve, FollowView, bumps, follow, follow_panel
