"""Exercises of lesson 07: the references are the lesson's own functions, the usual mistakes are named."""

from __future__ import annotations

from mmcourse.modalities.exercises.arrays import BYTES_PER_SECOND, LINEAR_WEIGHTS, NEIGHBOUR_SHARE
from mmcourse.modalities.exercises.care import BALANCED_ACCURACY, LEAK_SHARE
from mmcourse.modalities.exercises.waves import DFT

EXERCISES = [BYTES_PER_SECOND, NEIGHBOUR_SHARE, LINEAR_WEIGHTS, DFT, LEAK_SHARE, BALANCED_ACCURACY]
