"""Views and panels of lesson 07."""

from mmcourse.modalities.pictures.clocks import LAGS, ClocksView, two_clocks, two_clocks_panel
from mmcourse.modalities.pictures.own import (
    OwnPhotoView,
    OwnVoiceView,
    own_photo,
    own_photo_panel,
    own_voice,
    own_voice_panel,
)
from mmcourse.modalities.pictures.pairs import (
    LOUD,
    PAIRS,
    SPECTRUM,
    START,
    SeeAndHearView,
    decibels,
    envelope,
    see_and_hear,
    see_and_hear_panel,
    sounding,
)
from mmcourse.modalities.pictures.stills import (
    EDGES,
    after_before,
    aliases,
    clip_strip,
    few_and_many,
    mel_triangles,
    neighbours,
    picture_row,
    rates,
    score_groups,
    spectra,
)
from mmcourse.modalities.pictures.windows import (
    CLICKS,
    SECONDS,
    TWO_TONES,
    WINDOWS,
    ResolutionView,
    lab_sound,
    resolution,
    resolution_panel,
    sound_steps,
    sweep,
)
