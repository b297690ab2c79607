"""Lesson 06's views show the numbers of the models they are given, whatever sentence a learner types."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers import beside, drive, move, same_picture, stored

from mmcourse.attention import pictures
from mmcourse.engine import Interval
from mmcourse.pictures.lettering import drawable
from mmcourse.text import START, tokenise

made = beside("attention", "panels")
WORDS, SHARE = made.words(), Interval(0.5, 0.4, 0.6, 8)


@pytest.fixture(scope="module")
def models():
    return made.models()


@pytest.fixture(scope="module")
def panels():
    names = {"scale": "softmax_scale_panel", "turn": "position_turn_panel", "map": "attention_map_panel"}
    return {short: made.PANELS[name]() for short, name in names.items()}


@pytest.mark.parametrize("name", ["scale", "turn", "map"])
def test_every_control_changes_the_picture_over_its_range(panels, name):
    assert all(drive(panels[name]).values())


@pytest.mark.parametrize(
    "name, other",
    [
        ("scale", lambda models: pictures.softmax_scale(4)),
        ("turn", lambda models: pictures.position_turn()),
        ("map", lambda models: pictures.attention_map(models, WORDS, "there are two red circles and nothing else")),
    ],
)
def test_a_picture_by_hand_equals_the_panels_first(panels, models, name, other):
    assert same_picture(other(models).png, stored(panels[name]))


def test_the_softmax_view_shows_the_shares_of_torch(panels):
    view = panels["scale"].view
    view.png(d=100, divide="√d", temperature=0.5, scores=5)
    heights = [segment[1][1] for segment in view.bars.get_segments()]
    wanted = torch.softmax(torch.tensor(view.one[:5, 99]) / 10 / 0.5, -1)
    assert heights[:5] == pytest.approx(wanted.tolist(), abs=1e-5) and heights[5:] == [0] * (pictures.MOST_SCORES - 5)
    slope = float((wanted * (1 - wanted)).max())
    assert view.words.get_text() == f"largest slope {slope:.3f}"


def test_the_hands_point_where_the_code_says(panels):
    view = panels["turn"].view
    view.png(position=17, shift=-4, pair=2)
    for hand, place in zip(view.hands, (17, 13), strict=True):
        assert np.array(hand.get_data())[:, 1] == pytest.approx(view.code[place, 4:6], abs=1e-5)


ODD = [
    "",
    "   ",
    "red",
    "elephants fly",
    "<b>bold</b> &amp; <script>",
    "$x_{1}^{2$ \\frac",
    "red\n\tcircle\x00",
    "😀 ☃ red",
    "שלום عالم",
    "一个红色的圆",
    "a " * 500,
    "w" * 5000,
    "e\u0301\u0301\u0301",
    "\u202ered",
    "क्\u200dषमा हिन्दी",
    "สวัสดีครับ",
    "العَرَبِيَّةُ می\u200cخواهم",
    "👩🏽\u200d💻 🇩🇪",
    "Straße İstanbul",
]


@pytest.mark.parametrize("text", ODD)
def test_any_sentence_can_be_looked_at(panels, text):
    panel = panels["map"]
    for block in ("BERT, block 1", "GPT, block 2"):
        move(panel, text=text, block=block)
        tokens, weights = panel.view.kept[1:]
        assert len(tokens) <= pictures.MOST_WORDS and bool(tokens) == bool(tokenise(text))
        assert not weights or np.allclose(weights[0].sum(-1), 1, atol=1e-5)
    hidden = len(tokenise(text)) - max(len(tokens) - 1, 0)
    note = panel.view.note.get_text()
    assert (f"and {hidden} more" in note) == (hidden > 0) and ("Type" in note) == (not tokens)


def test_the_map_shows_the_weights_of_the_model(panels, models):
    move(panels["map"], text="there are two Red zebras", block="GPT, block 2", head="2")
    ids = torch.tensor([[START, *WORDS.encode("there are two red zebras")]])
    wanted = models["GPT"].encoder(ids)[1][1][0, 1].detach().numpy()
    cells = panels["map"].view.cells.get_array().reshape(pictures.MOST_WORDS, -1)
    assert np.allclose(cells[:6, :6], wanted) and cells.mask[6:].all() and cells.mask[:, 6:].all()


@pytest.mark.parametrize("word, shown", [("circle", "circle"), ("elephantine", "elephant…"), ("一二", "▯▯"), ("", "")])
def test_words_are_made_drawable(word, shown):
    assert drawable(word) == shown


@pytest.mark.parametrize(
    "make",
    [
        lambda: pictures.two_roads(["a", "b", "c"], asks=2, seen=0),
        lambda: pictures.weights_picture(torch.full((2, 3, 4), 0.25), "abc", "abcd", ["head 1", "head 2"]),
        lambda: pictures.cost_picture(
            [8, 16, 32], {"count": {"one": [1, 2, 4]}, "ms": {"one": [3, 4, 5]}}, {"one": 1.0}
        ),
        lambda: pictures.writers_picture({"bigram": SHARE, "trigram": SHARE}, {"bigram": SHARE, "trigram": SHARE}),
        lambda: pictures.labels_picture(
            {task: {"pre-trained": [SHARE] * 2} for task in ("slips", "sides")}, {"slips": [30, 100], "sides": [10, 30]}
        ),
        lambda: pictures.two_roads(["हिन्दी", "العَرَبِيَّةُ", "😀"], asks=2, seen=0),
    ],
)
def test_still_pictures_can_be_made(make):
    picture = make()
    assert picture.png[:4] == b"\x89PNG" and picture.size[0] <= 1000 and len(picture.alt) > 15


def test_pictures_of_what_was_measured_show_their_numbers():
    high, bars = Interval(0.9, 0.85, 0.95, 8), "16 numbers, nn.Linear"
    for draw in (
        lambda last: pictures.divisors_picture({bars: {"nothing": SHARE, "√d": last}}),
        lambda last: pictures.parts_picture({"short": {"a": SHARE}, "long": {"a": last}}, {"counted": 0.7}),
    ):
        assert draw(SHARE).png == draw(SHARE).png != draw(high).png
        assert len(draw(SHARE).alt.split()) >= 4
