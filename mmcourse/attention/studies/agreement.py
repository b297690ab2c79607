"""*Is* or *are*, five places from the word that decides: sentences of the form, and how a BERT fills the verb."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mmcourse.attention.language_models import TinyBERT, mask_words
from mmcourse.attention.studies.captions import TWINS, sentences
from mmcourse.datasets import scenes
from mmcourse.text import MASK, Vocabulary, tokenise

LENGTH = 16
SIDES = ("left of", "right of", "above", "below")
HELD_OUT = (frozenset(("cross", "ring")), frozenset(("circle", "triangle")), frozenset(("square", "diamond")))


class Agreement(NamedTuple):
    """Sentences with a verb, the place of the verb, and whether subject and neighbour differ in number."""

    texts: list[str]
    several: list[bool]  # does the subject name more than one?
    differ: list[bool]  # is the word next to the verb of the other number?


def agreeing(held_out: bool) -> Agreement:
    """All sentences "the crosses left of the ring are red", with every pair of kinds held out, or with the others."""
    texts, several, differ = [], [], []
    words = [*scenes.COLOURS, *scenes.SIZES]
    for subject in scenes.KINDS:
        for other in scenes.KINDS:
            if (frozenset((subject, other)) in HELD_OUT) != held_out or subject == other:
                continue
            for many, more in ((False, False), (False, True), (True, False), (True, True)):
                one, two = (TWINS[subject] if many else subject), (TWINS[other] if more else other)
                for side in SIDES:
                    texts += [f"the {one} {side} the {two} {'are' if many else 'is'} {word}" for word in words]
                    several += [many] * len(words)
                    differ += [many != more] * len(words)
    return Agreement(texts, several, differ)


def some_agreeing(count: int, seed: int = 0) -> list[str]:
    """``count`` of those for training, drawn by lot."""
    texts = agreeing(held_out=False).texts
    return [texts[k] for k in np.random.default_rng(seed).permutation(len(texts))[:count]]


def verb_gaps(texts: Sequence[str], vocabulary: Vocabulary) -> tuple[Tensor, Tensor]:
    """The sentences with <mask> in place of *is* or *are*: ids (N, 16), and the place of the gap (N,)."""
    ids = sentences(texts, vocabulary, LENGTH)
    verbs = (ids == vocabulary.index["is"]) | (ids == vocabulary.index["are"])
    return ids.masked_fill(verbs, MASK), verbs.int().argmax(1)


@torch.no_grad()
def verbs_filled(model: TinyBERT, texts: Sequence[str], vocabulary: Vocabulary) -> Tensor:
    """The share that a BERT gives to *is* and to *are* in each sentence's gap: (N, 2)."""
    ids, places = verb_gaps(texts, vocabulary)
    device = model.bias.device
    shares = torch.cat([model(part.to(device)).softmax(-1).cpu() for part in ids.split(500)])  # (N, T, V)
    return shares[torch.arange(len(ids)), places][:, [vocabulary.index["is"], vocabulary.index["are"]]]


def reading(texts: Sequence[str], vocabulary: Vocabulary, times: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Each text ``times`` times, every time with other words hidden: what a BERT reads and its targets."""
    ids = sentences(texts, vocabulary, LENGTH)
    hidden = [mask_words(ids, len(vocabulary), seed=1000 * seed + k) for k in range(times)]
    read, targets = (torch.cat(parts) for parts in zip(*hidden, strict=True))
    return read, targets


def mixed_reading(
    captions: Sequence[str], more: Sequence[str], vocabulary: Vocabulary, rows: int, seed: int = 0
) -> tuple[Tensor, Tensor]:
    """``rows`` texts to go on with, half captions, half of the new form (all captions where there are none)."""
    rng, captions = np.random.default_rng(seed), [text for text in captions if len(tokenise(text)) <= LENGTH - 2]
    halves = [rng.choice(np.array(part), rows // 2).tolist() for part in (captions, more or captions)]
    return reading([*halves[0], *halves[1]], vocabulary, 1, seed)
