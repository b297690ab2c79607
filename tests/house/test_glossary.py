"""The glossary: sorted, each term once, in two languages, one sentence each, and used where it says it begins."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import nbformat

from tests.project import NOTEBOOKS, ROOT, modules

GLOSSARY = ROOT / "notebooks" / "glossary.ipynb"
ENDINGS = r"(?:s|es|d|ed|ing|'s)?"
ANNOUNCED = {"data level", "feature level", "model level", "stochastic gradient descent (SGD)"}  # in 00, for later


class Row(NamedTuple):
    """One line of the table of terms."""

    term: str
    chinese: str
    meaning: str
    link: str


@cache
def page() -> list[str]:
    """The text of the glossary, cell by cell."""
    notebook = nbformat.read(GLOSSARY, as_version=4)
    assert {cell.cell_type for cell in notebook.cells} == {"markdown"}
    return [cell.source for cell in notebook.cells]


def tables(columns: int) -> list[list[str]]:
    """All rows of the tables with so many columns, without their heads."""
    lines = [line for cell in page() for line in cell.splitlines() if line.startswith("|")]
    cut = [[part.strip() for part in line.strip().strip("|").split("|")] for line in lines]
    heads = [place - 1 for place, parts in enumerate(cut) if set("".join(parts)) == {"-"}]
    return [
        parts
        for place, parts in enumerate(cut)
        if place not in heads and place - 1 not in heads and len(parts) == columns
    ]


@cache
def terms() -> list[Row]:
    """The table of terms."""
    return [Row(*parts) for parts in tables(4)]


def plain(text: str) -> str:
    """Text without emphasis, with names in code cut at their underscores, and one space between words."""
    return re.sub(r"\s+", " ", re.sub(r"[*`$\\]", "", text).replace("_", " "))


@cache
def lesson_texts() -> dict[str, str]:
    """What each lesson's notebook says, text and code, by file name."""
    read = {path.name: nbformat.read(path, as_version=4) for path in NOTEBOOKS}
    return {name: plain("\n".join(cell.source for cell in notebook.cells)) for name, notebook in read.items()}


@cache
def introduced() -> dict[str, str]:
    """Each word in bold, and the first notebook that sets it so: that is how lessons introduce words."""
    found: dict[str, str] = {}
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                for words in re.findall(r"\*\*([^*\n]+)\*\*", cell.source):
                    found.setdefault(words.strip(" .:").casefold(), path.name)
    return found


def names(term: str) -> list[str]:
    """``rate (learning rate)`` has two names."""
    return [name.rstrip(")") for name in term.split(" (")]


def pattern(name: str) -> str:
    """The name as a word, in any number, with or without hyphens: finds "parts of speech" for "part of speech"."""
    words = [
        re.escape(word[:-1]) + "(?:y|ies|ied)" if word.endswith("y") and len(word) > 3 else re.escape(word) + ENDINGS
        for word in re.split(r"[-\s]+", name)
    ]
    return r"\b" + r"[-\s]*".join(words) + r"\b"


def file_of(row: Row) -> str:
    """The notebook to which a row leads."""
    found = re.fullmatch(r"\[(\d\d)\]\((\1_\w+\.ipynb)\)", row.link)
    assert found, f"{row.term}: {row.link!r} should read like [03](03_cnn.ipynb)"
    return found[2]


def test_opens_with_how_to_use_it():
    first = page()[0]
    assert first.startswith("# Glossary\n")
    assert len(re.findall(r"[.!?](?=\s|$)", first)) == 2


def test_terms_stand_in_order_and_once():
    found = [row.term.casefold() for row in terms()]
    assert len(found) >= 150
    assert found == sorted(found)
    every = [name.casefold() for row in terms() for name in names(row.term)]
    assert sorted(every) == sorted(set(every))


def test_no_row_was_lost_to_a_stray_bar():
    lines = [line for cell in page() for line in cell.splitlines() if line.startswith("|")]
    heads = 2 * sum(line.startswith("|---") for line in lines)
    assert len(tables(4)) + len(tables(2)) + heads == len(lines)


def test_each_term_has_a_chinese_one():
    assert [row.term for row in terms() if not re.search(r"[\u4e00-\u9fff]", row.chinese)] == []


def test_each_meaning_is_one_sentence():
    wrong = [
        row.term
        for row in terms()
        if not re.fullmatch(r"[A-Z0-9][^?!]{20,200}\.", row.meaning) or re.search(r"\.\s+[A-Z]", row.meaning)
    ]
    assert wrong == []


def test_links_lead_to_lessons_in_which_the_term_occurs():
    missing = sorted({file_of(row) for row in terms()} - set(lesson_texts()))
    assert missing == [], "the glossary leads to notebooks that are not there"
    wrong = [
        f"{row.term} does not occur in {file_of(row)}"
        for row in terms()
        if not any(re.search(pattern(name), lesson_texts()[file_of(row)], re.I) for name in names(row.term))
    ]
    assert wrong == []


def test_no_earlier_lesson_introduces_the_term():
    wrong = [
        f"{row.term} is in bold in {introduced()[name.casefold()]}, before {file_of(row)}"
        for row in terms()
        for name in names(row.term)
        if introduced().get(name.casefold(), "99") < file_of(row) and row.term not in ANNOUNCED
    ]
    assert wrong == []


def test_symbols_are_used():
    sources = "\n".join([*lesson_texts().values(), *(plain(path.read_text("utf-8")) for path in modules())])
    symbols = [parts[0] for parts in tables(2)]
    assert {*"BTDHMCFKEWxwb"} <= set(symbols)
    assert len(symbols) == len(set(symbols))
    for symbol in symbols:
        spelt = {"∝": "propto"}.get(symbol) or unicodedata.name(symbol).split()[-1].lower()
        forms = symbol if symbol.isascii() else f"{symbol}|(?:var)?{spelt}"
        assert re.search(rf"(?<![^\W\d_])(?:{forms})(?![^\W\d_])", sources), f"{symbol} is used nowhere"
