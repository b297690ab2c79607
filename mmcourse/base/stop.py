"""What a stop (the kernel's ■, Ctrl-C) does where several models are trained and compared: it ends all of it.

A single ``fit`` keeps what it has learnt so far. In a comparison that would be a trap: the cell would go on with the
next model, and the half-trained one would stand in the result beside the finished ones as if it were their equal.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

MOST_NAMES = 12


class TrainingStopped(KeyboardInterrupt):
    """A comparison was stopped. Waiting cells do not run; one sentence is shown instead of a traceback.

    ``finished`` holds by name what was complete before the stop, ``where`` says how to get at it.
    """

    def __init__(self, finished: MutableMapping[Any, Any] | None = None, where: str = "") -> None:
        self.finished = dict(finished or {})
        names = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in self.finished]
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        kept = f"finished before, and kept: {', '.join(names[:MOST_NAMES])}{more}{where}"
        super().__init__(f"Stopped: nothing half-trained is compared; {kept if names else 'nothing was finished yet'}.")

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


_many: ContextVar[bool] = ContextVar("several models are trained in a row", default=False)
_stops: dict[str, Any] = {"count": 0, "finished": {}}


@contextmanager
def stop_ends_all(finished: MutableMapping[Any, Any] | None = None) -> Iterator[MutableMapping[Any, Any]]:
    """Inside, a stop ends everything, in one sentence that names what was finished: ``TrainingStopped``.

    Gives the dict to fill, ``finished`` or a new one. Enter a result only when it is complete: what stands in the dict
    when the stop comes is what is named and kept.

        with stop_ends_all() as runs:
            for rate in (0.01, 0.1):
                runs[rate] = fit(MLP(), train, lr=rate)
    """
    found: MutableMapping[Any, Any] = {} if finished is None else finished
    before = _many.set(True)
    try:
        yield found
    except KeyboardInterrupt as stop:
        inner = {name: value for name, value in getattr(stop, "finished", {}).items() if name not in found}
        note_stop({**found, **inner})
        where = " (mmcourse.engine.finished() gives it)" if inner or finished is None else ""
        raise TrainingStopped({**found, **inner}, where) from None
    finally:
        _many.reset(before)


def stops_all() -> bool:
    """Whether we are inside ``stop_ends_all``: then nobody may keep half of something."""
    return _many.get()


def note_stop(finished: MutableMapping[Any, Any] | None = None) -> None:
    """Remember that something was stopped, and what was finished before it."""
    _stops["count"] += 1
    _stops["finished"] = dict(finished or {})


def stops_so_far() -> int:
    """How often something was stopped in this session: a progress bar asks whether what it shows was."""
    return _stops["count"]


def finished() -> dict[Any, Any]:
    """What the last stopped comparison had finished before the stop, by name; empty before any stop."""
    return dict(_stops["finished"])
