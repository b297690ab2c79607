"""Exercises of lesson 03 on whole pictures: pooling, what a stack of windows sees, shifting."""

from __future__ import annotations

import torch
from torch import Tensor

from mmcourse.cnn.augmentation import shift_images
from mmcourse.cnn.convolution import max_pool
from mmcourse.cnn.exercises.windows import quarters, whole_numbers
from mmcourse.cnn.networks import receptive_field
from mmcourse.engine import generator
from mmcourse.practice.exercise import Case, Exercise, Mistake


def all_different(*shape: int, seed: int = 0) -> Tensor:
    """Whole numbers of which none comes twice, half of them below 0."""
    count = torch.Size(shape).numel()
    return torch.randperm(count, generator=generator(seed)).reshape(shape) - count / 2


def max_pool_cases() -> list[Case]:
    return [
        Case("4 x 6 pixels in windows of 2", args=(all_different(2, 3, 4, 6, seed=13), 2)),
        Case("one picture of 4 x 4", args=(all_different(1, 1, 4, 4, seed=5), 2)),
        Case("all numbers below 0", args=(all_different(1, 2, 4, 6, seed=3) - 30, 2)),
        Case("two pictures, three channels, windows of 3", args=(all_different(2, 3, 6, 9, seed=1), 3)),
        Case("5 x 7: a row and a column are left over", args=(all_different(1, 2, 5, 7, seed=2), 2)),
        Case("numbers with fractions", args=(all_different(1, 1, 4, 6, seed=4) / 8, 2)),
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
    max_pool,
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
        Mistake(
            "starts from 0",
            lambda images, k: _pool(images, k).amax((4, 5)).clamp(min=0),
            "Your maximum starts at 0: where all numbers of a window are below 0, none wins. Start with one of them.",
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
        Case("no layer at all", args=([],)),
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
    receptive_field,
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
        Case("no shift, two pictures", args=(whole_numbers(2, 3, 4, 4), 0, 0)),
        Case("2 to the right, 1 up", args=(whole_numbers(2, 2, 5, 4, seed=1), 2, -1)),
        Case("only one corner stays", args=(whole_numbers(1, 1, 3, 4, seed=2) + 9, 3, 2)),
        Case("numbers with fractions, 1 to the right, 1 down", args=(quarters(1, 2, 3, 3, seed=3), 1, 1)),
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
    shift_images,
    shift_images_cases,
    mistakes=[
        Mistake(
            "rolled round",
            lambda images, right, down: images.roll((down, right), (2, 3)),
            "What leaves on one side comes back on the other: torch.roll. Fill with 0 instead.",
        ),
        Mistake(
            "wrong direction",
            lambda images, right, down: shift_images(images, -right, -down),
            "The pictures move the other way. For right = 1 column 0 becomes empty, column 1 holds the old 0.",
        ),
        Mistake(
            "right and down swapped",
            lambda images, right, down: shift_images(images, down, right),
            "right moves along the columns, the last axis; down along the rows, the axis before.",
        ),
        Mistake(
            "down ignored",
            lambda images, right, down: shift_images(images, right, 0),
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
