"""Relative links of pages and notebooks: where they lead, and which lead nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

from project import ROOT, bare_prose

LINK = re.compile(
    r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)"
    r"|(?:src|href)=[\"']([^\"']+)[\"']"
)


def markdown_of(path: Path) -> str:
    """The text of a Markdown file, or of a notebook's text cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def anchors(path: Path) -> set[str]:
    """Where a link may jump to: headings as Jupyter and as GitHub name them, and explicit ids."""
    text = markdown_of(path)
    words = [hit.strip() for hit in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", bare_code(text), re.M)]
    found = set(re.findall(r"(?:id|name)=[\"']([^\"']+)[\"']", text))
    for heading in words:
        found.add(re.sub(r"\s", "-", re.sub(r"[*`]", "", heading)))
        if path.suffix == ".md":
            found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


def bare_code(text: str) -> str:
    return re.sub(r"^ {0,3}(```|~~~).*?^ {0,3}\1", "", text, flags=re.S | re.M)


def broken_links(path: Path) -> list[str]:
    """Relative links of a file that lead to no file or to no heading."""
    found = []
    for hit in LINK.finditer(bare_prose(markdown_of(path))):
        target = hit[1] or hit[2]
        if re.match(r"[a-z][a-z0-9+.-]*:", target, re.I):
            continue
        name, _hash, anchor = target.partition("#")
        file = (path.parent / unquote(name)).resolve() if name else path
        if not file.exists() or ROOT not in (file, *file.parents):
            found.append(f"{target} leads to no file of the project")
        elif anchor and file.suffix in (".md", ".ipynb") and unquote(anchor) not in anchors(file):
            found.append(f"{target} leads to no heading; there are {sorted(anchors(file))[:12]}")
    return found
