"""Which interpreter has all that the course needs: this one, or that of the project's own environment in .venv."""

import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from mmcourse.base.files import ROOT
from mmcourse.cli import pins
from mmcourse.cli.messages import STARTED, started_as

STAMP = "mmcourse-ready"  # lies in .venv; written last, so that it vouches for all that came before
# What the environment's own Python says of itself: its version, and which requirements it does not find.
ASK = (
    "import json, platform, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); "
    "from mmcourse.cli import pins; print(json.dumps([platform.python_version(), pins.missing(Path(sys.argv[2]))]))"
)


def fingerprint(root: Path = ROOT) -> str:
    """Changes when a pin or a requirement changes."""
    pinned = (root / "constraints.txt").read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(f"{pinned.decode()}\n{pins.requirements(root)}".encode()).hexdigest()


def venv_python(root: Path = ROOT) -> Path:
    """The interpreter of the project's own environment, there or not."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp(root: Path, version: str) -> None:
    """Notes that the environment is complete: for which pins, with which Python, and where."""
    words = {"pins": fingerprint(root), "python": version, "place": str(root)}
    (root / ".venv" / STAMP).write_text(json.dumps(words) + "\n", encoding="ascii")


def stamped(root: Path = ROOT) -> dict[str, str]:
    """What the stamp says, nothing when there is none."""
    try:
        found = json.loads((root / ".venv" / STAMP).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def in_venv(root: Path = ROOT) -> bool:
    """True when this process runs in the project's own environment."""
    return Path(sys.prefix).resolve() == (root / ".venv").resolve()


def seen(root: Path = ROOT) -> tuple[str, list[str]]:
    """The version of the environment's Python ("": it does not start), and the requirements it does not find."""
    if in_venv(root):
        return platform.python_version(), pins.missing(root)
    try:
        answer = run_quietly([venv_python(root), "-I", "-c", ASK, ROOT, root])
        version, missing = json.loads(answer.stdout)
    except (OSError, ValueError):
        return "", []
    return version, missing


def trouble(root: Path = ROOT) -> str:
    """Why the project's environment cannot be used as it is; nothing when it can."""
    if not os.path.lexists(root / ".venv"):
        return "it is not set up yet"
    made = stamped(root)
    if not made:
        return "the set-up was begun and not finished"
    if made.get("pins") != fingerprint(root):
        return "the course asks for other packages than at the set-up"
    version, missing = seen(root)
    if not version:
        return "its Python does not start any more, as happens when the Python it was made with is removed"
    if minor(version) != minor(made.get("python", "")):
        return f"it was made with Python {made.get('python')}, and its Python is now {version}"
    return f"it lacks {', '.join(missing)}" if missing else ""


def minor(version: str) -> str:
    """``3.13.0`` → ``3.13``: packages fit one of these."""
    return ".".join(version.split(".")[:2])


def ready_python(root: Path = ROOT) -> Path | None:
    """The interpreter that can run the course, or None before the set-up: this one if it has all it needs."""
    if not in_venv(root) and not pins.missing(root):
        return Path(sys.executable)
    return None if trouble(root) else venv_python(root)


def child_environment(root: Path = ROOT, **extra: str) -> dict[str, str]:
    """The environment variables of every program we start: it finds the course wherever it runs."""
    env = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONOPTIMIZE"):  # another Python's home; no assert would be looked at
        env.pop(name, None)
    paths = [str(root), *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    env["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    env["JUPYTER_PREFER_ENV_PATH"] = "1"  # a kernel installed for the whole user must not shadow the one here
    return env | {STARTED: started_as()} | extra


def run_quietly(command: Sequence[object], **options: object) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end and keeps what it says."""
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, errors="replace", **options)


def runs(program: Path, *words: str) -> bool:
    """True when the program starts and is content."""
    try:
        return run_quietly([program, *words]).returncode == 0
    except OSError:
        return False


def call(command: Sequence[object], root: Path = ROOT, **extra: str) -> int:
    """Runs a program in the project's folder and returns its exit status.

    Ctrl-C reaches the program too, which knows best how to stop (JupyterLab asks first); we only wait for it.
    """
    child = subprocess.Popen(list(map(str, command)), cwd=root, env=child_environment(root, **extra))
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        while True:
            try:
                status = child.wait()
                return status if status >= 0 else 128 - status
            except KeyboardInterrupt:
                continue
    finally:
        signal.signal(signal.SIGTERM, before)
