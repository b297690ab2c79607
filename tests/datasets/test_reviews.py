"""The reviews: splits, balance, what the sentences are made of, and what happens to a damaged file."""

import hashlib
import importlib.util
import json
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from mmcourse.base.files import how_to_restore
from mmcourse.datasets import files, reviews

COUNTS = {
    "train": {"plain": 440, "negation": 380, "contrast": 120, "intensifier": 240, "emoji": 120},
    "test": {"plain": 60, "negation": 80, "contrast": 40, "intensifier": 40, "emoji": 40},
    "unseen_negation": {"negation": 84},
}
EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")


def tokens(text):
    """Words with their inner apostrophes, marks and emoji, in lower case."""
    return re.findall(rf"[a-z]+(?:'[a-z]+)*|[.,!?:]|{EMOJI.pattern}", text.lower())


def used(split, *kinds):
    """How often each token occurs."""
    data = reviews.load(split)
    return Counter(
        word for text, kind in zip(data.texts, data.kinds, strict=True) if kind in (kinds or reviews.KINDS)
        for word in tokens(text)
    )  # fmt: skip


@pytest.fixture(scope="module")
def maker():
    """The script that makes the file, as a module."""
    spec = importlib.util.spec_from_file_location("make_reviews", files.DATA / "make_reviews.py")
    script = importlib.util.module_from_spec(spec)
    sys.modules["make_reviews"] = script
    spec.loader.exec_module(script)
    return script


@pytest.fixture(scope="module")
def sentiment(maker):
    """The adjectives of the frames: word → 1, good, or 0, bad."""
    words = {}
    for topic in maker.TOPICS.values():
        words |= dict.fromkeys(f"{topic.good} {topic.great}".split(), 1)
        words |= dict.fromkeys(f"{topic.bad} {topic.awful}".split(), 0)
    return words


# ---------------------------------------------------------------- splits and labels


@pytest.mark.parametrize("split", COUNTS)
def test_sizes_and_balance(split):
    data = reviews.load(split)
    assert len(data) == len(data.texts) == len(data.labels) == len(data.kinds) == sum(COUNTS[split].values())
    assert data.labels.dtype == torch.int64 and set(data.labels.tolist()) == {0, 1}
    assert Counter(data.kinds) == COUNTS[split]
    for kind in COUNTS[split]:
        assert data.of(kind).labels.double().mean() == 0.5


def test_every_sentence_stands_once():
    said = [" ".join(tokens(text)) for split in COUNTS for text in reviews.load(split).texts]
    assert len(set(said)) == len(said) >= 500


@pytest.mark.parametrize("split", COUNTS)
def test_kinds_and_labels_are_mixed(split):
    """Whoever takes the first rows, takes some of everything."""
    data = reviews.load(split)
    first = len(data) // 3
    assert set(data.kinds[:first]) == set(COUNTS[split])
    assert 0.35 < data.labels[:first].double().mean() < 0.65


def test_a_selection_keeps_the_order():
    data = reviews.load("test")
    some = data.of("negation", "emoji")
    assert len(some) == 120 and set(some.kinds) == {"negation", "emoji"}
    places = [data.texts.index(text) for text in some.texts]
    assert places == sorted(places) and torch.equal(some.labels, data.labels[places])
    assert len(reviews.load("unseen_negation").of("emoji")) == 0


def test_labels_are_copies():
    reviews.load("test").labels.zero_()
    assert reviews.load("test").labels.sum() == 130


# ---------------------------------------------------------------- sentences


def test_the_texts_are_clean():
    for split in COUNTS:
        data = reviews.load(split)
        for text, kind in zip(data.texts, data.kinds, strict=True):
            assert re.fullmatch(rf"[A-Z][A-Za-z' ,.!?:]*({EMOJI.pattern})*", text), text
            assert "  " not in text and " ." not in text and text == text.strip()
            assert text[-1] in ".!?" or kind == "emoji", text
            assert (EMOJI.search(text) is not None) == (kind == "emoji"), text
            assert not re.search(r"\ba (?!use|one\b)[aeiou]|\ban (?![aeiou])|\ban use", text, re.I), text
            assert not re.search(r"\b(this|the|a|is|was|not) \1\b", text, re.I), text
            assert 3 <= len(tokens(text)) <= 20, text


def test_the_vocabulary_is_small_and_covered():
    train, test, unseen = (used(split) for split in COUNTS)
    assert len(train) <= 360 and len(train + test + unseen) <= 380
    assert not set(test) - set(train)
    assert sum(count for word, count in train.items() if count >= 3) > 0.97 * train.total()
    assert all(train[face] >= 4 for face in train if EMOJI.match(face))


def test_words_of_sentiment_occur_with_and_without_negation(sentiment):
    plain, negated = used("train", "plain", "intensifier"), used("train", "negation")
    assert all(plain[word] >= 3 and negated[word] >= 2 for word in sentiment)
    told = set(used("unseen_negation")) & set(sentiment)
    assert len(told) > 25 and told <= set(plain)


def test_other_words_give_nothing_away(sentiment):
    """A frequent word that carries no sentiment stands in good and bad reviews alike, negators included."""
    data = reviews.load("train")
    good = Counter(w for t, y in zip(data.texts, data.labels, strict=True) if y for w in set(tokens(t)))
    every = Counter(w for t in data.texts for w in set(tokens(t)))
    frequent = {w for w in every if every[w] >= 40} - set(sentiment)
    assert {"not", "never", "no"} <= frequent
    assert all(0.35 < good[word] / every[word] < 0.65 for word in frequent)


def test_negation_turns_the_words_round(sentiment):
    """Counting words of sentiment tells plain reviews, and negated ones the wrong way round."""

    def agree(kind):
        data = reviews.load("train").of(kind)
        votes = [[2 * sentiment[w] - 1 for w in tokens(text) if w in sentiment] for text in data.texts]
        right = [(sum(v) > 0) == bool(y) for v, y in zip(votes, data.labels, strict=True) if sum(v)]
        return np.mean(right), len(right) / len(data)

    for kind in ("plain", "intensifier", "emoji"):
        assert agree(kind)[0] > 0.98
    share, voted = agree("negation")
    assert share < 0.2 and voted > 0.7
    assert agree("contrast")[1] < 0.35  # most hold one word of either sort


def test_contrasts_hold_both_sorts_of_words(sentiment):
    data = reviews.load("train").of("contrast")
    both = [{sentiment[w] for w in tokens(text) if w in sentiment} == {0, 1} for text in data.texts]
    assert np.mean(both) > 0.6


# ---------------------------------------------------------------- negation that was never seen

MARKS = (
    "do not think", "would not call", "not once", "at no time", "isn't true", "least bit", "did not seem", "none of us",
    "nobody would", "is not the word", "not for a minute", "far from", "anything but", "have yet to", "who says",
    "it is not", "as if", "and find none",
)  # fmt: skip


def test_each_unseen_sentence_has_a_mark_that_is_new():
    unseen = [text.lower() for text in reviews.load("unseen_negation").texts]
    seen = [text.lower() for split in ("train", "test") for text in reviews.load(split).texts]
    assert all(any(mark in text for mark in MARKS) for text in unseen)
    assert all(any(mark in text for text in unseen) for mark in MARKS)
    assert not [text for text in seen if any(mark in text for mark in MARKS) and text != "i would not stay here again."]


def skeleton(text, content):
    """The sentence with its content words taken out, and the tense of "is" with them."""
    kept = ["." if word in ("is", "are", "was", "were", "isn't", "aren't", "wasn't", "weren't") else word
            for word in tokens(text)]  # fmt: skip
    return " ".join("_" if word in content else word for word in kept)


def test_no_unseen_template_occurs_elsewhere(maker, sentiment):
    nouns = {noun.strip("+~") for topic in maker.TOPICS.values() for noun in topic.nouns.split()}
    content = nouns | set(sentiment) | {"the", "this", "these", "my", "our", "their"}
    seen = {skeleton(text, content) for split in ("train", "test") for text in reviews.load(split).texts}
    assert not seen & {skeleton(text, content) for text in reviews.load("unseen_negation").texts}
    frames = {frame.text for frame in maker.FRAMES["unseen_negation"]}
    assert not frames & {frame.text for kind in reviews.KINDS for frame in maker.FRAMES[kind]}


def test_most_unseen_negations_use_a_negator_that_is_known():
    known = {"not", "no", "nobody", "never", "isn't", "can't"}
    assert known <= set(used("train"))
    told = [bool(known & set(tokens(text))) for text in reviews.load("unseen_negation").texts]
    assert 0.65 < np.mean(told) < 0.95


# ---------------------------------------------------------------- the lesson that these sentences are for


def test_a_bag_of_words_reads_plain_reviews_and_fails_on_negation():
    text = pytest.importorskip("sklearn.feature_extraction.text")
    from sklearn.linear_model import LogisticRegression

    train = reviews.load("train")
    bag = text.TfidfVectorizer(tokenizer=tokens, token_pattern=None)
    model = LogisticRegression(max_iter=1000).fit(bag.fit_transform(train.texts), train.labels.numpy())

    def right(data):
        return (model.predict(bag.transform(data.texts)) == data.labels.numpy()).mean()

    test = reviews.load("test")
    assert min(right(test.of(kind)) for kind in ("plain", "intensifier", "emoji")) > 0.85
    assert right(test.of("negation")) < 0.4 and right(reviews.load("unseen_negation")) < 0.4


# ---------------------------------------------------------------- the file and its script


FILES = ("reviews.tsv", "make_reviews.py")


def rewrite(folder, content):
    """Another reviews.tsv with a checksum that fits."""
    (folder / "reviews.tsv").write_bytes(content)
    (folder / "checksums.json").write_text(json.dumps({"reviews.tsv": hashlib.sha256(content).hexdigest()}))


@pytest.mark.parametrize(
    "damage, what",
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:1000]), "is damaged or was changed"),
        (lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")), "is damaged or was changed"),
        (lambda path: path.write_bytes(b""), "is damaged or was changed"),
    ],
)
def test_a_damaged_file_is_named_with_the_way_to_restore_it(copied, damage, what):
    damage(copied / "reviews.tsv")
    with pytest.raises(files.DataError) as caught:
        reviews.load("train")
    message = str(caught.value)
    assert message.startswith(f"data/reviews.tsv {what}")
    assert how_to_restore("data/reviews.tsv") in message and "python data/make_reviews.py" in message
    assert str(copied) not in message  # no machine's path


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\n", b"a\tb\n", b"split\tkind\tlabel\ttext\ntrain\tplain\t2\tGood.\n",
     b"split\tkind\tlabel\ttext\ntrain\tplain\t1\n", b"split\tkind\tlabel\ttext\nvalid\tplain\t1\tGood.\n"],
)  # fmt: skip
def test_right_checksum_but_no_table(copied, content):
    rewrite(copied, content)
    with pytest.raises(files.DataError, match=r"data/reviews\.tsv is no (text )?table"):
        reviews.load("train")


def test_the_script_makes_the_same_bytes(maker):
    content = (files.DATA / "reviews.tsv").read_bytes()
    assert maker.table(maker.make()) == content and len(content) < 150_000
    assert files.checksum("reviews.tsv") == hashlib.sha256(content).hexdigest()
    assert maker.COUNTS == COUNTS


def test_the_script_compares_and_writes(copied, maker, monkeypatch, capsys):
    monkeypatch.setattr(maker, "HERE", Path(copied))
    monkeypatch.setattr(sys, "argv", ["make_reviews.py", "--check"])
    assert maker.main() == 0 and "the same bytes" in capsys.readouterr().out
    promised = (copied / "checksums.json").read_text()
    (copied / "reviews.tsv").write_bytes(b"other")
    assert maker.main() == 1 and "DIFFERENT" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["make_reviews.py"])
    assert maker.main() == 0 and len(reviews.load("train")) == 1300
    assert (copied / "checksums.json").read_text() == promised  # other files keep theirs


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize("split", ["valid", "", None, 3, "Train"])
def test_a_split_that_is_not_there(split):
    with pytest.raises(ValueError, match="split: got .*expected one of 'train', 'test', 'unseen_negation'"):
        reviews.load(split)


def test_a_kind_that_is_not_there():
    with pytest.raises(ValueError, match="kind: got 'irony'.*expected one of 'plain', .*"):
        reviews.load("test").of("plain", "irony")
