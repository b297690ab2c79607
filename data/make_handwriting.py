"""Make data/handwriting.npz: 5,000 handwritten digits of 20x20 pixels, from OpenCV's sample picture digits.png.

    python data/make_handwriting.py              write handwriting.npz and its checksum beside this script
    python data/make_handwriting.py --check      make everything again and compare, write nothing

Needs the package below, numpy and Pillow. No pixel is changed. README.md has the format and says what is known of the
writers.
"""

from __future__ import annotations

import io
import sys

import numpy as np
from PIL import Image
from shipping import Package, from_deb, pack, run

PACKAGE = Package(
    "opencv-doc_4.6.0+dfsg-12_all.deb",
    "4b12681df35878207ac7097dc66184b2ae552e4bf4ddd2af04a0f03ed0b8682a",
    "apt-get download opencv-doc=4.6.0+dfsg-12",
)
PICTURE = "usr/share/doc/opencv-doc/examples/data/digits.png"
SIDE, OF_EACH = 20, 500  # pixels of a digit's side; digits of each kind
# How many of MNIST's 60,000 training digits are a 0, a 1, …: the pace at which each row of the sheet was filled.
MNIST_COUNTS = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
# Stretches of the order in which the digits were collected. A writer's digits stand close together in it, so a stretch
# between two splits, about as long as a writer's share, is left out.
STRETCHES = {"test": 1000, "left out 1": 150, "valid": 700, "left out 2": 150, "train": 3000}


def cut(sheet: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sheet (1000, 2000) → its digits (5000, 20, 20) row by row, and which digit each is: five rows of a kind."""
    rows, columns = sheet.shape[0] // SIDE, sheet.shape[1] // SIDE
    pixels = sheet.reshape(rows, SIDE, columns, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
    return pixels, np.repeat(np.arange(10, dtype=np.int64), OF_EACH)


def collected(digit: np.ndarray) -> np.ndarray:
    """The places in the order in which the digits were collected, as far as the sheet tells, (5000,) → (5000,).

    Each kind of digit stands in that order, but common digits fill their places sooner: the 500th of a kind that makes
    up 11 % came where a kind of 9 % had its 409th.
    """
    share = np.array(MNIST_COUNTS) / sum(MNIST_COUNTS)
    moment = np.tile(np.arange(OF_EACH), 10) / share[digit]
    return np.argsort(moment, kind="stable")


def split_of(digit: np.ndarray) -> np.ndarray:
    """The name of each digit's split, (5000,): "train", "valid", "test" or "left out"."""
    names = np.repeat([name.rstrip(" 12") for name in STRETCHES], list(STRETCHES.values()))
    split = np.empty_like(names)
    split[collected(digit)] = names
    return split


def make() -> dict[str, bytes]:
    """The file to ship."""
    (picture,) = from_deb(PACKAGE, PICTURE)
    sheet = np.asarray(Image.open(io.BytesIO(picture)))
    if sheet.shape != (1000, 2000) or sheet.dtype != np.uint8:
        raise SystemExit(f"digits.png: got {sheet.dtype} {sheet.shape}, expected a grey picture of 1000 x 2000")
    pixels, digit = cut(sheet)
    return {"handwriting.npz": pack({"pixels": pixels, "digit": digit, "split": split_of(digit)})}


if __name__ == "__main__":
    sys.exit(run(__doc__, make))
