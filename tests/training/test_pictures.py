"""What the pictures of lesson 02 draw: the race against torch's optimisers, the panels over their range, the stills."""

import itertools

import numpy as np
import pytest
import torch
from few_scores import few_scores
from helpers import assert_redraw_is_exact, drive, pixels, settle

from mmcourse.datasets import digits
from mmcourse.engine import History, compare, mean_interval
from mmcourse.training import expected_loss, noise_floor, noisy_descent, pictures, rate_schedules
from mmcourse.training.studies import STRENGTHS

MAKERS = {
    "gd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.7}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adam": (torch.optim.Adam, {"betas": (0.7, 0.999)}),
}


def test_the_panel_over_the_strength():
    scores = few_scores()
    panel = pictures.regularisation_panel(scores)
    assert all(drive(panel).values())
    view = pictures.RegularisationView(scores)
    values = {"method": "dropout", "strength": 2, "wrong": False}
    settle(view, **values)
    assert_redraw_is_exact(view, **values)
    strength = [one for one in scores[False] if one[0] == "dropout"][1]
    assert view.bars[1].get_height() == pytest.approx(100 * np.mean(scores[False][strength]["test"]))
    assert view.lines["train"].get_ydata()[0] == pytest.approx(100 * np.mean(scores[False]["nothing", 0.0]["train"]))
    assert pictures.regularisation(scores, **values).png


@pytest.mark.parametrize("surface", pictures.SURFACES)
def test_gradients_of_the_surfaces_are_those_of_nudging(surface):
    place, points = pictures.SURFACES[surface], np.random.default_rng(0).uniform(-2, 2, (50, 2))
    for axis in range(2):
        nudge = 1e-6 * np.eye(2)[axis]
        slope = (place.height(points + nudge) - place.height(points - nudge)) / 2e-6
        assert np.allclose(place.gradient(points)[:, axis], slope, atol=1e-4)
    assert place.height(np.array(place.goal)) == pytest.approx(0) and (place.height(points) >= 0).all()
    assert np.allclose(place.gradient(np.array(place.goal)), 0)


@pytest.mark.parametrize("runner", [runner for runner in pictures.RUNNERS if runner != "sgd"])
@pytest.mark.parametrize("surface", pictures.SURFACES)
def test_a_race_is_the_walk_of_torchs_optimiser(surface, runner):
    make, more = MAKERS[runner]
    place, rate = pictures.SURFACES[surface], 0.002
    w = torch.tensor(place.start, dtype=torch.float64, requires_grad=True)
    optimiser = make([w], lr=rate, **more)
    for wanted in pictures.race(surface, runner, rate, 0.7)[1:]:
        w.grad = torch.from_numpy(place.gradient(w.detach().numpy()))
        optimiser.step()
        assert np.allclose(wanted, w.detach().numpy(), atol=1e-10)


def test_races_at_many_rates_are_the_single_ones_and_best_rates_never_fly_off():
    for surface, runner in itertools.product(pictures.SURFACES, pictures.RUNNERS):
        ways = pictures.race(surface, runner, pictures.RATES[:20:5])
        for k, rate in enumerate(pictures.RATES[:20:5]):
            assert np.allclose(ways[:, k], pictures.race(surface, runner, rate), equal_nan=True)
        best = pictures.race(surface, runner, pictures.best_rate(surface, runner))
        assert pictures.SURFACES[surface].height(best).max() <= pictures.FAR


def test_gd_flies_off_beyond_two_over_the_curvature():
    heights = [pictures.SURFACES["ravine"].height(pictures.race("ravine", "gd", rate))[-1] for rate in (0.019, 0.021)]
    assert heights[0] < 0.1 < 10 < heights[1]


def test_turning_the_ravine_takes_the_lead_from_rmsprop_and_not_from_momentum():
    ends = {
        (surface, runner): pictures.SURFACES[surface].height(pictures.race(surface, runner, rate))[-1]
        for surface, runner in itertools.product(("ravine", "turned ravine"), pictures.RUNNERS)
        for rate in [pictures.best_rate(surface, runner)]
    }
    for surface in ("ravine", "turned ravine"):
        assert ends[surface, "momentum"] < ends[surface, "gd"] / 50
    assert ends["ravine", "rmsprop"] < 1e-20 and ends["turned ravine", "rmsprop"] > ends["turned ravine", "gd"] / 5


def test_the_race_panel_holds_over_its_range_and_says_who_flew_off():
    panel = pictures.optimiser_race_panel()
    assert all(changed for name, changed in drive(panel).items() if name != "momentum")
    panel.controls["runner"].value = "momentum"
    assert drive(panel)["momentum"]
    view = pictures.RaceView()
    for surface, runner in itertools.product(pictures.SURFACES, [*pictures.RUNNERS, *pictures.ALL]):
        view.png(surface=surface, runner=runner, power=0.5, momentum=0.99)
    view.png(surface="ravine", runner="gd", power=0.5, momentum=0.9)
    assert view.words.get_text() == "GD, rate 3.2: flew off"
    values = {"surface": "Rosenbrock", "runner": "all, best rates", "power": -2.0, "momentum": 0.9}
    settle(view, **values)
    assert_redraw_is_exact(view, **values)
    way = pictures.race("Rosenbrock", "gd", pictures.best_rate("Rosenbrock", "gd"))
    assert np.allclose(np.array(view.ways["gd"].get_data()).T, way)


def test_the_floor_view_shows_one_run_the_mean_and_the_floor():
    view = pictures.FloorView()
    settle(view, power=-1.0, batch=4, schedule="cosine")
    rates = [0.1 * rate_schedules(400)["cosine"](step) for step in range(400)]
    assert np.allclose(view.mean.get_ydata(), np.maximum(expected_loss(rates, 4), 1e-6))
    assert np.allclose(view.run.get_ydata(), np.maximum(noisy_descent(rates, 4)[0].numpy(), 1e-6))
    assert view.floor.get_ydata() == pytest.approx([noise_floor(0.1, 4)] * 2)
    assert np.allclose(np.array(view.share.get_ydata()) * 0.1, rates)
    assert all(drive(pictures.floor_panel()).values())
    for power, batch in ((-2.5, 64), (0.2, 1)):
        assert view.png(power=power, batch=batch, schedule="warm-up")


def test_still_pictures_have_ink_and_a_sensible_size():
    history = History(3, [2.0, 1.0, 0.5], [2.1, 1.5, 1.7], [0.3, 0.5, 0.4])
    band = {0.01: mean_interval([0.5, 0.6]), 0.1: mean_interval([0.9, 0.92])}
    row = {"train": [1.0, 0.99], "valid": [0.8, 0.82], "test": [0.8, 0.83]}
    found = {("nothing", 0.0): row, **{(m, s): row for m, all_of in STRENGTHS.items() for s in all_of}}
    gains = {method: compare([0.81, 0.83], [0.8, 0.81]) for method in STRENGTHS}
    stills = [
        pictures.learning_curves({"a": [0.1, 0.5], "b": [0.2, 0.1]}),
        pictures.overfitting({"one": history, "two": history}),
        pictures.saturation(-4.0),
        pictures.optimiser_race("saddle", "all, same rate", 0.1),
        pictures.rates_picture({"gd": band, "adam": band}),
        pictures.noise_picture([1, 4, 16], [4.0, 2.0, 1.0], [4.1, 2.05, 1.02]),
        pictures.spreads_picture({"0.1": [1.0, 0.5, 0.2]}),
        pictures.side_by_side_picture({"clean": (found, gains), "wrong": (found, gains)}),
        pictures.augmented_picture(digits.load("test").images),
        pictures.floor(-0.5, 4, "cosine"),
        pictures.study_picture({"4 epochs": {"constant": band, "both": band}, "16 epochs": {"constant": band}}),
        pictures.time_picture({10: [(0.1, 1, 0.5), (0.2, 2, 0.4)], 100: [(0.1, 5, 0.6), (0.2, 10, 0.3)]}),
    ]
    for still in stills:
        assert pixels(still.png).std() > 5 and still.size[0] <= 800 and still.alt


def test_the_noise_of_sgd_follows_its_seed_and_nobody_elses_way_does():
    first, again, other = (pictures.race("saddle", "sgd", 0.1, seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(first, again) and np.array_equal(first, pictures.race("saddle", "sgd", 0.1))
    assert not np.allclose(first, other)
    assert np.array_equal(pictures.race("saddle", "gd", 0.1), pictures.race("saddle", "gd", 0.1, seed=1))
