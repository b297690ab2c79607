"""The pictures and panels of lesson 03 show the numbers that they are given."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers import beside, drive, figure_behind, pixels, same_picture, stored
from oracles import draw
from torch.nn import functional as F

from mmcourse import cnn
from mmcourse.cnn import pictures as demos
from mmcourse.datasets import photo
from mmcourse.engine import Interval, accuracy

MADE = beside("cnn", "panels")


@pytest.fixture(scope="module")
def networks():
    return MADE.networks()


@pytest.fixture(scope="module")
def opinions():
    return MADE.opinions()


@pytest.fixture(scope="module")
def few():
    return MADE.few()


@pytest.mark.parametrize("name", MADE.PANELS)
def test_every_control_changes_the_picture_over_its_range(name):
    assert all(drive(MADE.PANELS[name]()).values())


def test_every_control_changes_the_maps_of_the_network_that_looks_anywhere(networks, few):
    assert all(drive(demos.feature_maps_panel(networks["anywhere"], few)).values())


def test_the_shift_view_shows_what_the_networks_say(networks, opinions, few):
    view, (images, labels) = demos.ShiftView(opinions, few), few
    view.png(number=3, right=-1, down=2)
    moved = cnn.shift_images(images, -1, 2)
    np.testing.assert_array_equal(view.digit.get_array(), moved[3, 0])
    tables = [ax for ax in view.figure.axes if ax.get_ylabel() == "pixels down"]
    for network, bars, table in zip(networks.values(), view.bars, tables, strict=True):
        shares = network(moved).softmax(-1).detach()
        np.testing.assert_allclose(bars.get_ydata()[1::3], shares[3], atol=1e-6)
        right = accuracy(network, (moved, labels))
        assert table.get_images()[0].get_array()[4, 1] == pytest.approx(100 * right)
    assert view.marks[0].get_data() == ([-1], [2])


def test_opinions_on_other_digits_are_refused(opinions, few):
    with pytest.raises(ValueError, match=r"opinions: got those on 20, 20, 20 digits, expected 7 as in data"):
        demos.ShiftView(opinions, (few[0][:7], few[1][:7]))


def test_a_picture_without_tables_counts_nothing(opinions, few):
    view = demos.ShiftView(opinions, few, tables=False)
    view.png(number=3, right=-1, down=2)
    assert not view.marks and demos.shift_opinions(opinions, few, 3, tables=False).size[0] <= 900


def test_the_sliders_reach_as_far_as_the_opinions(opinions, few):
    near = {name: one[1:4, 1:4] for name, one in opinions.items()}
    panel = demos.shift_opinions_panel(near, few)
    assert (panel.controls["down"].min, panel.controls["down"].max) == (-1, 1)
    np.testing.assert_array_equal(panel.view.opinions["CNN"][1, 1], opinions["CNN"][2, 2])


def test_a_sliding_window_shows_its_sum():
    image = draw(8, 8, dtype=torch.float32)
    view = demos.SlidingView(image, demos.RIGHT_MINUS_LEFT)
    for place, shape in ((0, (0, 1, 1)), (99, (2, 2, 2)), (7, (1, 1, 3))):
        given = dict(zip(("padding", "stride", "dilation"), shape, strict=True))
        view.png(place=place, **given)
        sums = F.conv2d(image[None, None], demos.RIGHT_MINUS_LEFT[None, None], **given)[0, 0]
        last = min(place, sums.numel() - 1)
        assert view.words[0].get_text() == f"{sums.flatten()[last]:.2f}".replace("-", "−")
        assert view.words[1].get_text() == f"{sums.shape[0]} x {sums.shape[1]}"
        assert (~view.map.get_array().mask).sum() == last + 1


def test_ready_made_kernels_move_all_sliders_and_a_slider_makes_it_your_own():
    panel = demos.kernel_editor_panel()
    panel.controls["preset"].value = "relief"
    kernel, bias = demos.KERNELS["relief"]
    assert [panel.values[place] for place in demos.PLACES] == [float(w) for w in kernel]
    assert panel.values["bias"] == bias
    image = photo.load()
    wanted = F.conv2d(image[None], torch.tensor([float(w) for w in kernel]).reshape(1, 1, 3, 3))[0, 0] + bias
    np.testing.assert_allclose(panel.view.result.get_array(), wanted, atol=1e-5)
    panel.controls["k11"].value = 2.0
    assert panel.values["preset"] == demos.OWN and panel.values["k22"] == float(kernel[8])
    panel.controls["preset"].value = "blur"
    assert panel.values["k11"] == 0.2 and panel.view.sum.get_text() == "1" and panel.values["preset"] == "blur"


def test_a_picture_by_hand_equals_the_panels_first(networks, opinions, few):
    kernel, _bias = demos.KERNELS["upright edges"]
    by_hand = demos.kernel_editor(torch.tensor([float(w) for w in kernel]).reshape(3, 3))
    assert same_picture(by_hand.png, stored(demos.kernel_editor_panel()))
    assert same_picture(demos.sliding().png, stored(demos.sliding_panel()))
    assert same_picture(
        demos.shift_opinions(opinions, few, 2).png, stored(demos.shift_opinions_panel(opinions, few, 2))
    )
    maps = demos.feature_maps_panel(networks["CNN"], few, 2)
    assert same_picture(demos.feature_maps(networks["CNN"], few, 2).png, stored(maps))


def test_maps_stand_side_by_side():
    maps = np.arange(8 * 4.0).reshape(8, 2, 2)
    sheet = demos.montage(maps)
    assert sheet.shape == (11, 5) and np.isnan(sheet).sum() == 11 * 5 - 32
    np.testing.assert_array_equal(sheet[3:5, 3:5], maps[3])


def test_the_maps_are_those_of_the_shifted_digit(networks, few):
    view = demos.MapsView(networks["CNN"], few)
    view.png(number=5, right=1, down=-2)
    moved = cnn.shift_images(few[0][5:6], 1, -2)
    np.testing.assert_array_equal(view.digit.get_array(), moved[0, 0])
    stages = networks["CNN"].stages(moved)
    for name, sheet in view.sheets.items():
        np.testing.assert_allclose(sheet.get_array()[: stages[name].shape[2], 0], stages[name][0, 0, :, 0].detach())
        assert sheet.get_clim() == (0, demos.bright(networks["CNN"].stages(few[0])[name]))


def written(ax):
    """The numbers or letters that stand in a table, row by row."""
    return [text.get_text() for text in ax.texts]


def test_a_sum_by_hand_and_the_matrix_of_letters():
    picture = torch.tensor([[0.0, 0, 1, 1], [0, 0, 1, 1], [0, 1, 1, 0], [0, 1, 1, 0]])
    figure = figure_behind(demos.by_hand, picture, torch.tensor([[-1.0, 1.0], [-1.0, 1.0]]), place=(2, 2))
    assert written(figure.axes[1]) == ["−1", "1", "−1", "1"] and written(figure.axes[2]) == ["−2"]
    assert [box.get_xy() for box in figure.axes[0].patches][-1] == (1.5, 1.5)
    small, large = figure_behind(demos.dense_matrix, 4).axes
    assert written(small) == list("abcdefghi")
    matrix = cnn.convolution_matrix(torch.arange(1.0, 10).reshape(1, 1, 3, 3), (4, 4))
    assert written(large) == ["abcdefghi"[int(number) - 1] for number in matrix[matrix > 0]]


def test_pooled_edges_are_those_of_the_photograph():
    figure = figure_behind(demos.pooled, photo.load(), 2)
    edges = F.conv2d(photo.load()[None], demos.RIGHT_MINUS_LEFT[None, None]).abs()
    for ax, wanted in zip(figure.axes, (edges, F.max_pool2d(edges, 2), F.avg_pool2d(edges, 2)), strict=False):
        np.testing.assert_allclose(ax.get_images()[0].get_array(), wanted[0, 0], atol=1e-5)


def test_results_are_drawn_where_they_lie(few):
    some = [Interval(m, m - 0.1, m + 0.1, 8) for m in (0.2, 0.4, 0.9, 0.5, 0.3)]
    ax = figure_behind(demos.shift_curves, {"a": some, "b": some[::-1]}).axes[0]
    np.testing.assert_allclose(ax.lines[0].get_data(), [[-2, -1, 0, 1, 2], [20, 40, 90, 50, 30]])
    scores = {"a": {"x": some[0], "y": some[1]}, "b": {"x": some[2], "y": some[3]}}
    ax = figure_behind(demos.variant_bars, scores).axes[0]
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([20, 40, 90, 50])
    wide = {"a": {"x": Interval(0.9, 0.7, 1.1, 4), "y": Interval(0.1, -0.2, 0.4, 4)}}
    whiskers = figure_behind(demos.variant_bars, wide).axes[0].collections[0].get_segments()
    np.testing.assert_allclose([sorted(ends[:, 1]) for ends in whiskers], [[70, 100], [0, 40]], atol=1e-9)
    ax = figure_behind(demos.gradient_depth, {"a": some}, range(0, 10, 2), [0, -1, -2, -3, -4]).axes[0]
    np.testing.assert_allclose(ax.lines[0].get_data(), [[0, 2, 4, 6, 8], [0.2, 0.4, 0.9, 0.5, 0.3]])
    np.testing.assert_allclose(ax.lines[-1].get_ydata(), [0, -1, -2, -3, -4])
    image = few[0][0]
    axes = figure_behind(demos.variants, {"one": image, "cut": image[:, 1:9, 1:9], "again": image}).axes
    assert [one.get_images()[0].get_array().shape for one in axes[:3]] == [(12, 12), (8, 8), (12, 12)]
    assert not axes[3].axison


def test_curves_over_training_stand_at_their_steps():
    def at(m):
        return Interval(m, m - 0.1, m + 0.1, 4)

    panels = {"middle": {"a": {30: at(0.2), 120: at(0.5)}, "b": {120: at(0.4)}}, "left": {"a": {30: at(0.1)}}}
    middle, left = figure_behind(demos.over_training, panels).axes
    np.testing.assert_allclose(middle.lines[0].get_data(), [[30, 120], [20, 50]])
    np.testing.assert_allclose(middle.lines[1].get_data(), [[120], [40]])
    np.testing.assert_allclose(left.lines[0].get_data(), [[30], [10]])
    assert middle.get_xscale() == "log" and [one.get_text() for one in middle.get_xticklabels()] == ["30", "120"]


def test_kernels_are_shown_on_a_scale_that_is_even_about_0():
    some = {"first": draw(3, 3, 3, dtype=torch.float32), "second": 2 * draw(2, 5, 5, dtype=torch.float32)}
    axes = figure_behind(demos.kernels, some).axes
    for ax, one, group in zip(axes, [*some["first"], *some["second"]], "fffss", strict=False):
        np.testing.assert_allclose(ax.get_images()[0].get_array(), one)
        most = float(some["first" if group == "f" else "second"].abs().max())
        assert ax.get_images()[0].get_clim() == pytest.approx((-most, most))
    assert not axes[5].axison and not axes[5].get_images()


def test_maps_of_a_colour_picture_stand_beside_it():
    image = draw(3, 4, 6, dtype=torch.float32).abs() / 10
    colour, grey = figure_behind(demos.channel_maps, image, {"mean": image.mean(0)}).axes
    np.testing.assert_allclose(colour.get_images()[0].get_array(), image.permute(1, 2, 0))
    np.testing.assert_allclose(grey.get_images()[0].get_array(), image.mean(0))
    assert grey.get_title(loc="left") == "mean"


def test_a_frame_is_as_large_as_the_receptive_field(few):
    fields = {"conv 1": 3, "pool 1": 4, "conv 2": 8}
    for ax, field in zip(figure_behind(demos.nested_fields, few[0][0], fields).axes, fields.values(), strict=True):
        x, y = ax.lines[-1].get_data()
        assert np.ptp(x) == np.ptp(y) == field and x.min() % 2 == 0.5


def test_still_pictures_have_ink_and_a_sensible_size(few):
    some = [Interval(m, m - 0.1, m + 0.1, 8) for m in (0.2, 0.4, 0.9, 0.4, 0.2)]
    image = few[0][0]
    stills = [
        demos.by_hand(draw(4, 4).round(), torch.tensor([[-1.0, 1.0]])),
        demos.dense_matrix(),
        demos.pooled(photo.load()),
        demos.shift_curves({"a": some, "b": some}),
        demos.nested_fields(image, {"conv 1": 3, "pool 1": 4}),
        demos.variants({"one": image, "cut": image[:, 1:9, 1:9], "three": image}),
        demos.variant_bars({"a": {"x": some[0], "y": some[1]}, "b": {"x": some[2], "y": some[1]}}),
        demos.gradient_depth({"a": some}, range(0, 10, 2), [0, -1, -2, -3, -4]),
        demos.over_training({"middle": {"a": {30: some[0], 120: some[1]}}, "left": {"a": {30: some[1], 120: some[2]}}}),
        demos.kernels({"before": draw(8, 3, 3), "after": draw(8, 3, 3)}),
        demos.channel_maps(photo.load("flower", colour=True), {"brightness": photo.load("flower")[0]}),
    ]
    for still in stills:
        assert pixels(still.png).std() > 5 and still.size[0] <= 900 and len(still.alt) > 15
