"""Digits you see: scikit-learn's 1797 real handwritten digits, 8x8 pixels, in a fixed stratified split."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmcourse.base.checks import check_choice

SIZES = {"train": 1200, "valid": 197, "test": 400}
SPLIT_SEED = 1797
BRIGHTEST = 16  # the pixels of the original are whole numbers from 0 to 16


class Digits(NamedTuple):
    """Images (B, 1, 8, 8), float32 in [0, 1], 1 is ink; and labels (B,), int64."""

    images: Tensor
    labels: Tensor


def load(split: str = "train") -> Digits:
    """The handwritten digits of one split: "train" (1200), "valid" (197), "test" (400) or "all" (1797).

    Images (B, 1, 8, 8), float32 from 0 (paper) to 1 (ink); labels (B,), int64. They are copies: change them
    as you like. Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI (1998), as
    it comes with scikit-learn.

        images, labels = digits.load("test")       # (400, 1, 8, 8), (400,)
    """
    images, labels = _everything()
    chosen = indices(split)
    return Digits(images[chosen], labels[chosen])


def indices(split: str = "train") -> Tensor:
    """The places (B,) of a split's images among all 1797, in the order in which `load(split)` gives them."""
    check_choice(split, "split", (*SIZES, "all"))
    return torch.arange(sum(SIZES.values())) if split == "all" else _split()[split].clone()


@lru_cache(maxsize=1)
def _everything() -> Digits:
    from sklearn.datasets import load_digits  # takes most of a second to import, so only when it is needed

    pixels, labels = load_digits(return_X_y=True)
    images = torch.tensor(pixels / BRIGHTEST, dtype=torch.float32).reshape(-1, 1, 8, 8)
    return Digits(images, torch.tensor(labels, dtype=torch.int64))


@lru_cache(maxsize=1)
def _split() -> dict[str, Tensor]:
    """Stratified without rounding by class: sort by a random key within each digit, then deal like cards."""
    labels = _everything().labels.numpy()
    rng = np.random.Generator(np.random.PCG64(SPLIT_SEED))
    key = rng.permutation(len(labels))
    by_digit = np.lexsort((key, labels))  # all zeros first, shuffled, then all ones, ...
    parts = {name: _spread(len(labels), name) for name in SIZES}
    return {name: torch.from_numpy(rng.permutation(by_digit[places])) for name, places in parts.items()}


def _spread(total: int, name: str) -> np.ndarray:
    """Places of one split along a line of `total`, evenly spread, so that each digit gets its share."""
    test = (np.arange(SIZES["test"]) * total) // SIZES["test"]
    if name == "test":
        return test
    rest = np.setdiff1d(np.arange(total), test)
    valid = rest[(np.arange(SIZES["valid"]) * len(rest)) // SIZES["valid"]]
    return valid if name == "valid" else np.setdiff1d(rest, valid)
