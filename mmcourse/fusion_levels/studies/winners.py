"""The winner map: which level leads at each mix of noises, each kind tuned, and after how much training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import nn

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import Comparison, Data, compare_samples
from mmcourse.fusion_levels.levels import LEVELS
from mmcourse.fusion_levels.rivals import KINDS, train_kinds
from mmcourse.fusion_levels.studies.best_rate import RATES, joined, results_of, tuned, with_rules
from mmcourse.fusion_levels.studies.lab import SEEDS, data
from mmcourse.studies import Result, Study, grid


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


def map_unit(
    noise: float, snr: float, pairs: int, epochs: int, seed: int, *, seeds: int, budget: int
) -> dict[str, Any]:
    """One mixture of noises: every kind trained with each learning rate, the best rate on validation data kept.

    Training seeds are ``seed``, ``seed`` + 1, …, each with a pairing, noise and first weights of its own; all are tried
    on the same 1000 test pairs. What comes out is that of ``tuned``, with voices for units.
    """
    runs, dials = range(seed, seed + seeds), {"image_noise": noise, "audio_snr": snr}
    train = conditions("train", [noise], [snr], runs, pairs)
    valid, test = (SeeHear(split, seed=0).dial(**dials) for split in ("valid", "test"))

    def trained(rate: float) -> dict[str, Sequence[nn.Module]]:
        models = train_kinds(train, classes=10, seeds=runs, budget=budget, epochs=epochs, lr=rate)
        return with_rules(models, data(valid))

    return tuned(trained, data(valid), data(test), test.speaker, RATES[epochs])


NOISES, SNRS = (0.0, 0.5, 1.0), (10, -6, -12)
MIDDLE, CORNER = {"noise": 0.5, "snr": -6}, {"noise": 0.0, "snr": -12}
WINNER_MAP = Study(
    "fusion_levels/winner_map",
    unit=map_unit,
    units=[
        *grid(noise=NOISES, snr=SNRS, pairs=(1000,), epochs=(20,), seed=(0, 100)),  # 100: other seeds
        *({**at, "pairs": 1000, "epochs": epochs, "seed": 0} for at in (MIDDLE, CORNER) for epochs in (5, 80)),
        {**MIDDLE, "pairs": 3000, "epochs": 20, "seed": 0},  # three times the data
    ],
    fixed={"seeds": 4, "budget": 20000},
    minutes=6,
    quick={"noise": 0.5, "snr": -6, "pairs": 1000, "epochs": 5, "seed": 0},
    band=0.25,
)


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


def map_cells(found: Result, rule: str = "product") -> list[MapCell]:
    """The winner map in numbers: a cell for each mixture, after 20 epochs on 1000 pairs, the model level by ``rule``.

    Intervals are over seeds, all eight of them, and voices, and those of the map hold together. Which level is first,
    and which sense the better one, is read off the same pairs: so each cell counts the nine comparisons that could have
    come of it, three between levels and six of a level with a sense.
    """
    every = [list(found.where(noise=n, snr=s, epochs=20, pairs=1000)) for n in NOISES for s in SNRS]
    return [map_cell(joined(rows), rule, 9 * len(every)) for rows in every]


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
