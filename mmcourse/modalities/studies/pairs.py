"""Pairs that go wrong: a sense that is missing, senses that contradict each other, digits that are rare."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.datasets.see_hear import Pairs, see_hear
from mmcourse.engine import Data, pick_device, predict_many
from mmcourse.modalities import balanced_accuracy
from mmcourse.modalities.studies.training import SEEDS, right_answers, train_eight

NOISE = {"image_noise": 0.5, "audio_snr": 0.0}  # what the damaged pairs look and sound like
RARE_NOISE = {**NOISE, "image_noise": 0.8}  # where digits are rare: they must be hard, or being rare costs little
SILENT = -7.0  # about the logarithm of FLOOR: what log-mel says where nothing is heard


@lru_cache(maxsize=16)
def noisy_pairs(split: str, **damage: float) -> Pairs:
    """See-and-hear pairs under NOISE, or noise as named, with a damage: ``contradiction`` or ``imbalance``."""
    return see_hear(split, form="small", **{**NOISE, **damage})


def joined(batch: Mapping[str, Tensor]) -> Tensor:
    """Pixels and sound of each pair in one row of 256 numbers, for a network that gets both: (B, 256)."""
    return torch.cat([batch["image"].flatten(1), batch["audio"].flatten(1)], 1)


def missing_scores(share: float = 0.5) -> dict[str, list[float]]:
    """Half of the test pairs have lost their sound. What stands in the hole, and what was trained on, decides."""
    whole = see_hear("train", form="small", **NOISE)
    holes, test = (see_hear(split, form="small", missing={"audio": share}, **NOISE) for split in ("train", "test"))
    rows, seen, labels = joined(holes.batch), joined(test.batch), test.labels
    heard, there = (pairs.present["audio"] for pairs in (holes, test))
    silent = torch.where(there[:, None] | (torch.arange(256) < 64), seen, SILENT)
    kept = (rows[heard], holes.labels[heard])
    unprepared, prepared = train_eight((joined(whole.batch), whole.labels)), train_eight((rows, holes.labels))
    masked = train_eight((torch.cat([rows, heard[:, None].float()], 1), holes.labels))
    return {
        "trained on whole\npairs; filled with −7": right_answers(unprepared, (silent, labels)),
        "trained on whole\npairs; zeros": right_answers(unprepared, (seen, labels)),
        "pairs with holes\ndropped; zeros": right_answers(train_eight(kept), (seen, labels)),
        "trained with\nholes; zeros": right_answers(prepared, (seen, labels)),
        "trained with holes;\nzeros and a mask": right_answers(
            masked, (torch.cat([seen, there[:, None].float()], 1), labels)
        ),
    }


def doubted(pairs: Pairs) -> Tensor:
    """For each of eight seeds the pairs whose sound, to a network that only listens, says another digit than the label.

    Each half of the pairs is judged by networks that learnt from the other half: (8, B), bool.
    """
    sound, labels, half = pairs.batch["audio"].flatten(1), pairs.labels, torch.arange(len(pairs)) % 2 == 0
    heard = torch.empty(len(SEEDS), len(pairs), dtype=torch.int64)
    for part in (half, ~half):
        judges = train_eight((sound[part], labels[part]))
        heard[:, ~part] = predict_many(judges, sound[~part]).argmax(-1).cpu()
    return heard != labels


def inconsistent_scores(share: float = 0.3) -> dict[str, list[float]]:
    """In ``share`` of the training pairs the sound says another digit than picture and label; the test is honest."""
    honest, mixed, test = noisy_pairs("train"), noisy_pairs("train", contradiction=share), noisy_pairs("test")
    target = (joined(test.batch), test.labels)
    checked = [
        (joined({**mixed.batch, "audio": mixed.batch["audio"] * ~doubt[:, None, None, None]}), mixed.labels)
        for doubt in doubted(mixed)
    ]
    return {
        "honest\npairs": right_answers(train_eight((joined(honest.batch), honest.labels)), target),
        "30 % lie": right_answers(train_eight((joined(mixed.batch), mixed.labels)), target),
        "30 % lie, doubtful\nsounds silenced": right_answers(train_eight(checked), target),
    }


def lopsided_test(ratio: float = 0.05) -> Data:
    """Eight draws of noisy test pairs in which digits are ever rarer from 0 to 9: rows (B, 256), labels (B,)."""
    draws = [noisy_pairs("test", imbalance=ratio, seed=seed, **RARE_NOISE) for seed in SEEDS]
    return torch.cat([joined(one.batch) for one in draws]), torch.cat([one.labels for one in draws])


def imbalanced_scores(ratio: float = 0.05) -> dict[str, dict[str, list[float]]]:
    """Digits ever rarer from 0 to 9, the 9 ``ratio`` times as frequent as the 0; plainly, and with class weights.

    Three ways to measure each on one and the same lopsided test: accuracy, balanced accuracy, the share found of 7, 8
    and 9. One draw of it holds a handful of nines, so the test is eight draws together.
    """
    train, (rows, labels) = noisy_pairs("train", imbalance=ratio, **RARE_NOISE), lopsided_test(ratio)
    weights = len(train) / (10 * torch.bincount(train.labels, minlength=10)).to(pick_device())
    found, rare = {}, labels >= 7
    for name, weight in (("plain", None), ("class weights", weights)):

        def loss(logits: Tensor, targets: Tensor, weight: Tensor | None = weight) -> Tensor:
            return F.cross_entropy(logits, targets, weight=weight)

        models = train_eight((joined(train.batch), train.labels), lr=5e-3, batch_size=100, loss=loss)
        answers = predict_many(models, rows).argmax(-1).cpu()
        found[name] = {
            "accuracy": [float((one == labels).float().mean()) for one in answers],
            "balanced\naccuracy": [balanced_accuracy(one, labels) for one in answers],
            "of 7, 8, 9\nfound": [float((one == labels)[rare].float().mean()) for one in answers],
        }
    return found
