"""A progress bar for training inside a cell, with the same saved text every time."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import ipywidgets as widgets
from IPython.display import display


class Progress(widgets.HBox):
    """A bar with words, shown at once; call it with ``(done, total)``, or with a fraction, while work goes on.

    Use it as ``with Progress("training five models") as bar: fit(..., callback=bar)``. What a saved notebook keeps is
    the bare sentence, so the file is the same after every run.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        self.bar = widgets.FloatProgress(0.0, min=0.0, max=1.0, layout=widgets.Layout(width="260px"))
        self.label = widgets.Label(words)
        super().__init__([self.bar, self.label])

    def __enter__(self) -> Progress:
        display(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.bar_style = "success" if kind is None else "warning"
        self.label.value = f"{self.words}: " + ("done" if kind is None else "interrupted")

    def __call__(self, done: float, total: float = 1.0, *_more: Any) -> None:
        self.bar.value = done / total

    def __repr__(self) -> str:
        return f"[progress: {self.words}]"
