"""Temperatures: found by what they are for, harmless to favourites, and of use to a product."""

import pytest
import torch
from small_levels import SIZES, batch_of, fresh
from torch.nn import functional as F

from mmcourse import fusion_levels as lesson
from mmcourse.engine import generator


def honest(samples=20_000, classes=4, seed=0):
    """Logits that are right, and labels drawn from them."""
    rng = generator(seed)
    logits = 2 * torch.randn(samples, classes, generator=rng)
    return logits, torch.multinomial(logits.softmax(-1), 1, generator=rng)[:, 0]


def test_the_temperature_undoes_what_made_an_expert_too_sure_or_too_shy():
    logits, labels = honest()
    found = lesson.temperatures(torch.stack([logits, 3 * logits, logits / 2]), labels)
    torch.testing.assert_close(found, torch.tensor([1.0, 3.0, 0.5]), rtol=0.06, atol=0)


def test_no_other_temperature_explains_the_labels_better():
    logits, labels = honest(500, seed=1)
    best = lesson.temperatures(5 * logits[None], labels)[0]
    losses = [F.cross_entropy(5 * logits / t, labels) for t in (best, 0.9 * best, 1.1 * best)]
    assert losses[0] <= min(losses[1:])


def test_overconfidence_by_hand():
    opinions = torch.tensor([[[0.9, 0.1], [0.8, 0.2]], [[0.5, 0.5], [0.5, 0.5]]])
    assert lesson.overconfidence(opinions, torch.tensor([0, 1])).tolist() == pytest.approx([0.85 - 0.5, 0.0])
    logits, labels = honest()
    assert abs(float(lesson.overconfidence(logits.softmax(-1)[None], labels))) < 0.01
    assert float(lesson.overconfidence((3 * logits).softmax(-1)[None], labels)) > 0.1


def test_a_temperature_never_changes_a_favourite_and_one_changes_nothing():
    experts, batch = fresh("model"), batch_of()
    plain = lesson.ModelLevel(experts)
    hot = lesson.ModelLevel(experts, temperatures=torch.tensor([3.0, 0.5]))
    assert torch.equal(plain.opinions(batch).argmax(-1), hot.opinions(batch).argmax(-1))
    same = lesson.ModelLevel(experts, temperatures=torch.ones(2))
    torch.testing.assert_close(plain(batch), same(batch))


def test_calibrated_experts_are_those_divided_by_hand():
    experts, batch = fresh("model"), batch_of(40)
    labels = torch.arange(40) % 3
    model = lesson.calibrated(experts, (batch, labels))
    logits = experts(batch)
    t = lesson.temperatures(logits, labels)
    by_hand = lesson.product_of_opinions(torch.stack([(z / one).softmax(-1) for z, one in zip(logits, t, strict=True)]))
    torch.testing.assert_close(model(batch), by_hand)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"logits: got shape \(5, 3\) for labels \(5,\), expected"):
        lesson.temperatures(torch.zeros(5, 3), torch.zeros(5, dtype=torch.long))


# ------------------------------------------------------------------------------------------------ hybrid fusion


def test_the_hybrid_is_the_feature_level_with_heads_of_their_own():
    hybrid, batch = lesson.Hybrid(SIZES, 3, 7), batch_of()
    feature = lesson.FeatureLevel(SIZES, 3, 7)
    feature.load_state_dict({name: x for name, x in hybrid.state_dict().items() if not name.startswith("own")})
    logits = hybrid(batch)
    assert logits.shape == (3, 5, 3)
    torch.testing.assert_close(logits[0], feature(batch))
    for k, name in enumerate(hybrid.names):
        row = F.relu(hybrid.encoders[name](batch[name].flatten(1)))
        torch.testing.assert_close(logits[1 + k], hybrid.own[name](row))


def test_a_weight_of_zero_leaves_a_head_alone():
    hybrid, batch, labels = lesson.Hybrid(SIZES, 3, 7), batch_of(), torch.arange(5) % 3
    lesson.hybrid_loss(hybrid(batch), labels, (1.0, 0.0, 0.0)).backward()
    assert all(not p.grad.any() for p in hybrid.own.parameters()) and hybrid.head[0].weight.grad.any()
    parts = [F.cross_entropy(one, labels) for one in hybrid(batch)]
    assert float(lesson.hybrid_loss(hybrid(batch), labels, (1, 2, 3)).detach()) == pytest.approx(
        float((parts[0] + 2 * parts[1] + 3 * parts[2]).detach())
    )
