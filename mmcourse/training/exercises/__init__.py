"""Exercises of lesson 02: the references are the lesson's own functions, the usual mistakes are named."""

from mmcourse.training.exercises.holding_back import DROPOUT, L2_GRADIENT
from mmcourse.training.exercises.schedules import WARMUP_COSINE
from mmcourse.training.exercises.steps import ADAM_STEP, MOMENTUM_STEP
from mmcourse.training.exercises.stopping import PATIENCE_ENDS

EXERCISES = [MOMENTUM_STEP, ADAM_STEP, WARMUP_COSINE, L2_GRADIENT, DROPOUT, PATIENCE_ENDS]
