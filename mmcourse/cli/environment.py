"""The set-up: an interpreter that has all the course needs, made once in .venv and found at every start."""

import csv
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from mmcourse.base.files import ROOT
from mmcourse.cli import pins
from mmcourse.cli.messages import Failure, disk_full, explain_os, explain_pip, say

STAMP = "mmcourse-ready"  # lies in .venv; written last, so that it vouches for all that came before
LEAST_FREE = 2_000_000_000  # bytes; less cannot hold torch and JupyterLab
# JupyterLab asks nothing about news and updates: the versions are pinned, and a lesson is what opens.
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
FIND_SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def fingerprint(root: Path = ROOT) -> str:
    """Changes when a pin, a requirement or the place of the project changes."""
    pinned = (root / "constraints.txt").read_bytes().replace(b"\r\n", b"\n")
    text = f"{pinned.decode()}\n{pins.requirements(root)}\n{root}"
    return hashlib.sha256(text.encode()).hexdigest()


def venv_python(root: Path = ROOT) -> Path:
    """The interpreter of the project's own environment, there or not."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamped(root: Path = ROOT) -> bool:
    """True when the project's environment was installed to the end, for the pins as they are now."""
    try:
        found = (root / ".venv" / STAMP).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return False
    return found == fingerprint(root) and venv_python(root).exists()


def in_venv(root: Path = ROOT) -> bool:
    """True when this process runs in the project's own environment."""
    return Path(sys.prefix).resolve() == (root / ".venv").resolve()


def ready_python(root: Path = ROOT) -> Path | None:
    """The interpreter that can run the course, or None before the set-up: this one if it has all it needs."""
    if not in_venv(root) and not pins.missing(root):
        return Path(sys.executable)
    return venv_python(root) if stamped(root) else None


def ensure(root: Path = ROOT, install: Callable[[Path], None] | None = None) -> Path:
    """The ready interpreter, set up first (by `install`) where there is none."""
    if python := ready_python(root):
        return python
    try:
        (install or install_all)(root)
        (root / ".venv" / STAMP).write_text(fingerprint(root) + "\n", encoding="ascii")
    except OSError as error:
        raise explain_os(error, root) from error
    say("The set-up is complete.\n")
    return venv_python(root)


def install_all(root: Path) -> None:
    """Makes .venv and installs every pinned package into it; goes on from what an earlier try has left."""
    say(f"Setting up the course in {root / '.venv'}. This takes a few minutes, once.")
    check_room(root)
    say("Step 1 of 3: a Python environment of its own")
    make_venv(root)
    python = venv_python(root)
    site = Path(run_quietly([python, "-c", FIND_SITE]).stdout.strip())
    drop_incomplete(site)
    say("Step 2 of 3: the packages (torch is large)")
    pip_install(python, root)
    say("Step 3 of 3: the course itself")
    # A path file lets every kernel and editor that uses .venv import the course from here.
    (site / "mmcourse.pth").write_text(f"{root}\n", encoding="utf-8")
    settings = root / ".venv" / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(QUIET), encoding="utf-8")


def check_room(root: Path) -> None:
    """Fails now where the installation would fail later: nothing can be written, or it would not fit."""
    with tempfile.TemporaryFile(dir=root):
        pass
    if not (root / ".venv").exists() and shutil.disk_usage(root).free < LEAST_FREE:
        raise disk_full(root)


def make_venv(root: Path) -> None:
    """Makes .venv, or completes one that lacks pip; one whose Python does not start is made anew."""
    if runs(venv_python(root), "-m", "pip", "--version"):
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise no_venv()
    clear = [] if runs(venv_python(root), "--version") else ["--clear"]
    made = run_quietly([sys.executable, "-m", "venv", *clear, root / ".venv"])
    if made.returncode:
        text = made.stdout + made.stderr
        raise no_venv() if "ensurepip" in text else explain_pip(text, root / ".venv")


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
    """True when every file that a package lists is there in its full size."""
    try:
        with open(info / "RECORD", encoding="utf-8", newline="") as file:
            rows = [(info.parent / row[0], row[2]) for row in csv.reader(file) if row]
        return all(not size or path.stat().st_size == int(size) for path, size in rows)
    except (OSError, ValueError, IndexError):
        return False


def pip_install(python: Path, root: Path) -> None:
    """Lets pip install what the course asks for: its progress bars are seen, its complaints explained."""
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--prefer-binary",
        "--retries",
        "3",
        "-c",
        root / "constraints.txt",
        *pins.asked(root),
    ]
    # Settings that would send the packages elsewhere than into .venv.
    env = child_environment(root, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT"):
        env.pop(name, None)
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


def child_environment(root: Path = ROOT, **extra: str) -> dict[str, str]:
    """The environment variables of every program we start: it finds the course wherever it runs."""
    env = dict(os.environ)
    env.pop("PYTHONHOME", None)
    paths = [str(root), *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    env["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    env["JUPYTER_PREFER_ENV_PATH"] = "1"  # a kernel installed for the whole user must not shadow the one here
    return env | extra


def run_quietly(command: Sequence[object]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, errors="replace")


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
