"""The same review made longer: what an unknown stretch between "not" and its adjective does to readers, and why.

Every reader is trained on the reviews as they are, and on reviews lengthened at places drawn at random; then asked
about negated reviews with filler words between the negation and the adjective, or elsewhere.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import torch
from torch import nn

from mmcourse.datasets import reviews
from mmcourse.engine import Data, Interval, fit_many, pick_device, predict, unit_interval
from mmcourse.studies import Result, Study, grid
from mmcourse.text.studies.reading import (
    ADJECTIVES,
    MAKERS,
    NEGATIONS,
    coded,
    form,
    left_out,
    samples,
    steps_to_adjective,
)
from mmcourse.text.tokens import Vocabulary, tokenise

# Words that stand in many training reviews, good and bad ones alike.
FILLER = tuple(
    "the was this i is a we our , my and it found what to had with one say friends all that about us".split()
)
ADDED = (0, 1, 2, 3, 4, 6, 8, 12)
PLACES = ("between", "before", "after", "plain")
LONGEST = 12
COPIES = 3  # of each training review, lengthened at three places
Sentence = tuple[str, int]


def lengthened(text: str, count: int, place: str, rng: random.Random) -> str:
    """A review with ``count`` filler words at a place.

    "between" a negation and the adjective behind it, "before" the negation, "after" the last word, "anywhere"; "plain"
    is the place right before the first adjective. ``lengthened("It was not good.", 2, "between", rng)`` may be
    "it was not with our good .".
    """
    tokens = tokenise(text)
    adjective = next((t for t, word in enumerate(tokens) if word in ADJECTIVES), None)
    negation = next((t for t, word in enumerate(tokens) if word in NEGATIONS), None)
    step = steps_to_adjective(text)
    at = {
        "between": negation + step if negation is not None and step else None,
        "before": negation,
        "after": len(tokens),
        "anywhere": rng.randrange(len(tokens) + 1),
        "plain": adjective,
    }[place]
    if at is None:
        raise ValueError(f"text: {text!r} has no place {place!r}")
    return " ".join([*tokens[:at], *rng.choices(FILLER, k=count), *tokens[at:]])


@cache
def asked(negated: bool, near: int = 4) -> tuple[list[Sentence], list[list[Sentence]]]:
    """Reviews to ask about: those of the test, and for each of eight models half of the training reviews left out.

    ``negated``: one negation and an adjective at most ``near`` words behind it; else plain reviews with one adjective.
    """
    train, test = reviews.load("train"), reviews.load("test")

    def fits(kind: str, text: str) -> bool:
        if negated:
            return kind == "negation" and (steps_to_adjective(text) or near + 1) <= near
        return kind == "plain" and sum(word in ADJECTIVES for word in tokenise(text)) == 1

    def kept(data: reviews.Reviews, rows: Sequence[int]) -> list[Sentence]:
        return [(data.texts[row], int(data.labels[row])) for row in rows if fits(data.kinds[row], data.texts[row])]

    folds = [left_out(len(train), seed)[1::2] for seed in range(8)]
    return kept(test, range(len(test))), [kept(train, rows) for rows in folds]


def right_answers(models: Sequence[nn.Module], vocabulary: Vocabulary, place: str, count: int) -> list[list[int]]:
    """Over forms: answers that are right, and answers given, of models that have not seen these reviews."""
    common, own = asked(place != "plain")
    found: dict[str, list[int]] = {name: [0, 0] for name in _forms(place != "plain")}
    for seed, (model, some) in enumerate(zip(models, own, strict=True)):
        rng = random.Random(1000 * seed + count)
        texts = [lengthened(text, count, place, rng) for text, _ in common + some]
        said = predict(model, coded(vocabulary, texts)).argmax(1).tolist()
        for (text, label), answer in zip(common + some, said, strict=True):
            found[form(text)][0] += answer == label
            found[form(text)][1] += 1
    return [list(column) for column in zip(*found.values(), strict=True)]


@cache
def _forms(negated: bool) -> list[str]:
    common, own = asked(negated)
    return sorted({form(text) for text, _ in common + sum(own, [])})


def trained_readers(
    reader: str, longer: bool, rate: float, decay: float, times: int
) -> tuple[Vocabulary, list[nn.Module]]:
    """Eight readers, each without another eighth of the training reviews; ``longer``: on lengthened ones."""
    data, (make, epochs) = reviews.load("train"), MAKERS[reader]
    vocabulary, rng, copies = Vocabulary.build(data.texts), random.Random(7), COPIES if longer else 1
    texts = [
        lengthened(text, rng.randint(0, LONGEST), "anywhere", rng) if longer else text
        for _ in range(copies)
        for text in data.texts
    ]
    ids, labels = coded(vocabulary, texts), data.labels.repeat(copies)
    sets: list[Data] = []
    for rows in samples(len(data), range(8)):
        all_copies = [row + copy * len(data) for copy in range(copies) for row in rows]
        sets.append((ids[all_copies], labels[all_copies]))
    place = pick_device()
    models = [make(len(vocabulary), seed).to(place) for seed in range(8)]
    adam = partial(torch.optim.AdamW, lr=rate, weight_decay=decay, fused=place.type in ("cpu", "cuda"))
    fit_many(models, sets, seeds=range(8), epochs=times * epochs // copies, batch_size=50, optimiser=adam)
    return vocabulary, [model.cpu() for model in models]


def negation_unit(reader: str, longer: bool, rate: float, decay: float, times: int) -> dict[str, Any]:
    """Eight readers of one kind at one setting.

    ``valid``: each one's accuracy on the half of its left-out reviews that is not asked about. ``right``, ``asked``:
    answers over forms, {place: [added words][forms]} and {place: [forms]}.
    """
    vocabulary, models = trained_readers(reader, longer, rate, decay, times)
    data, valid = reviews.load("train"), []
    for seed, model in enumerate(models):
        rows = left_out(len(data), seed)[::2]
        said = predict(model, coded(vocabulary, [data.texts[row] for row in rows])).argmax(1)
        valid.append(float((said == data.labels[rows]).float().mean()))
    found = {place: [right_answers(models, vocabulary, place, count) for count in ADDED] for place in PLACES}
    return {
        "valid": valid,
        "right": {place: [right for right, _ in rows] for place, rows in found.items()},
        "asked": {place: rows[0][1] for place, rows in found.items()},
    }


RATES, TIMES = (3e-3, 1e-2, 3e-2), (1, 4)
NEGATION = Study(
    "text/negation",
    unit=negation_unit,
    units=[
        *grid(reader=("mean embedding", "text CNN"), longer=(False,), rate=RATES, decay=(0.01, 1.0), times=TIMES),
        *grid(reader=("mean embedding", "text CNN"), longer=(True,), rate=RATES, decay=(1.0,), times=TIMES),
    ],
    minutes=5,
    quick={"reader": "mean embedding", "longer": False, "rate": 1e-2, "decay": 1.0, "times": 1},
)


def best(found: Result, **arguments: Any) -> dict[str, Any]:
    """The unit whose readers were right most often on the reviews set aside for choosing."""
    return max(found.where(**arguments), key=lambda unit: sum(unit["valid"]))


def share_right(unit: dict[str, Any], place: str, count: int, against: str = "") -> Interval:
    """The share of right answers with ``count`` words added, and its interval over forms.

    ``against`` another place: how much higher the share is here, form by form.
    """
    row, given = ADDED.index(count), unit["asked"][place]
    shares = [right / n for right, n in zip(unit["right"][place][row], given, strict=True)]
    if against:
        others = zip(unit["right"][against][row], unit["asked"][against], strict=True)
        shares = [share - right / n for share, (right, n) in zip(shares, others, strict=True)]
    each = [share for share, n in zip(shares, given, strict=True) for _ in range(n)]
    return unit_interval(each, [k for k, n in enumerate(given) for _ in range(n)])
