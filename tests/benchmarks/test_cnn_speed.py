"""The from-scratch convolution against torch's own, forward and backward, at the sizes of lesson 03."""

from collections.abc import Callable

import pytest
import torch
from clock import Row, in_turns
from torch import Tensor
from torch.nn import functional as F

from mmcourse import cnn
from mmcourse.engine import pick_device

SIZES = {
    "1 to 8 channels, 12 x 12": ((40, 1, 12, 12), (8, 1, 3, 3)),
    "8 to 16 channels, 6 x 6": ((40, 8, 6, 6), (16, 8, 3, 3)),
    "8 to 24 channels, 12 x 12": ((40, 8, 12, 12), (24, 8, 3, 3)),
    "a photograph, 106 x 160": ((1, 1, 106, 160), (1, 1, 3, 3)),
}


def forward(conv: Callable[..., Tensor], inputs: tuple[Tensor, Tensor]) -> Callable[[], Tensor]:
    return lambda: conv(*inputs, padding=1)


def backward(conv: Callable[..., Tensor], inputs: tuple[Tensor, Tensor]) -> Callable[[], object]:
    maps = conv(*inputs, padding=1)
    pull = torch.ones_like(maps)
    return lambda: torch.autograd.grad(maps, inputs, pull, retain_graph=True)


@pytest.mark.parametrize("name", SIZES)
def test_convolution_against_torch(table: list[Row], name: str) -> None:
    rng, device = torch.Generator().manual_seed(0), pick_device()
    inputs = tuple(torch.randn(shape, generator=rng).to(device).requires_grad_() for shape in SIZES[name])
    for way, work in (("forward", forward), ("backward", backward)):
        taken, ratio = in_turns(60, work(cnn.conv2d, inputs), work(F.conv2d, inputs))
        table.append((f"{name}, {way}", f"{1000 * taken:.2f} ms, {ratio:.1f} times", "told, no aim"))
    torch.testing.assert_close(cnn.conv2d(*inputs, padding=1), F.conv2d(*inputs, padding=1), rtol=1e-4, atol=1e-4)


def test_max_pooling_against_torch(table: list[Row]) -> None:
    images = torch.randn(40, 8, 12, 12, generator=torch.Generator().manual_seed(0)).to(pick_device()).requires_grad_()

    def there_and_back(pool: Callable[..., Tensor]) -> Callable[[], object]:
        return lambda: torch.autograd.grad(pool(images, 2).sum(), images)

    taken, ratio = in_turns(60, there_and_back(cnn.max_pool), there_and_back(F.max_pool2d))
    table.append(("max pooling, 8 channels, there and back", f"{1000 * taken:.2f} ms, {ratio:.1f} times", ""))
    assert taken > 0
