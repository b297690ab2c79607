"""Lesson 03: convolution, pooling, what a stack of them sees, and how to show a network more pictures than there are.

Letters: B pictures, C channels, O channels out, H and W height and width in, Y and X height and width out, h and w
height and width of a kernel. Rows are counted downwards, columns to the right, both from 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.base.checks import check_wholes
from mmcourse.engine import generator


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

    picture (H, W), kernel (h, w) -> (H - h + 1, W - w + 1). Slow, and the clearest definition there is.
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

    images (B, C, H, W) -> (B, C, h w, Y, X). The pixels are numbered row by row, and a table says which number each
    place of each window reads: one lookup instead of a loop. ``fill`` stands where the padding is.
    """
    _check_images(images)
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

    images (B, C, H, W), weights (O, C, h, w), bias (O,) -> (B, O, Y, X). Source: LeCun et al. (1989).

        conv2d(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3))                 # four nines, (1, 1, 2, 2)
    """
    _check_images(images)
    if weights.dim() != 4 or weights.shape[1] != images.shape[1]:
        raise ValueError(
            f"weights: got shape {tuple(weights.shape)}, expected (O, C, h, w) with C = "
            f"{images.shape[1]}, the channels of the images"
        )
    if bias is not None and bias.shape != weights.shape[:1]:
        raise ValueError(f"bias: got shape {tuple(bias.shape)}, expected ({len(weights)},): one number a channel out")
    seen = windows(images, tuple(weights.shape[2:]), stride, padding, dilation)  # (B, C, h w, Y, X)
    sums = weights.flatten(1) @ seen.flatten(3).flatten(1, 2)  # (O, C h w) @ (B, C h w, Y X)
    maps = sums.unflatten(-1, seen.shape[-2:])  # (B, O, Y X) -> (B, O, Y, X)
    return maps if bias is None else maps + bias[:, None, None]


def true_convolution(images: Tensor, weights: Tensor, bias: Tensor | None = None, padding: int = 0) -> Tensor:
    """Convolution as mathematics defines it: the kernel is turned by 180 degrees before it is laid on the picture.

    images (B, C, H, W), weights (O, C, h, w) -> (B, O, Y, X). A single lit pixel gives a picture of the kernel.
    """
    return conv2d(images, weights.flip(-2, -1), bias, padding=padding)


def convolution_matrix(
    weights: Tensor, size: tuple[int, int], stride: int = 1, padding: int = 0, dilation: int = 1
) -> Tensor:
    """The dense layer that does what the convolution does: conv2d(x).flatten() = matrix @ x.flatten().

    weights (O, C, h, w), size (H, W) of the pictures -> (O Y X, C H W). Column k is the answer to a picture in which
    pixel k alone is 1. The matrix is mostly 0, and the same few weights stand in every row (Toeplitz).
    """
    pixels = weights.shape[1] * size[0] * size[1]
    one_lit = torch.eye(pixels, dtype=weights.dtype, device=weights.device).reshape(pixels, weights.shape[1], *size)
    return conv2d(one_lit, weights, None, stride, padding, dilation).flatten(1).T


def max_pool(images: Tensor, kernel: int, stride: int | None = None, padding: int = 0) -> Tensor:
    """The largest number of each window; windows side by side unless ``stride`` says otherwise.

    images (B, C, H, W) -> (B, C, Y, X). Padding never wins. Source: in this use, Ranzato et al. (CVPR 2007).
    """
    return _pooling_windows(images, kernel, stride, padding, -math.inf).max(2).values


def avg_pool(images: Tensor, kernel: int, stride: int | None = None, padding: int = 0) -> Tensor:
    """The mean of each window, padding counted as zeros. images (B, C, H, W) -> (B, C, Y, X).

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


def receptive_field(layers: Sequence[tuple[int, ...]]) -> int:
    """How many pixels, along one side, one number at the top depends on.

    ``layers`` from the picture upwards: (kernel, stride) or (kernel, stride, dilation), pooling too. Each adds
    (kernel - 1) dilation times the product of the strides below it. ``receptive_field([(3, 1), (3, 1)])`` is 5.
    """
    field, step = 1, 1
    for kernel, stride, *rest in layers:
        dilation = rest[0] if rest else 1
        check_wholes(kernel=kernel, stride=stride, dilation=dilation)
        field += (kernel - 1) * dilation * step
        step *= stride
    return field


class Conv(nn.Module):
    """A 3 x 3 convolution with O (9 C + 1) parameters, padded so that the size stays: (B, C, H, W) -> (B, O, H, W).

    First weights: normal, variance gain^2 / (9 C), drawn from ``rng``; biases 0.
    """

    def __init__(
        self, inputs: int, outputs: int, rng: torch.Generator, dilation: int = 1, gain: float = 2**0.5
    ) -> None:
        super().__init__()
        check_wholes(inputs=inputs, outputs=outputs, dilation=dilation)
        spread, self.dilation = gain / (9 * inputs) ** 0.5, dilation
        self.weights = nn.Parameter(spread * torch.randn(outputs, inputs, 3, 3, generator=rng))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, images: Tensor) -> Tensor:
        return conv2d(images, self.weights, self.bias, padding=self.dilation, dilation=self.dilation)


class DigitCNN(nn.Module):
    """Two convolutions with ReLU, then one dense layer: (B, 1, size, size) -> logits (B, classes).

    ``anywhere=False``: 2 x 2 max pooling after each convolution; the dense layer sees every cell that remains.
    ``anywhere=True``: no pooling, and the second kernel has dilation 2; of each map only the largest number, wherever
    it stands, reaches the dense layer. First weights from the seed, as in He et al. (ICCV 2015).
    """

    def __init__(
        self,
        channels: tuple[int, int] = (8, 16),
        size: int = 12,
        classes: int = 10,
        anywhere: bool = False,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if size % 4 and not anywhere:
            raise ValueError(f"size: got {size}, expected a multiple of 4, because it is halved twice")
        rng, (first, second) = generator(seed), channels
        self.size, self.anywhere = size, anywhere
        self.one, self.two = Conv(1, first, rng), Conv(first, second, rng, dilation=2 if anywhere else 1)
        features = second if anywhere else second * (size // 4) ** 2
        self.weights = nn.Parameter((2 / features) ** 0.5 * torch.randn(features, classes, generator=rng))
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, images: Tensor) -> Tensor:
        return self.stages(images)["logits"]

    def stages(self, images: Tensor) -> dict[str, Tensor]:
        """Everything on the way, by name: the maps after each convolution and pooling, and the logits (B, classes)."""
        if images.shape[1:] != (1, self.size, self.size):
            raise ValueError(f"images: got shape {tuple(images.shape)}, expected (B, 1, {self.size}, {self.size})")
        maps = {"conv 1": self.one(images).relu()}  # (B, 8, 12, 12)
        if not self.anywhere:
            maps["pool 1"] = max_pool(maps["conv 1"], 2)  # (B, 8, 6, 6)
        maps["conv 2"] = self.two(list(maps.values())[-1]).relu()  # (B, 16, 6, 6), or (B, 16, 12, 12)
        maps["pool 2"] = maps["conv 2"].amax((2, 3), True) if self.anywhere else max_pool(maps["conv 2"], 2)
        return {**maps, "logits": maps["pool 2"].flatten(1) @ self.weights + self.bias}


class ResidualBlock(nn.Module):
    """Two convolutions with a way round them: relu(x + conv(relu(conv(x)))), or without ``x +`` if not ``skip``.

    (B, C, H, W) -> the same shape. Source: He et al. (CVPR 2016), there with batch normalisation inside.
    """

    def __init__(self, channels: int, rng: torch.Generator, skip: bool = True, gain: float = 2**0.5) -> None:
        super().__init__()
        self.one, self.two = (Conv(channels, channels, rng, gain=gain) for _ in range(2))
        self.skip = skip

    def forward(self, x: Tensor) -> Tensor:
        change = self.two(self.one(x).relu())
        return (x + change if self.skip else change).relu()


class DeepCNN(nn.Module):
    """A first convolution, 2 x 2 max pooling, ``blocks`` blocks of two convolutions, and a dense layer on the cells.

    (B, 1, size, size) -> logits (B, classes). A seed gives the same first weights with and without ``skip``.
    """

    def __init__(
        self,
        blocks: int = 10,
        skip: bool = True,
        channels: int = 8,
        size: int = 8,
        classes: int = 10,
        gain: float = 2**0.5,
        seed: int = 0,
    ) -> None:
        super().__init__()
        rng, features = generator(seed), channels * (size // 2) ** 2
        self.first = Conv(1, channels, rng)
        self.blocks = nn.ModuleList(ResidualBlock(channels, rng, skip, gain) for _ in range(blocks))
        self.weights = nn.Parameter(features**-0.5 * torch.randn(features, classes, generator=rng))
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, images: Tensor) -> Tensor:
        x = max_pool(self.first(images).relu(), 2)  # (B, 8, 4, 4)
        for block in self.blocks:
            x = block(x)
        return x.flatten(1) @ self.weights + self.bias


def shift_images(images: Tensor, right: int = 0, down: int = 0) -> Tensor:
    """Move pictures (B, C, H, W) by whole pixels; what comes in at the edge is 0, what leaves is lost."""
    _check_images(images)
    if not (isinstance(right, int) and isinstance(down, int)):
        raise TypeError(f"right, down: got {right!r} and {down!r}, expected whole numbers of pixels, such as -1")
    right, down = (max(-side, min(side, move)) for side, move in zip(images.shape[:1:-1], (right, down), strict=True))
    return F.pad(images, (right, -right, down, -down))  # a negative padding cuts off


def crop_images(images: Tensor, top: int, left: int, height: int, width: int) -> Tensor:
    """A rectangle out of each picture: (B, C, H, W) -> (B, C, height, width)."""
    _check_images(images)
    if min(top, left, height - 1, width - 1) < 0 or top + height > images.shape[2] or left + width > images.shape[3]:
        raise ValueError(
            f"top, left, height, width: got {top}, {left}, {height}, {width}, expected a rectangle inside "
            f"{images.shape[2]} x {images.shape[3]} pixels"
        )
    return images[:, :, top : top + height, left : left + width]


def turn_images(images: Tensor, degrees: Tensor | float = 0.0, scale: Tensor | float = 1.0) -> Tensor:
    """Rotate about the centre, anticlockwise, and enlarge by ``scale``; one number for all, or (B,) one for each.

    images (B, C, H, W) -> the same shape. Every pixel of the result asks where it comes from, and takes the mixture of
    the four pixels round that place (bilinear); outside the picture is 0. Raises ValueError for a scale of 0 or less.
    """
    _check_images(images)
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
    """(images - mean) / spread for each channel: (B, C, H, W), mean (C,), spread (C,) -> (B, C, H, W).

    Take mean and spread from the training pictures, also for the others.
    """
    _check_images(images)
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


def _check_images(images: Tensor) -> None:
    if not isinstance(images, Tensor) or not images.is_floating_point():
        what = images.dtype if isinstance(images, Tensor) else type(images).__name__
        raise TypeError(f"images: got {what}, expected a float tensor (B, C, H, W)")
    if images.dim() != 4 or 0 in images.shape[1:]:
        raise ValueError(
            f"images: got shape {tuple(images.shape)}, expected (B, C, H, W); picture[None, None] makes one of (H, W)"
        )
