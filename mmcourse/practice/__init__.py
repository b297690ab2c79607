"""The learner's attempts: `guess` before a result, `check` for exercises, `quiz` at the end, `my_progress` for all.

>>> from mmcourse.practice import check, guess, my_progress, quiz
>>> check("name", function), check.hint("name"), check.solution("name"), check.list()
>>> quiz("neurons")
>>> my_progress()
"""

from mmcourse.practice.checker import Checker
from mmcourse.practice.guesses import guess
from mmcourse.practice.lessons import exercises, questions_of
from mmcourse.practice.progress import my_progress, reset_progress
from mmcourse.practice.quizzes import Quiz
from mmcourse.practice.record import record as kept

__all__ = ["check", "guess", "my_progress", "quiz", "reset_progress"]

check = Checker(exercises, kept)


def quiz(lesson: str) -> Quiz:
    """The five predictions of a lesson, ready to be answered; show it as the last line of a cell.

    Answers given earlier on this machine are shown again. ValueError: no lesson of this name has a quiz.
    """
    return Quiz(lesson, questions_of(lesson), kept)
