"""Small models and data for the tests of the engine and of whatever trains."""

import torch
from torch import nn
from torch.nn import functional as F

from mmcourse.engine import generator
from mmcourse.training import dropout


def data(count=130, seed=0, features=6, classes=3):
    rng = generator(seed)
    x = torch.randn(count, features, generator=rng)
    return x, (x[:, :classes] + 0.3 * torch.randn(count, classes, generator=rng)).argmax(1)


def mlp(seed=0, features=6, classes=3):
    model = nn.Sequential(nn.Linear(features, 8), nn.ReLU(), nn.Linear(8, classes))
    rng = generator(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.uniform_(-0.4, 0.4, generator=rng)
    return model


class TinyCNN(nn.Module):
    """A convolution, a pooling and a dense layer, from 1x8x8 pictures in a batch to 4 logits."""

    def __init__(self):
        super().__init__()
        self.conv, self.out = nn.Conv2d(1, 4, 3, padding=1), nn.Linear(4 * 16, 4)

    def forward(self, batch):
        return self.out(F.max_pool2d(F.relu(self.conv(batch["image"])), 2).flatten(1))


def cnn(seed):
    model, rng = TinyCNN(), generator(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.uniform_(-0.3, 0.3, generator=rng)
    return model


def pictures(seed, count=90):
    rng = generator(seed)
    x = torch.randn(count, 1, 8, 8, generator=rng)
    return {"image": x}, (x[:, 0, :4, :4].amax((1, 2)) > 1.6).long() + 2 * (x[:, 0, 4:].mean((1, 2)) > 0).long()


def close(one, other, atol=1e-5):
    """Whether two models have the same weights, up to rounding."""
    return all(
        torch.allclose(a, b, atol=atol, rtol=1e-4) for a, b in zip(one.parameters(), other.parameters(), strict=True)
    )


def interrupt_after(epochs):
    """A callback that presses stop after so many epochs."""

    def callback(done, total, history):
        if done == epochs:
            raise KeyboardInterrupt

    return callback


def normal(*shape, seed=0, dtype=torch.float32):
    """Random numbers, the same each time and for each type."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def noisy_data(count=60, seed=0):
    """Points (N, 6) and which of the first three numbers is largest, not always."""
    x = normal(count, 6, seed=seed)
    return x, (x[:, :3] + 0.5 * normal(count, 3, seed=seed + 1)).argmax(1)


class Noisy(nn.Module):
    """A small network that draws masks of dropout, and has a buffer."""

    def __init__(self, seed: int = 0, p: float = 0.4) -> None:
        super().__init__()
        rng = generator(seed)
        self.first, self.last = (nn.Parameter(0.4 * torch.randn(s, generator=rng)) for s in ((6, 9), (9, 3)))
        self.register_buffer("p", torch.tensor(p))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = torch.tanh(x @ self.first)
        return (dropout(hidden, self.p, torch.rand_like(hidden)) if self.training else hidden) @ self.last


def same(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
