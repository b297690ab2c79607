"""Many answers to each exercise: wrong ones fail with words that do not mislead, right ones in any style pass."""

from __future__ import annotations

import re

import pytest
from helpers import beside
from project import lesson_names

from mmcourse.practice.checker import Checker
from mmcourse.practice.lessons import exercises

LEAST_WRONG, STYLES = 10, 3
STUMBLES = re.compile(r"\b([a-z]+) \1\b|[?!.:;,][.?!](?![.?!])|\s[.?!](?=\s|$)")  # "for for", "?.", " ."
CHECK = Checker(exercises)
LISTED = {lesson: beside(lesson, "attempts") for lesson in lesson_names()}


def every(kind: str) -> list:
    """Each attempt of one kind as a parameter: exercise and what was written."""
    return [
        pytest.param(exercise, attempt, id=f"{exercise}-{label}")
        for module in LISTED.values()
        for exercise, attempts in getattr(module, kind).items()
        for label, attempt in attempts.items()
    ]


@pytest.mark.parametrize("lesson", LISTED)
def test_every_exercise_is_tried_often_enough(lesson):
    names, module = {one.name for one in exercises()[lesson]}, LISTED[lesson]
    assert set(module.WRONG) == set(module.RIGHT) == names
    assert not {name: len(wrong) for name, wrong in module.WRONG.items() if len(wrong) < LEAST_WRONG}
    assert not {name: len(right) for name, right in module.RIGHT.items() if len(right) < STYLES}


@pytest.mark.parametrize("exercise, attempt", every("WRONG"))
def test_a_wrong_answer_fails_with_words_that_do_not_mislead(exercise, attempt):
    function, words = attempt if isinstance(attempt, tuple) else (attempt, None)
    report = CHECK(exercise, function)
    assert report.state == "failed", f"accepted: {report.text}"
    if words is None:
        assert report.mistake is None, f"it is taken for {report.mistake!r}; is that what went wrong? {report.text}"
    else:
        assert words in report.text, report.text
    assert not [said for said in (report.headline, *report.advice) if STUMBLES.search(said)]


@pytest.mark.parametrize("exercise, attempt", every("RIGHT"))
def test_a_right_answer_passes_in_any_style(exercise, attempt):
    report = CHECK(exercise, attempt)
    assert report.passed, report.text
