"""The rated sentences: splits by review, ratings, how well raters agree, and the script that makes the file."""

import lzma
import re
from collections import Counter

import makers
import numpy as np
import pytest
import torch

from mmcourse.datasets import files, opinions

SIZES = {"train": (7423, 2577), "valid": (1061, 370), "test": (2121, 757)}  # of films, of products
HEAD = b"split\tsource\treview\tratings\ttext\n"
BETWEEN = (("train", "valid"), ("train", "test"), ("valid", "test"))


def words(text):
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower())


def small(*ratings):
    """Opinions with these ratings, each a list."""
    table = torch.full((len(ratings), 29), torch.nan)
    for row, given in zip(table, ratings, strict=True):
        row[: len(given)] = torch.tensor(given, dtype=torch.float32)
    count = len(ratings)
    return opinions.Opinions(("x",) * count, table, torch.arange(count), ("movie",) * count)


# ---------------------------------------------------------------- what is loaded


@pytest.mark.parametrize("split", SIZES)
def test_sizes_types_and_ranges(split):
    data = opinions.load(split)
    count = sum(SIZES[split])
    assert len(data) == len(data.texts) == len(data.sources) == count
    assert Counter(data.sources) == dict(zip(("movie", "product"), SIZES[split], strict=True))
    assert data.ratings.shape == (count, 29) and data.ratings.dtype == torch.float32
    assert data.review.shape == data.raters.shape == (count,) and data.review.dtype == data.raters.dtype == torch.int64
    given = data.ratings[data.ratings.isfinite()]
    assert set(given.tolist()) == set(range(-4, 5))
    assert data.raters.min() == 15 and data.raters.max() == 29
    assert (data.of("product").raters == 20).all()
    behind = torch.arange(29) >= data.raters[:, None]
    assert torch.equal(behind, data.ratings.isnan())  # NaN stands behind the last rater and nowhere else


@pytest.mark.parametrize("split", SIZES)
def test_mean_and_spread_are_those_of_numpy(split):
    data = opinions.load(split)
    rows = data.ratings.double().numpy()
    np.testing.assert_allclose(data.mean, np.nanmean(rows, 1), atol=1e-5)
    np.testing.assert_allclose(data.spread, np.nanstd(rows, 1), atol=1e-5)
    assert data.mean.min() < -3.3 and data.mean.max() > 3.3 and abs(float(data.mean.mean())) < 0.3


def test_all_is_the_three_splits():
    together = sorted(text for split in SIZES for text in opinions.load(split).texts)
    assert together == sorted(opinions.load("all").texts) and len(together) == 14309


def test_a_selection_keeps_the_order():
    data = opinions.load("test")
    some = data.of("product")
    places = [place for place, source in enumerate(data.sources) if source == "product"]
    assert some.texts == tuple(data.texts[place] for place in places) and set(some.sources) == {"product"}
    torch.testing.assert_close(some.ratings, data.ratings[places], equal_nan=True)
    assert torch.equal(some.review, data.review[places])


def test_what_is_returned_is_a_copy():
    data = opinions.load("all")
    data.ratings.zero_()
    data.review.zero_()
    again = opinions.load("all")
    assert again.ratings.nan_to_num().abs().max() == 4 and again.review.max() > 10_000


@pytest.mark.parametrize("split", ["dev", "", None, 1])
def test_unknown_split_names_what_there_is(split):
    with pytest.raises(ValueError, match="split: got .*expected one of 'train', 'valid', 'test', 'all'"):
        opinions.load(split)


@pytest.mark.parametrize("source", ["tweet", None, 2])
def test_unknown_source_names_what_there_is(source):
    with pytest.raises(ValueError, match="source: got .*expected one of 'movie', 'product'"):
        opinions.load("valid").of(source)


# ---------------------------------------------------------------- splits


def test_no_review_and_no_sentence_in_two_splits():
    data = {split: opinions.load(split) for split in SIZES}
    reviews = {split: set(one.review.tolist()) for split, one in data.items()}
    said = {split: {" ".join(words(text)) for text in one.texts} for split, one in data.items()}
    for one, other in BETWEEN:
        assert not reviews[one] & reviews[other]
        assert not said[one] & said[other]
    assert len(set.union(*reviews.values())) == 10905


@pytest.mark.parametrize(("one", "other"), BETWEEN)
def test_no_long_sentence_stands_nearly_the_same_in_two_splits(one, other):
    """Of 13 words or more, no two share nine in ten; "I highly recommend this phone" may be said by many."""
    first, second = ([frozenset(words(text)) for text in opinions.load(split).texts] for split in (one, other))
    known = {}
    for said in (said for said in first if len(said) > 12):
        for word in said:
            known.setdefault(word, []).append(said)
    rare = {word for word, those in known.items() if len(those) <= 40}  # so long a sentence has one of them
    for said in second:
        near = (those for word in said & rare for those in known[word])
        assert all(len(said & those) < 0.9 * len(said | those) for those in near), said


def test_product_reviews_hold_many_sentences_and_films_one_each():
    data = opinions.load("all")
    assert max(Counter(data.of("movie").review.tolist()).values()) == 1
    counts = Counter(data.of("product").review.tolist())
    assert len(counts) == 300 and 10 < len(data.of("product")) / len(counts) < 15


# ---------------------------------------------------------------- texts


def test_the_texts_are_clean():
    for text in opinions.load("all").texts:
        assert text and text == " ".join(text.split()) and words(text)
        assert not re.search(r"&(#\d+|[a-z]+);", text), text


# ---------------------------------------------------------------- how well raters agree


def pairs(data):
    return [
        (given[place], np.mean(np.delete(given, place)), 1 / len(given))
        for given in (row[np.isfinite(row)] for row in data.ratings.double().numpy())
        for place in range(len(given))
    ]


def test_one_rater_against_the_others_is_the_weighted_correlation_of_all_pairs():
    data = opinions.load("valid")
    one, others, weight = np.array(pairs(data)).T
    covariance = np.cov(one, others, aweights=weight)
    expected = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert opinions.one_against_the_others(data) == pytest.approx(expected, abs=1e-9)


def test_agreement_by_hand():
    assert opinions.one_against_the_others(small([1, 1, 1], [-2, -2, -2])) == pytest.approx(1)
    assert opinions.highest_correlation(small([1, 1, 1], [-2, -2, -2])) == pytest.approx(1)
    # Means 3 and -3, their variance 18; s² = 2 and 2, with two raters each: 1 - 1 / 18.
    assert opinions.highest_correlation(small([2, 4], [-2, -4])) == pytest.approx((17 / 18) ** 0.5)
    assert opinions.highest_correlation(small([4, -4], [-4, 4])) == 0  # only noise


def test_the_highest_correlation_is_found_again_in_drawn_ratings():
    """True scores with noise of a known size: the means correlate with the truth as the formula promises."""
    rng = torch.Generator().manual_seed(0)
    truth = 1.5 * torch.randn(4000, generator=rng)
    ratings = torch.full((4000, 29), torch.nan)
    ratings[:, :20] = truth[:, None] + 1.2 * torch.randn(4000, 20, generator=rng)
    data = opinions.Opinions(("x",) * 4000, ratings, torch.arange(4000), ("movie",) * 4000)
    reached = float(torch.corrcoef(torch.stack([truth, data.mean]))[0, 1])
    assert opinions.highest_correlation(data) == pytest.approx(reached, abs=0.002)


@pytest.mark.parametrize("source", ["movie", "product"])
def test_people_agree_well_and_one_less_than_many(source):
    for split in SIZES:
        data = opinions.load(split).of(source)
        assert 0.87 < opinions.one_against_the_others(data) < 0.91
        assert 0.99 < opinions.highest_correlation(data) < 0.997


@pytest.mark.parametrize("measure", [opinions.one_against_the_others, opinions.highest_correlation])
def test_agreement_of_something_else(measure):
    with pytest.raises(TypeError, match="opinions: got list, expected Opinions"):
        measure([1, 2])
    with pytest.raises(ValueError, match="opinions: got 1 sentences, expected at least 2"):
        measure(small([1, 2]))


# ---------------------------------------------------------------- file and script


FILES = (opinions.NAME, "make_opinions.py")


def test_damaged_file_is_named_with_the_way_to_restore_it(copied):
    (copied / opinions.NAME).write_bytes(b"\xfd7zXZ")
    with pytest.raises(
        files.DataError, match=r"data/opinions\.tsv\.xz is damaged.*(git checkout|fresh copy).*make_opinions\.py"
    ):
        opinions.load()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no archive", "is no packed text"),
        (lzma.compress(b"\xff\xfe"), "is no packed text"),
        (lzma.compress(b"split\n"), "is no table of split, source, review, ratings, text"),
        (lzma.compress(HEAD + b"dev\tmovie\tm1\t444\tx\n"), "is no table"),
        (lzma.compress(HEAD + b"test\tmovie\tm1\t" + b"4" * 30 + b"\tx\n"), "is no table"),
    ],
)
def test_right_checksum_but_no_table(copied, monkeypatch, content, message):
    monkeypatch.setattr(files, "checked_bytes", lambda name: content)
    with pytest.raises(files.DataError, match=message):
        opinions.load()


def test_script_gives_the_same_bytes():
    made = makers.script_with_packages("make_opinions").make()[opinions.NAME]
    assert lzma.decompress(made) == lzma.decompress(files.checked_bytes(opinions.NAME))
    makers.check_same_packing(opinions.NAME, made)


def test_script_checks_the_means_that_the_package_gives():
    maker = makers.script("make_opinions")
    texts, rated = (
        b"1_1\t0.5\tsaid &amp;#38;  meant\r\n1_2\t1\t!\r\n",
        b"\xef\xbb\xbf1_1\t0.5\t0.5\t[0, 1]\r\n1_2\t1\t0\t[1]\r\n",
    )
    assert maker.sentences("movie", texts, rated) == [maker.Sentence("movie", "movie1", (0, 1), "said & meant")]
    with pytest.raises(SystemExit, match="movie 1_1: the mean of its ratings is not what the package says"):
        maker.sentences("movie", texts, rated.replace(b"[0, 1]", b"[0, 2]"))


def test_script_keeps_reviews_together_that_share_a_sentence():
    maker = makers.script("make_opinions")
    said = {"movie1": ["So good!"], "movie2": ["Bad"], "movie3": ["so good", "Fun."], "movie4": ["FUN"]}
    those = [maker.Sentence("movie", review, (1,), text) for review, texts in said.items() for text in texts]
    assert sorted(map(sorted, maker.groups(those))) == [["movie1", "movie3", "movie4"], ["movie2"]]
