"""Every exercise: the reference passes, a stub is open, each listed mistake earns its own hint."""

import importlib
import inspect

import pytest

from mmcourse.practice import check
from mmcourse.practice.checker import Checker
from mmcourse.practice.exercise import Case, Exercise, Mistake


def add_one(x):
    """A stand-in exercise's reference, so that these tests test something before the first real exercise."""
    return x + 1


SAMPLE = Exercise(
    name="add_one",
    task="Add one.",
    reference=add_one,
    hints=["Use +."],
    cases=lambda: [Case("two", args=(2,)), Case("zero", args=(0,))],
    mistakes=[
        Mistake("nothing added", lambda x: x, "Add the 1."),
        Mistake("taken away", lambda x: x - 1, "Add it, do not take it away."),
    ],
)
FOUND = {name: (check, lesson, exercise) for name, (lesson, exercise) in check.registry().items()}
ALL = {"add_one": (Checker([SAMPLE]), None, SAMPLE), **FOUND}


@pytest.fixture(params=ALL)
def one(request):
    return ALL[request.param]


def stub(*args, **kwargs): ...


def test_the_reference_passes(one):
    checker, _, exercise = one
    report = checker(exercise.name, exercise.reference)
    assert report.passed, report.text


def test_the_stub_is_open(one):
    checker, _, exercise = one
    assert checker(exercise.name, stub).state == "open"
    assert checker(exercise.name).state == "open"


def test_each_mistake_gets_its_own_hint_and_no_others(one):
    checker, _, exercise = one
    for mistake in exercise.mistakes:
        report = checker(exercise.name, mistake.wrong)
        assert report.state == "failed", f"{mistake.name} passes: the cases cannot tell it from the right answer"
        assert report.mistake == mistake.name and mistake.hint in report.text, report.text
        assert not [m.name for m in exercise.mistakes if m is not mistake and m.hint in report.text]


def test_it_is_complete(one):
    _, _, exercise = one
    assert exercise.task.strip() and len(exercise.hints) >= 1 and len(exercise.mistakes) >= 1
    names = [case.name for case in exercise.cases()]
    assert len(names) >= 2 and len(set(names)) == len(names)
    for words in (exercise.hints, [m.name for m in exercise.mistakes], [m.hint for m in exercise.mistakes]):
        assert all(w.strip() for w in words) and len(set(words)) == len(words)


def test_its_cases_are_the_same_each_time(one):
    _, _, exercise = one
    from mmcourse.practice.arrays import EXACT
    from mmcourse.practice.compare import difference

    for first, second in zip(exercise.cases(), exercise.cases(), strict=True):
        assert first.name == second.name
        assert difference(exercise.expected(first).value, exercise.expected(second).value, EXACT) is None


def test_a_constant_or_the_input_does_not_pass(one):
    checker, _, exercise = one
    for lazy in (lambda *a, **k: a[0], lambda *a, **k: 0, lambda *a, **k: None, lambda *a, **k: "text"):
        assert not checker(exercise.name, lazy).passed


def test_the_solution_shows_the_source(one):
    checker, _, exercise = one
    text = checker.solution(exercise.name).text
    assert f"def {exercise.reference.__name__}" in text or f"class {exercise.reference.__name__}" in text


@pytest.mark.parametrize("name", FOUND)
def test_the_reference_is_the_lesson_modules_own(name):
    _, lesson, exercise = FOUND[name]
    module = importlib.import_module(f"mmcourse.{lesson}")
    reference = inspect.unwrap(exercise.reference)
    assert reference.__module__.startswith(f"{module.__name__}.")
    assert getattr(module, reference.__name__) is exercise.reference


def test_names_are_unique_and_functions_could_have_them():
    names = [exercise.name for _, _, exercise in FOUND.values()]
    assert len(set(names)) == len(names) and all(name.isidentifier() for name in names)
