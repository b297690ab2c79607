"""The source text of a function or class: its own, or none."""

import inspect
import re
import textwrap
from typing import Any

# Names under which Python keeps whatever text was compiled last: what stands there may be something else.
SHARED = ("<string>", "<stdin>", "<unknown>", "<eval>")


def own_source(thing: Any) -> str:
    """The source of a function or class without its indentation, "" where it cannot be read for certain.

    Example: ``own_source(eval("lambda: 2"))`` is ``""`` in every version of Python.
    """
    try:
        thing = inspect.unwrap(thing)
        code = getattr(thing, "__code__", None)
        if code is not None and code.co_filename in SHARED:
            return ""
        source = textwrap.dedent(inspect.getsource(thing)).strip()
    except Exception:  # no file, no text, a text that is no Python: there are many ways not to have a source
        return ""
    name = getattr(thing, "__name__", "")
    own = r"\blambda\b" if name == "<lambda>" else rf"^\s*(async\s+def|def|class)\s+{re.escape(name)}\b"
    return source if re.search(own, source, re.MULTILINE) else ""
