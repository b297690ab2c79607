"""Lesson 02 against the clock: our optimisers beside torch's, networks side by side, what a checkpoint costs."""

from functools import partial
from pathlib import Path

import pytest
import torch
from clock import Row, in_turns

from mmcourse.datasets import digits
from mmcourse.engine import Data, fit_many, pick_device, to_device
from mmcourse.neurons import MLP
from mmcourse.training import HeldBackMLP, Optimiser, fit, held_back_penalty
from mmcourse.training.studies import PLAN, hundred_digits


@pytest.fixture(scope="module")
def train() -> Data:
    return to_device(digits.load("train"), pick_device())


def test_our_adam_beside_torchs(table: list[Row], train: Data) -> None:
    models = [MLP(seed=0).to(pick_device()) for _ in range(2)]
    makers = partial(Optimiser, rule="adam", lr=3e-3), partial(torch.optim.Adam, lr=3e-3)
    ours, theirs = (
        partial(fit, model, train, epochs=5, optimiser=make) for model, make in zip(models, makers, strict=True)
    )
    _, ratio = in_turns(7, ours, theirs)
    table.append(("5 epochs with our Adam, against torch's", f"{ratio:.2f} times", "no aim: written to be read"))
    assert all(w.isfinite().all() for model in models for w in model.parameters())


def test_networks_held_back_side_by_side(table: list[Row]) -> None:
    strengths, sets = torch.linspace(0, 0.05, 48).tolist(), [hundred_digits(seed) for seed in range(48)]
    options = {"penalty": held_back_penalty, **PLAN}

    def made() -> list[HeldBackMLP]:
        return [HeldBackMLP(seed, l2=l2).to(pick_device()) for seed, l2 in enumerate(strengths)]

    def one_by_one() -> None:
        for seed, (model, data) in enumerate(zip(made(), sets, strict=True)):
            fit(model, data, seed=seed, **options)

    at_once, ratio = in_turns(2, lambda: fit_many(made(), sets, **options), one_by_one)
    table.append(("48 networks with L2, 60 epochs of 100 digits, at once", f"{at_once:.2f} s", "at most 1 s"))
    table.append(("the same, against one after the other", f"{1 / ratio:.1f} times as fast", "at least 2"))
    assert len(sets) == 48


def test_what_a_checkpoint_costs(table: list[Row], train: Data, tmp_path: Path) -> None:
    model, count = MLP(seed=0).to(pick_device()), iter(range(100))

    def saved() -> None:
        fit(model, train, epochs=15, checkpoint=tmp_path / f"{next(count)}.pt")

    seconds_saved, ratio = in_turns(5, saved, lambda: fit(model, train, epochs=15))
    table.append(
        (
            "a checkpoint after every epoch, for each",
            f"{1000 * seconds_saved * (1 - 1 / ratio) / 15:.1f} ms",
            "at most 10 ms",
        )
    )
    assert len(list(tmp_path.iterdir())) == 6
