"""Experiments of lesson 09: four conditions, training to the end, clean data, broken senses, unaligned streams."""

from mmcourse.fusion_operators.studies.broken import BROKEN_SENSE, broken_unit
from mmcourse.fusion_operators.studies.clean import CLEAN, TASKS, clean_unit, digits_for
from mmcourse.fusion_operators.studies.conditions import BROKEN, CONDITIONS, measure, seconds_per_batch, train_shares
from mmcourse.fusion_operators.studies.glances import (
    ALPHA,
    LOSSES,
    SHARES,
    THIRD_SENSE,
    alpha_unit,
    share_unit,
    third_unit,
)
from mmcourse.fusion_operators.studies.ranking import RANKING, each_against, ranking_unit, same_place, with_and_without
from mmcourse.fusion_operators.studies.rates import RATES, Tuned, tuned
from mmcourse.fusion_operators.studies.unaligned import UNALIGNED, unaligned_unit
from mmcourse.fusion_operators.studies.voices import by_voice, tested, two_pairings

__all__ = [
    "ALPHA",
    "BROKEN",
    "BROKEN_SENSE",
    "CLEAN",
    "CONDITIONS",
    "LOSSES",
    "RANKING",
    "RATES",
    "SHARES",
    "TASKS",
    "THIRD_SENSE",
    "UNALIGNED",
    "Tuned",
    "alpha_unit",
    "broken_unit",
    "by_voice",
    "clean_unit",
    "digits_for",
    "measure",
    "ranking_unit",
    "same_place",
    "seconds_per_batch",
    "share_unit",
    "tested",
    "third_unit",
    "train_shares",
    "tuned",
    "two_pairings",
    "unaligned_unit",
    "each_against",
    "with_and_without",
]
