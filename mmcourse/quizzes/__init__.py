"""The quizzes of the course, one module a lesson with its five `QUESTIONS`, and `quiz`, which asks them.

>>> from mmcourse.quizzes import quiz
>>> quiz("neurons")
"""

import importlib
import pkgutil

from mmcourse.ui.quiz import Question, Quiz
from mmcourse.ui.record import record

__all__ = ["quiz", "quiz_lessons", "questions_of"]


def quiz(lesson: str) -> Quiz:
    """The five predictions of a lesson, ready to be answered; show it as the last line of a cell.

    Answers given earlier on this machine are shown again. ValueError: no lesson of this name has a quiz.
    """
    return Quiz(lesson, questions_of(lesson), record)


def quiz_lessons() -> list[str]:
    """The lessons that have a quiz, in alphabetical order."""
    return sorted(one.name for one in pkgutil.iter_modules(__path__) if not one.name.startswith("_"))


def questions_of(lesson: str) -> list[Question]:
    """The questions of a lesson's quiz. ValueError: no lesson of this name has one."""
    if lesson not in quiz_lessons():
        raise ValueError(f"lesson: got {lesson!r}, expected one of {', '.join(quiz_lessons())}.")
    return importlib.import_module(f"mmcourse.quizzes.{lesson}").QUESTIONS
