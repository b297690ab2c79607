"""Lesson 09: all operators trained to the end and tested under the four conditions, judged by voice."""

from __future__ import annotations

from itertools import combinations
from statistics import fmean
from typing import Any

import numpy as np
import torch

from mmcourse.datasets.senses import varied
from mmcourse.engine import Comparison, Data, compare_all
from mmcourse.fusion_operators.additive import additive_share, emap, every_pairing
from mmcourse.fusion_operators.classifier import Fused
from mmcourse.fusion_operators.studies.conditions import CONDITIONS
from mmcourse.fusion_operators.studies.rates import MAKERS, tuned
from mmcourse.fusion_operators.studies.voices import by_voice, tested, two_pairings
from mmcourse.studies import Result, Study, grid


def ranking_unit(
    name: str, times: int, seed: int, *, seeds: int, pairs: int, epochs: int, budget: int
) -> dict[str, Any]:
    """One operator, trained on pairs of varied noise with three rates; the best rate under the four conditions.

    ``right`` and ``of``: see ``by_voice``;
    ``same``: see ``same_place``, None for operators without ways in of their own; ``emap``: see ``with_and_without``,
    in noise, None for the graph.
    """
    runs = range(seed, seed + seeds)
    train, valid = varied(pairs, seeds=runs), varied(197, seeds=[9], split="valid")[0]
    found = tuned(name, train, valid, seeds=runs, classes=10, budget=budget, epochs=epochs * times)
    same = [same_place(model, two_pairings("clean")[0]) for model in found.models]
    emaps = [with_and_without(model, two_pairings("noisy")[0]) for model in found.models]
    alone = name != "relation"  # its answer depends on the company
    return {
        **found.numbers(),
        **by_voice(found.models, CONDITIONS),
        "same": None if None in same else same,
        "emap": emaps if alone else None,
    }


def same_place(model: Fused, data: Data) -> list[float] | None:
    """Do the features of two senses mean the same at the same place? Mean correlations over the pairs of a data set.

    → [of number k of one sense with number k of the other, of number k with the other numbers]. None for operators
    whose senses have no way in of their own, and for tokens.
    """
    if not hasattr(model.fusion, "enter") or not hasattr(model.fusion.enter, "items") or model.by_token:
        return None
    with torch.no_grad():
        found, _present = model.features({sense: x.to(next(model.parameters()).device) for sense, x in data[0].items()})
        h = [layer(found[sense]).double() for sense, layer in model.fusion.enter.items()]  # (B, W) each
    scaled = [(x - x.mean(0)) / x.std(0).clamp_min(1e-9) for x in h]
    apart = []
    for x, y in combinations(scaled, 2):
        table = x.T @ y / (len(x) - 1)  # (W, W)
        own = table.diagonal()
        apart.append((own.mean(), (table.sum() - own.sum()) / (table.numel() - len(own))))
    return [round(fmean(float(pair[k]) for pair in apart), 4) for k in (0, 1)]


def with_and_without(model: Fused, data: Data, count: int = 120) -> list[float]:
    """Accuracy of a model, accuracy of its EMAP, and the additive share of its logits, on the first so many pairs."""
    (inputs, labels), each = data, slice(count)
    table = every_pairing(model, {sense: x[each] for sense, x in inputs.items()})
    full = table[torch.arange(count), torch.arange(count)]
    right = [float((scores.argmax(-1) == labels[each]).float().mean()) for scores in (full, emap(table))]
    return [*(round(one, 4) for one in right), round(additive_share(table), 4)]


SOME = ("sum", "product", "low-rank", "gated", "attention", "cross-attention")
RANKING = Study(
    "fusion_operators/ranking",
    unit=ranking_unit,
    units=[
        *grid(name=tuple(MAKERS), times=(1, 4), seed=(0,)),
        *grid(name=SOME, times=(1,), seed=(100,)),  # other seeds
    ],
    fixed={"seeds": 4, "pairs": 600, "epochs": 30, "budget": 6000},
    minutes=5,
    quick={"name": "sum", "times": 1, "seed": 0},
    band=0.15,
)


def each_against(found: Result, condition: str, against: str = "sum", **where: Any) -> dict[str, Comparison]:
    """Every operator against one, under a condition: intervals over seeds and voices that hold together.

    Several rows of an operator, from other first seeds, are taken together.
    """
    rows = found.where(**where)
    results = {
        name: np.concatenate([tested(row, condition)[0] for row in rows.where(name=name)])
        for name in rows.values("name")
    }
    return compare_all(results, against, tested(rows.rows[0], condition)[1])
