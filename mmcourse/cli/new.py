"""``new``: the skeleton of a lesson, which runs and whose tests pass, to be replaced piece by piece."""

import json
import keyword
import os
import re
import sys
from pathlib import Path

from mmcourse.base.about import lessons
from mmcourse.base.files import ROOT
from mmcourse.cli import environment, pages
from mmcourse.cli.messages import COMMAND, Failure, explain_os, say

TEMPLATES = Path(__file__).parent / "templates"
TESTS = ("test_basics.py", "panels.py", "attempts.py")
PARTS = ("__init__.py", "about.py", "basics.py", "studies.py", "pictures.py", "exercises.py", "quiz.py")
RESERVED = {"about", "studies", "pictures", "exercises", "quiz", "new"}
LONGEST = 24  # letters; longer names would break lines that every lesson has


def new(number: str, name: str, root: Path = ROOT) -> int:
    """Writes a lesson's skeleton, computes its study and executes its notebook; the exit status."""
    refuse_bad(number, name, root)
    files = skeleton(int(number), name, root)
    places = sorted({path if path.suffix == ".ipynb" else path.parent for path in files})
    taken = [place for place in (*places, root / "data" / "studies" / name) if os.path.lexists(place)]
    if taken:
        raise Failure(
            f"{taken[0].relative_to(root).as_posix()} is there already, and nothing was written.",
            "choose another name, or move it away.",
        )
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        raise explain_os(error, root) from error
    changed = pages.refresh(root)
    return finish(int(number), name, [*files], changed, root)


def refuse_bad(number: str, name: str, root: Path) -> None:
    """Raises the Failure for a number or a name that no lesson may have."""
    if not re.fullmatch(r"\d{1,2}", number, re.ASCII):
        raise Failure(f"{number!r} is no number of a lesson.", "choose one from 0 to 99.", 2)
    course = lessons(root / "mmcourse")
    for one in course:
        if one.number == int(number):
            free = max(other.number for other in course) + 1
            raise Failure(f"Lesson {one.stem} has this number.", f"the next free one is {free}.", 2)
    good = re.fullmatch(r"[a-z]+(_?[a-z0-9]+)*", name, re.ASCII) and len(name) <= LONGEST
    if not good or keyword.iskeyword(name) or name in RESERVED or name in sys.stdlib_module_names:
        raise Failure(
            f"{name!r} is no name for a lesson.",
            f"use small letters, digits and single underscores, at most {LONGEST}, such as shared_space.",
            2,
        )


def skeleton(number: int, name: str, root: Path) -> dict[Path, str]:
    """Every file of the new lesson with its text."""
    title = name.replace("_", " ")
    words = {"@NN@": f"{number:02}", "@number@": str(number), "@name@": name, "@title@": title}
    words["@Title@"] = title.capitalize()

    def filled(template: str) -> str:
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        return re.sub(r"@\w+@", lambda hit: words[hit[0]], text)

    files = {root / "mmcourse" / name / part: filled(f"{part}.txt") for part in PARTS}
    files |= {root / "tests" / name / part: filled(f"{part}.txt") for part in TESTS}
    notebook = root / "notebooks" / f"{number:02}_{name}.ipynb"
    return files | {notebook: notebook_of(filled("notebook.txt"), f"{number:02}")}


def notebook_of(text: str, number: str) -> str:
    """A notebook's JSON from its text: a line ``%% text``, ``%% code`` or ``%% exercise`` begins each cell."""
    cells = []
    for place, part in enumerate(re.split(r"^%% ", text, flags=re.MULTILINE)[1:], start=1):
        kind, _, source = part.partition("\n")
        cell = {"cell_type": "markdown", "id": f"{number}-{place:02}", "metadata": {}, "source": source.strip("\n")}
        if kind != "text":
            cell |= {"cell_type": "code", "execution_count": None, "outputs": []}
            cell["metadata"] = {"tags": ["exercise"]} if kind == "exercise" else {}
        cells.append(cell)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False)


def finish(number: int, name: str, files: list[Path], changed: list[str], root: Path) -> int:
    """Orders imports and lines as the names now ask for, computes the study, executes the notebook; the exit status."""
    ruff, course = [sys.executable, "-m", "ruff"], [sys.executable, "-m", "mmcourse"]
    steps = [
        [
            *ruff,
            "check",
            "--no-cache",
            "--select",
            "I",
            "--fix",
            "-q",
            *(path for path in files if path.suffix == ".py"),
        ],
        [*ruff, "format", "--no-cache", "-q", *files],
        [*course, "study", name],
        [*course, "run", str(number)],
    ]
    for step in steps:
        if status := environment.call(step, root):
            return status
    say(f"✓ Lesson {number:02} {name} stands in mmcourse/{name}, tests/{name}, notebooks and data/studies/{name};")
    say(f"  {' and '.join(changed)} name it.")
    say(f"Next: put your own in place of each piece; CONTRIBUTING.md tells how.  {COMMAND} test -- -k {name}")
    return 0
