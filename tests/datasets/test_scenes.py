"""The scenes: captions read by an independent reader and held against the graph, pictures held against geometry."""

import re
from collections import Counter

import numpy as np
import pytest
import torch

from mmcourse.datasets import scenes
from mmcourse.datasets.scenes import Shape

SIZES = ("small", "big")
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "white")
KINDS = ("circle", "square", "triangle", "diamond", "cross", "ring")
PLURALS = {"circles": "circle", "squares": "square", "triangles": "triangle", "diamonds": "diamond",
           "crosses": "cross", "rings": "ring", "shapes": "shape"}  # fmt: skip
NUMBERS = {"no": 0, "one": 1, "two": 2, "three": 3, "four": 4}


# ---------------------------------------------------------------- a reader that knows nothing of the writer


class Reader:
    """Says whether a caption is true of a scene. It raises AssertionError for what it cannot read."""

    def __init__(self, graph):
        self.graph = graph

    def meant(self, words):
        """The shapes that "small red circles" means, and whether the noun is plural."""
        *marks, noun = words.split()
        assert all(mark in SIZES + COLOURS for mark in marks), words
        assert noun in (*KINDS, "shape", *PLURALS), words
        assert [mark in SIZES for mark in marks] in ([], [True], [False], [True, False]), words
        singular = PLURALS.get(noun, noun)
        return {
            shape for shape in self.graph
            if all(mark in (shape.size, shape.colour) for mark in marks) and singular in (shape.kind, "shape")
        }, noun in PLURALS  # fmt: skip

    def phrase(self, text):
        """The shapes that "a red circle" or "two circles" may stand for; None when the phrase is false."""
        first, words = text.split(" ", 1)
        found, plural = self.meant(words)
        if first in ("a", "an"):
            assert not plural and (first == "an") == (words[0] in "aeiou"), text
            return found or None
        if first == "the":
            assert not plural, text
            return found if len(found) == 1 else None
        assert first in NUMBERS and (plural == (first != "one") or first == "no"), text
        return found if len(found) == NUMBERS[first] else None

    def true(self, text):
        if match := re.fullmatch(r"(all|both|the two|the three|the four) (\w+) are (\w+)", text):
            return self.all_are(*match.groups())
        if match := re.fullmatch(r"(.+?) (?:is |comes (before|after), )?(left of|right of|above|below) (.+)", text):
            return self.related(*match.groups())
        if match := re.fullmatch(r"(an? .+?|the .+?) (?:is )?((?:in|on|at) the .+)", text):
            return self.placed(*match.groups())
        return self.listed(text)

    def all_are(self, who, noun, mark):
        found, plural = self.meant(noun)
        number = {"both": 2, "all": len(found)}[who] if " " not in who else NUMBERS[who.split()[1]]
        marked = self.meant(f"{mark} {noun}")[0]
        return plural and len(found) == number >= 2 and marked == found

    def related(self, one, order, where, other):
        test = {"left of": lambda a, b: a.column < b.column, "right of": lambda a, b: a.column > b.column,
                "above": lambda a, b: a.row < b.row, "below": lambda a, b: a.row > b.row}[where]  # fmt: skip
        reading = {None: lambda a, b: True, "before": lambda a, b: 3 * a.row + a.column < 3 * b.row + b.column,
                   "after": lambda a, b: 3 * a.row + a.column > 3 * b.row + b.column}[order]  # fmt: skip
        ones, others = self.phrase(one), self.phrase(other)
        return bool(ones and others) and any(test(a, b) and reading(a, b) for a in ones for b in others)

    def placed(self, one, where):
        tests = {
            "in the first row": lambda a: a.row == 0, "at the top": lambda a: a.row == 0,
            "in the middle row": lambda a: a.row == 1, "in the middle column": lambda a: a.column == 1,
            "in the last row": lambda a: a.row == 2, "at the bottom": lambda a: a.row == 2,
            "in the first column": lambda a: a.column == 0, "on the left": lambda a: a.column == 0,
            "in the last column": lambda a: a.column == 2, "on the right": lambda a: a.column == 2,
        }  # fmt: skip
        return any(all(tests[part](a) for part in where.split(", ")) for a in self.phrase(one) or ())

    def listed(self, text):
        """ "there are two red circles, a blue square and nothing else"."""
        match = re.fullmatch(r"(?:there (is|are) )?(.+)", text)
        parts = [part for piece in match[2].split(" and ") for part in piece.split(", ")]
        complete = parts[-1] == "nothing else"
        phrases = parts[:-1] if complete else parts
        found = [self.phrase(part) for part in phrases]
        if any(one is None for one in found):
            return False
        if match[1]:
            plural = phrases[0].split()[-1] in PLURALS
            assert (match[1] == "are") == plural, text
        everything = set().union(*found) == set(self.graph)
        return everything if complete or len(phrases) > 1 else True


CIRCLE, SQUARE = Shape("circle", "red", "big", 0, 0), Shape("square", "blue", "small", 2, 1)


@pytest.mark.parametrize(
    "caption, truth",
    [
        ("a red circle above a blue square", True),
        ("a red circle is below a blue square", False),
        ("the red circle comes before, left of the small blue square", True),
        ("a red circle comes after, above a blue square", False),
        ("one circle", True),
        ("two circles", False),
        ("there are two shapes", True),
        ("there is a green circle", False),
        ("there are no rings", True),
        ("there is no circle", False),
        ("both shapes are red", False),
        ("a red circle and a blue square", True),
        ("there is a red circle and nothing else", False),
        ("a blue square is in the last row, at the bottom", True),
        ("the blue square on the left", False),
    ],
)
def test_the_reader_tells_true_from_false(caption, truth):
    assert Reader((CIRCLE, SQUARE)).true(caption) is truth


# ---------------------------------------------------------------- captions


@pytest.fixture(scope="module")
def many():
    return scenes.make(2000, seed=3)


def test_every_caption_is_true_of_its_scene(many):
    wrong = [
        (said, graph) for said, graph in zip(many.captions, many.graphs, strict=True) if not Reader(graph).true(said)
    ]
    assert not wrong, wrong[:3]


def test_captions_say_something_about_this_scene(many):
    """Against another scene most captions fail: they are no empty phrases."""
    other = [Reader(graph).true(said) for said, graph in zip(many.captions, many.graphs[1:], strict=False)]
    assert np.mean(other) < 0.2


def test_the_corpus_is_small_and_rich(many):
    words = Counter(word for said in many.captions for word in said.replace(",", " ").split())
    assert len(words) < 100 and min(words.values()) >= 5
    wanted = {*COLOURS, *KINDS, *PLURALS, *SIZES, *NUMBERS, "left", "right", "above", "below", "top", "bottom", "first",
              "last", "before", "after", "shape", "nothing", "both", "all", "the", "a", "an"}  # fmt: skip
    assert wanted <= set(words)
    assert all(re.fullmatch(r"[a-z]+(,? [a-z]+)*", said) for said in many.captions)
    assert max(len(said.split()) for said in many.captions) <= 20
    assert len(set(many.captions)) > 1200


def test_the_kinds_of_words_are_words_of_the_captions_and_none_is_of_two_kinds(many):
    words = {word for said in many.captions for word in said.replace(",", " ").split()}
    sorted_ones = [word for kind in scenes.CATEGORIES.values() for word in kind]
    assert set(sorted_ones) <= words and len(set(sorted_ones)) == len(sorted_ones)
    assert set(scenes.CATEGORIES["shapes"]) == set(PLURALS) - {"shapes"}
    assert [PLURALS[many] for many in scenes.CATEGORIES["shapes"]] == list(scenes.CATEGORIES["shape"])


def test_words_of_one_sort_keep_the_same_company():
    """Counts of the words on both sides: the nearest word to a colour is a colour, and so on."""
    lines = [said.replace(",", "").split() for said in scenes.captions(4000, seed=0)]
    index = {word: i for i, word in enumerate(sorted({word for line in lines for word in line}))}
    counts = np.zeros((len(index), 4, len(index)))
    for line in lines:
        for i, word in enumerate(line):
            for slot, step in enumerate((-2, -1, 1, 2)):
                if 0 <= i + step < len(line):
                    counts[index[word], slot, index[line[i + step]]] += 1
    vectors = np.sqrt(counts.reshape(len(index), -1))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near, words = vectors @ vectors.T, list(index)
    plurals = set(PLURALS) - {"shapes"}
    for group in (set(COLOURS) - {"orange"}, set(KINDS), plurals, {"two", "three", "four"}, set(SIZES)):  # "an" orange
        for word in group:
            order = [words[i] for i in np.argsort(-near[index[word]]) if words[i] not in (word, "orange")]
            assert order[0] in group, (word, order[:3])
            assert near[index[word], index[order[0]]] > 0.6


def test_each_kind_has_a_favourite_colour():
    drawn = scenes.make(3000, seed=1).graphs
    worn = Counter((shape.kind, shape.colour) for graph in drawn for shape in graph)
    for kind in KINDS:
        total = sum(worn[kind, colour] for colour in COLOURS)
        assert 0.39 < worn[kind, scenes.FAVOURITES[kind]] / total < 0.50
        assert all(worn[kind, colour] / total > 0.05 for colour in COLOURS)
    assert len(set(scenes.FAVOURITES.values())) == len(KINDS)


# ---------------------------------------------------------------- drawing


def test_same_seed_same_scenes_and_the_count_changes_nothing(many):
    again = scenes.make(50, seed=3)
    assert again.captions == many.captions[:50] == scenes.captions(50, seed=3) and again.graphs == many.graphs[:50]
    assert torch.equal(again.images, many.images[:50])
    assert scenes.captions(50, seed=4) != again.captions


def test_no_global_randomness_is_read_or_changed():
    torch_before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    scenes.make(3, seed=0)
    assert torch.equal(torch.get_rng_state(), torch_before)
    assert (np.random.get_state()[1] == numpy_before).all()  # noqa: NPY002


def test_graphs(many):
    counts = Counter(len(graph) for graph in many.graphs)
    assert set(counts) == {1, 2, 3, 4} and min(counts.values()) > 200
    for graph in many.graphs:
        places = [(shape.row, shape.column) for shape in graph]
        assert places == sorted(set(places))  # in reading order, none twice
    drawn = [shape for graph in many.graphs for shape in graph]
    shapes = Counter(value for s in drawn for value in (s.kind, s.colour, s.size, (s.row, s.column)))
    assert len(shapes) == len(KINDS) + len(COLOURS) + 2 + 9
    assert min(shapes[kind] for kind in KINDS) > 0.8 * sum(shapes[kind] for kind in KINDS) / len(KINDS)


def test_images(many):
    assert many.images.shape == (2000, 3, 32, 32) and many.images.dtype == torch.float32
    assert 0 <= many.images.min() and many.images.max() <= 1


def test_a_picture_shows_its_shapes_and_nothing_else(many):
    """Every place without a shape is background; every place with one shows its colour, the more the bigger."""
    for image, graph in zip(many.images[:300], many.graphs[:300], strict=True):
        rest = image.clone()
        for shape in graph:
            top, left = 11 * shape.row, 11 * shape.column
            place = image[:, top : top + 10, left : left + 10]
            colour = torch.tensor(scenes.COLOURS[shape.colour])
            full = (place - colour[:, None, None]).abs().amax(0) < 1e-3  # pixels that are covered entirely
            assert full.sum() >= 4, shape
            rest[:, top : top + 10, left : left + 10] = 0.1
        assert torch.allclose(rest, torch.full_like(rest, 0.1))


@pytest.mark.parametrize("kind", KINDS)
def test_areas_are_those_of_geometry(kind):
    """Covered pixels add up to the area of the shape, with r half its width."""
    factor = {"circle": np.pi, "square": (2 * 0.86) ** 2, "triangle": 1.85**2 / 2, "diamond": 4 / 3,
              "cross": 2 * 2 * 0.64 - 0.64**2, "ring": np.pi * (1 - 0.55**2)}[kind]  # fmt: skip
    for size, radius in scenes.SIZES.items():
        image = scenes.paint((Shape(kind, "white", size, 1, 1),))
        assert (image[0] - 0.1).sum() / 0.9 == pytest.approx(factor * radius**2, rel=0.03)


def test_kinds_look_different():
    for size in SIZES:
        pictures = [scenes.paint((Shape(kind, "white", size, 1, 1),)) for kind in KINDS]
        apart = [(a - b).abs().sum() for i, a in enumerate(pictures) for b in pictures[:i]]
        assert min(apart) > 10


def test_images_are_not_shared():
    graph = (CIRCLE,)
    scenes.paint(graph).zero_()
    assert scenes.paint(graph).max() > 0.5
    assert scenes._covered("circle", "big").max() == 1


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize("count", [0, -1])
def test_too_few(count):
    with pytest.raises(ValueError, match="count: got .*expected a whole number at least 1"):
        scenes.make(count)


@pytest.mark.parametrize("count, seed", [(2.5, 0), (True, 0), (3, "0"), (3, 0.5), ("3", 0)])
def test_no_whole_numbers(count, seed):
    with pytest.raises(TypeError, match="expected a whole number"):
        scenes.captions(count, seed)


def test_a_negative_seed():
    with pytest.raises(ValueError, match="seed: got -1.*expected a whole number from 0"):
        scenes.captions(3, -1)


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"kind": "star"}, "kind: got .*expected one of 'circle'"),
        ({"colour": "pink"}, "colour: got .*expected one of 'red'"),
        ({"size": "huge"}, "size: got .*expected one of 'small'"),
        ({"row": 3}, "row: got 3.*expected 0, 1 or 2"),
        ({"column": -1}, "column: got -1.*expected a whole number from 0"),
    ],
)
def test_bad_shapes(changed, message):
    with pytest.raises(ValueError, match=message):
        Shape(**{"kind": "circle", "colour": "red", "size": "big", "row": 0, "column": 0} | changed)


def test_shapes_do_not_change_and_do_not_overlap():
    with pytest.raises(AttributeError):
        CIRCLE.row = 2
    with pytest.raises(ValueError, match="different places"):
        scenes.paint((CIRCLE, Shape("ring", "blue", "small", 0, 0)))
    assert torch.equal(scenes.paint(()), torch.full((3, 32, 32), 0.1))
