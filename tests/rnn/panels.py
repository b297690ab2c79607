"""The panels of lesson 05, with networks that have learnt nothing and made-up accuracies."""

from functools import cache

from mmcourse.rnn import GRU, LSTM, RNN, MisprintedLSTM, SequenceClassifier, pictures
from mmcourse.rnn.recall_task import GAPS


@cache
def models():
    """Two small networks of each kind."""
    kinds = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU, "misprint": MisprintedLSTM}
    return {name: [SequenceClassifier(kind(6, 8, seed=s), 4, seed=s) for s in range(2)] for name, kind in kinds.items()}


@cache
def scores():
    """Accuracies [gaps][networks] that fall with the gap, in each kind at a speed of its own."""
    speeds = {"RNN": 8, "LSTM": 60, "GRU": 90, "misprint": 40}
    return {name: [[0.25 + 0.7 / (1 + gap / far) ** k for k in (1, 2)] for gap in GAPS] for name, far in speeds.items()}


PANELS = {
    "distance_panel": pictures.distance_panel,
    "gap_length_panel": lambda: pictures.gap_length_panel(models(), scores()),
    "gates_panel": lambda: pictures.gates_panel(models()["LSTM"][0]),
}
