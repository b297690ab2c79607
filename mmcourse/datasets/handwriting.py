"""Digits you see, large enough for the eye: 5,000 handwritten digits of 20x20 pixels from MNIST, by many writers.

Splits keep writers apart as far as the order of the digits tells who wrote what; see data/README.md.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmcourse.base.checks import check_choice
from mmcourse.datasets import files

NAME = "handwriting.npz"
SIDE = 20  # pixels
SIZES = {"train": 3000, "valid": 700, "test": 1000}
TOTAL = 5000  # 300 of them stand between two splits and belong to none
BRIGHTEST = 255
ORDER_SEED = 28  # of the order in which a split's digits come


class Handwriting(NamedTuple):
    """Images (B, 1, 20, 20), float32 in [0, 1], 1 is ink; and labels (B,), int64."""

    images: Tensor
    labels: Tensor


def load(split: str = "train") -> Handwriting:
    """The handwritten digits of one split: "train" (3000), "valid" (700), "test" (1000) or "all" (5000).

    Images (B, 1, 20, 20), float32 from 0 (paper) to 1 (ink); labels (B,), int64. They are copies: change them as you
    like. The digits come in mixed order, those of "all" row by row as on the sheet. "all" holds 300 digits more than
    the three splits: they stand between two splits, so that no writer is in both. Raises ValueError for another split
    and files.DataError when the file is damaged. Source: MNIST (LeCun, Cortes and Burges), as it comes with OpenCV.

        images, labels = handwriting.load("test")       # (1000, 1, 20, 20), (1000,)
    """
    chosen = indices(split).numpy()
    pixels, labels, _ = _everything(files.DATA)
    images = pixels[chosen, None].astype(np.float32) / np.float32(BRIGHTEST)
    return Handwriting(torch.from_numpy(images), torch.from_numpy(labels[chosen]))


def indices(split: str = "train") -> Tensor:
    """The places (B,) of a split's images among all 5000, in the order in which ``load(split)`` gives them.

    Place i shows the digit i // 500. Places of one digit are in the order in which the digits were collected.
    """
    check_choice(split, "split", (*SIZES, "all"))
    if split == "all":
        return torch.arange(TOTAL)
    places = np.flatnonzero(_everything(files.DATA)[2] == split)
    return torch.from_numpy(np.random.Generator(np.random.PCG64(ORDER_SEED)).permutation(places))


@lru_cache(maxsize=2)
def _everything(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pixels (N, 20, 20) uint8, labels and names of splits, checked. ``folder`` lets tests look elsewhere."""
    shipped = files.load_npz(NAME)
    try:
        pixels, digit, split = shipped["pixels"], shipped["digit"], shipped["split"]
    except KeyError as missing:
        raise files.data_problem(NAME, f"has no array {missing}") from None
    if pixels.shape != (TOTAL, SIDE, SIDE) or digit.shape != (TOTAL,) or split.shape != (TOTAL,):
        raise files.data_problem(NAME, f"holds pixels of shape {pixels.shape}, expected {(TOTAL, SIDE, SIDE)}")
    return pixels, digit, split
