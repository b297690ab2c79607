"""What the lessons offer to practise, found in their folders by name, so that a new lesson needs no entry anywhere."""

import importlib
import importlib.util
from collections.abc import Mapping, Sequence

from mmcourse.base.about import lessons
from mmcourse.practice.exercise import Exercise
from mmcourse.practice.quizzes import Question


def exercises() -> Mapping[str, Sequence[Exercise]]:
    """Lesson → the list EXERCISES of its module ``exercises``, in the order of the course."""
    return {name: importlib.import_module(f"mmcourse.{name}.exercises").EXERCISES for name in _with("exercises")}


def quiz_lessons() -> list[str]:
    """The lessons that have a quiz, in the order of the course."""
    return _with("quiz")


def questions_of(lesson: str) -> list[Question]:
    """The questions of a lesson's quiz. ValueError: no lesson of this name has one."""
    if lesson not in quiz_lessons():
        raise ValueError(f"lesson: got {lesson!r}, expected one of {', '.join(quiz_lessons())}.")
    return importlib.import_module(f"mmcourse.{lesson}.quiz").QUESTIONS


def _with(part: str) -> list[str]:
    return [one.name for one in lessons() if importlib.util.find_spec(f"mmcourse.{one.name}.{part}")]
