"""``test``: every proof of the course, one stage after the other, and one summary."""

import os
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmcourse.cli import environment, install
from mmcourse.cli.messages import say

NO_TESTS = 5  # pytest's exit status when nothing was selected
PARALLEL = ["-n", "2", "--dist", "loadfile"]  # a notebook's cells stay together
# Tests of one file stay together, so that what they share is made once; panels by lesson (tests/conftest.py).
GROUPED = ["-n", "2", "--dist", "loadgroup"]
UNIT = ["tests", "-m", "not browser", "--benchmark-disable", *GROUPED]
QUICK = ["tests", "-m", "not browser and not slow", "--benchmark-disable", *GROUPED]
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/sanitize.cfg", "--nbval-cell-timeout", "300"]
NOTEBOOKS = [*NBVAL, "--benchmark-disable", *PARALLEL, "notebooks"]
BROWSER = ["tests/browser", "-rs", "-n", "3"]  # more than cores: a learner mostly looks and waits
# Two or three workers share two cores: each computes with one thread; with two each they would get in the way.
ALONE = {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


@dataclass
class Count:
    """What a stage found."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        tail = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{tail}"


def prove(quick: bool, rest: Sequence[str]) -> int:
    """Runs all stages, however many fail, and returns the exit status; `rest` goes to every pytest."""
    python = install.ensure()
    stages = {
        "style": lambda: ruff(python),
        "unit tests": lambda: pytest(python, QUICK if quick else UNIT, rest, **ALONE),
    }
    if not quick:
        stages["notebooks"] = lambda: pytest(python, NOTEBOOKS, rest, **ALONE)
        stages["browser"] = lambda: pytest(python, BROWSER, rest, **ALONE)
    counts = {}
    for name, stage in stages.items():
        say(f"\n== {name} ==")
        begun = time.perf_counter()
        counts[name] = stage()
        counts[name].seconds = time.perf_counter() - begun
    return summary(counts)


def summary(counts: dict[str, Count]) -> int:
    """Prints a line for each stage, what all took, and last the sum of the counts; the exit status."""
    say("\n== summary ==")
    for name, count in counts.items():
        say(f"{'✗' if count.failed else '✓'} {name:<12} {duration(count.seconds):>8}  {count}")
    say(f"  {'all stages':<12} {duration(sum(count.seconds for count in counts.values())):>8}")
    parts = ("passed", "failed", "skipped")
    total = Count(*(sum(getattr(count, part) for count in counts.values()) for part in parts))
    if total.skipped:
        say(
            "Skipped tests lack something on this computer; the lines above say what "
            "(without a Chromium the browser tests are skipped)."
        )
    say(str(total))
    return 1 if total.failed else 0


def duration(seconds: float) -> str:
    """``754`` → ``12:34 min``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min"


def ruff(python: Path) -> Count:
    """Checks the style and the layout of all code, notebooks included; without a cache, so on a read-only disk too."""
    checks = (["check", "--output-format", "concise"], ["format", "--check", "-q"])
    failed = sum(bool(environment.call([python, "-m", "ruff", *words, "--no-cache", "."])) for words in checks)
    return Count(passed=len(checks) - failed, failed=failed)


def pytest(python: Path, words: Sequence[str], rest: Sequence[str], **env: str) -> Count:
    """Runs pytest once and reads its counts from the report it writes."""
    with tempfile.TemporaryDirectory(prefix="mmcourse-") as folder:
        report = Path(folder) / "report.xml"
        plain = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
        command = [python, "-m", "pytest", *plain, *words, *rest]
        status = environment.call(command, **private(folder), **env)
        count = read_report(report) if report.exists() else Count()
    if status == NO_TESTS and rest:  # a selection may leave a stage without tests
        return count
    if status and not count.failed:  # pytest broke before or after its tests
        count.failed = 1
    return count


def private(folder: str) -> dict[str, str]:
    """Variables that keep what tests and kernels write out of the project and of the user's own files.

    So nobody's progress or start-up files are touched or obeyed, and a read-only home or installation will do.
    """
    names = {"MMCOURSE_PROGRESS": "progress.json", "IPYTHONDIR": "ipython", "JUPYTER_CONFIG_DIR": "config"}
    names |= {"JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    cache = Path(os.environ.get("MPLCONFIGDIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    there = next(place for place in (cache, *cache.absolute().parents) if place.exists())
    if not os.access(there, os.W_OK):  # made anew, matplotlib's list of fonts takes seconds
        names["MPLCONFIGDIR"] = "matplotlib"
    return {variable: str(Path(folder) / name) for variable, name in names.items()}


def read_report(path: Path) -> Count:
    """The counts in a JUnit report."""
    count = Count()
    for suite in ET.parse(path).getroot().iter("testsuite"):
        keys = ("tests", "failures", "errors", "skipped")
        tests, failures, errors, skipped = (int(suite.get(key, 0)) for key in keys)
        count.failed += failures + errors
        count.skipped += skipped
        count.passed += tests - failures - errors - skipped
    return count


def ci() -> bool:
    """True where a missing browser is a failure and no matter of the machine."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")
