"""What notebook 02 says of the five ways to hold back at a smaller learning rate."""

from __future__ import annotations

import numpy as np
import pytest

from mmcourse.training.studies import STRENGTHS, gains, hold_back
from mmcourse.training.studies.holding_back import PLAN


@pytest.mark.slow
def test_a_small_rate_and_few_epochs_hold_back_too(monkeypatch):
    few = {method: strengths[:1] for method, strengths in STRENGTHS.items()}
    usual = hold_back(wrong=20, strengths=few)["nothing", 0.0]
    monkeypatch.setitem(PLAN, "lr", 3e-3)
    scores = hold_back(wrong=20)
    small = scores["nothing", 0.0]
    monkeypatch.setitem(PLAN, "epochs", 240)
    patient = hold_back(wrong=20, strengths=few)["nothing", 0.0]
    by_heart = [np.mean(runs["train"]) for runs in (usual, small, patient)]
    assert by_heart[0] > 0.99 and by_heart[2] > 0.99 and 0.85 < by_heart[1] < 0.95
    reached = [100 * np.mean(runs["test"]) for runs in (usual, small, patient)]
    assert 3 < reached[1] - reached[0] < 6 and abs(reached[2] - reached[0]) < 1.5
    found = gains(scores)
    assert all(0 < one.difference.mean < 0.03 for one in found.values())
    assert sum(one.verdict == "no difference seen" for one in found.values()) >= 2
