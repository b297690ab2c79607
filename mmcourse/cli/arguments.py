"""What can be asked for at the command line."""

import argparse
from typing import Any

from mmcourse.cli.messages import COMMAND, Failure


class Parser(argparse.ArgumentParser):
    """An argparse whose complaint is one sentence and a next step."""

    def error(self, message: str) -> None:
        raise Failure(f"That was not understood: {message}.", f"see  {self.prog} --help", status=2)


def parser() -> argparse.ArgumentParser:
    """The commands with their arguments."""
    top = Parser(
        prog=COMMAND,
        description="A course on deep learning and multimodal learning.",
        epilog="The first lab or test sets everything up; later ones start at once.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for_learners(commands), for_teachers(commands), for_authors(commands)
    return top


def for_learners(commands: Any) -> None:
    """To learn, and to see that all works here."""
    one = commands.add_parser("lab", help="open JupyterLab in a lesson, at first in lesson 00")
    one.add_argument("lesson", nargs="?", help="number or name, such as 08 or fusion_levels")
    one.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    one.add_argument("--port", type=int, metavar="N", help="the port to listen at")
    one.epilog = "Whatever follows -- goes to JupyterLab."

    one = commands.add_parser("test", help="prove that everything works")
    one.add_argument("--quick", action="store_true", help="the fast tests only: no notebooks, no browser")
    one.epilog = "Whatever follows -- goes to pytest."

    commands.add_parser("doctor", help="look at this computer and say what is wrong and what to do")


def for_teachers(commands: Any) -> None:
    """To hand lessons out."""
    one = commands.add_parser("copy", help="write copies with empty exercises into a folder, for a class")
    one.add_argument("folder", help="where to; what lies there already is never overwritten")
    one.add_argument("lesson", nargs="*", help="numbers or names; all lessons when none is named")
    one.add_argument("--outputs", action="store_true", help="keep the outputs of all other cells")


def for_authors(commands: Any) -> None:
    """To add to the course, and to keep its outputs and numbers true."""
    one = commands.add_parser("run", help="execute notebooks and save them with their outputs")
    one.add_argument("lesson", nargs="*", help="numbers or names; all lessons when none is named")
    one.add_argument("--check", action="store_true", help="execute only, save nothing")

    one = commands.add_parser("study", help="compute the experiments behind the lessons' claims, or list them")
    one.epilog = (
        "Each finished unit is kept, and the same command goes on from there. Ctrl-C loses at most one unit for each "
        "process, a kill of the command at most one."
    )
    one.add_argument("study", nargs="*", help="a lesson, or lesson/study, such as rnn/recall; all when none is named")
    one.add_argument(
        "--list", action="store_true", help="only say which there are, their minutes, and if they are fresh"
    )
    one.add_argument("--fresh", action="store_true", help="compute everything anew, not only what is missing")
    one.add_argument("--jobs", type=int, metavar="N", help="compute in N processes instead of one a core")

    one = commands.add_parser("new", help="write the skeleton of a lesson, which runs and whose tests pass")
    one.add_argument("number", help="a number that no lesson has yet, such as 10")
    one.add_argument("name", help="small letters and underscores, such as shared_space")

    one = commands.add_parser("bench", help="measure the speed of the course and list its slowest cells")
    one.epilog = "Whatever follows -- goes to pytest-benchmark."
