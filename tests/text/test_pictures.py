"""Lesson 04's views show the numbers they are given, and whatever a learner may write."""

import warnings

import numpy as np
import pytest
import torch
from helpers import assert_redraw_is_exact, beside, settle
from sklearn.decomposition import PCA
from small_texts import numbers

from mmcourse import text as lesson
from mmcourse.engine import Interval
from mmcourse.pictures import lettering
from mmcourse.text import pictures

made = beside("text", "panels")


def test_the_plane_is_that_of_principal_components():
    points = numbers(30, 6) * torch.arange(1, 7)
    middle, plane, share = pictures.principal_plane(points)
    oracle = PCA(2).fit(points.numpy())
    assert share == pytest.approx(oracle.explained_variance_ratio_.sum())
    ours = ((points - middle) @ plane).numpy()
    np.testing.assert_allclose(np.abs(ours), np.abs(oracle.transform(points.numpy())), atol=1e-9)


def test_labels_lie_apart():
    """What remains of an overlap is at most a sixteenth of a label's width or height, as the drawing allows."""
    points, boxes = np.random.default_rng(0).normal(size=(30, 2)) * 0.4, np.tile([[0.3, 0.1]], (30, 1))
    places = pictures.apart(points, boxes, np.array([0.02, 0.02]), np.array([-2.0, -2.0]), np.array([2.0, 2.0]))
    overlap = (boxes - np.abs(places[:, None] - places[None])) / boxes
    shared = np.clip(overlap, 0, 1).min(-1)[~np.eye(30, dtype=bool)]
    assert shared.max() < 0.2 and (shared < 0.07).mean() > 0.99 and np.abs(places).max() <= 2


ODD = ["", "   ", "<script>alert(1)</script>", "$x_{1}^{2$ \\frac", "ümlaut ☃ 😀🥸", "שלום 一个红色的圆"]
ODD += ["क्\u200dषमा हिन्दी", "สวัสดีครับ", "العَرَبِيَّةُ", "👩🏽\u200d💻 🇩🇪"]
ODD += ["a\tb\x00c\ud800", "not " * 3000, "w" * 9000, "<pad> <unk>"]


@pytest.fixture(scope="module")
def small():
    return made.vocabulary(), made.vectors()


@pytest.fixture(scope="module")
def views(small):
    vocabulary, vectors = small
    explorer, review = pictures.WordExplorerView(*small), pictures.OwnReviewView(vocabulary, made.untrained())
    return {"tokens": pictures.TokensView(vocabulary), "explorer": explorer, "review": review}


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_a_learner_may_write_anything(text, views):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for values in ({"text": text, "length": 10}, {"text": text, "length": 1}):
            assert views["tokens"].png(**values).startswith(b"\x89PNG")
        for word, minus, plus in ((text, text, text), (text, "red", ""), ("", "", text)):
            assert views["explorer"].png(word=word, minus=minus, plus=plus).startswith(b"\x89PNG")
        assert views["review"].png(text=text).startswith(b"\x89PNG")


def test_an_exact_redraw(views):
    view = views["explorer"]
    settle(view, word="red", minus="", plus="")
    view.png(word="two", minus="one", plus="ring")
    assert_redraw_is_exact(view, word="red", minus="", plus="blue")


def test_the_explorer_shows_the_nearest_words(small, views):
    (vocabulary, vectors), view = small, views["explorer"]
    view.update(word="red", minus="", plus="")
    k = vocabulary.index["red"]
    best, closeness = lesson.nearest(vectors[k], vectors, view.count, [*range(5), k])
    np.testing.assert_allclose([bar.get_width() for bar in view.bars], closeness.clamp(min=0), atol=1e-6)
    outlines = [lettering.word_shape(vocabulary.words[one]) for one in best.tolist()]
    assert [name.get_path() for name in view.names] == outlines
    view.update(word="house", minus="", plus="")
    assert not any(bar.get_width() for bar in view.bars) and len(view.spot.get_xdata()) == 0


def test_the_tokens_view_shows_words_unknown_words_and_padding(small, views):
    (vocabulary, _), view = small, views["tokens"]
    view.update(text="a red house", length=5)
    shown = [word.get_path() for word in view.words]
    wanted = ["a", "red", "house", "<pad>", "<pad>", *[""] * 5]
    assert shown == [lettering.word_shape(word, align=0.5) for word in wanted]
    numbers_wanted = [*map(str, vocabulary.encode("a red house")), "0", "0", *[""] * 5]
    assert [n.get_path() for n in view.numbers] == [lettering.word_shape(n, align=0.5) for n in numbers_wanted]


@pytest.mark.parametrize(
    "word, shown",
    [
        ("ab", "ab"),
        ("红a", "▯a"),
        ("w" * 50, "wwwwwwww…"),
        ("", ""),
        ("हिन्दी", "▯▯▯"),
        ("สวัสดี", "▯▯▯▯"),
        ("👩\u200d💻", "▯"),
        ("i̇stanbulluyuz", "i̇stanbul…"),
        ("العَرَبِيَّةُ", "العَرَبِيَّةُ"),
        ("e" + 300 * "\u0301", "e" + 7 * "\u0301"),
    ],
)
def test_what_the_font_cannot_draw_becomes_a_box_and_no_letter_loses_its_marks(word, shown):
    assert lettering.drawable(word) == shown


def test_the_bars_of_the_review_view_are_the_models_own_words(small, views):
    (vocabulary, _), view = small, views["review"]
    view.update(text="a red ring")
    ids = torch.tensor([vocabulary.encode("a red ring")])
    wanted = [100 * torch.softmax(model(ids), -1)[0, 1].item() for model in view.models.values()]
    np.testing.assert_allclose([bar.get_width() for bar in view.bars], wanted, rtol=1e-4)


def test_every_still_picture_draws_words_of_any_script():
    words = ["हिन्दी", "สวัสดี", "don't", "😀"]
    drawn = [
        pictures.table_of(["हिन्दी $x_{1$"], words, torch.ones(1, 4), "counts"),
        pictures.tagged(
            words, {"truth": ["other", "subject colour", "relation", "object shape"], "own": 4 * ["other"]}
        ),
        pictures.tokens(lesson.Vocabulary(words), " ".join(words)),
    ]
    assert all(picture.png.startswith(b"\x89PNG") for picture in drawn)


def test_bars_and_curves_show_the_means_they_are_given():
    runs = {"plain": [[1, 0, 1, 1], [1, 0, 0, 1]], "negation": [[0, 0, 1], [0, 1, 0]]}
    bars = pictures.kind_bars({"bag of words": runs, "text CNN": runs}, "two groups")
    fewer = pictures.kind_bars({"bag of words": runs, "text CNN": runs}, "two groups", groups=["plain"])
    assert bars.png != fewer.png and bars.alt == "two groups"


def test_intervals_of_shares_end_at_none_and_all():
    wide = {"sure": Interval(1.0, 0.98, 1.02, 8), "never": Interval(0.0, -0.02, 0.02, 8)}
    cut = {"sure": Interval(1.0, 0.98, 1.0, 8), "never": Interval(0.0, 0.0, 0.02, 8)}
    drawn = [pictures.share_bars(groups, [0.5, 0.5], "two groups", "%") for groups in (wide, cut)]
    assert drawn[0].png == drawn[1].png and drawn[0].alt == "two groups"


def test_curves_over_the_reach_change_with_the_scores():
    names = ("kind", "role", "unknown")
    drawn = [pictures.reach_curves({name: {0: [0.4, 0.6], 1: [top, top]} for name in names}) for top in (0.7, 1.0)]
    assert drawn[0].png != drawn[1].png and "reach" in drawn[0].alt


def test_curves_over_the_words_added_change_with_the_numbers_and_the_place():
    def drawn(top, place="before"):
        flat = {0: Interval(0.9, 0.8, 1.0, 9), 3: Interval(top, top - 0.1, top + 0.1, 9)}
        curves = {("text CNN", "between"): flat, ("text CNN", place): flat}
        return pictures.length_curves({"as they are": curves, "lengthened": curves})

    assert drawn(0.5).png != drawn(0.7).png and drawn(0.5).png != drawn(0.5, "between").png
    assert "words added" in drawn(0.5).alt
