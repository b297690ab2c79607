"""What runs in the learner's browser: a picture that says what it shows, a player that shows its sound, keys kept in.

Each is a small anywidget: a Python class here, and its half for the browser in the ``.js`` file of the same name.
"""

from mmcourse.widgets.cells import replace_earlier
from mmcourse.widgets.keys import Keys
from mmcourse.widgets.player import Player, wav
from mmcourse.widgets.screen import Screen

__all__ = ["Keys", "Player", "Screen", "replace_earlier", "wav"]
