"""The commands: what can be asked for, and which module does it."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from mmcourse.base.files import ROOT
from mmcourse.cli import bench, copy_lessons, doctor, environment, install, lab, lessons, new, notebooks, proof, study
from mmcourse.cli.arguments import parser
from mmcourse.cli.messages import COMMAND, Closed, Failure, complain, explain_os, say

CLOSED = 141  # 128 + SIGPIPE


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; no failure that a learner meets shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that lacks a sign shows a ? in its place
            stream.reconfigure(errors="replace")
    try:
        try:
            status = answer(list(sys.argv[1:] if argv is None else argv))
        except SystemExit as stop:  # argparse, after --help
            status = stop.code or 0
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        return status
    except (Closed, BrokenPipeError):  # doctor | head -1: whoever reads has seen enough
        return end_quietly()


def answer(argv: list[str]) -> int:
    """The exit status of a command; whatever goes wrong becomes one sentence and a next step."""
    try:
        return dispatch(argv)
    except Failure as failure:
        return complain(failure)
    except KeyboardInterrupt:
        return complain(Failure("Stopped by Ctrl-C.", "give the same command again to go on.", 130))
    except (Closed, BrokenPipeError):
        raise
    except Exception as error:
        if os.environ.get("MMCOURSE_DEBUG"):
            raise
        if isinstance(error, OSError):
            return complain(explain_os(error, ROOT))
        sentence = f"Something unforeseen happened: {type(error).__name__}: {error}"
        return complain(Failure(sentence, "set MMCOURSE_DEBUG=1 and give the same command again to see where."))


def end_quietly() -> int:
    """Sends what is still to be written nowhere; the exit status that shells know for a closed output."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nowhere, stream.fileno())
    return CLOSED


def dispatch(argv: list[str]) -> int:
    """Sends a command to its module; what follows -- belongs to the program that the command starts."""
    split = argv.index("--") if "--" in argv else len(argv)
    mine, rest = argv[:split], argv[split + 1 :]
    wish = parser().parse_args(mine)
    if rest and wish.command not in ("lab", "test", "bench"):
        raise Failure(f"Nothing can follow -- after {wish.command}.", f"see  {COMMAND} --help", status=2)
    if wish.command == "lab":
        return lab.lab(wish.lesson or "00", wish.no_browser, wish.port, rest)
    if wish.command == "test":
        return proof.prove(wish.quick, rest)
    if wish.command == "run":
        chosen = [lessons.find_lesson(name) for name in wish.lesson] or lessons.lesson_files()
        return in_ready_python(argv, lambda: notebooks.run(chosen, save=not wish.check))
    if wish.command == "copy":
        chosen = [lessons.find_lesson(name) for name in wish.lesson] or lessons.lesson_files()
        folder = Path(wish.folder).expanduser().absolute()  # another process would start in the project's folder
        again = ["copy", str(folder), *wish.lesson, *["--outputs"] * wish.outputs]
        return in_ready_python(again, lambda: copy_lessons.copy(chosen, folder, wish.outputs))
    if wish.command == "bench":
        return in_ready_python(argv, lambda: bench.bench(rest))
    if wish.command == "study":
        return in_ready_python(argv, lambda: study.study(wish.study, wish.fresh, wish.list, wish.jobs))
    if wish.command == "new":
        return in_ready_python(argv, lambda: new.new(wish.number, wish.name))
    if wish.command == "doctor":
        return in_ready_python(argv, doctor.doctor, must=False)
    parser().print_help()
    say(f"\nStart here:  {COMMAND} lab")
    return 0


def in_ready_python(argv: list[str], work: Callable[[], int], must: bool = True) -> int:
    """Does the work here when this interpreter is the ready one, else by a new process in the ready one.

    With `must` false an environment that is not set up stays so, and the work is done here.
    """
    python = install.ensure() if must else environment.ready_python()
    if python is None or same(python):
        os.environ.update(environment.child_environment())
        return work()
    return environment.call([python, "-m", "mmcourse", *argv])


def same(python: Path) -> bool:
    """True when `python` is the interpreter that runs now."""
    return python == Path(sys.executable) or (python == environment.venv_python() and environment.in_venv())
