"""Lesson 02: how a network learns: optimisers, first weights, regularisers, and the loop that the whole course uses."""

from mmcourse.training.first_weights import first_spread
from mmcourse.training.loop import BestWeights, Run, copied, fit, minibatches, one_epoch
from mmcourse.training.optimisers import RULES, Optimiser, adam_step, gd_step, momentum_step, rmsprop_step
from mmcourse.training.regularisers import dropout, l1_penalty, l2_gradient, l2_penalty, patience_ends
