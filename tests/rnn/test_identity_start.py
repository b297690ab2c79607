"""What notebook 05 says of simple RNNs whose hidden table starts as the identity."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch

from mmcourse.engine import fit_many
from mmcourse.rnn.readers import SequenceClassifier
from mmcourse.rnn.recall_task import LETTERS, recall, training_gaps
from mmcourse.rnn.studies import recall_accuracies
from mmcourse.rnn.studies.recall_race import RIVALS, ClippedAdam


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 8])
def test_from_the_identity_nearly_every_rnn_learns_gap_12_in_24_passes_and_hardly_one_gap_20(first):
    seeds = range(first, first + 8)
    models = [SequenceClassifier(RIVALS["RNN"](seed=seed), len(LETTERS), seed=seed) for seed in seeds]
    for model in models:
        torch.nn.init.eye_(model.recurrent.weight_hh_l0)
    data = [recall(training_gaps(1300, 10_000 + seed), 20_000 + seed) for seed in seeds]
    fit_many(models, data, seeds=seeds, batch_size=32, epochs=24, optimiser=partial(ClippedAdam, lr=3e-3, fused=True))
    at_12, at_20 = np.array(recall_accuracies(models, gaps=[12, 20], first=first))
    assert (at_12 >= 0.9).sum() >= 7 and (at_20 < 0.9).sum() >= 7, (at_12, at_20)
