"""Lesson 04's experiments: neighbours and analogies counted rightly, readers asked about what they have not seen."""

import numpy as np
import pytest
import torch
from small_texts import numbers

from mmcourse import text as lesson
from mmcourse.datasets import reviews, scenes
from mmcourse.text import studies


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


def test_samples_leave_some_reviews_out():
    rows = studies.samples(80, range(8))
    assert all(len(one) == len(set(one)) == 70 and max(one) < 80 for one in rows)
    assert len({tuple(one) for one in rows}) == 8 and rows == studies.samples(80, range(8))


def test_scores_are_taken_on_reviews_that_a_reader_has_not_seen():
    vocabulary, trained = studies.train_readers(["bag of words"], seeds=[0, 1])
    (scores,) = [studies.scores_of(vocabulary, models) for models in trained.values()]
    assert list(scores) == list(studies.GROUPS) and all(len(runs) == 2 for runs in scores.values())
    test = reviews.load("test").of("plain")
    ids = studies.coded(vocabulary, test.texts)
    for model, share in zip(trained["bag of words"], scores["plain"], strict=True):
        assert share == pytest.approx(float((model(ids).argmax(1) == test.labels).float().mean()))


def test_a_kind_of_review_that_is_left_out_is_not_read():
    train = reviews.load("train")
    of = {kind: {word for text in train.of(kind).texts for word in lesson.tokenise(text)} for kind in reviews.KINDS}
    alone = of["negation"] - set().union(*(words for kind, words in of.items() if kind != "negation"))
    vocabulary, _trained = studies.train_readers(["bag of words"], seeds=[0], leave_out="negation")
    assert len(alone) > 5 and not alone & set(vocabulary.words)
    assert alone & set(studies.train_readers(["bag of words"], seeds=[0])[0].words)
