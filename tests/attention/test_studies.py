"""Captions by the rules, writers that count, tasks with the labels they promise, and what length costs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmcourse.attention import WordEncoder
from mmcourse.attention import studies as experiments
from mmcourse.datasets import scenes
from mmcourse.text import END, PAD, START, Vocabulary, tokenise

CAPTIONS = scenes.captions(3000, seed=0)
WORDS = Vocabulary.build(CAPTIONS)


def test_every_caption_of_the_corpus_is_well_formed_and_every_slip_is_not():
    assert all(map(experiments.well_formed, CAPTIONS))
    rng = np.random.default_rng(0)
    slips = [(caption, experiments.slip(caption, rng)) for caption in CAPTIONS[:500]]
    for caption, wrong in slips:
        if wrong:
            changed = [a != b for a, b in zip(tokenise(caption), wrong.split(), strict=True)]
            assert sum(changed) == 1 and not experiments.well_formed(wrong)
    assert sum(bool(wrong) for _, wrong in slips) > 450


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a orange ring",
        "an red ring",
        "two red ring",
        "there is two red rings",
        "there are a red ring",
        "red a ring",
        "both shape are red",
        "no idea",
        "one red rings",
        "there are one red ring and nothing else",
        "a red ring comes before , below a blue cross",
    ],
)
def test_bad_captions_are_noticed(text):
    assert not experiments.well_formed(text)


def test_sentences_and_plain_text_are_inverse():
    ids = experiments.sentences(CAPTIONS[:50], WORDS, 20)
    assert ids.shape == (50, 20) and (ids[:, 0] == START).all() and (ids == END).sum() == 50
    assert experiments.plain_text(ids, WORDS) == [" ".join(tokenise(caption)) for caption in CAPTIONS[:50]]
    assert len(experiments.sentences(CAPTIONS[:50], WORDS, 6)) < 50, "what does not fit is left out, not cut"


@pytest.mark.parametrize("order", [1, 2])
def test_a_counting_writer_writes_what_follows_what(order):
    ids = experiments.sentences(CAPTIONS[:300], WORDS, 20)
    written = experiments.CountingWriter(ids, order).generate(30, 20, seed=1)
    assert torch.equal(written, experiments.CountingWriter(ids, order).generate(30, 20, seed=1))
    seen = {tuple(row[t : t + order + 1]) for row in ids.tolist() for t in range(19)}
    for row in written.tolist():
        real = [word for word in row if word != PAD]
        assert all(tuple(real[t : t + order + 1]) in seen for t in range(len(real) - order))


def test_tasks_have_the_labels_they_promise():
    ids, labels = experiments.slips_task(CAPTIONS[:400], WORDS, 16)
    for text, label in zip(experiments.plain_text(ids, WORDS), labels.tolist(), strict=True):
        assert experiments.well_formed(text) == bool(label)
    ids, labels = experiments.salad_task(CAPTIONS[:200], WORDS, 16)
    texts = experiments.plain_text(ids, WORDS)
    assert labels.tolist() == [1, 0] * (len(labels) // 2), "each caption, then its salad"
    assert all(sorted(a.split()) == sorted(b.split()) for a, b in zip(texts[::2], texts[1::2], strict=True))
    ids, labels = experiments.side_task(CAPTIONS, WORDS, 16)
    for text, label in zip(experiments.plain_text(ids, WORDS), labels.tolist(), strict=True):
        assert bool(set(text.split()) & {"left", "above", "top", "first"}) == bool(label)
    assert 0.35 < float(labels.float().mean()) < 0.65


def test_growth_is_the_exponent():
    lengths = [10, 20, 40]
    assert experiments.growth(lengths, [3 * n**2 for n in lengths]) == pytest.approx(2)


def test_label_curve_gives_one_accuracy_for_each_seed():
    data = experiments.side_task(CAPTIONS[:600], WORDS, 12)

    def start(seed):
        return WordEncoder(len(WORDS), 12, size=8, heads=2, depth=1, seed=seed)

    curve = experiments.label_curve(start, data, data, [10], lr=1e-2, seeds=2)
    assert list(curve) == [10] and len(curve[10]) == 2 and all(0 <= a <= 1 for a in curve[10])
