"""Every panel of lesson 07; none of them needs a model."""

from mmcourse.modalities import pictures

PANELS = {"see_and_hear_panel": pictures.see_and_hear_panel, "resolution_panel": pictures.resolution_panel}
