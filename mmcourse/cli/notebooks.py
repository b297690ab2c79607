"""``run``: executes notebooks from top to bottom and saves them so that the same results give the same bytes.

Everything here runs in the ready environment; nbclient, nbformat and tqdm are imported where they are needed.
"""

import json
import os
import re
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmcourse.base.files import replace_file
from mmcourse.cli import reading
from mmcourse.cli.messages import COMMAND, Failure, complain, explain_os, say

CELL_SECONDS = 300
VIEW = "application/vnd.jupyter.widget-view+json"
VOLATILE = ("ExecuteTime", "collapsed", "execution", "scrolled", "trusted")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python", "pygments_lexer": "ipython3"}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def execute(path: Path, on_cell: Callable[[int, int], None] | None = None) -> tuple[Any, list[float]]:
    """Executes a notebook in a fresh kernel and returns it with the seconds each of its code cells took.

    `on_cell(done, total)` is called after every code cell. The file is left alone. Raises Failure when a cell
    fails that is not tagged ``raises-exception``, or takes longer than `CELL_SECONDS`.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    notebook = read(path)
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    begun: dict[int, float] = {}
    took: dict[int, float] = {}

    def start(cell: Any, cell_index: int) -> None:
        begun[cell_index] = time.perf_counter()

    def done(cell: Any, cell_index: int, execute_reply: Any) -> None:
        took[cell_index] = time.perf_counter() - begun[cell_index]
        if on_cell:
            on_cell(len(took), len(code))

    with tempfile.TemporaryDirectory(prefix="mmcourse-") as private:
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            store_widget_state=False,
            record_timing=False,
            resources={"metadata": {"path": str(path.parent)}},
            on_cell_execute=start,
            on_cell_executed=done,
        )
        try:
            # What cells print comes as messages; on its own stderr the kernel only talks about itself.
            client.execute(env=kernel_environment(private), stderr=subprocess.DEVNULL)
        except Exception as error:
            if getattr(client, "_async_cleanup_kernel_future", None):  # nbclient's mark of a Ctrl-C
                raise KeyboardInterrupt from None
            if isinstance(error, (CellControlSignal, DeadKernelError)):
                raise cell_failure(path, max(begun, default=0) + 1, error) from error
            raise
    return notebook, [took[i] for i in code]


def read(path: Path) -> Any:
    """A notebook as nbformat holds it, in the present format whatever it came in. Raises Failure when it is none."""
    import nbformat

    found = reading.mended(reading.as_notebook(path))
    known = {cell["id"] for cell in found.get("cells", ())}
    try:
        with warnings.catch_warnings(action="ignore"):
            notebook = nbformat.reads(json.dumps(found), as_version=4)
        for number, cell in enumerate(notebook.cells):  # an older format has no ids, and nbformat's are drawn by lot
            cell.id = cell.id if cell.get("id") in known else f"cell-{number:03}"
        nbformat.validate(notebook)
    except Exception as error:  # what a damaged file makes nbformat stumble over has many names
        why = str(error).strip().partition("\n")[0]
        raise Failure(f"{path.name} is no whole notebook: {why}.", reading.next_step(path)) from error
    return notebook


def cell_failure(path: Path, number: int, error: Exception) -> Failure:
    """What to say of a notebook that stopped: where, why, and how to look at it."""
    if hasattr(error, "ename"):
        why = f"{error.ename}: {(error.evalue.strip().splitlines() or [''])[0]}"
    elif isinstance(error, TimeoutError):
        why = f"it took longer than {CELL_SECONDS} s"
    else:
        why = "the kernel died, perhaps for lack of memory"
    return Failure(
        f"Lesson {path.stem} stopped in cell {number}: {why}",
        f"open it with  {COMMAND} lab {path.stem[:2]}  and run its cells in order.",
    )


def kernel_environment(private: str) -> dict[str, str]:
    """A kernel's variables: no start-up files and no progress of this user, sets in a fixed order, usual figures."""
    progress = os.path.join(private, "progress.json")
    env = dict(os.environ, IPYTHONDIR=private, PYTHONHASHSEED="0", MMCOURSE_PROGRESS=progress)
    env.pop("MPLBACKEND", None)
    return env


def normalise(notebook: Any) -> str:
    """The text to save: outputs without anything that differs between two runs with the same results."""
    import nbformat

    notebook.metadata.pop("widgets", None)
    notebook.metadata.update(kernelspec=dict(KERNEL), language_info=dict(LANGUAGE))
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number:03}")
        for key in VOLATILE:
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = merge_streams([tidy(output) for output in cell.outputs])
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def tidy(output: Any) -> Any:
    """One output without its live view, where a picture or text can stand for it, and without paths."""
    data = output.get("data", {})
    if len(data) > 1:
        data.pop(VIEW, None)
    if output.output_type == "error":
        output.traceback = own_frames(output.traceback)
    return output


def own_frames(traceback: list[str]) -> list[str]:
    """The part of an expected error's traceback that lies in the notebook; others show machine paths."""
    return [part for part in traceback if not COLOURS.sub("", part).startswith("File ")]


def merge_streams(outputs: list[Any]) -> list[Any]:
    """Joins neighbouring streams, stdout before stderr: how they are cut is a matter of timing."""
    merged: list[Any] = []
    group: dict[str, Any] = {}
    for output in [*outputs, None]:
        if output is not None and output.output_type == "stream":
            if output.name in group:
                group[output.name].text += output.text
            else:
                group[output.name] = output
            continue
        merged += [group.pop(name) for name in ("stdout", "stderr") if name in group]
        merged += [output] if output is not None else []
    return merged


def run(paths: list[Path], save: bool = True) -> int:
    """Executes notebooks in turn and, with `save`, saves each that ran through; the exit status."""
    failed = 0
    for path in paths:
        try:
            run_one(path, save)
        except Failure as failure:
            failed += 1
            complain(failure)
    if len(paths) > 1:
        say(f"{len(paths) - failed} of {len(paths)} notebooks ran through.")
    return 1 if failed else 0


def run_one(path: Path, save: bool) -> None:
    """Executes one notebook with a progress line and saves it. On Failure the file is untouched."""
    begun = time.perf_counter()
    notebook, seconds = execute_with_bar(path)
    try:
        changed = save and replace_file(path, normalise(notebook).encode("utf-8"))
    except OSError as error:
        raise explain_os(error, path.parent) from error
    verdict = "saved" if changed else "unchanged" if save else "not saved"
    say(f"✓ {path.stem}: {len(seconds)} cells in {time.perf_counter() - begun:.1f} s, {verdict}")


def execute_with_bar(path: Path) -> tuple[Any, list[float]]:
    """`execute` with a progress bar over the cells, which a terminal shows and a log does not."""
    from tqdm import tqdm

    with tqdm(desc=path.stem, unit=" cells", leave=False, disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return execute(path, show)
