"""The learner's own review: what each word adds to the bag's sum, and how good three models think it is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from torch import nn

from mmcourse.pictures import Panel, Picture, View, entry, style
from mmcourse.pictures.lettering import Boxes, Lettering, drawable, word_shape
from mmcourse.text.pictures.scores import MODELS
from mmcourse.text.tokens import Vocabulary, pad, tokenise

SIDES = LinearSegmentedColormap.from_list("sides", ["#E8A679", "#FFFFFF", "#8FBFE0"])  # bad, neither, good


class OwnReviewView(View):
    """A review's words, coloured by what each adds to the bag's sum, and how good three models think it is."""

    size, alt, slots = (8.6, 3.0), "a review word by word, and what three models think of it", 12

    def __init__(self, vocabulary: Vocabulary, models: Mapping[str, nn.Module]) -> None:
        self.vocabulary, self.models = vocabulary, models
        weight = models["bag of words"].weight.detach()
        self.adds = (weight[:, 1] - weight[:, 0]).cpu()  # (V,)
        self.shade = Normalize(-float(self.adds.abs().max()), float(self.adds.abs().max()))
        super().__init__()

    def build(self, figure: Figure) -> None:
        top, bottom = figure.subplots(2, 1, height_ratios=(1, 1.5))
        top.set(xlim=(-0.5, self.slots - 0.5), ylim=(-0.6, 0.6), xticks=[], yticks=[])
        top.set_title("what the bag adds for each word: blue for good, orange for bad, no number: unknown")
        for side in top.spines.values():
            side.set_visible(False)
        places = range(self.slots)
        self.boxes = self.moving(Boxes(top, self.slots, -0.5, 0.5))
        self.words = [self.moving(Lettering(top, t, 0.18)) for t in places]
        self.sums = [self.moving(Lettering(top, t, -0.25)) for t in places]
        rows = np.arange(len(self.models))[::-1]
        bottom.set(xlim=(0, 108), ylim=(-0.6, len(rows) - 0.4), xlabel="sure that the review is good (%)")
        bottom.set_yticks(rows, list(self.models)), bottom.set_xticks(range(0, 101, 25))
        bottom.axvline(50, color=style.SOFT, linestyle=":", linewidth=1.4)
        looks = [{**MODELS[name].bar, "label": None} for name in self.models]
        self.bars = [self.moving(bottom.barh(y, 0, 0.62, **look)[0]) for y, look in zip(rows, looks, strict=True)]
        self.shares = [self.moving(Lettering(bottom, 101, y)) for y in rows]

    def update(self, *, text: str) -> None:
        tokens, ids = tokenise(text), self.vocabulary.encode(text)
        table = pad([ids[:200]])[0]  # more words than anybody writes: the rest is not read
        for name, bar, share in zip(self.models, self.bars, self.shares, strict=True):
            with torch.no_grad():
                good = 100 * float(torch.softmax(self.models[name](table), -1)[0, 1])
            bar.set_width(good), share.write(word_shape(f"{good:.0f}"))
        shown = tokens if len(tokens) <= self.slots else [*tokens[: self.slots - 1], "…"]
        shown += [None] * (self.slots - len(shown))
        adds = [
            float(self.adds[self.vocabulary.index[token]]) if token in self.vocabulary.index else None
            for token in shown
        ]
        self.boxes.paint(
            [None if token is None else SIDES(self.shade(add or 0.0)) for token, add in zip(shown, adds, strict=True)]
        )
        for word, number, token, add in zip(self.words, self.sums, shown, adds, strict=True):
            word.write(word_shape(drawable(token or "", 10), 8.5, align=0.5))
            number.write(word_shape("" if add is None else f"{add:+.1f}", 8, align=0.5))


def own_review(vocabulary: Vocabulary, models: Mapping[str, nn.Module], text: str) -> Picture:
    """What one model of each kind thinks of a text."""
    return OwnReviewView(vocabulary, models).picture(text=text)


def own_review_panel(vocabulary: Vocabulary, models: Mapping[str, nn.Module]) -> Panel:
    """The learner's own review, judged at every key press by one model of each kind, a bag of words among them."""
    line = entry("your review", "The soup was not bad, but the waiter was rude.", hint="write a review")
    return Panel(OwnReviewView(vocabulary, models), text=line)
