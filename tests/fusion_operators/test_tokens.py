"""What lesson 09 says beyond its stored numbers: cross-attention's tokens, the combination on more pairs."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from mmcourse import fusion_operators as lesson
from mmcourse.datasets.senses import varied
from mmcourse.engine import predict_many
from mmcourse.fusion_operators import studies

PLACES = {"audio": 16, "image": 8}


class Tokens(lesson.CrossAttention):
    """The tokens of cross-attention and the mean over them; nobody asks anybody."""

    def look(self, rows: list[Tensor], here: Tensor):
        tokens = [self.enter[name](x).mean(1) for name, x in zip(self.names, rows, strict=True)]
        return sum(x * there[:, None] for x, there in zip(tokens, here, strict=True)) / here.sum(0)[:, None], {}


class PlaceByPlace(lesson.CrossAttention):
    """Cross-attention whose tokens are read by a dense layer, each at its place, instead of by their mean."""

    def __init__(self, sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.read = nn.ModuleDict({name: nn.Linear(PLACES[name] * width, width) for name in self.names})

    def look(self, rows: list[Tensor], here: Tensor):
        tokens = [self.enter[name](x) for name, x in zip(self.names, rows, strict=True)]
        found = torch.zeros(())
        for name, own, other, there in zip(self.names, tokens, reversed(tokens), here, strict=True):
            scores = self.query(own) @ self.key(other).mT / own.shape[-1] ** 0.5
            answered = own + scores.softmax(-1) @ self.value(other)
            found = found + self.read[name](answered.flatten(1)) * there[:, None]
        return found, {}


@pytest.mark.slow
def test_cross_attention_owes_its_low_place_to_the_mean_over_tokens():
    seeds = range(300, 304)
    train, valid = varied(600, seeds=seeds), varied(197, seeds=[9], split="valid")[0]
    options = {"classes": 10, "seeds": seeds, "epochs": 60, "valid": valid, "keep_best": True, "batch_size": 100}
    noisy = {}
    for make, rate in ((lesson.CrossAttention, 3e-3), (Tokens, 1e-2), (PlaceByPlace, 1e-3)):
        models = lesson.train_fused(make, train, lr=rate, **options)
        (batch, labels), _ = studies.two_pairings("noisy")
        noisy[make] = float((predict_many(models, batch).argmax(-1).cpu() == labels).float().mean())
    assert noisy[Tokens] > noisy[lesson.CrossAttention] - 0.03
    assert noisy[PlaceByPlace] > noisy[lesson.CrossAttention] + 0.15 and noisy[PlaceByPlace] > 0.75


@pytest.mark.slow
def test_on_more_pairs_the_combination_is_worth_one_to_two_points_and_a_half():
    seeds = range(200, 204)
    train, valid = varied(600, seeds=seeds), varied(197, seeds=[9], split="valid")[0]
    (batch, labels), _ = studies.two_pairings("noisy")
    for name, rate in (("product", 3e-3), ("low-rank", 1e-3), ("sum", 3e-3)):
        options = {"classes": 10, "seeds": seeds, "epochs": 30, "valid": valid, "keep_best": True, "batch_size": 100}
        lost = []
        for model in lesson.train_fused(lesson.OPERATORS[name], train, lr=rate, **options):
            for half in (slice(400), slice(400, 800)):
                table = lesson.every_pairing(model, {sense: x[half] for sense, x in batch.items()})
                answers = [table.diagonal().T.argmax(-1), lesson.emap(table).argmax(-1)]
                whole, added = ((one == labels[half]).float().mean().item() for one in answers)
                lost.append(whole - added)
        mean = sum(lost) / len(lost)
        assert abs(mean) < 0.005 if name == "sum" else 0.005 < mean < 0.025, (name, mean)
