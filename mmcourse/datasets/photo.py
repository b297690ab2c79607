"""A real photograph that comes with scikit-learn: a small picture in grey or colour, without a download."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from mmcourse.base.checks import check_choice, check_whole

NAMES = {"temple": "china.jpg", "flower": "flower.jpg"}
GREY = (0.299, 0.587, 0.114)  # how much red, green and blue add to the brightness we see (ITU-R BT.601)
LARGEST = 8  # pixels of the original, along one side, that may become one


def load(name: str = "temple", *, colour: bool = False, shrink: int = 4) -> Tensor:
    """A photograph as floats from 0 (black) to 1 (white): (1, H, W) in grey, (3, H, W) in colour (red, green, blue).

    ``name`` is "temple" (photograph by danielbuechele) or "flower" (by vultilion), both 427 x 640 pixels, both under
    the licence CC BY 2.0, as they come with scikit-learn. ``shrink`` x ``shrink`` pixels become their mean, so that 4
    gives 106 x 160; rows and columns left over are cut off. The tensor is a copy: change it as you like. Raises
    ValueError for an unknown name or a shrink outside 1 to 8, TypeError for one that is no whole number.

        photo.load().shape                                 # torch.Size([1, 106, 160])
    """
    check_choice(name, "name", tuple(NAMES))
    check_whole(shrink, "shrink", most=LARGEST)
    pixels = _original(name)
    height, width = pixels.shape[0] // shrink, pixels.shape[1] // shrink
    blocks = pixels[: height * shrink, : width * shrink].reshape(height, shrink, width, shrink, 3)
    small = blocks.mean((1, 3), dtype=np.float64) / 255  # (H, W, 3)
    picture = small.transpose(2, 0, 1) if colour else (small @ np.array(GREY))[None]
    return torch.tensor(picture, dtype=torch.float32)


@lru_cache(maxsize=2)
def _original(name: str) -> np.ndarray:
    from sklearn.datasets import load_sample_image  # slow to import, so only when it is needed

    return load_sample_image(NAMES[name])  # (427, 640, 3), whole numbers from 0 to 255
