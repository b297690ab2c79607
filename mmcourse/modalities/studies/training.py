"""Networks of lesson 01 on the data of lesson 07: eight at once, and how often each is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor
from torch.nn import functional as F

from mmcourse.engine import Data, accuracy, fit_many, pick_device
from mmcourse.neurons import MLP

SEEDS = range(8)


def train_eight(
    train: Data | Sequence[Data],
    classes: int = 10,
    *,
    width: int = 32,
    epochs: int = 10,
    lr: float = 1e-2,
    batch_size: int = 200,
    loss: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
) -> list[MLP]:
    """Eight networks of lesson 01, one for each seed, on one data set for all or on one for each."""
    inputs = (train if isinstance(train[1], Tensor) else train[0])[0]
    models = [MLP(inputs[0].numel(), width, classes, seed=seed).to(pick_device()) for seed in SEEDS]
    fit_many(models, train, epochs=epochs, lr=lr, batch_size=batch_size, loss=loss)
    return models


def right_answers(models: Sequence[MLP], test: Data | Sequence[Data]) -> list[float]:
    """The accuracy of each model on one test set for all, or each on its own."""
    tests = [test] * len(models) if isinstance(test[1], Tensor) else test
    return [accuracy(model, one) for model, one in zip(models, tests, strict=True)]


def scaled(x: Tensor, train: Tensor) -> Tensor:
    """Each column with the mean 0 and the spread 1 that it has in the rows of ``train``: (B, D), (N, D) -> (B, D)."""
    return (x - train.mean(0)) / (train.std(0) + 1e-6)
