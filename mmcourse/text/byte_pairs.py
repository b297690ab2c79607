"""Subwords: byte-pair encoding merges letters that often stand side by side, so that no word is unknown any more.

A word is its letters and ``_`` for its end; a merge (left, right) makes one piece of two that stand side by side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mmcourse.base.checks import check_whole

END_OF_WORD = "_"  # no word of tokenise() holds one
Merge = tuple[str, str]


def merge_pair(pieces: Sequence[str], pair: Merge) -> list[str]:
    """The pieces of a word with every occurrence of a pair made one, from left to right.

    merge_pair(["n", "e", "w", "e", "w"], ("e", "w"))       # ["n", "ew", "ew"]
    """
    merged, place = [], 0
    while place < len(pieces):
        hit = tuple(pieces[place : place + 2]) == tuple(pair)
        merged.append("".join(pair) if hit else pieces[place])
        place += 2 if hit else 1
    return merged


def learn_merges(counts: Mapping[str, int], merges: int) -> list[Merge]:
    """The pairs that byte-pair encoding merges, in order: each time the most frequent (ties: the first by alphabet).

    ``counts``: how often each word occurs. Fewer than ``merges`` where every word has become one piece. Source: P. Gage
    (1994); for words R. Sennrich, B. Haddow and A. Birch (ACL 2016).

        learn_merges({"low": 5, "lower": 2}, 2)              # [("l", "o"), ("lo", "w")]
    """
    check_whole(merges, "merges", least=0)
    if not counts or min(counts.values()) < 1:
        raise ValueError("counts: expected {word: how often}, at least one word, each at least once")
    spelled = {word: [*word, END_OF_WORD] for word in counts}
    pairs: Counter[Merge] = Counter()
    holders: dict[Merge, set[str]] = {}  # which words hold a pair: only they change with it
    for word in spelled:
        _count(pairs, holders, word, spelled[word], counts[word])
    found: list[Merge] = []
    while len(found) < merges and pairs:
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        found.append(best)
        for word in holders.pop(best):
            _count(pairs, holders, word, spelled[word], -counts[word])
            spelled[word] = merge_pair(spelled[word], best)
            _count(pairs, holders, word, spelled[word], counts[word])
        pairs = +pairs  # without those that have gone
    return found


def _count(pairs: Counter[Merge], holders: dict[Merge, set[str]], word: str, pieces: Sequence[str], by: int) -> None:
    """Add ``by`` to the count of each pair in a word, and note who holds it."""
    for pair in zip(pieces, pieces[1:], strict=False):
        pairs[pair] += by
        holders.setdefault(pair, set()).add(word)


def subwords(word: str, merges: Sequence[Merge]) -> list[str]:
    """The pieces of a word, known or new: its letters, with the merges done one after the other.

    subwords("lowest", [("l", "o"), ("lo", "w")])            # ["low", "e", "s", "t", "_"]
    """
    pieces = [*word, END_OF_WORD]
    for pair in merges:
        pieces = merge_pair(pieces, pair)
    return pieces
