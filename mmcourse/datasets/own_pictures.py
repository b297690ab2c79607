"""The learner's own pictures: a digit drawn or photographed, in the form of `handwriting`; a photo as numbers.

What comes in are the bytes of a picture file, from a drawing pad or from the learner's disk. Nothing is written
anywhere, and whatever cannot be used is a ValueError that says so in words for the page.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
import torch
from PIL import Image, ImageFilter, ImageOps
from torch import Tensor

from mmcourse.datasets.handwriting import SIDE

MOST_BYTES, MOST_PIXELS = 8_000_000, 50_000_000
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
EXPECTED = "expected a picture file: PNG, JPEG, GIF, BMP, WebP or TIFF"
LONGEST = 640  # pixels of a photo's longer side, no more
LOOKED_AT, COARSE = 256, 64  # pixels of the longer side: to find ink, and to find the paper around it
WIDER_THAN_A_LINE = 15  # of the coarse pixels
FAINT = 0.15  # ink that is less darker than its paper, of 1, is none
SPECK = 0.02  # of all ink: smaller islands are dust
BOX, FRAME, CENTRE = 20, 28, 14.5  # how MNIST was made: a digit's box, the picture's side, where its mass lies


def picture_of(content: bytes) -> Image.Image:
    """The picture in a file: upright, in colour, transparent places white, at most 640 pixels along its longer side.

    ValueError, in words for the learner: empty, too large, no picture, a damaged one.
    """
    if not content:
        raise ValueError(f"picture: got an empty file, {EXPECTED}")
    if len(content) > MOST_BYTES:
        raise ValueError(f"picture: got {len(content) / 1e6:.0f} MB, expected at most {MOST_BYTES // 10**6} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of half-damaged files, and of sizes beyond the limit here
            opened = Image.open(io.BytesIO(content), formats=FORMATS)
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise ValueError(_too_many(f"{width} x {height}"))
            opened.draft("RGB", (LONGEST, LONGEST))  # a large JPEG is decoded at an eighth of its size
            return _shrunk(_on_white(ImageOps.exif_transpose(opened)), LONGEST)
    except Image.UnidentifiedImageError:
        raise ValueError(f"picture: got a file that is none, {EXPECTED}; save yours as one of these") from None
    except Image.DecompressionBombError:
        raise ValueError(_too_many("far too many")) from None
    except (OSError, SyntaxError, EOFError) as error:
        raise ValueError(f"picture: got a damaged file ({error}), expected a whole one; save it again") from None


def _too_many(pixels: str) -> str:
    return f"picture: got {pixels} pixels, expected at most {MOST_PIXELS // 10**6} million; shrink it"


def _on_white(picture: Image.Image) -> Image.Image:
    """In red, green and blue: what is transparent becomes white, 16 bits of grey become 8."""
    if picture.mode.startswith(("I", "F")):
        levels = np.asarray(picture, dtype=np.float64)
        top = 65535 if picture.mode.startswith("I;16") else max(float(levels.max()), 1.0)
        picture = Image.fromarray(np.uint8(np.clip(levels / top, 0, 1) * 255))
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _shrunk(picture: Image.Image, longest: int) -> Image.Image:
    """No side longer than so many pixels, and none of nothing."""
    scale = min(1.0, longest / max(picture.size))
    size = tuple(max(1, round(side * scale)) for side in picture.size)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.BOX)


def photo_of(content: bytes) -> Tensor:
    """A picture file as floats from 0 (dark) to 1 (bright): (3, H, W) in red, green and blue, H and W at most 640.

    ValueError, in words for the learner, when it is no picture that can be read.
    """
    pixels = np.asarray(picture_of(content), dtype=np.float32) / np.float32(255)
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy())


def digit_of(content: bytes) -> Tensor:
    """A digit drawn or photographed, in the form of `handwriting`: (1, 20, 20), from 0 (paper) to 1 (ink).

    Dark on light or light on dark, anywhere on its paper and of any size; uneven light and specks are taken away. The
    rest is done as MNIST was made: the digit's longer side fills 20 pixels of a frame of 28, its centre of mass
    is put into the middle, and the frame is shrunk to 20 x 20. ValueError, in words for the learner, when the
    file is no picture or has no ink on it. Source: LeCun, Bottou, Bengio and Haffner (1998), section III.A.
    """
    ink = ink_of(_shrunk(picture_of(content), LOOKED_AT).convert("L"))
    return torch.from_numpy(as_handwriting(ink))[None]


def ink_of(grey: Image.Image) -> np.ndarray:
    """How much ink there is in each pixel of a grey picture, (H, W), 0 to 1: how much darker it is than the paper.

    The paper is what remains when dark lines are filled from both sides (a morphological closing). A picture whose
    border is dark is taken for light ink on dark paper.
    """
    border = np.concatenate([np.asarray(grey)[[0, -1]].ravel(), np.asarray(grey)[:, [0, -1]].ravel()])
    if np.median(border) < 128:
        grey = ImageOps.invert(grey)
    coarse = _shrunk(grey, COARSE).filter(ImageFilter.MaxFilter(WIDER_THAN_A_LINE))
    paper = coarse.filter(ImageFilter.MinFilter(WIDER_THAN_A_LINE)).resize(grey.size, Image.Resampling.BILINEAR)
    darker = (np.asarray(paper, np.float32) - np.asarray(grey, np.float32)).clip(0) / np.float32(255)
    blackest = float(np.quantile(darker, 1 - 20 / max(darker.size, 400)))  # of 20 pixels: one may be a flaw
    if blackest < FAINT:
        raise ValueError("digit: got paper without ink, expected a digit; draw one, thick and large")
    return _without_specks(((darker / blackest - 0.3) / 0.4).clip(0, 1))


def _without_specks(ink: np.ndarray) -> np.ndarray:
    """Islands of ink that are far smaller than the digit are taken away."""
    from scipy import ndimage  # takes a moment to import, so only when it is needed

    island, count = ndimage.label(ink > 0, np.ones((3, 3)))
    sizes = ndimage.sum_labels(ink, island, np.arange(count + 1))
    return np.where(sizes[island] >= SPECK * ink.sum(), ink, 0).astype(np.float32)


def as_handwriting(ink: np.ndarray) -> np.ndarray:
    """Ink (H, W) anywhere on its paper, 0 to 1 → (20, 20), float32: fitted into a box, centred by mass, shrunk."""
    rows, columns = (np.flatnonzero(ink.max(axis)) for axis in (1, 0))
    digit = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = BOX / max(digit.shape)
    size = tuple(max(1, round(side * scale)) for side in reversed(digit.shape))  # width, height
    small = np.asarray(Image.fromarray(digit).resize(size, Image.Resampling.BOX))
    middle = [float((np.arange(n) + 0.5) @ small.sum(1 - axis) / small.sum()) for axis, n in enumerate(small.shape)]
    ideal = [CENTRE - at for at in middle]  # where the box's corner belongs; whole pixels here, the rest below
    top, left = corner = [min(max(round(at), 0), FRAME - n) for at, n in zip(ideal, small.shape, strict=True)]
    frame = np.zeros((FRAME, FRAME), np.float32)
    frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    down, right = (at - whole for at, whole in zip(ideal, corner, strict=True))
    step = FRAME / SIDE
    shrink = Image.fromarray(frame).transform(
        (SIDE, SIDE), Image.Transform.AFFINE, (step, 0, -right, 0, step, -down), Image.Resampling.BICUBIC
    )
    return np.asarray(shrink).clip(0, 1)


def describe_digit(content: bytes) -> str:
    """What was understood, in words for the learner; ValueError where ``digit_of`` raises it."""
    share = float((digit_of(content) > 0.5).float().mean())
    return f"as the models see it: {SIDE} x {SIDE} numbers, ink in {100 * share:.0f} % of them"


def describe_photo(content: bytes) -> str:
    """What was understood, in words for the learner; ValueError where ``photo_of`` raises it."""
    colours, height, width = photo_of(content).shape
    return f"{colours} x {height} x {width} = {colours * height * width} numbers"
