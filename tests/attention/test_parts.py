"""The study of parts: a GPT grown line by line, and that the prose of notebook 06 is what it says."""

from __future__ import annotations

import math

import pytest
import torch

from mmcourse.attention import TinyGPT
from mmcourse.attention.studies import parts
from mmcourse.text import PAD, START


def test_the_whole_is_a_tiny_gpt_with_a_last_matrix_of_its_own():
    whole, words = parts.Grown(63, **parts.WHOLE), 63
    gpt = TinyGPT(words, parts.LENGTH, size=parts.SIZE, heads=4, depth=2)
    many = [sum(p.numel() for p in model.parameters()) for model in (whole, gpt)]
    assert many[0] - many[1] == words * parts.SIZE
    with torch.no_grad():
        gpt.encoder.words.copy_(whole.words / math.sqrt(parts.SIZE))
        for block, look, mlp, first, second in zip(
            gpt.encoder.blocks, whole.looks, whole.thoughts, whole.norms[0::2], whole.norms[1::2], strict=False
        ):
            block.look.load_state_dict(look.state_dict())
            for ours, theirs in ((mlp[0], block.think[0]), (mlp[2], block.think[-1])):
                theirs.load_state_dict(ours.state_dict())
            block.norms[0].load_state_dict(first.state_dict()), block.norms[1].load_state_dict(second.state_dict())
        ids = torch.randint(5, words, (2, 9), generator=torch.Generator().manual_seed(0))
        assert torch.allclose(whole.logits(gpt.encoder(ids)[0]), whole(ids), atol=1e-4)


@pytest.mark.parametrize("name", parts.MODELS)
def test_no_make_sees_the_future_and_each_has_its_parts(name):
    settings = parts.MODELS[name]
    model = parts.Grown(63, **settings)
    ids = torch.randint(5, 63, (2, 9), generator=torch.Generator().manual_seed(0))
    later = ids.clone()
    later[:, 5:] = 7
    assert torch.allclose(model(ids)[:, :5], model(later)[:, :5], atol=1e-5)
    assert len(model.looks) == settings["blocks"] and bool(len(model.thoughts)) == settings["think"]
    assert bool(model.code.any()) == settings["places"]
    mixed = ids[:, [1, 0, 2, 3, 4, 5, 6, 7, 8]]
    if settings["blocks"] < 2 and not settings["places"]:
        assert torch.allclose(model(ids)[:, -1], model(mixed)[:, -1], atol=1e-5), "blind to order"


def test_each_line_of_the_ladder_adds_one_part():
    makes = [parts.MODELS[name] for name in parts.STEPS]
    for old, new in zip(makes, makes[1:], strict=False):
        assert sum(old[part] != new[part] for part in parts.NOTHING) == 1
    for name in parts.WITHOUT:
        assert sum(parts.MODELS[name][part] != parts.WHOLE[part] for part in parts.NOTHING) == 1


def test_losses_are_means_over_the_words_of_a_group():
    targets = torch.tensor([[3, 4, PAD], [5, PAD, PAD]]).repeat(parts.TEST_GROUPS, 1)  # a group of two texts
    logits = torch.zeros(len(targets), 3, 8)
    logits[0, 0, 3] = 50.0  # one of three words known for sure
    found = parts.loss_in_groups(logits, targets)
    assert found[0] == pytest.approx(2 / 3 * math.log(8)) and found[1:] == pytest.approx([math.log(8)] * 19)
    astray = parts.loss_in_groups(torch.full_like(logits, float("nan")), targets)
    assert astray == pytest.approx([math.log(8)] * 20)


def test_counting_gives_the_loss_of_its_shares(monkeypatch):
    ids = torch.tensor([[START, 5, 6, PAD], [START, 5, 7, PAD]])
    monkeypatch.setattr(parts, "caption_ids", lambda: (10, {"train": ids, "test": ids[:1]}))
    assert parts.counted_loss(1) == pytest.approx(-(math.log(2.1 / 3) + math.log(1.1 / 3)) / 2)


@pytest.mark.parametrize("times", [1, 4])
def test_what_notebook_06_says_of_parts(times):
    grown = parts.PARTS.load()
    gains, lost = parts.part_gains(grown, times), parts.losses_without(grown, times)
    means = {name: one.mean for name, one in gains.items()}
    assert sorted(means, key=means.get)[-2:] == ["+ residual", "attention alone"] and gains["+ residual"].low > 0
    astray = grown.where(model="without residual", times=times)
    assert all(sum(row["valid"]) / 4 > 1.8 for row in astray if row["rate"] > 3e-3)
    assert (
        all(0.005 < means[name] < 0.035 for name in ("+ layer norm", "+ four heads")) and gains["+ four heads"].low > 0
    )
    assert (gains["+ layer norm"].low > 0) == (times == 4)
    usable = [grown.one(model=one, times=times, rate=3e-2)["valid"] for one in ("+ second block", "without layer norm")]
    assert sum(usable[0]) / 4 < 1.4 and sum(usable[1]) / 4 > 2.5
    assert 0 < means["+ MLP"] < 0.035 and gains["+ MLP"].low < 0 and 0 < means["+ second block"] < 0.01
    for one in (gains["+ positions"], lost["without positions"], lost["without MLP"]):
        assert one.low < 0 < one.high


def test_attention_alone_falls_below_counting_after_the_longer_training():
    assert parts.parts_intervals(parts.PARTS.load(), 4)["attention alone"].high < parts.counted_loss(2)


def test_the_smallest_rate_was_mostly_the_best_after_the_longer_training():
    grown = parts.PARTS.load()
    best = [min(grown.where(model=name, times=4), key=lambda row: sum(row["valid"]))["rate"] for name in parts.MODELS]
    assert best.count(3e-3) > 8
