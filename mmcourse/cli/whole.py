"""What an interpreter really has: that a package is listed does not mean that it can be imported."""

import importlib
import json
import sys
from functools import cache
from pathlib import Path

from mmcourse.base.files import ROOT
from mmcourse.cli import environment, pins

TELL = (
    "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from mmcourse.cli import whole; "
    "whole.tell(Path(sys.argv[2]))"
)


def lacking(python: Path, root: Path = ROOT) -> list[str]:
    """What is wrong with the packages of an interpreter, a phrase each: absent ones, and those that do not load.

    It imports every requirement, in a process of its own, since a package may even crash; that takes some seconds.
    """
    try:
        answer = environment.run_quietly([python, "-I", "-c", TELL, ROOT, root])
    except OSError as error:
        return [f"{python} does not start ({error.strerror or error})"]
    found, begun = [], None
    for line in answer.stdout.splitlines():
        try:
            begun, why = json.loads(line)
        except (ValueError, TypeError):
            continue  # a package that greets
        if why:
            found.append(f"{begun} {why}")
        begun = None if why is not None else begun
    last = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
    if begun:
        found.append(f"{begun} makes Python crash")
    elif answer.returncode:
        found.append(f"the packages could not be looked at: {last}")
    return found


@cache
def wrong(root: Path = ROOT) -> tuple[str, ...]:
    """The same of this interpreter, looked at once."""
    return tuple(lacking(Path(sys.executable), root))


def tell(root: Path) -> None:
    """Prints for each package what is wrong with it, as lines of JSON: [name, null] before, [name, reason] after."""

    def line(name: str, why: str | None) -> None:
        print(json.dumps([name, why]), flush=True)

    for name in pins.absent(root):
        line(name, "is not installed")
    for name in pins.requirements(root):
        if pins.installed(name) is None:
            continue
        line(name, None)
        try:
            importlib.import_module(pins.module_of(name))
        except BaseException as error:  # a package may raise anything, SystemExit too
            said = (str(error).strip().splitlines() or [""])[0]
            line(name, f"does not load ({type(error).__name__}: {said})")
        else:
            line(name, "")
    sys.stdout.flush()
