"""Exercises of lesson 03: the references are the lesson's own functions, the usual mistakes are named."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from mmcourse import cnn
from mmcourse.practice.exercise import Case, Exercise, Mistake


def _numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randint(-4, 5, shape, generator=torch.Generator().manual_seed(seed)).float()


def _all_different(*shape: int, seed: int = 0) -> Tensor:
    count = torch.Size(shape).numel()
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed)).reshape(shape) - count / 2


def output_size_cases() -> list[Case]:
    return [
        Case("8 pixels, kernel 3", args=(8, 3, 1, 0, 1)),
        Case("with padding 1", args=(8, 3, 1, 1, 1)),
        Case("stride 2", args=(8, 3, 2, 0, 1)),
        Case("dilation 2", args=(12, 3, 1, 0, 2)),
        Case("all at once", args=(32, 5, 3, 2, 2)),
        Case("the window covers everything", args=(5, 5, 4, 0, 1)),
    ]


OUTPUT_SIZE = Exercise(
    "output_size",
    "output_size(size, kernel, stride, padding, dilation): how many places the window has along one side.",
    cnn.output_size,
    output_size_cases,
    mistakes=[
        Mistake(
            "padding on one side only",
            lambda n, k, s, p, d: (n + p - (k - 1) * d - 1) // s + 1,
            "The padding stands on both sides: the padded side has size + 2 · padding pixels.",
        ),
        Mistake(
            "the last place forgotten",
            lambda n, k, s, p, d: (n + 2 * p - (k - 1) * d - 1) // s,
            "You count the steps between the places. There is one place more than steps: + 1.",
        ),
        Mistake(
            "dilation ignored",
            lambda n, k, s, p, d: (n + 2 * p - k) // s + 1,
            "With dilation the window spans more pixels than it reads: (kernel - 1) · dilation + 1.",
        ),
        Mistake(
            "span is kernel times dilation",
            lambda n, k, s, p, d: (n + 2 * p - k * d) // s + 1,
            "3 pixels with dilation 2 span 5, not 6: between 3 pixels there are 2 gaps.",
        ),
        Mistake(
            "not rounded down",
            lambda n, k, s, p, d: (n + 2 * p - (k - 1) * d - 1) / s + 1,
            "A window that would reach beyond the edge does not count: divide with //, which rounds down.",
        ),
        Mistake(
            "span left out of the division",
            lambda n, k, s, p, d: (n + 2 * p) // s - (k - 1) * d,
            "Take the span away first. Only the room that is left is walked through in strides.",
        ),
        Mistake(
            "one added before the division",
            lambda n, k, s, p, d: (n + 2 * p - (k - 1) * d) // s,
            "Divide first, then add the first place: room // stride + 1.",
        ),
    ],
    hints=[
        "How many pixels has the padded side? How many does the window span? The rest is room for steps.",
        "The span is (kernel - 1) · dilation + 1. The steps are room // stride, the places one more.",
    ],
)


def correlate_cases() -> list[Case]:
    picture = torch.tensor([[0.0, 0, 1, 1], [0, 0, 1, 1], [0, 1, 1, 0], [0, 1, 1, 0]])
    return [
        Case("the picture of the lesson", args=(picture, torch.tensor([[-1.0, 1.0], [-1.0, 1.0]]))),
        Case("5 x 7 pixels, kernel 2 x 3", args=(_numbers(5, 7), _numbers(2, 3, seed=1))),
        Case("a kernel as large as the picture", args=(_numbers(3, 3, seed=2), _numbers(3, 3, seed=3))),
    ]


def _correlate(picture: Tensor, kernel: Tensor, less: int = 0, meet: Callable = torch.mul) -> Tensor:
    (height, width), (h, w) = picture.shape, kernel.shape
    out = torch.zeros(height - h + 1 - less, width - w + 1 - less)
    for y in range(len(out)):
        for x in range(out.shape[1]):
            out[y, x] = meet(picture[y : y + h, x : x + w], kernel).sum()
    return out


CORRELATE = Exercise(
    "correlate",
    "correlate(picture, kernel): the map of the sums of all windows, by two loops.",
    cnn.correlate,
    correlate_cases,
    mistakes=[
        Mistake(
            "kernel turned round",
            lambda picture, kernel: _correlate(picture, kernel.flip(0, 1)),
            "Your kernel is turned by 180 degrees. That is true convolution; lay it on as it is.",
        ),
        Mistake(
            "rows and columns swapped",
            lambda picture, kernel: _correlate(picture, kernel.T).T,
            "Rows and columns are swapped. picture[y, x]: the row comes first, and so in the map.",
        ),
        Mistake(
            "map transposed",
            lambda picture, kernel: _correlate(picture, kernel).T,
            "The map lies on its side: y counts rows, x counts columns, map[y, x].",
        ),
        Mistake(
            "last windows missing",
            lambda picture, kernel: _correlate(picture, kernel, less=1),
            "The last row and column are missing: there are H - h + 1 places, not H - h.",
        ),
        Mistake(
            "mean instead of sum",
            lambda picture, kernel: _correlate(picture, kernel) / kernel.numel(),
            "You take the mean of each window. The map holds the sum.",
        ),
        Mistake(
            "matrix product",
            lambda picture, kernel: _correlate(picture, kernel, meet=torch.matmul),
            "@ makes dot products of rows with columns. Here each number meets the one on top of it: "
            "window * kernel, then .sum().",
        ),
    ],
    hints=[
        "(h, w) = kernel.shape; the map has picture.shape[0] - h + 1 rows, columns likewise.",
        "picture[y:y + h, x:x + w] is the window at (y, x). Multiply it with the kernel and add up: .sum().",
        "Make out = torch.zeros(rows, columns) first, then fill out[y, x] in two loops.",
    ],
)


def max_pool_cases() -> list[Case]:
    return [
        Case("4 x 4 pixels in windows of 2", args=(_all_different(1, 1, 4, 4, seed=5), 2)),
        Case("two pictures, three channels, windows of 3", args=(_all_different(2, 3, 6, 9, seed=1), 3)),
        Case("5 x 7: a row and a column are left over", args=(_all_different(1, 2, 5, 7, seed=2), 2)),
    ]


def _pool(images: Tensor, k: int) -> Tensor:
    return images.unfold(2, k, k).unfold(3, k, k)  # (B, C, Y, X, k, k)


def _filled(images: Tensor, k: int, side: int, stride: int) -> Tensor:
    """The right size, filled from windows of another side or another stride."""
    maps = images.unfold(2, side, stride).unfold(3, side, stride).amax((4, 5))
    return maps[:, :, : images.shape[2] // k, : images.shape[3] // k]


MAX_POOL = Exercise(
    "max_pool",
    "max_pool(images, k): the largest number of each k x k window, windows side by side.",
    cnn.max_pool,
    max_pool_cases,
    mistakes=[
        Mistake(
            "stride 1",
            lambda images, k: images.unfold(2, k, 1).unfold(3, k, 1).amax((4, 5)),
            "Your windows overlap: they move by 1. Move them by k, or nothing gets smaller.",
        ),
        Mistake(
            "moved by one pixel",
            lambda images, k: _filled(images, k, k, 1),
            "Your window moves by one pixel. Squares stand side by side: from row y · k, column x · k.",
        ),
        Mistake(
            "always squares of 2",
            lambda images, k: _filled(images, k, 2, 2),
            "You always cut squares of 2. Their side is k.",
        ),
        Mistake("mean", lambda images, k: _pool(images, k).mean((4, 5)), "That is average pooling. Take the largest."),
        Mistake(
            "over channels too",
            lambda images, k: _pool(images, k).amax((1, 4, 5)),
            "The channels are gone. Each channel is pooled by itself: (B, C, Y, X).",
        ),
        Mistake(
            "one window for everything",
            lambda images, k: images.amax((2, 3)),
            "That is the largest number of the whole picture. Cut it into k x k windows first.",
        ),
        Mistake(
            "corner of each window",
            lambda images, k: images[:, :, ::k, ::k],
            "You keep the first pixel of each window, whatever its neighbours are. Take the largest.",
        ),
    ],
    hints=[
        "Two loops over the windows are fine: rows y · k to y · k + k, columns likewise, for y in range(H // k).",
        "images[:, :, top:top + k, left:left + k].amax((2, 3)) is the largest of one window, in every channel.",
        "Or without loops: images.unfold(2, k, k).unfold(3, k, k) has shape (B, C, Y, X, k, k).",
    ],
)


def receptive_field_cases() -> list[Case]:
    return [
        Case("one 3 x 3 convolution", args=([(3, 1)],)),
        Case("two of them", args=([(3, 1), (3, 1)],)),
        Case("the CNN of the lesson", args=([(3, 1), (2, 2), (3, 1), (2, 2)],)),
        Case("a stride in the last layer", args=([(5, 1), (3, 2)],)),
        Case("three strides", args=([(7, 2), (3, 2), (3, 2), (3, 1)],)),
    ]


def _field(
    layers: list[tuple[int, int]],
    *,
    strides: bool = True,
    own: bool = False,
    start: int = 1,
    last: bool = False,
    whole: bool = False,
) -> int:
    field, step = start, 1
    for kernel, stride in layers:
        step *= stride if own and strides else 1
        field += (kernel if whole else kernel - 1) * step
        step = stride if last else step * (stride if strides and not own else 1)
    return field


def _product(layers: list[tuple[int, int]]) -> int:
    result = 1
    for kernel, _stride in layers:
        result *= kernel
    return result


RECEPTIVE_FIELD = Exercise(
    "receptive_field",
    "receptive_field(layers): how many pixels, along one side, a number at the top sees; layers are (kernel, stride).",
    cnn.receptive_field,
    receptive_field_cases,
    mistakes=[
        Mistake(
            "strides ignored",
            lambda layers: _field(layers, strides=False),
            "Above a layer with stride 2, one step to the side is two pixels. Multiply by the strides below.",
        ),
        Mistake(
            "own stride counted",
            lambda layers: _field(layers, own=True),
            "A layer's own stride does not widen what it sees. It counts for the layers above it.",
        ),
        Mistake(
            "kernels multiplied",
            _product,
            "Kernels do not multiply: two 3 x 3 windows see 5 pixels, because their neighbours overlap.",
        ),
        Mistake(
            "kernels added",
            lambda layers: _field(layers, strides=False, start=1) + len(layers) - 1,
            "Each kernel adds kernel - 1 pixels, because one of its pixels was there already.",
        ),
        Mistake(
            "starts at 0",
            lambda layers: _field(layers, start=0),
            "Start with 1: without any layer, a pixel sees itself.",
        ),
        Mistake(
            "the last stride alone",
            lambda layers: _field(layers, last=True),
            "Above two layers of stride 2, neighbours are four pixels apart: multiply all strides below.",
        ),
        Mistake(
            "kernel instead of kernel - 1",
            lambda layers: _field(layers, whole=True),
            "A kernel of 3 adds 2 pixels, one on each side: kernel - 1.",
        ),
        Mistake(
            "from the top down",
            lambda layers: _field(layers[::-1]),
            "Go from the picture upwards: the strides that count are those below.",
        ),
    ],
    hints=[
        "Keep two numbers: field = 1 and step = 1, the distance in pixels between neighbours at this layer.",
        "For each layer: field grows by (kernel - 1) · step; after that, step is multiplied by the stride.",
    ],
)


def shift_images_cases() -> list[Case]:
    images = torch.arange(1.0, 13.0).reshape(1, 1, 3, 4)
    return [
        Case("1 to the right", args=(images, 1, 0)),
        Case("1 to the left", args=(images, -1, 0)),
        Case("2 down, 1 to the left", args=(images, -1, 2)),
        Case("no shift, two pictures", args=(_numbers(2, 3, 4, 4), 0, 0)),
        Case("up", args=(_numbers(2, 2, 5, 5, seed=1), 2, -1)),
    ]


def _wrapped(images: Tensor, right: int, down: int) -> Tensor:
    """Two loops that look at one end only: a negative index counts from the other."""
    out, (height, width) = torch.zeros_like(images), images.shape[2:]
    for y in range(min(height, height + down)):
        for x in range(min(width, width + right)):
            out[:, :, y, x] = images[:, :, y - down, x - right]
    return out


SHIFT_IMAGES = Exercise(
    "shift_images",
    "shift_images(images, right, down): move pictures (B, C, H, W) by whole pixels; 0 comes in at the edge.",
    cnn.shift_images,
    shift_images_cases,
    mistakes=[
        Mistake(
            "rolled round",
            lambda images, right, down: images.roll((down, right), (2, 3)),
            "What leaves on one side comes back on the other: torch.roll. Fill with 0 instead.",
        ),
        Mistake(
            "wrong direction",
            lambda images, right, down: cnn.shift_images(images, -right, -down),
            "The pictures move the other way. For right = 1 column 0 becomes empty, column 1 holds the old 0.",
        ),
        Mistake(
            "right and down swapped",
            lambda images, right, down: cnn.shift_images(images, down, right),
            "right moves along the columns, the last axis; down along the rows, the axis before.",
        ),
        Mistake(
            "down ignored",
            lambda images, right, down: cnn.shift_images(images, right, 0),
            "Rows stay where they are. Shift axis 2 by down as well.",
        ),
        Mistake(
            "a negative index",
            _wrapped,
            "A negative index counts from the end in Python, so what leaves comes back. Copy only where "
            "0 <= y - down and 0 <= x - right.",
        ),
    ],
    hints=[
        "Start from torch.zeros_like(images) and copy the part that stays in the picture.",
        "Two loops are fine: out[:, :, y, x] = images[:, :, y - down, x - right] wherever 0 <= y - down < H and "
        "0 <= x - right < W.",
        "Without loops: torch.nn.functional.pad(images, (left, right, top, bottom)) adds zeros, and a negative number "
        "cuts pixels off. To shift by r to the right: left = r, right = -r.",
    ],
)


def convolution_matrix_cases() -> list[Case]:
    return [
        Case("kernel 2 x 2 on 3 x 3 pixels", args=(_numbers(1, 1, 2, 2), (3, 3))),
        Case("kernel 1 x 3 on 2 x 4 pixels", args=(_numbers(1, 1, 1, 3, seed=1), (2, 4))),
        Case("two channels in, three out", args=(_numbers(3, 2, 2, 2, seed=2), (3, 4))),
    ]


def _scrambled(weights: Tensor, size: tuple[int, int]) -> Tensor:
    """The rows in the order of the places, not of the maps."""
    matrix = cnn.convolution_matrix(weights, size)
    return matrix.unflatten(0, (len(weights), -1)).transpose(0, 1).flatten(0, 1)


CONVOLUTION_MATRIX = Exercise(
    "convolution_matrix",
    "convolution_matrix(weights, size): the matrix (O Y X, C H W) of the dense layer that does the convolution.",
    cnn.convolution_matrix,
    convolution_matrix_cases,
    mistakes=[
        Mistake(
            "transposed",
            lambda weights, size: cnn.convolution_matrix(weights, size).T,
            "Rows and columns are swapped: one row for each number of the map, one column for each pixel.",
        ),
        Mistake(
            "kernel turned round",
            lambda weights, size: cnn.convolution_matrix(weights.flip(-2, -1), size),
            "The kernel is turned by 180 degrees: row 0 should hold weights[0, 0, 0, 0] in column 0.",
        ),
        Mistake(
            "one map only",
            lambda weights, size: cnn.convolution_matrix(weights[:1], size),
            "Only the first map is there. The maps of all O channels stand below each other.",
        ),
        Mistake(
            "rows in another order",
            _scrambled,
            "The rows are in another order: first the whole map of kernel 0, then that of kernel 1.",
        ),
    ],
    hints=[
        "Row (o, y, x) holds weights[o, c, i, j] in column (c, y + i, x + j), and 0 everywhere else.",
        "With numbers: row o · Y · X + y · X + x, column c · H · W + (y + i) · W + (x + j).",
        "Without loops: what does conv2d answer to a picture in which one pixel is 1, all others 0? That is a column. "
        "torch.eye(C · H · W).reshape(-1, C, H, W) holds all such pictures.",
    ],
)

EXERCISES = [OUTPUT_SIZE, CORRELATE, MAX_POOL, RECEPTIVE_FIELD, SHIFT_IMAGES, CONVOLUTION_MATRIX]
