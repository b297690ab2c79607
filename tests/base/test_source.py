"""The source of a function is its own, or none: whatever text Python keeps under a shared name."""

import functools
import linecache

import pytest

from mmcourse.base.source import own_source


def two() -> int:
    return 2 * 1


class Doubler:
    """Twice."""

    def __call__(self, x):
        return 2 * x


@functools.cache
def wrapped(x):
    return x


def local():
    def inside(x):
        return x + 1

    return inside


def test_it_is_the_whole_source_without_indentation():
    assert own_source(two) == "def two() -> int:\n    return 2 * 1"
    assert own_source(Doubler).startswith("class Doubler:") and own_source(Doubler).endswith("return 2 * x")
    assert own_source(wrapped).endswith("def wrapped(x):\n    return x") and own_source(wrapped).startswith(
        "@functools"
    )
    assert own_source(local()) == "def inside(x):\n    return x + 1"
    thrice = lambda x: 3 * x  # noqa: E731
    assert own_source(thrice).startswith("thrice = lambda x: 3 * x")


@pytest.fixture
def other_text(monkeypatch):
    """As Python 3.13 does it: under a name that many share stands a text, and not the one we look for."""

    def put(name, text):
        lines = text.splitlines(keepends=True)
        monkeypatch.setitem(linecache.cache, name, (len(text), None, lines, name))

    return put


@pytest.mark.parametrize("name", ["<string>", "<stdin>", "<unknown>"])
def test_a_text_under_a_shared_name_is_not_taken_for_its_source(other_text, name):
    other_text(name, "answer = lambda: 'the source of something else'\n")
    assert own_source(eval(compile("lambda: 2", name, "eval"))) == ""


def test_what_stands_in_its_place_now_is_not_its_source(other_text):
    space = {}
    exec(compile("def one():\n    return 1\n", "<ipython-input-1>", "exec"), space)
    other_text("<ipython-input-1>", "def one():\n    return 1\n")
    assert own_source(space["one"]) == "def one():\n    return 1"
    other_text("<ipython-input-1>", "def another():\n    return 1\n")
    assert own_source(space["one"]) == ""
    other_text("<ipython-input-1>", "(")
    assert own_source(space["one"]) == ""


@pytest.mark.parametrize("thing", [len, dict, 3, None, "text", functools.partial(two), type("Made", (), {})])
def test_what_has_no_source_has_none(thing):
    assert own_source(thing) == ""


def test_a_function_that_wraps_itself_is_survived():
    def odd():
        return 1

    odd.__wrapped__ = odd
    assert own_source(odd) == ""
