"""A handful of texts, their vocabulary and table, and one of each model that reads them."""

import torch

from mmcourse import text as lesson
from mmcourse.engine import generator

TEXTS = [
    "a red circle is left of a blue square",
    "not bad, good!",
    "not good, bad!",
    "red red red",
    "I don't 😀 😀",
    "",
]
VOCABULARY = lesson.Vocabulary.build(TEXTS)
IDS, FILLED = lesson.pad([VOCABULARY.encode(one) for one in TEXTS])
SIZE = len(VOCABULARY)


def numbers(*shape, seed=0, dtype=torch.float64):
    """Normally distributed ones."""
    return torch.randn(shape, generator=generator(seed), dtype=dtype)


def readers(seed=0, classes=3):
    """One of each model that reads a whole text, none of them at its symmetric start."""
    bag = lesson.BagOfWords(SIZE, classes)
    with torch.no_grad():
        bag.weight.copy_(numbers(SIZE, classes, seed=seed)), bag.bias.copy_(numbers(classes, seed=seed + 1))
    return {
        "bag": bag,
        "mean": lesson.MeanEmbedding(SIZE, 5, 7, classes, seed),
        "cnn": lesson.TextCNN(SIZE, 5, 4, (1, 2, 3), classes, seed),
    }
