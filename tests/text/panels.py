"""The panels of lesson 04 with a small vocabulary, drawn vectors, and readers that have learnt nothing."""

from functools import cache

from small_texts import numbers

from mmcourse.datasets import scenes
from mmcourse.text import Vocabulary, pictures
from mmcourse.text.studies import MAKERS


@cache
def vocabulary():
    """The words of some captions."""
    return Vocabulary.build(scenes.captions(300, 0))


@cache
def vectors():
    """A vector for each of them, (V, 8)."""
    return numbers(len(vocabulary()), 8).float()


@cache
def untrained():
    """One reader of each kind; the weights of the bag are drawn, since it starts at 0."""
    models = {name: make(len(vocabulary()), 0) for name, (make, _epochs) in MAKERS.items()}
    models["bag of words"].weight.data.copy_(numbers(len(vocabulary()), 2))
    return models


PANELS = {
    "tokens_panel": lambda: pictures.tokens_panel(vocabulary()),
    "word_explorer_panel": lambda: pictures.word_explorer_panel(vocabulary(), vectors()),
    "own_review_panel": lambda: pictures.own_review_panel(vocabulary(), untrained()),
}
