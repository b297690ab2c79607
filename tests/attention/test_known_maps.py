"""Tasks whose answer is known: rows of letters backwards, verbs that agree."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from mmcourse.attention import TinyBERT
from mmcourse.attention import studies as experiments
from mmcourse.attention.studies import agreement, reversal
from mmcourse.datasets import scenes
from mmcourse.studies import Result
from mmcourse.text import MASK, Vocabulary

WORDS = Vocabulary.build(scenes.captions(3000, seed=0))


def test_backwards_is_backwards_and_depends_on_the_seed():
    ids, wanted = experiments.backwards(20, seed=3)
    assert ids.shape == (20, 10) and wanted[4].tolist() == ids[4].tolist()[::-1]
    assert torch.equal(experiments.backwards(20, seed=3)[0], ids) and not torch.equal(
        experiments.backwards(20, seed=4)[0], ids
    )


@pytest.mark.parametrize("divide, root", [("nothing", 1.0), ("√d", 4.0), ("d", 16.0)])
def test_one_look_is_attention_with_its_divisor(divide, root):
    model, (ids, _) = experiments.OneLook(16, divide, seed=2), experiments.backwards(3)
    x = model.norm(model.letters[ids] + model.places)
    q, k, v = model.inward(x).split([16, 16, 32], -1)
    theirs = F.scaled_dot_product_attention(q, k, v, scale=1 / root)
    assert torch.allclose(model(ids), model.head(theirs), atol=1e-5)


def test_starts_have_the_variance_they_say():
    ids = experiments.backwards(200)[0]
    for start, variance in (("nn.Linear", 1 / 3), ("variance 1", 1.0)):
        model = experiments.OneLook(256, "nothing", start, seed=1)
        x = model.norm(F.embedding(ids, model.letters) + model.places)
        q = model.inward(x)[..., :256]
        assert q.var().item() == pytest.approx(variance, rel=0.15)


def test_the_map_and_the_slope_are_what_they_say():
    model, ids = experiments.OneLook(16), experiments.backwards(5)[0]
    perfect = torch.eye(10).flip(1).expand(5, 10, 10)
    model.weights = lambda _: (perfect, None)
    assert experiments.on_the_map(model, ids) == 1.0 and experiments.at_the_start(model, ids) == 0.0
    model.weights = lambda _: (torch.full((5, 10, 10), 0.1), None)
    assert experiments.on_the_map(model, ids) == pytest.approx(0.1)
    assert experiments.at_the_start(model, ids) == pytest.approx(0.09)


def test_a_trained_look_finds_the_map():
    [model] = reversal.train_backwards(16, "√d", "nn.Linear", 1e-2, 1, [0])
    assert experiments.on_the_map(model.cpu(), experiments.backwards(100, 9)[0]) > 0.8


def test_root_scores_takes_the_rate_that_was_best_on_other_rows():
    rows = [
        {"look": 4, "start": "s", "divide": "d", "rate": rate, "times": 1, "valid": [valid], "right": [rate]}
        for rate, valid in ((0.1, 0.2), (0.2, 0.9), (0.3, 0.5))
    ]
    found = Result("a/b", rows, ("look", "start", "divide", "rate", "times"), ["x"], "fresh", 1, "")
    assert experiments.root_scores(found, "right") == {"4 numbers, s": {"d": [0.2]}}


def test_verbs_agree_with_the_subject_and_pairs_are_held_out():
    for held_out in (True, False):
        made = experiments.agreeing(held_out)
        for text, several, differ in list(zip(*made, strict=True))[::37]:
            words = text.split()
            verb = words.index("are" if several else "is")
            subject, other = words[1], words[verb - 1]
            assert subject.endswith("s") and subject != "cross" if several else subject in scenes.KINDS
            assert (other in scenes.KINDS) == (several if differ else not several)
            pair = frozenset(
                one if one in scenes.KINDS else one[: -2 if one == "crosses" else -1] for one in (subject, other)
            )
            assert (pair in experiments.HELD_OUT) == held_out
    assert "the crosses left of the ring are red" in experiments.agreeing(True).texts
    some = experiments.some_agreeing(50, seed=1)
    assert len(set(some)) == 50 and some == experiments.some_agreeing(50, seed=1)
    assert not set(some) & set(experiments.agreeing(True).texts)


def test_gaps_stand_at_the_verb_and_are_filled_from_the_model():
    texts = ["the crosses left of the ring are red", "the cross above the rings is big"]
    ids, places = experiments.verb_gaps(texts, WORDS)
    assert places.tolist() == [7, 6] and (ids == MASK).sum(1).tolist() == [1, 1]
    model = TinyBERT(len(WORDS), 16, size=8, heads=2, depth=1)
    shares = experiments.verbs_filled(model, texts, WORDS)
    alone = model(ids[1:])[0, 6].softmax(-1)[[WORDS.index["is"], WORDS.index["are"]]]
    assert torch.allclose(shares[1], alone, atol=1e-6)


def test_mixed_reading_is_half_and_half():
    captions, more = scenes.captions(100, seed=1), ["the rings above the circle are red"]
    read, targets = experiments.mixed_reading(captions, more, WORDS, 40)
    assert read.shape == targets.shape == (40, agreement.LENGTH)
    whole = torch.where(targets > 0, targets, read)
    assert experiments.plain_text(whole, WORDS)[20:] == more * 20
