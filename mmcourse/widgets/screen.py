"""The picture of a panel: pixels that change often, words for those who cannot see them, sharp on every screen."""

from __future__ import annotations

from pathlib import Path

import anywidget
from traitlets import Bytes, Float, Unicode

SHARPEST = 2.0


class Screen(anywidget.AnyWidget):
    """A PNG (``value``), ``width`` x ``height`` CSS pixels large, and ``alt``, what a screen reader says of it.

    ``density`` is what the browser reports: the screen's pixels per CSS pixel, 0 as long as it has not. ``sharpness``
    is what the picture should have, 1 to 2; a new screen begins with what the last one in this kernel was told.
    """

    _esm = Path(__file__).with_name("screen.js").read_text(encoding="utf-8")
    value = Bytes().tag(sync=True)
    alt = Unicode().tag(sync=True)
    width = Float().tag(sync=True)
    height = Float().tag(sync=True)
    density = Float().tag(sync=True)
    _last = 1.0

    def __init__(self, alt: str) -> None:
        super().__init__(alt=alt)

    @property
    def sharpness(self) -> float:
        """How many pixels a picture should have for each CSS pixel."""
        if self.density:
            Screen._last = round(min(max(self.density, 1.0), SHARPEST), 2)
        return Screen._last

    def show(self, png: bytes, pixels: tuple[int, int], density: float) -> None:
        """Show a PNG of ``pixels`` (width, height), ``density`` of them for each CSS pixel; what is new is sent."""
        with self.hold_sync():
            self.value = png
            self.width, self.height = (side / density for side in pixels)
