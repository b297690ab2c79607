"""The table that a file of benchmarks fills."""

from collections.abc import Iterator

import pytest
import torch
from clock import Row

from mmcourse.engine import pick_device


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[list[Row]]:
    """Rows of what, measured, aim; printed under the file's first sentence when all have been measured."""
    rows: list[Row] = []
    yield rows
    title = request.module.__doc__.strip().splitlines()[0]
    print(f"\n\n{title}\n(on {pick_device()} with {torch.get_num_threads()} threads)")
    for what, measured, aim in rows:
        print(f"  {what:74} {measured:>26}   {aim}")
