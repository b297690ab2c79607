"""What notebook 05 says of the order alone: one reader of whole frames, with and without their numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.engine import Data, compare_samples, fit_many, generator, predict_many
from mmcourse.neurons import MLP
from mmcourse.rnn import studies
from mmcourse.rnn.studies.order_of_frames import BANDS, FOLDS, NETWORKS_A_FOLD, frames_by_fold

FRAMES = 16


class SetOfFrames(nn.Module):
    """x (B, T, D) → logits (B, 10): each frame through two layers, the mean and the maximum over T, two more layers."""

    def __init__(self, inputs: int, seed: int, width: int = 64) -> None:
        super().__init__()
        rng, sizes = generator(seed), [(inputs, width), (width, width), (2 * width, width), (width, 10)]
        self.tables = nn.ParameterList((2 / n) ** 0.5 * torch.randn(n, m, generator=rng) for n, m in sizes)
        self.biases = nn.ParameterList(torch.zeros(m) for _n, m in sizes)

    def forward(self, x: Tensor) -> Tensor:
        first, second, third, last = ((w.T, b) for w, b in zip(self.tables, self.biases, strict=True))
        x = F.linear(F.linear(x, *first).relu(), *second).relu()  # (B, T, width)
        x = torch.cat([x.mean(1), x.amax(1)], dim=1)
        return F.linear(F.linear(x, *third).relu(), *last)


def numbered(data: Data) -> Data:
    """The same frames, and on each its number, one-hot: x (N, 16, 12 + 16)."""
    x, digit = data
    return torch.cat([x, torch.eye(FRAMES).expand(len(x), -1, -1)], dim=-1), digit


def side_by_side(data: Data) -> Data:
    return data[0].flatten(1), data[1]


def right_by_timbre(make: Callable[[int], nn.Module], change: Callable[[Data], Data], rate: float) -> np.ndarray:
    """The share of right answers by network and timbre, (4, 28), after 30 passes, as the sorted bands get."""
    columns = []
    for fold in range(FOLDS):
        (train, _valid, test), timbre = frames_by_fold(fold)
        models = [make(seed) for seed in range(NETWORKS_A_FOLD)]
        fit_many(models, change(train), epochs=30, lr=rate, batch_size=90)
        hits = (predict_many(models, change(test)[0]).argmax(-1) == test[1]).float()  # (S, N)
        columns.append(torch.stack([hits[:, timbre == one].mean(1) for one in timbre.unique()], dim=1).numpy())
    return np.concatenate(columns, axis=1)


def test_a_set_of_frames_knows_no_order():
    x, model = torch.randn(3, FRAMES, BANDS, generator=generator(0)), SetOfFrames(BANDS, seed=0)
    assert torch.allclose(model(x), model(x[:, torch.randperm(FRAMES, generator=generator(1))]), atol=1e-5)


@pytest.mark.slow
def test_numbers_on_the_frames_are_worth_two_to_three_points():
    bare = right_by_timbre(lambda seed: SetOfFrames(BANDS, seed), tuple, 3e-3)
    told = right_by_timbre(lambda seed: SetOfFrames(BANDS + FRAMES, seed), numbered, 1e-2)
    row = right_by_timbre(lambda seed: MLP(FRAMES * BANDS, 64, 10, seed=seed), side_by_side, 3e-3)
    stored = studies.by_timbre(studies.ORDER.load(), times=1)
    found = compare_samples(told, bare, range(28))
    assert 0.018 < found.difference.mean < 0.036 and found.verdict == "better"
    assert 0 < stored["GRU"].mean() - bare.mean() < 0.02 < bare.mean() - stored["sorted bands"].mean() + 0.005
    assert min(told.mean(), row.mean()) > 0.98 > stored["GRU"].mean()
