"""`guess`: the learner commits to a prediction, and only then sees the answer.

guess("scores grow by a factor of about …", answer=10, tolerance=2, because="variances add")
"""

import asyncio
import math
from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets as widgets

from mmcourse.base.checks import check_number
from mmcourse.base.text import escape, full_stop, marked, safe_repr
from mmcourse.practice import answers
from mmcourse.practice.report import announced, framed
from mmcourse.practice.values import kind, rounded
from mmcourse.widgets import Keys, replace_earlier

SETTLE = 0.15  # seconds after Enter: the last letters typed may still be on their way


def guess(
    question: str,
    answer: Any,
    *,
    tolerance: float | None = None,
    factor: float | None = None,
    choices: Sequence[Any] | None = None,
    because: str = "",
    unit: str = "",
    same: Iterable[str] = (),
) -> "Guess":
    """Ask for a prediction; show it as the last line of a cell.

    question: the sentence to complete or to answer. because: the reason, shown with the answer.
    answer: a number, True or False (yes or no), a text, or one of `choices`.
    tolerance: how far off a number may be, in the answer's own unit. factor: how many times too large or
    small it may be, for orders of magnitude. Without both: the answer, rounded to the digits written.
    unit: "ms", "%", … may be typed and need not. same: further answers that mean the same.

    ValueError or TypeError: no question, an answer that is not among the choices, a negative tolerance, …

    >>> guess("Two coins: how likely are two heads?", answer=0.25)
    guess: Two coins: how likely are two heads?
    """
    return Guess(
        question, answer, tolerance=tolerance, factor=factor, choices=choices, because=because, unit=unit, same=same
    )


class Guess(widgets.VBox):
    """The widget `guess` makes. `committed` and `fits` (None: shown without a guess) say how it went."""

    def __init__(
        self,
        question: str,
        answer: Any,
        *,
        tolerance: float | None = None,
        factor: float | None = None,
        choices: Sequence[Any] | None = None,
        because: str = "",
        unit: str = "",
        same: Iterable[str] = (),
    ) -> None:
        _demand(question, answer, tolerance, factor, choices, dict(because=because, unit=unit))
        same = check_texts((same,) if isinstance(same, str) else same, "same")
        self.question, self._answer, self._because, self._unit = question, answer, because, unit
        self._tolerance, self._factor, self._same = tolerance, factor, same
        self._choices = None if choices is None else [str(c) for c in choices]
        self.committed, self.fits = False, None
        self._input = self._make_input()
        wide = {"width": "auto"}
        self._commit_button = widgets.Button(description="That is my guess", layout=wide)
        self._show_button = widgets.Button(description="Not sure, show me", layout=wide)
        self._commit_button.on_click(lambda _: self.commit())
        self._show_button.on_click(lambda _: self.reveal())
        self._result = widgets.HTML("")
        title = widgets.HTML(f'<div style="line-height:1.45"><strong>{marked(question)}</strong></div>')
        row = widgets.HBox([self._commit_button, self._show_button])
        if choices is None:
            row.children = (self._input, *row.children)  # all in one line
        super().__init__([title, *([] if choices is None else [self._input]), row, self._result, Keys()])
        self.add_class("mmcourse-guess")
        replace_earlier(self)

    def _make_input(self) -> widgets.Widget:
        if self._choices is not None:
            return widgets.RadioButtons(options=self._choices, index=None, layout={"width": "auto"})
        if isinstance(self._answer, bool):
            wanted = "yes or no"
        elif isinstance(self._answer, (int, float)):
            wanted = f"a number ({self._unit})" if self._unit else "a number"
        else:
            wanted = "a word or two"
        entry = widgets.Text(placeholder=wanted, description="Guess", tooltip="Your guess")
        entry.on_msg(self._on_message)
        return entry

    def _on_message(self, _: Any, content: dict, buffers: Any) -> None:
        if content.get("event") != "submit":
            return
        try:
            asyncio.get_running_loop().call_later(SETTLE, self.commit)
        except RuntimeError:  # no kernel around us: nothing to wait for
            self.commit()

    def commit(self, text: str | None = None) -> None:
        """Take the guess (what was typed, or `text`); show whether it fits, and why. Later calls: nothing."""
        if self.committed:
            return
        text = self._input.value if text is None else text
        text = "" if text is None else str(text).strip()
        problem = self._problem(text)
        if problem:
            self._result.value = announced(f"○ {escape(problem)}", "open")
            return
        self.fits = self._means_answer(text)
        said = f'<span class="tex2jax_ignore mathjax_ignore">{escape(text[: answers.LONGEST])}</span>'
        start = f"✓ That fits. You said {said}" if self.fits else f"✗ Not this time. You said {said}"
        self._reveal(f"{start}; the answer is ", "passed" if self.fits else "failed")

    def reveal(self) -> None:
        """Show the answer to one who would rather see it than guess."""
        if not self.committed:
            self._reveal("· The answer is ", "note")

    def _reveal(self, start: str, state: str) -> None:
        self.committed = True
        for control in (self._input, self._commit_button, self._show_button):
            control.disabled = True
        because = f"<div>{marked(self._because)}</div>" if self._because else ""
        text = self._answer_text()
        answer = f"<strong>{escape(text)}</strong>{full_stop(text)}"
        self._result.value = announced(f"{start}{answer}{because}", state)

    def _answer_text(self) -> str:
        if self._choices is None and isinstance(self._answer, bool):
            return "yes" if self._answer else "no"
        if self._choices is None and isinstance(self._answer, (int, float)):
            about = "about " if self._tolerance or self._factor else ""
            space = "" if self._unit in ("", "×") else " "
            return f"{about}{rounded(self._answer)}{space}{self._unit}"
        return str(self._answer)

    def _problem(self, text: str) -> str:
        """What keeps `text` from being a guess, as a sentence; empty when it is one."""
        if not text:
            return "Any guess will do, and a wrong one teaches more than none. The answer comes after it."
        if self._choices is not None or any(answers.same_words(text, s) for s in self._same):
            return ""
        if isinstance(self._answer, bool):
            return "" if answers.yes_or_no(text) is not None else "Yes or no?"
        if isinstance(self._answer, (int, float)) and answers.number_in(text, self._unit) is None:
            unit = f" in {self._unit}" if self._unit and self._unit != "%" else ""
            return f"A number{unit} is wanted here: 10, 0.5, 1/2, 50 % and half are all read."
        return ""

    def _means_answer(self, text: str) -> bool:
        if self._choices is not None:
            return text == str(self._answer)
        if any(answers.same_words(text, s) for s in self._same):
            return True
        if isinstance(self._answer, bool):
            return answers.yes_or_no(text) == self._answer
        if isinstance(self._answer, (int, float)):
            number = answers.number_in(text, self._unit)
            return number is not None and answers.same_number(
                number, self._answer, self._tolerance, self._factor, self._unit
            )
        meaning = answers.yes_or_no(self._answer)
        if meaning is not None:
            return answers.yes_or_no(text) == meaning
        return answers.same_words(text, self._answer)

    def __repr__(self) -> str:
        return f"guess: {' '.join(self.question.split())}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The live widget, and the question alone for a reader without a kernel. Never the answer."""
        bundle = super()._repr_mimebundle_(**kwargs)
        options = f" ({' / '.join(self._choices)})" if self._choices else ""
        bundle["text/plain"] = f"{self!r}{options}"
        bundle["text/html"] = framed(
            f"<strong>{marked(self.question)}</strong>{escape(options)}"
            "<div>Make a guess, then run this cell to enter it.</div>"
        )
        return bundle


def check_texts(came: Iterable[str], name: str) -> tuple[str, ...]:
    """Several texts, as a tuple."""
    texts = tuple(came) if isinstance(came, Iterable) else (came,)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError(f"{name}: got {safe_repr(came)}, expected texts.")
    return texts


def _demand(question: Any, answer: Any, tolerance: Any, factor: Any, choices: Any, texts: dict[str, Any]) -> None:
    """Raise for what an author of a lesson got wrong."""
    if not isinstance(question, str) or not question.strip():
        raise ValueError(f"question: got {safe_repr(question)}, expected a sentence.")
    for name, text in texts.items():
        check_texts([text], name)
    if not isinstance(answer, (bool, int, float, str)):
        raise TypeError(
            f"answer: got {kind(answer)}, expected a number, True or False, or a text; "
            "float(…) makes a number of a tensor."
        )
    if answer == "" or (isinstance(answer, float) and not math.isfinite(answer)):
        raise ValueError(f"answer: got {safe_repr(answer)}, expected something that can be guessed.")
    if choices is not None:
        options = [str(c) for c in choices] if isinstance(choices, (list, tuple)) else []
        if str(answer) not in options or len(set(options)) != len(options) or len(options) < 2:
            raise ValueError(
                f"choices: got {safe_repr(choices)}, expected a list of two or more different ones, the answer "
                f"{safe_repr(answer)} among them."
            )
    numeric = isinstance(answer, (int, float)) and not isinstance(answer, bool) and choices is None
    for name, value, least in (("tolerance", tolerance, 0), ("factor", factor, 1)):
        if value is None:
            continue
        if not numeric:
            raise ValueError(f"{name}: got {value!r}, but only a question for a number has one.")
        check_number(value, name, least, 1e300, f"a number of at least {least}")
