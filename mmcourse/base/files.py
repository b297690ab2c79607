"""Where the project lies, and files that are written at once or not at all, and never lost."""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def replace_file(path: str | Path, content: bytes) -> bool:
    """Write the content under a name of its own first and then rename it; False when the file held it already.

    A full disk, a power cut or a kill at any moment leaves the old file whole. A new file may be read by all, an
    existing one keeps its mode.
    """
    path = Path(path)
    if path.exists() and path.read_bytes() == content:
        return False
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, path.stat().st_mode if path.exists() else 0o644)
        put_in_place(name, path)
    finally:
        Path(name).unlink(missing_ok=True)  # still there only if something went wrong
    return True


def put_in_place(part: str | Path, path: Path) -> None:
    """Give a file that is whole its name, in one step; what had that name is gone."""
    patiently(lambda: os.replace(part, path))


def set_aside(path: Path, word: str) -> Path:
    """Rename a file to one that is not there yet: progress.json → progress.damaged-20260102-030405.json."""
    moment = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    for number in range(1000):
        there = path.with_name(f"{path.stem}.{word}-{moment}{f'-{number}' if number else ''}{path.suffix}")
        if not os.path.lexists(there):
            os.rename(path, there)
            return there
    raise FileExistsError(f"no free name beside {path}")


def how_to_restore(name: str, root: Path = ROOT) -> str:
    """What to do about a damaged file of the project; git is named only where it is there and knows the file."""
    if shutil.which("git") and (root / ".git").exists():
        return f"restore it with  git checkout -- {name}"
    return f"take {name} from a fresh copy of the project"


def patiently(work: Callable[[], Any]) -> Any:
    """``work()``, tried again a little later when it is refused: Windows refuses while another program reads."""
    for _ in range(4):
        try:
            return work()
        except PermissionError:
            time.sleep(0.02)
    return work()
