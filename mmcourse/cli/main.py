"""The commands: what can be asked for, and which module does it."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from mmcourse.base.files import ROOT
from mmcourse.cli import bench, copy_lessons, doctor, environment, lab, lessons, notebooks, proof, study
from mmcourse.cli.messages import COMMAND, Failure, complain, explain_os, say


class Parser(argparse.ArgumentParser):
    """An argparse whose complaint is one sentence and a next step."""

    def error(self, message: str) -> None:
        raise Failure(f"That was not understood: {message}.", f"see  {self.prog} --help", status=2)


def parser() -> argparse.ArgumentParser:
    top = Parser(
        prog=COMMAND,
        description="A course on deep learning and multimodal learning.",
        epilog="The first lab or test sets everything up; later ones start at once.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    one = commands.add_parser("lab", help="open JupyterLab in a lesson, at first in lesson 00")
    one.add_argument("lesson", nargs="?", help="number or name, such as 08 or fusion_levels")
    one.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    one.add_argument("--port", type=int, metavar="N", help="the port to listen at")
    one.epilog = "Whatever follows -- goes to JupyterLab."

    one = commands.add_parser("test", help="prove that everything works")
    one.add_argument("--quick", action="store_true", help="the fast tests only: no notebooks, no browser")
    one.epilog = "Whatever follows -- goes to pytest."

    one = commands.add_parser("run", help="execute notebooks and save them with their outputs")
    one.add_argument("lesson", nargs="*", help="numbers or names; all lessons when none is named")
    one.add_argument("--check", action="store_true", help="execute only, save nothing")

    one = commands.add_parser("copy", help="write copies with empty exercises into a folder, for a class")
    one.add_argument("folder", help="where to; what lies there already is never overwritten")
    one.add_argument("lesson", nargs="*", help="numbers or names; all lessons when none is named")
    one.add_argument("--outputs", action="store_true", help="keep the outputs of all other cells")

    one = commands.add_parser("study", help="compute the experiments behind the lessons' claims, or list them")
    one.add_argument("study", nargs="*", help="a lesson, or lesson/study, such as rnn/recall; all when none is named")
    one.add_argument(
        "--list", action="store_true", help="only say which there are, their minutes, and if they are fresh"
    )
    one.add_argument("--fresh", action="store_true", help="compute everything anew, not only what is missing")

    commands.add_parser("doctor", help="look at this computer and say what is wrong and what to do")

    one = commands.add_parser("bench", help="measure the speed of the course and list its slowest cells")
    one.epilog = "Whatever follows -- goes to pytest-benchmark."
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; no failure that a learner meets shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that lacks a sign shows a ? in its place
            stream.reconfigure(errors="replace")
    try:
        return dispatch(list(sys.argv[1:] if argv is None else argv))
    except Failure as failure:
        return complain(failure)
    except KeyboardInterrupt:
        return complain(Failure("Stopped by Ctrl-C.", "give the same command again to go on.", 130))
    except Exception as error:
        if os.environ.get("MMCOURSE_DEBUG"):
            raise
        if isinstance(error, OSError):
            return complain(explain_os(error, ROOT))
        return complain(
            Failure(
                f"Something unforeseen happened: {type(error).__name__}: {error}",
                "set MMCOURSE_DEBUG=1 and give the same command again to see where.",
            )
        )


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
        return in_ready_python(argv, lambda: study.study(wish.study, wish.fresh, wish.list))
    if wish.command == "doctor":
        return in_ready_python(argv, doctor.doctor, must=False)
    parser().print_help()
    say(f"\nStart here:  {COMMAND} lab")
    return 0


def in_ready_python(argv: list[str], work: Callable[[], int], must: bool = True) -> int:
    """Does the work here when this interpreter is the ready one, else by a new process in the ready one.

    With `must` false an environment that is not set up stays so, and the work is done here.
    """
    python = environment.ensure() if must else environment.ready_python()
    if python is None or same(python):
        os.environ.update(environment.child_environment())
        return work()
    return environment.call([python, "-m", "mmcourse", *argv])


def same(python: Path) -> bool:
    """True when `python` is the interpreter that runs now."""
    return python == Path(sys.executable) or (python == environment.venv_python() and environment.in_venv())
