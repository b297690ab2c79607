"""Numbers that lesson 01's text names and no cell of it prints: worked out, or counted on the digits."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from mmcourse.datasets import digits
from mmcourse.engine import fit_many, predict, unit_interval
from mmcourse.neurons import ACTIVATIONS, MLP, mse, mse_gradient, neuron
from mmcourse.neurons.pictures import neuron_line_panel


def test_gelu_dips_a_little():
    value, _slope = ACTIVATIONS["gelu"]
    assert float(value(torch.linspace(-5, 0, 5001)).min()) == pytest.approx(-0.17, abs=0.005)


def test_a_line_with_fewer_than_15_on_the_wrong_side_and_a_loss_below_a_twentieth_can_be_dialled():
    images, labels = digits.load("train")
    chosen = (labels == 3) | (labels == 8)
    pictures, t = images[chosen], (labels[chosen] == 8).float()
    x = torch.stack([pictures[:, 0, row : row + 2, 2:4].mean((1, 2)) for row in (2, 4)], dim=1)  # (239, 2)
    numbers = torch.zeros(3)  # w1, w2, b
    for _ in range(1000):
        dw, db = mse_gradient(x, numbers[:2], numbers[2], t)
        numbers = numbers - 5 * torch.cat([dw, db[None]])
    sliders = [neuron_line_panel(x, t).controls[name] for name in ("w1", "w2", "b")]
    dialled = [one.step * round(float(number) / one.step) for one, number in zip(sliders, numbers, strict=True)]
    assert all(one.min <= number <= one.max for one, number in zip(sliders, dialled, strict=True))
    answers = neuron(x, torch.tensor(dialled[:2]), torch.tensor(dialled[2]))
    assert int(((answers >= 0.5) != (t == 1)).sum()) < 15 and float(mse(answers, t)) < 0.05


def test_what_can_be_worked_out():
    assert len(str(round(math.exp(102)))) == 45 and len(str(int(torch.finfo(torch.float32).max))) == 39
    assert len(str(20**64)) == 84, "twenty along each of 64 pixels"
    assert math.sqrt(1 + 8 * 118 / 239) == pytest.approx(2.2, abs=0.05)
    assert 4 * 7 == 28 and 4 * 4 * 7 == 112, "GB for 7 billion weights: to run, and with gradients and Adam's two notes"


def test_other_test_digits_would_move_the_accuracy_by_one_or_two_points():
    models, (images, labels) = [MLP(64, 64, 10, seed=seed) for seed in range(4)], digits.load("test")
    fit_many(models, digits.load("train"), epochs=20)
    right = np.stack([(predict(model, images).argmax(-1).cpu() == labels).numpy() for model in models])
    assert 1 < 100 * unit_interval(right, range(400)).half < 2.5
