"""Exercises of lesson 05: the references are the lesson's own functions, the usual mistakes are named."""

from mmcourse.rnn.exercises.gru import GRU_STEP
from mmcourse.rnn.exercises.sequences import CLIP, LAST_REAL
from mmcourse.rnn.exercises.steps import LSTM_STEP, RNN_STEP

EXERCISES = [RNN_STEP, CLIP, LSTM_STEP, GRU_STEP, LAST_REAL]
