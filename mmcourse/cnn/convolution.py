"""A window walks over a picture: its weighted sum (convolution), its largest number and its mean (pooling).

Letters: B pictures, C channels, O channels out, H and W height and width in, Y and X height and width out, h and w
height and width of a kernel. Rows are counted downwards, columns to the right, both from 0.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.base.checks import check_wholes


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """How many places a window has along one side: floor((size + 2 padding - span) / stride) + 1.

    The window spans (kernel - 1) dilation + 1 pixels. Raises ValueError when that does not fit into the padded side.
    Source: Dumoulin and Visin (2016), A guide to convolution arithmetic. ``output_size(8, 3, stride=2)`` is 3.
    """
    check_wholes(size=size, kernel=kernel, stride=stride, dilation=dilation), check_wholes(0, padding=padding)
    span = (kernel - 1) * dilation + 1
    if span > size + 2 * padding:
        raise ValueError(
            f"kernel: got {kernel} with dilation {dilation}, which spans {span} pixels, expected at most "
            f"{size + 2 * padding} (size {size}, padding {padding} on both sides)"
        )
    return (size + 2 * padding - span) // stride + 1


def correlate(picture: Tensor, kernel: Tensor) -> Tensor:
    """One map by two loops: map[y, x] = sum over i, j of picture[y + i, x + j] kernel[i, j].

    picture (H, W), kernel (h, w) → (H - h + 1, W - w + 1). Slow, and the clearest definition there is.
    """
    if picture.dim() != 2 or kernel.dim() != 2:
        raise ValueError(f"picture, kernel: got {picture.dim()} and {kernel.dim()} axes, expected (H, W) and (h, w)")
    (height, width), (h, w) = picture.shape, kernel.shape
    rows, columns = output_size(height, h), output_size(width, w)
    sums = [(picture[y : y + h, x : x + w] * kernel).sum() for y in range(rows) for x in range(columns)]
    return torch.stack(sums).reshape(rows, columns)


def windows(
    images: Tensor, kernel: tuple[int, int], stride: int = 1, padding: int = 0, dilation: int = 1, fill: float = 0.0
) -> Tensor:
    """What each place (i, j) of a kernel (h, w) reads: padded[b, c, y stride + i dilation, x stride + j dilation].

    images (B, C, H, W) → (B, C, h w, Y, X). The pixels are numbered row by row, and a table says which number each
    place of each window reads: one lookup instead of a loop. ``fill`` stands where the padding is.
    """
    check_images(images)
    counts = [output_size(side, k, stride, padding, dilation) for side, k in zip(images.shape[2:], kernel, strict=True)]
    padded = F.pad(images, (padding,) * 4, value=fill)
    rows, columns = (
        stride * torch.arange(count, device=images.device)
        + dilation * torch.arange(k, device=images.device)[:, None]  # (h, Y) and (w, X)
        for count, k in zip(counts, kernel, strict=True)
    )
    numbers = rows[:, None, :, None] * padded.shape[3] + columns[:, None, :]  # (h, w, Y, X)
    seen = padded.flatten(2).flatten(0, 1).index_select(1, numbers.flatten())  # (B C, h w Y X)
    return seen.reshape(*images.shape[:2], kernel[0] * kernel[1], *counts)


def conv2d(
    images: Tensor, weights: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0, dilation: int = 1
) -> Tensor:
    """What frameworks call convolution (it is cross-correlation): out[b, o, y, x] = bias[o] +
    sum over c, i, j of padded[b, c, y stride + i dilation, x stride + j dilation] weights[o, c, i, j].

    images (B, C, H, W), weights (O, C, h, w), bias (O,) → (B, O, Y, X). Source: LeCun et al. (1989).

        conv2d(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3))  # four nines, (1, 1, 2, 2)
    """
    check_images(images)
    if weights.dim() != 4 or weights.shape[1] != images.shape[1]:
        raise ValueError(
            f"weights: got shape {tuple(weights.shape)}, expected (O, C, h, w) with C = "
            f"{images.shape[1]}, the channels of the images"
        )
    if bias is not None and bias.shape != weights.shape[:1]:
        raise ValueError(f"bias: got shape {tuple(bias.shape)}, expected ({len(weights)},): one number a channel out")
    seen = windows(images, tuple(weights.shape[2:]), stride, padding, dilation)  # (B, C, h w, Y, X)
    sums = weights.flatten(1) @ seen.flatten(3).flatten(1, 2)  # (O, C h w) @ (B, C h w, Y X)
    maps = sums.unflatten(-1, seen.shape[-2:])  # (B, O, Y X) → (B, O, Y, X)
    return maps if bias is None else maps + bias[:, None, None]


def true_convolution(images: Tensor, weights: Tensor, bias: Tensor | None = None, padding: int = 0) -> Tensor:
    """Convolution as mathematics defines it: the kernel is turned by 180 degrees before it is laid on the picture.

    images (B, C, H, W), weights (O, C, h, w) → (B, O, Y, X). A single lit pixel gives a picture of the kernel.
    """
    return conv2d(images, weights.flip(-2, -1), bias, padding=padding)


def convolution_matrix(
    weights: Tensor, size: tuple[int, int], stride: int = 1, padding: int = 0, dilation: int = 1
) -> Tensor:
    """The dense layer that does what the convolution does: conv2d(x).flatten() = matrix @ x.flatten().

    weights (O, C, h, w), size (H, W) of the pictures → (O Y X, C H W). Column k is the answer to a picture in which
    pixel k alone is 1. The matrix is mostly 0, and the same few weights stand in every row (Toeplitz).
    """
    pixels = weights.shape[1] * size[0] * size[1]
    one_lit = torch.eye(pixels, dtype=weights.dtype, device=weights.device).reshape(pixels, weights.shape[1], *size)
    return conv2d(one_lit, weights, None, stride, padding, dilation).flatten(1).T


def max_pool(images: Tensor, kernel: int, stride: int | None = None, padding: int = 0) -> Tensor:
    """The largest number of each window; windows side by side unless ``stride`` says otherwise.

    images (B, C, H, W) → (B, C, Y, X). Padding never wins. Source: in this use, Ranzato et al. (CVPR 2007).
    """
    return _pooling_windows(images, kernel, stride, padding, -math.inf).max(2).values


def avg_pool(images: Tensor, kernel: int, stride: int | None = None, padding: int = 0) -> Tensor:
    """The mean of each window, padding counted as zeros. images (B, C, H, W) → (B, C, Y, X).

    Source: the subsampling of Fukushima (1980) and LeCun et al. (1998).
    """
    return _pooling_windows(images, kernel, stride, padding, 0.0).mean(2)


def _pooling_windows(images: Tensor, kernel: int, stride: int | None, padding: int, fill: float) -> Tensor:
    check_wholes(kernel=kernel), check_wholes(0, padding=padding)
    if padding > kernel // 2:
        raise ValueError(
            f"padding: got {padding}, expected at most half the kernel of {kernel}: "
            "a window of padding alone has nothing to say"
        )
    return windows(images, (kernel, kernel), kernel if stride is None else stride, padding, fill=fill)


def check_images(images: Tensor) -> None:
    """Pictures must be a float tensor (B, C, H, W) with at least one channel and pixel."""
    if not isinstance(images, Tensor) or not images.is_floating_point():
        what = images.dtype if isinstance(images, Tensor) else type(images).__name__
        raise TypeError(f"images: got {what}, expected a float tensor (B, C, H, W)")
    if images.dim() != 4 or 0 in images.shape[1:]:
        raise ValueError(
            f"images: got shape {tuple(images.shape)}, expected (B, C, H, W); picture[None, None] makes one of (H, W)"
        )
