"""Answers to the exercises of lesson 03: wrong ones of many kinds, right ones in several styles."""

from __future__ import annotations

import math

import torch
from torch.nn import functional as F

# ------------------------------------------------------------ the size of the map


def counted(n, k, s, p, d):
    count, start = 0, -p
    while start + (k - 1) * d < n + p:
        count, start = count + 1, start + s
    return count


def asked_of_torch(n, k, s, p, d):
    return F.conv2d(torch.zeros(1, 1, n, n), torch.zeros(1, 1, k, k), None, s, p, d).shape[-1]


def room_of(n, k, p, d):
    return n + 2 * p - (k - 1) * d - 1


OUTPUT_SIZE = {
    "rounded to the nearest": (lambda n, k, s, p, d: round(room_of(n, k, p, d) / s) + 1, "no step"),
    "rounded up": lambda n, k, s, p, d: math.ceil(room_of(n, k, p, d) / s) + 1,
    "stride ignored": lambda n, k, s, p, d: room_of(n, k, p, d) + 1,
    "padding ignored": lambda n, k, s, p, d: room_of(n, k, 0, d) // s + 1,
    "padding taken away": lambda n, k, s, p, d: room_of(n, k, -p, d) // s + 1,
    "one place too many": lambda n, k, s, p, d: room_of(n, k, p, d) // s + 2,
    "size by stride": lambda n, k, s, p, d: n // s,
    "span is kernel + dilation": lambda n, k, s, p, d: (n + 2 * p - (k + d)) // s + 1,
    "span is kernel + dilation - 1": lambda n, k, s, p, d: (n + 2 * p - (k + d - 1)) // s + 1,
    "dilation shrinks the picture": lambda n, k, s, p, d: ((n + 2 * p) // d - k) // s + 1,
    "stride and padding swapped": lambda n, k, p, s, d: room_of(n, k, p, d) // max(s, 1) + 1,
    "padding and dilation swapped": lambda n, k, s, d, p: room_of(n, k, p, d) // s + 1,
    "divided by the padding": (lambda n, k, p, s, d: room_of(n, k, p, d) // s + 1, "divided by 0"),
    "kernel minus one": lambda n, k, s, p, d: (n + 2 * p - (k - 1)) // s + 1,
    "both sides": lambda n, k, s, p, d: (room_of(n, k, p, d) // s + 1,) * 2,
    "the same size": lambda n, k, s, p, d: n,
    "multiplied by the stride": lambda n, k, s, p, d: room_of(n, k, p, d) * s + 1,
    "half of the kernel": lambda n, k, s, p, d: (n + 2 * p - k // 2 * d) // s + 1,
    "as text": lambda n, k, s, p, d: f"{room_of(n, k, p, d) // s + 1}",
}
OUTPUT_SIZE_RIGHT = {
    "counted": counted,
    "asked of torch": asked_of_torch,
    "a range of starts": lambda n, k, s, p, d: len(range(-p, n + p - (k - 1) * d, s)),
    "int of a fraction": lambda n, k, s, p, d: int((n + 2 * p - k - (k - 1) * (d - 1)) / s) + 1,
    "floor": lambda n, k, s, p, d: math.floor((n + 2 * p - (k - 1) * d - 1) / s + 1),
}

# ------------------------------------------------------------ all windows of a picture


def map_of(picture, kernel, sum_up=lambda window, kernel: (window * kernel).sum(), first=0, step=1):
    """The map by two loops; each part can be replaced."""
    (height, width), (h, w) = picture.shape, kernel.shape
    rows = [
        [sum_up(picture[y : y + h, x : x + w], kernel) for x in range(first, width - w + 1, step)]
        for y in range(first, height - h + 1, step)
    ]
    return torch.tensor(rows, dtype=torch.float32)


def never_reset(picture, kernel):
    (height, width), (h, w) = picture.shape, kernel.shape
    out, total = torch.zeros(height - h + 1, width - w + 1), 0.0
    for y in range(len(out)):
        for x in range(out.shape[1]):
            total += (picture[y : y + h, x : x + w] * kernel).sum()
            out[y, x] = total
    return out


def returned_too_early(picture, kernel):
    (height, width), (h, w) = picture.shape, kernel.shape
    out = torch.zeros(height - h + 1, width - w + 1)
    for y in range(len(out)):
        for x in range(out.shape[1]):
            out[y, x] = (picture[y : y + h, x : x + w] * kernel).sum()
        return out
    return out


def sides_swapped(picture, kernel):
    h, w = kernel.shape
    out = torch.zeros(picture.shape[0] - h + 1, picture.shape[1] - w + 1)
    for y in range(len(out)):
        for x in range(out.shape[1]):
            out[y, x] = (picture[y : y + w, x : x + h] * kernel).sum()
    return out


def always_two_by_two(picture, kernel):
    out = torch.zeros(picture.shape[0] - 1, picture.shape[1] - 1)
    for y in range(len(out)):
        for x in range(out.shape[1]):
            out[y, x] = (picture[y : y + 2, x : x + 2] * kernel).sum()
    return out


def stops_one_before(picture, kernel):
    (height, width), (h, w) = picture.shape, kernel.shape
    out = torch.zeros(height - h + 1, width - w + 1)
    for y in range(height - h):
        for x in range(width - w):
            out[y, x] = (picture[y : y + h, x : x + w] * kernel).sum()
    return out


def four_loops(picture, kernel):
    (height, width), (h, w) = picture.shape, kernel.shape
    out = torch.zeros(height - h + 1, width - w + 1)
    for y in range(len(out)):
        for x in range(out.shape[1]):
            for i in range(h):
                for j in range(w):
                    out[y, x] += picture[y + i, x + j] * kernel[i, j]
    return out


def shifted_and_added(picture, kernel):
    (height, width), (h, w) = picture.shape, kernel.shape
    rows, columns = height - h + 1, width - w + 1
    return sum(kernel[i, j] * picture[i : i + rows, j : j + columns] for i in range(h) for j in range(w))


CORRELATE = {
    "mirrored": lambda picture, kernel: map_of(picture, kernel.flip(1)),
    "upside down": lambda picture, kernel: map_of(picture, kernel.flip(0)),
    "kernel on its side": lambda picture, kernel: map_of(picture, kernel.T if len(set(kernel.shape)) == 1 else kernel),
    "one window": lambda picture, kernel: (picture[: kernel.shape[0], : kernel.shape[1]] * kernel).sum(),
    "the whole picture": lambda picture, kernel: picture * kernel,
    "padded": lambda picture, kernel: F.conv2d(picture[None, None], kernel[None, None], padding=1)[0, 0],
    "side by side": lambda picture, kernel: map_of(picture, kernel, step=2),
    "largest product": lambda picture, kernel: map_of(picture, kernel, lambda window, kernel: (window * kernel).max()),
    "without sign": lambda picture, kernel: map_of(picture, kernel).abs(),
    "cut off below 0": lambda picture, kernel: map_of(picture, kernel).relu(),
    "window plus kernel": lambda picture, kernel: map_of(
        picture, kernel, lambda window, kernel: (window + kernel).sum()
    ),
    "window minus kernel": lambda picture, kernel: map_of(
        picture, kernel, lambda window, kernel: (window - kernel).sum()
    ),
    "kernel forgotten": lambda picture, kernel: map_of(picture, kernel, lambda window, _kernel: window.sum()),
    "starts at 1": lambda picture, kernel: map_of(picture, kernel, first=1),
    "in a row": lambda picture, kernel: map_of(picture, kernel).flatten(),
    "a list": (lambda picture, kernel: map_of(picture, kernel).tolist(), "torch.tensor(…) makes one of it"),
    "with batch and channel": (
        lambda picture, kernel: F.conv2d(picture[None, None], kernel[None, None]),
        "(1, 1, 3, 3)",
    ),
    "never reset": never_reset,
    "returned too early": returned_too_early,
    "sides swapped": sides_swapped,
    "always two by two": (always_two_by_two, "5 x 7 pixels"),
    "stops one before the end": stops_one_before,
    "rounded": (lambda picture, kernel: map_of(picture, kernel).round(), "numbers with fractions"),
    "whole pixels": (lambda picture, kernel: map_of(picture.trunc(), kernel), "numbers with fractions"),
}
CORRELATE_RIGHT = {
    "four loops": four_loops,
    "shifted and added": shifted_and_added,
    "torch": lambda picture, kernel: F.conv2d(picture[None, None], kernel[None, None])[0, 0],
    "unfolded": lambda picture, kernel: torch.einsum(
        "yxij,ij->yx", picture.unfold(0, kernel.shape[0], 1).unfold(1, kernel.shape[1], 1), kernel
    ),
}

# ------------------------------------------------------------ max pooling


def squares(images, k):
    """(B, C, Y, X, k, k)"""
    return images.unfold(2, k, k).unfold(3, k, k)


def from_zero(images, k):
    rows, columns = images.shape[2] // k, images.shape[3] // k
    out = torch.zeros(*images.shape[:2], rows, columns)
    for i in range(k):
        for j in range(k):
            out = torch.maximum(out, images[:, :, i : rows * k : k, j : columns * k : k])
    return out


def reshaped_without_a_crop(images, k):
    b, c, height, width = images.shape
    return images.reshape(b, c, height // k, k, width // k, k).amax((3, 5))


def reshaped_in_the_wrong_order(images, k):
    b, c, height, width = images.shape
    whole = images[:, :, : height // k * k, : width // k * k]
    return whole.reshape(b, c, height // k, width // k, k, k).amax((4, 5))


def cropped_at_the_start(images, k):
    height, width = images.shape[2:]
    return squares(images[:, :, height % k :, width % k :], k).amax((4, 5))


def window_by_window(images, k):
    rows, columns = images.shape[2] // k, images.shape[3] // k
    out = torch.empty(*images.shape[:2], rows, columns)
    for y in range(rows):
        for x in range(columns):
            out[:, :, y, x] = images[:, :, y * k : y * k + k, x * k : x * k + k].amax((2, 3))
    return out


def number_by_number(images, k):
    def largest(picture, y, x):
        return max(picture[y * k + i][x * k + j] for i in range(k) for j in range(k))

    rows, columns = images.shape[2] // k, images.shape[3] // k
    return torch.tensor(
        [
            [[[largest(one, y, x) for x in range(columns)] for y in range(rows)] for one in channels]
            for channels in images.tolist()
        ]
    )


def reshaped(images, k):
    rows, columns = images.shape[2] // k, images.shape[3] // k
    whole = images[:, :, : rows * k, : columns * k]
    return whole.reshape(*images.shape[:2], rows, k, columns, k).amax((3, 5))


MAX_POOL = {
    "starts from 0": (from_zero, "Your maximum starts at 0"),
    "smallest": lambda images, k: squares(images, k).amin((4, 5)),
    "without sign": lambda images, k: squares(images.abs(), k).amax((4, 5)),
    "rows only": (lambda images, k: squares(images, k).amax(4), "Axis 4"),
    "columns only": lambda images, k: images.unfold(3, k, k).amax(-1),
    "sum": lambda images, k: squares(images, k).sum((4, 5)),
    "where it stands": lambda images, k: squares(images, k).flatten(4).argmax(-1),
    "reshaped without a crop": (reshaped_without_a_crop, "a row and a column are left over"),
    "reshaped in the wrong order": reshaped_in_the_wrong_order,
    "rounded up": (lambda images, k: F.max_pool2d(images, k, ceil_mode=True), "(1, 2, 3, 4)"),
    "on its side": lambda images, k: squares(images, k).amax((4, 5)).transpose(2, 3),
    "last of each": lambda images, k: images[:, :, k - 1 :: k, k - 1 :: k],
    "median": lambda images, k: squares(images, k).flatten(4).median(-1).values,
    "values and places": lambda images, k: tuple(squares(images, k).flatten(4).max(-1)),
    "over the batch": (lambda images, k: squares(images, k).amax((0, 4, 5)), "Axis 0 is missing"),
    "mean of the rows' largest": lambda images, k: squares(images, k).amax(4).mean(4),
    "diagonal": lambda images, k: squares(images, k).diagonal(dim1=4, dim2=5).amax(-1),
    "squares of k + 1": lambda images, k: images.unfold(2, k + 1, k).unfold(3, k + 1, k).amax((4, 5)),
    "cropped at the start": (cropped_at_the_start, "a row and a column are left over"),
    "padded": lambda images, k: F.max_pool2d(images, k, padding=1),
    "stride 2, whatever k": (lambda images, k: F.max_pool2d(images, k, stride=2), "windows of 3"),
    "the largest only": lambda images, k: images.max(),
    "rounded": (lambda images, k: squares(images, k).amax((4, 5)).round(), "numbers with fractions"),
}
MAX_POOL_RIGHT = {
    "window by window": window_by_window,
    "number by number": number_by_number,
    "reshaped": reshaped,
    "torch": F.max_pool2d,
    "unfolded": lambda images, k: squares(images, k).amax((4, 5)),
}

# ------------------------------------------------------------ how much does the top see?


def stack(layers, add=lambda k, s, step: (k - 1) * step, grow=lambda k, s, step: step * s, field=1, step=1):
    """The field of a stack; each part can be replaced."""
    for kernel, stride in layers:
        field, step = field + add(kernel, stride, step), grow(kernel, stride, step)
    return field


def returned_in_the_loop(layers):
    field, step = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
        return field
    return field


def all_fields(layers):
    return [stack(layers[: k + 1]) for k in range(len(layers))]


def emptied(layers):
    field, step = 1, 1
    while layers:
        kernel, stride = layers.pop(0)
        field, step = field + (kernel - 1) * step, step * stride
    return field


def from_the_top(layers):
    field = 1
    for kernel, stride in reversed(layers):
        field = (field - 1) * stride + kernel
    return field


def from_the_top_without_minus_1(layers):
    field = 1
    for kernel, stride in reversed(layers):
        field = field * stride + kernel - 1
    return field


def by_gradient(layers):
    pixels = torch.zeros(1, 1, 200, requires_grad=True)
    x = pixels
    for kernel, stride in layers:
        x = F.conv1d(x, torch.ones(1, 1, kernel), stride=stride)
    x[0, 0, x.shape[-1] // 2].backward()
    return int((pixels.grad != 0).sum())


def by_recursion(layers):
    if not layers:
        return 1
    (kernel, stride), *above = layers
    return (by_recursion(above) - 1) * stride + kernel


RECEPTIVE_FIELD = {
    "returned in the loop": (returned_in_the_loop, "two of them"),
    "fields of all layers": all_fields,
    "empties the list": (emptied, "The input layers is not the same after the call"),
    "strides added": lambda layers: stack(layers, grow=lambda k, s, step: step + s),
    "strides minus 1 added": lambda layers: stack(layers, grow=lambda k, s, step: step + s - 1),
    "stride added": lambda layers: stack(layers, add=lambda k, s, step: (k - 1) * step + s),
    "largest kernel": lambda layers: max((kernel for kernel, _stride in layers), default=1),
    "pixels of the square": lambda layers: stack(layers) ** 2,
    "half on each side": (
        lambda layers: stack(layers, add=lambda k, s, step: 2 * (k // 2) * step),
        "the CNN of the lesson",
    ),
    "one side": lambda layers: stack(layers, add=lambda k, s, step: k // 2 * step),
    "pooling left out": (lambda layers: stack([one for one in layers if one[0] != 2]), "the CNN of the lesson"),
    "one too many": lambda layers: stack(layers) + 1,
    "top down, no minus 1": from_the_top_without_minus_1,
    "step squared": (lambda layers: stack(layers, add=lambda k, s, step: (k - 1) * step**2), "the CNN of the lesson"),
    "kernels multiplied with strides": lambda layers: math.prod(kernel * stride for kernel, stride in layers),
    "strides multiplied alone": lambda layers: math.prod(stride for _kernel, stride in layers),
    "the last layer": lambda layers: layers[-1][0],
    "step grows by kernels": (
        lambda layers: stack(layers, grow=lambda k, s, step: step * k),
        "Kernels do not multiply",
    ),
    "field times stride": (
        lambda layers: sum(kernel - 1 for kernel, _stride in layers) * layers[0][1] + 1 if layers else 1,
        "the CNN of the lesson",
    ),
    "a pair": lambda layers: (stack(layers), stack(layers)),
    "fails without layers": (lambda layers: layers[0][0] + stack(layers) - layers[0][0], "no layer at all"),
}
RECEPTIVE_FIELD_RIGHT = {
    "from the top": from_the_top,
    "recursion": by_recursion,
    "by gradient": by_gradient,
    "a sum": lambda layers: 1 + sum((k - 1) * math.prod(s for _k, s in layers[:i]) for i, (k, _s) in enumerate(layers)),
}

# ------------------------------------------------------------ shift without wrapping round


def right_only_forward(images, right, down):
    out = torch.zeros_like(images)
    out[:, :, down:, right:] = images[:, :, : images.shape[2] - down, : images.shape[3] - right]
    return out


def rolled_and_one_line_cleared(images, right, down):
    out = images.roll((down, right), (2, 3))
    out[:, :, 0 if down >= 0 else -1] = 0 if down else out[:, :, 0]
    out[..., 0 if right >= 0 else -1] = 0 if right else out[..., 0]
    return out


def edge_repeated(images, right, down):
    rows = (torch.arange(images.shape[2]) - down).clamp(0, images.shape[2] - 1)
    columns = (torch.arange(images.shape[3]) - right).clamp(0, images.shape[3] - 1)
    return images[:, :, rows][..., columns]


def moved(images, right, down, fill=0.0):
    out, (height, width) = torch.full_like(images, fill), images.shape[2:]
    out[:, :, max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)] = images[
        :, :, max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)
    ]
    return out


def in_place(images, right, down):
    images[:] = moved(images, right, down)
    return images


def first_channel_only(images, right, down):
    out = images.clone()
    out[:, :1] = moved(images[:, :1], right, down)
    return out


def left_over_kept(images, right, down):
    out, shifted = images.clone(), moved(images, right, down)
    out[shifted != 0] = shifted[shifted != 0]
    return out


def pixel_by_pixel(images, right, down):
    out, (height, width) = torch.zeros_like(images), images.shape[2:]
    for y in range(height):
        for x in range(width):
            if 0 <= y - down < height and 0 <= x - right < width:
                out[:, :, y, x] = images[:, :, y - down, x - right]
    return out


def rolled_and_masked(images, right, down):
    rows, columns = (torch.arange(side) for side in images.shape[2:])
    inside_rows = (rows - down >= 0) & (rows - down < len(rows))
    inside_columns = (columns - right >= 0) & (columns - right < len(columns))
    return images.roll((down, right), (2, 3)) * inside_rows[:, None] * inside_columns


def by_matrices(images, right, down):
    height, width = images.shape[2:]
    up, across = torch.zeros(height, height), torch.zeros(width, width)
    for y in range(height):
        if 0 <= y - down < height:
            up[y, y - down] = 1
    for x in range(width):
        if 0 <= x - right < width:
            across[x - right, x] = 1
    return up @ images @ across


SHIFT_IMAGES = {
    "forward only": (right_only_forward, "1 to the left"),
    "one line cleared": (rolled_and_one_line_cleared, "2 down"),
    "edge repeated": edge_repeated,
    "filled with 1": lambda images, right, down: moved(images, right, down, 1.0),
    "filled with the mean": lambda images, right, down: moved(images, right, down, float(images.mean())),
    "right ignored": lambda images, right, down: moved(images, 0, down),
    "up for down": (lambda images, right, down: moved(images, right, -down), "2 down"),
    "left for right": lambda images, right, down: moved(images, -right, down),
    "negative taken for 0": (lambda images, right, down: moved(images, max(right, 0), max(down, 0)), "1 to the left"),
    "without sign": (lambda images, right, down: moved(images, abs(right), abs(down)), "1 to the left"),
    "twice as far": lambda images, right, down: moved(images, 2 * right, 2 * down),
    "at most one pixel": (
        lambda images, right, down: moved(images, max(-1, min(1, right)), max(-1, min(1, down))),
        "2 down",
    ),
    "rolled along other axes": lambda images, right, down: images.roll((down, right), (1, 2)),
    "a larger picture": lambda images, right, down: F.pad(images, (max(right, 0), 0, max(down, 0), 0)),
    "a smaller picture": lambda images, right, down: images[:, :, max(down, 0) :, max(right, 0) :],
    "first channel only": (first_channel_only, "2 to the right, 1 up"),
    "changes its input": (in_place, "The input images is not the same after the call"),
    "old pixels kept": left_over_kept,
    "all 0": lambda images, right, down: torch.zeros_like(images),
    "a list": (lambda images, right, down: list(moved(images, right, down)), "torch.stack(…)"),
    "on its side": lambda images, right, down: moved(images, right, down).transpose(2, 3),
    "pad without the cut": lambda images, right, down: F.pad(images, (right, 0, down, 0)),
    "whole pixels": (lambda images, right, down: moved(images.trunc(), right, down), "numbers with fractions"),
}
SHIFT_IMAGES_RIGHT = {
    "pixel by pixel": pixel_by_pixel,
    "slices": moved,
    "pad": lambda images, right, down: F.pad(images, (right, -right, down, -down)),
    "rolled and masked": rolled_and_masked,
    "by matrices": by_matrices,
}

# ------------------------------------------------------------ the matrix of a convolution


def matrix_of(
    weights,
    size,
    row=lambda o, y, x, rows, columns: (o * rows + y) * columns + x,
    column=lambda c, y, x, height, width, channels: (c * height + y) * width + x,
    number=lambda weight: weight,
):
    """The matrix by six loops; each part can be replaced."""
    (outs, channels, h, w), (height, width) = weights.shape, size
    rows, columns = height - h + 1, width - w + 1
    matrix = torch.zeros(outs * rows * columns, channels * height * width)
    for o in range(outs):
        for y in range(rows):
            for x in range(columns):
                for c in range(channels):
                    for i in range(h):
                        for j in range(w):
                            here = column(c, y + i, x + j, height, width, channels)
                            matrix[row(o, y, x, rows, columns), here] = number(weights[o, c, i, j])
    return matrix


def wraps_round(weights, size):
    outs, channels, h, w = weights.shape
    first = torch.zeros(outs, channels, *size)
    first[:, :, :h, :w] = weights
    places = [(y, x) for y in range(size[0]) for x in range(size[1])]
    return torch.stack([first.roll(place, (2, 3)).flatten(1) for place in places], 1).flatten(0, 1)


def first_channel(weights, size):
    matrix = matrix_of(weights, size)
    matrix[:, size[0] * size[1] :] = 0
    return matrix


def without_zeros(weights, size):
    places = (size[0] - weights.shape[2] + 1) * (size[1] - weights.shape[3] + 1)
    return weights.flatten(1).repeat_interleave(places, 0)


def first_row_only(weights, size):
    first = torch.zeros(weights.shape[1], *size)
    first[:, : weights.shape[2], : weights.shape[3]] = weights[0]
    return first.flatten()


def answers_of_torch(weights, size, **walk):
    pixels = weights.shape[1] * size[0] * size[1]
    lit = torch.eye(pixels).reshape(pixels, weights.shape[1], *size)
    return F.conv2d(lit, weights, **walk).flatten(1).T


def windows_laid_down(weights, size):
    (outs, channels, h, w), (height, width) = weights.shape, size
    matrix = torch.zeros(outs, height - h + 1, width - w + 1, channels, height, width)
    for y in range(height - h + 1):
        for x in range(width - w + 1):
            matrix[:, y, x, :, y : y + h, x : x + w] = weights
    return matrix.flatten(3).flatten(0, 2)


def by_the_gradient(weights, size):
    image = torch.zeros(1, weights.shape[1], *size, requires_grad=True)
    numbers = F.conv2d(image, weights).flatten()
    return torch.stack([torch.autograd.grad(one, image, retain_graph=True)[0].flatten() for one in numbers])


CONVOLUTION_MATRIX = {
    "windows column by column": lambda weights, size: matrix_of(
        weights, size, row=lambda o, y, x, rows, columns: (o * columns + x) * rows + y
    ),
    "pixels column by column": lambda weights, size: matrix_of(
        weights, size, column=lambda c, y, x, height, width, channels: (c * width + x) * height + y
    ),
    "channels last": (
        lambda weights, size: matrix_of(
            weights, size, column=lambda c, y, x, height, width, channels: (y * width + x) * channels + c
        ),
        "two channels in",
    ),
    "channels swapped": (lambda weights, size: matrix_of(weights.flip(1), size), "two channels in"),
    "kernels in reverse": (lambda weights, size: matrix_of(weights.flip(0), size), "two channels in"),
    "only the first channel": (first_channel, "two channels in"),
    "mirrored": lambda weights, size: matrix_of(weights.flip(3), size),
    "upside down": lambda weights, size: matrix_of(weights.flip(2), size),
    "kernel on its side": lambda weights, size: matrix_of(weights.transpose(2, 3), size),
    "height and width swapped": (lambda weights, size: matrix_of(weights, size[::-1]), "3 x 5 pixels"),
    "ones in place of weights": lambda weights, size: matrix_of(weights, size, number=lambda weight: 1.0),
    "without sign": lambda weights, size: matrix_of(weights.abs(), size),
    "wraps round": wraps_round,
    "padded": lambda weights, size: answers_of_torch(weights, size, padding=1),
    "stride 2": lambda weights, size: answers_of_torch(weights, size, stride=2),
    "without zeros": without_zeros,
    "first row only": first_row_only,
    "not flattened": lambda weights, size: answers_of_torch(weights, size).reshape(len(weights), -1, *size),
    "kernels added up": (lambda weights, size: matrix_of(weights.sum(0, keepdim=True), size), "two channels in"),
    "the kernel itself": lambda weights, size: weights.flatten(1),
    "mean over the window": lambda weights, size: matrix_of(weights, size) / weights[0].numel(),
    "rounded": (lambda weights, size: matrix_of(weights.round(), size), "weights with fractions"),
}
CONVOLUTION_MATRIX_RIGHT = {
    "six loops": matrix_of,
    "windows laid down": windows_laid_down,
    "answers of torch": answers_of_torch,
    "by the gradient": by_the_gradient,
}

WRONG = {
    "output_size": OUTPUT_SIZE,
    "correlate": CORRELATE,
    "max_pool": MAX_POOL,
    "receptive_field": RECEPTIVE_FIELD,
    "shift_images": SHIFT_IMAGES,
    "convolution_matrix": CONVOLUTION_MATRIX,
}
RIGHT = {
    "output_size": OUTPUT_SIZE_RIGHT,
    "correlate": CORRELATE_RIGHT,
    "max_pool": MAX_POOL_RIGHT,
    "receptive_field": RECEPTIVE_FIELD_RIGHT,
    "shift_images": SHIFT_IMAGES_RIGHT,
    "convolution_matrix": CONVOLUTION_MATRIX_RIGHT,
}
