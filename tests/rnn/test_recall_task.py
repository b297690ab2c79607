"""The recall task: a sequence is what it says, and nothing else in it gives the answer away."""

from __future__ import annotations

import pytest

from mmcourse.rnn import recall, training_gaps
from mmcourse.rnn.recall_task import LONGEST


def test_a_recall_sequence_is_what_it_says():
    x, labels = recall([0, 3, 20], seed=1)
    assert x.shape == (3, 22, 6) and set(x.unique().tolist()) == {0.0, 1.0}
    for row, gap in enumerate((0, 3, 20)):
        place = 22 - 2 - gap
        assert not x[row, :place].any(), "silence first"
        assert x[row, place, :4].argmax() == labels[row] and x[row, place, 4] == 1 and x[row, :, 4].sum() == 1
        assert x[row, place + 1 : -1].sum() == gap and x[row, -1].tolist() == [0, 0, 0, 0, 0, 1]
    gaps = training_gaps(2000, seed=0)
    assert gaps.min() == 0 and gaps.max() == LONGEST and (gaps < 5).float().mean() > 0.4


def test_letters_in_the_gap_say_nothing_about_the_answer():
    x, labels = recall([10] * 4000, seed=2)
    same = x[:, -3, :4].argmax(-1) == labels
    assert abs(float(same.float().mean()) - 0.25) < 0.03


@pytest.mark.parametrize(
    "error, words, call",
    [
        (ValueError, "gaps, length: got", lambda: recall([21], seed=0)),
        (ValueError, "gaps, length: got", lambda: recall([], seed=0)),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()
