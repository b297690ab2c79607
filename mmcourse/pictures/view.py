"""Pictures that can be redrawn within a screen frame.

Most of the time of a redraw goes into axes, ticks and text that have not changed. A ``View`` draws those once, keeps
the result, and for each new value paints only the parts that move on top of it.
"""

from __future__ import annotations

import io
import threading
from typing import Any, TypeVar

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mmcourse.pictures import encoding, style

SomeArtist = TypeVar("SomeArtist", bound=Artist)
STORED = 2.0  # a finished picture's pixels per CSS pixel, whatever the screen it was made on
_ONE_AT_A_TIME = threading.Lock()  # a button's work ends in a thread of its own and draws too; styles are global


class Picture:
    """A finished picture: PNG bytes, shown by Jupyter, with a sentence for those who cannot see it."""

    def __init__(self, png: bytes, alt: str = "picture", density: float = STORED) -> None:
        self.png, self.alt, self.density = png, alt, density

    @property
    def size(self) -> tuple[int, int]:
        """Width and height on the page, in CSS pixels, for each of which the PNG has ``density``."""
        width, height = Image.open(io.BytesIO(self.png)).size
        return int(width / self.density), int(height / self.density)

    def __repr__(self) -> str:
        return f"[{self.alt}]"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": encoding.html(self.png, self.size[0], self.alt), "text/plain": repr(self)}


class View:
    """A figure made of still parts, drawn once, and moving parts, drawn for every new set of values.

    A subclass gives ``size`` (inches), ``alt`` (what the picture shows, in words), ``build(figure)``, which makes the
    axes and marks with ``self.moving(...)`` what will change, and ``update(**values)``, which moves those parts only.

    Example: ``MyView().picture(noise=0.5)`` is a still picture; ``Panel(MyView(), noise=slider(...))`` a living one.
    """

    size: tuple[float, float] = (7.2, 3.0)
    alt: str = "picture"

    def __init__(self) -> None:
        self._moving: list[Artist] = []
        self._still: Any = None
        self._laid_out = False
        self._kept: Any = None
        self._calm: list[Artist] | None = None
        with style.styled():
            self.figure = style.new_figure(*self.size)
            FigureCanvasAgg(self.figure)
            self.build(self.figure)

    def build(self, figure: Figure) -> None:
        """Make the axes and everything that does not move; called once."""
        raise NotImplementedError

    def update(self, **values: Any) -> None:
        """Move the moving parts to where ``values`` put them."""
        raise NotImplementedError

    def moving(self, artist: SomeArtist) -> SomeArtist:
        """Mark an artist as one that changes with the values; returns it."""
        artist.set_animated(True)
        self._moving.append(artist)
        return artist

    def redraw_still(self) -> None:
        """Forget the kept still parts: call it when axis limits, labels or other still parts have changed."""
        self._still, self._laid_out = None, False

    def forget_pixels(self) -> None:
        """Give back the memory of all pixels; the next drawing makes them anew."""
        self._still = self._kept = self._calm = None
        FigureCanvasAgg(self.figure)

    @property
    def density(self) -> float:
        """Pixels for each CSS pixel, of which there are 96 an inch; a new view has 1."""
        return self.figure.dpi / style.DPI

    @density.setter
    def density(self, density: float) -> None:
        if density != self.density:
            self.figure.dpi = density * style.DPI
            self._still = None

    @property
    def canvas_size(self) -> tuple[int, int]:
        """Width and height of what ``png`` gives."""
        return self.figure.canvas.get_width_height(physical=True)

    def png(self, **values: Any) -> bytes:
        """The picture for ``values`` as PNG bytes, with ``density`` pixels for each CSS pixel."""
        with _ONE_AT_A_TIME, style.styled():
            return encoding.quick(self._painted(**values))

    def picture(self, **values: Any) -> Picture:
        """The picture for ``values``, to be shown as the last line of a cell: sharp, and in few bytes."""
        with _ONE_AT_A_TIME, style.styled():
            before, self.density = self.density, STORED
            try:
                return Picture(encoding.small(self._painted(**values)), self.alt)
            finally:
                self.density = before

    def _painted(self, **values: Any) -> FigureCanvasAgg:
        """The canvas with the moving parts where ``values`` put them."""
        self.update(**values)
        ordered = sorted(self._moving, key=lambda artist: artist.get_zorder())
        changed = {artist.axes for artist in ordered if artist.stale}
        self._restore([artist for artist in ordered if artist.axes not in changed])
        for artist in ordered:
            if artist.axes in changed:
                self.figure.draw_artist(artist)
        return self.figure.canvas

    def _restore(self, calm: list[Artist]) -> None:
        """Paint the still parts and those moving parts in whose axes nothing has changed; both are kept for next time.

        While one slider is dragged, the same axes stay calm, so they are painted once and then only copied back.
        """
        canvas = self.figure.canvas
        if self._still is None:
            self._draw_still(canvas)
            self._still, self._calm = canvas.copy_from_bbox(self.figure.bbox), None
        if calm == self._calm:
            canvas.restore_region(self._kept)
            return
        canvas.restore_region(self._still)
        for artist in calm:
            self.figure.draw_artist(artist)
        self._kept, self._calm = canvas.copy_from_bbox(self.figure.bbox), calm

    def _draw_still(self, canvas: FigureCanvasAgg) -> None:
        """Draw all but the moving parts. Axes are laid out once, at one density, or other screens would shift them."""
        if not self._laid_out:
            before, self.figure.dpi = self.figure.dpi, STORED * style.DPI
            self.figure.draw_without_rendering()
            self.figure.dpi, self._laid_out = before, True
        engine = self.figure.get_layout_engine()
        self.figure.set_layout_engine("none")
        try:
            canvas.draw()  # animated artists are left out
        finally:
            self.figure.set_layout_engine(engine)
