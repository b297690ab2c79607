"""The set-up: makes the project's own environment once, and mends it when its Python or its place has changed."""

import csv
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from mmcourse.base.files import ROOT
from mmcourse.cli import jupyter, launchers, pins, pip_settings, whole
from mmcourse.cli.environment import (
    minor,
    ready_python,
    run_quietly,
    runs,
    stamp,
    stamped,
    trouble,
    venv_python,
)
from mmcourse.cli.messages import COMMAND, Failure, disk_full, explain_os, explain_pip, say

LEAST_FREE = 2_000_000_000  # bytes; less cannot hold torch and JupyterLab
# JupyterLab asks nothing about news and updates: the versions are pinned, and a lesson is what opens.
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
FIND_SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"
VERSION = "import platform; print(platform.python_version())"
# A path file lets every kernel and editor that uses .venv import the course. Up to Python 3.12 such a file is read in
# the system's code page, so it names no folder: the environment knows where it is, and the project is around it.
PATH_FILE = "import os, sys; sys.path.append(os.path.dirname(sys.prefix))\n"


def ensure(root: Path = ROOT, install: Callable[[Path], None] | None = None) -> Path:
    """The ready interpreter, set up first (by `install`) where there is none."""
    if python := ready_python(root):
        if python == venv_python(root):
            settle(root)
        return python
    if (root / ".venv").exists():
        say(f"The environment in .venv is mended: {trouble(root)}.")
    try:
        (install or install_all)(root)
        stamp(root, run_quietly([venv_python(root), "-I", "-c", VERSION]).stdout.strip())
    except OSError as error:
        raise explain_os(error, root) from error
    say("The set-up is complete.\n")
    return venv_python(root)


def settle(root: Path) -> None:
    """After a move the environment itself works on; its programs (jupyter) and its note of the place are renewed."""
    made = stamped(root)
    if made.get("place") == str(root):
        return
    try:
        if runs(venv_python(root), "-I", launchers.__file__):
            stamp(root, made["python"])
    except OSError:
        pass  # a shared installation that this user may only read: `python -m` needs none of them


def install_all(root: Path) -> None:
    """Makes .venv and installs every pinned package into it; goes on from what an earlier try has left."""
    say(f"Setting up the course in {root / '.venv'}. This takes a few minutes, once.")
    check_room(root)
    say("Step 1 of 3: a Python environment of its own")
    make_venv(root)
    python = venv_python(root)
    site = Path(run_quietly([python, "-I", "-c", FIND_SITE]).stdout.strip())
    drop_incomplete(site)
    say("Step 2 of 3: the packages (torch is large)")
    pip_install(python, root)
    say("Step 3 of 3: the course itself, and a look whether everything loads")
    (site / "mmcourse.pth").write_text(PATH_FILE, encoding="ascii")
    settings = root / ".venv" / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(QUIET), encoding="utf-8")
    jupyter.write_config(root / ".venv")
    if found := whole.lacking(python, root):
        raise not_whole(found)


def not_whole(found: Sequence[str]) -> Failure:
    """What to say of packages that pip has installed and that do not work."""
    redistributable = (
        "install the Microsoft Visual C++ Redistributable (x64), which torch needs, then "
        if os.name == "nt" and any(phrase.startswith("torch does not load") for phrase in found)
        else ""
    )
    return Failure(
        f"The packages are installed, and something is wrong with them: {'; '.join(found)}.",
        f"{redistributable}give the same command again; if it ends here too, look at  {COMMAND} doctor",
    )


def check_room(root: Path) -> None:
    """Fails now where the installation would fail later: nothing can be written, or it would not fit."""
    with tempfile.TemporaryFile(dir=root):
        pass
    if not (root / ".venv").exists() and shutil.disk_usage(root).free < LEAST_FREE:
        raise disk_full(root)


def make_venv(root: Path) -> None:
    """Makes .venv, or completes one that lacks pip.

    One whose Python does not start, or is another than it was made with, is made anew.
    """
    python = venv_python(root)
    same = fits(root)
    if same and runs(python, "-I", "-m", "pip", "--version"):
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise no_venv()
    clear = [] if same else ["--clear"]
    base = getattr(sys, "_base_executable", None) or sys.executable  # not the environment's own, which is cleared
    made = run_quietly([base, "-m", "venv", *clear, root / ".venv"])
    if made.returncode:
        text = made.stdout + made.stderr
        raise no_venv() if "ensurepip" in text else explain_pip(text, root / ".venv")


def fits(root: Path) -> bool:
    """True when the environment's Python starts and is still of the version that its configuration names."""
    try:
        lines = (root / ".venv" / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").splitlines()
        answer = run_quietly([venv_python(root), "-I", "-c", VERSION])
    except OSError:
        return False
    named = {key.strip().lower(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
    wanted = named.get("version") or named.get("version_info") or answer.stdout
    return answer.returncode == 0 and minor(answer.stdout.strip()) == minor(wanted.strip())


def no_venv() -> Failure:
    name = "python{}.{}-venv".format(*sys.version_info[:2])
    return Failure(
        "This Python cannot make environments: its modules venv and ensurepip are not installed.",
        f"on Debian and Ubuntu run  sudo apt install {name}  (elsewhere: Python from python.org).",
    )


def drop_incomplete(site: Path) -> None:
    """Forgets packages that an interrupted pip has half written and would take for installed."""
    for info in site.glob("*.dist-info"):
        if info.name.startswith("pip-") or complete(info):
            continue
        shutil.rmtree(info)


def complete(info: Path) -> bool:
    """True when every file that a package lists is there in its full size, but for its programs: they name a place."""
    try:
        with open(info / "RECORD", encoding="utf-8", newline="") as file:
            rows = [(info.parent / row[0], row[2]) for row in csv.reader(file) if row and not row[0].startswith("..")]
        return all(not size or path.stat().st_size == int(size) for path, size in rows)
    except (OSError, ValueError, IndexError):
        return False


def pip_install(python: Path, root: Path) -> None:
    """Lets pip install what the course asks for: its progress bars are seen, its complaints explained."""
    quiet = ["--disable-pip-version-check", "--no-input", "--prefer-binary", "--retries", "3"]
    command = [python, "-m", "pip", "install", *quiet, "-c", root / "constraints.txt", *pins.asked(root)]
    env = pip_settings.variables(python)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace", env=env) as pip:
        complaints = listen(pip.stderr)
    if pip.returncode:
        (root / ".venv" / "install.log").write_text("".join(complaints), encoding="utf-8")
        raise explain_pip("".join(complaints), root / ".venv")


def listen(stream: Sequence[str]) -> list[str]:
    """Collects what pip complains about and, of all that, shows once that it is trying again."""
    lines: list[str] = []
    for line in stream:
        if "Retrying" in line and not any("Retrying" in earlier for earlier in lines):
            say("  no answer from the network; trying again ...")
        lines.append(line)
    return lines
