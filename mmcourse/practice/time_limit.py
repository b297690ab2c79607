"""A time limit for a learner's function, also inside a notebook and on every operating system.

A watchdog thread raises a private exception in the thread that runs the function. It works for endless loops
of Python; one long call into C (`time.sleep(60)`, a huge matrix product) is interrupted only when it returns.
"""

import ctypes
import functools
import threading
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 4  # times the limit for a call that waits, or gets no turn on a busy computer
PAUSE = 0.05  # seconds between two interruptions, when the first was swallowed
DEEPEST = 4  # so many `except: pass` around each other are broken through
LAYERS = DEEPEST + 3

# The exception that waits to be raised in a thread; None takes it back.
_send = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.py_object)(("PyThreadState_SetAsyncExc", ctypes.pythonapi))
_take_back = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.c_void_p)(("PyThreadState_SetAsyncExc", ctypes.pythonapi))


class TimeUp(BaseException):
    """Not an `Exception`, so that the learner's `except Exception` does not swallow it."""


def call_within(seconds: float | None, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return `function(*args, **kwargs)`; raise `TimeUp` after `seconds` (None: no limit).

    Those of the clock, if half of them were computed; else, for the computer may be busy with other things, four times
    as many.
    """
    if seconds is None:
        return function(*args, **kwargs)
    return _guarded(_Watchdog(seconds), LAYERS, functools.partial(function, *args, **kwargs))


def _guarded(watch: "_Watchdog", layers: int, call: Callable[[], Any]) -> Any:
    """A strike may come late, while one layer tidies up: then the next layer does it."""
    try:
        if layers:
            return _guarded(watch, layers - 1, call)
        watch.start()
        return call()
    finally:
        watch.stop()


class _Watchdog:
    """Plain flags and one bare lock: the exception may strike between any two steps; each can be repeated."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.target = seconds, threading.get_ident()
        self.done, self.gone, self.stopped = False, True, False
        self.signal = threading.Lock()
        self.signal.acquire()

    def start(self) -> None:
        thread = threading.Thread(target=self._watch, daemon=True, name="mmcourse-time-limit")
        self.gone = False
        try:
            thread.start()
        except RuntimeError:  # no threads here (a browser's Python): no limit
            self.gone = True

    def stop(self) -> None:
        """After this nothing will strike any more: the thread has ended and nothing is pending."""
        interrupted: BaseException | None = None
        while not self.stopped:
            try:
                self.done = True
                if self.signal.locked():
                    self.signal.release()
                while not self.gone:
                    time.sleep(0.0002)
                _take_back(self.target, None)  # what was sent and not yet delivered
                self.stopped = True
            except TimeUp:
                continue
            except KeyboardInterrupt as error:  # the stop button: finish tidying, then obey
                interrupted = error
        if interrupted is not None:
            raise interrupted

    def _watch(self) -> None:
        tries, computed = 0, time.process_time()
        try:
            for _ in range(PATIENCE):
                if self.signal.acquire(timeout=self.seconds):
                    return
                if time.process_time() - computed >= self.seconds / 2:
                    break
            while not self.done:
                _send(self.target, _strikes(self.target, min(tries, DEEPEST)))
                tries += 1
                if self.signal.acquire(timeout=PAUSE):
                    return
        finally:
            self.gone = True


def _strikes(thread: int, more: int) -> type[TimeUp]:
    """An exception that, as it strikes, already sends the next, `more` times.

    `while True: try: … except: pass` swallows one; the next one strikes in its handler or its jump back,
    where no `try` is left. It is sent from C, without a line of Python in which it could strike too early.
    """
    strike = TimeUp
    for _ in range(more):
        again = functools.partial(_send, thread, strike)
        strike = type("TimeUp", (TimeUp,), {"__init__": staticmethod(again)})
    return strike
