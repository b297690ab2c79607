"""The two character models of the race: what they see, how large they are, and how they are scored."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from mmcourse.attention.studies import novel_race as race
from mmcourse.studies import Result


def test_the_block_equals_torchs_with_the_same_numbers():
    ours = race.GPTBlock(8, 2)
    theirs = nn.TransformerEncoderLayer(8, 2, 32, 0.0, "gelu", batch_first=True, norm_first=True)
    pairs = {
        "self_attn.in_proj_": ours.inward,
        "self_attn.out_proj.": ours.outward,
        "linear1.": ours.think[0],
        "linear2.": ours.think[2],
        "norm1.": ours.norms[0],
        "norm2.": ours.norms[1],
    }
    theirs.load_state_dict(
        {name + part: getattr(one, part) for name, one in pairs.items() for part in ("weight", "bias")}
    )
    x, mask = torch.randn(3, 5, 8), nn.Transformer.generate_square_subsequent_mask(5)
    assert torch.allclose(ours(x), theirs(x, mask, is_causal=True), atol=1e-5)


def test_both_see_no_future_and_are_equally_large():
    ids = torch.randint(81, (2, 20), generator=torch.Generator().manual_seed(0))
    later, sizes = ids.clone(), []
    later[:, 10:] = 3
    for make in race.RACERS.values():
        model = make(81)
        sizes.append(sum(p.numel() for p in model.parameters()))
        assert model(ids).shape == (2, 20, 81)
        assert torch.allclose(model(ids)[:, :10], model(later)[:, :10], atol=1e-5)
    assert abs(sizes[0] / sizes[1] - 1) < 0.02


def test_a_model_that_knows_nothing_scores_the_logarithm_of_all_characters():
    class Blind(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Parameter(torch.zeros(1))

        def forward(self, ids):
            return self.one * F.one_hot(ids, 81).float()

    losses, counts = race.chapter_losses(Blind(), "test")
    assert len(losses) == 14 and all(abs(loss - math.log(81)) < 1e-4 for loss in losses)
    assert 100_000 < sum(counts) < 130_000


def test_a_unit_learns_and_says_how_much_it_has_read(monkeypatch):
    monkeypatch.setattr(race, "RACE_STEPS", {"GPT": 3, "LSTM": 3})
    found = race.race_unit("LSTM", 1e-2, times=2, seed=0)
    assert len(found["chapters"]) == 14 and max(found["chapters"]) < math.log(81) and found["valid"] < math.log(81)
    assert found["read"] == pytest.approx(6 * 16 * 64 / sum(map(len, race.novel_ids()[1]["train"])))


def test_the_rate_is_chosen_on_the_validation_chapters():
    rows = [
        {"model": model, "rate": rate, "times": 1, "seed": seed, "valid": valid, "chapters": [rate, rate + seed]}
        for model in race.RACERS
        for rate, valid in ((0.1, 2.0), (0.2, 1.5), (0.3, 1.8))
        for seed in (0, 1)
    ]
    found = Result("a/b", rows, ("model", "rate", "times", "seed"), ["x"], "fresh", 1, "")
    assert race.race_losses(found, 1) == dict.fromkeys(race.RACERS, [[0.2, 0.2], [0.2, 1.2]])
    assert race.race_lead(found, 1).verdict == "no difference seen"


@pytest.mark.parametrize("times, gpt, lstm", [(1, 9.6, 6.0), (4, 6.4, 4.9)])
def test_what_notebook_06_says_of_the_race(times, gpt, lstm):
    found = race.NOVEL_RACE.load()
    told = {name: round(one.mean, 1) for name, one in race.race_perplexities(found, times).items()}
    assert told == {"GPT": gpt, "LSTM": lstm} and race.race_lead(found, times).verdict == "worse"
    for model, rates in race.RACE_RATES.items():
        losses = {rate: sum(found.where(model=model, rate=rate, times=times)["valid"]) for rate in rates}
        assert min(losses, key=losses.get) == rates[-1], "both were best at the largest rate"
