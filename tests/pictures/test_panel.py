"""Panel: controls move the picture and the sound, errors are shown, and what a saved notebook keeps."""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np
import pytest
from dots import Dot, dot_panel
from helpers import drive, pixels, seen_and_heard, silent_controls, stored, values_of
from outputs import stored_pictures

from mmcourse.pictures import Action, Panel, choice, entry, slider, switch
from mmcourse.pictures.panel import beside_tall_ones
from mmcourse.widgets import Pad, wav


def test_a_control_moves_the_picture():
    panel = dot_panel()
    before = panel.picture.value
    panel.controls["place"].value = 0.2
    assert panel.picture.value != before
    assert panel.values == {"place": 0.2, "shown": True, "kind": "o"}
    np.testing.assert_array_equal(pixels(panel.picture.value), pixels(Dot().png(**panel.values)))


def test_every_control_of_a_panel_is_driven():
    panel = Panel(
        Dot(),
        place=slider("place", 0.0, 0.9, 0.5, 0.1),
        shown=switch("shown", True),
        kind=choice("kind", [("round", "o"), ("square", "s")]),
    )
    assert drive(panel) == {"place": True, "shown": True, "kind": True}


def test_a_control_without_effect_is_found():
    class Deaf(Dot):
        def update(self, place=0.5, shown=True, kind="o", nothing=0):
            super().update(place, shown, kind)

    panel = Panel(Deaf(), place=slider("place", 0.0, 0.9, 0.5, 0.1), nothing=slider("nothing", 0, 3, 0, 1))
    assert silent_controls(panel) == {"nothing"}


def test_a_control_may_work_only_when_another_is_set():
    class Gated(Dot):
        def update(self, place=0.5, on=False):
            super().update(place if on else 0.5)

    panel = Panel(Gated(), on=switch("on"), place=slider("place", 0.0, 0.9, 0.5, 0.1))
    assert silent_controls(panel) == set()


def test_an_error_at_another_value_is_found_by_driving():
    with pytest.raises(AssertionError, match="off the line"):
        drive(dot_panel())


def test_the_first_drawing_fails_the_cell():
    with pytest.raises(ValueError, match="off the line"):
        Panel(Dot(), place=slider("place", 0.0, 1.0, 1.0, 0.1))


def test_a_later_error_is_shown_escaped_and_goes_away():
    panel = dot_panel()
    good = panel.picture.value
    panel.controls["place"].value = 1.0
    assert "could not be drawn" in panel.message.value and "ValueError" in panel.message.value
    assert "&lt;b&gt;1.0&lt;/b&gt;" in panel.message.value and "<b>1.0" not in panel.message.value
    assert panel.picture.value == good, "the last good picture stays"
    panel.controls["place"].value = 0.4
    assert panel.message.value == ""


def test_a_panel_is_saved_as_its_picture_and_the_same_words_each_time():
    first, second = dot_panel(), dot_panel()
    bundle = first._repr_mimebundle_()
    [kept] = stored_pictures(bundle["text/html"])
    assert kept.png == stored(first) == stored(second)
    assert (kept.alt, kept.width, kept.pixels) == ("a dot on a line", 288, (576, 384))
    assert bundle["text/plain"] == repr(first) == repr(second)
    assert repr(first) == "[panel: a dot on a line. Controls: place, shown, kind]"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_panel_can_be_found_on_the_page():
    assert "mmcourse-panel" in dot_panel()._dom_classes


def test_a_panel_says_what_it_shows_and_plays():
    panel = dot_panel(sounds={"listen": lambda **_values: (np.zeros(9), 8000)})
    assert panel.picture.alt == "a dot on a line" and panel.players["listen"].label == "listen"


def test_a_panel_becomes_as_sharp_as_the_screen():
    panel = dot_panel()
    assert (panel.picture.width, panel.picture.height) == (288, 192)
    for reported, scale in ((2.0, 2), (1.25, 1.25), (3.0, 2), (0.8, 1), (1.0, 1)):
        panel.picture.density = reported  # as the browser does
        assert panel.view.density == scale
        assert pixels(panel.picture.value).shape[:2] == (192 * scale, 288 * scale)
        assert (panel.picture.width, panel.picture.height) == (288, 192), "as large on the page as before"
        assert dot_panel().view.density == scale, "the next panel knows"


def test_a_closed_panel_stops_its_work_and_holds_no_pixels():
    action = Action("train", lambda report: 1, lambda result: None)
    panel = dot_panel(below=[action])
    panel.close()
    assert action._asked_to_stop.is_set() and panel.view._still is None and panel.comm is None
    panel.close()


def test_a_slider_is_whole_or_fractional_as_its_step():
    assert isinstance(slider("n", 0, 5, 2, 1), widgets.IntSlider)
    assert isinstance(slider("x", 0, 5, 2, 0.5), widgets.FloatSlider)
    assert values_of(slider("n", 0, 5, 2, 1)) == [0, 1, 2, 3, 4, 5]
    ends = values_of(slider("x", 0.0, 3.0, 1.0, 0.01))
    assert (ends[0], ends[-1]) == (0.0, 3.0) and len(ends) == 9


def test_a_choice_starts_with_its_first_option_or_the_one_named():
    assert choice("kind", [("round", "o"), ("square", "s")]).value == "o"
    assert choice("kind", ["a", "b"], "b").value == "b"
    assert values_of(choice("kind", [("round", "o"), ("square", "s")])) == ["o", "s"]


def test_an_entry_takes_the_learners_words():
    line = entry("your sentence", "a red circle", hint="write here")
    assert (line.value, line.description, line.placeholder) == ("a red circle", "your sentence", "write here")
    assert line.continuous_update and entry("empty").value == ""


def test_a_control_changes_the_sound():
    def hum(place, **_rest):
        return np.sin(np.arange(400) * place), 8000

    panel = dot_panel(sounds={"listen": hum})
    before = seen_and_heard(panel)
    panel.controls["place"].value = 0.1
    after = seen_and_heard(panel)
    assert len(after) == 2 and before[1] != after[1]
    assert panel.players["listen"].value == wav(*hum(0.1))


def test_beside_a_pad_the_other_controls_stand_in_a_column():
    pad, others = Pad("your digit", str), [slider("place", 0.0, 1.0, 0.5), choice("kind", ["a", "b"])]
    [first, column] = beside_tall_ones([others[0], pad, others[1]])
    assert first is pad and list(column.children) == others
    assert beside_tall_ones(others) == others and beside_tall_ones([pad]) == [pad]
