"""What lesson 09 says of shares on sixteen seeds that its study does not have: ahead on the mean, not every time."""

from __future__ import annotations

import numpy as np
import pytest

from mmcourse import fusion_operators as lesson
from mmcourse.datasets.senses import broken_sense
from mmcourse.engine import compare_samples, predict_many
from mmcourse.fusion_operators import studies


@pytest.mark.slow
def test_attention_is_ahead_of_the_sum_on_the_mean_and_some_networks_never_learn_to_share():
    seeds = [*range(200, 208), *range(300, 308)]
    train, valid = broken_sense(1000, seeds=seeds), broken_sense(197, seeds=[9], split="valid")[0]
    options = {"classes": 10, "seeds": seeds, "epochs": 20, "valid": valid, "keep_best": True, "batch_size": 100}
    rates = {"sum": 3e-3, "gated": 1e-2, "attention": 3e-3}
    models = {name: lesson.train_fused(lesson.OPERATORS[name], train, lr=lr, **options) for name, lr in rates.items()}
    right, voices = {}, None
    for place in studies.BROKEN:
        (batch, labels), voices = studies.two_pairings(place)
        for name, runs in models.items():
            right[place, name] = (predict_many(runs, batch).argmax(-1).cpu() == labels).float().numpy()
    lead = {
        (place, name): compare_samples(right[place, name], right[place, "sum"], voices)
        for place in studies.BROKEN
        for name in ("gated", "attention")
    }
    assert {one.verdict for one in lead.values()} == {"better"}
    assert 0.05 < lead["image broken", "attention"].difference.mean < 0.1
    assert 0.1 < lead["sound broken", "attention"].difference.mean < 0.18
    behind = {
        name: int(np.sum(right["sound broken", name].mean(1) < right["sound broken", "sum"].mean(1)))
        for name in ("gated", "attention")
    }
    assert behind["gated"] == 0 and 2 <= behind["attention"] <= 4
