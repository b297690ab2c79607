"""The pictures and panels of lesson 01 show the numbers that they are given."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers import beside, drive, figure_behind, pixels, same_picture, stored, values_of
from oracles import draw

from mmcourse import neurons
from mmcourse.datasets import digits
from mmcourse.engine import mean_interval
from mmcourse.neurons import MLP, Memory, Value, Weights, in_order
from mmcourse.neurons import pictures as demos

MADE = beside("neurons", "panels")
ONE = torch.tensor(1.0)
TORCH = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "gelu": torch.nn.functional.gelu,
    "step": lambda z: torch.heaviside(z, torch.ones_like(z)),
}


@pytest.fixture(scope="module")
def panels():
    return {name.removesuffix("_panel"): make() for name, make in MADE.PANELS.items()}


@pytest.fixture(scope="module")
def nets():
    return MADE.nets()


@pytest.mark.parametrize("name", MADE.PANELS)
def test_every_control_changes_the_picture_over_its_range(panels, name):
    assert all(drive(panels[name.removesuffix("_panel")]).values())


def test_the_line_panel_holds_at_every_corner_of_its_ranges(panels):
    panel = panels["neuron_line"]
    for activation in neurons.ACTIVATIONS:
        for w1, w2, b in [
            (-10.0, -10.0, -10.0),
            (10.0, 10.0, 10.0),
            (0.0, 0.0, 0.0),
            (0.0, 10.0, -10.0),
            (10.0, 0.0, 5.0),
        ]:
            for name, value in {"activation": activation, "w1": w1, "w2": w2, "b": b}.items():
                panel.controls[name].value = value
            assert panel.message.value == ""


def test_a_picture_by_hand_equals_the_panels_first(panels):
    assert same_picture(demos.activations(1.0).png, stored(panels["activations"]))
    assert same_picture(demos.shares(2.0, 1.0, 0.0, 0).png, stored(panels["shares"]))


def test_the_ends_of_a_line_lie_on_it():
    for w1, w2, b in [(2.0, 4.0, -3.0), (0.0, 1.0, 0.5), (-3.0, 0.0, 1.0)]:
        for x1, x2 in zip(*demos.edge(w1, w2, b), strict=True):
            assert w1 * x1 + w2 * x2 + b == pytest.approx(0)
    assert demos.edge(0.0, 0.0, 1.0) == ([], [])


@pytest.mark.parametrize("activation", neurons.ACTIVATIONS)
def test_the_drawn_line_is_where_the_answer_passes_one_half(activation):
    pictures, t = MADE.threes_and_eights("test")
    view = demos.LineView(torch.rand(len(t), 2, generator=torch.Generator().manual_seed(0)), t)
    view.png(w1=3.0, w2=2.0, b=-2.0, activation=activation)
    ends = torch.tensor(np.array(view.edge.get_data()).T, dtype=torch.float32)
    for shift, wanted in ((-1e-3, False), (1e-3, True)):
        middle = ends.mean(0) + shift * torch.tensor([3.0, 2.0])
        says_8 = neurons.neuron(middle, torch.tensor([3.0, 2.0]), torch.tensor(-2.0), activation) >= 0.5
        assert bool(says_8) == wanted
    assert torch.allclose(
        torch.as_tensor(view.field.get_array()),
        neurons.neuron(view.nodes, torch.tensor([3.0, 2.0]), torch.tensor(-2.0), activation).clamp(0, 1),
    )


def test_the_activations_show_their_slopes_and_none_at_a_jump():
    view = demos.ActivationsView()
    view.png(z=1.0)
    assert [word.get_text() for word in view.words] == ["0.00", "0.20", "0.42", "1.00", "1.08"]
    for tangent, name in zip(view.tangents, neurons.ACTIVATIONS, strict=True):
        (x0, x1), (y0, y1) = tangent.get_data()
        at = torch.tensor((x0 + x1) / 2)
        assert at == 1 and (y0 + y1) / 2 == pytest.approx(float(TORCH[name](at)))
    view.png(z=0.0)
    assert [word.get_text() for word in view.words] == ["none", "0.25", "1.00", "none", "0.50"]


def test_views_show_the_numbers_they_are_given(nets):
    view = demos.SoftmaxView()
    view.png(z0=2.0, z1=1.0, z2=0.0, add=0)
    wanted = torch.softmax(torch.tensor([2.0, 1.0, 0.0]), 0)
    assert all(torch.allclose(torch.tensor([bar.get_height() for bar in bars]), wanted) for bars in view.bars)
    view.png(z0=2.0, z1=1.0, z2=0.0, add=120)
    assert [word.get_text() for word in view.words[1]] == ["nan"] * 3
    assert [word.get_text() for word in view.words[0]] == ["0.67", "0.24", "0.09"]
    verdict = demos.VerdictView(torch.ones(1, 1, 8, 8), ONE[None], torch.full((64,), 0.05), torch.tensor(-0.25))
    verdict.png(number=0)
    assert verdict.sum.get_text() == "3.20 −0.25 = 2.95" and verdict.answer.get_text() == "0.950"
    xor = demos.XorView(nets)
    xor.png(hidden=3, seed=2)
    assert xor.words[1].get_text() == str(int(neurons.solved(nets[3]).sum()))
    corner = xor.fields[3][2][-1, -1]  # where x1 = x2 = 1.4
    net = Weights(*(w[2] for w in nets[3]))
    assert corner == pytest.approx(float(torch.sigmoid(neurons.two_layer_forward(torch.full((1, 2), 1.4), net)[0])))


def test_a_hidden_unit_shows_its_weights_its_votes_and_what_excites_it():
    model, images = MLP(64, 5, 10, seed=1), MADE.threes_and_eights("test")[0]
    view = demos.UnitView(model, images)
    view.png(unit=3)
    np.testing.assert_array_equal(view.weights.get_array(), model.w1.detach()[:, 3].reshape(8, 8))
    best = (images.flatten(1) @ model.w1 + model.b1)[:, 3].topk(6).indices
    np.testing.assert_array_equal(view.digits.get_array()[:8, :8], images[best[0], 0])
    np.testing.assert_array_equal(view.digits.get_array()[9:, 18:], images[best[5], 0])
    against, votes = view.tips[1].get_data(), model.w2.detach()[3]
    np.testing.assert_array_equal(against[0], votes[votes < 0])
    np.testing.assert_array_equal(against[1], (votes < 0).nonzero()[:, 0])


def test_the_line_view_counts_what_lies_on_the_wrong_side():
    x, t = torch.tensor([[0.2, 0.2], [0.9, 0.9], [0.9, 0.8], [0.1, 0.1]]), torch.tensor([0.0, 0.0, 1.0, 1.0])
    view = demos.LineView(x, t)
    view.png(w1=10.0, w2=10.0, b=-10.0, activation="step")
    assert [word.get_text() for word in view.words] == ["0.500", "2"]


def test_the_descent_shows_the_losses_and_the_line_of_each_step():
    path = [(torch.tensor([1.0, 2.0]), torch.tensor(-1.0)), (torch.tensor([2.0, 2.0]), torch.tensor(-3.0))] * 2
    figure = figure_behind(
        demos.descent, torch.rand(4, 2), torch.tensor([0.0, 1, 0, 1]), path, [0.4, 0.3, 0.2, 0.1], [1, 2, 3, 4]
    )
    left, right = figure.axes
    np.testing.assert_array_equal(left.lines[0].get_data(), [[1, 2, 3, 4], [0.4, 0.3, 0.2, 0.1]])
    for line, (w, b) in zip(right.lines[2:], path, strict=True):
        ends = torch.tensor(np.array(line.get_data()).T, dtype=torch.float32)
        assert torch.allclose(ends @ w + b, torch.zeros(2), atol=1e-5)


def test_runs_and_intervals_are_drawn_where_they_lie():
    runs = {"a": [0.9, 0.95], "b": [0.99, 1.0]}
    ax = figure_behind(demos.rivals, runs, {name: mean_interval(one) for name, one in runs.items()}).axes[0]
    rings = [line.get_xdata() for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_array_equal(rings, list(runs.values()))
    assert [bar.lines[0].get_xdata()[0] for bar in ax.containers] == pytest.approx([0.925, 0.995])
    left, right = figure_behind(
        demos.seeds_picture, [[0.8, 0.9], [0.85, 0.95]], [0.95, 0.97], mean_interval(runs["a"])
    ).axes
    assert [list(line.get_ydata()) for line in left.lines[:2]] == [[0.8, 0.9], [0.85, 0.95]]
    np.testing.assert_array_equal(right.lines[0].get_ydata(), [0.95, 0.97])
    assert right.containers[0].lines[0].get_ydata()[0] == pytest.approx(0.925)


def test_without_intervals_only_runs_and_means_are_drawn():
    ax = figure_behind(demos.rivals, {"a": [0.9, 0.95], "b": [0.99, 1.0]}).axes[0]
    assert [bar.lines[0].get_xdata()[0] for bar in ax.containers] == pytest.approx([0.925, 0.995])
    assert not any(bar.has_xerr for bar in ax.containers)


def test_a_graph_shows_values_at_once_and_slopes_as_the_walk_reaches_them():
    a, b = Value(2.0, name="a"), Value(3.0, name="b")
    view = demos.GraphView(a * b + a)
    told = {}
    for steps in range(5):
        view.png(steps=steps)
        told[steps] = [box.get_text().split("\n") for box in view.boxes]
    assert [words[:2] for words in told[0]] == [["a", "2"], ["b", "3"], ["×", "6"], ["+", "8"]]
    assert not [words for words in told[0] if "?" not in words[2]]
    assert [words[2] for words in told[2]] == ["slope   ?  ", "slope   ?  ", "slope 1.000", "slope 1.000"]
    assert [words[2] for words in told[4]] == ["slope 4.000", "slope 2.000", "slope 1.000", "slope 1.000"]
    assert a.grad == 0  # looking changes nothing


def test_no_two_boxes_of_a_graph_lie_on_each_other():
    numbers = [Value(float(k)) for k in range(6)]
    last = ((numbers[0] * numbers[1] + numbers[2] * numbers[3] + numbers[4]).tanh() - numbers[5]) ** 2
    at = list(demos.places(in_order(last)).values())
    assert all(abs(x - u) >= 1 or abs(y - v) >= 1 for k, (x, y) in enumerate(at) for u, v in at[k + 1 :])


def test_the_followed_curve_and_its_gap_are_those_of_the_network():
    view = demos.FollowView(lambda x: x**2)
    view.png(units=4)
    assert view.gaps[4] == pytest.approx(1 / 64, rel=0.01) and view.words.get_text() == "largest gap: 0.016"
    np.testing.assert_allclose(view.dot.get_data()[0], [4])
    places, heights = (np.array(one) for one in view.hats.get_data())
    np.testing.assert_allclose(heights[1::4], np.linspace(0, 1, 5) ** 2)
    np.testing.assert_allclose(places[1::4], np.linspace(0, 1, 5))


def test_memory_bars_are_as_long_as_what_they_hold():
    found = {1: Memory(1000, 1000, 2000, 500), 10: Memory(1000, 1000, 2000, 5000)}
    ax = figure_behind(demos.memory_picture, found).axes[0]
    widths = np.array([[bar.get_width() for bar in bars] for bars in ax.containers])
    np.testing.assert_allclose(widths, [[1, 1], [1, 1], [2, 2], [0.5, 5]])


def test_hidden_units_show_their_incoming_weights_on_one_scale():
    model = MLP(64, 30, 10, seed=2)
    images = [image for ax in figure_behind(demos.hidden_units, model).axes for image in ax.get_images()][:24]
    for unit, image in enumerate(images):
        np.testing.assert_array_equal(image.get_array(), model.w1.detach()[:, unit].reshape(8, 8))
    assert len({image.get_clim() for image in images}) == 1


def test_still_pictures_have_ink_and_a_sensible_size():
    images, labels = digits.load("train")
    pictures, t = MADE.threes_and_eights("train")
    path = [(torch.tensor([1.0, 1.0]), torch.tensor(-1.0 + k / 10)) for k in range(4)]
    stills = [
        demos.three_or_eight(images, labels),
        demos.three_or_eight(images, labels, squares=True),
        demos.descent(pictures[:, 0, 2:4, 2], t, path, [0.2, 0.1, 0.05, 0.04], [1, 2, 3, 4]),
        demos.hidden_units(MLP(seed=0)),
        demos.verdict(pictures, t, draw(64).float(), ONE),
        demos.seeds_picture([[0.8, 0.9], [0.85, 0.95]], [0.95, 0.97], mean_interval([0.95, 0.97])),
        demos.rivals(
            {"a": [0.9, 0.95], "b": [0.99, 1.0]},
            {"a": mean_interval([0.9, 0.95]), "b": mean_interval([0.99, 1.0])},
        ),
    ]
    stills += [demos.bumps(), demos.follow(torch.sin), demos.memory_picture({1: Memory(1000, 1000, 2000, 500)})]
    stills += [demos.computation_graph(Value(1.0) * 2.0 + 3.0), demos.rivals({"a": [0.9, 0.95]})]
    for still in stills:
        assert pixels(still.png).std() > 5 and still.size[0] <= 800 and still.alt
    assert stills[0].png != stills[1].png


def test_the_ranges_of_the_panels_include_what_the_lesson_asks_for(panels):
    assert -120 in values_of(panels["shares"].controls["add"]) and 120 in values_of(panels["shares"].controls["add"])
    assert panels["xor"].controls["hidden"].min == 1 and panels["xor"].controls["hidden"].max == 8
