"""Scores of the experiment of lesson 02 from two seeds and few strengths, measured once for all tests."""

from functools import cache

from mmcourse.training import Scores
from mmcourse.training.studies import STRENGTHS, hold_back


@cache
def few_scores() -> dict[bool, Scores]:
    """Without and with wrong labels."""
    few = {method: found[1:4:2] for method, found in STRENGTHS.items()}
    return {bool(wrong): hold_back(wrong, range(2), strengths=few) for wrong in (0, 20)}
