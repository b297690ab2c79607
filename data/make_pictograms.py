"""Make data/pictograms.tsv.xz and data/pictograms-*.png: emoji as seven hands draw them, with names and keywords.

    python data/make_pictograms.py              write the files and their checksums beside this script
    python data/make_pictograms.py --check      make everything again and compare, write nothing

Needs the packages below, numpy, Pillow, and resvg-py 0.5.0 (pip install resvg-py==0.5.0), which draws the same pixels
everywhere. README.md has the format, the licence of each style, and how concepts are split.
"""

from __future__ import annotations

import io
import lzma
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

import numpy as np
from pictogram_texts import CLDR, UNICODE, Meaning, drawings, meanings
from PIL import Image
from shipping import Package, run


def icons(name: str, version: str, sha256: str) -> Package:
    return Package(f"iconify-json-{name}-{version}.tgz", sha256, f"npm pack @iconify-json/{name}@{version}")


STYLES = {
    "noto": icons("noto", "1.2.9", "3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad"),
    "noto-v1": icons("noto-v1", "1.2.5", "2bf62c26c2c2884aa99e90aec942cdaee17a5921f05690694f4978ad4b017c37"),
    "twemoji": icons("twemoji", "1.2.5", "19046dff7d8707ce96212ec86468b36ac5f8e60409629dd13f809265c6d0ebb7"),
    "openmoji": icons("openmoji", "1.2.29", "03181e2c156cab35cf4a62f1f7886bd971d59212e75ac3f189d5a4cae3930fc5"),
    "fxemoji": icons("fxemoji", "1.2.2", "f3e72b3c59d05e1db03b7e308d55c0d05bd7ba3f625a90da1b79313c12858eef"),
    "emojione": icons("emojione", "1.2.3", "26a14f44284407e8bcde91799388dca2bfd91dbcd55a97f425524a1c5b73610e"),
    "fluent": icons("fluent-emoji-flat", "1.2.6", "7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175"),
}
PACKAGES = [UNICODE, CLDR, *STYLES.values()]
SIDE, FINER, COLUMNS = 24, 4, 40  # pixels of a picture, drawn at four times that; pictures in a row of a sheet
FEWEST = 4  # styles that must have drawn an emoji
ALIKE = 0.78  # correlation of the outlines, over the styles that drew both, above which emoji are one family
SAME = 0.04  # root mean square difference of two drawings of one style, 0 to 1, below which their emoji are one family
NEAR = 0.1  # the same as a mean over the styles that drew both
MOST = 8  # emoji of a family that may be held out
# A group's share up to which it fills each split in turn.
BOUNDS = {"test": 0.2, "valid": 0.3, "train": 1.1}
SEED = 24
HEAD = ("emoji", "group", "split", "family", *STYLES, "name", "keywords", "chinese_name", "chinese_keywords")
# Families by name: their members differ in a colour, a number, a state, a hand or a sex.
ONE_FAMILY = [
    r"o’clock|-thirty",
    r"\bmoon( face)?$",
    r"^(?!couple).*\bheart( suit)?$",
    r"\b(red|orange|yellow|green|blue|purple|brown|black|white) ((medium-)?(large|medium|small) )?(circle|square)$",
    r"diamond$",
    r"book( with decorative cover)?$",
    r"banknote$",
    r"medal$",
    r"globe showing",
    r"^Japanese “",
    r"mailbox",
    r"blood type",
    r"pregnant",
    r"holding hands$",
    r"[Cc]laus$",
    r"^(wo)?man dancing",
    r"^backhand index",
    r"-facing fist$",
    r"^(grinning|smiling|beaming) (squinting )?face",
    r"^raised (back of )?hand$|^hand with fingers splayed$|^vulcan salute$",
    r"-no-evil monkey$",
    r"^(weary|tired) face$",
    r"(motorized|manual) wheelchair$",
    r"nest( with eggs)?$",
    r"mountain$",
    r"^(clinking )?beer mugs?$",
    r"traffic light$",
    r"^sun( with face)?$",
    r"^(cloud|sun behind .*cloud|cloud with .*)$",
    r"^(muted speaker|speaker .* volume)$",
    r"^bell( with slash)?$",
    r"^musical notes?$",
    r"^mobile phone( with arrow)?$",
    r"battery$",
    r"^(optical|computer) disk$|^dvd$",
    r"^magnifying glass",
    r"envelope( with arrow)?$|^e-mail$",
    r"box tray$",
    r"file folder$",
    r"calendar$",
    r"^chart ",
    r"^(un)?locked",
    r"(question|exclamation) mark$",
    r"^check (mark|box)",
    r"^cross mark|^multiply$",
    r"^(latin|orthodox) cross$",
    r"^input ",
    r"^repeat ",
    r"^(play|fast|reverse|next track|last track|upwards|downwards|stop|record)\b.* button$",
]
ONE_SUBGROUP = ("person", "family", "keycap", "arrow")


def draw(svg: str) -> np.ndarray:
    """A drawing on white, (24, 24, 3) whole numbers from 0 to 255: drawn finer, then averaged."""
    import resvg_py  # needed here and nowhere else

    size = SIDE * FINER
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, width=size, height=size, background="#ffffff")
    drawn = Image.open(io.BytesIO(bytes(png))).convert("RGB")
    canvas = Image.new("RGB", (size, size), "white")
    canvas.paste(drawn, ((size - drawn.width) // 2, (size - drawn.height) // 2))
    sums = np.asarray(canvas, np.uint32).reshape(SIDE, FINER, SIDE, FINER, 3).sum((1, 3))
    return ((sums + FINER**2 // 2) // FINER**2).astype(np.uint8)


def outlines(pictures: np.ndarray) -> np.ndarray:
    """How steep each picture's brightness is (Sobel), as unit vectors: (N, 24, 24, 3) → (N, 24 * 24)."""
    grey = np.pad(pictures.astype(np.int64) @ np.array([30, 59, 11]), ((0, 0), (1, 1), (1, 1)), "symmetric")
    rows = grey[:, :-2] + 2 * grey[:, 1:-1] + grey[:, 2:]
    columns = grey[:, :, :-2] + 2 * grey[:, :, 1:-1] + grey[:, :, 2:]
    right, down = rows[:, :, 2:] - rows[:, :, :-2], columns[:, 2:] - columns[:, :-2]
    steep = np.sqrt((down**2 + right**2).astype(np.float64)).reshape(len(grey), -1)
    steep -= steep.mean(1, keepdims=True)
    return steep / np.maximum(np.linalg.norm(steep, axis=1, keepdims=True), 1e-9)


def differences(pictures: np.ndarray) -> np.ndarray:
    """Root mean square difference of each two pictures, 0 to 1: (N, 24, 24, 3) → (N, N)."""
    flat = pictures.reshape(len(pictures), -1) / 255
    squares = (flat**2).sum(1)
    return np.sqrt(np.maximum(squares[:, None] + squares - 2 * flat @ flat.T, 0) / flat.shape[1])


def likeness(pictures: np.ndarray) -> np.ndarray:
    """Correlation of the outlines of each two pictures: (N, 24, 24, 3) → (N, N)."""
    lines = outlines(pictures)
    return lines @ lines.T


def over_styles(measure: Callable, codes: list[str], drawn: dict[str, dict[str, np.ndarray]]) -> np.ndarray:
    """Mean of a measure of two emoji over the styles that drew both, (N, N); nan below three styles."""
    total, count = np.zeros((len(codes),) * 2), np.zeros((len(codes),) * 2)
    for style in drawn.values():
        places = [place for place, each in enumerate(codes) if each in style]
        total[np.ix_(places, places)] += measure(np.stack([style[codes[place]] for place in places]))
        count[np.ix_(places, places)] += 1
    return np.where(count >= 3, total / np.maximum(count, 1), np.nan)


def look_alike(codes: list[str], drawn: dict[str, dict[str, np.ndarray]]) -> Iterator[tuple[str, str]]:
    """Pairs of emoji that look alike over all styles, or nearly the same in one."""
    alike = over_styles(likeness, codes, drawn) > ALIKE
    near = over_styles(differences, codes, drawn) < NEAR
    yield from ((codes[one], codes[other]) for one, other in zip(*np.nonzero(np.triu(alike | near, 1)), strict=True))
    for style in drawn.values():
        names, apart = list(style), differences(np.stack(list(style.values())))
        yield from (
            (names[one], names[other]) for one, other in zip(*np.nonzero(np.triu(apart < SAME, 1)), strict=True)
        )


def unambiguous(style: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A style's pictures without those that it draws for two emoji alike, to the last pixel."""
    count = Counter(picture.tobytes() for picture in style.values())
    return {each: picture for each, picture in style.items() if count[picture.tobytes()] == 1}


def families(known: dict[str, Meaning], drawn: dict[str, dict[str, np.ndarray]]) -> dict[str, str]:
    """Code → code of the family's first member: emoji that look alike, or are of one kind by name."""
    codes = list(known)
    parent = dict(zip(codes, codes, strict=True))

    def root(each: str) -> str:
        while parent[each] != each:
            each = parent[each]
        return each

    def join(one: str, other: str) -> None:
        first, second = sorted((root(one), root(other)), key=codes.index)
        parent[second] = first

    for one, other in look_alike(codes, drawn):
        join(one, other)
    first: dict[str, str] = {}
    for each, meaning in known.items():
        marks = [mark for mark in ONE_FAMILY if re.search(mark, meaning.unicode_name)]
        for mark in marks + [meaning.subgroup] * (meaning.subgroup in ONE_SUBGROUP):
            join(each, first.setdefault(mark, each))
    return {each: root(each) for each in codes}


def deal(known: dict[str, Meaning], family: dict[str, str]) -> dict[str, str]:
    """Code → split. Families come in drawn order, large ones are train; each group fills test, valid, then train."""
    members = defaultdict(list)
    for each, head in family.items():
        members[head].append(each)
    whole, dealt, split_of = Counter(known[each].group for each in family), Counter(), {}
    draw_next = random.Random(SEED).random  # the sequence that Python guarantees
    for _, head in sorted((draw_next(), head) for head in members):
        group, own = known[head].group, members[head]
        split = next(name for name, bound in BOUNDS.items() if dealt[group] < bound * whole[group] - 1e-9)
        if len(own) > MOST:
            split = "train"
        else:
            dealt.update(known[each].group for each in own)
        split_of |= dict.fromkeys(own, split)
    return split_of


def sheet(pictures: list[np.ndarray]) -> bytes:
    """One style's pictures row by row as a PNG of 256 colours; the rest of the last row is white."""
    rows = -(-len(pictures) // COLUMNS)
    whole = np.full((rows * COLUMNS, SIDE, SIDE, 3), 255, np.uint8)
    whole[: len(pictures)] = pictures
    whole = whole.reshape(rows, COLUMNS, SIDE, SIDE, 3).swapaxes(1, 2).reshape(rows * SIDE, COLUMNS * SIDE, 3)
    return packed(Image.fromarray(whole).quantize(256, Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE))


def packed(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def make() -> dict[str, bytes]:
    """The files to ship: a table of the emoji, and a sheet for each style."""
    known = meanings()
    drawn = {
        style: {each: draw(svg) for each, svg in those.items()} for style, those in drawings(STYLES, known).items()
    }
    drawn = {style: unambiguous(those) for style, those in drawn.items()}
    known = {each: one for each, one in known.items() if sum(each in those for those in drawn.values()) >= FEWEST}
    drawn = {style: {each: those[each] for each in known if each in those} for style, those in drawn.items()}
    family = families(known, drawn)
    split_of = deal(known, family)
    lines = ["\t".join(HEAD)]
    for each, one in known.items():
        marks = ["x" if each in those else "" for those in drawn.values()]
        texts = one.name, "|".join(one.keywords), one.chinese_name, "|".join(one.chinese_keywords)
        lines.append("\t".join((one.emoji, one.group, split_of[each], known[family[each]].emoji, *marks, *texts)))
    table = lzma.compress(("\n".join(lines) + "\n").encode("utf-8"), preset=9 | lzma.PRESET_EXTREME)
    sheets = {f"pictograms-{style}.png": sheet(list(those.values())) for style, those in drawn.items()}
    return {"pictograms.tsv.xz": table, **sheets}


if __name__ == "__main__":
    sys.exit(run(__doc__, make))
