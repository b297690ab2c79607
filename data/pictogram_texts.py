"""What pictograms mean: emoji with names, keywords and groups, and which drawing of a package shows which emoji.

Used by ``make_pictograms.py``. An emoji is written as its code points in hexadecimal, without the variation selector:
"1f44b", "1f9d1-200d-1f692".
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import NamedTuple
from xml.etree import ElementTree

from fxemoji_names import NAMES
from shipping import Package, from_deb, from_tar

UNICODE = Package(
    "unicode-data_15.0.0-1_all.deb",
    "5efef23bbb1c6a133ecbdd63a2cfa07159ccacf5466a49e2426101c5ecd691fc",
    "apt-get download unicode-data=15.0.0-1",
)
CLDR = Package(
    "unicode-cldr-core_41-0.1_all.deb",
    "35d30d5d3bee4d8244e95236259c4c2a0db06e21bad696515751fcfeee4d0260",
    "apt-get download unicode-cldr-core=41-0.1",
)
EMOJI_TEST = "usr/share/unicode/emoji/emoji-test.txt"
ANNOTATIONS = "usr/share/unicode/cldr/common/{}/{}.xml"
LEFT_OUT = ("Flags", "Component")  # flags look alike and are known by heart; components are parts of emoji
SKIN, MALE_OR_FEMALE, JOINER = range(0x1F3FB, 0x1F400), ("2640", "2642"), "200d"
MARGIN = {"openmoji": 4}  # of 72: hardly a drawing of this style reaches into it
# Seen on the sheets: a keycap without its sign, and the scroll of a mouse under the name of one of paper.
WRONG = {"noto-v1": ("23-20e3",), "openmoji": ("1f4dc",)}
MAN_OR_WOMAN = ("1f468", "1f469")


class Meaning(NamedTuple):
    """An emoji and what Unicode's files say of it; keywords without its name."""

    emoji: str
    group: str
    subgroup: str
    unicode_name: str  # of emoji-test.txt
    name: str
    keywords: tuple[str, ...]
    chinese_name: str
    chinese_keywords: tuple[str, ...]


def code(emoji: str) -> str:
    return "-".join(f"{ord(sign):x}" for sign in emoji if sign != "\ufe0f")


def variant(emoji: str) -> bool:
    """Whether it is another emoji with a skin tone, or with a sex where a drawing without one exists."""
    parts = code(emoji).split("-")
    return (
        any(ord(sign) in SKIN for sign in emoji)
        or any(part in MALE_OR_FEMALE for part in parts)
        or (JOINER in parts and parts[0] in MAN_OR_WOMAN)
    )


def annotations(language: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Code → (name, keywords) in a language."""
    names, keywords = {}, {}
    for content in from_deb(
        CLDR, *(ANNOTATIONS.format(folder, language) for folder in ("annotations", "annotationsDerived"))
    ):
        for entry in ElementTree.fromstring(content).iter("annotation"):
            if entry.get("type") == "tts":
                names[code(entry.get("cp"))] = entry.text
            else:
                keywords[code(entry.get("cp"))] = tuple(word.strip() for word in entry.text.split("|"))
    return {
        each: (name, tuple(word for word in keywords.get(each, ()) if word != name)) for each, name in names.items()
    }


def meanings() -> dict[str, Meaning]:
    """Code → meaning, in Unicode's order: emoji without variants that have a name in both languages."""
    english, chinese, found, group, subgroup = annotations("en"), annotations("zh"), {}, "", ""
    for line in from_deb(UNICODE, EMOJI_TEST)[0].decode("utf-8").splitlines():
        if line.startswith("# group:"):
            group = line.removeprefix("# group:").strip()
        elif line.startswith("# subgroup:"):
            subgroup = line.removeprefix("# subgroup:").strip()
        row = re.match(r"[0-9A-F ]+; fully-qualified +# (\S+) E[\d.]+ (.+)", line)
        if not row or group in LEFT_OUT or variant(row[1]):
            continue
        each = code(row[1])
        if each in english and each in chinese:
            found[each] = Meaning(row[1], group, subgroup, row[2], *english[each], *chinese[each])
    return found


def slug(name: str) -> str:
    """How the packages write a name: "Santa Claus" → "santa-claus"."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("&", "and").replace("'", "")).strip("-")


def drawings(packages: dict[str, Package], known: dict[str, Meaning]) -> dict[str, dict[str, str]]:
    """Style → code → SVG of the drawing, for the emoji that are known.

    Four packages tell the code of each drawing; the others tell names, most of which are those of the four, of
    emoji-test.txt or of Unicode's characters.
    """
    read = {style: read_package(package) for style, package in packages.items()}
    codes: dict[str, str] = {}  # by name; the first that uses a name has it
    for each, meaning in known.items():
        codes.setdefault(slug(meaning.unicode_name), each)
        codes.setdefault(slug(meaning.name), each)
    for chars, _ in read.values():
        for text, name in chars.items():
            each = code("".join(chr(int(part, 16)) for part in text.split("-")))
            if each in known:
                codes.setdefault(name, each)
    for _, icons in read.values():
        for alias, parent in ((name, one["parent"]) for name, one in icons["aliases"].items()):
            for name, other in ((parent, alias), (alias, parent)):
                if other in codes:
                    codes.setdefault(name, codes[other])
    joined = {name.replace("-", ""): each for name, each in codes.items()}
    for each in known:
        if "-" not in each:
            joined.setdefault(slug(unicodedata.name(chr(int(each, 16)), "")).replace("-", ""), each)
    return {style: pictures(style, chars, icons, codes, joined, known) for style, (chars, icons) in read.items()}


def read_package(package: Package) -> tuple[dict[str, str], dict]:
    """A package's names by code, and its drawings."""
    chars, icons = (json.loads(text) for text in from_tar(package.read(), "package/chars.json", "package/icons.json"))
    return chars, {"aliases": {}, **icons}


def pictures(style: str, chars: dict[str, str], icons: dict, codes: dict, joined: dict, known: dict) -> dict[str, str]:
    """Code → SVG of one style; what the package itself says of a code comes first, then our reading of Firefox OS's."""
    name_of = {code("".join(chr(int(part, 16)) for part in text.split("-"))): name for text, name in chars.items()}
    own = NAMES if style == "fxemoji" else {}
    name_of |= {code(emoji): name for name, emoji in own.items() if emoji != "-"}
    for name in [*icons["icons"], *icons["aliases"]]:
        each = codes.get(name) or joined.get(name.replace("-", ""))
        if each and name not in own:
            name_of.setdefault(each, name)
    shown = [each for each in known if each in name_of and each not in WRONG.get(style, ())]
    return {each: svg(icons, name_of[each], MARGIN.get(style, 0)) for each in shown}


def svg(icons: dict, name: str, margin: int) -> str:
    """A drawing as a whole SVG file, square or fitted into a square, without the margin that its style leaves empty."""
    while name not in icons["icons"]:
        name = icons["aliases"][name]["parent"]
    icon = icons["icons"][name]
    left, top, width, height = (icon.get(key, icons.get(key, 0)) for key in ("left", "top", "width", "height"))
    box = left + margin, top + margin, width - 2 * margin, height - 2 * margin
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{} {} {} {}">'
    return head.format(*box) + icon["body"] + "</svg>"
