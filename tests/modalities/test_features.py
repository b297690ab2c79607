"""Lesson 07, features: against SciPy, scikit-learn and loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.fft
import torch
from sklearn.metrics import balanced_accuracy_score
from torch.nn import functional as F

from mmcourse import modalities as lesson
from mmcourse.datasets import speech


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# ------------------------------------------------------------ features by hand, motion


def test_edges_point_where_the_brightness_climbs():
    ramp = torch.linspace(0, 1, 8).expand(1, 1, 8, 8)
    for picture, direction in ((ramp, 0), (ramp.mT, 2), (ramp.flip(-1), 4), (ramp.mT.flip(-2), 6)):
        found = lesson.edge_directions(picture.contiguous(), cells=1)[0]
        assert int(found.argmax()) == direction and float(found[direction]) == pytest.approx(1)


def test_edges_against_a_loop():
    picture = draw(1, 1, 8, 8)
    down, right = np.gradient(picture[0, 0].numpy())
    expected = np.zeros((2, 2, 8))
    for y in range(8):
        for x in range(8):
            way = round(math.atan2(down[y, x], right[y, x]) / (2 * math.pi) % 1 * 8) % 8
            expected[y // 4, x // 4, way] += math.hypot(down[y, x], right[y, x])
    expected = expected.ravel() / np.linalg.norm(expected)
    np.testing.assert_allclose(lesson.edge_directions(picture)[0].numpy(), expected, atol=1e-9)


def test_edges_refuse_parts_that_do_not_fit():
    with pytest.raises(ValueError, match=r"images: got shape \(1, 1, 9, 8\)"):
        lesson.edge_directions(torch.ones(1, 1, 9, 8))


def test_cepstrum_is_the_cosine_transform_of_scipy():
    loud = draw(3, 12, 16)
    cosines = scipy.fft.dct(loud.numpy(), axis=1)[:, 1:9] / 2
    expected = np.concatenate(
        [cosines.mean(-1), cosines.std(-1, ddof=1), cosines[..., 8:].mean(-1) - cosines[..., :8].mean(-1)], 1
    )
    np.testing.assert_allclose(lesson.cepstrum_summary(loud).numpy(), expected, atol=1e-5)
    with pytest.raises(ValueError, match=r"log_power: got shape \(3, 8, 16\)"):
        lesson.cepstrum_summary(draw(3, 8, 16))


def test_motion_numbers_have_the_sign_of_the_motion():
    blob = torch.zeros(1, 1, 1, 20, 20)
    blob[..., 8:12, 8:12] = 1
    blob = F.avg_pool2d(blob[0], 5, 1, 2)[None]
    for shift, place, sign in (((0, 1), 0, 1), ((0, -1), 0, -1), ((1, 0), 1, 1), ((-1, 0), 1, -1)):
        video = torch.cat([blob, blob.roll(shift, (-2, -1))], 1)
        found = lesson.motion_numbers(video)[0, 0]
        assert float(found[place]) * sign > 0.1 and abs(float(found[1 - place])) < 1e-5 and abs(float(found[2])) < 1e-4
    assert float(lesson.motion_numbers(torch.cat([blob, 2 * blob], 1))[0, 0, 2]) == pytest.approx(float(blob.sum()))
    with pytest.raises(ValueError, match=r"video: got shape \(1, 1, 1, 20, 20\)"):
        lesson.motion_numbers(blob)


# ------------------------------------------------------------ splits, rare classes, one size


def test_leak_share():
    assert lesson.leak_share(torch.tensor([1, 1, 2]), torch.tensor([2, 3])) == 0.5
    assert lesson.leak_share(speech.load("train").speaker, speech.load("test").speaker) == 0
    with pytest.raises(ValueError, match="train_groups, test_groups: got shapes"):
        lesson.leak_share(torch.tensor([1]), torch.tensor([], dtype=torch.int64))


@pytest.mark.parametrize("seed", range(3))
def test_balanced_accuracy_equals_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    labels = rng.choice(5, 80, p=[0.5, 0.3, 0.1, 0.06, 0.04])
    answers = np.where(rng.random(80) < 0.6, labels, 0)
    ours = lesson.balanced_accuracy(torch.tensor(answers), torch.tensor(labels))
    assert ours == pytest.approx(balanced_accuracy_score(labels, answers))
    with pytest.raises(ValueError, match="answers, labels: got shapes"):
        lesson.balanced_accuracy(torch.tensor([1]), torch.tensor([1, 2]))


@pytest.mark.parametrize("function", [lesson.neighbour_share, lesson.dft, lesson.motion_numbers])
def test_whole_numbers_are_refused(function):
    with pytest.raises(TypeError, match="expected a float tensor"):
        function(torch.ones(4, 4, dtype=torch.int64))
