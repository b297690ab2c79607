"""Who is who in a caption: the roles of its words, and taggers that look at windows of several sizes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mmcourse.datasets import scenes
from mmcourse.datasets.scenes import CATEGORIES
from mmcourse.engine import Data, fit_many, generator, pick_device, predict, stop_ends_all
from mmcourse.text.readers import WindowTagger, token_windows
from mmcourse.text.tokens import PAD, UNK, Vocabulary, pad, tokenise

ENTITY = {word: kind for kind in CATEGORIES if kind in ("colour", "shape", "size") for word in CATEGORIES[kind]}
PARTS = ("colour", "shape", "size")
TAGS = ("other", "relation", *(f"subject {part}" for part in PARTS), *(f"object {part}" for part in PARTS))


def caption_roles(caption: str) -> list[str]:
    """The role of each token of a caption that relates two shapes; an empty list where it relates none.

    What stands before "left of", "right of", "above" or "below" is the subject, what follows is the object: the
    captions' own grammar. ``caption_roles("a red ring above a blue cross")[1]`` is "subject colour".
    """
    tokens = tokenise(caption)
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
    kept = [(text, roles) for text, roles in pairs if roles and not set(without) & set(tokenise(text))]
    return [text for text, _ in kept], [roles for _, roles in kept]


def unread(pairs: tuple[list[str], list[list[str]]], read: set[str]) -> tuple[list[str], list[list[str]]]:
    """Captions with their roles without those that stand in ``read``: 7 of 100 captions are made a second time."""
    kept = [(text, roles) for text, roles in zip(*pairs, strict=True) if text not in read]
    return [text for text, _ in kept], [roles for _, roles in kept]


def windows_of(vocabulary: Vocabulary, texts: Sequence[str], roles: Sequence[Sequence[str]], reach: int) -> Data:
    """Every token of every text with its neighbours (N, 2 reach + 1), and the number of its role (N,)."""
    ids, mask = pad([vocabulary.encode(text) for text in texts])
    return token_windows(ids, reach)[mask], torch.tensor([TAGS.index(role) for row in roles for role in row])


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
    vocabulary = Vocabulary.build(texts)
    tests = unread(related(1500, 1), set(scenes.captions(2500, 0)))
    with stop_ends_all() as judged:
        for reach in reaches:
            inputs, labels = windows_of(vocabulary, texts, roles, reach)
            sets = [(_forget(inputs, seed), labels) for seed in seeds]
            models = [WindowTagger(len(vocabulary), len(TAGS), reach, seed=seed).to(pick_device()) for seed in seeds]
            fit_many(models, sets, seeds=seeds, epochs=4, batch_size=100, lr=0.01)
            judged[reach] = _judged(models, windows_of(vocabulary, *tests, reach), reach)
    return {name: {reach: judged[reach][name] for reach in judged} for name in next(iter(judged.values()))}


def _forget(windows: Tensor, seed: int, share: float = 0.1) -> Tensor:
    """The windows with a share of their words replaced by <unk>."""
    hit = (torch.rand(windows.shape, generator=generator(seed)) < share) & (windows != PAD)
    return windows.masked_fill(hit, UNK)


def _judged(models: Sequence[nn.Module], test: Data, reach: int) -> dict[str, list[float]]:
    """The three scores of ``tagging_scores`` for each model."""
    inputs, labels = test
    unknown, entity = inputs[:, reach] == UNK, labels >= 2
    tags = [predict(model, inputs).argmax(1).cpu() for model in models]
    kind, role = (lambda tag: (tag - 2) % 3), (lambda tag: (tag - 2) // 3)
    both = [(kind(t).eq(kind(labels)) & (t >= 2), role(t).eq(role(labels)) & (t >= 2)) for t in tags]
    known, new = entity & ~unknown, entity & unknown
    return {
        "kind of a known word": [float(right[known].float().mean()) for right, _ in both],
        "role of a known word": [float(right[known].float().mean()) for _, right in both],
        "kind of an unknown word": [float(right[new].float().mean()) for right, _ in both],
    }
