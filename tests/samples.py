"""Questions to try quizzes and progress on, and what a widget says."""

from mmcourse.practice.quizzes import Option, Question

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
