"""What each part of a GPT brings: held-out loss as parts are added one by one, and when one is taken from the whole."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.attention.dot_product_attention import MultiHeadAttention, causal_mask
from mmcourse.attention.encoder import positional_code
from mmcourse.attention.language_models import next_words, word_loss
from mmcourse.attention.studies.captions import sentences
from mmcourse.datasets import scenes
from mmcourse.engine import (
    Interval,
    compare_samples,
    fit_many,
    generator,
    joint_interval,
    pick_device,
    predict_many,
    seeded,
)
from mmcourse.studies import Result, Study, grid
from mmcourse.text import PAD, Vocabulary

LENGTH, SIZE, BATCH, TEST_GROUPS = 20, 32, 25, 20
NOTHING = {"blocks": 0, "heads": 1, "places": False, "add": False, "norm": False, "think": False}
STEPS = {  # what each line adds to the line above
    "last word alone": {},
    "attention alone": {"blocks": 1},
    "+ positions": {"places": True},
    "+ residual": {"add": True},
    "+ layer norm": {"norm": True},
    "+ MLP": {"think": True},
    "+ four heads": {"heads": 4},
    "+ second block": {"blocks": 2},
}
LADDER = {
    name: {key: value for more in list(STEPS.values())[: number + 1] for key, value in more.items()}
    for number, name in enumerate(STEPS)
}
WHOLE = NOTHING | LADDER["+ second block"]
WITHOUT = {
    "without positions": {"places": False},
    "without residual": {"add": False},
    "without layer norm": {"norm": False},
    "without MLP": {"think": False},
}
MODELS = {
    **{name: NOTHING | parts for name, parts in LADDER.items()},
    **{name: WHOLE | lost for name, lost in WITHOUT.items()},
}


class Grown(nn.Module):
    """A GPT from parts: ids (B, T) → logits (B, T, V). Without ``add`` a part's answer takes the place of its input.

    With all parts it is TinyGPT of two blocks, but for the last matrix, which is its own here and not the word vectors:
    else the first make could only learn which words keep company, not which comes first.
    """

    def __init__(
        self, words: int, blocks: int, heads: int, places: bool, add: bool, norm: bool, think: bool, seed: int = 0
    ) -> None:
        super().__init__()
        self.add, self.words = add, nn.Parameter(torch.randn(words, SIZE, generator=generator(seed)))
        self.register_buffer("code", positional_code(LENGTH, SIZE) * places)

        def mlp() -> nn.Sequential:
            return nn.Sequential(nn.Linear(SIZE, 4 * SIZE), nn.ReLU(), nn.Linear(4 * SIZE, SIZE))

        self.looks = seeded(lambda: nn.ModuleList([MultiHeadAttention(SIZE, heads) for _ in range(blocks)]), seed)
        self.thoughts = seeded(lambda: nn.ModuleList([mlp() for _ in range(blocks * think)]), seed + 1000)
        self.norms = nn.ModuleList([nn.LayerNorm(SIZE) if norm else nn.Identity() for _ in range(2 * blocks + 1)])
        self.logits = seeded(lambda: nn.Linear(SIZE, words), seed + 2000)

    def forward(self, ids: Tensor) -> Tensor:
        mask = causal_mask(ids.shape[1], ids.device)
        x = F.embedding(ids, self.words) + self.code[: ids.shape[1]]
        for number, look in enumerate(self.looks):
            seen = look(self.norms[2 * number](x), mask=mask)[0]
            x = x + seen if self.add else seen
            if len(self.thoughts):
                thought = self.thoughts[number](self.norms[2 * number + 1](x))
                x = x + thought if self.add else thought
        return self.logits(self.norms[-1](x))


@lru_cache(maxsize=1)
def caption_ids() -> tuple[int, dict[str, Tensor]]:
    """How many words the vocabulary has, and ids to train on, to choose a rate by and to test on, no text in two."""
    captions = scenes.captions(16000, seed=0)
    vocabulary, read = Vocabulary.build(captions[:3000]), captions[:12000]
    unread = [text for text in dict.fromkeys(captions[12000:]) if text not in set(read)]
    parts = {"train": read, "valid": unread[:400], "test": unread[400:1200]}
    return len(vocabulary), {name: sentences(part, vocabulary, LENGTH) for name, part in parts.items()}


def loss_in_groups(logits: Tensor, targets: Tensor) -> list[float]:
    """Mean cross-entropy a word in each of 20 groups of texts: logits (N, T, V), targets (N, T) → 20 numbers.

    A network that has gone astray, and gives no numbers or worse ones than blind guessing, counts as blind guessing.
    """
    rows = len(targets) // TEST_GROUPS * TEST_GROUPS
    losses = F.cross_entropy(
        logits[:rows].transpose(1, 2), targets[:rows], ignore_index=PAD, reduction="none"
    )  # (N, T)
    total, words = (part.unflatten(0, (TEST_GROUPS, -1)).sum((1, 2)) for part in (losses, targets[:rows] != PAD))
    blind = math.log(logits.shape[-1])
    return (total / words).nan_to_num(blind).clamp(max=blind).tolist()


def parts_unit(model: str, rate: float, times: int, seeds: int, steps: int) -> dict[str, Any]:
    """GPTs of one make after ``times`` · ``steps`` steps: held-out loss a word, in nats.

    ``valid`` (seeds,), on texts to choose a rate by; ``test`` (seeds, 20), by group of test texts.
    """
    words, ids = caption_ids()
    models = [Grown(words, **MODELS[model], seed=seed).to(pick_device()) for seed in range(seeds)]
    rows = times * steps * BATCH
    read_ones = ids["train"].repeat(-(-rows // len(ids["train"])), 1)[:rows]  # so many texts, again from the first
    fit_many(models, next_words(read_ones), epochs=1, batch_size=BATCH, lr=rate, loss=word_loss)
    found = {}
    for part in ("valid", "test"):
        read, wanted = next_words(ids[part])
        found[part] = [loss_in_groups(one.cpu(), wanted) for one in predict_many(models, read)]
    return {"valid": [sum(one) / TEST_GROUPS for one in found["valid"]], "test": found["test"]}


PARTS = Study(
    "attention/parts",
    unit=parts_unit,
    units=grid(model=tuple(MODELS), rate=(3e-3, 1e-2, 3e-2), times=(1, 4)),
    fixed={"seeds": 4, "steps": 300},
    minutes=4,
    quick={"model": "+ residual", "rate": 1e-2, "times": 1},
    band=0.15,
)


def parts_losses(found: Result, times: int = 4) -> dict[str, list[list[float]]]:
    """Loss a word of each make, (seeds, 20 groups of test texts), at the rate that was best on ``valid``."""
    return {
        model: min(found.where(model=model, times=times), key=lambda row: sum(row["valid"]))["test"]
        for model in found.values("model")
    }


def parts_intervals(found: Result, times: int = 4) -> dict[str, Interval]:
    """Mean loss a word of each make, joint over seeds and test texts."""
    return {name: joint_interval(rows, range(TEST_GROUPS)) for name, rows in parts_losses(found, times).items()}


def part_gains(found: Result, times: int = 4) -> dict[str, Interval]:
    """How much loss each part of the ladder takes away: the make above minus the make with it, paired."""
    losses, names = parts_losses(found, times), list(STEPS)
    return {
        new: compare_samples(losses[old], losses[new], range(TEST_GROUPS)).difference
        for old, new in zip(names, names[1:], strict=False)
    }


def losses_without(found: Result, times: int = 4) -> dict[str, Interval]:
    """How much loss comes back when one part is taken from the whole, paired."""
    losses = parts_losses(found, times)
    whole = losses[list(STEPS)[-1]]
    return {name: compare_samples(losses[name], whole, range(TEST_GROUPS)).difference for name in WITHOUT}


def counted_loss(order: int, part: str = "test") -> float:
    """Held-out loss a word of guessing by counts: how often a word followed the last ``order`` ones.

    Seen 0.1 times more often than it was, so that nothing is impossible.
    """
    words, ids = caption_ids()
    pairs, before, loss, count = Counter(), Counter(), 0.0, 0
    for row in ids["train"].tolist():
        row = [one for one in row if one != PAD]
        for place in range(1, len(row)):
            past = tuple(row[max(0, place - order) : place])
            pairs[past, row[place]] += 1
            before[past] += 1
    for row in ids[part].tolist():
        row = [one for one in row if one != PAD]
        for place in range(1, len(row)):
            past = tuple(row[max(0, place - order) : place])
            loss -= math.log((pairs[past, row[place]] + 0.1) / (before[past] + 0.1 * words))
            count += 1
    return loss / count
