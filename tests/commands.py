"""The commands, run as a learner does, in a project of their own."""

import os
import subprocess
import sys


def command(project, *words, flags=("-S",)):
    """Runs a command in `project`; -S hides the installed packages, as on a computer that has only Python."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MMCOURSE_DEBUG")}
    return subprocess.run(
        [sys.executable, *flags, "-m", "mmcourse", *words],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def is_kind(answer, status):
    """One sentence and a next step, the expected exit status, and no traceback."""
    assert answer.returncode == status, answer
    assert "Traceback" not in answer.stderr
    assert answer.stderr.count("✗") == 1 and "\nNext: " in answer.stderr, answer.stderr
