"""A few seconds from the microphone, and a button to choose a WAV file instead."""

from __future__ import annotations

from collections.abc import Callable

from traitlets import Float

from mmcourse.widgets.given import Given, source


class Microphone(Given):
    """``value`` is a WAV file: up to ``seconds`` from the microphone, 16 bits at its own rate, or a chosen file.

    Where the browser gives no microphone (only pages from https or localhost may ask, and the learner may refuse),
    the widget says so and the file remains.
    """

    _esm = source("given.js", "microphone.js")
    seconds = Float(3.0).tag(sync=True)

    def __init__(self, label: str, read: Callable[[bytes], str], seconds: float = 3.0) -> None:
        super().__init__(label, read)
        self.accept, self.choose, self.seconds = ".wav,audio/wav", "choose a WAV file …", seconds
