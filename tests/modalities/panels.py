"""Every panel of lesson 07; none of them needs a model."""

from mmcourse.modalities import pictures

PANELS = {
    "own_photo_panel": pictures.own_photo_panel,
    "own_voice_panel": pictures.own_voice_panel,
    "resolution_panel": pictures.resolution_panel,
    "see_and_hear_panel": pictures.see_and_hear_panel,
}
