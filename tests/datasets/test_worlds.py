"""The worlds: closed forms against simulation, and the posterior against Bayes' rule written out."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import norm

from mmcourse.datasets import worlds
from mmcourse.datasets.worlds import World

EVERY = [World(name, noise) for name in worlds.WORLDS for noise in (0.3, 0.7, 1.0, 2.0)]
SENSES = (("image", "audio"), ("image",), ("audio",))
N = 100_000


def name_of(world):
    return f"{world.name}-{world.noise}"


def limit(world, senses):
    return world.bayes_accuracy if len(senses) == 2 else world.bayes_accuracy_of(senses[0])


@pytest.mark.parametrize("senses", SENSES, ids=" ".join)
@pytest.mark.parametrize("world", EVERY, ids=name_of)
def test_limit_is_what_the_true_posterior_reaches(world, senses):
    batch, labels = world.sample(N, seed=1)
    posterior = world.posterior({name: batch[name] for name in senses})
    reached = (posterior.argmax(1) == labels).double().mean()
    spread = math.sqrt(0.25 / N)
    assert abs(reached - limit(world, senses)) < 4 * spread
    # The same number a second way, with less noise: the mean of the largest posterior is the Bayes accuracy.
    assert abs(posterior.amax(1).mean() - limit(world, senses)) < 4 * spread


@pytest.mark.parametrize("senses", SENSES, ids=" ".join)
@pytest.mark.parametrize("world", EVERY, ids=name_of)
def test_posterior_is_bayes_rule(world, senses):
    """p(y | x) from densities of scipy, over all sign pairs (a, b) and what each world says of them."""
    says = {
        "redundant": lambda a, b: {(-1, -1): 0, (1, 1): 1}.get((a, b)),
        "complementary": lambda a, b: (a > 0) * 2 + (b > 0),
        "synergistic": lambda a, b: int(a == b),
    }[world.name]
    batch, _ = world.sample(200, seed=2)
    joint = np.zeros((200, world.classes))
    for a in (-1, 1):
        for b in (-1, 1):
            density = np.ones(200)
            for sense, sign in (("image", a), ("audio", b)):
                if sense in senses:
                    density *= norm.pdf(batch[sense].double().numpy(), [sign, 0], world.noise).prod(1)
            if says(a, b) is not None:
                joint[:, says(a, b)] += density
    expected = joint / joint.sum(1, keepdims=True)
    actual = world.posterior({name: batch[name] for name in senses}).numpy()
    np.testing.assert_allclose(actual, expected, atol=1e-9)


@pytest.mark.parametrize("noise", [0.2, 0.5, 1.0, 3.0])
def test_closed_forms_against_scipy(noise):
    p = norm.cdf(1 / noise)
    assert math.isclose(worlds.redundant(noise).bayes_accuracy, norm.cdf(math.sqrt(2) / noise), rel_tol=1e-12)
    assert math.isclose(worlds.redundant(noise).bayes_accuracy_of("audio"), p, rel_tol=1e-12)
    assert math.isclose(worlds.complementary(noise).bayes_accuracy, p * p, rel_tol=1e-12)
    assert math.isclose(worlds.complementary(noise).bayes_accuracy_of("image"), p / 2, rel_tol=1e-12)
    assert math.isclose(worlds.synergistic(noise).bayes_accuracy, p * p + (1 - p) * (1 - p), rel_tol=1e-12)


@pytest.mark.parametrize("sense", ["image", "audio"])
def test_one_sense_alone_knows_nothing_of_the_synergistic_world(sense):
    world = worlds.synergistic(0.3)
    batch, _ = world.sample(1000, seed=0)
    posterior = world.posterior({sense: batch[sense]})
    torch.testing.assert_close(posterior, torch.full_like(posterior, 0.5))  # exactly, for every single draw
    assert world.bayes_accuracy_of(sense) == world.chance == 0.5


@pytest.mark.parametrize("world", [w for w in EVERY if w.name != "synergistic"], ids=name_of)
def test_model_level_fusion_reaches_the_limit_where_opinions_add_up(world):
    """Each sense alone, then the product (or the mean) of both opinions: as good as the joint posterior."""
    batch, _ = world.sample(5000, seed=4)
    image, audio = (world.posterior({name: batch[name]}) for name in ("image", "audio"))
    best = world.posterior(batch).argmax(1)
    assert torch.equal((image * audio).argmax(1), best)
    assert torch.equal((image + audio).argmax(1), best)


@pytest.mark.parametrize("name", worlds.WORLDS)
def test_less_noise_helps_and_two_senses_are_never_worse_than_one(name):
    limits = [World(name, noise).bayes_accuracy for noise in (2.0, 1.0, 0.5, 0.25)]
    assert limits == sorted(limits)
    for noise in (0.2, 1.0, 5.0):
        world = World(name, noise)
        assert 1 >= world.bayes_accuracy >= world.bayes_accuracy_of("image") >= world.chance


@pytest.mark.parametrize("name", worlds.WORLDS)
def test_sample_shapes_classes_and_noise(name):
    world = World(name, 0.6)
    batch, labels = world.sample(N, seed=0)
    assert set(batch) == {"image", "audio"} and labels.shape == (N,) and labels.dtype == torch.int64
    for values in batch.values():
        assert values.shape == (N, 2) and values.dtype == torch.float32
        assert abs(values[:, 1].std() - 0.6) < 0.01 and abs(values[:, 1].mean()) < 0.01
        assert abs(values[:, 0].var() - (1 + 0.36)) < 0.02 and abs(values[:, 0].mean()) < 0.02
    counts = labels.bincount(minlength=world.classes)
    assert len(counts) == world.classes == {"complementary": 4}.get(name, 2)
    share = 1 / world.classes
    assert (counts - N * share).abs().max() < 4 * math.sqrt(N * share * (1 - share))


@pytest.mark.parametrize("name", worlds.WORLDS)
def test_second_numbers_say_nothing(name):
    world = World(name)
    batch, _ = world.sample(50, seed=0)
    changed = {sense: values + torch.tensor([0.0, 9.0]) for sense, values in batch.items()}
    torch.testing.assert_close(world.posterior(changed), world.posterior(batch))


def test_samples_are_reproducible_and_leave_global_randomness_alone():
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()
    world = World("redundant")
    (one, labels), (again, same), (other, _) = (world.sample(20, seed=seed) for seed in (5, 5, 6))
    assert torch.equal(one["image"], again["image"]) and torch.equal(labels, same)
    assert not torch.equal(one["image"], other["image"])
    assert not torch.equal(one["image"], one["audio"])
    assert torch.equal(torch_state, torch.get_rng_state())
    assert np.array_equal(numpy_state, np.random.get_state()[1])


def test_posterior_survives_far_away_points():
    far = torch.tensor([[1e6, 0.0], [-1e6, 0.0]])
    for name in worlds.WORLDS:
        posterior = World(name, 0.001).posterior({"image": far, "audio": far})
        assert posterior.isfinite().all()
        torch.testing.assert_close(posterior.sum(1), torch.ones(2, dtype=torch.float64))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: World("xor"),
            ValueError,
            "name: got 'xor'.*expected one of 'redundant', 'complementary', 'synergistic'",
        ),
        (lambda: World("redundant", 0), ValueError, "noise: got 0.*expected a standard deviation"),
        (lambda: World("redundant", -1), ValueError, "noise: got -1.*expected"),
        (lambda: World("redundant", math.nan), ValueError, "noise: got nan.*expected"),
        (lambda: World("redundant", math.inf), ValueError, "noise: got inf.*expected"),
        (lambda: World("redundant", "0.5"), TypeError, "noise: got '0.5'.*expected"),
        (
            lambda: World("redundant").bayes_accuracy_of("text"),
            ValueError,
            "modality: got .*expected one of 'image', 'audio'",
        ),
        (lambda: World("redundant").sample(0), ValueError, "n: got 0.*expected a whole number at least 1"),
        (lambda: World("redundant").sample(2.0), TypeError, "n: got 2.0.*expected a whole number"),
        (lambda: World("redundant").sample(2, seed=0.5), TypeError, "seed: got .*expected a whole number"),
        (lambda: World("redundant").sample(2, seed=-3), ValueError, "seed: got -3.*expected a whole number from 0"),
        (
            lambda: World("redundant").posterior({}),
            ValueError,
            "batch: got an empty dict, expected 'image', 'audio' or both",
        ),
        (lambda: World("redundant").posterior(torch.zeros(2, 2)), TypeError, "batch: got .*expected a dict"),
        (
            lambda: World("redundant").posterior({"text": torch.zeros(2, 2)}),
            ValueError,
            "a key of batch: got .*expected one of",
        ),
        (
            lambda: World("redundant").posterior({"image": torch.zeros(2, 3)}),
            ValueError,
            r"batch\['image'\]: got shape \(2, 3\), expected \(B, 2\)",
        ),
        (
            lambda: World("redundant").posterior({"image": torch.zeros(0, 2)}),
            ValueError,
            r"batch\['image'\]: got shape \(0, 2\), expected \(B, 2\)",
        ),
        (
            lambda: World("redundant").posterior({"image": [[1, 2]]}),
            TypeError,
            r"batch\['image'\]: got list.*expected a tensor",
        ),
        (lambda: World("redundant").posterior({"image": torch.full((2, 2), math.nan)}), ValueError, "finite"),
        (
            lambda: World("redundant").posterior({"image": torch.zeros(2, 2), "audio": torch.zeros(3, 2)}),
            ValueError,
            "expected equally many",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
