"""Words made safe to show: everything a learner wrote passes through here first."""

import html
import re


def full_stop(sentence: str) -> str:
    """The full stop that a sentence still needs: none behind ``?``, ``!``, ``.`` and ``…``."""
    return "" if sentence.rstrip().endswith(("?", "!", ".", "…")) else "."


def escape(text: object) -> str:
    """Return `text` as HTML that shows it letter by letter: `<script>` is seen, never run."""
    return html.escape(safe_str(text), quote=True)


def marked(text: str) -> str:
    """Escaped text in which `code` between backticks is set as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def safe_str(value: object, limit: int = 4000) -> str:
    """`str(value)`, also when the learner's `__str__` fails; without memory addresses."""
    try:
        text = str(value)
    except Exception as error:
        text = f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"
    return clip(re.sub(r" at 0x[0-9a-fA-F]+", "", text), limit)


def safe_repr(value: object, limit: int = 120) -> str:
    """`repr(value)` on one line and no longer than `limit`, also when the learner's `__repr__` fails."""
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"
    return clip(" ".join(re.sub(r" at 0x[0-9a-fA-F]+", "", text).split()), limit)


def clip(text: str, limit: int) -> str:
    """The first `limit` letters of `text`, with an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: limit - 2] + " …"
