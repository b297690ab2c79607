"""The pictures of lesson 05 show the numbers they are given."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from helpers import beside, drive, pixels, same_picture, stored
from matplotlib.figure import Figure
from oracles import draw

from mmcourse.engine import joint_interval, mean_interval
from mmcourse.rnn import GRU, LSTM, RNN, SequenceClassifier, influence, pictures, recall, watch_gates
from mmcourse.rnn.recall_task import GAPS

THERE = beside("rnn", "panels")


def close(ours: torch.Tensor, theirs: torch.Tensor, tolerance: float = 1e-10) -> bool:
    return ours.shape == theirs.shape and torch.allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.fixture(scope="module")
def models():
    return THERE.models()


@pytest.fixture(scope="module")
def panels():
    return {name: make() for name, make in THERE.PANELS.items()}


@pytest.mark.parametrize("name", THERE.PANELS)
def test_every_control_changes_the_picture_over_its_range(panels, name):
    assert all(drive(panels[name]).values())


def test_the_gap_view_shows_the_numbers_it_is_given(models):
    scores = {name: [[0.5, 0.7]] * len(GAPS) for name in models}
    scores["GRU"] = [[gap / 100, gap / 100] for gap in GAPS]
    view = pictures.GapLengthView(models, scores)
    view.png(gap=40)
    assert [word.get_text() for word in view.words] == ["60", "60", "40", "60"]
    assert [bar.get_width() for bar in view.bars] == pytest.approx([60, 60, 40, 60])
    assert view.cursor.get_xdata()[0] == 40
    x, labels = recall([40], seed=11, length=62)
    assert view.given.get_ydata()[3] == int(view.answers["misprint"][GAPS.index(40)])
    steps, rows = view.ones.get_data()
    assert steps[0] == -41 and steps[-1] == 0 and rows[-1] == 5 and len(steps) == 40 + 3
    assert list(view.right.get_ydata()) == [rows[0]] * 2, "the grey line marks the letter to be kept"


def test_the_gates_view_shows_the_gates_and_leaves_the_network_alone(models):
    model = models["LSTM"][0]
    view, before = pictures.GatesView(model), {k: v.clone() for k, v in model.state_dict().items()}
    view.png(gap=5, sample=3, unit=2, position=4, bias=-6.0)
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())
    closed = view.lines[1].get_ydata().copy()
    view.png(gap=5, sample=3, unit=2, position=4, bias=0.0)
    inside = watch_gates(model.recurrent, recall([5], seed=3, length=33)[0])
    assert np.allclose(view.lines[1].get_ydata(), inside.forget[0, :, 2].detach().numpy(), atol=1e-6)
    assert np.allclose(view.memory.get_ydata(), inside.memory[0, :, 2].detach().numpy(), atol=1e-6)
    assert closed.max() < 0.2 < view.lines[1].get_ydata().max()
    assert view.word.get_text() == f"{float(inside.memory[0, -5, 2].detach()):.1f}".replace("-", "−")


@pytest.mark.parametrize("activation", ["tanh", "none"])
def test_the_measured_lengths_are_those_of_autograd(activation):
    view, radius = pictures.DistanceView(), 0.9
    measured, predicted = view.lengths(radius, activation)
    w = radius * torch.tensor(view.w)
    states = [torch.zeros(64).double().requires_grad_()]
    for t in range(60):
        z = w @ states[-1] + 0.3 * torch.tensor(view.input[t])
        states.append(torch.tanh(z) if activation == "tanh" else z)
    lengths = torch.zeros(61).double()
    for column in torch.tensor(view.start).T:
        back = torch.autograd.grad(states[-1] @ column, states, retain_graph=True)
        lengths += torch.stack([g.square().sum() for g in back]).flip(0)
    assert close(torch.tensor(measured), (lengths / lengths[0]).sqrt())
    assert (measured <= (radius * view.stretch) ** np.arange(61) * (1 + 1e-9)).all()
    assert abs(math.log(measured[-1] / predicted[-1])) / 60 < 0.02, "off by less than 2 % a step"


def test_without_activation_the_prediction_is_the_spectral_radius():
    view = pictures.DistanceView()
    assert np.abs(np.linalg.eigvals(view.w)).max() == pytest.approx(1)
    assert np.allclose(view.lengths(1.3, "none")[1], 1.3 ** np.arange(61))


def test_a_picture_by_hand_equals_the_panels_first(panels, models):
    assert same_picture(pictures.distance().png, stored(panels["distance_panel"]))
    assert same_picture(pictures.gap_length(models, THERE.scores()).png, stored(panels["gap_length_panel"]))
    assert same_picture(pictures.gates(models["LSTM"][0]).png, stored(panels["gates_panel"]))


def test_still_pictures_have_ink_and_a_sensible_size(models):
    x = draw(4, 12, 6, dtype=torch.float32)
    groups = {"plain": {"a": [0.5, 0.6], "b": [0.9, 1.0]}, "negation": {"a": [0.1, 0.2], "b": [0.3, 0.9]}}
    stills = [
        pictures.recall_strip(recall([12], seed=4)[0][0]),
        pictures.unrolled(),
        pictures.lstm_drawing(),
        pictures.influences({"RNN": influence(RNN(6, 8), x), "LSTM": influence(LSTM(6, 8), x)}),
        pictures.secret({"LSTM": [0, 0.5, 0.9], "misprint": [0, 1, 2]}, "a test"),
        pictures.gates(models["LSTM"][0], gap=3),
        pictures.group_bars(groups, chance=0.5),
        pictures.arrival([[0.1, 0.2], [0.4, 0.6], [0.9, 1.0]]),
        pictures.each_network({"few": {"RNN": [0.2, 0.9]}, "many": {"RNN": [1.0], "GRU": [1.0]}}, 0.25, "dots"),
    ]
    for still in stills:
        assert pixels(still.png).std() > 5 and still.size[0] <= 830 and still.alt
    assert mean_interval([0.9, 1.0]).high > 1, "bars are cut at 100 %"


def test_a_network_without_such_gates_is_refused():
    with pytest.raises(ValueError, match="model: got a GRU"):
        pictures.gates_panel(SequenceClassifier(GRU(6, 4), 4))


def test_every_network_is_a_dot_at_its_height(monkeypatch):
    drawn = []
    monkeypatch.setattr(pictures.scores.plots, "picture", lambda draw, *_size: drawn.append(draw))
    pictures.each_network({"few": {"RNN": [0.9, 0.2, 0.5]}, "many": {"RNN": [1.0], "GRU": [0.7]}}, 0.25, "dots")
    figure = Figure()
    drawn[0](figure)
    dots = [line for line in figure.axes[0].lines if line.get_marker() not in ("", "None", None)]
    assert [sorted(line.get_ydata()) for line in dots] == [[20, 50, 90], [100], [70]]
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["RNN", "GRU"]
    assert all(len(set(line.get_xdata())) == len(line.get_xdata()) for line in dots), "none hides another"


def test_bars_over_units_show_means_and_intervals(monkeypatch):
    drawn = {}
    monkeypatch.setattr(pictures.scores.plots, "picture", lambda draw, *size_and_alt: drawn.update(draw=draw))
    rng = np.random.default_rng(0)
    right = {"GRU": rng.random((4, 9)), "mean": rng.random((4, 9))}
    pictures.each_unit(right, "voice", "dots by voice")
    figure = Figure()
    drawn["draw"](figure)
    dots, span, middle = figure.axes[0].get_lines()[:3]
    assert sorted(dots.get_xdata()) == pytest.approx(sorted(100 * right["GRU"].mean(0)))
    assert middle.get_xdata() == pytest.approx([100 * right["GRU"].mean()])
    here = joint_interval(right["GRU"], range(9))
    assert span.get_xdata() == pytest.approx([100 * here.low, 100 * here.high])


def test_curves_over_distance_are_means_over_networks_and_units(monkeypatch):
    drawn = {}
    monkeypatch.setattr(pictures.scores.plots, "picture", lambda draw, *size_and_alt: drawn.update(draw=draw))
    values = np.random.default_rng(1).random((3, 4, 9))
    pictures.over_distance({"before": {"LSTM, both ways": values}, "after": {"LSTM, both ways": values}}, [1, 2, 6], "")
    figure = Figure(layout="constrained")
    drawn["draw"](figure)
    assert [ax.get_title(loc="left") + ax.get_title() for ax in figure.axes] == ["before", "after"]
    for ax in figure.axes:
        assert ax.get_lines()[0].get_ydata() == pytest.approx(100 * values.mean((1, 2)))
