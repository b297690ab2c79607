"""`Overview`: the table of what a learner has done, lesson by lesson."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from mmcourse.base.text import escape
from mmcourse.practice.quizzes import Question
from mmcourse.practice.record import Kept, Record
from mmcourse.practice.report import framed
from mmcourse.widgets import Keys, replace_earlier

CELL = "text-align:left;vertical-align:top;padding:2px 14px 2px 0;border:none;"
LINE = f"{CELL}font-weight:normal;white-space:nowrap"
ROW = (
    f'<tr style="background:none"><th scope="row" style="{LINE}">{{}}</th><td style="{LINE}">{{}}</td>'
    f'<td style="{CELL}">{{}}</td></tr>'
)
HEAD = "".join(f'<th scope="col" style="{CELL}">{name}</th>' for name in ("lesson", "quiz", "exercises"))
DONE = '<span style="display:inline-block;white-space:nowrap;margin-right:14px">{} {}</span>'


@dataclass(frozen=True)
class LessonRow:
    """One lesson of the table: its `title`, the `lesson` under which its record is kept, exercises and questions."""

    title: str
    lesson: str
    exercises: tuple[str, ...]
    questions: tuple[Question, ...]


class Overview(widgets.VBox):
    """The rows with what `record` keeps, and a button that reads it again.

    A saved notebook keeps one sentence, whatever this learner has done and whichever lessons there are.
    """

    def __init__(self, rows: Sequence[LessonRow], record: Record) -> None:
        self._rows, self._record = tuple(rows), record
        self.table = widgets.HTML()
        self.button = widgets.Button(
            description="Look again", icon="refresh", layout={"width": "fit-content"}, tooltip="Read the progress again"
        )
        self.button.on_click(lambda _: self.refresh())
        self.refresh()
        super().__init__([self.table, self.button, Keys()])
        self.add_class("mmcourse-progress")
        replace_earlier(self)

    def refresh(self) -> None:
        """Show what is kept at this moment."""
        kept = self._record.read()
        note = f"<div><strong>{escape(kept.note)}</strong></div>" if kept.note else ""
        self.table.value = framed(_table(self._rows, kept) + note)

    def __repr__(self) -> str:
        return "[progress: exercises and quizzes, lesson by lesson]"

    def _repr_mimebundle_(self, **keywords: Any) -> dict[str, Any]:
        """The live widget, and a sentence for the saved notebook."""
        bundle = super()._repr_mimebundle_(**keywords) or {}
        html = framed("<div>Run this cell to see your own progress: exercises and quizzes, lesson by lesson.</div>")
        return {**bundle, "text/html": html, "text/plain": repr(self)}


def _table(rows: Sequence[LessonRow], kept: Kept) -> str:
    lines = "".join(ROW.format(escape(row.title), escape(_quiz(row, kept)), _exercises(row, kept)) for row in rows)
    return (
        '<div style="overflow-x:auto"><table style="margin:4px 0;font-size:inherit;border:none">'
        f'<thead><tr style="background:none">{HEAD}</tr></thead><tbody>{lines}</tbody></table></div>'
        f"<div>{escape(_sum(rows, kept))}</div>"
    )


def _exercises(row: LessonRow, kept: Kept) -> str:
    marks = [DONE.format("✓" if kept.solved(row.lesson, name) else "○", escape(name)) for name in row.exercises]
    return " ".join(marks) or "–"


def _quiz(row: LessonRow, kept: Kept) -> str:
    if not row.questions:
        return "–"
    total, tries = len(row.questions), kept.tries.get(row.lesson, ())
    whole = [_right(row, one) for one in tries if _answered(row, one) == total]
    if whole:
        later = f", later {max(whole)}" if max(whole) > whole[0] else ""
        return f"✓ {whole[0]} of {total} right{later}"
    now = kept.answers(row.lesson)
    done = _answered(row, now)
    return f"○ {_right(row, now)} of {done} right, {total - done} open" if done else f"○ {total} open"


def _answered(row: LessonRow, answers: Mapping[str, str]) -> int:
    return sum(one.ask in answers for one in row.questions)


def _right(row: LessonRow, answers: Mapping[str, str]) -> int:
    return sum(answers.get(one.ask) == one.options[one.answer].text for one in row.questions)


def _sum(rows: Sequence[LessonRow], kept: Kept) -> str:
    done = sum(kept.solved(row.lesson, name) for row in rows for name in row.exercises)
    return f"{done} of {sum(len(row.exercises) for row in rows)} exercises solved."
