"""Lesson 02's experiments: 100 digits held back in five ways, schedules of the rate, and batch sizes against time."""

from mmcourse.training.studies.batches import BATCHES, STEP_RATES, loss_over_time, seconds_of_steps
from mmcourse.training.studies.holding_back import (
    PLAN,
    STRENGTHS,
    chosen_strengths,
    gains,
    hold_back,
    hundred_digits,
)
from mmcourse.training.studies.rates import (
    EIGHT,
    GROUPS,
    RIVALS,
    SCHEDULES,
    TRIED_RATES,
    bands,
    best_rows,
    scheduled_unit,
    verdicts,
)
