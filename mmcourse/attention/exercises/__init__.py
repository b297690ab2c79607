"""Exercises of lesson 06: the references are the lesson's own functions, the usual mistakes are named."""

from mmcourse.attention.exercises.looking import ATTEND, CAUSAL_MASK, MASKED_SOFTMAX
from mmcourse.attention.exercises.places import POSITIONAL_CODE, SPLIT_HEADS

EXERCISES = [ATTEND, MASKED_SOFTMAX, CAUSAL_MASK, SPLIT_HEADS, POSITIONAL_CODE]
