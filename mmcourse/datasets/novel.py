"""A novel: Herman Melville's Moby-Dick (1851), 1.2 million characters, split by chapter. See data/README.md.

Chapters are held out all over the book, every tenth for each of two splits: a test meets the same writer, plot and
ship, but no passage that a model was trained on.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from mmcourse.base.checks import check_choice
from mmcourse.datasets import files

NAME = "novel.txt.xz"
CHAPTERS = 136  # the last one is the epilogue
LAST_FIGURE = {"valid": 0, "test": 5}  # chapters 10, 20, … are valid, chapters 5, 15, … are test, all others train
SPLITS = ("train", *LAST_FIGURE)


class Chapter(NamedTuple):
    """One chapter: its number from 1 to 136, its title ("Loomings."), and its text: paragraphs, empty lines between."""

    number: int
    title: str
    text: str


def load(split: str = "train") -> tuple[str, ...]:
    """The texts of one split's chapters, in the book's order: "train" (109), "valid" (13), "test" (14) or "all" (136).

    Paragraphs are separated by an empty line; the lines of poems are lines of their own. 81 different characters occur:
    quotation marks are straight, dashes are "—". Raises ValueError for another split and files.DataError when the file
    is damaged.

        novel.load("train")[0][:16]                         # 'Call me Ishmael.'
    """
    return tuple(chapter.text for chapter in chapters(split))


def chapters(split: str = "train") -> tuple[Chapter, ...]:
    """The chapters of one split with their numbers and titles, in the book's order.

    novel.chapters("test")[0].title                     # 'Breakfast.'
    """
    check_choice(split, "split", (*SPLITS, "all"))
    return tuple(chapter for chapter in _everything(files.DATA) if split in ("all", split_of(chapter.number)))


def split_of(number: int) -> str:
    """The split of a chapter by the last figure of its number."""
    return next((split for split, figure in LAST_FIGURE.items() if number % 10 == figure), "train")


@lru_cache(maxsize=2)
def _everything(folder: Path) -> tuple[Chapter, ...]:
    """All chapters, checked. ``folder`` is part of the key, so that tests may look elsewhere."""
    head, *parts = re.split(r"^CHAPTER (\d+)\. (.*)\n\n", files.unpacked_text(NAME), flags=re.MULTILINE)
    found = tuple(
        Chapter(int(number), title, text.rstrip("\n"))
        for number, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    )
    if head or [chapter.number for chapter in found] != list(range(1, CHAPTERS + 1)):
        raise files.data_problem(NAME, f"does not hold chapters 1 to {CHAPTERS}")
    return found
