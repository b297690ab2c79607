"""A button for work that takes seconds: it shows progress, can be stopped, and does no harm when pressed twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from mmcourse.base.text import escape


class Stopped(Exception):
    """Raised inside the work when the learner presses Stop; the work's partial result is dropped."""


class Action(widgets.VBox):
    """A button, a stop button, a progress bar and one line of words.

    ``work(report)`` runs beside the notebook in a thread, so that sliders stay alive. It calls
    ``report(fraction, words)`` from time to time, fraction in 0..1; that call raises ``Stopped`` when the learner has
    asked to stop. When it returns, ``done(result)`` is called. Only one run exists at a time: pressing again while it
    runs changes nothing.
    """

    def __init__(
        self, label: str, work: Callable[[Callable[[float, str], None]], Any], done: Callable[[Any], None]
    ) -> None:
        self.work, self.done = work, done
        self.start = widgets.Button(description=label, icon="play", layout={"width": "auto"})
        self.stop = widgets.Button(description="Stop", icon="stop", disabled=True, layout={"width": "90px"})
        self.bar = widgets.FloatProgress(0.0, min=0.0, max=1.0, layout={"width": "200px"})
        self.words = widgets.HTML()
        self.start.on_click(lambda _button: self.press())
        self.stop.on_click(lambda _button: self._asked_to_stop.set())
        self._asked_to_stop, self._one_at_a_time = threading.Event(), threading.Lock()
        self._thread: threading.Thread | None = None
        super().__init__([widgets.HBox([self.start, self.stop, self.bar]), self.words])

    @property
    def busy(self) -> bool:
        """Whether the work is under way."""
        return self._one_at_a_time.locked()

    def press(self) -> bool:
        """Start the work; returns False, and does nothing, while an earlier run is still under way."""
        if not self._one_at_a_time.acquire(blocking=False):
            return False
        self._asked_to_stop.clear()
        self.bar.value = 0.0
        self.start.disabled, self.stop.disabled = True, False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return True

    def wait(self, seconds: float = 60.0) -> None:
        """Wait until the present run has ended (for tests and scripts)."""
        if self._thread is not None:
            self._thread.join(seconds)
            if self._thread.is_alive():
                raise TimeoutError(f"the work is still running after {seconds} s")

    def report(self, fraction: float, words: str) -> None:
        """Move the bar and say how far the work is; raises ``Stopped`` when the learner wants to stop."""
        if self._asked_to_stop.is_set():
            raise Stopped
        self.bar.value, self.words.value = max(self.bar.value, fraction), escape(words)  # it never moves back

    def _run(self) -> None:
        try:
            self.report(0.0, "starting …")
            self.done(self.work(self.report))
        except Stopped:
            self.words.value = "Stopped. Nothing has been changed."
        except Exception as error:  # a thread's exception would be seen by nobody
            self.words.value = f"<b>That did not work.</b> {escape(type(error).__name__)}: {escape(str(error))}"
        finally:
            self.start.disabled, self.stop.disabled = False, True
            self._one_at_a_time.release()

    def __repr__(self) -> str:
        return f"[button: {self.start.description}]"
