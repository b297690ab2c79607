"""Views and panels of lesson 02."""

from mmcourse.training.pictures.curves import (
    LOOKS,
    NAMES,
    RUNNERS,
    learning_curves,
    look_of,
    noise_picture,
    overfitting,
    rates_picture,
    saturation,
    spreads_picture,
)
from mmcourse.training.pictures.landscapes import FAR, RATES, STEPS, SURFACES, Surface, best_rate, race
from mmcourse.training.pictures.race_view import (
    ALL,
    HEIGHT,
    WINDOW,
    RaceView,
    optimiser_race,
    optimiser_race_panel,
)
from mmcourse.training.pictures.regularisation_view import (
    UNITS,
    RegularisationView,
    augmented_picture,
    regularisation,
    regularisation_panel,
    side_by_side_picture,
)
from mmcourse.training.pictures.schedules_view import FloorView, floor, floor_panel, study_picture, time_picture
