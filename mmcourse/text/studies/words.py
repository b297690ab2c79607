"""Words as vectors learnt from captions, and what the vectors are good for: neighbours and analogies, with controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import permutations

import numpy as np
import torch
from torch import Tensor

from mmcourse.datasets import scenes
from mmcourse.datasets.scenes import CATEGORIES
from mmcourse.engine import Interval, fit_many, mean_interval, pick_device
from mmcourse.studies import Study, grid
from mmcourse.text.cooccurrence import cooccurrences, positive_pmi, svd_vectors
from mmcourse.text.tokens import SPECIALS, Vocabulary, tokenise
from mmcourse.text.word_vectors import SkipGram, nearest, negative_sampling_loss, skip_gram_examples

OPPOSITES = (("left", "right"), ("above", "below"), ("before", "after"), ("first", "last"), ("top", "bottom"))
SPECIAL = list(range(len(SPECIALS)))


def learn_words(
    seeds: Sequence[int] = range(8),
    captions: int = 1800,
    epochs: int = 4,
    mix_colours: bool = False,
    dim: int = 16,
    rate: float = 0.03,
) -> tuple[Vocabulary, list[Tensor]]:
    """Skip-gram, all seeds at once, each on captions and noise of its own: vocabulary, vectors (V, dim) of each seed.

    ``mix_colours`` puts a random colour in the place of each colour word first.
    """
    corpora = [_captions(captions, seed) for seed in seeds]
    if mix_colours:
        corpora = [mixed(texts, seed) for texts, seed in zip(corpora, seeds, strict=True)]
    vocabulary = Vocabulary.build([text for texts in corpora for text in texts])
    models = [SkipGram(len(vocabulary), dim, seed).to(pick_device()) for seed in seeds]
    examples = [
        skip_gram_examples(coded, len(vocabulary), negatives=3, seed=seed)
        for seed, coded in zip(seeds, [[vocabulary.encode(text) for text in texts] for texts in corpora], strict=True)
    ]
    same = min(map(len, examples))  # models that learn side by side take as many each
    fit_many(
        models,
        [(one[:same], one[:same, 0]) for one in examples],
        seeds=seeds,
        epochs=epochs,
        batch_size=1000,
        lr=rate,
        loss=lambda scores, _labels: negative_sampling_loss(scores),
    )
    return vocabulary, [model.vectors.detach().cpu() for model in models]


def count_words(
    seeds: Sequence[int] = range(8), captions: int = 1800, mix_colours: bool = False
) -> tuple[Vocabulary, list[Tensor]]:
    """Positive PMI of the captions of each seed, the same ones as for ``learn_words``: vocabulary, tables (V, V)."""
    corpora = [_captions(captions, seed) for seed in seeds]
    if mix_colours:
        corpora = [mixed(texts, seed) for texts, seed in zip(corpora, seeds, strict=True)]
    vocabulary = Vocabulary.build([text for texts in corpora for text in texts])
    coded = [[vocabulary.encode(text) for text in texts] for texts in corpora]
    return vocabulary, [positive_pmi(cooccurrences(texts, len(vocabulary))) for texts in coded]


_captions = lru_cache(maxsize=16)(scenes.captions)  # the same ones are read twice in the lesson


def mixed(texts: Sequence[str], seed: int) -> list[str]:
    """The captions with a random colour in the place of each colour word, so that no shape has a habit."""
    rng, colours = np.random.default_rng(seed), CATEGORIES["colour"]
    return [
        " ".join(str(rng.choice(colours)) if word in colours else word for word in tokenise(text)) for text in texts
    ]


def same_kind(vocabulary: Vocabulary, vectors: Tensor) -> dict[str, float]:
    """For each kind of word, the share of its words whose nearest word is of the same kind."""
    found = {}
    for kind, words in CATEGORIES.items():
        ids = [vocabulary.index[word] for word in words]
        best = [nearest(vectors[k], vectors, 1, [*SPECIAL, k])[0].item() for k in ids]
        found[kind] = float(np.mean([k in ids for k in best]))
    return found


def kind_by_chance(vocabulary: Vocabulary) -> dict[str, float]:
    """The same share if the nearest word were any other word: (words of the kind - 1) / (all words - 1)."""
    others = len(vocabulary) - len(SPECIAL) - 1
    return {kind: (len(words) - 1) / others for kind, words in CATEGORIES.items()}


def questions(which: str) -> list[tuple[str, str, str, str]]:
    """Analogies (a, b, c, answer): "plural" as circles - circle + square, "opposite" as left - right + below."""
    if which == "plural":
        both = list(zip(CATEGORIES["shape"], CATEGORIES["shapes"], strict=True))
        return [(many, one, other, others) for (one, many), (other, others) in permutations(both, 2)]
    turned = [(pair, other) for pair, other in permutations(OPPOSITES, 2)]
    return [(a, b, d, c) for (a, b), (c, d) in turned] + [(b, a, c, d) for (a, b), (c, d) in turned]


WAYS: Mapping[str, tuple[int, int, int]] = {
    "a − b + c": (1, -1, 1),
    "b − a + c": (-1, 1, 1),
    "a alone": (1, 0, 0),
    "c alone": (0, 0, 1),
}


def analogy_scores(
    vocabulary: Vocabulary, vectors: Tensor, which: str, way: str = "a − b + c", leave_out: bool = True
) -> dict[str, float]:
    """Shares of analogies with the right word, and with a word of the right kind (only for "plural")."""
    unit, signs = torch.nn.functional.normalize(vectors, dim=1), WAYS[way]
    right, kind = [], []
    for *given, answer in questions(which):
        ids = [vocabulary.index[word] for word in given]
        place = sum(sign * unit[k] for sign, k in zip(signs, ids, strict=True))
        best = nearest(place, unit, 1, [*SPECIAL, *(ids if leave_out else [])])[0].item()
        right.append(vocabulary.words[best] == answer), kind.append(vocabulary.words[best] in CATEGORIES["shapes"])
    return {"word": float(np.mean(right)), "kind": float(np.mean(kind))}


def intervals(runs: Sequence[Mapping[str, float]]) -> dict[str, Interval]:
    """Mean and 95 % interval over the seeds for each name."""
    return {name: mean_interval([run[name] for run in runs]) for name in runs[0]}


def vectors_unit(method: str, dim: int, rate: float, times: int) -> dict[str, list[float]]:
    """Vectors of one kind from the captions of eight seeds: how often the nearest word is of the same kind.

    ``method`` "skip-gram", learnt at a rate in ``times`` · 4 epochs, or "counted", which has no use for either.
    """
    if method == "counted":
        vocabulary, tables = count_words()
        learnt = [svd_vectors(table, dim) for table in tables]
    else:
        vocabulary, learnt = learn_words(epochs=4 * times, dim=dim, rate=rate)
    return {"same_kind": [float(np.mean(list(same_kind(vocabulary, vectors).values()))) for vectors in learnt]}


VECTORS = Study(
    "text/vectors",
    unit=vectors_unit,
    units=[
        *grid(method=("counted",), dim=(4, 8, 16, 32), rate=(0.0,), times=(1,)),
        *grid(method=("skip-gram",), dim=(4, 16, 32), rate=(0.01, 0.03, 0.1), times=(1, 4)),
    ],
    minutes=1.5,
    quick={"method": "skip-gram", "dim": 16, "rate": 0.03, "times": 1},
)
