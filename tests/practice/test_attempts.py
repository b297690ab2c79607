"""Many answers to each exercise: wrong ones fail with words that do not mislead, right ones in any style pass."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
import torch
from helpers import beside
from project import lesson_names

from mmcourse.practice.checker import Checker
from mmcourse.practice.lessons import exercises

LEAST_WRONG, STYLES = 10, 3
STUMBLES = re.compile(r"\b([a-z]+) \1\b|[?!.:;,][.?!](?![.?!])|\s[.?!](?=\s|$)")  # "for for", "?.", " ."
CHECK = Checker(exercises)
LISTED = {lesson: beside(lesson, "attempts") for lesson in lesson_names()}


# Inputs and answers that are whole numbers by nature, or choose between cases: rounding them changes nothing.
WHOLE_INPUTS = {
    *("share_of_hits", "output_size", "receptive_field", "pad", "inverse_document_frequency", "skip_gram_pairs"),
    *("causal_mask", "positional_code", "linear_weights", "leak_share", "balanced_accuracy", "token_windows"),
    "warmup_cosine",
}
WHOLE_ANSWERS = {
    *("decide", "patience_ends", "output_size", "receptive_field", "skip_gram_pairs", "analogy", "leading"),
    "token_windows",
}


def rounded(value: Any) -> Any:
    """The same without fractions, whatever it is made of."""
    if isinstance(value, torch.Tensor):
        return torch.view_as_complex(torch.view_as_real(value).round()) if value.is_complex() else value.round()
    if isinstance(value, float):
        return float(round(value)) if math.isfinite(value) else value
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(*map(rounded, value)) if hasattr(value, "_fields") else type(value)(map(rounded, value))
    return value


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


@pytest.mark.parametrize("lesson", LISTED)
def test_cases_have_fractions(lesson):
    """Who rounds what comes in, or the answer, fails at every exercise that has fractions at all."""
    found = exercises()[lesson]
    inputs = {one.name for one in found if CHECK(one.name, lambda *a, one=one: one.reference(*map(rounded, a))).passed}
    answers = {one.name for one in found if CHECK(one.name, lambda *a, one=one: rounded(one.reference(*a))).passed}
    names = {one.name for one in found}
    assert inputs == WHOLE_INPUTS & names and answers == WHOLE_ANSWERS & names


@pytest.mark.parametrize("exercise, attempt", every("RIGHT"))
def test_a_right_answer_passes_in_any_style(exercise, attempt):
    report = CHECK(exercise, attempt)
    assert report.passed, report.text
