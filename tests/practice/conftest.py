"""A learner's record in a place of its own for each test."""

import pytest

from mmcourse.practice.record import Record


@pytest.fixture
def file(tmp_path):
    return tmp_path / "kept" / "progress.json"


@pytest.fixture
def record(file):
    return Record(file)
