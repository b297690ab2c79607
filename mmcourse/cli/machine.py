"""What ``doctor`` looks at: the computer, with its processor, GPU, disk and browser."""

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from mmcourse.cli import browser, environment, pins, whole
from mmcourse.cli.finding import Finding
from mmcourse.cli.messages import COMMAND
from mmcourse.cli.proof import ci

SETUP_BYTES, WORK_BYTES = 4_000_000_000, 300_000_000


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


def torch(root: Path) -> list[Finding]:
    """torch, its threads, and the device the course would use."""
    if pins.installed("torch") is None or any(phrase.startswith("torch ") for phrase in whole.wrong(root)):
        return []  # what is wrong with it stands under Packages
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
        return [*found, read_only(root)]


def read_only(root: Path) -> Finding:
    """A folder where nothing can be written: fine for an installation that many share, once it is set up."""
    seen = f"nothing can be written in {root}"
    if environment.ready_python(root):
        return Finding("Folder", seen, "note", f"take lessons with you:  {COMMAND} copy FOLDER")
    return Finding("Folder", seen, "problem", "copy the project into a folder of your own and start it there")


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
