"""Exercises of lesson 03 on one window: how many places it has, its sums, and the dense layer that does the same."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from mmcourse.cnn.convolution import convolution_matrix, correlate, output_size
from mmcourse.engine import generator
from mmcourse.practice.exercise import Case, Exercise, Mistake


def whole_numbers(*shape: int, seed: int = 0) -> Tensor:
    """Whole numbers from -4 to 4 as floats, the same each time."""
    return torch.randint(-4, 5, shape, generator=generator(seed)).float()


def quarters(*shape: int, seed: int = 0) -> Tensor:
    """Numbers from -1 to 1 with fractions, exact as floats: whoever rounds them loses something."""
    return whole_numbers(*shape, seed=seed) / 4


def output_size_cases() -> list[Case]:
    return [
        Case("8 pixels, kernel 3", args=(8, 3, 1, 0, 1)),
        Case("with padding 1", args=(8, 3, 1, 1, 1)),
        Case("stride 2", args=(8, 3, 2, 0, 1)),
        Case("stride 4, nearly room for another step", args=(10, 3, 4, 0, 1)),
        Case("dilation 2", args=(12, 3, 1, 0, 2)),
        Case("all at once", args=(32, 5, 3, 2, 2)),
        Case("the window covers everything", args=(5, 5, 4, 0, 1)),
    ]


OUTPUT_SIZE = Exercise(
    "output_size",
    "output_size(size, kernel, stride, padding, dilation): how many places the window has along one side.",
    output_size,
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
            "rounded to the nearest",
            lambda n, k, s, p, d: round((n + 2 * p - (k - 1) * d - 1) / s) + 1,
            "Three quarters of a step are no step: do not round to the nearest, round down with //.",
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
        Case("the picture of the lesson, kernel 1 2 / 0 -1", args=(picture, torch.tensor([[1.0, 2.0], [0.0, -1.0]]))),
        Case("the kernel of the lesson", args=(picture, torch.tensor([[-1.0, 1.0], [-1.0, 1.0]]))),
        Case("5 x 7 pixels, kernel 2 x 3", args=(whole_numbers(5, 7), whole_numbers(2, 3, seed=1))),
        Case("a kernel as large as the picture", args=(whole_numbers(3, 3, seed=2), whole_numbers(3, 3, seed=3))),
        Case("numbers with fractions", args=(quarters(4, 5, seed=4), quarters(2, 2, seed=5))),
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
    correlate,
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


def convolution_matrix_cases() -> list[Case]:
    return [
        Case("kernel 1 2 / 3 4 on 3 x 3 pixels", args=(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), (3, 3))),
        Case("kernel 2 x 2 on 3 x 5 pixels", args=(whole_numbers(1, 1, 2, 2), (3, 5))),
        Case("kernel 1 x 3 on 2 x 4 pixels", args=(whole_numbers(1, 1, 1, 3, seed=1), (2, 4))),
        Case("two channels in, three out", args=(whole_numbers(3, 2, 2, 2, seed=2), (3, 4))),
        Case("weights with fractions", args=(quarters(1, 2, 2, 1, seed=3), (3, 2))),
    ]


def _scrambled(weights: Tensor, size: tuple[int, int]) -> Tensor:
    """The rows in the order of the places, not of the maps."""
    matrix = convolution_matrix(weights, size)
    return matrix.unflatten(0, (len(weights), -1)).transpose(0, 1).flatten(0, 1)


CONVOLUTION_MATRIX = Exercise(
    "convolution_matrix",
    "convolution_matrix(weights, size): the matrix (O Y X, C H W) of the dense layer that does the convolution.",
    convolution_matrix,
    convolution_matrix_cases,
    mistakes=[
        Mistake(
            "transposed",
            lambda weights, size: convolution_matrix(weights, size).T,
            "Rows and columns are swapped: one row for each number of the map, one column for each pixel.",
        ),
        Mistake(
            "kernel turned round",
            lambda weights, size: convolution_matrix(weights.flip(-2, -1), size),
            "The kernel is turned by 180 degrees: row 0 should hold weights[0, 0, 0, 0] in column 0.",
        ),
        Mistake(
            "one map only",
            lambda weights, size: convolution_matrix(weights[:1], size),
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
