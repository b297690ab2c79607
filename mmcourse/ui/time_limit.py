"""A time limit for a learner's function, also inside a notebook and on every operating system.

A watchdog thread raises a private exception in the thread that runs the function. It works for endless loops of
Python; one long call into C (`time.sleep(60)`, a huge matrix product) is interrupted only when that call returns.
"""

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

GENTLE_TRIES = 4          # after so many swallowed interruptions the watchdog hurries
PAUSE = 0.05              # seconds between two of them


class TimeUp(BaseException):
    """Not an `Exception`, so that the learner's `except Exception` does not swallow it."""


def call_within(seconds: float | None, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return `function(*args, **kwargs)`, or raise `TimeUp` when it runs longer than `seconds` (None: no limit)."""
    if seconds is None:
        return function(*args, **kwargs)
    watch = _Watchdog(seconds)
    try:
        watch.start()
        return function(*args, **kwargs)
    finally:
        watch.stop()


class _Watchdog:
    """Plain flags and one bare lock: the exception may strike between any two steps, and each step can be repeated."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.target = seconds, threading.get_ident()
        self.done, self.gone = False, False
        self.signal = threading.Lock()
        self.signal.acquire()

    def start(self) -> None:
        try:
            threading.Thread(target=self._watch, daemon=True, name="mmcourse-time-limit").start()
        except RuntimeError:                                # no threads here (a browser's Python): no limit either
            self.gone = True

    def stop(self) -> None:
        """After this returns nothing will strike any more: the thread has ended and nothing is pending."""
        interrupted: BaseException | None = None
        while True:
            try:
                self.done = True
                if self.signal.locked():
                    self.signal.release()
                while not self.gone:
                    time.sleep(0.0002)
                _raise_in(self.target, None)                # forget what was sent and not yet delivered
                break
            except TimeUp:
                continue
            except KeyboardInterrupt as error:              # the learner's stop button: finish tidying, then obey
                interrupted = error
        if interrupted is not None:
            raise interrupted

    def _watch(self) -> None:
        usual, tries = sys.getswitchinterval(), 0
        try:
            if self.signal.acquire(timeout=self.seconds):
                return
            while not self.done:
                _raise_in(self.target, TimeUp)
                tries += 1
                hurry = tries > GENTLE_TRIES                # `except: pass` around everything: strike between its lines
                if hurry:
                    sys.setswitchinterval(1e-6)
                if self.signal.acquire(timeout=2e-5 * (tries % 7 + 1) if hurry else PAUSE):
                    return
        finally:
            if tries > GENTLE_TRIES:
                sys.setswitchinterval(usual)
            self.gone = True


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    pointer = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), pointer)
