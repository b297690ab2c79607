"""View, Picture, Panel, Action, Progress; and every panel of the lessons, driven over its whole range."""

from __future__ import annotations

import ast
import base64
import importlib
import io
import threading
import wave
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pytest
from helpers import (
    actions,
    assert_redraw_is_exact,
    beside,
    drive,
    panel_makers,
    panels_offered,
    pixels,
    seen_and_heard,
    settle,
    shake,
    silent_controls,
    values_of,
    what_it_needs,
)
from project import lesson_names

from mmcourse.pictures import Action, Panel, Picture, Progress, View, choice, entry, plots, slider, style, switch
from mmcourse.pictures.panel import wav


class Dot(View):
    """A dot that moves along a line, over a bar that stays."""

    size, alt = (3.0, 2.0), "a dot on a line"
    built = 0

    def build(self, figure):
        self.built += 1
        ax = self.figure.add_subplot()
        ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="place (m)")
        ax.barh([0.5], [0.8], color="#dddddd")
        self.dot = self.moving(ax.plot([0.5], [0.5], "o")[0])
        self.words = self.moving(ax.text(0.1, 0.9, ""))

    def update(self, place=0.5, shown=True, kind="o"):
        if place > 0.9:
            raise ValueError(f"place: <b>{place}</b> is off the line")
        self.dot.set_data([place], [0.5])
        self.dot.set_visible(shown)
        self.dot.set_marker(kind)
        self.words.set_text(f"place {place:.2f}")


def dot_panel(**more) -> Panel:
    return Panel(
        Dot(),
        place=slider("place", 0.0, 1.0, 0.5, 0.1),
        shown=switch("shown", True),
        kind=choice("kind", [("round", "o"), ("square", "s")]),
        **more,
    )


# ---------------------------------------------------------------- View and Picture


def test_a_picture_has_the_size_its_view_says_and_words():
    picture = Dot().picture(place=0.3)
    assert picture.size == (3 * 96, 2 * 96)
    bundle = picture._repr_mimebundle_()
    assert bundle["text/plain"] == repr(picture) == "[a dot on a line]"
    assert base64.b64decode(bundle["image/png"]) == picture.png


def test_still_parts_are_drawn_once_and_kept():
    view, drawn = Dot(), []
    draw = view.figure.canvas.draw
    view.figure.canvas.draw = lambda: (drawn.append(1), draw())
    pictures = [pixels(view.png(place=place)) for place in (0.1, 0.5, 0.8)]
    assert len(drawn) == 1 and view.built == 1
    grey = np.array([0xDD, 0xDD, 0xDD])
    bars = [(picture == grey).all(axis=-1).sum() for picture in pictures]
    assert min(bars) > 1000, "the still bar is there in every redraw"
    assert (pictures[0] != pictures[1]).any()


def test_the_quick_redraw_equals_a_full_one_pixel_for_pixel():
    dragged = Dot()
    for place in (0.1, 0.7, 0.3, 0.9, 0.5):
        dragged.png(place=place)
    for place in (0.0, 0.25, 0.8):
        quick, fresh = pixels(dragged.png(place=place)), pixels(Dot().png(place=place))
        np.testing.assert_array_equal(quick, fresh)
    assert_redraw_is_exact(dragged, place=0.6)


def test_moved_still_parts_need_redraw_still():
    view = Dot()
    before = pixels(view.png())
    view.figure.axes[0].set_xlim(0, 2)
    stale = pixels(view.png())
    view.redraw_still()
    anew = pixels(view.png())
    assert (stale[-40:] == before[-40:]).all(), "the kept tick labels are still the old ones"
    assert (anew[-40:] != before[-40:]).any()


def test_a_still_part_that_moves_is_found():
    class Careless(Dot):
        def update(self, place=0.5):
            super().update(place)
            self.figure.axes[0].set_xlim(0, 1 + place)

    view = Careless()
    view.png(place=0.1)
    with pytest.raises(AssertionError, match="pixels of the quick redraw are wrong"):
        assert_redraw_is_exact(view, place=0.8)


def test_moving_parts_are_painted_in_their_order():
    class Two(View):
        size = (1, 1)

        def build(self, figure):
            figure.set_layout_engine("none")
            ax = figure.add_axes([0, 0, 1, 1])
            ax.set(xlim=(0, 1), ylim=(0, 1))
            self.front = self.moving(ax.axhspan(0, 1, color="#ff0000", zorder=5))
            self.back = self.moving(ax.axhspan(0, 1, color="#0000ff", zorder=2))

        def update(self):
            pass

    assert tuple(pixels(Two().png())[48, 48]) == (255, 0, 0)


def test_drawing_changes_no_global_setting():
    import matplotlib

    before = dict(matplotlib.rcParams)
    Dot().png()
    assert dict(matplotlib.rcParams) == before


def test_a_view_needs_build_and_update():
    with pytest.raises(NotImplementedError):
        View()


# ---------------------------------------------------------------- Panel


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
    assert base64.b64decode(bundle["image/png"]) == first.picture.value == second.picture.value
    assert bundle["text/plain"] == repr(first) == repr(second)
    assert repr(first) == "[panel: a dot on a line. Controls: place, shown, kind]"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_panel_can_be_found_on_the_page():
    assert "mmcourse-panel" in dot_panel()._dom_classes


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


# ---------------------------------------------------------------- sounds


def test_an_entry_takes_the_learners_words():
    line = entry("your sentence", "a red circle", hint="write here")
    assert (line.value, line.description, line.placeholder) == ("a red circle", "your sentence", "write here")
    assert line.continuous_update and entry("empty").value == ""


def test_a_band_runs_between_the_ends_of_its_intervals():
    ends = [SimpleNamespace(low=0.1, mean=0.2, high=0.4), SimpleNamespace(low=0.3, mean=0.5, high=0.6)]
    with style.styled():
        ax = plots.banded(style.new_figure(3, 2).add_subplot(), [1, 2], ends, style.METHODS[1], scale=100)
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[1, 20], [2, 50]])
    corners = ax.collections[0].get_paths()[0].vertices
    for corner in ([1, 10], [1, 40], [2, 30], [2, 60]):
        assert np.isclose(corners, corner).all(axis=1).any()


def test_a_wav_holds_the_samples():
    samples = np.sin(np.linspace(0, 40, 500))
    with wave.open(io.BytesIO(wav(samples, 8000))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes()) == (
            8000,
            1,
            2,
            500,
        )
        back = np.frombuffer(file.readframes(500), dtype="<i2") / 32767
    assert np.abs(back - samples).max() <= 0.5 / 32767 + 1e-12


def test_too_loud_a_wav_is_clipped_and_does_not_wrap():
    with wave.open(io.BytesIO(wav(np.array([2.0, -3.0, 0.0]), 8000))) as file:
        assert np.frombuffer(file.readframes(3), dtype="<i2").tolist() == [32767, -32767, 0]


def test_a_control_changes_the_sound():
    def hum(place, **_rest):
        return np.sin(np.arange(400) * place), 8000

    panel = dot_panel(sounds={"listen": hum})
    before = seen_and_heard(panel)
    panel.controls["place"].value = 0.1
    after = seen_and_heard(panel)
    assert len(after) == 2 and before[1] != after[1]
    assert panel.players["listen"].value == wav(*hum(0.1))
    assert panel.players["listen"].autoplay is False


# ---------------------------------------------------------------- Action


def test_an_action_runs_its_work_and_hands_on_the_result():
    results = []

    def work(report):
        report(0.5, "half")
        return 42

    action = Action("train", work, results.append)
    assert action.press() is True
    action.wait(10)
    assert results == [42] and not action.busy
    assert (action.start.disabled, action.stop.disabled) == (False, True)
    assert repr(action) == "[button: train]"


class Slow:
    """Work that waits until the test lets it go on."""

    def __init__(self):
        self.started, self.go, self.runs, self.results = threading.Event(), threading.Event(), 0, []
        self.action = Action("train", self.work, self.results.append)

    def work(self, report):
        self.runs += 1
        self.started.set()
        assert self.go.wait(10)
        report(0.9, "<i>nearly</i>")
        return "done"

    def begin(self):
        assert self.action.press() and self.started.wait(10)


def test_a_second_press_while_it_runs_does_nothing():
    slow = Slow()
    slow.begin()
    assert slow.action.busy and slow.action.start.disabled and not slow.action.stop.disabled
    assert [slow.action.press() for _again in range(5)] == [False] * 5
    slow.action.start.click()
    slow.go.set()
    slow.action.wait(10)
    assert slow.runs == 1 and slow.results == ["done"]
    assert slow.action.words.value == "&lt;i&gt;nearly&lt;/i&gt;"
    slow.begin()
    slow.action.wait(10)
    assert slow.runs == 2


def test_stop_drops_the_result_and_the_next_run_is_free():
    slow = Slow()
    slow.begin()
    slow.action.stop.click()
    slow.go.set()
    slow.action.wait(10)
    assert slow.results == [] and "Stopped" in slow.action.words.value and not slow.action.busy
    assert slow.action.press()
    slow.action.wait(10)
    assert slow.results == ["done"]


def test_an_error_in_the_work_is_shown_escaped():
    def work(_report):
        raise ValueError("<script>no</script>")

    action = Action("train", work, lambda _result: None)
    action.press()
    action.wait(10)
    assert "&lt;script&gt;" in action.words.value and "<script>" not in action.words.value
    assert not action.busy and not action.start.disabled


def test_an_error_after_the_work_is_shown_too():
    action = Action("train", lambda _report: 1, lambda result: result / 0)
    action.press()
    action.wait(10)
    assert "ZeroDivisionError" in action.words.value and not action.busy


def test_progress_of_an_action_never_goes_back():
    def work(report):
        for fraction in (0.2, 0.6, 0.4, 1.0):
            report(fraction, "on")

    action, seen = Action("train", work, lambda _result: None), []
    action.bar.observe(lambda change: seen.append(change["new"]), names="value")
    action.press()
    action.wait(10)
    assert seen == sorted(seen) and seen[-1] == 1.0
    action.press()
    action.wait(10)
    assert action.bar.value == 1.0 and 0.0 in seen, "a new run starts again from nothing"


def test_waiting_too_long_is_an_error():
    slow = Slow()
    slow.begin()
    with pytest.raises(TimeoutError, match="still running"):
        slow.action.wait(0.01)
    slow.go.set()
    slow.action.wait(10)


# ---------------------------------------------------------------- Progress


def test_a_progress_bar_follows_and_says_how_it_ended():
    with Progress("training") as bar:
        bar(3, 12)
        assert bar.bar.value == 0.25
        bar(12, 12, "history")
    assert bar.label.value == "training: done" and bar.bar.bar_style == "success"
    assert repr(bar) == "[progress: training]"


def test_an_interrupted_progress_bar_says_so():
    bar = Progress("training")
    with pytest.raises(KeyboardInterrupt), bar:
        raise KeyboardInterrupt
    assert bar.label.value == "training: interrupted"


# ---------------------------------------------------------------- every panel of the lessons


def test_a_panel_gets_just_the_statements_it_needs():
    lesson = ast.parse(
        "import torch\na = 0\nprint(a)\na = 1\nb = 2\nmodel = a + 1\nfit(model, b)\n"
        "assert b\nkept = []\nfor k in (1, 2):\n    kept.append(k)\nc = model"
    ).body
    needed = what_it_needs(lesson, ast.parse("some_panel(model)"))
    assert [ast.unparse(part) for part in needed] == ["a = 1", "b = 2", "model = a + 1", "fit(model, b)"]
    assert len(what_it_needs(lesson, ast.parse("some_panel(kept)"))) == 2


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


@EVERY_PANEL
def test_any_setting_of_a_lesson_can_be_drawn_exactly(lesson_panel):
    settle(lesson_panel.view, **lesson_panel.values)
    for values in shake(lesson_panel, times=5, seed=1):
        assert_redraw_is_exact(lesson_panel.view, **values)


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
    width = Picture(lesson_panel.picture.value).size[0]
    assert width <= 1000 and len(lesson_panel.picture.value) <= 200_000


@EVERY_PANEL
def test_buttons_of_a_lesson_finish_and_leave_the_panel_whole(lesson_panel):
    for action in actions(lesson_panel):
        assert action.press() and not action.press()
        action.wait(120)
        assert "did not work" not in action.words.value and not action.busy
        assert action.bar.value == pytest.approx(1.0)
    assert lesson_panel.message.value == ""


@pytest.mark.parametrize("lesson", [name for name in lesson_names() if beside(name, "panels")])
def test_every_panel_of_a_lesson_is_tested(lesson):
    assert set(beside(lesson, "panels").PANELS) == panels_offered(lesson)


@pytest.mark.parametrize("name", MAKERS)
def test_a_panel_has_its_view_by_hand(name):
    lesson, _, panel = name.partition(".")
    by_hand = getattr(importlib.import_module(f"mmcourse.{lesson}.pictures"), panel.removesuffix("_panel"), None)
    assert callable(by_hand), f"{name} needs {name.removesuffix('_panel')}(...) to be called by hand first"
