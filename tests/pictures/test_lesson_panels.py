"""Every panel of the lessons, driven over its whole range."""

from __future__ import annotations

import importlib

import pytest
from helpers import (
    actions,
    assert_redraw_is_exact,
    beside,
    panel_makers,
    panels_offered,
    seen_and_heard,
    settle,
    shake,
    silent_controls,
)
from notebook_rules import MOST_PICTURE_BYTES, MOST_PICTURE_WIDTH
from outputs import stored_pictures
from project import lesson_names

from mmcourse.pictures import Panel, View

MAKERS = panel_makers()
_made: dict[str, Panel] = {}


@pytest.fixture
def lesson_panel(request) -> Panel:
    """The panel of a lesson, built once for the tests below."""
    if request.param not in _made:
        _made[request.param] = MAKERS[request.param]()
    return _made[request.param]


EVERY_PANEL = pytest.mark.parametrize("lesson_panel", MAKERS, indirect=True)


@EVERY_PANEL
def test_every_control_of_a_lesson_works(lesson_panel):
    assert lesson_panel.controls, "a panel has at least one control"
    assert silent_controls(lesson_panel) == set(), "these change neither the picture nor a sound"


@pytest.mark.slow
@EVERY_PANEL
def test_any_setting_of_a_lesson_can_be_drawn_exactly(lesson_panel):
    settle(lesson_panel.view, **lesson_panel.values)
    for values in shake(lesson_panel, times=5, seed=1):
        assert_redraw_is_exact(lesson_panel.view, **values)


@pytest.mark.slow
@EVERY_PANEL
def test_a_lesson_panel_comes_back_to_the_same_picture(lesson_panel):
    start = lesson_panel.values
    lesson_panel.redraw()
    before = seen_and_heard(lesson_panel)
    for _values in shake(lesson_panel, times=3, seed=2):
        pass
    for name, value in start.items():
        lesson_panel.controls[name].value = value
    assert seen_and_heard(lesson_panel) == before, "the same settings give the same picture and sound"


@EVERY_PANEL
def test_a_lesson_panel_is_saved_small_with_words(lesson_panel):
    words = repr(lesson_panel)
    assert words == lesson_panel._repr_mimebundle_()["text/plain"] and " at 0x" not in words
    assert len(lesson_panel.view.alt) > 15 and lesson_panel.view.alt != View.alt, "say what the picture shows"
    assert all(control.description for control in lesson_panel.controls.values())
    [kept] = stored_pictures(lesson_panel._repr_mimebundle_()["text/html"])
    assert kept.alt == lesson_panel.view.alt and len(kept.png) <= MOST_PICTURE_BYTES
    assert kept.width == round(lesson_panel.picture.width) <= MOST_PICTURE_WIDTH


@EVERY_PANEL
def test_buttons_of_a_lesson_finish_and_leave_the_panel_whole(lesson_panel):
    for action in actions(lesson_panel):
        assert action.press() and not action.press()
        action.wait(120)
        assert "did not work" not in action.words.value and not action.busy
        assert action.bar.value == pytest.approx(1.0)
    assert lesson_panel.message.value == ""


@pytest.mark.parametrize("lesson", lesson_names())
def test_every_panel_of_a_lesson_is_tested(lesson):
    assert set(beside(lesson, "panels").PANELS) == panels_offered(lesson)


@pytest.mark.parametrize("name", MAKERS)
def test_a_panel_has_its_view_by_hand(name):
    lesson, _, panel = name.partition(".")
    by_hand = getattr(importlib.import_module(f"mmcourse.{lesson}.pictures"), panel.removesuffix("_panel"), None)
    assert callable(by_hand), f"{name} needs {name.removesuffix('_panel')}(...) to be called by hand first"
