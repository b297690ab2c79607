"""What notebook 05 says of asides that training has not shown: the LSTM has learnt five of them, not asides."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch

from mmcourse.engine import accuracy, fit_many
from mmcourse.rnn import studies
from mmcourse.rnn.studies import negations
from mmcourse.text import pad

OTHERS = ("we found", "all the time", "for the money", "we say", "with friends")  # each word stands in training


@pytest.mark.slow
def test_with_other_asides_the_taught_lstm_is_right_less_often(monkeypatch):
    make, passes, rate, decay = negations.REVIEWERS["LSTM, both ways"]
    vocabulary, train, _rest = negations.training_reviews(range(6), shown=True)
    assert all(word in vocabulary.index for aside in OTHERS for word in aside.split())
    models = [make(len(vocabulary), seed) for seed in range(6)]
    adam = partial(torch.optim.AdamW, lr=rate, weight_decay=decay)
    fit_many(models, train, seeds=range(6), epochs=passes, batch_size=50, optimiser=adam)

    def right(asides, count):
        monkeypatch.setattr(negations, "ASIDES", asides)
        texts, labels, _adjectives = studies.far_apart(count)
        ids = pad([vocabulary.encode(text) for text in texts])[0]
        return np.mean([accuracy(model, (ids, torch.tensor(labels))) for model in models])

    own, others = ([right(asides, count) for count in (1, 2, 3)] for asides in (negations.ASIDES, OTHERS))
    assert others[0] > others[2] + 0.1 and others[2] < own[2] - 0.15, (own, others)
