"""The source of a function is its own, or none: whatever text Python keeps under a shared name."""

import functools
import linecache

import pytest

from mmcourse.base.source import source_of


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
    assert source_of(two) == "def two() -> int:\n    return 2 * 1"
    assert source_of(Doubler).startswith("class Doubler:") and source_of(Doubler).endswith("return 2 * x")
    assert source_of(wrapped).endswith("def wrapped(x):\n    return x") and source_of(wrapped).startswith("@functools")
    assert source_of(local()) == "def inside(x):\n    return x + 1"
    thrice = lambda x: 3 * x  # noqa: E731
    assert source_of(thrice).startswith("thrice = lambda x: 3 * x")


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
    assert source_of(eval(compile("lambda: 2", name, "eval"))) == ""


def test_what_stands_in_its_place_now_is_not_its_source(other_text):
    space = {}
    exec(compile("def one():\n    return 1\n", "<ipython-input-1>", "exec"), space)
    other_text("<ipython-input-1>", "def one():\n    return 1\n")
    assert source_of(space["one"]) == "def one():\n    return 1"
    other_text("<ipython-input-1>", "def another():\n    return 1\n")
    assert source_of(space["one"]) == ""
    other_text("<ipython-input-1>", "(")
    assert source_of(space["one"]) == ""


@pytest.mark.parametrize("thing", [len, dict, 3, None, "text", functools.partial(two), type("Made", (), {})])
def test_what_has_no_source_has_none(thing):
    assert source_of(thing) == ""


def test_a_function_that_wraps_itself_is_survived():
    def odd():
        return 1

    odd.__wrapped__ = odd
    assert source_of(odd) == ""
