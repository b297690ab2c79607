"""Tokens against scikit-learn's, words of many scripts, vocabularies, padding as torch does it."""

import random
import sys
import unicodedata

import pytest
import torch
from sklearn.feature_extraction.text import CountVectorizer
from small_texts import SIZE, TEXTS, VOCABULARY
from torch import nn

from mmcourse import text as lesson

# ---------------------------------------------------------------- tokens


@pytest.mark.parametrize(
    "text, tokens",
    [
        ("Don't go! 😀", ["don't", "go", "!", "😀"]),
        ("rock'n'roll 'quoted' ’tis it’s", ["rock'n'roll", "quoted", "tis", "it's"]),
        ("well-made (or not): 3.5 stars…", ["well", "made", "or", "not", ":", "3", ".", "5", "stars", "…"]),
        ("good!!! 👍🏽❤️", ["good", "!", "!", "!", "👍", "❤"]),
        ("snake_case $x_{1}$ <b>bold</b>", ["snake", "case", "x", "1", "b", "bold", "b"]),
        ("Über ÜBER U\u0308ber", ["über"] * 3),
        ("שלום עולם 一个圆", ["שלום", "עולם", "一个圆"]),
        ("a\tb\x00c\nd", ["a", "b", "c", "d"]),
        ("", []),
        (" \n \t", []),
        ("<pad> <unk>", ["pad", "unk"]),
        ("मैंने हिन्दी सीखी।", ["मैंने", "हिन्दी", "सीखी"]),
        ("क्\u200dषमा தமிழ்", ["क्\u200dषमा", "தமிழ்"]),
        ("สวัสดีครับ โลก!", ["สวัสดีครับ", "โลก", "!"]),
        ("العَرَبِيَّةُ می\u200cخواهم", ["العَرَبِيَّةُ", "می\u200cخواهم"]),
        ("שָׁלוֹם", ["שָׁלוֹם"]),
        ("Straße STRASSE", ["strasse"] * 2),
        ("İstanbul ISTANBUL", ["i̇stanbul", "istanbul"]),
        ("ΟΔΟΣ οδος", ["οδοσ"] * 2),
        ("か\u3099 が 葛\U000e0100飾", ["が", "が", "葛飾"]),
        ("👩🏽\u200d💻 👩\u200d💻", ["👩\u200d💻"] * 2),
        ("👨\u200d👩\u200d👧🏳️\u200d🌈🇩🇪🇫🇷 1️⃣", ["👨\u200d👩\u200d👧", "🏳\u200d🌈", "🇩🇪", "🇫🇷", "1"]),
        ("co\u00adoperate", ["cooperate"]),
    ],
)
def test_tokens(text, tokens):
    assert lesson.tokenise(text) == tokens


def test_any_text_at_all_can_be_cut():
    rng = random.Random(0)
    for _ in range(300):
        text = "".join(chr(rng.choice((rng.randrange(128), rng.randrange(sys.maxunicode)))) for _ in range(30))
        tokens = lesson.tokenise(text)
        assert all(tokens) and not any(any(map(str.isspace, token)) for token in tokens)
        assert lesson.tokenise(" ".join(tokens)) == [t for t in tokens], ascii(text)
        assert not set(tokens) & set(lesson.SPECIALS)


@pytest.mark.parametrize("start", range(0, sys.maxunicode, 1 << 16))
def test_every_letter_of_unicode_is_kept_and_folded_once(start):
    for number in range(start, start + (1 << 16)):
        letter = chr(number)
        if letter.isalpha():
            tokens = lesson.tokenise(f"a{letter}b")
            assert len(tokens) == 1 and lesson.tokenise(tokens[0]) == tokens, f"{number:x}"
            assert lesson.tokenise(letter) == lesson.tokenise(letter.casefold()), f"{number:x}"


def test_words_that_scikit_learn_finds_are_found():
    found = CountVectorizer(token_pattern=r"(?u)[^\W_]+").build_analyzer()
    for text in TEXTS:
        words = [word for token in lesson.tokenise(text) if token[0].isalnum() for word in token.split("'")]
        assert words == found(unicodedata.normalize("NFC", text))


def test_a_very_long_text():
    assert lesson.tokenise("long " * 50_000) == ["long"] * 50_000 and lesson.tokenise("w" * 200_000) == ["w" * 200_000]


@pytest.mark.parametrize("wrong", [None, 3, b"bytes", ["a list"]])
def test_what_is_no_text_is_refused(wrong):
    with pytest.raises(TypeError, match="text"):
        lesson.tokenise(wrong)


# ---------------------------------------------------------------- vocabulary and padding


def test_the_vocabulary_numbers_specials_then_frequent_words():
    v = lesson.Vocabulary.build(["b a", "c b", "b"])
    assert v.words == [*lesson.SPECIALS, "b", "a", "c"] and len(v) == 8
    specials = lesson.PAD, lesson.UNK, lesson.START, lesson.END, lesson.MASK
    assert [v.words[k] for k in specials] == list(lesson.SPECIALS)
    assert lesson.Vocabulary.build(["b a", "c b"], least=2).words[5:] == ["b"]
    assert v.encode("B, z") == [5, 1, 1] and v.encode("") == [] and v.encode("<pad>") == [1]
    assert v.decode([5, 0, 1, 3, 7]) == "b <unk> <end> c" and v.decode(torch.tensor([6, 6])) == "a a"


def test_known_words_come_back():
    for text in TEXTS:
        assert VOCABULARY.decode(VOCABULARY.encode(text)) == " ".join(lesson.tokenise(text))


def test_a_vocabulary_refuses_what_it_cannot_number():
    for words in (["a", "a"], ["<pad>"]):
        with pytest.raises(ValueError, match="twice"):
            lesson.Vocabulary(words)
    for words in ("abc", [1, 2]):
        with pytest.raises(TypeError, match="words"):
            lesson.Vocabulary(words)
    with pytest.raises(TypeError, match="one text"):
        lesson.Vocabulary.build("one text")
    for ids in ([SIZE], [-1]):
        with pytest.raises(ValueError, match="ids"):
            VOCABULARY.decode(ids)


def test_padding_as_torch_does_it():
    lists = [[7, 8, 9], [5], [6, 6]]
    ids, mask = lesson.pad(lists)
    assert torch.equal(ids, nn.utils.rnn.pad_sequence([torch.tensor(one) for one in lists], batch_first=True))
    assert mask.sum(1).tolist() == [3, 1, 2] and mask.dtype == torch.bool and ids.dtype == torch.long
    assert torch.equal(mask, ids != 0)


@pytest.mark.parametrize(
    "lists, length, shape",
    [
        ([], None, (0, 1)),
        ([[], []], None, (2, 1)),
        ([[1, 2, 3]], 2, (1, 2)),
        ([[1]], 4, (1, 4)),
        ([], 3, (0, 3)),
    ],
)
def test_padding_of_odd_lists(lists, length, shape):
    ids, mask = lesson.pad(lists, length)
    assert ids.shape == mask.shape == shape
    assert mask.sum() == sum(min(len(one), shape[1]) for one in lists)


@pytest.mark.parametrize("length, error", [(0, ValueError), (-1, ValueError), (2.0, TypeError), (True, TypeError)])
def test_padding_to_a_wrong_length_is_refused(length, error):
    with pytest.raises(error, match="length: got .* or None"):
        lesson.pad([[1]], length)
