"""Numbers become pixels here: pictures, views that redraw quickly, panels with controls, buttons for longer work."""

from mmcourse.pictures.action import Action
from mmcourse.pictures.panel import Panel, choice, entry, slider, switch
from mmcourse.pictures.progress import Progress
from mmcourse.pictures.view import Picture, View

__all__ = ["Action", "Panel", "Picture", "Progress", "View", "choice", "entry", "slider", "switch"]
