"""Skip-gram against autograd, binary cross-entropy and its optimum in closed form; neighbours and analogies."""

import itertools

import numpy as np
import pytest
import torch
from small_texts import numbers
from torch.nn import functional as F

from mmcourse import text as lesson
from mmcourse.engine import fit_many, generator


@pytest.mark.parametrize("length", [0, 1, 2, 7])
@pytest.mark.parametrize("window", [1, 2, 10])
def test_pairs_of_neighbours(length, window):
    ids = list(range(5, 5 + length))
    wanted = {(a, b) for a in ids for b in ids if 0 < abs(a - b) <= window}
    found = lesson.skip_gram_pairs(ids, window)
    assert set(found) == wanted and len(found) == len(wanted) and found == sorted(found)


def test_a_word_twice_makes_pairs_with_itself():
    assert lesson.skip_gram_pairs([7, 7], 1) == [(7, 7), (7, 7)]
    for window, error in ((0, ValueError), (-1, ValueError), (1.5, TypeError), (True, TypeError)):
        with pytest.raises(error, match="window: got"):
            lesson.skip_gram_pairs([1, 2], window)


def test_noise_shares():
    counts = torch.tensor([0.0, 1.0, 16.0, 81.0])
    torch.testing.assert_close(lesson.noise_shares(counts), torch.tensor([0.0, 1.0, 8.0, 27.0]) / 36)
    torch.testing.assert_close(lesson.noise_shares(counts, 0), torch.tensor([0.0, 1.0, 1.0, 1.0]) / 3)
    for wrong in (torch.zeros(3), torch.tensor([1.0, -1.0])):
        with pytest.raises(ValueError, match="counts"):
            lesson.noise_shares(wrong)


def test_examples_hold_the_pairs_and_noise_in_its_shares():
    texts = [[5, 6, 7], [6, 6], [8], []] * 400
    rows = lesson.skip_gram_examples(texts, 10, window=1, negatives=4, seed=3)
    pairs = [pair for one in texts for pair in lesson.skip_gram_pairs(one, 1)]
    assert rows[:, :2].tolist() == [list(pair) for pair in pairs] and rows.shape == (len(pairs), 6)
    shares = lesson.noise_shares(torch.bincount(rows[:, 1], minlength=10).float())
    seen = torch.bincount(rows[:, 2:].flatten(), minlength=10) / rows[:, 2:].numel()
    assert not seen[shares == 0].any() and (seen - shares).abs().max() < 0.02
    assert torch.equal(rows, lesson.skip_gram_examples(texts, 10, 1, 4, seed=3))
    with pytest.raises(ValueError, match="side by side"):
        lesson.skip_gram_examples([[1], []], 5)


@pytest.mark.parametrize("size", [1, 2, 9])
def test_the_loss_is_binary_cross_entropy_and_its_gradient_autograds(size):
    scores = (8 * numbers(size, 6, seed=size)).requires_grad_()
    wanted = torch.zeros(size, 6, dtype=torch.float64)
    wanted[:, 0] = 1
    loss = lesson.negative_sampling_loss(scores)
    torch.testing.assert_close(loss, F.binary_cross_entropy_with_logits(scores, wanted, reduction="none").sum(1).mean())
    loss.backward()
    torch.testing.assert_close(lesson.negative_sampling_gradient(scores.detach()), scores.grad, atol=1e-12, rtol=1e-10)
    assert float(lesson.negative_sampling_loss(torch.zeros(size, 6))) == pytest.approx(6 * np.log(2))


def test_the_loss_stands_huge_scores_and_refuses_wrong_shapes():
    assert lesson.negative_sampling_loss(torch.tensor([[-1e4, 1e4]])) == 2e4
    for wrong in (torch.zeros(3), torch.zeros(3, 1), torch.zeros(0, 3)):
        with pytest.raises(ValueError, match="scores"):
            lesson.negative_sampling_loss(wrong)


def test_skip_gram_scores_are_dot_products():
    model = lesson.SkipGram(9, 4, seed=1)
    assert not model.contexts.any() and model.vectors.abs().max() <= 0.5 / 4
    with torch.no_grad():
        model.contexts.copy_(numbers(9, 4))
    ids = torch.randint(0, 9, (5, 4), generator=generator(0))
    wanted = torch.stack([torch.stack([model.vectors[row[0]] @ model.contexts[o] for o in row[1:]]) for row in ids])
    torch.testing.assert_close(model(ids), wanted)


def test_the_best_skip_gram_is_pointwise_mutual_information_shifted_by_log_k():
    """Levy and Goldberg (2014): at the optimum v_c . u_o = log(p(c, o) / (p(c) q(o))) - log k, q the noise shares."""
    joint = torch.rand(5, 5, generator=generator(0), dtype=torch.float64) + 0.1
    joint, k = joint / joint.sum(), 3
    noise = lesson.noise_shares(joint.sum(0))
    scores = (joint / (joint.sum(1, keepdim=True) * noise)).log() - np.log(k)
    scores.requires_grad_()
    # The loss expected over pairs from joint and noise from its shares, put together from the sampled one's terms.
    off = torch.tensor(1e9)
    right = lesson.negative_sampling_loss
    expected = sum(
        joint[c, o] * right(torch.stack([scores[c, o], -off])[None])
        + k * joint[c].sum() * noise[o] * right(torch.stack([off, scores[c, o]])[None])
        for c in range(5)
        for o in range(5)
    )
    expected.backward()
    assert scores.grad.abs().max() < 1e-12


def test_cosines_and_nearest():
    table, vector = numbers(7, 4), numbers(4, seed=1)
    torch.testing.assert_close(lesson.cosines(vector, table), F.cosine_similarity(vector[None], table))
    assert not lesson.cosines(torch.zeros(4), table.float()).any()
    order = F.cosine_similarity(vector[None], table).argsort(descending=True).tolist()
    found, closeness = lesson.nearest(vector, table, 3, without=[order[0]])
    assert found.tolist() == order[1:4] and closeness.tolist() == sorted(closeness.tolist(), reverse=True)
    assert len(lesson.nearest(vector, table, 99, without=[1, 2])[0]) == 5


def test_an_analogy_that_is_built_in_is_found():
    """Words = colour + number, so red circle - circle + circles = red circles, whatever the random directions."""
    parts = numbers(5, 12)
    table = torch.stack([parts[a] + parts[3 + b] for b in range(2) for a in range(3)])  # rows 0-2 one, 3-5 many
    for a, c in itertools.permutations(range(3), 2):
        assert lesson.analogy(table, 3 + a, a, c).item() == 3 + c
    scaled = table * torch.rand(6, 1, generator=generator(0), dtype=table.dtype).add(0.5)
    unit = F.normalize(scaled, dim=1)
    wanted = F.cosine_similarity((unit[3] - unit[0] + unit[1])[None], unit)
    wanted[[0, 1, 3]] = -9
    assert lesson.analogy(scaled, 3, 0, 1, 3).tolist() == wanted.argsort(descending=True)[:3].tolist()


def test_words_that_share_their_company_become_neighbours():
    """Three kinds of words, each with a place of its own in a text: the nearest word is the other one of the kind."""
    texts = [[n, c, s] for n in (5, 6) for c in (7, 8) for s in (9, 10)] * 20
    models = [lesson.SkipGram(11, 8, seed) for seed in range(8)]
    rows = [lesson.skip_gram_examples(texts, 11, 2, 5, seed) for seed in range(8)]
    data = [(one, one[:, 0]) for one in rows]
    loss = lesson.negative_sampling_loss
    fit_many(models, data, epochs=15, batch_size=50, lr=0.02, loss=lambda scores, _: loss(scores))
    partner = {5: 6, 6: 5, 7: 8, 8: 7, 9: 10, 10: 9}
    found = [(m, w, lesson.nearest(m.vectors[w], m.vectors, 1, [*range(5), w])[0]) for m in models for w in partner]
    assert np.mean([best.item() == partner[w] for _, w, best in found]) > 0.8  # by chance one in five
