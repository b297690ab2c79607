"""Lesson 02: how a network learns: optimisers, first weights, regularisers, and the loop that the whole course uses."""

from mmcourse.training.core import (
    RULES,
    BestWeights,
    Optimiser,
    Run,
    adam_step,
    copied,
    dropout,
    first_spread,
    fit,
    gd_step,
    l1_penalty,
    l2_gradient,
    l2_penalty,
    minibatches,
    momentum_step,
    one_epoch,
    patience_ends,
    rmsprop_step,
)
