"""Exercises of lesson 09: blending, averaging over those present, outer products, shares, low rank, and interaction."""

from __future__ import annotations

from mmcourse.fusion_operators.exercises.averages import BLEND, MEAN_OF_PRESENT, MIX_BY_SCORES
from mmcourse.fusion_operators.exercises.products import INTERACTION, LOW_RANK_MIX, OUTER_WITH_ONE

EXERCISES = [BLEND, MEAN_OF_PRESENT, OUTER_WITH_ONE, MIX_BY_SCORES, LOW_RANK_MIX, INTERACTION]
