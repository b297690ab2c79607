"""A human voice: the ten digits, each spoken once by Allison Smith, whose profession that is.

To be listened to and to test with, not to train on: what do models raised on synthetic voices make of a person? One
voice and ten clips are no measure of accuracy; `fsdd` has more voices for those who are online.
"""

from __future__ import annotations

from mmcourse.datasets.files import load_npz
from mmcourse.datasets.speech import Speech, unpacked

NAME = "human_voice.npz"


def load() -> Speech:
    """The ten clips, zero to nine, in the form of `speech.load`: waveforms (10, 6400), lengths, digit, speaker, …

    They were trimmed, scaled and padded as the synthetic ones. The tensors are copies: change them as you like.
    Recordings by Allison Smith, CC BY-SA 3.0; see data/README.md. Raises files.DataError when the file is damaged.

        clips = human_voice.load()
        clips.waveforms.shape, clips.voices                 # (10, 6400), ('Allison Smith',)
    """
    return unpacked(load_npz(NAME))
