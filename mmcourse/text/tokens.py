"""Tokens: a text cut into words, a number for each word, texts of different lengths in one table with a mask.

Letters: B texts, T tokens in the longest of them, V words in the vocabulary.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from mmcourse.base.checks import check_whole

SPECIALS = ("<pad>", "<unk>", "<start>", "<end>", "<mask>")
PAD, UNK, START, END, MASK = range(5)

_LETTERS = r"[^\W_]+"  # letters and digits of every script; their accents and vowel signs are marks, no letters
_MARKS = "".join(chr(k) for k in range(0x300, 0x20000) if unicodedata.category(chr(k)) in ("Mn", "Mc"))
_FACE = "[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
_SHADES = re.compile("[\u00ad\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]")  # soft hyphen, variants, skins
_TOKEN = re.compile(
    rf"{_LETTERS}(?:[{_MARKS}]+(?:{_LETTERS})?|['\u200c\u200d]{_LETTERS})*"  # a word, maybe with joiners inside
    r"|[.,!?;:…]"  # a mark of punctuation
    rf"|[\U0001f1e6-\U0001f1ff]{{2}}|{_FACE}(?:\u200d{_FACE})*"  # a flag; an emoji, or some joined to one
)


def tokenise(text: str) -> list[str]:
    """Cut a text into words, punctuation marks and emoji, without upper case; everything else is dropped.

    A word is a run of letters and digits of any script, with their accents and vowel signs, and may hold an inner
    apostrophe. What is written without spaces (Chinese, Thai) stays in one piece. Case is folded as Unicode says:
    ß and SS are the same. Raises TypeError for what is no text; never fails on any text.

        tokenise("Don't go! 😀")                                          # ["don't", "go", "!", "😀"]
    """
    if not isinstance(text, str):
        raise TypeError(f"text: got {type(text).__name__}, expected a str such as 'a red circle'")
    folded = unicodedata.normalize("NFD", _SHADES.sub("", text)).casefold().replace("’", "'")
    return _TOKEN.findall(unicodedata.normalize("NFC", folded))  # one spelling for each letter


class Vocabulary:
    """A number for each word: the five specials first, then ``words``; ``index`` maps a word to its number.

    Vocabulary.build(["red circle", "red square"]).encode("Red triangle")    # [5, 1]: red is 5, 1 is <unk>
    """

    def __init__(self, words: Sequence[str]) -> None:
        if isinstance(words, str) or not all(isinstance(word, str) for word in words):
            raise TypeError("words: expected a list of words; Vocabulary.build(texts) makes one from texts")
        self.words = [*SPECIALS, *words]
        self.index = {word: number for number, word in enumerate(self.words)}
        if len(self.index) < len(self.words):
            twice = [word for word, count in Counter(self.words).items() if count > 1]
            raise ValueError(f"words: {twice[:3]} come twice (the specials are added here), expected each once")

    @classmethod
    def build(cls, texts: Sequence[str], least: int = 1) -> Vocabulary:
        """The words that occur at least ``least`` times in the texts, frequent ones first, then by alphabet."""
        if isinstance(texts, str):
            raise TypeError("texts: got one text, expected a list of texts: Vocabulary.build([text])")
        counts = Counter(word for text in texts for word in tokenise(text))
        kept = [word for word, count in counts.items() if count >= least]
        return cls(sorted(kept, key=lambda word: (-counts[word], word)))

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, text: str) -> list[int]:
        """The number of each token of a text; unknown ones become 1, ``<unk>``."""
        return [self.index.get(word, UNK) for word in tokenise(text)]

    def decode(self, ids: Iterable[int]) -> str:
        """The words of some numbers, joined by spaces; padding is left out. ValueError for a number beyond V."""
        numbers = [int(number) for number in ids]
        if any(not 0 <= number < len(self) for number in numbers):
            raise ValueError(f"ids: got {numbers[:8]}, expected numbers from 0 to {len(self) - 1}")
        return " ".join(self.words[number] for number in numbers if number != PAD)


def pad(sequences: Sequence[Sequence[int]], length: int | None = None) -> tuple[Tensor, Tensor]:
    """Lists of numbers as one table: filled up with 0, ``<pad>``, at the end, or cut at ``length``.

    Returns ids (B, T) int64, mask (B, T) bool, True at real tokens; T is ``length``, else the longest, at least 1.

        pad([[7, 8, 9], [5]])                        # [[7, 8, 9], [5, 0, 0]], [[T, T, T], [T, F, F]]
    """
    width = max([1, *map(len, sequences)]) if length is None else check_whole(length, "length", why=", or None")
    ids = torch.full((len(sequences), width), PAD, dtype=torch.long)
    mask = torch.zeros((len(sequences), width), dtype=torch.bool)
    for row, sequence in enumerate(sequences):
        kept = torch.as_tensor(sequence[:width], dtype=torch.long)
        ids[row, : len(kept)], mask[row, : len(kept)] = kept, True
    return ids, mask
