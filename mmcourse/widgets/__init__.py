"""What runs in the learner's browser: a picture that says what it shows, a player that shows its sound, keys kept in.

A pad, a microphone and a choice of files bring what is the learner's own.

Each is a small anywidget: a Python class here, and its half for the browser in the ``.js`` file of the same name.
"""

from mmcourse.widgets.cells import replace_earlier
from mmcourse.widgets.given import Given
from mmcourse.widgets.keys import Keys
from mmcourse.widgets.microphone import Microphone
from mmcourse.widgets.pad import Pad
from mmcourse.widgets.player import Player, wav
from mmcourse.widgets.screen import Screen
from mmcourse.widgets.upload import Upload

__all__ = ["Given", "Keys", "Microphone", "Pad", "Player", "Screen", "Upload", "replace_earlier", "wav"]
