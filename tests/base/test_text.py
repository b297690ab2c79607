"""Words made safe to show, whatever a learner's objects do when they are asked for words."""

import re

import pytest

from mmcourse.base.text import clip, escape, full_stop, marked, safe_repr, safe_str


class Hostile:
    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __repr__


def test_html_is_shown_and_never_run():
    assert escape("<script>alert('1') & \"2\"") == "&lt;script&gt;alert(&#x27;1&#x27;) &amp; &quot;2&quot;"
    assert escape(3) == "3" and escape("→ Grüße 你好") == "→ Grüße 你好"


def test_code_between_backticks_is_set_as_code_and_still_escaped():
    assert marked("use `a < b` or `c`") == "use <code>a &lt; b</code> or <code>c</code>"
    assert marked("one ` alone") == "one ` alone"


@pytest.mark.parametrize("show", [safe_str, safe_repr, escape])
def test_objects_that_fail_to_speak_are_named(show):
    assert "Hostile that cannot be shown: RuntimeError" in show(Hostile())


@pytest.mark.parametrize("show", [safe_str, safe_repr])
def test_addresses_are_left_out(show):
    assert not re.search("0x", show(object())) and "object object" in show(object())


def test_long_words_are_cut_with_a_sign():
    assert clip("abc", 3) == "abc" and clip("abcdef", 5) == "abc …"
    assert len(safe_repr("x" * 1000)) == 120 and len(safe_str("x" * 10_000)) == 4000
    assert safe_repr("a   b") == "'a b'" and safe_repr([1, 2]) == "[1, 2]"


@pytest.mark.parametrize(("sentence", "stop"), [("it is", "."), ("is it?", ""), ("no! ", ""), ("A.", ""), ("a …", "")])
def test_a_full_stop_is_set_only_where_none_stands(sentence, stop):
    assert full_stop(sentence) == stop
