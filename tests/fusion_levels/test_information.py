"""What two senses know, taken apart: cases worked out by hand or in print, and another way to the same minimum."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from mmcourse import fusion_levels as lesson
from mmcourse.datasets.worlds import WORLDS, World
from mmcourse.fusion_levels import studies


def table_of(classes, label):
    """Two fair coins a, b and the class ``label(a, b)``."""
    table = torch.zeros(classes, 2, 2, dtype=torch.float64)
    for a, b in itertools.product((0, 1), (0, 1)):
        table[label(a, b), a, b] += 0.25
    return table


same = torch.zeros(2, 2, 2, dtype=torch.float64)
same[0, 0, 0] = same[1, 1, 1] = 0.5
KNOWN = {  # redundant, first, second, synergistic; "and" from the paper, the others by hand
    "one coin seen twice": (same, (1, 0, 0, 0)),
    "both coins named": (table_of(4, lambda a, b: 2 * a + b), (0, 1, 1, 0)),
    "exclusive or": (table_of(2, lambda a, b: a ^ b), (0, 0, 0, 1)),
    "the first coin": (table_of(2, lambda a, b: a), (0, 1, 0, 0)),
    "and": (table_of(2, lambda a, b: a & b), (0.3113, 0, 0, 0.5)),
    "nothing": (torch.full((2, 2, 2), 1 / 8), (0, 0, 0, 0)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_cases(name):
    table, parts = KNOWN[name]
    assert lesson.decompose(table) == pytest.approx(parts, abs=1e-4)


def plain_information(joint):
    joint = np.asarray(joint)
    apart = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    return sum(p * math.log2(p / q) for p, q in zip(joint.ravel(), apart.ravel(), strict=True) if p > 0)


@pytest.mark.parametrize("seed", range(8))
def test_the_minimum_is_that_of_a_general_optimiser(seed):
    rng = np.random.default_rng(seed)
    table = rng.random((2 + seed % 3, 2, 2)) ** 3
    table /= table.sum()
    one, other = table[:, 1].sum(1), table[:, :, 1].sum(1)
    low, high = np.maximum(0, one + other - table.sum((1, 2))), np.minimum(one, other)

    def told(t):
        return plain_information(np.stack([table.sum((1, 2)) - one - other + t, other - t, one - t, t], 1).clip(1e-15))

    starts = [low + (high - low) * share for share in (0.3, 0.5, 0.7)]
    least = min(
        minimize(told, x, bounds=list(zip(low, high, strict=True)), method="L-BFGS-B", tol=1e-12).fun for x in starts
    )
    senses = plain_information(table.sum(2)), plain_information(table.sum(1))
    parts = lesson.decompose(torch.tensor(table))
    assert parts.redundant == pytest.approx(sum(senses) - least, abs=1e-5)
    assert sum(parts) == pytest.approx(plain_information(table.reshape(len(table), 4)), abs=1e-6)
    assert parts.redundant + parts.first == pytest.approx(senses[0], abs=1e-6)
    assert min(parts) > -1e-6


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_has_the_information_of_its_name(name):
    few, many = (lesson.decompose(studies.sign_table(World(name, noise))) for noise in (0.05, 0.8))
    wanted = {"redundant": (1, 0, 0, 0), "complementary": (0, 1, 1, 0), "synergistic": (0, 0, 0, 1)}[name]
    assert few == pytest.approx(wanted, abs=1e-3)
    assert sum(many) < sum(few) and min(many) > -1e-6
    if name == "redundant":  # two noisy looks at one coin: the second corrects the first
        assert many.redundant > 0.5 and many.synergistic > 0.2


def test_the_signs_of_a_world_are_as_often_as_in_its_samples():
    world = World("complementary", 0.8)
    batch, labels = world.sample(40_000, seed=0)
    counted = torch.zeros(4, 2, 2)
    one, other = (batch[name][:, 0].gt(0).long() for name in ("image", "audio"))
    counted.index_put_((labels, one, other), torch.tensor(1 / 40_000), accumulate=True)
    torch.testing.assert_close(counted.double(), studies.sign_table(world), atol=0.01, rtol=0)


def test_what_is_no_table_is_refused():
    with pytest.raises(ValueError, match=r"table: got shape \(2, 2\), expected \(K, A, B\)"):
        lesson.decompose(torch.ones(2, 2))
    with pytest.raises(ValueError, match="table: got a sum of 2, expected"):
        lesson.decompose(torch.full((2, 2, 2), 0.25))
    with pytest.raises(ValueError, match=r"table: got shape \(2, 3, 2\), expected \(K, 2, 2\)"):
        lesson.decompose(torch.full((2, 3, 2), 1 / 12))


def test_mutual_information_by_hand():
    assert float(lesson.mutual_information(torch.tensor([[0.5, 0.0], [0.0, 0.5]]))) == pytest.approx(1)
    assert float(lesson.mutual_information(torch.full((2, 2), 0.25))) == 0
    noisy = torch.tensor([[0.45, 0.05], [0.05, 0.45]])  # 1 - h(0.1)
    assert float(lesson.mutual_information(noisy)) == pytest.approx(1 + 0.9 * math.log2(0.9) + 0.1 * math.log2(0.1))
