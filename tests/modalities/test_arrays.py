"""Lesson 07, arrays: sizes, redundancy, noise and resizing against numpy and torch."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from mmcourse import modalities as lesson


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# ------------------------------------------------------------ sizes, redundancy, noise


@pytest.mark.parametrize(
    "shape, rate, each, wanted",
    [((1,), 8000, 2, 16000), ((480, 640, 3), 25, 1, 23_040_000), ((2,), 44100, 2, 176_400), ((8, 8), 0.5, 4, 128)],
)
def test_bytes_per_second(shape, rate, each, wanted):
    assert lesson.bytes_per_second(shape, rate, each) == wanted


@pytest.mark.parametrize("rate", [0, -1, math.inf, math.nan])
def test_a_rate_must_be_above_zero(rate):
    with pytest.raises(ValueError, match="per_second: got"):
        lesson.bytes_per_second((1,), rate)


@pytest.mark.parametrize("shape, dim", [((50,), -1), ((20, 30), 0), ((20, 30), 1), ((4, 5, 6), 1)])
def test_neighbour_share_is_the_squared_correlation_of_numpy(shape, dim):
    x = draw(*shape).cumsum(dim) + 7
    one, other = x.narrow(dim, 0, shape[dim] - 1), x.narrow(dim, 1, shape[dim] - 1)
    expected = np.corrcoef(one.flatten().numpy(), other.flatten().numpy())[0, 1] ** 2
    assert float(lesson.neighbour_share(x, dim)) == pytest.approx(expected, rel=1e-9)


def test_neighbour_share_at_its_ends():
    assert float(lesson.neighbour_share(torch.arange(9.0))) == pytest.approx(1)
    assert float(lesson.neighbour_share(draw(50_000))) < 0.001
    assert float(lesson.neighbour_share(torch.tensor([0.0, 0.0, 1.0, 1.0]))) == pytest.approx(0.25)


@pytest.mark.parametrize("x, words", [(torch.ones(9), "all equal"), (torch.ones(2), "got 2 numbers")])
def test_neighbour_share_needs_something_that_varies(x, words):
    with pytest.raises(ValueError, match=words):
        lesson.neighbour_share(x)


@pytest.mark.parametrize("snr", [-20.0, -3.0, 0.0, 10.0, 60.0])
def test_mixing_reaches_the_ratio_for_each_sound(snr):
    clean, noise = draw(3, 500) * torch.tensor([[1.0], [5.0], [0.1]]), draw(3, 500, seed=1)
    added = lesson.mix_at_snr(clean, noise, snr) - clean
    found = 10 * torch.log10(clean.square().mean(-1) / added.square().mean(-1))
    torch.testing.assert_close(found, torch.full((3,), snr).double())


def test_mixing_refuses_silence_and_other_lengths():
    with pytest.raises(ValueError, match="got silence"):
        lesson.mix_at_snr(torch.zeros(9), torch.ones(9), 0)
    with pytest.raises(ValueError, match="noise: got 8 samples, expected 9"):
        lesson.mix_at_snr(torch.ones(9), torch.ones(8), 0)


# ------------------------------------------------------------ pictures


@pytest.mark.parametrize("old, new", [(2, 4), (4, 2), (5, 5), (7, 3), (3, 7), (1, 4), (64, 9)])
@pytest.mark.parametrize("how", ["linear", "area"])
def test_resizing_equals_interpolate(old, new, how):
    images, size = draw(2, 3, old, old + 3), (new, 2 * new)
    keywords = {"mode": "area"} if how == "area" else {"mode": "bilinear", "align_corners": False}
    theirs = F.interpolate(images, size, **keywords)
    torch.testing.assert_close(lesson.resize_images(images, *size, how=how), theirs, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("table", [lesson.linear_weights, lesson.area_weights])
def test_weights_are_shares(table):
    for old, new in ((3, 8), (8, 3), (6, 6)):
        weights = table(old, new)
        assert weights.shape == (new, old) and bool((weights >= 0).all())
        torch.testing.assert_close(weights.sum(1), torch.ones(new))
    torch.testing.assert_close(table(6, 6), torch.eye(6))


def test_the_row_worked_out_in_the_lesson():
    row = lesson.linear_weights(2, 4) @ torch.tensor([0.0, 1.0])
    torch.testing.assert_close(row, torch.tensor([0.0, 0.25, 0.75, 1.0]))


def test_area_keeps_the_mean_and_linear_makes_stripes_up():
    stripes = (torch.arange(9) % 2).float()
    assert (lesson.linear_weights(9, 3) @ stripes).tolist() == [1, 0, 1]
    images = draw(1, 1, 12, 12)
    torch.testing.assert_close(lesson.resize_images(images, 4, 3).mean(), images.mean(), atol=1e-6, rtol=1e-6)


def test_resizing_refuses():
    with pytest.raises(ValueError, match="how: got 'cubic', expected one of area, linear"):
        lesson.resize_images(torch.ones(1, 1, 4, 4), 2, 2, "cubic")
    with pytest.raises(ValueError, match=r"images: got shape \(4, 4\)"):
        lesson.resize_images(torch.ones(4, 4), 2, 2)
    with pytest.raises(TypeError, match="new: got 2.5"):
        lesson.linear_weights(4, 2.5)
    with pytest.raises(TypeError, match=r"images: got torch.uint8, expected a float tensor"):
        lesson.resize_images(torch.ones(1, 1, 4, 4, dtype=torch.uint8), 2, 2)


def test_modalities_of_any_size_come_to_one():
    model = lesson.ToOneSize({"image": 64, "audio": 192, "text": 10}, size=5, seed=3)
    batch = {"text": torch.ones(2, 10), "audio": torch.ones(2, 1, 12, 16), "image": torch.ones(2, 1, 8, 8)}
    table = model(batch)
    assert table.shape == (2, 3, 5) and model.names == ["audio", "image", "text"]
    torch.testing.assert_close(table, model(dict(reversed(batch.items()))))
    expected = F.linear(batch["image"].flatten(1), model.project["image"].weight, model.project["image"].bias)
    torch.testing.assert_close(table[:, 1], expected)
    table.square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in model.parameters())
    assert sum(p.numel() for p in model.parameters()) == 5 * (64 + 192 + 10) + 3 * 5
    with pytest.raises(ValueError, match="batch: has no text; it holds audio, image"):
        model({"audio": batch["audio"], "image": batch["image"]})
