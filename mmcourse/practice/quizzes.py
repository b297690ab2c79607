"""`Quiz`: a few predictions at the end of a lesson; each option explains itself once it is chosen.

    Question("Two fair coins: how often two heads?", options=(Option("1 in 4", "two halves, multiplied"), …),
             answer=0, proof=count_the_heads)

`proof` is a short function that computes which option holds; its source is shown under the answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from mmcourse.base.checks import check_whole
from mmcourse.base.source import own_source
from mmcourse.base.text import clip, escape, marked, safe_repr
from mmcourse.practice.record import Record
from mmcourse.practice.report import announced, framed
from mmcourse.practice.values import kind
from mmcourse.widgets import Keys, replace_earlier

# Buttons of ipywidgets hold one short line; here they hold a sentence, on a narrow screen too.
STYLE = """<style>
.mmcourse-quiz .mmcourse-option {height: auto; width: fit-content; max-width: 100%; margin: 2px; padding: 5px 12px;
  white-space: normal; overflow: visible; text-align: left; line-height: 1.4; box-sizing: border-box}
.mmcourse-quiz .mmcourse-option:disabled {opacity: 1; cursor: default}
.mmcourse-quiz button:focus-visible {outline: 2px solid var(--jp-brand-color1, #1976d2); outline-offset: 1px}
.mmcourse-quiz .mmcourse-left {opacity: .65}
.mmcourse-quiz .mmcourse-right {box-shadow: inset 4px 0 0 var(--jp-success-color1, #2e7d32)}
.mmcourse-quiz .mmcourse-wrong {box-shadow: inset 4px 0 0 var(--jp-error-color1, #c62828)}
</style>"""
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Option:
    """One thing that may happen: `text` on the button, and what `because` says to one who chose it."""

    text: str
    because: str

    def __post_init__(self) -> None:
        for name in ("text", "because"):
            came = getattr(self, name)
            if not isinstance(came, str) or not came.strip():
                raise ValueError(f"{name}: expected words, got {safe_repr(came)}.")


@dataclass(frozen=True)
class Question:
    """A prediction to make: `ask` it, offer `options`, of which number `answer` (from 0) holds.

    `proof()` computes that number. It runs in the tests; the learner reads it.
    """

    ask: str
    options: tuple[Option, ...]
    answer: int
    proof: Callable[[], int]

    def __post_init__(self) -> None:
        if not isinstance(self.ask, str) or not self.ask.strip():
            raise ValueError(f"ask: expected a question, got {safe_repr(self.ask)}.")
        texts = [option.text for option in self.options if isinstance(option, Option)]
        if len(texts) != len(self.options) or len(set(texts)) != len(texts) or len(texts) < 2:
            raise ValueError(
                f"options: expected two or more Options with different texts, got {safe_repr(self.options)}."
            )
        if type(self.answer) is not int or not 0 <= self.answer < len(texts):
            raise ValueError(f"answer: expected a whole number from 0 to {len(texts) - 1}, got {self.answer!r}.")
        if not callable(self.proof):
            raise TypeError(f"proof: expected a function that returns the answer's number, got {kind(self.proof)}.")

    @property
    def source(self) -> str:
        """The source of `proof`, "" where it cannot be read."""
        return own_source(self.proof)


class Quiz(widgets.VBox):
    """The questions of one lesson, each to be answered once; `record` keeps the answers from run to run.

    What a saved notebook keeps are the questions with their options: neither the answers nor what this learner
    chose. ValueError: no questions, or one asked twice.

    >>> Quiz("neurons", QUESTIONS, record).choose(0, 2)
    """

    def __init__(self, lesson: str, questions: Sequence[Question], record: Record | None = None) -> None:
        asked = [question.ask for question in questions]
        if not asked or len(set(asked)) != len(asked):
            raise ValueError(f"questions: expected one or more, each asked once, got {safe_repr(asked)}.")
        self.lesson, self.questions, self._record = lesson, tuple(questions), record
        self._items = [_Item(number, one, self.choose) for number, one in enumerate(self.questions)]
        self.score = widgets.HTML()
        self.over = widgets.Button(
            description="Again", icon="repeat", tooltip="Start this quiz over", layout={"width": "fit-content"}
        )
        self.over.on_click(lambda _: self.again())
        foot = widgets.HBox([self.score, self.over], layout={"flex_flow": "row wrap", "align_items": "center"})
        super().__init__([widgets.HTML(STYLE), *self._items, foot, Keys()], layout={"max_width": "62em"})
        self.add_class("mmcourse-quiz")
        kept = record.read() if record else None
        for item in self._items:
            item.recall(kept.answers(lesson).get(item.question.ask) if kept else None)
        self._count(kept.note if kept else "")
        replace_earlier(self)

    @property
    def chosen(self) -> list[int | None]:
        """The option chosen for each question, None where none is."""
        return [item.chosen for item in self._items]

    @property
    def right(self) -> int:
        """How many answers hold."""
        return sum(item.chosen == item.question.answer for item in self._items)

    def choose(self, number: int, option: int) -> None:
        """Answer question `number` with `option`, both from 0; once answered, it stays."""
        item = self._items[check_whole(number, "number", least=0, most=len(self._items) - 1)]
        check_whole(option, "option", least=0, most=len(item.question.options) - 1)
        if item.chosen is None:  # a second click may have been on its way
            item.show(option)
            words = item.question.ask, item.question.options[option].text
            self._count(self._record.answered(self.lesson, *words) if self._record else "")

    def again(self) -> None:
        """Start over; what was answered first stays in the record."""
        for item in self._items:
            item.clear()
        self._count(self._record.again(self.lesson) if self._record else "")

    def _count(self, note: str) -> None:
        done, total = sum(chosen is not None for chosen in self.chosen), len(self._items)
        words = f"{self.right} of {done} right" if done else "Choose first, then read. Each counts once."
        left = f", {total - done} to go." if done < total else "."
        said = words + (left if done else "")
        self.score.value = announced(f"<strong>{said}</strong>{f'<div>{escape(note)}</div>' if note else ''}")
        self.over.disabled = not done

    def __repr__(self) -> str:
        return f"[quiz: {self.lesson}, {_count_of(len(self.questions))}]"

    def _repr_mimebundle_(self, **keywords: Any) -> dict[str, Any]:
        """The live widget, and for a reader without a kernel the questions with their options. Never an answer."""
        bundle = super()._repr_mimebundle_(**keywords) or {}
        lists = "".join(
            f'<li style="margin:6px 0">{marked(one.ask)}<ul style="margin:0">'
            + "".join(f"<li>{marked(option.text)}</li>" for option in one.options)
            + "</ul></li>"
            for one in self.questions
        )
        bundle["text/html"] = framed(f'<ol style="margin:0">{lists}</ol><div>Run this cell to answer.</div>')
        lines = [
            f"{number}. {one.ask}\n" + "\n".join(f"   - {option.text}" for option in one.options)
            for number, one in enumerate(self.questions, start=1)
        ]
        return {**bundle, "text/plain": "\n".join([repr(self), *lines])}


class _Item(widgets.VBox):
    """One question: its options as buttons, and what is said after one of them was chosen."""

    def __init__(self, number: int, question: Question, choose: Callable[[int, int], None]) -> None:
        self.question, self.chosen = question, None
        title = widgets.HTML(
            f'<div style="line-height:1.45;white-space:normal;margin-top:8px"><strong>{number + 1}. '
            f"{marked(question.ask)}</strong></div>"
        )
        self.buttons = [widgets.Button() for _ in question.options]
        for place, button in enumerate(self.buttons):
            button.on_click(lambda _, place=place: choose(number, place))
        self.result = widgets.HTML()
        super().__init__([title, widgets.VBox(self.buttons), self.result])

    def recall(self, text: str | None) -> None:
        """Show the answer given earlier; one whose words the course no longer offers is asked anew."""
        texts = [option.text for option in self.question.options]
        if text in texts:
            self.show(texts.index(text))
        else:
            self.clear()

    def clear(self) -> None:
        self.chosen, self.result.value = None, ""
        for button, option in zip(self.buttons, self.question.options, strict=True):
            self._label(button, "", option)
            button.disabled = False

    def show(self, option: int) -> None:
        """Commit to an option: mark the buttons, explain it, and the right one too."""
        self.chosen, answer = option, self.question.answer
        for place, button in enumerate(self.buttons):
            button.disabled = True
            mark = "✓" if place == answer else "✗" if place == option else ""
            self._label(button, mark, self.question.options[place])
        self.result.value = announced(self._verdict(option), "passed" if option == answer else "failed")

    def _label(self, button: widgets.Button, mark: str, option: Option) -> None:
        look = {"✓": "mmcourse-right", "✗": "mmcourse-wrong", "": "mmcourse-left"}[mark]
        button.description = f"{mark} {option.text.replace('`', '')}".strip()
        button._dom_classes = ("mmcourse-option", look) if self.chosen is not None else ("mmcourse-option",)

    def _verdict(self, option: int) -> str:
        said, right = self.question.options[option], self.question.options[self.question.answer]
        if said is right:
            body = f"<div>✓ Right. {marked(said.because)}</div>"
        else:
            body = (
                f"<div>✗ Not this one. {marked(said.because)}</div>"
                f"<div style='margin-top:4px'>✓ <strong>{marked(right.text)}</strong> {marked(right.because)}"
                "</div>"
            )
        source = self.question.source
        return body + (
            '<details style="margin-top:4px"><summary style="cursor:pointer">How we know</summary>'
            f"<div>The course computes it: this function returns {self.question.answer}, the place of the right "
            "option, counted from 0.</div>"
            f'<pre style="margin:6px 0;overflow-x:auto;white-space:pre">{escape(clip(source, 4000))}</pre></details>'
            if source
            else ""
        )


def _count_of(number: int) -> str:
    words = COUNTS[number] if number < len(COUNTS) else str(number)
    return f"{words} prediction{'' if number == 1 else 's'}"
