"""A progress bar for training inside a cell, with the same saved text every time."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from mmcourse.base.stop import TrainingStopped, note_stop, stops_so_far
from mmcourse.base.text import escape
from mmcourse.widgets import replace_earlier


class Progress(widgets.HBox):
    """A bar with words, shown at once; call it with ``(done, total)``, or with a fraction, while work goes on.

    Use it as ``with Progress("training five models") as bar: fit_many(..., callback=bar)``. What a saved notebook keeps
    is the bare sentence, so the file is the same after every run. A stop ends the cell with one sentence, unless it is
    that of a single ``fit``, which keeps what it has learnt so far; either way the bar says that it was interrupted.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        self.bar = widgets.FloatProgress(0.0, min=0.0, max=1.0, layout={"width": "260px"})
        self.label = widgets.Label(words)
        super().__init__([self.bar, self.label])
        replace_earlier(self)

    def __enter__(self) -> Progress:
        self.stops = stops_so_far()
        display(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        whole = kind is None and stops_so_far() == self.stops
        self.bar.bar_style = "success" if whole else "warning"
        self.label.value = f"{self.words}: " + ("done" if whole else "interrupted")
        if type(error) is KeyboardInterrupt:  # another kind has a sentence of its own
            note_stop()
            raise TrainingStopped from None

    def __call__(self, done: float, total: float = 1.0, *_more: Any) -> None:
        self.bar.value = done / total

    def __repr__(self) -> str:
        return f"[progress: {self.words}]"

    def _repr_mimebundle_(self, **keywords: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**keywords) or {}
        return {**bundle, "text/html": f'<div class="mmcourse-done">{escape(repr(self))}</div>'}
