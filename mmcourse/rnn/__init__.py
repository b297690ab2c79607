"""Lesson 05: networks that read one step after another and remember: RNN, LSTM and GRU."""

from mmcourse.rnn.cells import (
    CellWeights,
    gru_cell,
    gru_step,
    lstm_cell,
    lstm_step,
    misprinted_lstm_cell,
    rnn_cell,
    rnn_step,
)
from mmcourse.rnn.inside import Gates, clip_by_norm, influence, watch_gates
from mmcourse.rnn.networks import GRU, LSTM, RNN, TORCH_NAMES, MisprintedLSTM, Recurrent, State, last_real
from mmcourse.rnn.readers import CharacterModel, SequenceClassifier
from mmcourse.rnn.recall_task import recall, training_gaps
from mmcourse.rnn.through_time import Tensors, lstm_through_time
