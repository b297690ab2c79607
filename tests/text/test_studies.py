"""Lesson 04's experiments: neighbours and analogies counted rightly, readers asked about what they have not seen."""

import random

import numpy as np
import pytest
import torch
from small_texts import numbers

from mmcourse import text as lesson
from mmcourse.datasets import reviews, scenes
from mmcourse.studies import Result
from mmcourse.text import studies
from mmcourse.text.studies import longer_reviews


def built_in(noise=0.0, dtype=torch.float32):
    """Vectors in which every word is the sum of what its kind and its kind's member are: all analogies hold."""
    parts = numbers(40, 64, seed=7, dtype=dtype)
    vocabulary = lesson.Vocabulary.build(scenes.captions(400, 0))
    vectors = 3 * numbers(len(vocabulary), 64, seed=8, dtype=dtype)
    for k, group in enumerate(studies.CATEGORIES.values()):
        for m, word in enumerate(group):
            vectors[vocabulary.index[word]] = 3 * parts[k] + parts[20 + m]
    return vocabulary, vectors


def test_neighbours_of_one_kind_are_counted():
    vocabulary, vectors = built_in()
    assert set(studies.same_kind(vocabulary, vectors).values()) == {1.0}
    chance = studies.kind_by_chance(vocabulary)
    found = [studies.same_kind(vocabulary, numbers(len(vocabulary), 16, seed=s)) for s in range(40)]
    for kind, share in chance.items():
        assert np.mean([one[kind] for one in found]) == pytest.approx(share, abs=0.09)


def test_analogies_are_judged():
    vocabulary, vectors = built_in()
    assert studies.analogy_scores(vocabulary, vectors, "plural") == {"word": 1.0, "kind": 1.0}
    assert studies.analogy_scores(vocabulary, vectors, "plural", "c alone")["kind"] == 0.0
    plural, opposite = studies.questions("plural"), studies.questions("opposite")
    assert len(plural) == 30 and ("circles", "circle", "square", "squares") in plural
    assert len(opposite) == 40 and ("left", "right", "below", "above") in opposite
    for a, b, c, answer in plural + opposite:
        assert len({a, b, c, answer}) == 4


def test_counting_and_learning_read_the_same_captions():
    vocabulary, tables = studies.count_words(seeds=[0, 1], captions=60)
    learnt_words, _vectors = studies.learn_words(seeds=[0, 1], captions=60, epochs=1, dim=3)
    assert vocabulary.words == learnt_words.words and _vectors[0].shape == (len(vocabulary), 3)
    for seed, table in enumerate(tables):
        coded = [vocabulary.encode(text) for text in scenes.captions(60, seed)]
        torch.testing.assert_close(table, lesson.positive_pmi(lesson.cooccurrences(coded, len(vocabulary))))
    assert not torch.equal(tables[0], studies.count_words([0], 60, mix_colours=True)[1][0][: len(vocabulary)])


def test_mixed_colours_keep_everything_else():
    texts = scenes.captions(50, 3)
    for before, after in zip(texts, studies.mixed(texts, 0), strict=True):
        for old, new in zip(lesson.tokenise(before), lesson.tokenise(after), strict=True):
            assert old == new or {old, new} <= set(studies.CATEGORIES["colour"])


@pytest.mark.parametrize(
    "caption, roles",
    [
        (
            "a red ring is left of the small blue cross",
            ["other", "subject colour", "subject shape", "other", "relation", "relation", "other", "object size"]
            + ["object colour", "object shape"],
        ),
        (
            "the ring comes before, above an orange square",
            ["other", "subject shape", "relation", "relation", "other", "relation", "other", "object colour"]
            + ["object shape"],
        ),
        ("a red ring is on the left", []),
        ("two circles", []),
        ("", []),
    ],
)
def test_roles_of_captions(caption, roles):
    assert studies.caption_roles(caption) == roles


def test_roles_agree_with_the_graph():
    """Where the subject's looks fit one shape only and the object's too, the relation holds between these two."""
    made, checked = scenes.make(400, 5), 0
    for caption, graph in zip(made.captions, made.graphs, strict=True):
        roles, tokens = studies.caption_roles(caption), lesson.tokenise(caption)
        pairs = list(zip(tokens, roles, strict=bool(roles)))
        said = [{word for word, role in pairs if role.startswith(who)} for who in ("subject", "object")]
        fits = [[s for s in graph if words <= {s.kind, s.colour, s.size}] for words in said]
        if roles and [len(found) for found in fits] == [1, 1]:
            one, other = fits[0][0], fits[1][0]
            where = next(w for w in tokens if w in studies.CATEGORIES["direction"])
            holds = {
                "left": one.column < other.column,
                "right": one.column > other.column,
                "above": one.row < other.row,
                "below": one.row > other.row,
            }
            assert holds[where], caption
            checked += 1
    assert checked > 30


def test_hidden_words_are_hidden():
    texts, roles = studies.related(300, 0, ["purple", "ring"])
    assert len(texts) > 30 and not {"purple", "ring"} & {word for text in texts for word in lesson.tokenise(text)}
    vocabulary = lesson.Vocabulary.build(texts)
    inputs, labels = studies.windows_of(vocabulary, texts, roles, 2)
    assert inputs.shape == (sum(map(len, roles)), 5) and labels.max() < len(studies.TAGS)
    assert inputs[:, 2].tolist() == [k for text in texts for k in vocabulary.encode(text)]


@pytest.mark.parametrize(
    "text, steps",
    [
        ("It was not very good.", 2),
        ("Not good.", 1),
        ("It was good.", None),
        ("Not once.", None),
        ("", None),
        ("You can't say it wasn't good.", None),
        ("Good, not bad.", 1),
    ],
)
def test_distances_from_negation_to_adjective(text, steps):
    assert studies.steps_to_adjective(text) == steps


@pytest.mark.parametrize("count", [80, 83])
def test_samples_leave_every_review_out_once(count):
    rows = studies.samples(count, range(8))
    without = [studies.left_out(count, seed) for seed in range(8)]
    assert sorted(sum(without, [])) == list(range(count))
    assert (
        len({len(one) for one in rows}) == 1 and len(rows[0]) in (70, 72) and rows == studies.samples(count, range(8))
    )
    for one, other in zip(rows, without, strict=True):
        assert len(one) == len(set(one)) and not set(one) & set(other) and max(one) < count
    assert set(studies.left_out(count, 8)) != set(without[0])


def built(place, count=3, text="Overall, the soup was not very good today."):
    return studies.lengthened(text, count, place, random.Random(1)).split()


def test_words_are_added_where_they_should_stand():
    for place, before, after in (
        ("between", "overall , the soup was not very", "good today ."),
        ("before", "overall , the soup was", "not very good today ."),
        ("after", "overall , the soup was not very good today .", ""),
        ("plain", "overall , the soup was not very", "good today ."),
    ):
        found, start = built(place), len(before.split())
        assert found[:start] == before.split() and found[start + 3 :] == after.split()
        assert set(found[start : start + 3]) <= set(studies.FILLER)
        assert " ".join(built(place, 0)) == "overall , the soup was not very good today ."
    whole, places = built("after", 0), set()
    for seed in range(60):
        longer = studies.lengthened(" ".join(whole), 2, "anywhere", random.Random(seed)).split()
        places |= {t for t in range(len(whole) + 1) if longer[:t] + longer[t + 2 :] == whole}
    assert places == set(range(len(whole) + 1))
    with pytest.raises(ValueError, match="has no place 'between'"):
        built("between", text="The soup was good.")


def test_the_words_added_say_neither_good_nor_bad():
    train = reviews.load("train")
    for word in studies.FILLER:
        labels = [int(y) for text, y in zip(train.texts, train.labels, strict=True) if word in lesson.tokenise(text)]
        assert len(labels) >= 20 and 0.42 < np.mean(labels) < 0.58, word
    assert not set(studies.FILLER) & (studies.ADJECTIVES | studies.NEGATIONS)


@pytest.mark.parametrize(
    "text, found",
    [("It was not very good.", "not + 2"), ("It was very good.", "very"), ("Good!", ""), ("Not once.", "")],
)
def test_forms_of_reviews(text, found):
    assert studies.form(text) == found


class Contrary(torch.nn.Module):
    """Says good (1) wherever an adjective of a list stands."""

    def __init__(self, vocabulary, words):
        super().__init__()
        self.ids = torch.tensor([vocabulary.index[word] for word in words if word in vocabulary.index])

    def forward(self, ids):
        hit = torch.isin(ids, self.ids).any(1).float()
        return torch.stack([1 - hit, hit], dim=1)


def test_only_reviews_that_a_model_has_not_seen_are_asked_about():
    common, own = longer_reviews.asked(True)
    train = reviews.load("train")
    assert not {text for text, _ in common} & set(train.texts)
    for seed, some in enumerate(own):
        seen = {train.texts[row] for row in studies.samples(len(train), [seed])[0]}
        choosing = {train.texts[row] for row in studies.left_out(len(train), seed)[::2]}
        assert some and not {text for text, _ in some} & (seen | choosing)
    assert all(studies.steps_to_adjective(text) <= 4 for text, _ in common + sum(own, []))


def test_right_answers_are_counted_by_form():
    vocabulary = lesson.Vocabulary.build(reviews.load("train").texts)
    common, own = longer_reviews.asked(True)
    bad = {
        word for text, y in common + sum(own, []) if y for word in lesson.tokenise(text) if word in studies.ADJECTIVES
    }
    models = [Contrary(vocabulary, sorted(bad))] * 8  # a bad word under a negation is good: right on most of them
    right, asked = longer_reviews.right_answers(models, vocabulary, "between", 2)
    assert sum(asked) == 8 * len(common) + sum(map(len, own)) and all(r <= n for r, n in zip(right, asked, strict=True))
    assert sum(right) > 0.9 * sum(asked)
    unit = {"right": {"between": [right], "before": [[0] * len(asked)]}, "asked": {"between": asked, "before": asked}}
    share = studies.share_right(unit, "between", 0)
    assert share.mean == pytest.approx(sum(right) / sum(asked)) and share.n == len(asked)
    assert studies.share_right(unit, "between", 0, against="before").mean == pytest.approx(share.mean)


def test_the_best_setting_is_chosen_by_the_reviews_set_aside():
    rows = [
        {"reader": "text CNN", "rate": r, "valid": [v], "right": 0} for r, v in ((0.1, 0.6), (0.2, 0.9), (0.3, 0.8))
    ]
    found = Result("text/negation", rows, ("reader", "rate"), ["here"], "fresh", 1, "study")
    assert studies.best(found, reader="text CNN")["rate"] == 0.2


def test_captions_that_were_read_are_not_asked_about():
    texts, roles = studies.related(200, 3)
    kept, theirs = studies.unread((texts, roles), set(texts[:5]))
    assert not set(kept) & set(texts[:5]) and len(kept) == len(theirs)
    assert all(studies.caption_roles(text) == one for text, one in zip(kept, theirs, strict=True))


def test_scores_are_taken_on_reviews_that_a_reader_has_not_seen():
    vocabulary, trained = studies.train_readers(["bag of words"], seeds=[0, 1])
    (scores,) = [studies.scores_of(vocabulary, models) for models in trained.values()]
    assert list(scores) == list(studies.GROUPS) and all(len(runs) == 2 for runs in scores.values())
    assert all(set(runs.ravel()) <= {0.0, 1.0} for runs in scores.values())
    test = reviews.load("test").of("plain")
    ids = studies.coded(vocabulary, test.texts)
    for model, share in zip(trained["bag of words"], scores["plain"], strict=True):
        assert share.tolist() == (model(ids).argmax(1) == test.labels).float().tolist()


def test_a_kind_of_review_that_is_left_out_is_not_read():
    train = reviews.load("train")
    of = {kind: {word for text in train.of(kind).texts for word in lesson.tokenise(text)} for kind in reviews.KINDS}
    alone = of["negation"] - set().union(*(words for kind, words in of.items() if kind != "negation"))
    vocabulary, _trained = studies.train_readers(["bag of words"], seeds=[0], leave_out="negation")
    assert len(alone) > 5 and not alone & set(vocabulary.words)
    assert alone & set(studies.train_readers(["bag of words"], seeds=[0])[0].words)


def test_stop_words_are_left_out():
    assert studies.without_stop_words("It was not good, the soup!") == "good , soup !"


def test_a_reader_can_learn_longer_and_at_another_rate():
    def weights(**more):
        _vocabulary, trained = studies.train_readers(["bag of words"], seeds=[0], **more)
        return trained["bag of words"][0].weight.detach()

    usual = weights()
    assert torch.equal(weights(times=1, settings=studies.READERS), usual)
    assert weights(times=2).norm() > 1.2 * usual.norm()
    assert weights(settings={"bag of words": (0.002, 0.0)}).norm() < 0.5 * usual.norm()


STORED = [(reader, kept) for reader in studies.READERS for kept in ("all words", "no stop words", "adjectives alone")]


@pytest.mark.parametrize("reader, kept", [pair for pair in STORED if pair[0] != "text CNN" or pair[1] == "all words"])
@pytest.mark.parametrize("times", [1, 4])
def test_what_the_lesson_says_of_kinds_holds_at_either_length_of_training(reader, kept, times):
    right = studies.best(studies.KINDS.load(), reader=reader, kept=kept, times=times)["right"]
    found = {kind: float(np.mean(shares)) for kind, shares in right.items()}
    assert set(found) == set(studies.GROUPS)
    if kept == "all words":
        learnt = reader != "bag of words"
        assert (found["contrast"] > 0.9) == (reader == "text CNN") and (
            reader == "text CNN" or found["contrast"] < 0.66
        )
        assert (found["negation"] > 0.8) == learnt and (learnt or found["negation"] < 0.45)
        assert found["unseen negation"] < 0.75 and found["unseen negation"] < found["negation"] + 0.05
    elif reader == "mean embedding":
        assert found["negation"] < (0.75 if kept == "no stop words" else 0.35)
        assert found["plain"] < 0.92 if kept == "no stop words" else found["emoji"] < 0.7
    else:
        assert found["plain"] > 0.85
