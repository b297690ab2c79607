"""Models that judge reviews: trained on many samples at once, asked about kinds of reviews."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from mmcourse.datasets import reviews
from mmcourse.engine import fit_many, generator, pick_device, predict, stop_ends_all
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
# How each reader is made, from the vocabulary's size and a seed, and how often it goes through the reviews.
MAKERS: Mapping[str, tuple[Callable[[int, int], nn.Module], int]] = {
    "bag of words": (lambda size, seed: BagOfWords(size), 9),
    "mean embedding": (lambda size, seed: MeanEmbedding(size, seed=seed), 12),
    "text CNN": (lambda size, seed: TextCNN(size, seed=seed), 9),
}
READERS: Mapping[str, tuple[float, float]] = {  # rate, weight decay
    "bag of words": (0.02, 0.0),
    "mean embedding": (0.01, 1.0),
    "text CNN": (0.01, 1.0),
}


def grouped(split: str) -> dict[str, reviews.Reviews]:
    """The reviews of a split by kind, with those of "unseen_negation" as one more group of the test."""
    data = reviews.load(split)
    found = {kind: data.of(kind) for kind in GROUPS if kind in data.kinds}
    return {**found, GROUPS[-1]: reviews.load("unseen_negation")} if split == "test" else found


def left_out(count: int, seed: int) -> list[int]:
    """The eighth of ``count`` reviews that a seed does not train on: seeds 0 to 7 leave out each review once."""
    return torch.randperm(count, generator=generator(seed // 8))[seed % 8 :: 8].tolist()


def samples(count: int, seeds: Sequence[int]) -> list[list[int]]:
    """For each seed the rows it trains on, seven in eight of ``count`` in an order of its own, all of one size."""
    orders = [torch.randperm(count, generator=generator(1000 + seed)).tolist() for seed in seeds]
    return [
        [row for row in order if row not in without][: count - -(-count // 8)]
        for order, without in zip(orders, (set(left_out(count, seed)) for seed in seeds), strict=True)
    ]


def coded(vocabulary: Vocabulary, texts: Sequence[str], length: int | None = None) -> Tensor:
    """Texts as padded numbers (B, T)."""
    return pad([vocabulary.encode(text) for text in texts], length)[0]


def train_readers(
    names: Sequence[str] = tuple(READERS),
    seeds: Sequence[int] = range(8),
    change: Callable[[str], str] = str,
    leave_out: str = "",
    times: int = 1,
    settings: Mapping[str, tuple[float, float]] = READERS,
) -> tuple[Vocabulary, dict[str, list[nn.Module]]]:
    """Each kind of reader once for each seed, on that seed's sample of the training reviews.

    ``change`` is done to every text first, such as leaving out words; ``leave_out``: a kind of review not to train on;
    ``times`` as many epochs as usual; ``settings``: each reader's rate and weight decay.
    """
    data = reviews.load("train")
    rows = [row for row, kind in enumerate(data.kinds) if kind != leave_out]
    texts, goodness = [change(data.texts[row]) for row in rows], data.labels[rows]
    vocabulary = Vocabulary.build(texts)
    ids = coded(vocabulary, texts)
    sets = [(ids[some], goodness[some]) for some in samples(len(texts), seeds)]
    with stop_ends_all() as trained:
        for name in names:
            (make, epochs), (rate, decay) = MAKERS[name], settings[name]
            place = pick_device()
            optimiser = partial(torch.optim.AdamW, lr=rate, weight_decay=decay, fused=place.type in ("cpu", "cuda"))
            models = [make(len(vocabulary), seed).to(place) for seed in seeds]
            fit_many(models, sets, seeds=seeds, epochs=times * epochs, batch_size=50, optimiser=optimiser)
            trained[name] = [model.cpu() for model in models]
    return vocabulary, trained


def scores_of(
    vocabulary: Vocabulary, models: Sequence[nn.Module], change: Callable[[str], str] = str
) -> dict[str, np.ndarray]:
    """For each group of the test which answers are right: 1 or 0, (models, reviews)."""
    found = {}
    for name, group in grouped("test").items():
        ids = coded(vocabulary, [change(text) for text in group.texts])
        said = [predict(model, ids).argmax(1).cpu() for model in models]
        found[name] = np.stack([(one == group.labels).numpy().astype(float) for one in said])
    return found


def steps_to_adjective(text: str) -> int | None:
    """How many words after the only word of negation the next adjective stands; None where it is not so.

    ``steps_to_adjective("It was not very good.")`` is 2.
    """
    tokens = tokenise(text)
    places = [t for t, word in enumerate(tokens) if word in NEGATIONS]
    after = range(places[0] + 1, len(tokens)) if len(places) == 1 else ()
    return next((t - places[0] for t in after if tokens[t] in ADJECTIVES), None)


def form(text: str) -> str:
    """How a review puts its adjective: "not + 2" is a negation and the adjective two words on, "was" the word before.

    ``form("It was not very good.")`` is "not + 2", ``form("It was very good.")`` is "very".
    """
    tokens, step = tokenise(text), steps_to_adjective(text)
    if step is not None:
        return f"{next(word for word in tokens if word in NEGATIONS)} + {step}"
    place = next((t for t, word in enumerate(tokens) if word in ADJECTIVES), 0)
    return tokens[place - 1] if place else ""


def only_adjectives(text: str) -> str:
    """The adjectives of a review, all other words dropped."""
    return " ".join(word for word in tokenise(text) if word in ADJECTIVES)
