"""Views and panels of lesson 03. Each panel ``x_panel(...)`` has a twin ``x(...)`` with plain values."""

from mmcourse.cnn.pictures.curves import gradient_depth, over_training, shift_curves, variant_bars
from mmcourse.cnn.pictures.maps import (
    MapsView,
    bright,
    channel_maps,
    feature_maps,
    feature_maps_panel,
    kernels,
    montage,
    nested_fields,
    variants,
)
from mmcourse.cnn.pictures.photograph import (
    KERNELS,
    OWN,
    PLACES,
    KernelPanel,
    KernelView,
    kernel_editor,
    kernel_editor_panel,
    pooled,
)
from mmcourse.cnn.pictures.shifts import (
    ShiftView,
    pixel_frame,
    shift_opinions,
    shift_opinions_panel,
    shift_sliders,
)
from mmcourse.cnn.pictures.windows import (
    RIGHT_MINUS_LEFT,
    SlidingView,
    box,
    by_hand,
    dense_matrix,
    number_table,
    seven,
    sliding,
    sliding_panel,
)
