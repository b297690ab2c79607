"""An exercise and questions to try check, quizzes and progress on, and what a widget says."""

from pathlib import Path

import torch

from mmcourse.practice.checker import Checker
from mmcourse.practice.exercise import Case, Exercise, Mistake
from mmcourse.practice.quizzes import Option, Question
from mmcourse.practice.report import Report

EVIL = "<img src=x onerror=alert(1)><script> $a_1$"


def two() -> int:
    return 2 * 1


def made(ask="How many?", answer=2, **changes) -> Question:
    options = tuple(Option(f"option {name}", f"Because of {name}, as everybody can work out.") for name in "abc")
    return Question(**{"ask": ask, "options": options, "answer": answer, "proof": two, **changes})


def said(widget) -> str:
    """Everything the browser is sent, of the widget and of all inside it."""
    inner = " ".join(said(child) for child in getattr(widget, "children", ()))
    return inner + " ".join(str(value) for name, value in widget.get_state().items() if name[0] != "_")


P, Q = torch.tensor([0.7, 0.2, 0.1]), torch.tensor([0.5, 0.3, 0.2])


def product(p, q):
    """The reference."""
    z = p * q
    return z / z.sum()


def no_sum(p, q):
    return p * q


def over_length(p, q):
    return p * q / len(p)


def exercise(reference=product, cases=None, **options) -> Exercise:
    """Multiply two opinions and normalise, or what the options say."""
    options.setdefault(
        "mistakes",
        [
            Mistake("not normalised", no_sum, "Divide by the sum."),
            Mistake("divided by length", over_length, "Not by the length."),
        ],
    )
    options = {
        "task": "Multiply and normalise.",
        "hints": ["first", "second"],
        "seconds": 0.2,
        "name": "product",
        "cases": lambda: cases or [Case("two opinions", args=(P, Q)), Case("one twice", args=(P, P))],
        **options,
    }
    return Exercise(reference=reference, **options)


def checked(function, **options) -> Report:
    """What `check` says of a function at that exercise."""
    return Checker([exercise(**options)])("product", function)


def write(file: Path, text: str | bytes) -> None:
    """Put a text where a learner's record is to be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def neighbours(file: Path) -> list[Path]:
    """The files next to the record: those that were set aside, and none that was left behind half written."""
    return sorted(one for one in file.parent.iterdir() if one != file and one.suffix != ".lock")
