"""``bench``: the speed of the course, measured; nothing here passes or fails on a time."""

import sys
from collections.abc import Sequence

from mmcourse.cli import environment, notebooks
from mmcourse.cli.browser import find_browser
from mmcourse.cli.lessons import lesson_files
from mmcourse.cli.messages import Failure, complain, say

SLOWEST = 10
CELL_LIMIT, NOTEBOOK_LIMIT = 20, 90  # seconds on two cores: what a learner should wait at most


def bench(rest: Sequence[str]) -> int:
    """Runs the benchmarks, then every notebook, and lists the slowest cells; the exit status."""
    pytest = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider"]
    status = environment.call([*pytest, "tests/benchmarks", "--benchmark-disable-gc", *rest])
    if find_browser() is not None:
        say("\nFrom a slider's key press to changed pixels, in a real JupyterLab (aim: a median of 50 ms)")
        status |= environment.call([*pytest, "tests/browser", "-k", "works_in_jupyterlab"])
    return cells() or status


def cells() -> int:
    """Executes every notebook, prints its time and the slowest cells of all; the exit status."""
    slow, failed = [], False
    say("\nNotebooks")
    for path in lesson_files():
        try:
            notebook, seconds = notebooks.execute_with_bar(path)
        except Failure as failure:
            failed = bool(complain(failure))
            continue
        sources = [cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
        slow += [
            (took, path.stem, number, source)
            for number, (took, source) in enumerate(zip(seconds, sources, strict=True), start=1)
        ]
        say(f"  {sum(seconds):6.1f} s  {path.stem}{over(sum(seconds), NOTEBOOK_LIMIT)}")
    say("\nSlowest cells")
    for took, lesson, number, source in sorted(slow, reverse=True)[:SLOWEST]:
        say(f"  {took:6.2f} s  {lesson} [{number}]  {gist(source)}{over(took, CELL_LIMIT)}")
    return int(failed)


def gist(source: str) -> str:
    """The first line of a cell that does something, for people to recognise it by."""
    lines = [line for line in source.strip().splitlines() if line.strip()]
    doing = [line for line in lines if not line.startswith(("import ", "from ", "#"))]
    return (doing or lines)[0][:60]


def over(seconds: float, limit: float) -> str:
    return f"   longer than {limit} s" if seconds > limit else ""
