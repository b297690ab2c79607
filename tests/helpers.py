"""Drive panels as a learner would: every control over its whole range, watching pictures, sounds and
messages.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import io
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

import ipywidgets as widgets
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from project import NOTEBOOKS, ROOT, dotted, lesson_names

from mmcourse.pictures import Action, Panel, View, plots, style

MOST_STEPS = 9


def beside(lesson: str, name: str) -> ModuleType | None:
    """The module ``tests/<lesson>/<name>.py``, None where there is none yet."""
    path = ROOT / "tests" / lesson / f"{name}.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"tests.{lesson}.{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def panel_makers() -> dict[str, Callable[[], Panel]]:
    """How to make every panel of the lessons, as "lesson.name": what ``PANELS`` in the lesson's tests says.

    A lesson that has no such list yet is guessed: public functions whose name ends in ``_panel``.
    """
    found = {}
    for lesson in lesson_names():
        listed = beside(lesson, "panels")
        makers = guessed_makers(lesson) if listed is None else listed.PANELS
        found |= {f"{lesson}.{name}": maker for name, maker in makers.items()}
    return found


def panels_offered(lesson: str) -> set[str]:
    """The functions that a lesson's pictures offer and that say they give a panel."""
    pictures = importlib.import_module(f"mmcourse.{lesson}.pictures")
    makers = inspect.getmembers(pictures, inspect.isfunction)
    return {name for name, maker in makers if inspect.get_annotations(maker).get("return") in ("Panel", Panel)}


def guessed_makers(lesson: str) -> dict[str, Callable[[], Panel]]:
    """The panels of a lesson without a list; one that needs arguments gets those of the notebook's own call."""
    module, found = importlib.import_module(f"mmcourse.{lesson}.pictures"), {}
    for name, maker in inspect.getmembers(module, inspect.isfunction):
        if name.endswith("_panel") and not name.startswith("_") and maker.__module__.startswith(module.__name__):
            needs = [
                one
                for one in inspect.signature(maker).parameters.values()
                if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
            ]
            found[name] = partial(as_in_the_lesson, lesson, name) if needs else maker
    return found


def as_in_the_lesson(lesson: str, name: str) -> Panel:
    """Make a panel as its notebook does."""
    notebooks = [path for path in NOTEBOOKS if path.stem[3:] == lesson]
    if not notebooks:
        pytest.skip(f"{name} needs arguments, and the notebook of {lesson} that gives them is not there")
    statements = [
        part
        for cell in nbformat.read(notebooks[0], as_version=4).cells
        if cell.cell_type == "code" and not {"raises-exception", "exercise"} & set(cell.metadata.get("tags", []))
        for part in ast.parse(cell.source).body
    ]
    for number, statement in enumerate(statements):
        for call in (part for part in ast.walk(statement) if isinstance(part, ast.Call)):
            if dotted(call.func).split(".")[-1] == name:
                space: dict[str, Any] = {"__name__": "__main__"}
                needed = ast.Module(what_it_needs(statements[:number], call), [])
                exec(compile(needed, notebooks[0].name, "exec"), space)
                return eval(compile(ast.Expression(call), notebooks[0].name, "eval"), space)
    raise AssertionError(f"{notebooks[0].name} never calls {name}(…), so nobody sees it")


def what_it_needs(earlier: list[ast.stmt], last: ast.AST) -> list[ast.stmt]:
    """Those earlier statements that make, or may change, a name which ``last`` uses, and what they need in
    turn.
    """
    wanted, chosen = names_used(last), []
    for statement in reversed(earlier):
        made = names_made(statement)
        if (made | names_changed(statement)) & wanted:
            chosen.insert(0, statement)
            certain = isinstance(statement, ast.Assign | ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)
            wanted = (wanted - made if certain else wanted) | names_used(statement)
    return chosen


def names_used(node: ast.AST) -> set[str]:
    """Names that a piece of code reads."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Store)}


def names_made(node: ast.stmt) -> set[str]:
    """Names that a statement binds, in the scope it stands in."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(name.asname or name.name).split(".")[0] for name in node.names}
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def names_changed(node: ast.stmt) -> set[str]:
    """Names whose objects a statement may change: part of them is assigned, or they are trained, filled,
    loaded.
    """
    changing = ("fit", "train", "step", "load", "append", "extend", "update", "backward", "copy_", "add_")
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store):
            found |= names_used(part.value)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name | ast.Attribute):
            word = part.func.attr if isinstance(part.func, ast.Attribute) else part.func.id
            if word.startswith(changing):
                found |= names_used(part)
    return found


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
