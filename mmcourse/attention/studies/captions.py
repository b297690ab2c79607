"""Lesson 06's experiments on captions: what is well-formed, what simpler writers write, tasks with labels, costs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from mmcourse.datasets import scenes
from mmcourse.text import END, PAD, START, Vocabulary, pad, tokenise

Labelled = tuple[Tensor, Tensor]


# ------------------------------------------------------------ good English, by the rules the captions are made by


@lru_cache(maxsize=1)
def _grammar() -> re.Pattern[str]:
    """The rules of the captions, put together from small ones, as a pattern for tokens joined by spaces."""
    colour, size = f"(?:{'|'.join(scenes.COLOURS)})", f"(?:{'|'.join(scenes.SIZES)})"
    one, many = f"(?:{'|'.join(scenes.KINDS)})", "(?:circles|squares|triangles|diamonds|crosses|rings)"
    shape = f"(?:{size} )?{colour} {one}"
    a = f"(?:a (?!orange){shape}|an (?=orange){shape})"
    the = f"(?:{a}|the {shape})"
    number, some = "(?:two|three|four)", f"(?:{size} )?(?:{colour} )?"
    part = f"(?:{a}|one {colour} {one}|{number} {colour} {many})"
    more = f"(?:(?: , {part})* and (?:{part}|nothing else))?"
    places = [r"in the (?:first|middle|last) (?:row|column)"]
    for line, ends in (("row", scenes.ROWS), ("column", scenes.COLUMNS)):
        for place, side in (ends[0], ends[2]):
            there = f"in the {place} {line}"
            places += [side, f"{there} , {side}", f"{side} , {there}"]
    return re.compile(
        "|".join(
            (
                f"(?:there is )?(?:{a}|one {some}(?:{one}|shape))",
                f"(?:there are )?{number} {some}(?:{many}|shapes)",
                f"there is no (?:{colour} )?(?:{one}|shape)|there are no (?:{colour} )?(?:{many}|shapes)",
                f"{the} (?:is )?(?:left of|right of|above|below) {the}",
                f"{the} (?:comes before , (?:left of|above)|comes after , (?:right of|below)) {the}",
                f"{the} (?:is )?(?:{'|'.join(places)})",
                f"(?:both|all|the {number}) (?:{many}|shapes) are (?:{colour}|{size})",
                f"(?:there is )?(?:{a}|one {colour} {one}){more}|(?:there are )?{number} {colour} {many}{more}",
            )
        )
    )


def well_formed(text: str) -> bool:
    """Does a caption follow the rules of the corpus: word order, a or an, is or are, one or many?"""
    return _grammar().fullmatch(" ".join(tokenise(text))) is not None


# ------------------------------------------------------------ tables of numbers


def sentences(captions: Sequence[str], vocabulary: Vocabulary, length: int) -> Tensor:
    """Captions as ids (N, length) from <start> to <end>, padded; those that do not fit are left out."""
    rows = [[START, *vocabulary.encode(caption), END] for caption in captions]
    return pad([row for row in rows if len(row) <= length], length)[0]


def plain_text(ids: Tensor, vocabulary: Vocabulary) -> list[str]:
    """Rows of ids (N, T) as texts, without <start> and without what follows <end>."""
    texts = []
    for row in ids.tolist():
        row = row[: row.index(END)] if END in row else row
        texts.append(vocabulary.decode([word for word in row if word != START]))
    return texts


class CountingWriter:
    """Writes by counts: the next word is drawn as often as it followed the last ``order`` words in the corpus.

    ``order`` 1 is a bigram model, 2 a trigram model.
    """

    def __init__(self, ids: Tensor, order: int) -> None:
        self.order, self.followers = order, defaultdict(Counter)
        for row in ids.tolist():
            words = [START] * (order - 1) + [word for word in row if word != PAD]
            for place in range(order, len(words)):
                self.followers[tuple(words[place - order : place])][words[place]] += 1

    def generate(self, count: int, length: int, seed: int = 0) -> Tensor:
        """``count`` texts as ids (count, length) that begin with <start>."""
        rng, rows = np.random.default_rng(seed), []
        for _ in range(count):
            words = [START] * self.order
            while words[-1] != END and len(words) < length + self.order - 1:
                after = self.followers[tuple(words[-self.order :])]
                share = np.array(list(after.values())) / sum(after.values())
                words.append(int(rng.choice(list(after), p=share)))
            rows.append(words[self.order - 1 :])
        return pad(rows, length)[0]


# ------------------------------------------------------------ tasks with labels

TWINS = {
    "is": "are",
    "a": "an",
    "shape": "shapes",
    "cross": "crosses",
    **{kind: kind + "s" for kind in scenes.KINDS if kind != "cross"},
}
OTHER_FORM = TWINS | {many: one for one, many in TWINS.items()}


def slip(caption: str, rng: np.random.Generator) -> str:
    """The caption with one word in its other form (is/are, a/an, one/many), such that it is wrong; "" if none is."""
    words = tokenise(caption)
    for place in rng.permutation(len(words)).tolist():
        other = [*words[:place], OTHER_FORM.get(words[place], words[place]), *words[place + 1 :]]
        if not well_formed(" ".join(other)):
            return " ".join(other)
    return ""


def slips_task(captions: Sequence[str], vocabulary: Vocabulary, length: int, seed: int = 0) -> Labelled:
    """Good English or one slip? ids (N, length), labels (N,): 1 as written, 0 with one word in its wrong form."""
    rng = np.random.default_rng(seed)
    pairs = [(caption, 1) if rng.random() < 0.5 else (slip(caption, rng), 0) for caption in captions]
    return _table([pair for pair in pairs if pair[0]], vocabulary, length)


def side_task(captions: Sequence[str], vocabulary: Vocabulary, length: int) -> Labelled:
    """Which side? ids (N, length), labels (N,): 1 for left, above, top, first, 0 for right, below, bottom, last."""
    pairs, early, late = [], {"left", "above", "top", "first"}, {"right", "below", "bottom", "last"}
    for caption in captions:
        words = set(tokenise(caption))
        sides = [bool(words & side) for side in (early, late)]
        if sum(sides) == 1 and "," not in words:
            pairs.append((caption, int(sides[0])))
    return _table(pairs, vocabulary, length)


def salad_task(captions: Sequence[str], vocabulary: Vocabulary, length: int, seed: int = 0) -> Labelled:
    """Sentence or word salad? Each caption twice: as written, 1, and the same words in a random other order, 0."""
    rng, pairs = np.random.default_rng(seed), []
    for caption in captions:
        words = tokenise(caption)
        mixed = [words[k] for k in rng.permutation(len(words))]
        if not well_formed(" ".join(mixed)):
            pairs += [(caption, 1), (" ".join(mixed), 0)]
    return _table(pairs, vocabulary, length)


def _table(pairs: Sequence[tuple[str, int]], vocabulary: Vocabulary, length: int) -> Labelled:
    rows = [([START, *vocabulary.encode(text), END], label) for text, label in pairs]
    rows = [row for row in rows if len(row[0]) <= length]
    return pad([ids for ids, _ in rows], length)[0], torch.tensor([label for _, label in rows])
