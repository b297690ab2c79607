"""Networks of windows: how much of the picture they see, the CNN that reads digits, and twenty layers with a way round.

They call PyTorch's ``conv2d`` and ``max_pool2d``, which give what this lesson's give in half the time.

Letters: B pictures, C channels, O channels out, H and W height and width.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.base.checks import check_wholes
from mmcourse.engine import generator


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
    """A 3 x 3 convolution with O (9 C + 1) parameters, padded so that the size stays: (B, C, H, W) → (B, O, H, W).

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
        return F.conv2d(images, self.weights, self.bias, padding=self.dilation, dilation=self.dilation)


class DigitCNN(nn.Module):
    """Two convolutions with ReLU, then one dense layer: (B, 1, size, size) → logits (B, classes).

    ``anywhere=False``: 2 x 2 max pooling after each convolution; the dense layer sees every cell that remains.
    ``anywhere=True``: no pooling, and the second kernel has dilation 2; of each map only the largest number, wherever
    it stands, reaches the dense layer. ``pool`` and ``dilation`` change one of these alone; without pooling and
    without ``anywhere`` the dense layer has size² weights for each map and class. First weights from the seed, as in
    He et al. (ICCV 2015).
    """

    def __init__(
        self,
        channels: tuple[int, int] = (8, 16),
        size: int = 12,
        classes: int = 10,
        anywhere: bool = False,
        seed: int = 0,
        *,
        pool: bool | None = None,
        dilation: int | None = None,
    ) -> None:
        super().__init__()
        rng, (first, second) = generator(seed), channels
        self.size, self.anywhere, self.pool = size, anywhere, not anywhere if pool is None else pool
        if size % 4 and self.pool:
            raise ValueError(f"size: got {size}, expected a multiple of 4, because it is halved twice")
        apart = dilation or (2 if anywhere else 1)
        self.one, self.two = Conv(1, first, rng), Conv(first, second, rng, dilation=apart)
        features = second if anywhere else second * (size // 4 if self.pool else size) ** 2
        self.weights = nn.Parameter((2 / features) ** 0.5 * torch.randn(features, classes, generator=rng))
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, images: Tensor) -> Tensor:
        return self.stages(images)["logits"]

    def stages(self, images: Tensor) -> dict[str, Tensor]:
        """Everything on the way, by name: the maps after each convolution and pooling, and the logits (B, classes)."""
        if images.shape[1:] != (1, self.size, self.size):
            raise ValueError(f"images: got shape {tuple(images.shape)}, expected (B, 1, {self.size}, {self.size})")
        maps = {"conv 1": self.one(images).relu()}  # (B, 8, 12, 12)
        if self.pool:
            maps["pool 1"] = F.max_pool2d(maps["conv 1"], 2)  # (B, 8, 6, 6)
        maps["conv 2"] = self.two(list(maps.values())[-1]).relu()  # (B, 16, 6, 6), or (B, 16, 12, 12)
        if self.anywhere:
            maps["pool 2"] = maps["conv 2"].amax((2, 3), True)
        elif self.pool:
            maps["pool 2"] = F.max_pool2d(maps["conv 2"], 2)
        return {**maps, "logits": list(maps.values())[-1].flatten(1) @ self.weights + self.bias}


class ResidualBlock(nn.Module):
    """Two convolutions with a way round them: relu(x + conv(relu(conv(x)))), or without ``x +`` if not ``skip``.

    (B, C, H, W) → the same shape. Source: He et al. (CVPR 2016), there with batch normalisation inside.
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

    (B, 1, size, size) → logits (B, classes). A seed gives the same first weights with and without ``skip``.
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
        x = F.max_pool2d(self.first(images).relu(), 2)  # (B, 8, 4, 4)
        for block in self.blocks:
            x = block(x)
        return x.flatten(1) @ self.weights + self.bias
