"""A canvas as the bytes of a PNG (ISO/IEC 15948): quickly for a panel, small for a file.

A library tries five filters on every row, which takes twice as long as all the rest; a panel has no time for that. A
stored picture has, and then needs a palette of at most 256 colours, one byte a pixel instead of three.
"""

from __future__ import annotations

import base64
import io
import struct
import zlib

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from mmcourse.base.text import escape

SHARE = 3e-4  # of the picture
ALIKE = 16  # colours that differ by less, in each of red, green and blue, may become one
SEEN = 0.6  # levels, of 256, by which the colours of a picture may be off on average
_rows = np.zeros((0, 1), dtype=np.uint8)  # the last picture's rows: making them anew takes longer than filling them


def quick(canvas: FigureCanvasAgg) -> bytes:
    """The canvas as an RGB PNG with light compression and no filters. Not for two threads at once."""
    global _rows
    pixels = np.asarray(canvas.buffer_rgba())  # (height, width, 4)
    height, width = pixels.shape[:2]
    if _rows.shape != (height, 1 + 3 * width):
        _rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # a row's first byte names its filter: 0, none
    for channel in range(3):
        _rows[:, 1 + channel :: 3] = pixels[:, :, channel]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, kind 2: RGB
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(_rows, level=1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def small(canvas: FigureCanvasAgg) -> bytes:
    """The canvas as a PNG with a palette."""
    out = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3]))
    reduced(picture).save(out, format="PNG", optimize=True)
    return out.getvalue()


def reduced(picture: Image.Image) -> Image.Image:
    """An RGB picture with a palette of at most 256 colours, so that areas and gradients stay what they are.

    A colour that covers more than ``SHARE`` of the picture is kept as it is: paper, lines, the cells of a map. The
    others, mostly the rims of letters and lines, take the nearest of those and of a few of their own kind. Where that
    is seen, in a photograph or in several colour maps at once, all colours are averaged in groups instead.
    """
    found = sorted(picture.getcolors(picture.width * picture.height), reverse=True)  # [(how often, (r, g, b)), …]
    counts, colours = np.array([count for count, _ in found]), np.array([colour for _, colour in found])
    whole = int((counts > SHARE * counts.sum()).sum()) if len(found) > 256 else len(found)
    _, first = np.unique(_packed(colours // ALIKE), return_index=True)
    palette = np.concatenate([colours[:whole], colours[np.sort(first[first >= whole])]])[:256]
    pieces = np.array_split(colours, 1 + len(colours) // 512)
    nearest = np.concatenate([((piece[:, None] - palette) ** 2).sum(axis=-1).argmin(axis=1) for piece in pieces])
    if np.average(np.abs(palette[nearest] - colours).max(axis=1), weights=counts) > SEEN:
        return picture.quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    place = np.zeros(1 << 24, dtype=np.uint8)
    place[_packed(colours)] = nearest
    made = Image.fromarray(place[_packed(np.asarray(picture, dtype=np.uint32))], "P")
    made.putpalette(palette.astype(np.uint8).tobytes())
    return made


def _packed(colours: np.ndarray) -> np.ndarray:
    """Colours (..., 3) as one number each, (...)."""
    return (colours[..., 0] << 16) | (colours[..., 1] << 8) | colours[..., 2]


def html(png: bytes, width: float, words: str) -> str:
    """A PNG as HTML, ``width`` CSS pixels wide and never wider than the page, with the words that stand for it.

    The form ``image/png`` has no place for words that JupyterLab reads.
    """
    data = base64.b64encode(png).decode("ascii")
    style = "max-width:100%;height:auto"
    return (
        f'<img class="mmcourse-picture" alt="{escape(words)}" width="{width:.0f}" style="{style}" '
        f'src="data:image/png;base64,{data}">'
    )
