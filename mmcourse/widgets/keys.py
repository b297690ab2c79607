"""Keys belong to the control in focus: no shortcut of the notebook fires from inside a panel, a guess or a quiz."""

from __future__ import annotations

from pathlib import Path

import anywidget


class Keys(anywidget.AnyWidget):
    """Shows nothing. Wherever it is a child, on any page, keys stay inside the course's panels, guesses and quizzes."""

    _esm = Path(__file__).with_name("keys.js").read_text(encoding="utf-8")

    def __init__(self) -> None:
        super().__init__(layout={"display": "none"})
