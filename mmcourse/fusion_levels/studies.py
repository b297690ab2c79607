"""Experiments of lesson 08: the pairs they need, models trained on them, and the numbers that come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mmcourse.datasets.see_hear import Pairs, SeeHear
from mmcourse.datasets.worlds import World
from mmcourse.engine import Comparison, Data, accuracy, accuracy_many, compare_samples, predict_many
from mmcourse.fusion_levels.levels import LEVELS, ModelLevel
from mmcourse.fusion_levels.opinions import RULES, product_of_opinions
from mmcourse.fusion_levels.rivals import KINDS, train_kinds
from mmcourse.studies import Result, Study, grid

SEEDS = range(8)
LAB = {"budget": 20000, "batch_size": 200, "lr": 5e-3, "epochs": 6}  # 40 models in two or three seconds


def data(pairs: Pairs) -> Data:
    """What a model is trained on: the batch and the labels."""
    return pairs.batch, pairs.labels


# ---------------------------------------------------------------------------------------------- the lab


@lru_cache(maxsize=1)
def _train_base() -> SeeHear:
    return SeeHear("train", seed=0)


def train_lab(
    callback: Callable[[int, int], object] | None = None,
    seeds: Sequence[int] = SEEDS,
    kinds: Sequence[str] = KINDS,
    **dials: float,
) -> dict[str, list[nn.Module]]:
    """The five kinds (or those named), once for every seed, on 3000 pairs under the given dials."""
    train = data(_train_base().dial(**dials))
    return train_kinds(train, classes=10, kinds=kinds, seeds=seeds, callback=callback, **LAB)


# ---------------------------------------------------------------------------------------------- the winner map


def conditions(
    split: str,
    image_noises: Sequence[float],
    snrs: Sequence[float | None],
    seeds: Sequence[int] = SEEDS,
    size: int = 400,
) -> list[Data]:
    """The pairs of every seed under every mix of image noise and SNR, seeds running fastest.

    Noise on the image changes nothing in the sound, so each is made once and then combined.
    """
    made = []
    for seed in seeds:
        base = SeeHear(split, size=size, seed=seed)
        seen = [base.dial(image_noise=noise).batch["image"] for noise in image_noises]
        heard = [base.dial(audio_snr=snr).batch["audio"] for snr in snrs]
        labels = base.dial().labels
        made.append([({"image": image, "audio": audio}, labels) for image in seen for audio in heard])
    return [made[s][cell] for cell in range(len(image_noises) * len(snrs)) for s in range(len(made))]


def pooled_pairs(split: str, seeds: Sequence[int], **dials: float) -> tuple[Data, Tensor]:
    """Several pairings of one split as one data set, and the voice of each pair."""
    pairs = [SeeHear(split, seed=seed).dial(**dials) for seed in seeds]
    batch = {name: torch.cat([one.batch[name] for one in pairs]) for name in pairs[0].batch}
    return (batch, torch.cat([one.labels for one in pairs])), torch.cat([one.speaker for one in pairs])


def with_rules(trained: Mapping[str, Sequence[nn.Module]]) -> dict[str, Sequence[nn.Module]]:
    """The trained kinds, with the model level once for each rule and under its name: a rule needs no training."""
    by_rule = {name: [ModelLevel(m.experts, rule) for m in trained["model"]] for name, rule in RULES.items()}
    return {**{kind: models for kind, models in trained.items() if kind != "model"}, **by_rule}


# Learning rates that every kind is trained with: short training needs larger steps than long training.
RATES = {10: (3e-3, 1e-2, 3e-2, 1e-1), 40: (1e-3, 3e-3, 1e-2, 3e-2), 100: (3e-4, 1e-3, 3e-3, 1e-2)}


def map_unit(
    noise: float, snr: float, pairs: int, epochs: int, seed: int, *, seeds: int, budget: int
) -> dict[str, Any]:
    """One mixture of noises: every kind trained with each learning rate, the best rate on validation data kept.

    Training seeds are ``seed``, ``seed`` + 1, …, each with a pairing, noise and first weights of its own; all are tried
    on the same 800 test pairs. By kind and rule: ``rate`` that was kept; ``valid`` and ``tested``, mean accuracies on
    validation and test pairs for each rate; ``right`` (S, G), the share of right answers with that rate by seed and
    voice. ``of`` (G,): how many test pairs each voice has.
    """
    runs, dials = range(seed, seed + seeds), {"image_noise": noise, "audio_snr": snr}
    train = conditions("train", [noise], [snr], runs, pairs)
    valid, _ = pooled_pairs("valid", range(3), **dials)
    test, voices = pooled_pairs("test", range(2), **dials)
    _, voice, of = voices.unique(return_inverse=True, return_counts=True)
    found: dict[str, dict[str, Any]] = {name: {} for name in ("rate", "valid", "tested", "right")}
    for rate in RATES.get(epochs, RATES[40]):
        trained = train_kinds(train, classes=10, seeds=runs, budget=budget, epochs=epochs, lr=rate)
        for name, models in with_rules(trained).items():
            hits = (predict_many(models, test[0]).argmax(-1).cpu() == test[1]).float()  # (S, N)
            score = round(fmean(accuracy_many(models, valid)), 4)
            if score > max(found["valid"].get(name, [-1.0])):
                right = torch.zeros(seeds, len(of)).index_add_(1, voice, hits) / of
                found["rate"][name], found["right"][name] = rate, right.mul(1000).round().div(1000).tolist()
            found["valid"].setdefault(name, []).append(score)
            found["tested"].setdefault(name, []).append(round(float(hits.mean()), 4))
    return {**found, "of": of.tolist()}


NOISES, SNRS = (0.0, 0.6, 1.2), (10, 0, -6, -12)
WINNER_MAP = Study(
    "fusion_levels/winner_map",
    unit=map_unit,
    units=[
        *grid(noise=NOISES, snr=SNRS, pairs=(400,), epochs=(10, 40), seed=(0,)),
        *grid(noise=NOISES, snr=SNRS, pairs=(400,), epochs=(40,), seed=(100,)),  # other seeds
        *grid(noise=(0.0, 0.6), snr=(-6, -12), pairs=(400,), epochs=(100,), seed=(0,)),  # ten times the training
        *grid(noise=(0.0, 0.6), snr=(-6, -12), pairs=(1200,), epochs=(40,), seed=(0,)),  # three times the data
    ],
    fixed={"seeds": 8, "budget": 4000},
    minutes=6,
    quick={"noise": 0.6, "snr": -6, "pairs": 400, "epochs": 10, "seed": 0},
    band=0.25,
)


def results_of(row: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A unit's results as ``compare_samples`` takes them: by kind and rule (S, N), and the voice of each pair (N,).

    Within a voice the share of right answers stands for each pair: means and joint intervals stay the same.
    """
    voices = np.repeat(np.arange(len(row["of"])), row["of"])
    return {name: np.array(shares)[:, voices] for name, shares in row["right"].items()}, voices


def runs_of(row: Mapping[str, Any], rule: str = "product") -> dict[str, list[float]]:
    """A unit's accuracies by kind, one for each seed, the model level by ``rule``."""
    results, _ = results_of(row)
    return {kind: (results[rule] if kind == "model" else results[kind]).mean(1).tolist() for kind in KINDS}


@dataclass(frozen=True)
class MapCell:
    """What one mixture of noises allows us to say; ``lead`` and ``gain`` hold together with those of all other cells.

    ``ranked`` levels, best first, with the mean accuracy of every level and sense in ``scores``; ``leading``: those not
    seen to be worse than the first. ``lead``: first level against second; ``gain``: first against the better sense.
    """

    noise: float
    snr: float
    ranked: tuple[str, ...]
    scores: Mapping[str, float]
    leading: tuple[str, ...]
    lead: Comparison
    better_sense: str
    gain: Comparison


def map_cells(
    found: Result, rule: str = "product", *, epochs: int = 40, pairs: int = 400, seed: int = 0
) -> list[MapCell]:
    """The winner map in numbers: a cell for each mixture, the model level by ``rule``.

    Intervals are over seeds and voices, and all of the map hold together. Which level is first, and which sense the
    better one, is read off the same pairs: so each cell counts the nine comparisons that could have come of it, three
    between levels and six of a level with a sense.
    """
    rows = list(found.where(epochs=epochs, pairs=pairs, seed=seed))
    return [map_cell(row, rule, 9 * len(rows)) for row in rows]


def map_cell(row: Mapping[str, Any], rule: str, among: int) -> MapCell:
    """One cell, whose comparisons are among so many made at once."""
    results, voices = results_of(row)
    results["model"] = results[rule]
    scores = {kind: float(results[kind].mean()) for kind in KINDS}
    ranked = sorted(LEVELS, key=lambda level: -scores[level])
    sense = max(("image", "audio"), key=lambda name: scores[name])

    def against(name: str) -> Comparison:
        pair = compare_samples(results[ranked[0]], results[name], voices, 1 - 0.05 / among)
        return replace(pair, among=among)

    others = {level: against(level) for level in ranked[1:]}
    leading = (ranked[0], *(level for level, one in others.items() if one.verdict != "better"))
    lead, gain = others[ranked[1]], against(sense)
    return MapCell(row["noise"], row["snr"], tuple(ranked), scores, leading, lead, sense, gain)


# ---------------------------------------------------------------------------------------------- six situations

SITUATIONS: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {  # dials of the training pairs, dials of the test
    "street": ({"image_noise": 0.6, "audio_snr": -6}, {"image_noise": 0.6, "audio_snr": -6}),
    "faulty": ({"image_noise": 0.3, "audio_snr": 0}, {"image_noise": 0.3, "audio_snr": 0, "missing": {"audio": 0.5}}),
    "studio": ({"image_noise": 1.2}, {"image_noise": 1.2}),
    "prank": ({"image_noise": 0.3, "contradiction": 0.4}, {"image_noise": 0.3, "contradiction": 0.4}),
    "sample": ({"image_noise": 0.3, "audio_snr": 5}, {"image_noise": 0.3, "audio_snr": 5}),
}


def situations(seeds: Sequence[int] = SEEDS, epochs: int = 48) -> dict[str, dict[str, list[float]]]:
    """Accuracies of the three levels, the model level by product, in the six situations of the last challenge."""
    world = World("synergistic", 0.5)
    xor = [world.sample(400, seed) for seed in seeds], [world.sample(400, 100 + seed) for seed in seeds]
    found = {"lock": _levels_on(*xor, classes=2, budget=300, lr=1e-2, epochs=40)}
    train, test = _situation_data("train", 0, seeds), _situation_data("test", 1, seeds)
    for name in SITUATIONS:
        rows = 60 if name == "sample" else 400
        few = [({sense: x[:rows] for sense, x in batch.items()}, labels[:rows]) for batch, labels in train[name]]
        found[name] = _levels_on(
            few, test[name], classes=10, budget=4000, lr=3e-3, epochs=epochs, batch_size=min(100, rows // 2)
        )
    return found


def _situation_data(split: str, which: int, seeds: Sequence[int]) -> dict[str, list[Data]]:
    """The data of all situations; each seed's noise is drawn once and serves all of them."""
    made: dict[str, list[Data]] = {name: [] for name in SITUATIONS}
    for seed in seeds:
        base = SeeHear(split, size=400, seed=seed)
        for name, dials in SITUATIONS.items():
            made[name].append(data(base.dial(**dials[which])))
    return made


def _levels_on(train: Sequence[Data], test: Sequence[Data], **options: Any) -> dict[str, list[float]]:
    trained = train_kinds(train, kinds=LEVELS, seeds=range(len(train)), **options)
    trained["model"] = [ModelLevel(m.experts, product_of_opinions) for m in trained["model"]]
    return {level: [accuracy(m, one) for m, one in zip(trained[level], test, strict=True)] for level in LEVELS}
