"""The program at the end of lesson 06, alone in a fresh process that has nothing of the course but its data."""

from __future__ import annotations

import re

import pytest
from own_hands import not_alone, own_cells, run_alone

GOAL = 8.0  # perplexity per character on the test chapters


@pytest.mark.slow
def test_the_program_stands_alone_and_reaches_its_goal():
    done = run_alone(own_cells("06"))
    assert done.returncode == 0, done.stderr[-2000:]
    told = re.findall(r"perplexity on the test chapters: ([\d.]+)", done.stdout)[-1]
    assert 2 < float(told) < GOAL, done.stdout
    assert "loaded again, the same perplexity: True" in done.stdout


def test_the_course_is_hidden_from_these_cells():
    assert run_alone(["from mmcourse.datasets import novel\nassert novel.load('test')"]).returncode == 0
    for cell in ("import mmcourse.rnn", "from mmcourse.engine import fit", "def f():\n    import mmcourse.text\nf()"):
        assert "is hidden" in run_alone([cell]).stderr


def test_its_cells_name_nothing_of_the_lesson():
    assert len(own_cells("06")) >= 6 and not not_alone(own_cells("06"))
