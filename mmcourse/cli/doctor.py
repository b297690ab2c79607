"""``doctor``: looks at this computer and says, for each thing that is wrong, what to do."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mmcourse.base.files import ROOT
from mmcourse.cli import browser, environment, pins
from mmcourse.cli.lessons import lesson_files
from mmcourse.cli.messages import COMMAND, Failure, say
from mmcourse.cli.proof import ci

SETUP_BYTES, WORK_BYTES = 4_000_000_000, 300_000_000
MARKS = {"fine": "✓", "note": "·", "problem": "✗"}


@dataclass
class Finding:
    """One line of the report: what was looked at, what was seen, how bad it is, and what to do about it."""

    what: str
    seen: str
    level: str = "fine"
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{MARKS[self.level]} {self.what:<12} {self.seen}"
        return line + (f"\n  → {self.remedy}" if self.remedy else "")


def doctor(root: Path = ROOT) -> int:
    """Prints the report; the exit status is 1 when there is a problem, notes alone leave it 0."""
    problems = 0
    for look in CHECKS:
        for finding in look_safely(look, root):
            say(str(finding))
            problems += finding.level == "problem"
    say(
        f"\n{problems} problem{'s' if problems > 1 else ''} found; the arrows say what to do."
        if problems
        else f"\nAll is well. Start with  {COMMAND} lab"
    )
    return 1 if problems else 0


def look_safely(look: Callable[[Path], list[Finding]], root: Path) -> list[Finding]:
    """A check's findings; a check that breaks is itself a finding, and the others still run."""
    try:
        return look(root)
    except Exception as error:
        return [
            Finding(
                look.__name__.replace("_", " "),
                f"{type(error).__name__}: {error}",
                "problem",
                getattr(error, "next_step", "delete .venv and run  " + COMMAND + " lab  again"),
            )
        ]


def python(root: Path) -> list[Finding]:
    version = platform.python_version()
    found = Finding("Python", f"{version} ({sys.executable})")
    if sys.version_info >= (3, 15):
        found = Finding("Python", version, "note", "the course is tested with 3.11 to 3.14")
    if sys.maxsize < 2**32:
        found = Finding("Python", f"{version}, 32 bit", "problem", "install a 64-bit Python: torch needs one")
    return [found]


def processor(root: Path) -> list[Finding]:
    threads = os.environ.get("OMP_NUM_THREADS")
    limited = f", OMP_NUM_THREADS={threads}" if threads else ""
    found = Finding("Processor", f"{processor_name()}, {os.cpu_count()} cores{limited}")
    if threads and not (threads.isdecimal() and int(threads)):
        found.level, found.remedy = "problem", "set OMP_NUM_THREADS to a number above zero, or remove it"
    return [found]


def processor_name() -> str:
    """What the maker calls it; Python alone often knows only the architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def packages(root: Path) -> list[Finding]:
    """Whether the set-up is done, and which versions differ from the pins."""
    if environment.ready_python(root) is None:
        begun = (root / ".venv").exists()
        seen = "the set-up was begun and not finished, or a pin has changed" if begun else "not set up yet"
        return [Finding("Packages", seen, "problem", f"run  {COMMAND} lab  (or test): it sets everything up")]
    differ = pins.differing(root)
    if not differ:
        return [Finding("Packages", f"all at the versions of constraints.txt ({sys.prefix})")]
    listed = ", ".join(f"{name} {here} instead of {wanted}" for name, here, wanted in differ)
    again = " ".join(f"{name}=={wanted}" for name, _, wanted in differ)
    return [
        Finding(
            "Packages",
            f"{len(differ)} differ from constraints.txt: {listed}",
            "problem",
            f"run  {sys.executable} -m pip install -c constraints.txt {again}",
        )
    ]


def torch(root: Path) -> list[Finding]:
    """torch, its threads, and the device the course would use."""
    if pins.installed("torch") is None:
        return []
    import torch

    found = [Finding("torch", f"{torch.__version__}, {torch.get_num_threads()} threads")]
    return found + [gpu(torch)] + device()


def gpu(torch: object) -> Finding:
    if torch.cuda.is_available():
        return Finding("GPU", f"{torch.cuda.get_device_name(0)} (CUDA {torch.version.cuda})")
    if torch.backends.mps.is_available():
        return Finding("GPU", "Apple's, through MPS")
    card = nvidia_card()
    if card and torch.version.cuda is None:
        return Finding(
            "GPU",
            f"{card}, which this torch (built for the processor alone) cannot use",
            "note",
            "the course works without; see pytorch.org for a torch with CUDA",
        )
    if card:
        return Finding(
            "GPU",
            f"{card}, which torch cannot reach",
            "note",
            f"the course works without; update the NVIDIA driver for CUDA {torch.version.cuda}",
        )
    return Finding("GPU", "none found; the course does not need one")


def nvidia_card() -> str:
    """The name of the first NVIDIA card, or nothing."""
    if not shutil.which("nvidia-smi"):
        return ""
    query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip().splitlines()[0] if answer.returncode == 0 and answer.stdout.strip() else ""


def device() -> list[Finding]:
    from mmcourse.engine.device import pick_device

    try:
        return [Finding("Device", f"lessons train on {pick_device()}")]
    except ValueError as error:
        return [Finding("Device", str(error), "problem", "correct or remove MMCOURSE_DEVICE")]


def data(root: Path) -> list[Finding]:
    """Every shipped data file against its checksum."""
    table = root / "data" / "checksums.json"
    restore = "restore it with  git checkout -- data  or fetch the project again"
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
    try:
        return [Finding("Lessons", f"{len(lesson_files(root))} found")]
    except Failure as failure:
        return [Finding("Lessons", failure.sentence, "problem", failure.next_step)]


def disk(root: Path) -> list[Finding]:
    """Free space and the right to write."""
    free = shutil.disk_usage(root).free
    least = WORK_BYTES if environment.ready_python(root) else SETUP_BYTES
    found = [Finding("Disk", f"{free / 1e9:.1f} GB free")]
    if free < least:
        remedy = f"delete something: the course wants {least / 1e9:.1f} GB free"
        found = [Finding("Disk", f"only {free / 1e9:.1f} GB free", "problem", remedy)]
    try:
        with tempfile.TemporaryFile(dir=root):
            return found
    except OSError:
        return [
            *found,
            Finding(
                "Folder",
                f"nothing can be written in {root}",
                "problem",
                "copy the project into a folder of your own and start it there",
            ),
        ]


def chromium(root: Path) -> list[Finding]:
    try:
        program = browser.find_browser()
    except ValueError as error:
        return [Finding("Browser", str(error), "problem", "it is used by the browser tests only")]
    if program:
        return [Finding("Browser", str(program))]
    seen = "no Chromium found: the browser tests cannot run (the lessons work in any browser)"
    level = "problem" if ci() else "note"
    return [Finding("Browser", seen, level, f"to run those tests, {browser.HOW_TO_GET_ONE}")]


CHECKS = (python, processor, packages, torch, data, notebooks, disk, chromium)
