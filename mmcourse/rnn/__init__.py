"""Lesson 05: networks that read one step after another and remember: RNN, LSTM and GRU."""

from mmcourse.rnn.backward import Tensors, lstm_through_time
from mmcourse.rnn.core import (
    GRU,
    LSTM,
    RNN,
    TORCH_NAMES,
    CellWeights,
    Gates,
    MisprintedLSTM,
    Recurrent,
    State,
    clip_by_norm,
    gru_cell,
    gru_step,
    influence,
    last_real,
    lstm_cell,
    lstm_step,
    misprinted_lstm_cell,
    rnn_cell,
    rnn_step,
    watch_gates,
)
from mmcourse.rnn.models import CharacterModel, SequenceClassifier
