"""Lesson 07: senses as arrays: how much arrives, how much is news, noise, pictures in another size, one size for all.

Reading begins in lesson 04 (``tokenise``), cutting, turning and normalising pictures in lesson 03.
Letters: B samples, C channels, H and W height and width, T samples of a sound or frames, N a window's samples,
K frequency bins, F mel bands, D numbers, M modalities. ``...`` stands for any axes in front.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from mmcourse.base.checks import check_floats, check_whole, check_wholes
from mmcourse.engine import check_names, seeded


def bytes_per_second(shape: Sequence[int], per_second: float = 1.0, bytes_each: int = 1) -> float:
    """How much arrives in a second: (numbers in one array of this shape) · (arrays a second) · (bytes a number).

    bytes_per_second((1,), 8000, 2)                         # a voice recording: 16000.0
    """
    check_wholes(bytes_each=bytes_each, **{f"shape[{axis}]": size for axis, size in enumerate(shape)})
    if not 0 < per_second < math.inf:
        raise ValueError(f"per_second: got {per_second}, expected a number above 0: how many such arrays a second")
    return float(math.prod(shape) * per_second * bytes_each)


def neighbour_share(x: Tensor, dim: int = -1) -> Tensor:
    """How well a neighbour predicts: the squared correlation r² of each number with the next one along ``dim``.

    Of the variance of x[t + 1] the share r² is explained by the best line through x[t]: 1: nothing new, 0: all new.
    x (...) → (). Raises ValueError for fewer than 3 numbers along ``dim`` or numbers that are all equal.

        neighbour_share(torch.tensor([1.0, 2.0, 3.0, 4.0]))     # 1: each is the one before it plus 1
    """
    check_floats(x=x)
    count = x.shape[dim]
    if count < 3:
        raise ValueError(f"x: got {count} numbers along axis {dim}, expected at least 3, so that there are two pairs")
    one, other = (part - part.mean() for part in (x.narrow(dim, start, count - 1) for start in (0, 1)))
    spread = (one**2).sum() * (other**2).sum()
    if spread == 0:
        raise ValueError("x: got numbers that are all equal; nothing varies, so there is nothing to explain")
    return (one * other).sum() ** 2 / spread


def mix_at_snr(clean: Tensor, noise: Tensor, snr_db: float) -> Tensor:
    """A sound under noise: clean + g · noise, with g so that 10 log10(P_clean / P_noise) = ``snr_db``.

    clean, noise (..., T) → (..., T); the power P is the mean square over T. The signal-to-noise ratio is in decibels:
    0 dB is as much noise as signal, every 10 dB less is ten times more noise. Silence on a side is a ValueError.
    """
    check_floats(clean=clean, noise=noise)
    if clean.shape[-1] != noise.shape[-1]:
        raise ValueError(f"noise: got {noise.shape[-1]} samples, expected {clean.shape[-1]}, as many as clean has")
    power, hiss = (part.square().mean(-1, keepdim=True) for part in (clean, noise))  # (..., 1)
    if bool((power == 0).any()) or bool((hiss == 0).any()):
        raise ValueError("clean, noise: got silence, expected sounds; a ratio needs some power on both sides")
    return clean + noise * (power / hiss / 10 ** (snr_db / 10)).sqrt()


def linear_weights(old: int, new: int) -> Tensor:
    """How a row of ``old`` pixels becomes one of ``new``, by mixing the two nearest: (new, old), rows sum to 1.

    A pixel is a square, its centre at its number plus 1/2: new pixel i looks at the place (i + 1/2) old / new - 1/2
    among the old centres (``align_corners=False``), kept within the row.

        linear_weights(2, 4) @ torch.tensor([0.0, 1.0])         # 0, 0.25, 0.75, 1
    """
    check_wholes(old=old, new=new)
    place = ((torch.arange(new) + 0.5) * old / new - 0.5).clamp(0, old - 1)  # (new,)
    distance = (place[:, None] - torch.arange(old)).abs()  # (new, old)
    return (1 - distance).clamp(min=0)


def area_weights(old: int, new: int) -> Tensor:
    """How a row of ``old`` pixels becomes one of ``new``, by averaging all that a new pixel touches: (new, old).

    New pixel i covers the old places from i old / new to (i + 1) old / new; each old pixel in touch counts alike.

        area_weights(4, 2) @ torch.tensor([0.0, 2.0, 4.0, 8.0])     # 1, 6
    """
    check_wholes(old=old, new=new)
    i, pixel = torch.arange(new)[:, None], torch.arange(old)
    first, last = i * old // new, -(-(i + 1) * old // new)  # rounded down, rounded up
    touched = ((pixel >= first) & (pixel < last)).float()  # (new, old)
    return touched / touched.sum(1, keepdim=True)


def resize_images(images: Tensor, height: int, width: int, how: str = "area") -> Tensor:
    """Pictures in another size: a weight table for the rows, one for the columns: rows @ picture @ columns^T.

    images (B, C, H, W) → (B, C, height, width). ``how`` "area" sees every pixel, for shrinking; "linear" mixes the
    nearest four, for enlarging. Equal to ``F.interpolate`` with mode "area" and "bilinear".
    """
    weights = {"area": area_weights, "linear": linear_weights}
    if how not in weights:
        raise ValueError(f"how: got {how!r}, expected one of {', '.join(weights)}")
    check_floats(images=images)
    if images.dim() != 4:
        raise ValueError(f"images: got shape {tuple(images.shape)}, expected (B, C, H, W); picture[None] adds an axis")
    rows, columns = (
        weights[how](old, new).to(images) for old, new in zip(images.shape[2:], (height, width), strict=True)
    )
    return rows @ images @ columns.T


class ToOneSize(nn.Module):
    """Each modality through a linear layer of its own to one ``size``, in alphabetical order: → (B, M, size)."""

    def __init__(self, sizes: Mapping[str, int], size: int = 16, seed: int = 0) -> None:
        super().__init__()
        check_wholes(size=size)
        self.names = check_names(sizes, "sizes")
        for name in self.names:
            check_whole(sizes[name], f"sizes[{name!r}]")
        self.project = nn.ModuleDict(
            {
                name: seeded(lambda name=name: nn.Linear(sizes[name], size), seed + place)
                for place, name in enumerate(self.names)
            }
        )

    def forward(self, batch: Mapping[str, Tensor]) -> Tensor:
        if missing := [name for name in self.names if name not in batch]:
            raise ValueError(f"batch: has no {', '.join(missing)}; it holds {', '.join(batch) or 'nothing'}")
        return torch.stack([self.project[name](batch[name].flatten(1)) for name in self.names], 1)
