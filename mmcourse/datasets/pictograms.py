"""Pictograms: some 1,400 emoji as up to seven hands draw them, with English and Chinese names and keywords.

Real pictures that people drew and named. They are split twice: by **style**, so that a model meets drawings of a hand
it has never seen, and by **concept**, so that it meets things it has never seen drawn by anyone. Concepts that look
alike (hearts of all colours, the faces of a clock) are one family, and a family is never parted. See data/README.md.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from mmcourse.base.checks import check_choice
from mmcourse.datasets import files

TABLE, SHEET = "pictograms.tsv.xz", "pictograms-{}.png"
SIDE = 24  # pixels
STYLES = ("noto", "noto-v1", "twemoji", "openmoji", "fxemoji", "emojione", "fluent")
STYLE_SPLITS = {  # the two by Google share a few drawings, so they stay together
    "train": ("noto", "noto-v1", "twemoji", "openmoji", "fxemoji"),
    "valid": ("emojione",),
    "test": ("fluent",),
}
SPLITS = ("train", "valid", "test")
GROUPS = (
    "Smileys & Emotion",
    "People & Body",
    "Animals & Nature",
    "Food & Drink",
    "Travel & Places",
    "Activities",
    "Objects",
    "Symbols",
)
HEAD = ("emoji", "group", "split", "family", *STYLES, "name", "keywords", "chinese_name", "chinese_keywords")


class Concept(NamedTuple):
    """What a pictogram means: the emoji itself, one of GROUPS, its split, and the first emoji of its family.

    name "panda", keywords ("face",), and the same in Chinese; the name is not among the keywords.
    """

    emoji: str
    group: str
    split: str
    family: str
    name: str
    keywords: tuple[str, ...]
    chinese_name: str
    chinese_keywords: tuple[str, ...]


class Pictograms(NamedTuple):
    """N pictures: images (N, 3, 24, 24) float32, red, green and blue from 0 to 1 on white.

    concept (N,) an index into ``concepts("all")``; style (N,) an index into STYLES; group (N,) an index into GROUPS;
    all int64.
    """

    images: Tensor
    concept: Tensor
    style: Tensor
    group: Tensor


def load(split: str = "train", styles: str = "train") -> Pictograms:
    """The pictures of one split of concepts, "train", "valid", "test" or "all", in the styles of one split of styles.

    ``styles`` is "train" (five styles), "valid", "test" (one each), "all", or the name of a style. What is unseen is
    then said by the call; concepts come in Unicode's order, style by style:

        pictograms.load()                           # to learn from
        pictograms.load("train", styles="test")     # known things, drawn by an unknown hand
        pictograms.load("test", styles="train")     # unknown things, drawn by known hands
        pictograms.load("test", styles="test")      # both

    The tensors are copies: change them as you like. Raises ValueError for other names, and files.DataError when a file
    is damaged.
    """
    check_choice(split, "split", (*SPLITS, "all"))
    check_choice(styles, "styles", (*SPLITS, "all", *STYLES))
    chosen = {"all": STYLES, **STYLE_SPLITS}.get(styles, (styles,))
    everything, drawn = _table(files.DATA)
    inside = np.array([split in (one.split, "all") for one in everything])
    images, concept, style = [], [], []
    for name in chosen:
        places = np.flatnonzero(drawn[:, STYLES.index(name)])  # the concepts whose pictures stand on this sheet
        kept = inside[places]
        images.append(_sheet(files.DATA, name, len(places))[kept])
        concept.append(places[kept])
        style.append(np.full(kept.sum(), STYLES.index(name)))
    pixels = np.concatenate(images).transpose(0, 3, 1, 2).astype(np.float32) / np.float32(255)
    concept_of = torch.from_numpy(np.concatenate(concept))
    group = torch.tensor([GROUPS.index(one.group) for one in everything])[concept_of]
    return Pictograms(torch.from_numpy(pixels), concept_of, torch.from_numpy(np.concatenate(style)), group)


def concepts(split: str = "all") -> tuple[Concept, ...]:
    """The concepts of one split in Unicode's order; ``concept`` of a picture is a place in ``concepts("all")``.

    pictograms.concepts()[0].name, pictograms.concepts()[0].chinese_name     # 'grinning face', '嘿嘿'
    """
    check_choice(split, "split", (*SPLITS, "all"))
    return tuple(one for one in _table(files.DATA)[0] if split in (one.split, "all"))


@lru_cache(maxsize=2)
def _table(folder: Path) -> tuple[tuple[Concept, ...], np.ndarray]:
    """All concepts, and whether each style drew each (N, 7). ``folder`` lets tests look elsewhere."""
    head, *rows = (tuple(line.split("\t")) for line in files.unpacked_text(TABLE).split("\n")[:-1])
    valid = (len(row) == len(HEAD) and row[1] in GROUPS and row[2] in SPLITS for row in rows)
    if head != HEAD or not rows or not all(valid):
        raise files.data_problem(TABLE, f"is no table of {', '.join(HEAD)}")
    drawn = np.array([[mark == "x" for mark in row[4:11]] for row in rows])
    return tuple(Concept(*row[:4], row[11], _words(row[12]), row[13], _words(row[14])) for row in rows), drawn


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("|")))


@lru_cache(maxsize=2 * len(STYLES))
def _sheet(folder: Path, style: str, count: int) -> np.ndarray:
    """The first pictures of a style's sheet, (count, 24, 24, 3) uint8, row by row."""
    name = SHEET.format(style)
    content = files.checked_bytes(name)
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            pixels = np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError) as error:
        raise files.data_problem(name, f"is no picture ({error})") from None
    rows, columns = pixels.shape[0] // SIDE, pixels.shape[1] // SIDE
    if rows * columns < count or pixels.shape != (rows * SIDE, columns * SIDE, 3):
        raise files.data_problem(name, f"is a picture of {pixels.shape[1]} x {pixels.shape[0]}, too small for {count}")
    return pixels.reshape(rows, SIDE, columns, SIDE, 3).swapaxes(1, 2).reshape(-1, SIDE, SIDE, 3)[:count]
