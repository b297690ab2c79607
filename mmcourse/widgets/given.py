"""Something of the learner's own comes from the browser: it is checked, kept in memory, and answered in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Bool, Bytes, Int, Unicode

MOST = 8_000_000  # bytes; a message of 10 MiB would break the connection between browser and kernel
KINDS = ("drawn", "file", "sound", "clear", "hello")


def source(*names: str) -> str:
    """The JavaScript of several files of this folder, one behind the other: the first ones hold what they share."""
    return "\n".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in names)


class Given(anywidget.AnyWidget):
    """A control whose ``value`` is what the learner gave last: the bytes of a file, b"" as long as it is of no use.

    ``read(content)`` says in words what it understood; a ValueError says in words why it cannot use this. Bytes travel
    in messages and stay in this kernel's memory: they are no synchronised state, which a notebook might save.
    """

    value = Bytes()
    label = Unicode().tag(sync=True)
    words = Unicode().tag(sync=True)  # the answer to what came last
    refused = Bool().tag(sync=True)
    most = Int(MOST).tag(sync=True)
    accept = Unicode().tag(sync=True)  # kinds of files to choose from, as browsers write them
    choose = Unicode().tag(sync=True)  # what stands on the button for a file

    def __init__(self, label: str, read: Callable[[bytes], str]) -> None:
        self._read = read
        super().__init__(label=label)
        self.on_msg(self._came)

    @property
    def description(self) -> str:
        """What the control is called, as with other controls."""
        return self.label

    def take(self, content: bytes) -> None:
        """Use these bytes, or say why not; then nothing is given."""
        words, good = self._understood(content)
        with self.hold_sync():
            self.words, self.refused = words, not good
        self.value = content if good else b""

    def _understood(self, content: bytes) -> tuple[str, bool]:
        if len(content) > self.most:
            return f"got {len(content) / 1e6:.0f} MB, expected at most {self.most / 1e6:.0f} MB", False
        try:
            return self._read(content), True
        except ValueError as error:
            return str(error), False
        except Exception as error:  # a stranger's file may break a reader in ways nobody has thought of
            return f"this could not be read ({type(error).__name__}); choose another one", False

    def clear(self) -> None:
        """Forget what was given."""
        with self.hold_sync():
            self.words, self.refused = "", False
        self.value = b""

    def _came(self, _widget: Any, content: Any, buffers: Any) -> None:
        """A message from the browser; what has another form is passed over."""
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind not in KINDS:
            return
        if kind == "clear":
            self.clear()
        elif kind == "hello":  # a page that was loaded anew shows what is still here
            self.send({"kind": "given"}, [self.value] if self.value else [])
            return
        elif len(buffers or []) == 1:
            self.take(bytes(buffers[0]))
        self.send({"kind": "taken"})  # the browser may send the next

    def __repr__(self) -> str:
        return f"[{self.label}]"
