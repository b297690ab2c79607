"""Views and panels of lesson 04, second part: models that judge reviews, and one that says who is who in a caption."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor, nn

from mmcourse import text as lesson
from mmcourse.datasets import reviews, scenes
from mmcourse.engine import Data, accuracy, fit_many, generator, mean_interval, pick_device, predict
from mmcourse.pictures import Panel, Picture, View, entry, plots, style
from mmcourse.pictures.lettering import Boxes, Lettering, drawable, word_shape
from mmcourse.text.studies import CATEGORIES

# One look for each model, the same in every figure of the lesson.
MODELS: Mapping[str, style.Look] = style.named_looks(
    ["TF-IDF + logistic regression", "bag of words", "mean embedding", "text CNN"]
)
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
    "bag of words": (lambda size, seed: lesson.BagOfWords(size), 10, 0.02, 0.0),
    "mean embedding": (lambda size, seed: lesson.MeanEmbedding(size, seed=seed), 12, 0.01, 0.5),
    "text CNN": (lambda size, seed: lesson.TextCNN(size, seed=seed), 8, 0.01, 1.0),
}


def grouped(split: str) -> dict[str, reviews.Reviews]:
    """The reviews of a split by kind, with those of "unseen_negation" as one more group of the test."""
    data = reviews.load(split)
    found = {kind: data.of(kind) for kind in GROUPS if kind in data.kinds}
    return {**found, GROUPS[-1]: reviews.load("unseen_negation")} if split == "test" else found


def samples(count: int, seeds: Sequence[int]) -> list[list[int]]:
    """For each seed the rows of seven in eight of ``count`` reviews, drawn without putting back."""
    return [torch.randperm(count, generator=generator(seed))[: 7 * count // 8].tolist() for seed in seeds]


def coded(vocabulary: lesson.Vocabulary, texts: Sequence[str], length: int | None = None) -> Tensor:
    """Texts as padded numbers (B, T)."""
    return lesson.pad([vocabulary.encode(text) for text in texts], length)[0]


def train_readers(
    names: Sequence[str] = tuple(READERS),
    seeds: Sequence[int] = range(8),
    change: Callable[[str], str] = str,
    leave_out: str = "",
) -> tuple[lesson.Vocabulary, dict[str, list[nn.Module]]]:
    """Each kind of reader once for each seed, on that seed's sample of the training reviews.

    ``change`` is done to every text first, such as leaving out words; ``leave_out``: a kind of review not to train on.
    """
    data = reviews.load("train")
    rows = [row for row, kind in enumerate(data.kinds) if kind != leave_out]
    texts, goodness = [change(data.texts[row]) for row in rows], data.labels[rows]
    vocabulary = lesson.Vocabulary.build(texts)
    ids = coded(vocabulary, texts)
    sets = [(ids[some], goodness[some]) for some in samples(len(texts), seeds)]
    trained = {}
    for name in names:
        make, epochs, rate, decay = READERS[name]
        place = pick_device()
        optimiser = partial(torch.optim.AdamW, lr=rate, weight_decay=decay, fused=place.type in ("cpu", "cuda"))
        trained[name] = [make(len(vocabulary), seed).to(place) for seed in seeds]
        fit_many(trained[name], sets, seeds=seeds, epochs=epochs, batch_size=50, optimiser=optimiser)
        trained[name] = [model.cpu() for model in trained[name]]
    return vocabulary, trained


def scores_of(
    vocabulary: lesson.Vocabulary, models: Sequence[nn.Module], change: Callable[[str], str] = str
) -> dict[str, list[float]]:
    """The share of right answers in each group of the test, for each model."""
    sets = {
        name: (coded(vocabulary, [change(text) for text in group.texts]), group.labels)
        for name, group in grouped("test").items()
    }
    return {name: [accuracy(model, data) for model in models] for name, data in sets.items()}


def kind_bars(
    scores: Mapping[str, Mapping[str, Sequence[float]]], title: str, groups: Sequence[str] = GROUPS
) -> Picture:
    """For each group of reviews the accuracy of each model of ``MODELS``, mean and 95 % interval.

    scores: {model: {group: runs}}.
    """

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for i, (name, runs) in enumerate(scores.items()):
            x = np.arange(len(groups)) + (i - (len(scores) - 1) / 2) * 0.8 / len(scores)
            found = [mean_interval(runs[group]) for group in groups]
            ends = [[100 * f.mean - max(100 * f.low, 0), min(100 * f.high, 100) - 100 * f.mean] for f in found]
            ax.bar(
                x,
                [100 * f.mean for f in found],
                0.75 / len(scores),
                yerr=np.array(ends).T,
                **MODELS[name].bar,
                error_kw={"elinewidth": 1.2, "capsize": 2, "ecolor": style.INK},
            )
            for place, f in zip(x, found, strict=True):
                ax.text(place, min(100 * f.high, 100) + 1.5, f"{100 * f.mean:.0f}", ha="center", fontsize=8)
        ax.axhline(50, color=style.SOFT, linestyle=":", linewidth=1.4)
        ax.text(-0.77, 51, "coin", color=style.SOFT, fontsize=8)
        ax.set(ylim=(0, 109), xlim=(-0.8, len(groups) - 0.45), ylabel="right answers (%)", title=title)
        ax.set_xticks(range(len(groups)), groups), ax.set_yticks(range(0, 101, 25))
        below = -0.1 - 0.06 * max(group.count("\n") for group in groups)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, below), ncols=4, columnspacing=1.2)

    return plots.picture(draw, 8.6, 3.3, title)


def steps_to_adjective(text: str) -> int | None:
    """How many words after the only word of negation the next adjective stands; None where it is not so.

    ``steps_to_adjective("It was not very good.")`` is 2.
    """
    tokens = lesson.tokenise(text)
    places = [t for t, word in enumerate(tokens) if word in NEGATIONS]
    after = range(places[0] + 1, len(tokens)) if len(places) == 1 else ()
    return next((t - places[0] for t in after if tokens[t] in ADJECTIVES), None)


def right_by_distance(
    vocabulary: lesson.Vocabulary, trained: Mapping[str, Sequence[nn.Module]], near: int = 4
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
    return " ".join(word for word in lesson.tokenise(text) if word in ADJECTIVES)


# ------------------------------------------------------------ the learner's own review

SIDES = LinearSegmentedColormap.from_list("sides", ["#E8A679", "#FFFFFF", "#8FBFE0"])  # bad, neither, good


class OwnReviewView(View):
    """A review's words, coloured by what each adds to the bag's sum, and how good three models think it is."""

    size, alt, slots = (8.6, 3.0), "a review word by word, and what three models think of it", 12

    def __init__(self, vocabulary: lesson.Vocabulary, models: Mapping[str, nn.Module]) -> None:
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
        tokens, ids = lesson.tokenise(text), self.vocabulary.encode(text)
        table = lesson.pad([ids[:200]])[0]  # more words than anybody writes: the rest is not read
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


def own_review(vocabulary: lesson.Vocabulary, models: Mapping[str, nn.Module], text: str) -> Picture:
    """What one model of each kind thinks of a text."""
    return OwnReviewView(vocabulary, models).picture(text=text)


def own_review_panel(
    vocabulary: lesson.Vocabulary | None = None, models: Mapping[str, nn.Module] | None = None
) -> Panel:
    """The learner's own review, judged at every key press."""
    if vocabulary is None or models is None:
        vocabulary, trained = train_readers(seeds=[0])
        models = {name: found[0] for name, found in trained.items()}
    line = entry("your review", "The soup was not bad, but the waiter was rude.", hint="write a review")
    return Panel(OwnReviewView(vocabulary, models), text=line)


# ------------------------------------------------------------ who is who in a caption

ENTITY = {word: kind for kind in CATEGORIES if kind in ("colour", "shape", "size") for word in CATEGORIES[kind]}
PARTS = ("colour", "shape", "size")
TAGS = ("other", "relation", *(f"subject {part}" for part in PARTS), *(f"object {part}" for part in PARTS))


def caption_roles(caption: str) -> list[str]:
    """The role of each token of a caption that relates two shapes; an empty list where it relates none.

    What stands before "left of", "right of", "above" or "below" is the subject, what follows is the object: the
    captions' own grammar. ``caption_roles("a red ring above a blue cross")[1]`` is "subject colour".
    """
    tokens = lesson.tokenise(caption)
    centre = [t for t, word in enumerate(tokens) if word in CATEGORIES["direction"] and tokens[t - 1] != "the"]
    if len(centre) != 1:
        return []
    roles = []
    for t, word in enumerate(tokens):
        role = "subject" if t < centre[0] else "object"
        linking = t == centre[0] or word in ("of", "comes", "before", "after")
        roles.append(f"{role} {ENTITY[word]}" if word in ENTITY else "relation" if linking else "other")
    return roles


def related(count: int, seed: int, without: Sequence[str] = ()) -> tuple[list[str], list[list[str]]]:
    """Captions that relate two shapes, with the roles of their tokens; none that holds a word of ``without``."""
    pairs = [(text, caption_roles(text)) for text in scenes.captions(count, seed)]
    kept = [(text, roles) for text, roles in pairs if roles and not set(without) & set(lesson.tokenise(text))]
    return [text for text, _ in kept], [roles for _, roles in kept]


def windows_of(vocabulary: lesson.Vocabulary, texts: Sequence[str], roles: Sequence[Sequence[str]], reach: int) -> Data:
    """Every token of every text with its neighbours (N, 2 reach + 1), and the number of its role (N,)."""
    ids, mask = lesson.pad([vocabulary.encode(text) for text in texts])
    return lesson.token_windows(ids, reach)[mask], torch.tensor([TAGS.index(role) for row in roles for role in row])


def tagging_scores(
    reaches: Sequence[int] = (0, 1, 2, 3),
    seeds: Sequence[int] = range(8),
    hidden_words: Sequence[str] = ("purple", "ring"),
) -> dict[str, dict[int, list[float]]]:
    """Taggers with windows of several sizes: how often the kind and the role are right, over seeds.

    ``hidden_words`` never occur in training: all a tagger can know of them is their company. One training word in ten
    is replaced by <unk>, so that it learns to go by the company alone. Scores: "kind of a known word", "role of a
    known word", "kind of an unknown word", each {reach: runs}.
    """
    texts, roles = related(2500, 0, hidden_words)
    vocabulary = lesson.Vocabulary.build(texts)
    tests, found = related(1500, 1), {}
    for reach in reaches:
        inputs, labels = windows_of(vocabulary, texts, roles, reach)
        sets = [(_forget(inputs, seed), labels) for seed in seeds]
        models = [lesson.WindowTagger(len(vocabulary), len(TAGS), reach, seed=seed).to(pick_device()) for seed in seeds]
        fit_many(models, sets, seeds=seeds, epochs=4, batch_size=100, lr=0.01)
        for name, runs in _judged(models, windows_of(vocabulary, *tests, reach), reach).items():
            found.setdefault(name, {})[reach] = runs
    return found


def _forget(windows: Tensor, seed: int, share: float = 0.1) -> Tensor:
    """The windows with a share of their words replaced by <unk>."""
    hit = (torch.rand(windows.shape, generator=generator(seed)) < share) & (windows != lesson.PAD)
    return windows.masked_fill(hit, lesson.UNK)


def _judged(models: Sequence[nn.Module], test: Data, reach: int) -> dict[str, list[float]]:
    """The three scores of ``tagging_scores`` for each model."""
    inputs, labels = test
    unknown, entity = inputs[:, reach] == lesson.UNK, labels >= 2
    tags = [predict(model, inputs).argmax(1).cpu() for model in models]
    kind, role = (lambda tag: (tag - 2) % 3), (lambda tag: (tag - 2) // 3)
    both = [(kind(t).eq(kind(labels)) & (t >= 2), role(t).eq(role(labels)) & (t >= 2)) for t in tags]
    known, new = entity & ~unknown, entity & unknown
    return {
        "kind of a known word": [float(right[known].float().mean()) for right, _ in both],
        "role of a known word": [float(right[known].float().mean()) for _, right in both],
        "kind of an unknown word": [float(right[new].float().mean()) for right, _ in both],
    }


def reach_curves(scores: Mapping[str, Mapping[int, Sequence[float]]]) -> Picture:
    """Right answers over the reach of the window, with the band of the seeds."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        looks = [style.METHODS[4], style.METHODS[6], style.Look("", style.SOFT, "o", "-", "")]  # no other model's
        for name, look in zip(scores, looks, strict=True):
            look = replace(look, label=name)
            plots.banded(ax, list(scores[name]), [mean_interval(runs) for runs in scores[name].values()], look, 100)
        ax.axhline(50, color=style.SOFT, linestyle=":", linewidth=1.4, label="coin (two roles)")
        ax.set(ylim=(-3, 103), xlabel="reach of the window (words on each side)", ylabel="right answers (%)")
        ax.set_title("tags right on new captions (8 seeds, 95 % interval)")
        ax.set_xticks(list(next(iter(scores.values())))), ax.grid(True)
        ax.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))

    return plots.picture(draw, 7.4, 3.0, "right answers over the reach of the tagger's window")


def tagged(tokens: Sequence[str], rows: Mapping[str, Sequence[str]], title: str = "") -> Picture:
    """A caption's tokens above their tags, one row for each way of tagging; a tag that differs from row 1 is framed."""
    names = list(rows)

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        ax.set(xlim=(-0.5, len(tokens) - 0.5), ylim=(len(rows) - 0.4, -0.6), title=title)
        ax.set_yticks(range(len(rows)), names), ax.set_xticks(range(len(tokens)), tokens, fontsize=10)
        ax.xaxis.tick_top(), ax.tick_params(length=0)
        for side in ax.spines.values():
            side.set_visible(False)
        for (y, name), (x, _) in ((row, place) for row in enumerate(names) for place in enumerate(tokens)):
            tag, right = rows[name][x], rows[name][x] == rows[names[0]][x]
            frame = {"linewidth": 0} if right else {"linewidth": 2, "edgecolor": style.CLASSES[1]}
            ax.add_patch(Rectangle((x - 0.48, y - 0.42), 0.96, 0.84, facecolor=_shade(tag), **frame))
            ax.text(x, y, tag.replace(" ", "\n"), ha="center", va="center", fontsize=8)

    return plots.picture(draw, 8.6, 0.75 + 0.55 * len(rows), "a caption word by word with the tags of several taggers")


def _shade(tag: str) -> str:
    return {"subject": "#D5E6F3", "object": "#F7E3C4", "relation": "#E3E3E3"}.get(tag.split()[0], "#FFFFFF")
