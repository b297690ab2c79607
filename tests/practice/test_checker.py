"""`check` as a learner calls it: names, hints, solutions, the list; everything shown is escaped."""

import pytest
from samples import checked, exercise, no_sum, product

from mmcourse.practice.checker import Checker


def test_everything_of_the_learners_is_escaped():
    evil = "<script>alert(1)</script>"

    def raises(p, q):
        raise ValueError(evil)

    for function in (raises, lambda p, q: evil, lambda p, q: {evil: 1}, lambda p, q: type(evil, (), {})()):
        report = checked(function)
        assert "<script>" in report.text
        assert "<script>" not in report._repr_html_() and "&lt;script&gt;" in report._repr_html_()


def test_the_name_of_a_lesson_is_escaped():
    html = Checker([exercise()]).list("<script>alert(1)</script>")._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_html_has_a_symbol_words_and_the_themes_colours():
    html = checked(no_sum)._repr_html_()
    assert "✗" in html and "wrong values" in html and "var(--jp-error-color1" in html and "0x" not in html


def test_unknown_names_bring_the_nearest():
    with pytest.raises(ValueError, match="no exercise 'prodct'. Near: product"):
        Checker([exercise()])("prodct", product)
    assert Checker([exercise()])(" product ", product).passed
    for odd in (product, None, 3, b"product", ["product"], len):
        with pytest.raises(TypeError, match=r"name: got .*in quotes. Write check\(\"name\", function\)"):
            Checker([exercise()])(odd, product)
    for ask in (Checker([exercise()]), Checker([exercise()]).hint, Checker([exercise()]).solution):
        with pytest.raises(TypeError, match=r"name: got nothing \(None\)"):
            ask()


def test_two_exercises_of_one_name_are_an_error():
    with pytest.raises(ValueError, match="Two exercises are called 'product'"):
        Checker([exercise(), exercise()]).list()


def test_hints_step_on_and_can_be_asked_for_by_number():
    check = Checker([exercise()])
    assert "hint 1 of 2" in check.hint("product").text and "second" not in check.hint("product", n=1).text
    assert "second" in check.hint("product").text
    last = check.hint("product").text
    assert "second" in last and "check.solution" in last
    assert "first" in check.hint("product", n=9).text and "second" in check.hint("product", n=9).text
    assert Checker([exercise()]).hint("product").text == Checker([exercise()]).hint("product").text
    for bad in (0, -1, 1.5, True, "1"):
        with pytest.raises((TypeError, ValueError), match=r"n: got .*there are 2 hints"):
            check.hint("product", n=bad)
    assert Checker([exercise(hints=[])]).hint("product").state == "note"


def test_the_solution_is_the_references_source_and_its_module():
    report = Checker([exercise()]).solution("product")
    assert "return z / z.sum()" in report.text and "samples.py" in report.text
    assert "return z / z.sum()" in report._repr_html_()


def test_the_list_of_a_lesson_that_is_none_names_the_nearest():
    check = Checker(lambda: {"neurons": [exercise()], "cnn": [exercise(name="other")]})
    assert "○ other" in check.list("cnn").text and "product" not in check.list("cnn").text
    assert "There is no lesson neuron with exercises." in check.list("neuron").text
    assert "Near: neurons." in check.list("neuron").text
    for odd in (3, [3], "zzz"):
        assert "Lessons with exercises: neurons, cnn." in check.list(odd).text
    assert "There are no exercises yet." in Checker([]).list().text


def test_a_solution_that_cannot_be_read_is_not_that_of_something_else():
    report = Checker([exercise(reference=eval("lambda p, q: p * q"))]).solution("product")
    assert "its source cannot be read here" in report.text


def test_the_list_tells_how_far_one_is():
    check = Checker([exercise()])
    assert "○ product" in check.list().text
    check("product", product)
    assert "✓ product" in check.list().text and "Multiply and normalise." in check.list().text
