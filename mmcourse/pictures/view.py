"""Pictures that can be redrawn within a screen frame.

Most of the time of a redraw goes into axes, ticks and text that have not changed. A ``View`` draws those once, keeps
the result, and for each new value paints only the parts that move on top of it.
"""

from __future__ import annotations

import base64
import io
import struct
import threading
import zlib
from typing import Any, TypeVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mmcourse.pictures import style

SomeArtist = TypeVar("SomeArtist", bound=Artist)
_ONE_AT_A_TIME = threading.Lock()  # a button's work ends in a thread of its own and draws too; styles are global


class Picture:
    """A finished picture: PNG bytes, shown by Jupyter, with a sentence for those who cannot see it."""

    def __init__(self, png: bytes, alt: str = "picture") -> None:
        self.png, self.alt = png, alt

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return Image.open(io.BytesIO(self.png)).size

    def __repr__(self) -> str:
        return f"[{self.alt}]"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/png": base64.b64encode(self.png).decode("ascii"), "text/plain": repr(self)}


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
        self._still = None

    def png(self, **values: Any) -> bytes:
        """The picture for ``values`` as PNG bytes."""
        with _ONE_AT_A_TIME, style.styled():
            self.update(**values)
            ordered = sorted(self._moving, key=lambda artist: artist.get_zorder())
            changed = {artist.axes for artist in ordered if artist.stale}
            self._restore([artist for artist in ordered if artist.axes not in changed])
            for artist in ordered:
                if artist.axes in changed:
                    self.figure.draw_artist(artist)
            return encode(self.figure.canvas)

    def _restore(self, calm: list[Artist]) -> None:
        """Paint the still parts and those moving parts in whose axes nothing has changed; both are kept for next time.

        While one slider is dragged, the same axes stay calm, so they are painted once and then only copied back.
        """
        canvas = self.figure.canvas
        if self._still is None:
            canvas.draw()  # animated artists are left out
            self._still, self._calm = canvas.copy_from_bbox(self.figure.bbox), None
        if calm == self._calm:
            canvas.restore_region(self._kept)
            return
        canvas.restore_region(self._still)
        for artist in calm:
            self.figure.draw_artist(artist)
        self._kept, self._calm = canvas.copy_from_bbox(self.figure.bbox), calm

    def picture(self, **values: Any) -> Picture:
        """The picture for ``values``, to be shown as the last line of a cell."""
        return Picture(self.png(**values), self.alt)


def encode(canvas: FigureCanvasAgg) -> bytes:
    """The canvas as the bytes of an RGB PNG (ISO/IEC 15948), with light compression and no filters.

    A library tries five filters on every row, which takes twice as long as all the rest; a panel has no time for that.
    """
    width, height = canvas.get_width_height()
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # the first byte of a row names its filter: 0, none
    rows[:, 1:] = np.asarray(canvas.buffer_rgba())[:, :, :3].reshape(height, 3 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, kind 2: RGB
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, level=1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
