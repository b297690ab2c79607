"""`quiz`: each question is answered once and explained; and every lesson's five questions keep the rules."""

import ast

import nbformat
import pytest
from project import NOTEBOOKS
from samples import EVIL, made, said

from mmcourse.base.about import lessons
from mmcourse.practice import quiz
from mmcourse.practice.lessons import questions_of, quiz_lessons
from mmcourse.practice.quizzes import Option, Quiz
from mmcourse.practice.record import Record

EVERY = [
    pytest.param(lesson, number, id=f"{lesson}-{number + 1}")
    for lesson in quiz_lessons()
    for number in range(len(questions_of(lesson)))
]
EVERY_LESSON = pytest.mark.parametrize("lesson", quiz_lessons())


# ---------------------------------------------------------------- the widget


@pytest.mark.parametrize(("lesson", "number"), EVERY)
def test_each_option_of_each_question_explains_itself_and_the_right_one(lesson, number):
    question = questions_of(lesson)[number]
    for place, option in enumerate(question.options):
        asked = Quiz(lesson, questions_of(lesson))
        assert option.because not in said(asked)
        asked._items[number].buttons[place].click()
        assert asked.chosen[number] == place and asked.right == (place == question.answer)
        shown = asked._items[number].result.value
        assert ("✓ Right." in shown) == (place == question.answer) and 'role="status"' in shown
        for one in (option, question.options[question.answer]):
            plain = one.because.replace("`", "")
            assert plain[:12].split("&")[0] in shown.replace("<code>", "").replace("</code>", "").replace("&#x27;", "'")
        assert "<details" in shown and f"def {question.proof.__name__}" in shown


def test_a_prediction_is_made_once():
    asked = Quiz("small", [made("one?"), made("two?", 0)])
    first = asked._items[0]
    first.buttons[1].click()
    before = first.result.value
    assert all(button.disabled for button in first.buttons) and not asked._items[1].buttons[0].disabled
    for button in first.buttons:  # clicks that were already on their way
        button.click()
    asked.choose(0, 2)
    assert asked.chosen == [1, None] and first.result.value == before


def test_marks_carry_words_and_a_sign():
    asked = Quiz("small", [made()])
    asked.choose(0, 0)
    assert [button.description for button in asked._items[0].buttons] == ["✗ option a", "option b", "✓ option c"]
    assert "✗ Not this one. Because of a" in asked._items[0].result.value
    assert "option c</strong> Because of c" in asked._items[0].result.value
    assert "Because of b" not in asked._items[0].result.value


def test_the_score_counts():
    asked = Quiz("small", [made(f"{number}?", 2) for number in range(3)])
    assert "Choose first" in asked.score.value and asked.over.disabled
    asked.choose(0, 2)
    assert "1 of 1 right, 2 to go." in asked.score.value and not asked.over.disabled
    asked.choose(1, 0), asked.choose(2, 2)
    assert "2 of 3 right." in asked.score.value and asked.right == 2


def test_again_starts_over_and_keeps_the_first_answers(record):
    asked = Quiz("small", [made()], record)
    asked.choose(0, 0)
    asked.over.click()
    assert asked.chosen == [None] and asked._items[0].result.value == "" and asked.over.disabled
    assert [button.description for button in asked._items[0].buttons] == ["option a", "option b", "option c"]
    assert all(button._dom_classes == ("mmcourse-option",) for button in asked._items[0].buttons)
    assert not any(button.disabled for button in asked._items[0].buttons)
    asked.choose(0, 2)
    assert [list(one.values()) for one in record.read().tries["small"]] == [["option a"], ["option c"]]


def test_answers_come_back_when_the_cell_is_run_again(record):
    Quiz("small", [made("one?"), made("two?")], record).choose(1, 0)
    again = Quiz("small", [made("one?"), made("two?")], Record(record.path))
    assert again.chosen == [None, 0] and "Because of a" in again._items[1].result.value
    assert "0 of 1 right, 1 to go." in again.score.value
    turned = made("two?", 0, options=made().options[::-1])
    assert Quiz("small", [turned], record).chosen == [2], "the same option, wherever it stands now"
    assert Quiz("small", [made("two, put differently?")], record).chosen == [None]
    assert Quiz("other", [made("two?")], record).chosen == [None]


def test_before_the_answer_the_explanations_are_nowhere():
    asked = Quiz("small", [made()])
    sent = (said(asked) + str(asked._repr_mimebundle_())).split("</style>")[-1]
    assert "option a" in sent and "How many?" in sent
    assert not [word for word in ("Because", "✓", "✗", "mmcourse-right", "mmcourse-left", "def two") if word in sent]


def test_the_saved_notebook_does_not_depend_on_the_learner(record):
    fresh = Quiz("small", [made()], record)._repr_mimebundle_()
    Quiz("small", [made()], record).choose(0, 1)
    later = Quiz("small", [made()], record)
    assert later.chosen == [1]
    bundle = later._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert {kind: bundle[kind] for kind in ("text/plain", "text/html")} == {
        kind: fresh[kind] for kind in ("text/plain", "text/html")
    }
    assert bundle["text/plain"] == (
        "[quiz: small, one prediction]\n1. How many?\n   - option a\n   - option b\n   - option c"
    )
    assert repr(later) == "[quiz: small, one prediction]"
    assert "option b" in bundle["text/html"] and "Run this cell" in bundle["text/html"]


def test_everything_shown_is_escaped():
    options = (Option(EVIL, f"First {EVIL} and more words."), Option(f"other {EVIL}", f"Second {EVIL} and more."))
    asked = Quiz(EVIL, [made(f"{EVIL} `x`?", 1, options=options)])
    asked.choose(0, 0)
    item = asked._items[0]
    for html in (item.children[0].value, item.result.value, asked._repr_mimebundle_()["text/html"]):
        assert "<img" not in html and "<script>" not in html and "&lt;img" in html
    assert "<code>x</code>" in item.children[0].value
    assert "mathjax_ignore" in asked._repr_mimebundle_()["text/html"]


def test_a_proof_without_source_shows_none():
    """Nor that of something else, which Python 3.13 has under the same name."""
    asked = Quiz("small", [made(proof=eval("lambda: 2"))])
    asked.choose(0, 2)
    assert "✓ Right." in asked._items[0].result.value and "<details" not in asked._items[0].result.value


def test_a_record_that_cannot_be_written_is_said_once(tmp_path):
    (tmp_path / "file").write_text("in the way")
    asked = Quiz("small", [made("one?"), made("two?")], Record(tmp_path / "file" / "progress.json"))
    asked.choose(0, 2)
    assert "could not be" in asked.score.value and asked.chosen == [2, None]
    asked.choose(1, 2)
    assert "could not be" not in asked.score.value and "2 of 2 right." in asked.score.value


@pytest.mark.parametrize(
    ("build", "error", "word"),
    [
        (lambda: Option("", "because"), ValueError, "text"),
        (lambda: Option("text", "  "), ValueError, "because"),
        (lambda: Option(3, "because"), ValueError, "text"),
        (lambda: made(ask=" "), ValueError, "ask"),
        (lambda: made(options=()), ValueError, "options"),
        (lambda: made(options=("a", "b")), ValueError, "options"),
        (lambda: made(options=(Option("a", "x"), Option("a", "y"))), ValueError, "options"),
        (lambda: made(answer=3), ValueError, "answer"),
        (lambda: made(answer=-1), ValueError, "answer"),
        (lambda: made(answer=True), ValueError, "answer"),
        (lambda: made(proof=2), TypeError, "proof"),
        (lambda: Quiz("small", []), ValueError, "questions"),
        (lambda: Quiz("small", [made(), made()]), ValueError, "questions"),
        (lambda: quiz("nothing"), ValueError, "start_here"),
        (lambda: quiz(3), ValueError, "lesson: got 3"),
        (lambda: Quiz("small", [made()]).choose(1, 0), ValueError, "number: got 1"),
        (
            lambda: Quiz("small", [made()]).choose(0, 3),
            ValueError,
            "option: got 3, expected a whole number from 0 to 2",
        ),
        (lambda: Quiz("small", [made()]).choose(0, "a"), TypeError, "option"),
    ],
)
def test_an_authors_slip_is_named(build, error, word):
    with pytest.raises(error, match=word):
        build()


# ---------------------------------------------------------------- the questions of all lessons


@EVERY_LESSON
def test_a_quiz_has_five_questions_whose_answers_cannot_be_guessed_from_their_form(lesson):
    questions = questions_of(lesson)
    assert len(questions) == 5
    asked = quiz(lesson)
    assert isinstance(asked, Quiz) and repr(asked) == f"[quiz: {lesson}, five predictions]"
    places = [one.answer for one in questions]
    assert len(set(places)) >= 2, "the right option always stands at the same place"
    longest = [
        max(len(option.text) for place, option in enumerate(one.options) if place != one.answer)
        < len(one.options[one.answer].text)
        for one in questions
    ]
    assert sum(longest) <= 3, "the right option is nearly always the longest"
    assert len({one.proof for one in questions}) == 5


@pytest.mark.parametrize(("lesson", "number"), EVERY)
def test_a_question_keeps_the_rules(lesson, number):
    question = questions_of(lesson)[number]
    assert 3 <= len(question.options) <= 4 and question.ask.rstrip().endswith(("?", "…"))
    words = [option.because for option in question.options]
    assert len(set(words)) == len(words) and all(len(one) >= 40 for one in words)
    for text in (question.ask, *words, *(option.text for option in question.options)):
        assert "**" not in text and "$" not in text and text == text.strip() and "  " not in text, text
        assert text.count("`") % 2 == 0, text


@pytest.mark.parametrize(("lesson", "number"), EVERY)
def test_the_proof_computes_the_answer_and_is_short(lesson, number):
    question = questions_of(lesson)[number]
    assert int(question.proof()) == question.answer
    assert question.source and len(question.source.splitlines()) <= 8, question.source
    body = ast.parse(question.source).body[0]
    assert isinstance(body, ast.FunctionDef), "a proof has a name that says what it computes"
    returned = [node.value for node in ast.walk(body) if isinstance(node, ast.Return)]
    assert not all(isinstance(value, ast.Constant) for value in returned), "it has to compute, not to claim"


def test_every_lesson_has_a_quiz():
    assert quiz_lessons() == [one.name for one in lessons()]


WITH_QUIZ = [path for path in NOTEBOOKS if path.stem[3:] in quiz_lessons()]


@pytest.mark.parametrize("path", WITH_QUIZ, ids=lambda path: path.stem)
def test_the_notebook_asks_its_own_quiz(path):
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    calls = [place for place, source in enumerate(cells) if f'quiz("{path.stem[3:]}")' in source]
    end = next(place for place, source in enumerate(cells) if "## What you can do now" in source)
    assert len(calls) == 1 and "## Five predictions" in cells[calls[0] - 1] and calls[0] < end
