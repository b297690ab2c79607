"""The experiment on 100 digits: how they are drawn, what it measures, what a stop leaves."""

import numpy as np
import pytest
import torch
from few_scores import few_scores

from mmcourse.engine import TrainingStopped, finished
from mmcourse.training import studies


def test_a_hundred_digits_are_drawn_by_the_seed_with_wrong_labels_where_wanted():
    (images, clean), (again, dirty) = studies.hundred_digits(3), studies.hundred_digits(3, wrong=20)
    assert images.shape == (100, 1, 8, 8) and torch.equal(images, again)
    assert (clean != dirty)[:20].all() and torch.equal(clean[20:], dirty[20:])
    assert not torch.equal(images, studies.hundred_digits(4)[0])


def test_the_experiment_gives_every_method_every_strength():
    found = few_scores()[True]
    assert [method for method, strength in found].count("L2") == 2 and ("nothing", 0.0) in found
    assert {method for method, _ in found} == {"nothing", *studies.STRENGTHS}
    assert all(len(runs) == 2 and 0 <= min(runs) <= max(runs) <= 1 for row in found.values() for runs in row.values())
    assert min(found["nothing", 0.0]["train"]) > 0.95  # it learns its wrong labels by heart
    assert studies.chosen_strengths(found)["L2"] in studies.STRENGTHS["L2"]
    best = max((one for one in found if one[0] == "L2"), key=lambda one: np.mean(found[one]["valid"]))
    assert studies.chosen_strengths(found)["L2"] == best[1]


def test_a_stop_names_the_methods_that_were_finished():
    def press_stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    few = {method: found[:1] for method, found in studies.STRENGTHS.items()}
    with pytest.raises(TrainingStopped, match=r"kept.*: nothing 0.0, L1 0.0003, L2 0.003, dropout 0.1 "):
        studies.hold_back(0, range(2), press_stop, few)
    assert ("dropout", 0.1) in finished() and ("augmentation", 0.25) not in finished()
