"""A GPT and an LSTM learn the characters of a novel, in the same time on two cores: perplexity on test chapters."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.datasets import novel
from mmcourse.engine import Comparison, Interval, compare_samples, generator, joint_interval, pick_device, seeded
from mmcourse.studies import Result, Study, grid

LENGTH, BATCH = 64, 16
RACE_STEPS = {"GPT": 200, "LSTM": 308}  # take about the same time on a processor


class GPTBlock(nn.Module):
    """Look back, then think alone, each added to what was there and normalised before: (B, T, D) → (B, T, D)."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads, self.norms = heads, nn.ModuleList([nn.LayerNorm(size), nn.LayerNorm(size)])
        self.inward, self.outward = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.think = nn.Sequential(nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size))

    def forward(self, x: Tensor) -> Tensor:
        parts = self.inward(self.norms[0](x)).chunk(3, -1)
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)  # (B, H, T, D/H)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        x = x + self.outward(seen)
        return x + self.think(self.norms[1](x))


class CharacterGPT(nn.Module):
    """A vector for the character and one for its place, three blocks, a logit for each character: (B, T) → (B, T, V).

    With 357 thousand parameters as large as the LSTM.
    """

    def __init__(self, characters: int, size: int = 96, heads: int = 4, blocks: int = 3) -> None:
        super().__init__()
        self.characters, self.places = nn.Embedding(characters, size), nn.Embedding(LENGTH, size)
        self.blocks = nn.Sequential(*(GPTBlock(size, heads) for _ in range(blocks)))
        self.norm, self.logits = nn.LayerNorm(size), nn.Linear(size, characters)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.characters(ids) + self.places.weight[: ids.shape[1]]
        return self.logits(self.norm(self.blocks(x)))


class CharacterLSTM(nn.Module):
    """One layer of nn.LSTM: ids (B, T) → logits (B, T, V)."""

    def __init__(self, characters: int, size: int = 64, hidden: int = 256) -> None:
        super().__init__()
        self.characters = nn.Embedding(characters, size)
        self.recurrent, self.logits = nn.LSTM(size, hidden, batch_first=True), nn.Linear(hidden, characters)

    def forward(self, ids: Tensor) -> Tensor:
        return self.logits(self.recurrent(self.characters(ids))[0])


RACERS = {"GPT": CharacterGPT, "LSTM": CharacterLSTM}


@lru_cache(maxsize=1)
def novel_ids() -> tuple[int, dict[str, list[Tensor]]]:
    """How many characters there are, and the chapters of each split as ids."""
    splits = {split: novel.load(split) for split in ("train", "valid", "test")}
    letters = {one: number for number, one in enumerate(sorted(set("".join(splits["train"]))))}
    return len(letters), {
        split: [torch.tensor([letters.get(one, 0) for one in text]) for text in texts]
        for split, texts in splits.items()
    }


def chapter_losses(model: nn.Module, split: str) -> tuple[list[float], list[int]]:
    """Of each chapter the mean cross-entropy a character, read in pieces of 64, and how many characters it has."""
    losses, counts, place = [], [], next(model.parameters()).device
    with torch.no_grad():
        for ids in novel_ids()[1][split]:
            pieces = (len(ids) - 1) // LENGTH
            read, wanted = (part[: pieces * LENGTH].view(-1, LENGTH).to(place) for part in (ids[:-1], ids[1:]))
            losses.append(float(F.cross_entropy(model(read).transpose(1, 2), wanted)))
            counts.append(pieces * LENGTH)
    return losses, counts


def race_unit(model: str, rate: float, times: int, seed: int) -> dict[str, Any]:
    """One network after ``times`` the training time: loss a character on valid, and of each test chapter.

    AdamW, warm-up over a twentieth of the steps, then down along a cosine; gradients clipped at length 1. ``read`` is
    how often it has read as many characters as the training chapters have.
    """
    characters, chapters = novel_ids()
    net = seeded(lambda: RACERS[model](characters), seed).to(pick_device())
    text, rng, steps = torch.cat(chapters["train"]), generator(seed), RACE_STEPS[model] * times
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.05)
    for _ in range(steps):
        starts = torch.randint(len(text) - LENGTH - 1, (BATCH, 1), generator=rng)
        piece = text[starts + torch.arange(LENGTH + 1)].to(pick_device())  # (B, T + 1)
        loss = F.cross_entropy(net(piece[:, :-1]).transpose(1, 2), piece[:, 1:])
        optimiser.zero_grad(), loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step(), plan.step()
    valid, counts = chapter_losses(net.eval(), "valid")
    return {
        "valid": sum(a * b for a, b in zip(valid, counts, strict=True)) / sum(counts),
        "chapters": chapter_losses(net, "test")[0],
        "read": steps * BATCH * LENGTH / len(text),
    }


RACE_RATES = {"GPT": (2e-3, 4e-3, 8e-3), "LSTM": (5e-3, 1e-2, 2e-2)}


def _tried(model: str) -> dict[str, tuple[Any, ...]]:
    return {"model": (model,), "rate": RACE_RATES[model]}


NOVEL_RACE = Study(
    "attention/novel_race",
    unit=race_unit,
    units=[
        *(one for model in RACE_RATES for one in grid(**_tried(model), times=(1,), seed=(0, 1))),
        *(one for seed in (0, 1) for model in RACE_RATES for one in grid(**_tried(model), times=(4,), seed=(seed,))),
    ],
    minutes=4,
    quick={"model": "LSTM", "rate": 1e-2, "times": 1, "seed": 0},
    band=0.15,
)


def race_losses(found: Result, times: int) -> dict[str, list[list[float]]]:
    """Loss a character of each model's networks on each test chapter, (seeds, 14), at the rate best on ``valid``."""
    losses = {}
    for model in RACERS:
        rows = found.where(model=model, times=times)
        rate = min(rows.values("rate"), key=lambda rate, rows=rows: sum(rows.where(rate=rate)["valid"]))
        losses[model] = rows.where(rate=rate)["chapters"]
    return losses


def race_lead(found: Result, times: int) -> Comparison:
    """By how much the GPT's loss is smaller than the LSTM's, joint over seeds and test chapters."""
    losses = race_losses(found, times)
    return compare_samples(losses["LSTM"], losses["GPT"], range(len(losses["GPT"][0])))


def race_perplexities(found: Result, times: int) -> dict[str, Interval]:
    """Perplexity a character of each model, joint over seeds and test chapters (a chapter counts as one)."""
    return {
        model: Interval(*(math.exp(end) for end in (one.mean, one.low, one.high)), one.n)
        for model, rows in race_losses(found, times).items()
        for one in [joint_interval(rows, range(len(rows[0])))]
    }
