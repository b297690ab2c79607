"""Byte-pair encoding against a slow version that shares no code with it, and against the example of its authors."""

import random
import re
from collections import Counter

import pytest

from mmcourse import text as lesson

AUTHORS = {"low": 5, "lower": 2, "newest": 6, "widest": 3}  # Sennrich, Haddow and Birch (2016), algorithm 1


def slowly(counts, merges):
    """As the paper prints it: spaces between the pieces, all pairs counted anew for each merge."""
    spelled = {" ".join([*word, "_"]): count for word, count in counts.items()}
    found = []
    for _ in range(merges):
        pairs = Counter()
        for word, count in spelled.items():
            pieces = word.split()
            for k in range(len(pieces) - 1):
                pairs[pieces[k], pieces[k + 1]] += count
        if not pairs:
            break
        best = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[0]
        pattern = re.compile(r"(?<!\S)" + re.escape(" ".join(best)) + r"(?!\S)")
        spelled = {pattern.sub("".join(best), word): count for word, count in spelled.items()}
        found.append(best)
    return found, spelled


def drawn(seed, alphabet="abc"):
    rng = random.Random(seed)
    return {"".join(rng.choice(alphabet) for _ in range(rng.randint(1, 9))): rng.randint(1, 6) for _ in range(40)}


def test_the_example_of_the_authors():
    merges = lesson.learn_merges(AUTHORS, 10)
    assert merges[:3] == [("e", "s"), ("es", "t"), ("est", "_")] and ("l", "o") in merges
    assert lesson.subwords("lowest", merges) == ["low", "est_"]


@pytest.mark.parametrize("counts", [AUTHORS, *map(drawn, range(6)), {"aaaa": 3, "aaaaa": 2}, {"a": 1}])
@pytest.mark.parametrize("merges", [0, 1, 7, 60])
def test_merges_are_those_of_the_slow_version(counts, merges):
    found, spelled = slowly(counts, merges)
    assert lesson.learn_merges(counts, merges) == found
    assert [lesson.subwords(word, found) for word in counts] == [word.split() for word in spelled]


def test_every_word_can_be_written_and_read_again():
    merges = lesson.learn_merges(AUTHORS, 10)
    for word in ("low", "new", "zebra", "ñandú", "x"):
        pieces = lesson.subwords(word, merges)
        assert "".join(pieces) == word + lesson.END_OF_WORD and all(pieces)


def test_more_merges_never_give_more_pieces():
    counts = drawn(9)
    merges = lesson.learn_merges(counts, 50)
    for word in counts:
        sizes = [len(lesson.subwords(word, merges[:k])) for k in range(len(merges) + 1)]
        assert sizes == sorted(sizes, reverse=True)


def test_a_pair_is_merged_from_left_to_right():
    assert lesson.merge_pair(list("aaa"), ("a", "a")) == ["aa", "a"]
    assert lesson.merge_pair(["ab", "a", "b"], ("a", "b")) == ["ab", "ab"]
    assert lesson.merge_pair([], ("a", "b")) == []


@pytest.mark.parametrize(
    "counts, merges, error, name",
    [({}, 1, ValueError, "counts"), ({"a": 0}, 1, ValueError, "counts"), ({"a": 1}, 1.5, TypeError, "merges")]
    + [({"a": 1}, -1, ValueError, "merges")],
)
def test_wrong_arguments_are_named(counts, merges, error, name):
    with pytest.raises(error, match=f"{name}: "):
        lesson.learn_merges(counts, merges)
