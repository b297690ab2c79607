"""The learner's progress: begun anew, met again by check, shown as a table."""

import json
import os

from samples import EVIL, made, neighbours, said, write

from mmcourse import practice as learner
from mmcourse.base.about import lessons
from mmcourse.practice import check
from mmcourse.practice.checker import Checker
from mmcourse.practice.exercise import Case, Exercise
from mmcourse.practice.overview import LessonRow, Overview
from mmcourse.practice.record import Kept, Record
from mmcourse.practice.record import record as RECORD

# ---------------------------------------------------------------- reset


def test_reset_sets_aside_and_deletes_nothing(record, file):
    record.passed("a", "one")
    before = file.read_bytes()
    there = record.reset()
    assert there in neighbours(file) and there.read_bytes() == before and not file.exists()
    assert record.read() == Kept() and record.reset() is None
    record.passed("a", "two")
    assert record.reset() != there and len(neighbours(file)) == 2


def test_the_learner_is_told_what_reset_did(monkeypatch, tmp_path):
    monkeypatch.setenv("MMCOURSE_PROGRESS", str(tmp_path / "mine.json"))
    assert "no progress" in learner.reset_progress().text
    RECORD.passed("a", "one")
    told = learner.reset_progress()
    assert told.passed and "set aside" in told.text and str(tmp_path) in told.text and "mine.json" in told.text
    monkeypatch.setattr(os, "rename", lambda *_: (_ for _ in ()).throw(PermissionError(13, "no")))
    RECORD.passed("a", "one")
    assert "nothing has changed" in learner.reset_progress().text and RECORD.read().solved("a", "one")


# ---------------------------------------------------------------- check


def plus_one(x):
    return x + 1


def checker(record: Record) -> Checker:
    cases = lambda: [Case("two", args=(2,)), Case("five", args=(5,))]  # noqa: E731
    return Checker([Exercise("plus_one", "Add one.", plus_one, cases)], record)


def test_what_passes_once_stays_solved_and_a_later_attempt_says_so(record, file):
    first = checker(record)
    assert "stays solved" not in first("plus_one", lambda x: x).text and "✗ plus_one" in first.list().text
    assert first("plus_one", plus_one).text == "✓ plus_one: all 2 cases hold."
    assert "✓ plus_one" in first.list().text
    later = checker(Record(file))
    assert "✓ plus_one" in later.list().text
    failed = later("plus_one", lambda x: x)
    assert failed.state == "failed" and "An earlier version of your plus_one passed" in failed.text
    assert "✓ plus_one" in later.list().text
    assert "stays solved" not in later("plus_one", lambda x: ...).text, "an untouched exercise looks as it was saved"
    record.reset()
    assert "○ plus_one" in checker(record).list().text


def test_an_open_or_failed_attempt_leaves_no_trace(record, file):
    asked = checker(record)
    asked("plus_one"), asked("plus_one", lambda x: ...), asked("plus_one", lambda x: 0)
    assert not file.parent.exists()


def test_a_pass_that_cannot_be_kept_is_still_a_pass(tmp_path):
    (tmp_path / "file").write_text("in the way")
    asked = checker(Record(tmp_path / "file" / "progress.json"))
    told = asked("plus_one", plus_one)
    assert told.passed and "could not be" in told.text and "✓ plus_one" in asked.list().text
    assert asked("plus_one", plus_one).text == "✓ plus_one: all 2 cases hold."


def test_without_a_record_a_checker_keeps_to_its_session():
    asked = checker(None)
    asked("plus_one", plus_one)
    assert "✓ plus_one" in asked.list().text and "○ plus_one" in checker(None).list().text


def test_the_courses_own_check_keeps_what_passes(monkeypatch, tmp_path):
    monkeypatch.setenv("MMCOURSE_PROGRESS", str(tmp_path / "mine.json"))
    home, exercise = check.registry()["surer"]
    check("surer", exercise.reference)
    assert home == "start_here"
    assert json.loads((tmp_path / "mine.json").read_text())["exercises"] == {home: ["surer"]}


# ---------------------------------------------------------------- the table


def row(*exercises, questions=()) -> LessonRow:
    return LessonRow("07 small", "small", exercises, questions)


def table(record, *rows) -> str:
    return Overview(rows, record).table.value


def test_the_table_shows_what_is_done(record):
    questions = (made("one?"), made("two?"))
    assert "○ 2 open" in table(record, row("f", "g", questions=questions))
    assert "0 of 2 exercises solved." in table(record, row("f", "g"))
    record.passed("small", "g"), record.passed("other", "f"), record.answered("small", "one?", "option c")
    shown = table(record, row("f", "g", questions=questions))
    assert "○ f" in shown and "✓ g" in shown and "1 of 2 exercises solved." in shown
    assert "○ 1 of 1 right, 1 open" in shown
    record.answered("small", "two?", "option a")
    assert "✓ 1 of 2 right<" in table(record, row(questions=questions))
    record.again("small"), record.answered("small", "one?", "option c")
    assert "✓ 1 of 2 right<" in table(record, row(questions=questions)), "an unfinished new try takes nothing away"
    record.answered("small", "two?", "option c")
    assert "✓ 1 of 2 right, later 2<" in table(record, row(questions=questions))


def test_exercises_of_another_version_of_the_course_do_no_harm(record):
    record.passed("small", "gone"), record.answered("small", "gone?", "gone")
    shown = table(record, row("f", questions=(made("one?"),)))
    assert "gone" not in shown and "○ f" in shown and "○ 1 open" in shown


def test_the_button_looks_again(record, file):
    shown = Overview([row("f")], record)
    Record(file).passed("small", "f")
    assert "○ f" in shown.table.value
    shown.button.click()
    assert "✓ f" in shown.table.value


def test_the_saved_notebook_says_nothing_of_this_learner(record):
    fresh = Overview([row("f", questions=(made(),))], record)._repr_mimebundle_()
    record.passed("small", "f"), record.answered("small", "How many?", "option c")
    later = Overview([row("f", questions=(made(),))], record)
    assert "✓ f" in later.table.value
    bundle = later._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle and "✓" not in bundle["text/html"]
    assert [bundle[kind] for kind in ("text/plain", "text/html")] == [
        fresh[kind] for kind in ("text/plain", "text/html")
    ]


def test_markup_in_names_and_in_the_file_is_escaped(record, file):
    record.passed(EVIL, EVIL), record.answered(EVIL, EVIL, EVIL)
    shown = Overview([LessonRow(EVIL, EVIL, (EVIL,), (made(EVIL),))], record)
    html = said(shown) + shown._repr_mimebundle_()["text/html"]
    assert "<img" not in html and "<script>" not in html and "✓ &lt;img" in html
    strange = Record(file.parent / f"a{EVIL.replace('/', '')[:20]}.json")
    write(strange.path, "{")
    shown = table(strange, row("f"))
    assert "<img" not in shown and "damaged" in shown


def test_every_lesson_has_its_row_with_all_exercises(monkeypatch, tmp_path):
    monkeypatch.setenv("MMCOURSE_PROGRESS", str(tmp_path / "mine.json"))
    shown = learner.my_progress()
    html = shown.table.value
    assert all(f"{lesson.number:02} {lesson.name}" in html for lesson in lessons())
    assert all(f"○ {name}" in html for name in check.registry())
    assert "○ 5 open" in html and "✓" not in html
