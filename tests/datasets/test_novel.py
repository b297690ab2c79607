"""The novel: chapters, splits, what the text is made of, and the script that makes the file."""

import lzma
from collections import Counter

import makers
import pytest

from mmcourse.datasets import files, novel

COUNTS = {"train": 109, "valid": 13, "test": 14}
BETWEEN = (("train", "valid"), ("train", "test"), ("valid", "test"))


def words(text):
    return text.lower().split()


# ---------------------------------------------------------------- what is loaded


@pytest.mark.parametrize("split", COUNTS)
def test_chapters_of_a_split(split):
    chapters = novel.chapters(split)
    assert len(chapters) == COUNTS[split] and novel.load(split) == tuple(chapter.text for chapter in chapters)
    numbers = [chapter.number for chapter in chapters]
    assert numbers == sorted(numbers) and {novel.split_of(number) for number in numbers} == {split}


def test_every_chapter_is_in_one_split():
    numbers = sorted(chapter.number for split in COUNTS for chapter in novel.chapters(split))
    assert numbers == list(range(1, 137)) == [chapter.number for chapter in novel.chapters("all")]


def test_the_book_begins_and_ends_as_it_should():
    whole = novel.chapters("all")
    assert whole[0].title == "Loomings." and whole[0].text.startswith("Call me Ishmael. Some years ago—never mind")
    assert whole[-1].title == "Epilogue." and whole[-1].text.endswith("only found another orphan.")
    assert whole[41].title == "The Whiteness of The Whale."
    assert whole[72].title == "Stubb and Flask Kill a Right Whale; and Then Have a Talk Over Him."
    assert whole[72].text.startswith("It must be borne in mind")


def test_sizes_are_shares_of_the_whole():
    letters = {split: sum(map(len, novel.load(split))) for split in COUNTS}
    whole = sum(letters.values())
    assert 1_150_000 < whole < 1_200_000
    assert 0.75 < letters["train"] / whole < 0.85 and 0.07 < letters["valid"] / whole and 0.07 < letters["test"] / whole


@pytest.mark.parametrize("split", ["dev", "", None, 1])
@pytest.mark.parametrize("give", [novel.load, novel.chapters])
def test_unknown_split_names_what_there_is(give, split):
    with pytest.raises(ValueError, match="split: got .*expected one of 'train', 'valid', 'test', 'all'"):
        give(split)


# ---------------------------------------------------------------- splits


@pytest.mark.parametrize(("one", "other"), BETWEEN)
def test_no_two_splits_share_a_passage(one, other):
    """Not even 16 words in a row, so that nothing can be known by heart."""
    length = 16
    known = {
        tuple(said[start : start + length])
        for said in map(words, novel.load(one))
        for start in range(len(said) - length + 1)
    }
    for said in map(words, novel.load(other)):
        assert not any(tuple(said[start : start + length]) in known for start in range(len(said) - length + 1))


# ---------------------------------------------------------------- the text


def test_the_text_is_clean():
    for number, title, text in novel.chapters("all"):
        assert title and title == " ".join(title.split()) and title[-1] in ".!?", number
        assert text == text.strip() and len(text) > 200
        assert "  " not in text and "\t" not in text and "\n\n\n" not in text, number
        assert all(line == line.strip() for line in text.split("\n")), number


def test_few_characters_occur():
    counted = Counter("".join(novel.load("all")))
    assert len(counted) == 81 and not set(counted) - set(Counter("".join(novel.load("train"))))
    assert {letter for letter in counted if ord(letter) > 126} == {"—"}


def test_poems_keep_their_lines_and_footnotes_are_one():
    sermon, chart = novel.chapters("all")[8].text, novel.chapters("all")[43].text
    assert '"The ribs and terrors in the whale,\nArched over me a dismal gloom,\nWhile all' in sermon
    assert "happily borne out by an official circular, issued" in chart


# ---------------------------------------------------------------- file and script


FILES = (novel.NAME, "make_novel.py")


def test_damaged_file_is_named_with_the_way_to_restore_it(copied):
    (copied / novel.NAME).unlink()
    with pytest.raises(
        files.DataError, match=r"data/novel\.txt\.xz is missing.*(git checkout|fresh copy).*make_novel\.py"
    ):
        novel.load()


@pytest.mark.parametrize("text", ["", "CHAPTER 2. Late.\n\nx\n\n", "preface\nCHAPTER 1. Loomings.\n\nCall me"])
def test_right_checksum_but_other_chapters(copied, monkeypatch, text):
    monkeypatch.setattr(files, "checked_bytes", lambda name: lzma.compress(text.encode()))
    with pytest.raises(files.DataError, match="does not hold chapters 1 to 136"):
        novel.load()


def test_script_gives_the_same_bytes():
    made = makers.script_with_packages("make_novel").make()[novel.NAME]
    assert lzma.decompress(made) == lzma.decompress(files.checked_bytes(novel.NAME))
    makers.check_same_packing(novel.NAME, made)


def test_script_mends_titles_and_lines():
    maker = makers.script("make_novel")
    made = maker.chapter(73, "and Then Have a Talk", "Over Him.\n\nIt must be.\n\n  Oh! jolly   is the gale\n")
    assert made == "CHAPTER 73. and Then Have a Talk Over Him.\n\nIt must be.\n\nOh! jolly\nis the gale\n\n"
    assert maker.lines_of("     *Since the above      was written") == "*Since the above was written"
    assert maker.lines_of("an  odd gap inside") == "an  odd gap inside"
