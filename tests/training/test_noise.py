"""The valley whose answer is known: simulated descent and the floor against closed forms."""

from __future__ import annotations

import pytest
import torch

from mmcourse.training import expected_loss, noise_floor, noisy_descent, rate_schedules


@pytest.mark.parametrize("rate, batch, curvature, noise", [(0.1, 1, 1, 1), (0.5, 4, 1, 2), (0.05, 16, 8, 1)])
def test_the_mean_of_many_runs_is_the_one_worked_out(rate, batch, curvature, noise):
    rates, more = [rate] * 60, {"curvature": curvature, "noise": noise}
    losses = noisy_descent(rates, batch, runs=20_000, seed=1, **more)  # (20000, 61)
    error = losses.std(0) / 20_000**0.5
    assert losses.shape == (20_000, 61)
    wanted = torch.tensor(expected_loss(rates, batch, **more), dtype=torch.float64)
    assert ((losses.mean(0) - wanted).abs() <= 4.5 * error + 1e-12).all()


def test_with_a_changing_rate_too():
    rates = [0.4 * rate_schedules(80)["both"](step) for step in range(80)]
    losses = noisy_descent(rates, 2, runs=20_000, seed=2)
    assert losses[:, -1].mean().item() == pytest.approx(expected_loss(rates, 2)[-1], rel=0.05)


@pytest.mark.parametrize("rate", [0.01, 0.3, 1.0, 1.9])
def test_the_floor_is_where_the_mean_stays(rate):
    floor = noise_floor(rate, 4, noise=3)
    assert expected_loss([rate] * 5000, 4, noise=3)[-1] == pytest.approx(floor)
    assert expected_loss([rate], 4, noise=3, start=(2 * floor) ** 0.5)[-1] == pytest.approx(floor)


def test_the_floor_halves_with_half_the_rate_or_twice_the_batch():
    assert noise_floor(0.1, 8) == pytest.approx(noise_floor(0.1, 4) / 2)
    assert noise_floor(0.01) == pytest.approx(noise_floor(0.02) / 2, rel=0.01)  # nearly, while the rate is small


def test_without_noise_it_goes_to_the_bottom_and_too_large_a_rate_is_refused():
    assert expected_loss([0.5] * 200, noise=0)[-1] < 1e-50 and noise_floor(0.5, noise=0) == 0
    with pytest.raises(ValueError, match="rate: got 2.0"):
        noise_floor(2.0)
