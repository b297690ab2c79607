"""``copy``: notebooks for a class to start from, without outputs and with every exercise empty again."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmcourse.cli import notebooks
from mmcourse.cli.messages import Failure, say

LINK = re.compile(r"\]\(\s*([\w./-]+)|(?:src|href)=[\"']([\w./-]+)")


def copy(paths: list[Path], folder: Path, outputs: bool = False) -> int:
    """Writes a copy of each notebook, and of the pictures and pages it leads to, into `folder`; the exit status, 0.

    `outputs` keeps the outputs of all cells but the emptied ones. Everything is made before anything is written, and
    nothing is overwritten: a file that is there with this very content is left, any other one is a Failure.
    """
    wanted = {}
    for path in paths:
        notebook = notebooks.read(path)
        wanted |= {name: (path.parent / name).read_bytes() for name in beside(path, notebook)}
        wanted[path.name] = blank(path, notebook, outputs)
    targets = {folder / name: content for name, content in wanted.items()}
    there = [target for target in targets if target.exists()]
    for target in there:
        if not target.is_file() or target.read_bytes() != targets[target]:
            raise Failure(
                f"{target} is there already and differs, so nothing was copied.",
                "name a new folder, or move that file away.",
            )
    for target in targets.keys() - set(there):
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "xb") as file:  # x: a file that appeared meanwhile is not overwritten either
            file.write(targets[target])
    say(f"✓ {len(paths)} of the lessons, with empty exercises, in {folder}")
    return 0


def beside(path: Path, notebook: Any) -> set[str]:
    """The pictures and pages in a notebook's folder that its text leads to; other lessons do not belong to it."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    named = {hit[1] or hit[2] for hit in LINK.finditer(text)}
    ours = {name for name in named if ".." not in name and not re.match(r"/|\d\d_.*\.ipynb$", name)}
    return {name for name in ours if (path.parent / name).is_file()}


def blank(path: Path, notebook: Any, outputs: bool) -> bytes:
    """The notebook to hand out, as it will be saved."""
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        before = cell.source
        if "exercise" in cell.metadata.get("tags", []):
            try:
                cell.source = emptied(before)
            except SyntaxError as error:
                where = f"Lesson {path.stem}: the exercise in cell {cell.get('id', '?')}"
                raise Failure(
                    f"{where} is no Python ({error.msg}).", "mend that cell or empty it, then copy again."
                ) from error
        if not outputs or cell.source != before:  # what a solution has printed would give it away
            cell.outputs, cell.execution_count = [], None
    return notebooks.normalise(notebook).encode("utf-8")


def emptied(source: str) -> str:
    """An exercise cell as it was before anybody solved it; an untouched one comes back as it is.

    What a learner fills in becomes ``...``: the body of each function behind its docstring, and the values of a dict
    that the cell gives a name. All else stays. Raises SyntaxError for what is no Python.
    """
    lines = source.encode("utf-8").split(b"\n")  # bytes, since ast counts columns in them
    for top, start, bottom, end in reversed(list(answers(ast.parse(source).body, lines))):
        lines[top:bottom] = [start + b"..." + lines[bottom - 1][end:]]
    return b"\n".join(lines).decode("utf-8")


def answers(body: list[ast.stmt], lines: list[bytes]) -> Iterator[tuple[int, bytes, int, int]]:
    """Where answers stand, in order: lines[top] up to column `end` of lines[bottom - 1], and the start to keep."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from answers(node.body, lines)
        elif isinstance(node, ast.FunctionDef):
            first, bottom = node.body[0], node.end_lineno
            for number, line in enumerate(lines[bottom:], start=bottom + 1):  # comments below belong to the body
                if line.strip() and len(line) - len(line.lstrip()) <= node.col_offset:
                    break
                bottom = number if line.strip() else bottom
            top = first.end_lineno if ast.get_docstring(node) is not None else first.lineno - 1
            yield top, lines[first.lineno - 1][: first.col_offset], bottom, len(lines[bottom - 1])
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            for one in node.value.values:
                yield one.lineno - 1, lines[one.lineno - 1][: one.col_offset], one.end_lineno, one.end_col_offset
