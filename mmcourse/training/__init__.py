"""Lesson 02: how a network learns: optimisers, rates, first weights, regularisers, the loop of the whole course."""

from mmcourse.training.debugging import Finding, first_checks
from mmcourse.training.descent import (
    RULES,
    Optimiser,
    adam_step,
    adamw_step,
    first_spread,
    gd_step,
    momentum_step,
    rmsprop_step,
)
from mmcourse.training.loop import BestWeights, Run, copied, fit, minibatches, one_epoch
from mmcourse.training.noise import expected_loss, noise_floor, noisy_descent
from mmcourse.training.regularisers import (
    HeldBackMLP,
    Scores,
    dropout,
    held_back_penalty,
    l1_penalty,
    l2_gradient,
    l2_penalty,
    moved,
    patience_ends,
)
from mmcourse.training.schedules import on_schedule, parameter_groups, rate_schedules, warmup_cosine
