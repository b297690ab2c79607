"""What two runs of a notebook may show differently: ``sanitize.cfg`` evens it out, and nothing more."""

from __future__ import annotations

import configparser
import re

import pytest
from project import ROOT

from mmcourse.pictures.encoding import html


def evened(text: str) -> str:
    """The text as nbval compares it."""
    rules = configparser.RawConfigParser()
    rules.read(ROOT / "tests" / "sanitize.cfg", encoding="ascii")
    for name in rules.sections():
        text = re.sub(rules[name]["regex"], rules[name]["replace"], text)
    return text


@pytest.mark.parametrize(
    "one, other",
    [
        ("took 0.31 s", "took 12 s"),
        ("<x at 0x7f00aa11>", "<x at 0x7f00bb22>"),
        ("on cuda:0", "on cpu"),
        ("torch 2.13.0", "torch 2.13.0+cpu"),
        (html(b"one way to draw", 100, "a line"), html(b"another way", 100, "a line")),
    ],
)
def test_these_count_as_equal(one, other):
    assert one != other and evened(one) == evened(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("accuracy 0.81", "accuracy 0.82"),
        (html(b"one", 100, "a line"), html(b"one", 100, "a curve")),
        (html(b"one", 100, "a line"), html(b"one", 200, "a line")),
    ],
)
def test_these_do_not(one, other):
    assert evened(one) != evened(other)
