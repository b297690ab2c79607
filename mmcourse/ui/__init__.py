"""The learner's instruments: pictures, panels, guesses, checks. Nothing here knows about models."""

from mmcourse.ui.action import Action
from mmcourse.ui.guess import guess
from mmcourse.ui.panel import Panel, choice, entry, slider, switch
from mmcourse.ui.progress import Progress
from mmcourse.ui.view import Picture, View

__all__ = ["Action", "Panel", "Picture", "Progress", "View", "choice", "entry", "guess", "slider", "switch"]
