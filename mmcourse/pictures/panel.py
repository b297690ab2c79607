"""Panels: a view, the controls that move it, sounds to play and a button for longer work."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np

from mmcourse.base.text import escape
from mmcourse.pictures.action import Action
from mmcourse.pictures.view import Picture, View
from mmcourse.widgets import Given, Keys, Player, Screen, replace_earlier, wav

REST = 0.15  # seconds without a move after which the sounds follow
WIDE = {"width": "345px"}
LABEL = {"description_width": "112px"}


def slider(label: str, low: float, high: float, value: float, step: float = 0.1) -> widgets.Widget:
    """A slider from ``low`` to ``high``; it moves in whole numbers when ``step`` is an ``int``."""
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
    return kind(value, min=low, max=high, step=step, description=label, layout=WIDE, style=LABEL)


def choice(label: str, options: Sequence[Any], value: Any = None) -> widgets.Dropdown:
    """A list to choose one from; the first option unless ``value`` names another."""
    first = options[0][1] if isinstance(options[0], tuple) else options[0]
    return widgets.Dropdown(
        options=list(options), value=first if value is None else value, description=label, layout=WIDE, style=LABEL
    )


def switch(label: str, value: bool = False) -> widgets.Checkbox:
    """A box to tick."""
    return widgets.Checkbox(value, description=label, layout=WIDE, style=LABEL)


def entry(label: str, value: str = "", hint: str = "") -> widgets.Text:
    """A line for the learner's own words; the view sees every key press. ``hint`` stands there while it is empty."""
    return widgets.Text(value, placeholder=hint, description=label, layout={"width": "700px"}, style=LABEL)


def beside_tall_ones(controls: Iterable[widgets.Widget]) -> list[widgets.Widget]:
    """The controls as they stand in a row: beside a tall one, such as a pad, the others stand in a column."""
    tall = [control for control in controls if isinstance(control, Given)]
    others = [control for control in controls if not isinstance(control, Given)]
    return [*tall, widgets.VBox(others)] if tall and others else [*tall, *others]


class Panel(widgets.VBox):
    """A living picture: move a control and the view is redrawn.

    ``view`` is a ``View``; ``controls`` maps the names of its values to widgets. ``sounds`` maps a label to a function
    from the same values to ``(waveform (T,), rate in Hz)``; each gets a play button. ``below`` is any further widget,
    such as an ``Action``. The first drawing happens here, so a mistake in a view fails the cell; a later one is shown
    in the panel.
    The saved notebook keeps the picture itself for readers without a kernel.
    """

    def __init__(
        self,
        view: View,
        *,
        sounds: Mapping[str, Callable[..., tuple[np.ndarray, int]]] | None = None,
        below: Sequence[widgets.Widget] = (),
        **controls: widgets.Widget,
    ) -> None:
        self.view, self.controls, self.sounds = view, controls, dict(sounds or {})
        self.picture = Screen(view.alt)
        self.players = {label: Player(label) for label in self.sounds}
        self.message = widgets.HTML()
        self._waiting: asyncio.TimerHandle | None = None
        self._first: Picture | None = view.picture(**self.values)
        self._show()
        self._make_sounds()
        for control in controls.values():
            control.observe(self._changed, names="value")
        self.picture.observe(lambda _change: self._guarded(self._show), names="density")
        row = widgets.HBox(beside_tall_ones(controls.values()), layout={"flex_flow": "row wrap"})
        heard = [widgets.HBox(list(self.players.values()), layout={"flex_flow": "row wrap"})] if self.players else []
        super().__init__([row, self.picture, self.message, *heard, *below, Keys()])
        self.add_class("mmcourse-panel")
        replace_earlier(self)

    @property
    def values(self) -> dict[str, Any]:
        """The present values of the controls."""
        return {name: control.value for name, control in self.controls.items()}

    def redraw(self) -> None:
        """Draw the picture and make the sounds for the present values; errors are the caller's."""
        self._draw()
        self._make_sounds()

    def _draw(self) -> None:
        self._first = None
        self._show()

    def _show(self) -> None:
        self.view.density = self.picture.sharpness
        self.picture.show(self.view.png(**self.values), self.view.canvas_size, self.view.density)

    def _make_sounds(self) -> None:
        values = self.values
        for label, sound in self.sounds.items():
            self.players[label].value = wav(*sound(**values))

    def _changed(self, _change: Any) -> None:
        self._guarded(self._redraw_soon_heard)

    def _redraw_soon_heard(self) -> None:
        """The picture at once; the sounds when the hand has rested, because sending them would delay the picture."""
        self._draw()
        if self._waiting is not None:
            self._waiting.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop, so no learner who drags: a script or a test
            self._make_sounds()
        else:
            self._waiting = loop.call_later(REST, self._guarded, self._make_sounds)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # a callback's exception would vanish into the server's log
            self.message.value = (
                f"<b>This picture could not be drawn.</b> {escape(type(error).__name__)}: "
                f"{escape(str(error))}. Move the control back, or run the cell again."
            )
        else:
            self.message.value = ""

    def close(self) -> None:
        """Give back what the panel holds: work that is under way stops, and the pixels are forgotten."""
        if self.comm is not None and not sys.is_finalizing():
            if self._waiting is not None:
                self._waiting.cancel()
            for action in (child for child in self.children if isinstance(child, Action)):
                action.stop.click()
            self.view.forget_pixels()
        super().close()

    def __repr__(self) -> str:
        moves = ", ".join(control.description or name for name, control in self.controls.items())
        return f"[panel: {self.view.alt}. Controls: {moves}]"

    def _repr_mimebundle_(self, **keywords: Any) -> dict[str, str]:
        bundle = super()._repr_mimebundle_(**keywords) or {}
        kept = self._first or self.view.picture(**self.values)
        return {**bundle, **kept._repr_mimebundle_(), "text/plain": repr(self)}
