"""Rivals that are each tuned: trained with several learning rates, the best one on validation data kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mmcourse.engine import Data, accuracy_many, compare_samples, predict_many
from mmcourse.fusion_levels.levels import LEVELS, ModelLevel
from mmcourse.fusion_levels.opinions import RULES
from mmcourse.fusion_levels.rivals import calibrated

CALIBRATED = "calibrated product"
# Learning rates that every kind is trained with: short training needs larger steps than long training.
RATES = {5: (3e-3, 1e-2, 3e-2), 20: (1e-3, 3e-3, 1e-2), 80: (3e-4, 1e-3, 3e-3)}


def with_rules(trained: Mapping[str, Sequence[nn.Module]], held_out: Data) -> dict[str, Sequence[nn.Module]]:
    """The trained kinds, with the model level once for each rule and under its name: a rule needs no training.

    One more is the product of opinions that were calibrated on ``held_out`` pairs.
    """
    by_rule = {name: [ModelLevel(m.experts, rule) for m in trained["model"]] for name, rule in RULES.items()}
    by_rule[CALIBRATED] = [calibrated(m.experts, held_out) for m in trained["model"]]
    return {**{kind: models for kind, models in trained.items() if kind != "model"}, **by_rule}


def tuned(
    train: Callable[[float], Mapping[str, Sequence[nn.Module]]],
    valid: Data,
    test: Data,
    units: Tensor,
    rates: Sequence[float],
) -> dict[str, Any]:
    """Train with every rate, keep for each kind the rate that is best on ``valid``, and say what is right on ``test``.

    ``train(rate)`` gives trained models by kind, one for each seed; ``units`` (N,) are the units of the test samples,
    such as voices. By kind: ``rate`` that was kept; ``valid`` and ``tested``, mean accuracies on validation and test
    data for each rate; ``right`` (S, G), the share of right answers with that rate by seed and unit. ``of`` (G,): how
    many samples each unit has.
    """
    _, unit, of = units.unique(return_inverse=True, return_counts=True)
    found: dict[str, dict[str, Any]] = {name: {} for name in ("rate", "valid", "tested", "right")}
    for rate in rates:
        for name, models in train(rate).items():
            hits = (predict_many(models, test[0]).argmax(-1).cpu() == test[1]).float()  # (S, N)
            score = round(fmean(accuracy_many(models, valid)), 4)
            if score > max(found["valid"].get(name, [-1.0])):
                right = torch.zeros(len(hits), len(of)).index_add_(1, unit, hits) / of
                found["rate"][name], found["right"][name] = rate, right.mul(1000).round().div(1000).tolist()
            found["valid"].setdefault(name, []).append(score)
            found["tested"].setdefault(name, []).append(round(float(hits.mean()), 4))
    return {**found, "of": of.tolist()}


def results_of(row: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A row's results as ``compare_samples`` takes them: by kind and rule (S, N), and the unit of each sample (N,).

    Within a unit the share of right answers stands for each sample: means and joint intervals stay the same.
    """
    units = np.repeat(np.arange(len(row["of"])), row["of"])
    return {name: np.array(shares)[:, units] for name, shares in row["right"].items()}, units


def joined(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Rows that differ in their seeds as one row with all seeds; each kept the rates that were best for its own."""
    right = {name: [runs for row in rows for runs in row["right"][name]] for name in rows[0]["right"]}
    return {**rows[0], "right": right}


def runs_of(row: Mapping[str, Any], names: Sequence[str], rule: str = "product") -> dict[str, list[float]]:
    """A row's accuracies of the named kinds, one for each seed; the model level by ``rule``."""
    results, _ = results_of(row)
    return {kind: results[rule if kind == "model" else kind].mean(1).tolist() for kind in names}


def may_lead(row: Mapping[str, Any], names: Sequence[str] = LEVELS, rule: str = "product", among: int = 3) -> list[str]:
    """Those of the named kinds that are not seen to be worse than the best, by seeds and units, best first."""
    results, units = results_of(row)
    results["model"] = results[rule]
    first, *others = sorted(names, key=lambda name: -results[name].mean())
    verdicts = {
        name: compare_samples(results[first], results[name], units, 1 - 0.05 / among).verdict for name in others
    }
    return [first, *(name for name, verdict in verdicts.items() if verdict != "better")]
