"""The learner's own progress through the course: `my_progress()` shows it, `reset_progress()` begins anew."""

from mmcourse.base.about import lessons
from mmcourse.practice.lessons import exercises, questions_of, quiz_lessons
from mmcourse.practice.overview import LessonRow, Overview
from mmcourse.practice.record import record
from mmcourse.practice.report import Report


def my_progress() -> Overview:
    """Every lesson with its exercises and its quiz, and what of them is done. Show it as a cell's last line."""
    return Overview(_rows(), record)


def _rows() -> list[LessonRow]:
    quizzes, tasks = quiz_lessons(), exercises()
    return [
        LessonRow(
            f"{one.number:02} {one.name}",
            one.name,
            tuple(exercise.name for exercise in tasks.get(one.name, ())),
            tuple(questions_of(one.name)) if one.name in quizzes else (),
        )
        for one in lessons()
    ]


def reset_progress() -> Report:
    """Begin anew. The old record is not deleted: it is set aside under a new name beside the old one."""
    try:
        there = record.reset()
    except OSError as error:
        return Report(
            "progress",
            "failed",
            "Your progress could not be set aside; nothing has changed.",
            details=(("reason", str(error)),),
        )
    if there is None:
        return Report("progress", "note", "There was no progress to set aside; all exercises are open.")
    return Report(
        "progress",
        "passed",
        "All exercises and quizzes are open again. Your old progress was set aside.",
        details=(("it lies in", str(there)),),
        advice=(f"To take it back, rename it to {record.path.name}.",),
    )
