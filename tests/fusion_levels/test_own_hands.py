"""The program at the end of lesson 08, alone in a fresh process that has nothing of the course but its data."""

from __future__ import annotations

import re

import pytest
from own_hands import not_alone, own_cells, run_alone


@pytest.mark.slow
def test_the_program_stands_alone_and_both_senses_beat_each():
    done = run_alone(own_cells("08"))
    assert done.returncode == 0, done.stderr[-2000:]
    alone = [int(share) for share in re.findall(r"known things \d+%, new things (\d+)%", done.stdout)]
    joint = int(re.search(r"feature level: new things (\d+)%", done.stdout)[1])
    product = int(re.search(r"calibrated product: (\d+)%", done.stdout)[1])
    assert len(alone) == 2 and min(alone) > 30, done.stdout
    assert min(joint, product) > max(alone) + 2, done.stdout
    assert "loaded again, the same answers: True" in done.stdout


def test_its_cells_name_nothing_of_the_lesson():
    assert len(own_cells("08")) >= 6 and not not_alone(own_cells("08"))
