"""Pictures that can be redrawn within a screen frame.

Most of the time of a redraw goes into axes, ticks and text that have not changed. A ``View`` draws those once, keeps
the result, and for each new value paints only the parts that move on top of it.
"""

from __future__ import annotations

import base64
import io
from typing import Any, TypeVar

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mmcourse.ui import style

SomeArtist = TypeVar("SomeArtist", bound=Artist)


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
        with style.styled():
            self.update(**values)
            canvas = self.figure.canvas
            if self._still is None:
                canvas.draw()  # animated artists are left out
                self._still = canvas.copy_from_bbox(self.figure.bbox)
            else:
                canvas.restore_region(self._still)
            for artist in sorted(self._moving, key=lambda a: a.get_zorder()):
                self.figure.draw_artist(artist)
        return encode(canvas)

    def picture(self, **values: Any) -> Picture:
        """The picture for ``values``, to be shown as the last line of a cell."""
        return Picture(self.png(**values), self.alt)


def encode(canvas: FigureCanvasAgg) -> bytes:
    """The canvas as PNG bytes. The lowest compression is three times faster and a panel's picture is sent only once."""
    pixels = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    out = io.BytesIO()
    pixels.convert("RGB").save(out, format="PNG", compress_level=1)
    return out.getvalue()
