"""The panels of lesson 02, made quickly."""

from few_scores import few_scores

from mmcourse.training import pictures

PANELS = {
    "optimiser_race_panel": pictures.optimiser_race_panel,
    "floor_panel": pictures.floor_panel,
    "regularisation_panel": lambda: pictures.regularisation_panel(few_scores()),
}
