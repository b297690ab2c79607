"""A button to choose a picture file."""

from __future__ import annotations

from collections.abc import Callable

from mmcourse.widgets.given import Given, source


class Upload(Given):
    """``value`` is the picture file that the learner chose."""

    _esm = source("given.js", "upload.js")

    def __init__(self, label: str, read: Callable[[bytes], str]) -> None:
        super().__init__(label, read)
        self.accept, self.choose = "image/*", "choose a picture …"
