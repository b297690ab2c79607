"""One look for each modality and level, told apart in colour, in grey, and by readers who see fewer colours."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from mmcourse.pictures import style

METHODS = [replace(look, label=f"method {n}") for n, look in enumerate(style.METHODS)]
PAIRS = [*combinations(style.LOOKS.values(), 2), *combinations(METHODS, 2)]
# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SEEN_BY = {
    "everyone": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
JUST_SEEN = 10.0  # CIELAB distance; about 2 can be seen side by side, 10 at a glance


def linear(colour: str) -> np.ndarray:
    """sRGB to linear light."""
    given = np.array(to_rgb(colour))
    return np.where(given <= 0.04045, given / 12.92, ((given + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """Linear RGB to CIELAB under D65."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    ratio = to_xyz @ np.clip(light, 0, 1) / (to_xyz @ np.ones(3))
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def distance(one: str, other: str, eyes: str) -> float:
    return float(np.linalg.norm(lab(SEEN_BY[eyes] @ linear(one)) - lab(SEEN_BY[eyes] @ linear(other))))


def test_the_measure_of_colours_agrees_with_known_ones():
    np.testing.assert_allclose(lab(linear("white")), [100, 0, 0], atol=0.01)
    np.testing.assert_allclose(lab(linear("red")), [53.24, 80.09, 67.20], atol=0.05)
    assert distance("#ff0000", "#00ff00", "everyone") > 100
    assert distance("#8f7f3f", "#bf6f3f", "deutan") < distance("#8f7f3f", "#bf6f3f", "everyone")


@pytest.mark.parametrize("sign", ["label", "colour", "marker", "line", "hatch"])
def test_no_two_looks_share_a_sign(sign):
    for looks in (list(style.LOOKS.values()), METHODS):
        signs = [getattr(look, sign) for look in looks]
        assert len(set(signs)) == len(signs)


def test_methods_are_named_in_their_order():
    looks = style.named_looks(["GD", "Adam"])
    assert list(looks) == ["GD", "Adam"] and looks["Adam"].label == "Adam"
    assert [look.colour for look in looks.values()] == [look.colour for look in style.METHODS[:2]]
    with pytest.raises(ValueError, match="names: got 8, expected at most 7"):
        style.named_looks(list("abcdefgh"))


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize("one, other", PAIRS, ids=lambda look: look.label)
def test_colours_are_told_apart(one, other, eyes):
    assert distance(one.colour, other.colour, eyes) > JUST_SEEN


@pytest.mark.parametrize(
    "one, other",
    [pair for pair in PAIRS if abs(lab(linear(pair[0].colour))[0] - lab(linear(pair[1].colour))[0]) < 5],
    ids=lambda look: look.label,
)
def test_looks_equally_dark_differ_in_every_other_sign(one, other):
    assert one.marker != other.marker and one.line != other.line and one.hatch != other.hatch


def test_colours_are_seen_on_white():
    assert all(lab(linear(look.colour))[0] < 75 for look in style.LOOKS.values())


def test_looks_draw_curves_and_bars():
    with style.styled():
        ax = style.new_figure(3, 2).add_subplot()
        for place, look in enumerate(style.LOOKS.values()):
            ax.plot([0, 1], [place, place], **look.curve)
            ax.bar([place], [1], **look.bar)
        ax.figure.canvas.draw()
    assert len(ax.lines) == len(style.LOOKS) and ax.lines[0].get_marker() == "o"


def test_a_look_by_its_name_or_an_error_that_helps():
    assert style.look("image") is style.MODALITIES["image"]
    with pytest.raises(ValueError, match="name: got 'smell', expected one of image, audio"):
        style.look("smell")


def test_the_style_stays_inside_its_context():
    before = matplotlib.rcParams["axes.spines.top"]
    with style.styled():
        assert matplotlib.rcParams["axes.spines.top"] is False
    assert matplotlib.rcParams["axes.spines.top"] == before


def test_a_new_figure_is_unknown_to_pyplot():
    import matplotlib.pyplot as plt

    style.new_figure(2, 1)
    assert plt.get_fignums() == []


def test_a_heat_map_has_the_given_scale_and_no_ticks():
    ax = style.new_figure(2, 2).add_subplot()
    shown = style.heat(ax, np.zeros((3, 3)), low=-1, high=2)
    assert shown.get_clim() == (-1, 2) and list(ax.get_xticks()) == []
