"""Accuracy by voice: 800 test pairs under a condition, judged by seed and voice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mmcourse.datasets.see_hear import SeeHear
from mmcourse.datasets.senses import as_sequences
from mmcourse.engine import Data, predict_many
from mmcourse.fusion_operators.studies.conditions import BROKEN, CONDITIONS


@lru_cache(maxsize=8)
def two_pairings(condition: str) -> tuple[Data, Tensor]:
    """800 test pairs under a condition, every picture with two sounds, and the voice of each pair."""
    dials = {**CONDITIONS, **BROKEN}[condition]
    both = [SeeHear("test", seed=one, form="small").dial(**dials) for one in (0, 1)]
    batches = [as_sequences(one) for one in both]
    batch = {sense: torch.cat([one[sense] for one in batches]) for sense in batches[0]}
    return (batch, torch.cat([one.labels for one in both])), torch.cat([one.speaker for one in both])


def by_voice(models: Sequence[nn.Module], conditions: Iterable[str]) -> dict[str, Any]:
    """``right``: [condition] (S, G), the share of right answers by seed and voice; ``of`` (G,): pairs of each voice."""
    right = {}
    for place in conditions:
        (batch, labels), voices = two_pairings(place)
        _, voice, of = voices.unique(return_inverse=True, return_counts=True)
        hits = (predict_many(models, batch).argmax(-1).cpu() == labels).float()  # (S, N)
        right[place] = (torch.zeros(len(models), len(of)).index_add_(1, voice, hits) / of).tolist()
    return {"right": right, "of": of.tolist()}


def tested(row: Mapping[str, Any], condition: str) -> tuple[np.ndarray, np.ndarray]:
    """A unit's results under a condition as ``compare_samples`` takes them: (S, N), and the voice of each pair (N,).

    Within a voice the share of right answers stands for each pair: means and joint intervals stay the same.
    """
    voices = np.repeat(np.arange(len(row["of"])), row["of"])
    return np.array(row["right"][condition])[:, voices], voices
