"""Counting who meets whom, pointwise mutual information and its summary, against loops and NumPy."""

import math

import numpy as np
import pytest
import torch
from small_texts import numbers

from mmcourse import text as lesson
from mmcourse.engine import generator

TEXTS = [[5, 6, 5, 7], [6, 7], [8], [], [5, 5, 6]]
SIZE = 9


def counted(texts, size, window):
    """Every pair of places of every text, looked at one by one."""
    table = np.zeros((size, size))
    for text in texts:
        for i, centre in enumerate(text):
            for j, other in enumerate(text):
                if i != j and abs(i - j) <= window:
                    table[centre, other] += 1
    return table


@pytest.mark.parametrize("window", [1, 2, 5])
def test_meetings_are_counted(window):
    found = lesson.cooccurrences(TEXTS, SIZE, window)
    np.testing.assert_array_equal(found.numpy(), counted(TEXTS, SIZE, window))
    torch.testing.assert_close(found, found.T)


@pytest.mark.parametrize("power", [0.75, 1.0, 0.0])
@pytest.mark.parametrize("shift", [0.0, math.log(3)])
def test_pointwise_mutual_information_as_a_loop(power, shift):
    counts = counted(TEXTS, SIZE, 2)
    total, columns = counts.sum(), counts.sum(0)
    evened = np.array([c**power if c else 0.0 for c in columns])
    wanted = np.zeros_like(counts)
    for c in range(SIZE):
        for o in range(SIZE):
            if counts[c, o]:
                chance = counts[c].sum() / total * evened[o] / evened.sum()
                wanted[c, o] = max(0.0, math.log(counts[c, o] / total / chance) - shift)
    found = lesson.positive_pmi(torch.tensor(counts), power, shift)
    np.testing.assert_allclose(found.numpy(), wanted, atol=1e-12)


def test_words_that_know_nothing_of_each_other_have_none():
    row, column = torch.tensor([1.0, 2.0, 5.0]), torch.tensor([3.0, 1.0, 4.0])
    torch.testing.assert_close(
        lesson.positive_pmi(row[:, None] * column, power=1.0), torch.zeros(3, 3), atol=1e-6, rtol=0
    )


@pytest.mark.parametrize("dim", [1, 3, 6])
def test_vectors_have_the_lengths_and_angles_of_the_best_summary(dim):
    matrix = numbers(6, 6)
    u, s, _ = np.linalg.svd(matrix.numpy())
    found = lesson.svd_vectors(matrix, dim)
    assert found.shape == (6, dim)
    np.testing.assert_allclose((found @ found.T).numpy(), u[:, :dim] * s[:dim] @ u[:, :dim].T, atol=1e-12)


def test_a_symmetric_matrix_without_negative_sides_is_given_back():
    half = numbers(7, 7, seed=3)
    whole = half @ half.T
    vectors = lesson.svd_vectors(whole, 7)
    torch.testing.assert_close(vectors @ vectors.T, whole)


def test_skip_gram_converges_to_the_shifted_table():
    """Levy and Goldberg (2014): with room enough v · u is how much more often than by chance, less log k."""
    texts = [torch.randint(5, 9, (6,), generator=generator(k)).tolist() for k in range(60)]
    counts = lesson.cooccurrences(texts, 9, 2)[5:, 5:].double()
    noise = lesson.noise_shares(counts.sum(0))
    k, scores = 3, torch.zeros(4, 4, dtype=torch.float64, requires_grad=True)
    for _ in range(4000):
        loss = (
            -(counts * scores.sigmoid().log()).sum()
            - k * (counts.sum(1, keepdim=True) * noise * (-scores).sigmoid().log()).sum()
        )
        (slope,) = torch.autograd.grad(loss / counts.sum(), scores)
        with torch.no_grad():
            scores -= 5 * slope
    wanted = lesson.positive_pmi(counts, shift=math.log(k) - 10) - 10  # moved up by 10: nothing is cut off
    torch.testing.assert_close(scores.detach(), wanted, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("counts", [torch.zeros(3, 3), torch.ones(2, 3), torch.ones(3)])
def test_what_is_no_table_of_meetings_is_refused(counts):
    with pytest.raises(ValueError, match="counts: got shape"):
        lesson.positive_pmi(counts)


def test_sizes_are_checked():
    with pytest.raises(ValueError, match="dim: got 4, expected at most 3"):
        lesson.svd_vectors(torch.ones(3, 3), 4)
    with pytest.raises(ValueError, match="power"):
        lesson.positive_pmi(torch.ones(3, 3), power=2)
    with pytest.raises(ValueError, match="size"):
        lesson.cooccurrences([[1, 2]], 0)
