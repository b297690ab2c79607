"""Make data/opinions.tsv.xz: sentences from reviews of films and products, each rated by 15 to 29 people.

    python data/make_opinions.py              write opinions.tsv.xz and its checksum beside this script
    python data/make_opinions.py --check      make everything again and compare, write nothing

Needs the package below and nothing but Python and numpy. README.md has the format, and what was changed and left out.
"""

from __future__ import annotations

import ast
import html
import lzma
import random
import re
import sys
from collections import Counter, defaultdict
from typing import NamedTuple

from shipping import Package, from_tar, from_zip, run

PACKAGE = Package(
    "vaderSentiment-0.5.zip",
    "5d97c37f3ef6e24eef331122e055dbedafeb6a56abfce0608b326701116ea49a",
    "pip download --no-deps --no-binary :all: vaderSentiment==0.5",
)
ARCHIVE = "vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz"
SOURCES = {"movie": "movieReviewSnippets", "product": "amazonReviewSnippets"}  # its tweets and editorials are left out
FILES = "hutto_ICWSM_2014/{}_GroundTruth.txt", "hutto_ICWSM_2014/{}_anonDataRatings.txt"
BOUNDS = {"test": 0.2, "valid": 0.3, "train": 1.1}  # the first fifth of what is dealt, the next tenth, and the rest
SEED = 4
HEAD = ("split", "source", "review", "ratings", "text")


class Sentence(NamedTuple):
    """A sentence, its review ("movie17") and what each rater said, from -4 to 4."""

    source: str
    review: str
    ratings: tuple[int, ...]
    text: str

    @property
    def words(self) -> str:
        return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", self.text.lower()))


def table(content: bytes) -> list[list[str]]:
    return [line.split("\t") for line in content.decode("utf-8-sig").splitlines()]


def clean(text: str) -> str:
    """The text as its writer typed it: "&amp;#38;" is "&" again, and every gap is one space."""
    return " ".join(html.unescape(html.unescape(text)).split())


def sentences(source: str, texts: bytes, rated: bytes) -> list[Sentence]:
    """The sentences of one source; those without any letter ("!") are left out."""
    ratings = {name: (float(mean), tuple(ast.literal_eval(each))) for name, mean, _, each in table(rated)}
    found = []
    for name, mean, text in table(texts):
        promised, each = ratings[name]
        if not abs(sum(each) / len(each) - promised) < 1e-4 > abs(promised - float(mean)):
            raise SystemExit(f"{source} {name}: the mean of its ratings is not what the package says")
        found.append(Sentence(source, source + name.split("_")[0], each, clean(text)))
    return [one for one in found if one.words]


def groups(those: list[Sentence]) -> list[list[str]]:
    """Reviews that must not be parted, since they share a sentence of the same words; most stand alone."""
    parent = {one.review: one.review for one in those}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    first: dict[str, str] = {}
    for one in those:
        parent[root(one.review)] = root(first.setdefault(one.words, one.review))
    members = defaultdict(list)
    for name in parent:
        members[root(name)].append(name)
    return list(members.values())


def deal(those: list[Sentence]) -> dict[str, str]:
    """Review → split. Groups come in drawn order; each source fills test, then valid, then train."""
    count, whole = Counter(one.review for one in those), Counter(one.source for one in those)
    draw = random.Random(SEED).random  # the sequence that Python guarantees
    dealt, split_of = Counter(), {}
    for _, group in sorted((draw(), group) for group in groups(those)):
        source = re.match("[a-z]+", group[0]).group()
        passed = dealt[source] / whole[source]
        split = next(split for split, bound in BOUNDS.items() if passed < bound - 1e-9)
        for name in group:
            split_of[name] = split
            dealt[source] += count[name] * name.startswith(source)
    return split_of


def make() -> dict[str, bytes]:
    """The file to ship: a line of names, then a line for each sentence."""
    archive, those = from_zip(PACKAGE.read(), ARCHIVE), []
    for source, stem in SOURCES.items():
        those += sentences(source, *from_tar(archive, *(name.format(stem) for name in FILES)))
    split_of = deal(those)
    lines = ["\t".join(HEAD)]
    for one in those:
        marks = "".join(str(rating + 4) for rating in one.ratings)
        lines.append("\t".join((split_of[one.review], one.source, one.review, marks, one.text)))
    text = "\n".join(lines) + "\n"
    return {"opinions.tsv.xz": lzma.compress(text.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME)}


if __name__ == "__main__":
    sys.exit(run(__doc__, make))
