"""The panels of lesson 06, the map of attention with two models that have learnt nothing."""

from functools import cache

from mmcourse.attention import TinyBERT, TinyGPT, pictures
from mmcourse.datasets import scenes
from mmcourse.text import Vocabulary


@cache
def words():
    """The words of some captions."""
    return Vocabulary.build(scenes.captions(600, seed=0))


@cache
def models():
    """A small BERT of one block, a small GPT of two."""
    return {
        "BERT": TinyBERT(len(words()), 16, size=8, heads=2, depth=1),
        "GPT": TinyGPT(len(words()), 20, size=8, heads=2),
    }


PANELS = {
    "softmax_scale_panel": pictures.softmax_scale_panel,
    "position_turn_panel": pictures.position_turn_panel,
    "attention_map_panel": lambda: pictures.attention_map_panel(models(), words()),
}
