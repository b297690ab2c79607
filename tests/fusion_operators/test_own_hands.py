"""The program at the end of lesson 09, alone in a fresh process that has nothing of the course but its data."""

from __future__ import annotations

import re

import pytest
from own_hands import not_alone, own_cells, run_alone


@pytest.mark.slow
def test_the_program_stands_alone_and_fusion_gains():
    done = run_alone(own_cells("09"))
    assert done.returncode == 0, done.stderr[-2000:]
    told = {name: int(right) for name, right in re.findall(r"^(\w+(?: alone)?) +(\d+) %   95", done.stdout, re.M)}
    assert set(told) == {"picture alone", "words alone", "Late", "Feature", "Gates", "Cross"}, done.stdout
    assert 36 < told["picture alone"] < 58 and 44 < told["words alone"] < 64  # guessing: about 16
    assert max(told["Gates"], told["Cross"]) > told["words alone"], done.stdout
    assert "loaded again, the same answers: True" in done.stdout


def test_its_cells_name_nothing_of_the_lesson():
    cells = own_cells("09")
    assert len(cells) >= 6
    assert not not_alone(cells)
