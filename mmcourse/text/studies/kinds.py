"""Readers by kind of review, each at several rates and with four times the training: which verdicts stay?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from mmcourse.datasets import reviews
from mmcourse.engine import predict
from mmcourse.studies import Study, grid
from mmcourse.text.studies.reading import coded, left_out, only_adjectives, scores_of, train_readers
from mmcourse.text.tokens import tokenise


def without_stop_words(text: str) -> str:
    """A review without the words of scikit-learn's English list."""
    return " ".join(word for word in tokenise(text) if word not in ENGLISH_STOP_WORDS)


KEPT: Mapping[str, Callable[[str], str]] = {
    "all words": str,
    "no stop words": without_stop_words,
    "adjectives alone": only_adjectives,
}


def kinds_unit(reader: str, kept: str, rate: float, decay: float, times: int) -> dict[str, Any]:
    """Eight readers at one setting, on what is ``kept`` of each text.

    ``valid``: each one's accuracy on its left-out reviews, to choose a setting by; ``right``: {kind of test review:
    each one's accuracy}.
    """
    change, data, valid = KEPT[kept], reviews.load("train"), []
    vocabulary, trained = train_readers([reader], change=change, times=times, settings={reader: (rate, decay)})
    for seed, model in enumerate(trained[reader]):
        rows = left_out(len(data), seed)
        said = predict(model, coded(vocabulary, [change(data.texts[row]) for row in rows])).argmax(1)
        valid.append(float((said == data.labels[rows]).float().mean()))
    scores = scores_of(vocabulary, trained[reader], change)
    return {"valid": valid, "right": {kind: one.mean(1).tolist() for kind, one in scores.items()}}


SMALLER = ("no stop words", "adjectives alone")
ALL_RATES = {"rate": (3e-3, 1e-2, 3e-2), "times": (1, 4)}
KINDS = Study(
    "text/kinds",
    unit=kinds_unit,
    units=[
        *grid(reader=("bag of words",), kept=("all words", *SMALLER), decay=(0.0,), **ALL_RATES),
        *grid(reader=("mean embedding",), kept=("all words", *SMALLER), decay=(1.0,), **ALL_RATES),
        *grid(reader=("text CNN",), kept=("all words",), decay=(1.0,), **ALL_RATES),
    ],
    minutes=1.5,
    quick={"reader": "bag of words", "kept": "all words", "rate": 1e-2, "decay": 0.0, "times": 1},
)
