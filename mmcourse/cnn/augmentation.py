"""More pictures than there are: shift, crop, turn and scale them; and bring their channels to mean 0 and spread 1.

Letters: B pictures, C channels, H and W height and width.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.cnn.convolution import check_images


def shift_images(images: Tensor, right: int = 0, down: int = 0) -> Tensor:
    """Move pictures (B, C, H, W) by whole pixels; what comes in at the edge is 0, what leaves is lost."""
    check_images(images)
    if not (isinstance(right, int) and isinstance(down, int)):
        raise TypeError(f"right, down: got {right!r} and {down!r}, expected whole numbers of pixels, such as -1")
    right, down = (max(-side, min(side, move)) for side, move in zip(images.shape[:1:-1], (right, down), strict=True))
    return F.pad(images, (right, -right, down, -down))  # a negative padding cuts off


def crop_images(images: Tensor, top: int, left: int, height: int, width: int) -> Tensor:
    """A rectangle out of each picture: (B, C, H, W) → (B, C, height, width)."""
    check_images(images)
    if min(top, left, height - 1, width - 1) < 0 or top + height > images.shape[2] or left + width > images.shape[3]:
        raise ValueError(
            f"top, left, height, width: got {top}, {left}, {height}, {width}, expected a rectangle inside "
            f"{images.shape[2]} x {images.shape[3]} pixels"
        )
    return images[:, :, top : top + height, left : left + width]


def turn_images(images: Tensor, degrees: Tensor | float = 0.0, scale: Tensor | float = 1.0) -> Tensor:
    """Rotate about the centre, anticlockwise, and enlarge by ``scale``; one number for all, or (B,) one for each.

    images (B, C, H, W) → the same shape. Every pixel of the result asks where it comes from, and takes the mixture of
    the four pixels round that place (bilinear); outside the picture is 0. Raises ValueError for a scale of 0 or less.
    """
    check_images(images)
    angle, size = (
        torch.as_tensor(v, dtype=images.dtype, device=images.device).expand(len(images))[:, None, None]
        for v in (degrees, scale)
    )  # (B, 1, 1)
    if not bool((size > 0).all()):
        raise ValueError(f"scale: got {scale}, expected numbers above 0; 1 leaves the size as it is")
    angle, (height, width) = angle.deg2rad(), images.shape[2:]
    y = torch.arange(height, device=images.device)[:, None] - (height - 1) / 2  # (H, 1), 0 in the middle
    x = torch.arange(width, device=images.device)[None, :] - (width - 1) / 2  # (1, W)
    from_x = (angle.cos() * x - angle.sin() * y) / size + (width - 1) / 2  # (B, H, W)
    from_y = (angle.sin() * x + angle.cos() * y) / size + (height - 1) / 2
    return _mixture(images, from_x, from_y)


def _mixture(images: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The pictures at places between pixels: the four round it, each weighted by how near it is. x, y (B, H, W)."""
    (height, width), total = images.shape[2:], torch.zeros_like(images)
    for column, row in ((x.floor() + i, y.floor() + j) for i in (0, 1) for j in (0, 1)):
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        share = (1 - (x - column).abs()) * (1 - (y - row).abs()) * inside  # (B, H, W), the four add up to 1
        place = row.clamp(0, height - 1) * width + column.clamp(0, width - 1)
        place = place.long().flatten(1)[:, None].expand(-1, images.shape[1], -1)  # (B, C, H W)
        total = total + share[:, None] * images.flatten(2).gather(2, place).reshape(images.shape)
    return total


def normalise_images(images: Tensor, mean: Tensor, spread: Tensor) -> Tensor:
    """(images - mean) / spread for each channel: (B, C, H, W), mean (C,), spread (C,) → (B, C, H, W).

    Take mean and spread from the training pictures, also for the others.
    """
    check_images(images)
    if mean.shape != images.shape[1:2] or spread.shape != mean.shape or not bool((spread > 0).all()):
        raise ValueError(f"mean, spread: got {mean.tolist()}, {spread.tolist()}, expected {images.shape[1]} each, > 0")
    return (images - mean[:, None, None]) / spread[:, None, None]


def augment_images(
    images: Tensor, rng: torch.Generator, pixels: int = 2, degrees: float = 15.0, scale: float = 0.2
) -> Tensor:
    """Pictures (B, C, H, W), each turned by ±degrees, scaled by 1 ± scale and shifted by ±pixels at random."""
    if not 0 <= scale < 1 or pixels < 0:
        raise ValueError(f"pixels, scale: got {pixels}, {scale}, expected pixels of at least 0 and a scale in 0 to 1")
    angle, size = (2 * torch.rand(2, len(images), generator=rng) - 1).to(images.device)
    turned = F.pad(turn_images(images, degrees * angle, 1 + scale * size), (pixels,) * 4)
    column, row = pixels - torch.randint(-pixels, pixels + 1, (2, len(images)), generator=rng).to(images.device)
    return turned.unfold(2, images.shape[2], 1).unfold(3, images.shape[3], 1)[range(len(images)), :, row, column]
