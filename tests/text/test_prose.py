"""Numbers that lesson 04's text names and no cell of it prints: counted in the data, or read off the stored studies."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from mmcourse.datasets import opinions, reviews, scenes
from mmcourse.text import studies, tokenise


def test_one_word_in_fourteen_of_new_sentences_is_rare():
    train, test = opinions.load("train"), opinions.load("test")
    seen = Counter(word for text in train.texts for word in tokenise(text))
    words = [word for text in test.texts for word in tokenise(text) if word[0].isalnum()]
    assert round(1 / np.mean([seen[word] <= 1 for word in words])) == 14 and len(train.texts) == 10_000
    assert sum(len(opinions.load(split).texts) for split in ("train", "valid", "test")) == 14_309


def test_seven_captions_in_a_hundred_were_made_before():
    made = set(scenes.captions(2500, 0))
    asked, _roles = studies.related(1500, 1)
    assert round(100 * np.mean([text in made for text in asked])) == 7


def test_half_of_all_words_are_entities_and_the_most_frequent_tag_is_other():
    tags = Counter(tag for row in studies.related(1500, 1)[1] for tag in row)
    entities = {tag: count for tag, count in tags.items() if tag not in ("other", "relation")}
    assert len(entities) == 6 and 0.47 < sum(entities.values()) / tags.total() < 0.53
    assert tags.most_common(1)[0][0] == "other"


def test_a_quarter_of_the_negated_reviews_keep_a_word_that_the_list_lacks():
    for texts in (studies.grouped("test")["negation"].texts, reviews.load("train").of("negation").texts):
        kept = [{*tokenise(text)} & (studies.NEGATIONS - ENGLISH_STOP_WORDS) for text in texts]
        assert 0.24 < np.mean([bool(words) for words in kept]) < 0.28
    assert {"hardly", "wasn't"} <= {word for words in kept for word in words}


def test_chance_is_two_to_eleven_percent():
    vocabulary, _tables = studies.count_words(seeds=[0], captions=1800)
    shares = [100 * share for share in studies.kind_by_chance(vocabulary).values()]
    assert len(vocabulary) == 63 and 1.5 < min(shares) < 2.5 and 10.5 < max(shares) < 11.5


def test_counting_minds_the_numbers_a_word_more_than_skip_gram():
    found = studies.VECTORS.load()
    counted = {dim: round(100 * np.mean(found.one(method="counted", dim=dim)["same_kind"])) for dim in (16, 32)}
    assert counted == {16: 98, 32: 85}
    units = [unit for unit in found.where(method="skip-gram") if unit["dim"] == 32]
    assert len(units) == 6 and round(100 * min(np.mean(unit["same_kind"]) for unit in units)) == 93


def test_the_slow_setting_is_the_one_that_counting_beats():
    found = studies.VECTORS.load()
    slow = found.one(method="skip-gram", dim=16, rate=0.01, times=1)["same_kind"]
    assert np.mean(slow) < min(
        np.mean(unit["same_kind"]) for unit in found.where(method="skip-gram", dim=16) if unit["same_kind"] != slow
    )


def test_what_dropping_words_brings_a_bag():
    found = studies.KINDS.load()
    units = {kept: studies.best(found, reader="bag of words", kept=kept, times=4) for kept in found.values("kept")}
    plain = {kept: round(100 * np.mean(unit["right"]["plain"])) for kept, unit in units.items()}
    assert plain == {"all words": 87, "no stop words": 89, "adjectives alone": 91}


# ---------------------------------------------------------------- words put between "not" and its adjective


def chosen(reader, longer=False, times=4, **more):
    """The setting that the reviews set aside choose, of a text CNN or a mean embedding."""
    return studies.best(studies.NEGATION.load(), reader=reader, longer=longer, times=times, **more)


def percent(unit, place, count):
    return 100 * studies.share_right(unit, place, count).mean


def test_a_large_weight_decay_pays_for_the_cnn():
    found = {
        (name, decay): 100 * np.mean(chosen(name, decay=decay)["valid"])
        for name in ("text CNN", "mean embedding")
        for decay in (0.01, 1.0)
    }
    assert [round(found["text CNN", decay]) for decay in (1.0, 0.01)] == [95, 90]
    assert abs(found["mean embedding", 1.0] - found["mean embedding", 0.01]) < 1


def test_one_word_between_is_enough():
    cnn = chosen("text CNN")
    one = studies.share_right(cnn, "between", 1)
    assert [round(100 * part) for part in (one.mean, one.low, one.high)] == [60, 44, 75] and one.n == 19
    assert round(percent(cnn, "between", 0)) == 96 and round(percent(cnn, "between", 2)) == 50
    assert all(54 < percent(cnn, "between", k) < 60.5 for k in (3, 4, 6, 8, 12))
    assert all(percent(cnn, "before", k) > 90 for k in studies.ADDED), "before the not little happens"
    early = chosen("text CNN", times=1)
    assert percent(early, "between", 1) < 60 and all(percent(early, "between", k) < 60 for k in (2, 3, 4, 6, 8, 12))


def test_unfamiliar_company_costs_plain_reviews_less():
    cnn, more = chosen("text CNN"), studies.ADDED[1:]
    lost = {place: [percent(cnn, place, 0) - percent(cnn, place, k) for k in more] for place in ("plain", "between")}
    assert round(percent(cnn, "plain", 0)) == 98
    assert {round(percent(cnn, "plain", k)) for k in more} <= set(range(77, 89))
    assert all(1.7 < under / plain < 4 for under, plain in zip(lost["between"], lost["plain"], strict=True))


def test_the_mean_is_thinned_wherever_the_words_stand():
    unit = chosen("mean embedding")
    assert unit["right"]["between"] == unit["right"]["before"]
    lengths = [len(tokenise(text)) + 12 for text, _ in studies.longer_reviews.asked(True)[0]]
    assert round(np.mean(lengths), -1) == 20, "one word of twenty"
    assert percent(unit, "between", 0) == pytest.approx(92, abs=0.6) and round(percent(unit, "between", 12)) == 58


def test_lengthened_reviews_teach_the_cnn_and_it_takes_training():
    taught = chosen("text CNN", longer=True)
    assert {round(percent(taught, "between", k)) for k in studies.ADDED[1:]} <= set(range(86, 92))
    less = studies.share_right(taught, "between", 12, against="before")
    assert [round(-100 * part) for part in (less.mean, less.high, less.low)] == [6, 3, 10]
    assert round(percent(chosen("text CNN", longer=True, times=1), "between", 12)) == 55
