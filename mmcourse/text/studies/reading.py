"""Models that judge reviews: trained on many samples at once, asked about kinds of reviews and far negations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from mmcourse.datasets import reviews
from mmcourse.engine import accuracy, fit_many, generator, pick_device, stop_ends_all
from mmcourse.text.counts import BagOfWords
from mmcourse.text.readers import MeanEmbedding, TextCNN
from mmcourse.text.tokens import Vocabulary, pad, tokenise

GROUPS = ("plain", "intensifier", "emoji", "contrast", "negation", "unseen negation")
NEGATIONS = frozenset(
    "not no never nothing nobody none neither nor without hardly isn't wasn't aren't weren't don't doesn't didn't "
    "can't couldn't won't wouldn't".split()
)
ADJECTIVES = frozenset(  # those of the reviews, marked by hand: a part-of-speech tagger's job
    "annoying awful bad best bland boring brilliant broken careless clean clever cold comfortable delicious dirty "
    "disappointing dull excellent exciting fast fresh friendly funny good great greasy helpful honest horrible "
    "interesting kind late lazy long lovely new noisy pleasant polite quiet real reliable rude short silly slow stale "
    "tasty terrible uncomfortable unpleasant unreliable useful useless warm wonderful worst".split()
)
# How each reader is made, from the vocabulary's size and a seed; its epochs, its rate, its weight decay.
READERS: Mapping[str, tuple[Callable[[int, int], nn.Module], int, float, float]] = {
    "bag of words": (lambda size, seed: BagOfWords(size), 10, 0.02, 0.0),
    "mean embedding": (lambda size, seed: MeanEmbedding(size, seed=seed), 12, 0.01, 0.5),
    "text CNN": (lambda size, seed: TextCNN(size, seed=seed), 8, 0.01, 1.0),
}


def grouped(split: str) -> dict[str, reviews.Reviews]:
    """The reviews of a split by kind, with those of "unseen_negation" as one more group of the test."""
    data = reviews.load(split)
    found = {kind: data.of(kind) for kind in GROUPS if kind in data.kinds}
    return {**found, GROUPS[-1]: reviews.load("unseen_negation")} if split == "test" else found


def samples(count: int, seeds: Sequence[int]) -> list[list[int]]:
    """For each seed the rows of seven in eight of ``count`` reviews, drawn without putting back."""
    return [torch.randperm(count, generator=generator(seed))[: 7 * count // 8].tolist() for seed in seeds]


def coded(vocabulary: Vocabulary, texts: Sequence[str], length: int | None = None) -> Tensor:
    """Texts as padded numbers (B, T)."""
    return pad([vocabulary.encode(text) for text in texts], length)[0]


def train_readers(
    names: Sequence[str] = tuple(READERS),
    seeds: Sequence[int] = range(8),
    change: Callable[[str], str] = str,
    leave_out: str = "",
) -> tuple[Vocabulary, dict[str, list[nn.Module]]]:
    """Each kind of reader once for each seed, on that seed's sample of the training reviews.

    ``change`` is done to every text first, such as leaving out words; ``leave_out``: a kind of review not to train on.
    """
    data = reviews.load("train")
    rows = [row for row, kind in enumerate(data.kinds) if kind != leave_out]
    texts, goodness = [change(data.texts[row]) for row in rows], data.labels[rows]
    vocabulary = Vocabulary.build(texts)
    ids = coded(vocabulary, texts)
    sets = [(ids[some], goodness[some]) for some in samples(len(texts), seeds)]
    with stop_ends_all() as trained:
        for name in names:
            make, epochs, rate, decay = READERS[name]
            place = pick_device()
            optimiser = partial(torch.optim.AdamW, lr=rate, weight_decay=decay, fused=place.type in ("cpu", "cuda"))
            models = [make(len(vocabulary), seed).to(place) for seed in seeds]
            fit_many(models, sets, seeds=seeds, epochs=epochs, batch_size=50, optimiser=optimiser)
            trained[name] = [model.cpu() for model in models]
    return vocabulary, trained


def scores_of(
    vocabulary: Vocabulary, models: Sequence[nn.Module], change: Callable[[str], str] = str
) -> dict[str, list[float]]:
    """The share of right answers in each group of the test, for each model."""
    sets = {
        name: (coded(vocabulary, [change(text) for text in group.texts]), group.labels)
        for name, group in grouped("test").items()
    }
    return {name: [accuracy(model, data) for model in models] for name, data in sets.items()}


def steps_to_adjective(text: str) -> int | None:
    """How many words after the only word of negation the next adjective stands; None where it is not so.

    ``steps_to_adjective("It was not very good.")`` is 2.
    """
    tokens = tokenise(text)
    places = [t for t, word in enumerate(tokens) if word in NEGATIONS]
    after = range(places[0] + 1, len(tokens)) if len(places) == 1 else ()
    return next((t - places[0] for t in after if tokens[t] in ADJECTIVES), None)


def right_by_distance(
    vocabulary: Vocabulary, trained: Mapping[str, Sequence[nn.Module]], near: int = 4
) -> dict[str, dict[str, list[float]]]:
    """The share of negated reviews judged rightly, where the adjective is ``near`` or further behind its negation.

    Each model is asked about the test and about those training reviews that were not in its sample. The result is
    {model: {"1 to 4 words": runs, "5 or more": runs}}.
    """
    train, test = reviews.load("train"), reviews.load("test")
    texts, kinds = train.texts + test.texts, train.kinds + test.kinds
    ids, labels = coded(vocabulary, texts), torch.cat([train.labels, test.labels])
    steps = [steps_to_adjective(text) if kind == "negation" else None for text, kind in zip(texts, kinds, strict=True)]
    groups = {
        f"1 to {near} words": [k for k, step in enumerate(steps) if step and step <= near],
        f"{near + 1} or more": [k for k, step in enumerate(steps) if step and step > near],
    }
    found: dict[str, dict[str, list[float]]] = {name: {group: [] for group in groups} for name in trained}
    for name, models in trained.items():
        for model, seen in zip(models, samples(len(train), range(len(models))), strict=True):
            for group, rows in groups.items():
                new = sorted(set(rows) - set(seen))
                found[name][group].append(accuracy(model, (ids[new], labels[new])))
    return found


def only_adjectives(text: str) -> str:
    """The adjectives of a review, all other words dropped."""
    return " ".join(word for word in tokenise(text) if word in ADJECTIVES)
