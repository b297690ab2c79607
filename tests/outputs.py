"""Pictures as a notebook stores them: HTML with the words, the width on the page, and the PNG itself."""

from __future__ import annotations

import base64
import html
import io
import re
from dataclasses import dataclass

from PIL import Image

STORED = re.compile(
    r'<img class="mmcourse-picture" alt="([^"]*)" width="(\d+)"[^>]* src="data:image/png;base64,([^"]+)">'
)


@dataclass(frozen=True)
class StoredPicture:
    """What a screen reader says, how many CSS pixels wide it is, and its bytes."""

    alt: str
    width: int
    png: bytes

    @property
    def pixels(self) -> tuple[int, int]:
        return Image.open(io.BytesIO(self.png)).size


def stored_pictures(text: str) -> list[StoredPicture]:
    """The pictures in a piece of HTML."""
    found = STORED.findall("".join(text))
    return [StoredPicture(html.unescape(alt), int(width), base64.b64decode(data)) for alt, width, data in found]
