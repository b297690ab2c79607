"""A cell that is run again replaces what it has made before: that is closed, and its memory is free.

ipywidgets keeps every widget until it is closed, and IPython every value that a cell has shown. Twenty runs of a cell
with a panel would otherwise be twenty panels, each with its pixels, its models and its data.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import ipywidgets
from IPython import get_ipython

_made: dict[str, list[tuple[object, weakref.ref]]] = {}  # by cell: the run and what it has made


def replace_earlier(new: ipywidgets.Widget) -> None:
    """Close what earlier runs of the present cell have made, unless a variable of the learner's holds it.

    Call it at the end of ``__init__`` of a widget that stands for itself in a cell. Outside a notebook it does nothing.
    """
    shell = get_ipython()
    if shell is None:
        return
    cell, run = running(shell)
    kept, closed = [(run, weakref.ref(new))], False
    used = {id(one) for one in parts(new)} | {id(one) for held in held_by_name(shell) for one in parts(held)}
    for its_run, known in _made.get(cell, []):
        old = known()
        if old is None or old is new:
            continue
        if its_run == run or id(old) in used:
            kept.append((its_run, known))
        else:
            close(old, used)
            forget_shown(shell, old)
            closed = True
    _made[cell] = kept
    if closed:
        del old
        gc.collect()  # panels, figures and their models point at each other in circles


def running(shell: Any) -> tuple[str, object]:
    """The cell that is being run, by its id or else its text, and something that differs from run to run."""
    request = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell = request.get("metadata", {}).get("cellId") or request.get("content", {}).get("code")
    run = request.get("header", {}).get("msg_id", shell.execution_count)
    return cell or shell.user_ns.get("_ih", [""])[-1], run


def parts(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """A widget, its children, their children, and the layouts and styles of all."""
    yield widget
    for name in ("children", "layout", "style"):
        value = getattr(widget, name, None) if widget.has_trait(name) else None
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, ipywidgets.Widget):
                yield from parts(one)


def held_by_name(shell: Any) -> list[ipywidgets.Widget]:
    """Widgets that the learner's own variables hold; names with an underscore are IPython's."""
    names = shell.user_ns.items()
    return [value for name, value in names if not name.startswith("_") and isinstance(value, ipywidgets.Widget)]


def close(old: ipywidgets.Widget, used: set[int]) -> None:
    """Close a widget and its parts, except those that are still in use."""
    for one in list(parts(old)):
        if id(one) not in used:
            one.close()


def forget_shown(shell: Any, old: object) -> None:
    """Take a value out of ``Out``, ``_`` and ``_12``, where IPython keeps what cells have shown."""
    shown = shell.user_ns.get("_oh", {})
    for number in [number for number, value in shown.items() if value is old]:
        del shown[number]
    for names in (shell.user_ns, shell.user_ns_hidden):
        for name in [name for name, value in names.items() if value is old and name.startswith("_")]:
            names[name] = None
    for name in ("_", "__", "___"):
        if getattr(shell.displayhook, name, None) is old:
            setattr(shell.displayhook, name, None)
