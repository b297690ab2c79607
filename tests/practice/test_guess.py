"""`guess`: answers that mean the same count, others do not, and nothing is given away before the guess."""

import warnings

import pytest
import torch

from mmcourse.practice import answers
from mmcourse.practice.guesses import Guess, guess

EVIL = "<img src=x onerror=alert(1)><script>"


def fits(text, answer, **options):
    asked = guess("How much?", answer, **options)
    asked.commit(text)
    return asked.fits if asked.committed else "asked again"


HALVES = [
    "0.5",
    ".5",
    "1/2",
    "50 %",
    "50%",
    "half",
    "one half",
    "a half",
    "5e-1",
    "0,5",
    "½",
    "5/10",
    "50 percent",
    "50 per cent",
    "fifty percent",
    "1 in 2",
    "1 out of 2",
    "0.50",
    "+0.5",
    "about half",
    "0.5.",
    "roughly 0.5",
    "5 · 10^-1",
    "５０％",
    "Half!",
    "~.5",
    "2/4",
    "it is 1/2",
    "5 x 10**-1",
]
TENS = [
    "10",
    "ten",
    "about 10",
    "10x",
    "×10",
    "x10",
    "10 times",
    "ten times",
    "10 times larger",
    "tenfold",
    "10-fold",
    "by a factor of 10",
    "10.0",
    "10,0",
    "10.",
    "ca. 10",
    "~10",
    "10 models",
    "1e1",
    "10^1",
    "10 x",
    "TEN",
    " 10 ",
    "1000 %",
    "exactly ten",
]
LARGE = [
    "10000",
    "10,000",
    "10 000",
    "10'000",
    "10k",
    "10 thousand",
    "ten thousand",
    "1e4",
    "10^4",
    "1 x 10^4",
    "10.000,0",
    "10,000.0",
    "10_000",
]
NOT_NUMBERS = [
    "abc",
    "nan",
    "inf",
    "-inf",
    "1e999",
    "1/0",
    "__import__('os').system('x')",
    "3 or 8",
    "10 10",
    "--5",
    "1/2/3",
    "10^999",
    "().__class__",
    "five hundred apples and a pear tree 7",
    EVIL,
    "%",
    "x",
    "-",
]


@pytest.mark.parametrize(("texts", "answer"), [(HALVES, 0.5), (TENS, 10), (LARGE, 10_000)])
def test_the_ways_to_write_a_number_all_count(texts, answer):
    wrong = [t for t in texts if fits(t, answer) is not True]
    assert not wrong
    assert not [t for t in texts if fits(t, answer * 1.5 + 1) is not False]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-3", -3),
        ("minus three", -3),
        ("−3", -3),
        ("twenty-five", 25),
        ("two thirds", 2 / 3),
        ("half a million", None),
        ("three quarters", 0.75),
        ("two hundred thousand", None),
        ("fifty thousand", 50_000),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("0,500", 0.5),
        ("1,5", 1.5),
        ("8 to 12", None),
        ("between 8 and 12", None),
        ("1½", None),
        ("⅓", 1 / 3),
        ("a quarter", 0.25),
        ("a tenth", 0.1),
        ("-9,4", -9.4),
        ("1 in 6", 1 / 6),
        ("0.000001", 1e-6),
        ("167.040,0", 167_040),
        ("167 040", 167_040),
        ("-.5", -0.5),
        ("seventy one", 71),
        ("4,225", 4225),
        ("3000 Hz", 3000),
        ("twice", 2),
        ("none", 0),
        ("1.5 million", 1.5e6),
        ("-50%", -0.5),
        ("a hundred", 100),
        ("2e-3", 0.002),
    ],
)
def test_numbers_are_read_as_people_mean_them(text, value):
    """What may mean two things is asked again."""
    number = answers.number_in(text)
    assert number is None if value is None else number.value == pytest.approx(value)


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_no_number_is_asked_again_and_reveals_nothing(text):
    asked = guess("How much?", 31.4, because="circles")
    asked.commit(text)
    assert not asked.committed and asked.fits is None and "A number is wanted here" in asked._result.value
    assert "31.4" not in asked._result.value and "circles" not in asked._result.value
    assert not asked._input.disabled


def test_a_very_long_text_is_read_in_no_time():
    for text in ("9" * 10**5, "1 " * 10**5, "one " * 10**5, "(" * 10**5, "1e" * 10**5, "1,234" * 10**4):
        asked = guess("How much?", 10)
        asked.commit(text)
        assert asked.fits in (None, False)


def test_tolerance_is_absolute_and_factor_is_for_orders_of_magnitude():
    assert [fits(t, 10, tolerance=2) for t in ("8", "12", "7.9", "12.1", "-10")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert [fits(t, 1000, factor=10) for t in ("100", "10k", "99", "10001", "-1000", "0")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert fits("10", 10, tolerance=0) is True


def test_without_tolerance_the_answer_at_the_digits_written_counts():
    assert [fits(t, 1 / 3) for t in ("1/3", "a third", "0.33", "33 %", "0.333", "0.34", "0.3", "0.3334")] == [
        True,
        True,
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert fits("3", 3.4) is False and fits("99", 100) is False and fits("0", 0) is True and fits("0.001", 0) is False


def test_units_may_be_typed():
    for text in ("20", "20 ms", "20ms", "about 20 ms.", "20 MS"):
        assert fits(text, 20, unit="ms") is True
    assert fits("20 s", 20, unit="ms") == "asked again"
    for text in ("50", "50 %", "0.5", "half", "1/2", "50 percent"):
        assert fits(text, 50, unit="%") is True
    assert fits("5", 50, unit="%") is False
    assert fits("6 dB", 6, unit="dB") is True and fits("10×", 10, unit="×") is True


@pytest.mark.parametrize(
    ("text", "answer", "same", "right"),
    [
        ("The Hidden Units.", "hidden unit", (), True),
        ("hidden-unit", "hidden units", (), True),
        ("naive", "naïve", (), True),
        ("CLASSES", "class", (), True),
        ("loss", "los", (), False),
        ("a bias", "bias", (), True),
        ("this bus", "bus", (), False),
        ("model level", "feature level", (), False),
        ("at chance", 0.5, ("at chance",), True),
        ("chance!", 0.5, ("at chance", "chance"), True),
        ("fifty-fifty", "coin flip", "fifty fifty", True),
        ("dice", "coin flip", ("fifty fifty",), False),
        ("1.5", "15", (), False),
        ("don't know", "dont know", (), True),
    ],
)
def test_words_that_mean_the_same_count(text, answer, same, right):
    assert fits(text, answer, same=same) is right


@pytest.mark.parametrize("text", ["y", "Yes", "yes.", "TRUE", "it does", "yes, because", "Yep!", "of course"])
def test_yes_in_its_variants(text):
    assert fits(text, True) is True and fits(text, False) is False
    assert fits(text, "yes") is True and fits(text, "no") is False


@pytest.mark.parametrize("text", ["n", "No", "nope", "false", "it doesn't", "it doesn’t", "no, never", "It does not."])
def test_no_in_its_variants(text):
    assert fits(text, False) is True and fits(text, True) is False


def test_neither_yes_nor_no_is_asked_again():
    assert fits("perhaps", True) == "asked again" and fits("7", False) == "asked again"


# ---- the widget


def test_an_empty_guess_is_asked_for_kindly_and_reveals_nothing():
    asked = guess("How much?", 31.4, because="circles")
    for text in ("", "   ", None):
        asked.commit(text)
        assert not asked.committed and "Any guess will do" in asked._result.value
        assert "31.4" not in asked._result.value


def test_the_answer_and_the_reason_come_with_the_guess_and_it_cannot_be_changed():
    asked = guess("How much?", 31.4, because="circles", unit="cm")
    asked._input.value = "12"
    asked._commit_button.click()
    assert asked.committed and asked.fits is False
    assert all(said in asked._result.value for said in ("12", "31.4 cm", "circles"))
    assert asked._input.disabled and asked._commit_button.disabled and asked._show_button.disabled
    before = asked._result.value
    asked.commit("31.4")
    asked._show_button.click()
    assert asked._result.value == before and asked.fits is False


def test_an_answer_with_an_end_of_its_own_gets_no_full_stop():
    for answer, end in (("Why?", "Why?</strong>"), ("why", "why</strong>.")):
        asked = guess("What do children ask?", answer=answer, because="They do.")
        asked.reveal()
        assert f"{end}<div>They do.</div>" in asked._result.value


def test_enter_submits_without_a_deprecated_call():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asked = guess("How much?", 10)
        asked._input.value = "10"
        asked._input._handle_custom_msg({"event": "other"}, [])
        assert not asked.committed
        asked._input._handle_custom_msg({"event": "submit"}, [])
    assert asked.fits is True


def test_not_sure_shows_without_a_verdict():
    asked = guess("How much?", 31.4, because="circles")
    asked._show_button.click()
    assert asked.committed and asked.fits is None
    assert "31.4" in asked._result.value and "circles" in asked._result.value
    assert "✗" not in asked._result.value and "You said" not in asked._result.value


def test_choices_start_empty_and_are_judged():
    asked = guess("Which level?", "feature", choices=["data", "feature", "model"], because="they meet")
    asked._commit_button.click()
    assert not asked.committed
    asked._input.value = "feature"
    asked._commit_button.click()
    assert asked.fits is True and "they meet" in asked._result.value
    assert guess("How many?", 3, choices=[1, 2, 3])._input.options == ("1", "2", "3")
    assert fits("3", 3, choices=[1, 2, 3]) is True and fits("1", 3, choices=[1, 2, 3]) is False


def synced(widget):
    """Everything the browser is sent, of the widget and of all inside it."""
    inner = [text for child in getattr(widget, "children", ()) for text in synced(child)]
    return inner + [str(value) for name, value in widget.get_state().items() if not name.startswith("_")]


def test_before_the_guess_the_answer_is_nowhere():
    asked = guess("How much?", 31.4, because="circles", same=("ten pi",))
    sent = " ".join(synced(asked)) + str(asked._repr_mimebundle_())
    assert "How much?" in sent
    assert not [secret for secret in ("31.4", "circles", "ten pi") if secret in sent]


def test_the_saved_notebook_shows_a_stable_question():
    first, second = (guess("scores grow by a factor of about …", answer=10, tolerance=2) for _ in range(2))
    assert repr(first) == "guess: scores grow by a factor of about …"
    left, right = first._repr_mimebundle_(), second._repr_mimebundle_()
    assert left["text/plain"] == right["text/plain"] == repr(first)
    assert left["text/html"] == right["text/html"] and "run this cell" in left["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in left
    assert "(data / model)" in guess("Which?", "data", choices=["data", "model"])._repr_mimebundle_()["text/plain"]


def test_what_is_typed_and_asked_is_escaped():
    asked = guess(f"Is {EVIL} code?", EVIL, because=EVIL)
    asked.commit(EVIL)
    assert asked.fits is True
    wrong = guess("Is it?", "no idea")
    wrong.commit(EVIL)
    for html in (
        asked._result.value,
        wrong._result.value,
        asked.children[0].value,
        asked._repr_mimebundle_()["text/html"],
    ):
        assert "<img" not in html and "<script>" not in html and "&lt;img" in html
    assert "<code>x</code>" in guess("What is `x`?", 1).children[0].value


def test_verdicts_carry_words_and_a_symbol():
    asked = guess("How much?", 2, tolerance=0.5)
    asked.commit("2")
    assert "✓ That fits." in asked._result.value and "about 2" in asked._result.value
    assert 'role="status"' in asked._result.value


@pytest.mark.parametrize(
    ("arguments", "error", "word"),
    [
        (dict(question="", answer=1), ValueError, "question"),
        (dict(question=3, answer=1), ValueError, "question"),
        (dict(question="q", answer=None), TypeError, "answer"),
        (dict(question="q", answer=[1]), TypeError, "answer"),
        (dict(question="q", answer=float("nan")), ValueError, "answer"),
        (dict(question="q", answer=""), ValueError, "answer"),
        (dict(question="q", answer=1, tolerance=-1), ValueError, "tolerance"),
        (dict(question="q", answer=1, tolerance="10%"), TypeError, "tolerance"),
        (dict(question="q", answer="a", tolerance=1), ValueError, "tolerance"),
        (dict(question="q", answer=1, factor=0.5), ValueError, "factor"),
        (dict(question="q", answer="a", choices=["b", "c"]), ValueError, "choices"),
        (dict(question="q", answer="a", choices=["a"]), ValueError, "choices"),
        (dict(question="q", answer="a", choices=["a", "a"]), ValueError, "choices"),
        (dict(question="q", answer="a", choices="ab"), ValueError, "choices"),
        (dict(question="q", answer=1, choices=3), ValueError, "choices"),
        (dict(question="q", answer={3, 8}), TypeError, "answer: got a set of 2, expected a number, True or False"),
        (dict(question="q", answer=torch.tensor(0.5)), TypeError, r"float\(…\) makes a number of a tensor"),
        (dict(question="q", answer=1, tolerance=True), TypeError, "tolerance"),
        (dict(question="q", answer=1, tolerance=float("nan")), ValueError, "tolerance"),
        (dict(question="q", answer=1, unit=5), TypeError, "unit: got"),
        (dict(question="q", answer=1, because=None), TypeError, "because"),
        (dict(question="q", answer=1, same=3), TypeError, "same: got 3, expected texts"),
        (dict(question="q", answer=1, same=[3]), TypeError, "same"),
    ],
)
def test_an_authors_slip_is_named(arguments, error, word):
    with pytest.raises(error, match=word):
        Guess(**arguments)
