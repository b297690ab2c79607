"""The experiments of lesson 03 measure what they say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers import beside

from mmcourse import cnn
from mmcourse.cnn.studies import accuracy_in_parts, canvas, opinions_at_shifts
from mmcourse.engine import accuracy, accuracy_many

MADE = beside("cnn", "panels")


def test_accuracies_in_parts_equal_those_at_once():
    few = MADE.few()
    models = [cnn.DigitCNN((2, 3), seed=seed) for seed in range(2)]
    assert accuracy_in_parts(models, few, 4) == pytest.approx(accuracy_many(models, few))


def test_the_canvas_keeps_all_ink():
    images, _labels = canvas("train")
    assert images.shape == (1200, 1, 12, 12)
    for right, down in ((2, 2), (-2, 1)):
        torch.testing.assert_close(cnn.shift_images(images, right, down).sum(), images.sum())


def test_opinions_are_those_on_the_shifted_digits():
    networks, (images, labels) = MADE.networks(), MADE.few()
    found = opinions_at_shifts(networks, images)
    assert list(found) == list(networks)
    for name, network in networks.items():
        for down, right in ((-2, 1), (0, 0), (2, 2)):
            moved, ours = cnn.shift_images(images, right, down), found[name][down + 2, right + 2]
            np.testing.assert_allclose(ours, network(moved).softmax(-1).detach(), atol=1e-6)
            assert (ours.argmax(-1) == labels.numpy()).mean() == pytest.approx(accuracy(network, (moved, labels)))
