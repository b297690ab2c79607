"""Exercises of lesson 08: joining inputs, combining opinions, asking a model what it uses, and reading results."""

from mmcourse.fusion_levels.exercises.asking import SHUFFLED
from mmcourse.fusion_levels.exercises.meeting import ABSTAIN, AVERAGE, SIDE_BY_SIDE
from mmcourse.fusion_levels.exercises.reading import LEADING

EXERCISES = [AVERAGE, SIDE_BY_SIDE, ABSTAIN, SHUFFLED, LEADING]
