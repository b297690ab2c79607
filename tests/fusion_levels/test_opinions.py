"""The rules that combine opinions, against formulas written out by hand, Bayes' rule and invariants."""

import numpy as np
import pytest
import torch
from small_levels import linear, opinions_of

from mmcourse import fusion_levels as lesson
from mmcourse.datasets.worlds import WORLDS, World
from mmcourse.engine import seeded


def test_average_and_weights_by_hand():
    p = opinions_of(3)
    by_hand = sum(0.5 * p[0, b] + 0.3 * p[1, b] + 0.2 * p[2, b] for b in [2])
    assert torch.allclose(lesson.weighted_opinions(p, [0.5, 0.3, 0.2])[2], by_hand, atol=1e-10)
    assert torch.allclose(lesson.average_opinions(p), lesson.weighted_opinions(p, [1 / 3] * 3), atol=1e-10)


def test_product_by_hand_with_and_without_a_prior():
    p, prior = opinions_of(3), torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)
    for divisor, given in ((1.0, None), (prior**2, prior)):
        joint = p[0] * p[1] * p[2] / divisor
        assert torch.allclose(lesson.product_of_opinions(p, given), joint / joint.sum(-1, keepdim=True), atol=1e-10)


def test_the_product_is_bayes_rule_for_independent_senses():
    rng = np.random.default_rng(0)
    prior, eye, ear = (
        rng.dirichlet([1] * 3),
        rng.dirichlet([1] * 4, 3),
        rng.dirichlet([1] * 5, 3),
    )  # p(k), p(x|k), p(y|k)
    joint = np.einsum("k,kx,ky->xyk", prior, eye, ear)
    truth = joint / joint.sum(-1, keepdims=True)  # p(k|x,y)
    alone = [prior * eye.T / (eye.T @ prior)[:, None], prior * ear.T / (ear.T @ prior)[:, None]]  # p(k|x), p(k|y)
    for x in range(4):
        for y in range(5):
            said = torch.tensor(np.stack([alone[0][x], alone[1][y]]))[:, None]
            got = lesson.product_of_opinions(said, torch.tensor(prior))[0].numpy()
            assert np.allclose(got, truth[x, y], atol=1e-10)


@pytest.mark.parametrize("name", WORLDS)
def test_the_product_of_true_posteriors_is_the_true_posterior_unless_xor(name):
    world = World(name, 0.7)
    batch, _ = world.sample(50, seed=0)
    each = torch.stack([world.posterior({m: batch[m]}) for m in batch])
    same = torch.allclose(lesson.product_of_opinions(each), world.posterior(batch), atol=1e-9)
    assert same == (name != "synergistic")


def test_a_product_of_many_small_numbers_does_not_vanish():
    p = torch.tensor([[[1e-12, 1 - 1e-12]]], dtype=torch.float32).repeat(40, 1, 1)
    assert torch.isfinite(lesson.product_of_opinions(p)).all()


def test_a_vote_counts_favourites_and_breaks_draws_by_certainty():
    p = torch.tensor([[[0.6, 0.4]], [[0.51, 0.49]], [[0.0, 1.0]]])
    assert lesson.vote(p).argmax(-1).tolist() == [0]  # two against one, though the one is sure
    assert lesson.average_opinions(p).argmax(-1).tolist() == [1]
    assert lesson.vote(p[[0, 2]]).argmax(-1).tolist() == [1]  # a draw goes to the surer


@pytest.mark.parametrize("rule", [*lesson.RULES.values(), lambda p: lesson.weighted_opinions(p, [0.2, 0.8])])
def test_every_rule_gives_an_opinion_and_agrees_with_a_unanimous_one(rule):
    p = opinions_of()
    assert torch.allclose(rule(p).sum(-1), torch.ones(5, dtype=torch.float64), atol=1e-9) and (rule(p) >= 0).all()
    same = p[:1].repeat(2, 1, 1)
    assert torch.equal(rule(same).argmax(-1), same[0].argmax(-1))


@pytest.mark.parametrize("rule", lesson.RULES.values())
def test_an_absent_expert_leaves_the_decision_to_the_others(rule):
    p, here = opinions_of(), torch.tensor([[True, False, True, True, False], [True, True, False, True, False]])
    decided = rule(lesson.abstain(p, here))
    assert decided[1].argmax() == p[1, 1].argmax() and decided[2].argmax() == p[0, 2].argmax()
    assert torch.allclose(decided[0], rule(p)[0]) and torch.allclose(decided[4], torch.full((4,), 0.25, dtype=p.dtype))


@pytest.mark.parametrize(
    "bad", [torch.ones(2, 3), torch.ones(2, 5, 4), torch.zeros(0, 5, 4), -opinions_of(), opinions_of() * float("nan")]
)
def test_what_is_no_opinion_is_refused(bad):
    for rule in lesson.RULES.values():
        with pytest.raises(ValueError, match="opinions: got"):
            rule(bad)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], "one number for each"),
        ([0.7, 0.7], "sum to 1"),
        ([1.5, -0.5], "from 0 up"),
        ([float("nan"), 1.0], "sum to 1"),
    ],
)
def test_what_are_no_weights_is_refused(weights, message):
    with pytest.raises(ValueError, match=f"weights: got.*{message}"):
        lesson.weighted_opinions(opinions_of(), weights)


@pytest.mark.parametrize("prior", [[0.5, 0.5], [0.5, 0.5, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
def test_what_is_no_prior_is_refused(prior):
    with pytest.raises(ValueError, match="prior: got"):
        lesson.product_of_opinions(opinions_of(), torch.tensor(prior))


def test_stacking_by_hand_and_its_gradients():
    judge, p = seeded(lambda: lesson.Stacking(2, 4), 0).double(), opinions_of()
    row = torch.cat([p[0, 3].log(), p[1, 3].log()])
    assert torch.allclose(judge(p)[3], linear(judge.judge, row).softmax(-1), atol=1e-10)
    judge(p)[:, 0].sum().backward()
    assert all(x.grad.abs().sum() > 0 for x in judge.parameters())
