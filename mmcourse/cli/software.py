"""What ``doctor`` looks at: Python, the packages, and the files of the course."""

import hashlib
import json
import os
import platform
import sys
from pathlib import Path

from mmcourse.base.files import how_to_restore
from mmcourse.cli import environment, pins, whole
from mmcourse.cli.finding import Finding
from mmcourse.cli.lessons import lesson_files
from mmcourse.cli.messages import COMMAND, Failure
from mmcourse.cli.reading import as_notebook


def python(root: Path) -> list[Finding]:
    version = platform.python_version()
    found = Finding("Python", f"{version} ({sys.executable})")
    if sys.version_info >= (3, 15):
        found = Finding("Python", version, "note", "the course is tested with 3.11 to 3.14")
    if sys.maxsize < 2**32:
        found = Finding("Python", f"{version}, 32 bit", "problem", "install a 64-bit Python: torch needs one")
    return [found, *shadows(root)]


def shadows(root: Path) -> list[Finding]:
    """Folders of PYTHONPATH: what lies there is found before the course's own packages."""
    named = [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place and Path(place) != root]
    if not named:
        return []
    seen = f"PYTHONPATH names {', '.join(named)}: packages there are taken before those of the course"
    return [Finding("Python", seen, "note", "remove the variable if something behaves strangely")]


def packages(root: Path) -> list[Finding]:
    """Whether the set-up is done, whether all of it loads, and which versions differ from the pins."""
    if environment.ready_python(root) is None:
        remedy = f"run  {COMMAND} lab  (or test): it sets everything up"
        return [Finding("Packages", f"not ready: {environment.trouble(root)}", "problem", remedy)]
    remedy = f"run  {sys.executable} -m pip install -c constraints.txt "
    if broken := whole.wrong(root):
        names = " ".join(dict.fromkeys(phrase.split()[0] for phrase in broken))
        again = f"{remedy}--force-reinstall {names}"
        return [Finding("Packages", "; ".join(broken), "problem", again)]
    if differ := pins.differing(root):
        listed = ", ".join(f"{name} {here} instead of {wanted}" for name, here, wanted in differ)
        again = remedy + " ".join(f"{name}=={wanted}" for name, _, wanted in differ)
        return [Finding("Packages", f"{len(differ)} differ from constraints.txt: {listed}", "problem", again)]
    return [Finding("Packages", f"all load, at the versions of constraints.txt ({sys.prefix})")]


def programs(root: Path) -> list[Finding]:
    """Whether the programs in .venv (jupyter) still name its Python, which they do not after a move."""
    made = environment.stamped(root).get("place", str(root))
    if made == str(root) or environment.trouble(root):
        return []
    seen = f"those in .venv, such as jupyter, were made in another place ({made})"
    return [Finding("Programs", seen, "problem", f"run  {COMMAND} lab  once: it renews them")]


def data(root: Path) -> list[Finding]:
    """Every shipped data file against its checksum."""
    table = root / "data" / "checksums.json"
    restore = how_to_restore("data", root)
    try:
        sums = json.loads(table.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return [Finding("Data", "data/checksums.json is missing or damaged", "problem", restore)]
    bad = [
        Finding("Data", f"data/{name} {trouble}", "problem", restore)
        for name, expected in sums.items()
        if (trouble := damage(root / "data" / name, expected))
    ]
    return bad or [Finding("Data", f"{len(sums)} file{'s' if len(sums) > 1 else ''} as shipped")]


def damage(path: Path, expected: str) -> str:
    """What is wrong with a file, or nothing."""
    if not path.is_file():
        return "is missing"
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    return "" if found == expected.lower() else "is damaged: its checksum differs"


def notebooks(root: Path) -> list[Finding]:
    """Whether every lesson's file is a notebook that can be opened."""
    found = []
    try:
        for path in (files := lesson_files(root)):
            try:
                as_notebook(path)
            except Failure as failure:
                found.append(Finding("Lessons", failure.sentence, "problem", failure.next_step))
    except Failure as failure:
        return [Finding("Lessons", failure.sentence, "problem", failure.next_step)]
    return found or [Finding("Lessons", f"{len(files)} found")]
