"""Lesson 09, second part: the structures against their formulas in loops and float64."""

import math

import pytest
import torch
from torch.nn import functional as F

from mmcourse import fusion_operators as lesson
from mmcourse.engine import generator, seeded

SIZES = {"image": 3, "audio": 4, "text": 2}
W = 6


def fresh(make, sizes=SIZES, seed=0):
    return seeded(lambda: make(sizes, W), seed).double()


def rows_of(sizes=SIZES, samples=4, length=None, seed=0):
    rng = generator(seed)
    shape = (samples,) if length is None else (samples, length)
    return {n: torch.randn(*shape, size, generator=rng, dtype=torch.float64) for n, size in sizes.items()}


def test_cross_attention_in_loops():
    fusion, batch = fresh(lesson.CrossAttention), rows_of(length=3)
    batch["text"] = batch["text"][:, :2]  # each sense may have its own length
    out, looks = fusion.looks(batch)
    assert {name: tuple(w.shape) for name, w in looks.items()} == {
        "audio": (4, 3, 5),
        "image": (4, 3, 5),
        "text": (4, 2, 6),
    }
    for b in range(4):
        h = {name: [fusion.enter[name](token) for token in batch[name][b]] for name in fusion.names}
        means = []
        for name in fusion.names:
            others = [token for other in fusion.names if other != name for token in h[other]]
            answers = []
            for t, token in enumerate(h[name]):
                q = fusion.query(token)
                scores = torch.stack([q @ fusion.key(o) / math.sqrt(W) for o in others])
                shares = scores.exp() / scores.exp().sum()
                assert torch.allclose(looks[name][b, t], shares, atol=1e-12)
                answers.append(token + sum(share * fusion.value(o) for share, o in zip(shares, others, strict=True)))
            means.append(sum(answers) / len(answers))
        assert torch.allclose(out[b], sum(means) / 3, atol=1e-12)


def test_cross_attention_looks_at_nobody_absent():
    fusion, batch = fresh(lesson.CrossAttention), rows_of(length=3)
    here = {"audio": torch.tensor([True, False, True, True])}
    _, looks = fusion.looks(batch, here)
    assert (looks["image"][1, :, :3] == 0).all() and torch.allclose(looks["image"].sum(-1), torch.ones(4, 3).double())
    alone, nobody = fusion.looks({"image": batch["image"]})
    assert torch.allclose(alone, fusion.enter["image"](batch["image"]).mean(1)) and (nobody["image"] == 0).all()


def test_one_token_each_leaves_nothing_to_choose():
    two = {"image": 3, "audio": 4}
    fusion, batch = fresh(lesson.CrossAttention, two), rows_of(two)
    out, looks = fusion.looks(batch)
    assert all((w == 1).all() for w in looks.values())
    h = {name: fusion.enter[name](batch[name]) for name in two}
    expected = sum(h[a] + fusion.value(h[b]) for a, b in (("image", "audio"), ("audio", "image"))) / 2
    assert torch.allclose(out, expected, atol=1e-12)
    out.sum().backward()
    assert fusion.query.weight.grad.abs().max() < 1e-12


def test_siamese_in_loops():
    fusion, batch = fresh(lesson.Siamese), rows_of()
    t = [F.relu(fusion.twin(fusion.enter[name](batch[name]))) for name in fusion.names]
    pairs = [(0, 1), (0, 2), (1, 2)]
    apart = sum((t[i] - t[j]).abs() for i, j in pairs) / 3
    assert torch.allclose(fusion(batch), fusion.compare(torch.cat([sum(t) / 3, apart], 1)), atol=1e-12)
    lone = F.relu(fusion.twin(fusion.enter["image"](batch["image"])))  # nobody to compare with: difference 0
    assert torch.allclose(fusion({"image": batch["image"]}), fusion.compare(torch.cat([lone, 0 * lone], 1)), atol=1e-12)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_hierarchical_in_loops(depth):
    fusion, batch = seeded(lambda: lesson.Hierarchical(SIZES, W, depth=depth), 0).double(), rows_of()
    h, joint = {name: batch[name] for name in fusion.names}, None
    for level in range(depth):
        h = {name: F.relu(fusion.towers[name][level](x)) for name, x in h.items()}
        read = [*h.values()] if joint is None else [*h.values(), joint]
        joint = F.relu(fusion.joints[level](torch.cat(read, 1)))
    assert torch.allclose(fusion(batch), joint, atol=1e-12)


def test_every_depth_reaches_the_result():
    fusion, batch = seeded(lambda: lesson.Hierarchical(SIZES, W, depth=3), 0).double(), rows_of()
    before = fusion(batch)
    for level in range(3):
        kept = fusion.towers["image"][level].bias.data.clone()
        fusion.towers["image"][level].bias.data += 0.5
        assert not torch.allclose(fusion(batch), before)
        fusion.towers["image"][level].bias.data = kept


def test_relation_in_loops():
    fusion, batch = fresh(lesson.Relation), rows_of()
    h = [fusion.enter[name](batch[name]) for name in fusion.names]  # M times (B, W)

    def heard(one, others):
        likeness = torch.stack([F.cosine_similarity(one, other, dim=0) for other in others])
        shares = (fusion.sharpness * likeness).softmax(0)
        return sum(share * other for share, other in zip(shares, others, strict=True))

    for b in range(4):
        nodes = []
        for m in range(3):
            senses, neighbours = [h[n][b] for n in range(3)], list(h[m])
            own = h[m][b]
            nodes.append(
                F.relu(fusion.own(own) + fusion.senses(heard(own, senses)) + fusion.neighbours(heard(own, neighbours)))
            )
        assert torch.allclose(fusion(batch)[b], sum(nodes) / 3, atol=1e-12)


def test_relation_listens_to_the_alike_and_not_to_the_absent():
    fusion, batch = fresh(lesson.Relation), rows_of()
    rows, here = fusion.rows(batch, {"audio": torch.tensor([True, True, False, True])})
    across, among = fusion.edges(fusion.meet(rows, here), here)
    assert torch.allclose(across.sum(-1), torch.ones(4, 3).double()) and (across[2, :, 0] == 0).all()
    assert torch.allclose(among.sum(-1), torch.ones(3, 4).double()) and (among[0, :, 2] == 0).all()
    assert (among.diagonal(dim1=1, dim2=2)[1:] == among[1:].amax(-1)).all()  # nobody is more alike than oneself
