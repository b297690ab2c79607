"""Exercises of lesson 04: the references are the lesson's own functions, the usual mistakes are named."""

from mmcourse.text.exercises.analogies import ANALOGY
from mmcourse.text.exercises.skip_gram import LOSS, PAIRS
from mmcourse.text.exercises.tables import MEAN, PAD, RARITY
from mmcourse.text.exercises.windows import WINDOWS

EXERCISES = [PAD, RARITY, PAIRS, LOSS, ANALOGY, MEAN, WINDOWS]
