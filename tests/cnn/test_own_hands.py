"""The cells "in your own hands" of lesson 03 need nothing of the course but the data, and reach what they promise."""

from __future__ import annotations

import re

import pytest
from own_hands import not_alone, own_cells, run_alone


@pytest.mark.slow
def test_alone_in_a_fresh_process_they_read_their_share_of_digits():
    done = run_alone(own_cells("03"))
    assert done.returncode == 0, done.stderr[-2000:]
    read = float(re.search(r"test digits read: ([\d.]+)%", done.stdout)[1])
    assert read >= 98.0, "the goal is 98.5; of 1000 digits, five more may be bad luck"


def test_its_cells_name_nothing_of_the_lesson():
    assert len(own_cells("03")) >= 6 and not not_alone(own_cells("03"))
