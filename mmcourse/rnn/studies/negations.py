"""Reviews by kind, and what distance does: the same sentence with more and more words between *not* and its adjective.

Letters: N reviews, T words in the longest of them, S networks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.datasets import reviews
from mmcourse.engine import Data, accuracy, fit_many, generator, pick_device, predict_many
from mmcourse.rnn.networks import LSTM
from mmcourse.rnn.readers import SequenceClassifier
from mmcourse.studies import Result, Study, grid
from mmcourse.text import BagOfWords, MeanEmbedding, TextCNN, Vocabulary, pad, tokenise

# How each reader is made from the vocabulary's size and a seed; its passes (times 1 or 4), middle rate, weight decay.
REVIEWERS: Mapping[str, tuple[Callable[[int, int], nn.Module], int, float, float]] = {
    "bag of words": (lambda size, seed: BagOfWords(size), 10, 0.01, 0.0),
    "mean embedding": (lambda size, seed: MeanEmbedding(size, seed=seed), 12, 0.02, 0.5),
    "text CNN": (lambda size, seed: TextCNN(size, seed=seed), 8, 0.02, 1.0),
    "LSTM, both ways": (
        lambda size, seed: SequenceClassifier(LSTM(16, 16, bidirectional=True, seed=seed), 2, size, seed=seed),
        8,
        0.03,
        0.3,
    ),
}
RATE_FACTORS = (1 / 3, 1, 3)
KINDS_ASKED = ("contrast", "negation", "unseen negation")
# Two things, three good adjectives that suit both, three bad ones.
THINGS = (
    ("soup dinner", "tasty fresh delicious", "bland stale greasy"),
    ("room house", "clean quiet comfortable", "dirty noisy uncomfortable"),
    ("waiter guide", "friendly helpful polite", "rude careless lazy"),
    ("story play", "funny clever interesting", "boring dull silly"),
    ("laptop camera", "fast reliable useful", "slow unreliable useless"),
)
ASIDES = ("I must say", "to be honest", "on the first day", "I think", "this time")  # neither good nor bad
# What may stand between *not* and the adjective; a number says how many asides.
BETWEEN: tuple[str | int, ...] = ("", "really", "at all", 1, 2, 3)
ADJECTIVES_ASKED = frozenset(" ".join(words for _things, *both in THINGS for words in both).split())
BEFORE_ADJECTIVE = re.compile(r"\b(is|was|are|were)(n't| not)? (\w+)\b")
# Words that make the form of a negation or a contrast; reviews with the same ones share a form.
FORMING = frozenset(
    "not no never nothing nobody none neither nor without hardly isn't wasn't aren't weren't don't doesn't didn't "
    "can't couldn't once time think true call least bit seem us found say says that word for minute far anything i "
    "there about way find saw longer has have had any one who yet look looked looks but although though spite used "
    "first turned may people had expected read we loved hated enjoyed enjoy enjoyed like liked dislike disliked "
    "hate and or end what could would did does do as if at in of".split()
)


def review_ids(split: str, vocabulary: Vocabulary) -> Data:
    """Reviews as ids (N, T), 0 behind the end, and labels (N,), 1 is good."""
    found = reviews.load(split)
    return _coded(vocabulary, found.texts), found.labels


def _coded(vocabulary: Vocabulary, texts: Sequence[str]) -> Tensor:
    return pad([vocabulary.encode(text) for text in texts])[0]


def form_of(text: str) -> str:
    """What is left of a review without its things and adjectives: ``form_of("Not once was the soup bland.")`` is
    "not once"."""
    return " ".join(word for word in tokenise(text) if word in FORMING)


def far_apart(between: str | int, negated: bool = True) -> tuple[list[str], list[int], list[str]]:
    """Sentences such as "The soup was not, I must say, tasty." with their labels (1 is good) and adjectives.

    ``between`` stands between *not* and the adjective: a word, or so many asides. Those in training are left out.
    """
    known, found = set(reviews.load("train").texts), []
    for things, good, bad in THINGS:
        for label, adjectives in ((0, good), (1, bad)):
            for number, adjective in enumerate(adjectives.split()):
                for thing in things.split():
                    words = _asides(number + label, between) if isinstance(between, int) else f" {between}".rstrip()
                    text = f"The {thing} was{' not' * negated}{words} {adjective}."
                    found.append((text, label if negated else 1 - label, adjective))
    texts, labels, units = zip(*(one for one in found if one[0] not in known), strict=True)
    return list(texts), list(labels), list(units)


def _asides(first: int, count: int) -> str:
    return "".join(f", {ASIDES[(first + k) % len(ASIDES)]}" for k in range(count)) + ","


def distance_of(between: str | int) -> int:
    """How many words behind *not* the adjective stands, commas counted as words, in the middle of all sentences."""
    texts, _labels, adjectives = far_apart(between)
    rows = [(tokenise(text), adjective) for text, adjective in zip(texts, adjectives, strict=True)]
    return sorted(tokens.index(adjective) - tokens.index("not") for tokens, adjective in rows)[len(rows) // 2]


def with_asides(texts: Sequence[str], labels: Tensor, seed: int) -> tuple[list[str], Tensor]:
    """The reviews and behind them, once more with one aside before the adjective, those of the form "... was bland".

    Reviews with *not*, *n't* and without any of both are among them, so that an aside alone tells nothing.
    """
    rng, more = generator(seed), []
    for row, text in enumerate(texts):
        hit = BEFORE_ADJECTIVE.search(text)
        if hit and hit[3] in ADJECTIVES_ASKED:
            aside = _asides(int(torch.randint(len(ASIDES), (), generator=rng)), 1)
            more.append((row, f"{text[: hit.start(3) - 1]}{aside} {text[hit.start(3) :]}"))
    rows = torch.tensor([row for row, _text in more])
    return [*texts, *(text for _row, text in more)], torch.cat([labels, labels[rows]])


def _by_unit(models: Sequence[nn.Module], data: Data, units: Sequence[str]) -> list[list[float]]:
    """The share of right answers by model and unit, units in the order of their names."""
    hits = (predict_many(models, data[0]).argmax(-1).cpu() == data[1]).float()  # (S, N)
    rows = [torch.tensor([one == unit for one in units]) for unit in sorted(set(units))]
    return torch.stack([hits[:, row].mean(1) for row in rows], dim=1).mul(1000).round().div(1000).tolist()


def review_groups() -> dict[str, reviews.Reviews]:
    """The reviews that are asked about, by kind."""
    test = reviews.load("test")
    return {**{kind: test.of(kind) for kind in KINDS_ASKED[:2]}, KINDS_ASKED[2]: reviews.load("unseen_negation")}


def review_unit(reader: str, shown: bool, times: int, networks: int) -> dict[str, Any]:
    """One kind of reader at three rates; the rate kept is the best on the reviews that its seed leaves out.

    ``shown``: whether training shows reviews with one aside, too. ``kinds``: for each kind the share of right answers
    by network and form of review, [S][forms]; ``far``: for each entry of BETWEEN by network and adjective; ``plain``:
    the same sentences without *not*, one share each.
    """
    make, passes, middle, decay = REVIEWERS[reader]
    seeds = range(networks)
    vocabulary, train, rest = training_reviews(seeds, shown)
    found: dict[str, Any] = {"valid": []}
    for rate in (middle * factor for factor in RATE_FACTORS):
        models = [make(len(vocabulary), seed).to(pick_device()) for seed in seeds]
        adam = partial(torch.optim.AdamW, lr=rate, weight_decay=decay)
        fit_many(models, train, seeds=list(seeds), epochs=times * passes, batch_size=50, optimiser=adam)
        score = fmean(accuracy(model, one) for model, one in zip(models, rest, strict=True))
        if score > max([-1.0, *found["valid"]]):
            found |= {"rate": rate, **_asked(models, vocabulary)}
        found["valid"].append(score)
    return found


def training_reviews(seeds: Sequence[int], shown: bool) -> tuple[Vocabulary, list[Data], list[Data]]:
    """For each seed seven eighths of the training reviews, those with asides among them, and the eighth left out."""
    texts, good = list(reviews.load("train").texts), reviews.load("train").labels
    vocabulary, train, rest = Vocabulary.build(texts), [], []
    for seed in seeds:
        order = torch.randperm(len(texts), generator=generator(seed)).tolist()
        for rows, kept in ((order[: 7 * len(texts) // 8], train), (order[7 * len(texts) // 8 :], rest)):
            some, labels = [texts[row] for row in rows], good[rows]
            some, labels = with_asides(some, labels, seed) if shown else (some, labels)
            kept.append((_coded(vocabulary, some), labels))
    least = min(len(labels) for _ids, labels in train)  # models that learn side by side take as many each
    train = [(ids[-least:], labels[-least:]) for ids, labels in train]
    wide = max(ids.shape[1] for ids, _labels in train)
    return vocabulary, [(F.pad(ids, (0, wide - ids.shape[1])), labels) for ids, labels in train], rest


def _asked(models: Sequence[nn.Module], vocabulary: Vocabulary) -> dict[str, Any]:
    found: dict[str, Any] = {"kinds": {}, "far": [], "plain": []}
    for kind, group in review_groups().items():
        found["kinds"][kind] = _by_unit(
            models, (_coded(vocabulary, group.texts), group.labels), [form_of(text) for text in group.texts]
        )
    for between in BETWEEN:
        texts, labels, units = far_apart(between)
        found["far"].append(_by_unit(models, (_coded(vocabulary, texts), torch.tensor(labels)), units))
        texts, labels, _units = far_apart(between, negated=False)
        data = _coded(vocabulary, texts), torch.tensor(labels)
        found["plain"].append(fmean(accuracy(model, data) for model in models))
    return found


NEGATION = Study(
    "rnn/negation",
    unit=review_unit,
    units=grid(times=(1, 4), reader=tuple(REVIEWERS), shown=(False, True)),
    fixed={"networks": 6},
    minutes=2,
    quick={"reader": "bag of words", "shown": False, "times": 1},
)


def by_form(found: Result, kind: str, times: int = 1, shown: bool = False) -> tuple[dict[str, np.ndarray], list[int]]:
    """For each reader the right answers on a kind of review, as ``compare_all`` takes them, (S, N), and the units (N,).

    Within a form the share of right answers stands for each of its reviews: means and intervals stay the same.
    """
    forms = sorted(form_of(text) for text in review_groups()[kind].texts)
    units = [sorted(set(forms)).index(form) for form in forms]
    rows = {row["reader"]: row["kinds"][kind] for row in found.where(times=times, shown=shown)}
    shares = {reader: np.array(share) for reader, share in rows.items()}
    return {reader: share[:, units] for reader, share in shares.items()}, units


def by_adjective(found: Result, times: int = 1, shown: bool = False) -> dict[str, np.ndarray]:
    """For each reader the share of right answers by entry of BETWEEN, network and adjective, (6, S, 30)."""
    return {row["reader"]: np.array(row["far"]) for row in found.where(times=times, shown=shown)}
