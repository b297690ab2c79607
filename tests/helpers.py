"""Drive panels as a learner would: every control over its whole range, watching pictures, sounds and
messages.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import io
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.figure import Figure
from own_files import drawn, picture, spoken, wav
from PIL import Image
from project import ROOT, lesson_names

from mmcourse.pictures import Action, Panel, View, plots, style
from mmcourse.widgets import Given, Microphone

MOST_STEPS = 9


def beside(lesson: str, name: str) -> ModuleType:
    """The module ``tests/<lesson>/<name>.py``; every lesson has ``panels`` and ``attempts``."""
    path = ROOT / "tests" / lesson / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"tests.{lesson}.{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def panel_makers() -> dict[str, Callable[[], Panel]]:
    """How to make every panel of the lessons, as "lesson.name": what ``PANELS`` in the lesson's tests says."""
    listed = {lesson: beside(lesson, "panels").PANELS for lesson in lesson_names()}
    return {f"{lesson}.{name}": maker for lesson, makers in listed.items() for name, maker in makers.items()}


def panels_offered(lesson: str) -> set[str]:
    """The functions that a lesson's pictures offer and that say they give a panel."""
    pictures = importlib.import_module(f"mmcourse.{lesson}.pictures")
    makers = inspect.getmembers(pictures, inspect.isfunction)
    return {name for name, maker in makers if inspect.get_annotations(maker).get("return") in ("Panel", Panel)}


def pixels(png: bytes) -> np.ndarray:
    """A PNG's pixels, (height, width, 3)."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def figure_behind(make: Callable[..., Any], *args: Any, **keywords: Any) -> Figure:
    """The figure of a still picture ``make(...)``, so that a test can read what was drawn."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plots, "picture", lambda draw, *_size: found.append(draw))
        make(*args, **keywords)
    with style.styled():
        figure = style.new_figure(7, 3)
        found[0](figure)
    return figure


def values_of(control: widgets.Widget, most: int = MOST_STEPS) -> list[Any]:
    """Values over the whole range of a control, both ends among them."""
    if isinstance(control, widgets.Checkbox | widgets.ToggleButton):
        return [False, True]
    if isinstance(control, widgets.Dropdown | widgets.SelectionSlider | widgets.RadioButtons | widgets.ToggleButtons):
        return [value for _label, value in control._options_full]
    if isinstance(control, widgets.Text):
        odd = ["", "   ", "good", "<b onclick='x'>&amp;</b>", "$x_{1}^{2$", "ümlaut ☃ 😀", "שלום عالم", "一个红色的圆"]
        return [*odd, "a\tb\x00c", "long " * 300, "w" * 3000, control.value]
    if isinstance(control, Given):  # a file of the learner's, or none
        sound = isinstance(control, Microphone)
        return [b"", *(wav(spoken(7 - i)[0]) if sound else picture(drawn(i)) for i in (0, 3))]
    low, high, step = control.min, control.max, control.step
    count = int(round((high - low) / step))
    places = sorted({round(k) for k in np.linspace(0, count, min(count + 1, most))})
    return [type(control.value)(low + place * step) if place < count else high for place in places]


def seen_and_heard(panel: Panel) -> tuple[bytes, ...]:
    """What the learner sees and hears at this moment."""
    return panel.picture.value, *(player.value for player in panel.players.values())


def stored(panel: Panel) -> bytes:
    """The picture that a saved notebook keeps of a panel as it is now."""
    return panel.view.picture(**panel.values).png


def same_picture(one: bytes, other: bytes) -> bool:
    """Whether two pictures show the same: a layout may creep by fractions of a pixel between two drawings."""
    first, second = pixels(one).astype(int), pixels(other).astype(int)
    return first.shape == second.shape and bool(np.abs(first - second).mean() < 1)


def move(panel: Panel, **values: Any) -> None:
    """Set controls as a learner would; complain when the panel shows an error or the drawing warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        for words in ("Glyph", "constrained_layout", "Tight layout", "Attempting to set identical"):
            warnings.filterwarnings("error", message=f".*{words}")
        for name, value in values.items():
            panel.controls[name].value = value
            assert panel.message.value == "", f"{panel.values}: {panel.message.value}"


def drive(panel: Panel) -> dict[str, bool]:
    """Move each control over its range and back; returns for each whether it changed the picture or a sound."""
    effect = {}
    for name, control in panel.controls.items():
        start, seen = control.value, {seen_and_heard(panel)}
        for value in values_of(control):
            move(panel, **{name: value})
            seen.add(seen_and_heard(panel))
        move(panel, **{name: start})
        effect[name] = len(seen) > 1
    return effect


def shake(panel: Panel, times: int = 8, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Set all controls to a random place of their ranges, again and again, the ends first; yields the values."""
    rng = np.random.default_rng(seed)
    ranges = {name: values_of(control) for name, control in panel.controls.items()}
    for pick in (
        lambda values: values[0],
        lambda values: values[-1],
        *[lambda values: values[rng.integers(len(values))]] * times,
    ):
        move(panel, **{name: pick(values) for name, values in ranges.items()})
        yield panel.values


def silent_controls(panel: Panel) -> set[str]:
    """The controls that change neither picture nor sound, whatever the other controls are set to."""
    silent = {name for name, changed in drive(panel).items() if not changed}
    for _values in shake(panel):
        if not silent:
            break
        silent -= {name for name, changed in drive(panel).items() if changed}
    return silent


def actions(panel: widgets.Widget) -> list[Action]:
    """The buttons for longer work inside a panel."""
    inside = [found for child in getattr(panel, "children", ()) for found in actions(child)]
    return [panel, *inside] if isinstance(panel, Action) else inside


def settle(view: View, **values: Any) -> None:
    """Let the layout come to rest: a constrained one still creeps by fractions of a pixel for some drawings."""
    for _again in range(2):
        view.redraw_still()
        view.png(**values)
    view.figure.set_layout_engine("none")
    view.redraw_still()


def assert_redraw_is_exact(view: View, **values: Any) -> None:
    """The quick redraw on the kept background gives the same pixels as drawing everything anew."""
    quick = pixels(view.png(**values))
    view.redraw_still()
    full = pixels(view.png(**values))
    different = int((quick != full).any(axis=-1).sum())
    assert different == 0, f"{type(view).__name__} at {values}: {different} pixels of the quick redraw are wrong"
