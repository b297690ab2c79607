"""Lookups against one-hot products and nn.Embedding, counts and TF-IDF against scikit-learn, the bag against counts."""

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from small_texts import FILLED, IDS, SIZE, TEXTS, VOCABULARY, numbers, readers
from torch import nn
from torch.nn import functional as F

from mmcourse import text as lesson


@pytest.mark.parametrize("dtype, tolerance", [(torch.float32, 1e-5), (torch.float64, 1e-10)])
def test_lookup_is_one_hot_times_table_is_an_embedding(dtype, tolerance):
    table = numbers(SIZE, 6, dtype=dtype).requires_grad_()
    theirs = nn.Embedding.from_pretrained(table.detach().clone(), freeze=False)
    rows = lesson.lookup(table, IDS)
    hot = F.one_hot(IDS, SIZE).to(dtype) @ table
    weights = numbers(*rows.shape, seed=1, dtype=dtype)
    (rows * weights).sum().backward(), (theirs(IDS) * weights).sum().backward()
    torch.testing.assert_close(rows, hot, atol=tolerance, rtol=tolerance)
    torch.testing.assert_close(rows, theirs(IDS), atol=tolerance, rtol=tolerance)
    torch.testing.assert_close(table.grad, theirs.weight.grad, atol=tolerance, rtol=tolerance)
    assert not table.grad[[k for k in range(SIZE) if k not in IDS]].any()  # rows nobody looked up stay as they are


def test_lookup_refuses_quantities():
    for ids in (torch.tensor([1.0]), torch.tensor([True]), [1]):
        with pytest.raises(TypeError, match="ids"):
            lesson.lookup(torch.zeros(3, 2), ids)
    with pytest.raises(ValueError, match="table"):
        lesson.lookup(torch.zeros(3), torch.tensor([1]))
    with pytest.raises(IndexError):
        lesson.lookup(torch.zeros(3, 2), torch.tensor([3]))


def test_counts_and_tf_idf_as_scikit_learn():
    words = VOCABULARY.words[5:]
    options = {"tokenizer": lesson.tokenise, "token_pattern": None, "vocabulary": words, "lowercase": False}
    counts = lesson.word_counts(IDS, SIZE)
    np.testing.assert_array_equal(counts[:, 5:], CountVectorizer(**options).fit_transform(TEXTS).toarray())
    assert not counts[:, :5].any() and torch.equal(counts.sum(1).long(), FILLED.sum(1))
    theirs = TfidfVectorizer(**options).fit(TEXTS)
    rarity = lesson.inverse_document_frequency(counts)
    np.testing.assert_allclose(rarity[5:], theirs.idf_, rtol=1e-6)
    np.testing.assert_allclose(lesson.tf_idf(counts, rarity)[:, 5:], theirs.transform(TEXTS).toarray(), atol=1e-6)
    new = ["a green circle!", "red, red"]
    ids, _ = lesson.pad([VOCABULARY.encode(one) for one in new])
    known = lesson.word_counts(ids, SIZE)
    known[:, lesson.UNK] = 0  # scikit-learn drops unknown words
    np.testing.assert_allclose(lesson.tf_idf(known, rarity)[:, 5:], theirs.transform(new).toarray(), atol=1e-6)


def test_tf_idf_of_nothing_is_nothing():
    counts = torch.zeros(2, 4)
    rarity = lesson.inverse_document_frequency(counts)
    assert torch.equal(lesson.tf_idf(counts, rarity), counts) and rarity.isfinite().all()
    with pytest.raises(ValueError, match="rarity"):
        lesson.tf_idf(counts, torch.ones(3))
    with pytest.raises(ValueError, match="ids"):
        lesson.word_counts(torch.tensor([1, 2]), 4)


def test_the_bag_is_counts_times_weights_and_an_embedding_bag():
    bag = readers()["bag"]
    counts = lesson.word_counts(IDS, SIZE)
    torch.testing.assert_close(bag(IDS), counts @ bag.weight + bag.bias)
    theirs = nn.EmbeddingBag.from_pretrained(bag.weight.detach(), mode="sum", padding_idx=0)
    torch.testing.assert_close(bag(IDS), theirs(IDS) + bag.bias)
