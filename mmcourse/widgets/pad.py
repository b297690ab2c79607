"""A pad to draw on with mouse, finger or pen, and a button to choose a picture instead."""

from __future__ import annotations

from collections.abc import Callable

from mmcourse.widgets.given import Given, source


class Pad(Given):
    """``value`` is a picture file: the drawing as a PNG of 200 x 200 pixels, black on white, or a chosen file."""

    _esm = source("given.js", "pad.js")

    def __init__(self, label: str, read: Callable[[bytes], str]) -> None:
        super().__init__(label, read)
        self.accept, self.choose = "image/*", "choose a picture …"
