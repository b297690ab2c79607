"""Short reviews in English, each good or bad, written for this course; see data/README.md.

The kinds say what makes a sentence easy or hard:

    plain        the words themselves tell: "The soup is tasty."
    intensifier  the same, louder: "What a truly awful concert!"
    emoji        one of them at the end, often the only sign: "My new phone came today 👍"
    negation     a word turns others round: "There was nothing boring about this book."
    contrast     both sorts of words, and one sort counts: "Rude at first but helpful in the end."
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from mmcourse.base.checks import check_choice
from mmcourse.datasets import files

NAME = "reviews.tsv"
SPLITS = ("train", "test", "unseen_negation")
KINDS = ("plain", "negation", "contrast", "intensifier", "emoji")
LABELS = ("bad", "good")
HEAD = ("split", "kind", "label", "text")


@dataclass(frozen=True)
class Reviews:
    """N reviews: texts; labels (N,) int64, 1 is good and 0 is bad; kinds, one of KINDS for each."""

    texts: tuple[str, ...]
    labels: Tensor
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def of(self, *kinds: str) -> Reviews:
        """Only the reviews of these kinds, in the same order.

        reviews.load("test").of("negation")
        """
        for kind in kinds:
            check_choice(kind, "kind", KINDS)
        kept = [place for place, kind in enumerate(self.kinds) if kind in kinds]
        return Reviews(
            tuple(self.texts[place] for place in kept),
            self.labels[torch.tensor(kept, dtype=torch.int64)],
            tuple(self.kinds[place] for place in kept),
        )


def load(split: str = "train") -> Reviews:
    """The reviews of one split, half of them good and half bad, in every kind.

    "train" and "test" hold all kinds; no sentence stands in both. "unseen_negation" negates words that occur in
    "train" in ways that occur neither there nor in "test" ("Not once was the waiter rude."). The labels are a copy:
    change them as you like. Raises ValueError for another split and files.DataError when the file is damaged.

        data = reviews.load("test")
        data.texts[0], int(data.labels[0]), data.kinds[0]
    """
    check_choice(split, "split", SPLITS)
    rows = [row for row in _rows(files.DATA) if row[0] == split]
    _, kinds, labels, texts = zip(*rows, strict=True)
    return Reviews(texts, torch.tensor([int(label) for label in labels]), kinds)


@lru_cache
def _rows(folder: Path) -> tuple[tuple[str, ...], ...]:
    """The lines of the file, checked. ``folder`` is part of the key, so that tests may look elsewhere."""
    content = files.checked_bytes(NAME)
    try:
        head, *rows = (tuple(line.split("\t")) for line in content.decode("utf-8").splitlines())
    except ValueError as error:
        raise files.data_problem(NAME, f"is no text table ({error})") from None
    valid = (len(row) == 4 and row[0] in SPLITS and row[1] in KINDS and row[2] in ("0", "1") for row in rows)
    if head != HEAD or not all(valid):
        raise files.data_problem(NAME, f"is no table of {', '.join(HEAD)}")
    return tuple(rows)
