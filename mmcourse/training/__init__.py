"""Lesson 02: how a network learns: optimisers, first weights, regularisers, and the loop that the whole course uses."""

from mmcourse.training.descent import (
    RULES,
    Optimiser,
    adam_step,
    first_spread,
    gd_step,
    momentum_step,
    rmsprop_step,
)
from mmcourse.training.loop import BestWeights, Run, copied, fit, minibatches, one_epoch
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
