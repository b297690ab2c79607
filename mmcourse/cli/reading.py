"""Notebooks as they come back from learners: what can be read is read, for the rest one sentence; nothing is written.

Editors and chat programs save a byte order mark, Windows line ends or UTF-16; version control leaves the marks of a
merge; a browser saves the page instead of the file.
"""

import codecs
import json
import os
import re
from pathlib import Path
from typing import Any

from mmcourse.base.files import how_to_restore, replace_file
from mmcourse.cli.messages import Failure, explain_os, say

# The byte order marks of the encodings that need one; UTF-32's begins like UTF-16's and is tried first.
MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def text_of(path: Path) -> str:
    """The text of a file, by its byte order mark or else as UTF-8. Raises Failure when it is no such text."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise explain_os(error, path) from error
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8-sig")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Failure(f"{path.name} is no text in UTF-8, as notebooks are.", next_step(path)) from error


def as_notebook(path: Path) -> dict[str, Any]:
    """A notebook of any format as its JSON says it. Raises Failure, with the reason, for what is none."""
    text = text_of(path)
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Failure(f"{path.name} is no whole notebook: {reason(text)}.", next_step(path)) from error
    cells = found.get("cells", found.get("worksheets")) if isinstance(found, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise Failure(f"{path.name} is no notebook: it holds no cells.", next_step(path))
    return found


def mended(notebook: dict[str, Any]) -> dict[str, Any]:
    """The same notebook with what a cell must have: an id of its own, metadata, outputs; line ends as Python's.

    A cell that lost its id, or got that of another one in a merge, is named by its place.
    """
    seen: set[str] = set()
    if "cells" in notebook:
        if notebook.setdefault("nbformat", 4) == 4:
            notebook["nbformat_minor"] = max(notebook.get("nbformat_minor", 5), 5)
    for number, cell in enumerate(notebook.get("cells", ())):
        one = cell.get("id")
        if not isinstance(one, str) or not re.fullmatch(r"[\w-]{1,64}", one, re.ASCII) or one in seen:
            one = next(name for name in (f"cell-{number:03}", f"cell-{number:03}-b") if name not in seen)
        seen.add(one)
        source = cell.get("source", "")
        source = "".join(source) if isinstance(source, list) else source
        cell |= {"id": one, "source": source.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")}
        cell.setdefault("metadata", {})
        if cell.get("cell_type") == "code":
            cell.setdefault("outputs", [])
            cell.setdefault("execution_count", None)
    notebook.setdefault("metadata", {})
    return notebook


def in_utf8(path: Path) -> None:
    """Makes a notebook in another encoding one that JupyterLab opens; the file as it came is kept beside it."""
    plain = text_of(path).encode("utf-8")
    before = path.read_bytes()
    if plain == before:
        return
    try:
        for number in range(1000):
            kept = path.with_name(f"{path.name}.as-it-came{f'-{number}' if number else ''}")
            if not os.path.lexists(kept):
                break
        replace_file(kept, before)
        replace_file(path, plain)
    except OSError as error:
        raise explain_os(error, path) from error
    say(
        f"{path.name} was in an encoding that JupyterLab does not open; it is UTF-8 now, and as it came in {kept.name}."
    )


def reason(text: str) -> str:
    """What a text is that should have been a notebook."""
    begins = text.lstrip()[:200].lower()
    if not begins:
        return "the file is empty"
    if any(line.startswith(("<<<<<<< ", ">>>>>>> ")) for line in text.splitlines()):
        return "two versions were merged into it, and the marks of the merge (<<<<<<<) are still there"
    if begins.startswith(("<!doctype html", "<html")):
        return "it is a web page; save the notebook itself, as the raw file"
    if begins.startswith("version https://git-lfs"):
        return "it is a note of git LFS in place of the file"
    return "it breaks off" if begins.startswith("{") and not text.rstrip().endswith("}") else "it is damaged"


def next_step(path: Path) -> str:
    """How to come by a whole file; the learner's own stays where it is."""
    return f"keep a copy of it if it holds work of yours, then {how_to_restore(f'notebooks/{path.name}')}"
