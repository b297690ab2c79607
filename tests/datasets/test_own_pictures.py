"""Pictures as a learner may bring them: digits in the form of `handwriting`, photos as numbers, an answer to all."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
import torch
from own_files import drawn, picture
from PIL import Image

from mmcourse.datasets import handwriting, own_pictures
from mmcourse.datasets.own_pictures import digit_of, photo_of


def likeness(one: torch.Tensor, other: torch.Tensor) -> float:
    """The correlation of two pictures."""
    return float(torch.corrcoef(torch.stack([one.flatten(), other.flatten()]))[0, 1])


def colour(height: int = 30, width: int = 50) -> np.ndarray:
    """Red on the left, blue on the right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0], pixels[:, width // 2 :, 2] = 255, 255
    return pixels


# ------------------------------------------------------------ digits


def test_a_digit_comes_out_as_it_stands_in_the_set():
    originals = handwriting.load("test").images[:60]
    alike = [likeness(digit_of(picture(drawn(i))), originals[i]) for i in range(60)]
    assert np.median(alike) > 0.94 and np.quantile(alike, 0.1) > 0.85


def test_digits_fill_the_picture_as_those_of_the_set_do():
    ours = torch.stack([digit_of(picture(drawn(i))) for i in range(60)])[:, 0]
    theirs = handwriting.load("test").images[:60, 0]
    places = torch.arange(20.0)
    for images in (ours, theirs):
        for axis in (1, 2):
            line = images.sum(3 - axis)
            middle = (line @ places) / line.sum(1)
            assert middle.mean() == pytest.approx(9.85, abs=0.15) and middle.std() < 0.4
    sides = [torch.stack([(images > 0.1).any(axis).sum(1) for axis in (1, 2)]).amax(0) for images in (ours, theirs)]
    assert all(14.7 <= side.float().mean() <= 15.3 for side in sides)
    assert ours.mean() == pytest.approx(theirs.mean().item(), rel=0.15), "as much ink"
    assert ours.min() >= 0 and ours.max() <= 1 and ours.dtype == torch.float32


@pytest.mark.parametrize("scale, top, left", [(6, 5, 150), (9, 90, 10), (13, 10, 15)])
def test_place_and_size_on_the_paper_do_not_matter(scale, top, left):
    for i in range(8):
        assert likeness(digit_of(picture(drawn(i, scale, top, left))), digit_of(picture(drawn(i)))) > 0.93


def test_paper_light_and_file_do_not_matter():
    ink = drawn(3)
    plain = digit_of(picture(ink))
    rng, (y, x) = np.random.default_rng(0), np.mgrid[:280, :280] / 280
    shadow = np.uint8(np.clip(ink * 0.8 * (0.35 + 0.4 * y + 0.2 * x) + rng.normal(0, 5, ink.shape), 0, 255))
    clear = np.zeros((280, 280, 4), np.uint8)
    clear[..., 3] = 255 - ink  # black ink on nothing
    dusty = ink.copy()
    dusty[250:253, 250:253] = dusty[4, 4] = 0
    others = {
        "light on dark": picture(255 - ink),
        "in a shadow, as JPEG": picture(shadow, "JPEG"),
        "transparent": picture(clear),
        "with specks": picture(dusty),
        "16 bits": picture(ink.astype(np.uint16) * 257),
        "a palette": picture(np.asarray(Image.fromarray(ink)), "GIF"),
        "in colour": picture(np.stack([ink // 2 + 127, ink, ink // 3 + 100], -1), "BMP"),
        "large": picture(np.kron(ink, np.ones((5, 5), np.uint8)), "WEBP"),
    }
    alike = {name: likeness(digit_of(content), plain) for name, content in others.items()}
    assert all(value > 0.97 for value in alike.values()), alike


def test_a_dot_and_a_line_are_no_harm():
    for rows, columns in ((slice(100, 120), slice(100, 120)), (slice(0, 280), slice(130, 150))):
        paper = np.full((280, 280), 255, np.uint8)
        paper[rows, columns] = 0
        digit = digit_of(picture(paper))
        assert digit.shape == (1, 20, 20) and digit.isfinite().all() and digit.max() > 0.9


# ------------------------------------------------------------ photos


def test_a_photo_is_upright_colour_from_0_to_1():
    photo = photo_of(picture(colour()))
    assert photo.shape == (3, 30, 50) and photo.dtype == torch.float32
    assert photo[:, 0, 0].tolist() == [1, 0, 0] and photo[:, -1, -1].tolist() == [0, 0, 1]
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    assert photo_of(picture(colour(), exif=turned.tobytes())).shape == (3, 50, 30)
    photo.zero_()
    assert photo_of(picture(colour())).max() == 1, "a copy"


def test_transparent_is_white_and_large_is_shrunk():
    clear = np.zeros((4, 4, 4), np.uint8)
    assert photo_of(picture(clear)).min() == 1
    assert photo_of(picture(colour(900, 3000), "JPEG")).shape == (3, 192, 640)
    assert photo_of(picture(colour(2, 3000))).shape == (3, 1, 640)
    assert photo_of(picture(np.full((1, 1), 51, np.uint8))).flatten().tolist() == pytest.approx([0.2] * 3)


def test_a_moving_picture_gives_its_first_frame():
    out = io.BytesIO()
    frames = [Image.fromarray(np.full((9, 9), grey, np.uint8)) for grey in (51, 255)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert photo_of(out.getvalue()).mean() == pytest.approx(0.2, abs=0.01)


# ------------------------------------------------------------ what cannot be used


def claims(side: int) -> bytes:
    """A PNG that says it has so many pixels of a side, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


NOISE = np.uint8(np.random.default_rng(0).integers(0, 256, (200, 200, 3)))
ODD = {
    "empty": (b"", "empty file"),
    "too many bytes": (bytes(8_000_001), "at most 8 MB"),
    "a text": (b"hello, I am a text", "a file that is none"),
    "a drawing in words": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a file that is none"),
    "a printed page": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a file that is none"),
    "a sound": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), "a file that is none"),
    "half a PNG": (picture(NOISE)[:40_000], "damaged"),
    "half a JPEG": (picture(NOISE, "JPEG")[:5000], "damaged"),
    "a few bytes of a PNG": (picture(NOISE)[:30], "(damaged|none)"),
    "far too many pixels": (claims(30_000), "far too many pixels, expected at most 50 million"),
    "too many pixels": (claims(12_000), "12000 x 12000 pixels, expected at most 50 million"),
    "pixels that are not there": (claims(60), "damaged"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_picture_is_answered_in_words(name):
    content, expected = ODD[name]
    for reader in (photo_of, digit_of):
        with pytest.raises(ValueError, match=f"picture: got .*{expected}|picture: got {expected}"):
            reader(content)


@pytest.mark.parametrize("grey", [0, 100, 255])
def test_paper_without_ink_is_told(grey):
    for pixels in (np.full((90, 60), grey, np.uint8), np.full((1, 1), grey, np.uint8)):
        with pytest.raises(ValueError, match="digit: got paper without ink, expected a digit; draw one"):
            digit_of(picture(pixels))


def test_cut_files_never_break_it():
    """Every beginning of a file, and files with a few bytes wrong, are read or answered."""
    rng = np.random.default_rng(1)
    for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"):
        whole = picture(drawn(), kind)
        for _time in range(25):
            damaged = bytearray(whole[: rng.integers(1, len(whole))] if rng.random() < 0.5 else whole)
            for place in rng.integers(0, len(damaged), 3):
                damaged[place] = rng.integers(256)
            try:
                assert digit_of(bytes(damaged)).shape == (1, 20, 20)
            except ValueError as error:
                assert ": got " in str(error), error


def test_sizes_are_what_the_browser_is_told():
    from mmcourse.widgets import given

    assert own_pictures.MOST_BYTES == given.MOST
