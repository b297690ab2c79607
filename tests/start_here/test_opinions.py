"""The three functions of lesson 00, against counting by hand."""

import numpy as np
import pytest
import torch

from mmcourse import start_here as lesson
from mmcourse.engine import generator


def opinions(samples=6, classes=4, seed=0):
    return torch.rand(samples, classes, generator=generator(seed), dtype=torch.float64).mul(3).softmax(-1)


def test_a_decision_is_the_place_of_the_largest_number():
    p = opinions()
    assert lesson.decide(p).tolist() == [int(np.argmax(row)) for row in p.numpy()]
    assert lesson.decide(torch.tensor([[0.5, 0.5]])).tolist() == [0]


def test_the_score_counts_by_hand():
    said, true = torch.tensor([1, 2, 3, 4, 4]), torch.tensor([1, 0, 3, 0, 4])
    assert lesson.share_of_hits(said, true) == pytest.approx(3 / 5)
    assert isinstance(lesson.share_of_hits(said, true), float)


def test_the_surer_of_two_row_by_row():
    first, second = opinions(seed=1), opinions(seed=2)
    chosen = lesson.surer(first, second)
    for row, a, b in zip(chosen, first, second, strict=True):
        assert torch.equal(row, a if max(a) >= max(b) else b)
    assert torch.equal(lesson.surer(first, first), first)
    assert torch.equal(lesson.surer(torch.tensor([[0.6, 0.4]]), torch.tensor([[0.4, 0.6]])), torch.tensor([[0.6, 0.4]]))


NOT_OPINIONS = [torch.ones(3), torch.zeros(0, 3), torch.ones(2, 3), -opinions(), opinions() * float("nan")]


@pytest.mark.parametrize("bad", NOT_OPINIONS)
def test_what_is_no_opinion_is_refused_by_name(bad):
    with pytest.raises(ValueError, match="opinions: "):
        lesson.decide(bad)
    with pytest.raises(ValueError, match="second: "):
        lesson.surer(opinions(), bad)


def test_unequal_shapes_are_refused():
    with pytest.raises(ValueError, match=r"second: got shape \(6, 5\), expected that of first, \(6, 4\)"):
        lesson.surer(opinions(), opinions(classes=5))
    with pytest.raises(ValueError, match=r"labels: got shape \(2,\) for decisions \(3,\)"):
        lesson.share_of_hits(torch.zeros(3), torch.zeros(2))
    with pytest.raises(ValueError, match="B at least 1"):
        lesson.share_of_hits(torch.zeros(0), torch.zeros(0))
