"""Every panel of lesson 07; none of them needs a model."""

import torch

from mmcourse.modalities import at_times, frame_times, pictures
from mmcourse.pictures import Panel


def two_clocks_panel() -> Panel:
    """A film that shows at t what the sound shows at t + 0.2."""
    times, film_times = frame_times(300, 100), frame_times(60, 25)
    sound = torch.randn(300, generator=torch.Generator().manual_seed(0))
    return pictures.two_clocks_panel((at_times(sound, times, film_times + 0.2), film_times), (sound, times))


PANELS = {
    "own_photo_panel": pictures.own_photo_panel,
    "own_voice_panel": pictures.own_voice_panel,
    "see_and_hear_panel": pictures.see_and_hear_panel,
    "resolution_panel": pictures.resolution_panel,
    "two_clocks_panel": two_clocks_panel,
}
