"""A cell that is run again replaces what it made: panels, their views, widgets and memory do not pile up."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import ipywidgets
import pytest
from dots import dot_panel
from IPython.core.interactiveshell import InteractiveShell

from mmcourse.pictures import Action, Panel, View
from mmcourse.widgets import cells

SETUP = """
import numpy as np
from mmcourse.pictures import Action, Panel, View, choice, slider, switch
from mmcourse.practice import guess

class Dot(View):
    size, alt = (7.2, 3.0), "a dot on a line"

    def build(self, figure):
        ax = figure.add_subplot()
        ax.set(xlim=(0, 1), ylim=(0, 1))
        self.data = np.ones(100_000)  # what a model weighs
        self.dot = self.moving(ax.plot([0.5], [0.5], "o")[0])

    def update(self, place=0.5, **more):
        self.dot.set_data([place], [0.5])

def dot_panel():
    return Panel(Dot(), place=slider("place", 0.0, 1.0, 0.5), shown=switch("shown"), kind=choice("kind", ["a", "b"]),
                 sounds={"listen": lambda **values: (np.zeros(9), 8000)},
                 below=[Action("Train", lambda report: 1, lambda result: None)])
"""


@pytest.fixture
def shell(monkeypatch):
    """An IPython of its own, whose cells find that it is the one they run in."""
    shell = InteractiveShell()
    monkeypatch.setattr(cells, "get_ipython", lambda: shell)
    monkeypatch.setattr(cells, "_made", {})
    run(shell, SETUP)
    gc.collect()
    gc.freeze()  # what other tests left behind need not be searched again and again
    yield shell
    gc.unfreeze()


def run(shell: InteractiveShell, code: str) -> object:
    """Run a cell as a learner does."""
    result = shell.run_cell(code, store_history=True)
    result.raise_error()
    return result.result


def alive(kind: type) -> int:
    """How many objects of a kind there are."""
    gc.collect()
    return sum(issubclass(type(one), kind) for one in gc.get_objects())


def widgets_alive() -> int:
    """How many widgets ipywidgets keeps."""
    return len(ipywidgets.widgets.widget._instances)


def is_open(widget) -> bool:
    return widget.comm is not None


def test_a_cell_run_often_leaves_one_panel(shell):
    kinds = (Panel, View, Action)
    before = [alive(kind) for kind in kinds]
    run(shell, "dot_panel()")
    once, instances = [alive(kind) for kind in kinds], widgets_alive()
    assert [after - first for after, first in zip(once, before, strict=True)] == [1, 1, 1]
    for _again in range(4):
        run(shell, "dot_panel()")
    assert ([alive(kind) for kind in kinds], widgets_alive()) == (once, instances)


def test_guesses_and_bars_are_replaced_too(shell):
    code = 'with Progress("training") as bar:\n    bar(1)\nguess("two and two", answer=4)'
    run(shell, "from mmcourse.pictures import Progress")
    run(shell, code)
    instances = widgets_alive()
    run(shell, code)
    run(shell, code)
    assert widgets_alive() == instances


def test_what_one_run_makes_lives_together(shell):
    panels = run(shell, "[dot_panel(), dot_panel()]")
    assert all(map(is_open, panels))
    run(shell, "dot_panel()")
    assert all(map(is_open, panels)), "another cell's"


def test_a_panel_that_a_name_holds_is_left_to_the_learner(shell):
    old = run(shell, "mine = dot_panel()\nmine")
    run(shell, "kept = mine")
    new = run(shell, "mine = dot_panel()\nmine")
    assert is_open(old) and is_open(new), "kept holds it"
    run(shell, "del kept")
    run(shell, "mine = dot_panel()\nmine")
    assert not is_open(old) and is_open(new), "mine held it while the third was made"


def test_a_control_that_the_new_panel_uses_too_stays_open(shell):
    run(shell, 'place = slider("place", 0.0, 1.0, 0.5)')
    old = run(shell, "Panel(Dot(), place=place)")
    new = run(shell, "Panel(Dot(), place=place)")
    place = shell.user_ns["place"]
    assert not is_open(old) and is_open(new) and is_open(place) and is_open(place.layout) and is_open(place.style)


def test_work_that_is_under_way_stops_when_its_panel_is_replaced(shell):
    [action] = [part for part in run(shell, "dot_panel()").children if isinstance(part, Action)]
    run(shell, "dot_panel()")
    assert action._asked_to_stop.is_set()


def test_a_cell_is_known_by_its_id_also_when_its_text_changes():
    def asked(message, cell, code):
        request = {"header": {"msg_id": message}, "metadata": {"cellId": cell}, "content": {"code": code}}
        return SimpleNamespace(get_parent=lambda: request, execution_count=1, user_ns={})

    first, edited = cells.running(asked("1", "c", "a()")), cells.running(asked("2", "c", "a(2)"))
    assert first == ("c", "1") and edited == ("c", "2")
    assert cells.running(asked("3", None, "a()")) == ("a()", "3")


def test_outside_a_notebook_nothing_happens(monkeypatch):
    monkeypatch.setattr(cells, "get_ipython", lambda: None)
    panels = [dot_panel() for _again in range(2)]
    assert all(map(is_open, panels))
