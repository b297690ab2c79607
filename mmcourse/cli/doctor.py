"""``doctor``: looks at this computer and says, for each thing that is wrong, what to do."""

from collections.abc import Callable
from pathlib import Path

from mmcourse.base.files import ROOT
from mmcourse.cli import machine, software
from mmcourse.cli.finding import Finding
from mmcourse.cli.messages import COMMAND, say

CHECKS = (
    software.python,
    machine.processor,
    software.packages,
    software.programs,
    machine.torch,
    software.data,
    software.notebooks,
    machine.disk,
    machine.chromium,
)


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
