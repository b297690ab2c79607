"""Lesson 04's module against torch.nn, scikit-learn, autograd and closed forms, its panels, and odd words."""

import copy
import itertools
import random
import sys
import unicodedata
import warnings

import numpy as np
import pytest
import torch
from helpers import assert_redraw_is_exact, settle
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from torch import nn
from torch.nn import functional as F

from mmcourse import text as lesson
from mmcourse.datasets import reviews
from mmcourse.engine import fit_many, generator
from mmcourse.pictures import lettering
from mmcourse.text import studies as text_words
from mmcourse.text.pictures import panels as demo
from mmcourse.text.pictures import reading as text_reading
from mmcourse.training import fit

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


# ---------------------------------------------------------------- tokens


@pytest.mark.parametrize(
    "text, tokens",
    [
        ("Don't go! 😀", ["don't", "go", "!", "😀"]),
        ("rock'n'roll 'quoted' ’tis it’s", ["rock'n'roll", "quoted", "tis", "it's"]),
        ("well-made (or not): 3.5 stars…", ["well", "made", "or", "not", ":", "3", ".", "5", "stars", "…"]),
        ("good!!! 👍🏽❤️", ["good", "!", "!", "!", "👍", "❤"]),
        ("snake_case $x_{1}$ <b>bold</b>", ["snake", "case", "x", "1", "b", "bold", "b"]),
        ("Über ÜBER U\u0308ber", ["über"] * 3),
        ("שלום עולם 一个圆", ["שלום", "עולם", "一个圆"]),
        ("a\tb\x00c\nd", ["a", "b", "c", "d"]),
        ("", []),
        (" \n \t", []),
        ("<pad> <unk>", ["pad", "unk"]),
    ],
)
def test_tokens(text, tokens):
    assert lesson.tokenise(text) == tokens


def test_any_text_at_all_can_be_cut():
    rng = random.Random(0)
    for _ in range(300):
        text = "".join(chr(rng.choice((rng.randrange(128), rng.randrange(sys.maxunicode)))) for _ in range(30))
        tokens = lesson.tokenise(text)
        assert all(tokens) and not any(any(map(str.isspace, token)) for token in tokens)
        assert lesson.tokenise(" ".join(tokens)) == [t for t in tokens], ascii(text)
        assert not set(tokens) & set(lesson.SPECIALS)


def test_words_that_scikit_learn_finds_are_found():
    found = CountVectorizer(token_pattern=r"(?u)[^\W_]+").build_analyzer()
    for text in TEXTS:
        words = [word for token in lesson.tokenise(text) if token[0].isalnum() for word in token.split("'")]
        assert words == found(unicodedata.normalize("NFC", text))


def test_a_very_long_text():
    assert lesson.tokenise("long " * 50_000) == ["long"] * 50_000 and lesson.tokenise("w" * 200_000) == ["w" * 200_000]


@pytest.mark.parametrize("wrong", [None, 3, b"bytes", ["a list"]])
def test_what_is_no_text_is_refused(wrong):
    with pytest.raises(TypeError, match="text"):
        lesson.tokenise(wrong)


# ---------------------------------------------------------------- vocabulary and padding


def test_the_vocabulary_numbers_specials_then_frequent_words():
    v = lesson.Vocabulary.build(["b a", "c b", "b"])
    assert v.words == [*lesson.SPECIALS, "b", "a", "c"] and len(v) == 8
    specials = lesson.PAD, lesson.UNK, lesson.START, lesson.END, lesson.MASK
    assert [v.words[k] for k in specials] == list(lesson.SPECIALS)
    assert lesson.Vocabulary.build(["b a", "c b"], least=2).words[5:] == ["b"]
    assert v.encode("B, z") == [5, 1, 1] and v.encode("") == [] and v.encode("<pad>") == [1]
    assert v.decode([5, 0, 1, 3, 7]) == "b <unk> <end> c" and v.decode(torch.tensor([6, 6])) == "a a"


def test_known_words_come_back():
    for text in TEXTS:
        assert VOCABULARY.decode(VOCABULARY.encode(text)) == " ".join(lesson.tokenise(text))


def test_a_vocabulary_refuses_what_it_cannot_number():
    for words in (["a", "a"], ["<pad>"]):
        with pytest.raises(ValueError, match="twice"):
            lesson.Vocabulary(words)
    for words in ("abc", [1, 2]):
        with pytest.raises(TypeError, match="words"):
            lesson.Vocabulary(words)
    with pytest.raises(TypeError, match="one text"):
        lesson.Vocabulary.build("one text")
    for ids in ([SIZE], [-1]):
        with pytest.raises(ValueError, match="ids"):
            VOCABULARY.decode(ids)


def test_padding_as_torch_does_it():
    lists = [[7, 8, 9], [5], [6, 6]]
    ids, mask = lesson.pad(lists)
    assert torch.equal(ids, nn.utils.rnn.pad_sequence([torch.tensor(one) for one in lists], batch_first=True))
    assert mask.sum(1).tolist() == [3, 1, 2] and mask.dtype == torch.bool and ids.dtype == torch.long
    assert torch.equal(mask, ids != 0)


@pytest.mark.parametrize(
    "lists, length, shape",
    [
        ([], None, (0, 1)),
        ([[], []], None, (2, 1)),
        ([[1, 2, 3]], 2, (1, 2)),
        ([[1]], 4, (1, 4)),
        ([], 3, (0, 3)),
    ],
)
def test_padding_of_odd_lists(lists, length, shape):
    ids, mask = lesson.pad(lists, length)
    assert ids.shape == mask.shape == shape
    assert mask.sum() == sum(min(len(one), shape[1]) for one in lists)


@pytest.mark.parametrize("length", [0, -1, 2.0, True])
def test_padding_to_a_wrong_length_is_refused(length):
    with pytest.raises(ValueError, match="length"):
        lesson.pad([[1]], length)


# ---------------------------------------------------------------- lookup and counts


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


# ---------------------------------------------------------------- skip-gram


@pytest.mark.parametrize("length", [0, 1, 2, 7])
@pytest.mark.parametrize("window", [1, 2, 10])
def test_pairs_of_neighbours(length, window):
    ids = list(range(5, 5 + length))
    wanted = {(a, b) for a in ids for b in ids if 0 < abs(a - b) <= window}
    found = lesson.skip_gram_pairs(ids, window)
    assert set(found) == wanted and len(found) == len(wanted) and found == sorted(found)


def test_a_word_twice_makes_pairs_with_itself():
    assert lesson.skip_gram_pairs([7, 7], 1) == [(7, 7), (7, 7)]
    for window in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match="window"):
            lesson.skip_gram_pairs([1, 2], window)


def test_noise_shares():
    counts = torch.tensor([0.0, 1.0, 16.0, 81.0])
    torch.testing.assert_close(lesson.noise_shares(counts), torch.tensor([0.0, 1.0, 8.0, 27.0]) / 36)
    torch.testing.assert_close(lesson.noise_shares(counts, 0), torch.tensor([0.0, 1.0, 1.0, 1.0]) / 3)
    for wrong in (torch.zeros(3), torch.tensor([1.0, -1.0])):
        with pytest.raises(ValueError, match="counts"):
            lesson.noise_shares(wrong)


def test_examples_hold_the_pairs_and_noise_in_its_shares():
    texts = [[5, 6, 7], [6, 6], [8], []] * 400
    rows = lesson.skip_gram_examples(texts, 10, window=1, negatives=4, seed=3)
    pairs = [pair for one in texts for pair in lesson.skip_gram_pairs(one, 1)]
    assert rows[:, :2].tolist() == [list(pair) for pair in pairs] and rows.shape == (len(pairs), 6)
    shares = lesson.noise_shares(torch.bincount(rows[:, 1], minlength=10).float())
    seen = torch.bincount(rows[:, 2:].flatten(), minlength=10) / rows[:, 2:].numel()
    assert not seen[shares == 0].any() and (seen - shares).abs().max() < 0.02
    assert torch.equal(rows, lesson.skip_gram_examples(texts, 10, 1, 4, seed=3))
    with pytest.raises(ValueError, match="side by side"):
        lesson.skip_gram_examples([[1], []], 5)


@pytest.mark.parametrize("size", [1, 2, 9])
def test_the_loss_is_binary_cross_entropy_and_its_gradient_autograds(size):
    scores = (8 * numbers(size, 6, seed=size)).requires_grad_()
    wanted = torch.zeros(size, 6, dtype=torch.float64)
    wanted[:, 0] = 1
    loss = lesson.negative_sampling_loss(scores)
    torch.testing.assert_close(loss, F.binary_cross_entropy_with_logits(scores, wanted, reduction="none").sum(1).mean())
    loss.backward()
    torch.testing.assert_close(lesson.negative_sampling_gradient(scores.detach()), scores.grad, atol=1e-12, rtol=1e-10)
    assert float(lesson.negative_sampling_loss(torch.zeros(size, 6))) == pytest.approx(6 * np.log(2))


def test_the_loss_stands_huge_scores_and_refuses_wrong_shapes():
    assert lesson.negative_sampling_loss(torch.tensor([[-1e4, 1e4]])) == 2e4
    for wrong in (torch.zeros(3), torch.zeros(3, 1), torch.zeros(0, 3)):
        with pytest.raises(ValueError, match="scores"):
            lesson.negative_sampling_loss(wrong)


def test_skip_gram_scores_are_dot_products():
    model = lesson.SkipGram(9, 4, seed=1)
    assert not model.contexts.any() and model.vectors.abs().max() <= 0.5 / 4
    with torch.no_grad():
        model.contexts.copy_(numbers(9, 4))
    ids = torch.randint(0, 9, (5, 4), generator=generator(0))
    wanted = torch.stack([torch.stack([model.vectors[row[0]] @ model.contexts[o] for o in row[1:]]) for row in ids])
    torch.testing.assert_close(model(ids), wanted)


def test_the_best_skip_gram_is_pointwise_mutual_information_shifted_by_log_k():
    """Levy and Goldberg (2014): at the optimum v_c . u_o = log(p(c, o) / (p(c) q(o))) - log k, q the noise shares."""
    joint = torch.rand(5, 5, generator=generator(0), dtype=torch.float64) + 0.1
    joint, k = joint / joint.sum(), 3
    noise = lesson.noise_shares(joint.sum(0))
    scores = (joint / (joint.sum(1, keepdim=True) * noise)).log() - np.log(k)
    scores.requires_grad_()
    # The loss expected over pairs from joint and noise from its shares, put together from the sampled one's terms.
    off = torch.tensor(1e9)
    right = lesson.negative_sampling_loss
    expected = sum(
        joint[c, o] * right(torch.stack([scores[c, o], -off])[None])
        + k * joint[c].sum() * noise[o] * right(torch.stack([off, scores[c, o]])[None])
        for c in range(5)
        for o in range(5)
    )
    expected.backward()
    assert scores.grad.abs().max() < 1e-12


def test_cosines_and_nearest():
    table, vector = numbers(7, 4), numbers(4, seed=1)
    torch.testing.assert_close(lesson.cosines(vector, table), F.cosine_similarity(vector[None], table))
    assert not lesson.cosines(torch.zeros(4), table.float()).any()
    order = F.cosine_similarity(vector[None], table).argsort(descending=True).tolist()
    found, closeness = lesson.nearest(vector, table, 3, without=[order[0]])
    assert found.tolist() == order[1:4] and closeness.tolist() == sorted(closeness.tolist(), reverse=True)
    assert len(lesson.nearest(vector, table, 99, without=[1, 2])[0]) == 5


def test_an_analogy_that_is_built_in_is_found():
    """Words = colour + number, so red circle - circle + circles = red circles, whatever the random directions."""
    parts = numbers(5, 12)
    table = torch.stack([parts[a] + parts[3 + b] for b in range(2) for a in range(3)])  # rows 0-2 one, 3-5 many
    for a, c in itertools.permutations(range(3), 2):
        assert lesson.analogy(table, 3 + a, a, c).item() == 3 + c
    scaled = table * torch.rand(6, 1, generator=generator(0), dtype=table.dtype).add(0.5)
    unit = F.normalize(scaled, dim=1)
    wanted = F.cosine_similarity((unit[3] - unit[0] + unit[1])[None], unit)
    wanted[[0, 1, 3]] = -9
    assert lesson.analogy(scaled, 3, 0, 1, 3).tolist() == wanted.argsort(descending=True)[:3].tolist()


def test_words_that_share_their_company_become_neighbours():
    """Three kinds of words, each with a place of its own in a text: the nearest word is the other one of the kind."""
    texts = [[n, c, s] for n in (5, 6) for c in (7, 8) for s in (9, 10)] * 20
    models = [lesson.SkipGram(11, 8, seed) for seed in range(8)]
    rows = [lesson.skip_gram_examples(texts, 11, 2, 5, seed) for seed in range(8)]
    data = [(one, one[:, 0]) for one in rows]
    loss = lesson.negative_sampling_loss
    fit_many(models, data, epochs=15, batch_size=50, lr=0.02, loss=lambda scores, _: loss(scores))
    partner = {5: 6, 6: 5, 7: 8, 8: 7, 9: 10, 10: 9}
    found = [(m, w, lesson.nearest(m.vectors[w], m.vectors, 1, [*range(5), w])[0]) for m in models for w in partner]
    assert np.mean([best.item() == partner[w] for _, w, best in found]) > 0.8  # by chance one in five


# ---------------------------------------------------------------- models that read


def test_masked_mean_as_a_loop():
    real = [[1, 1, 1, 1, 1], [1, 0, 0, 0, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0]]
    x, mask = numbers(4, 5, 3), torch.tensor(real).bool()
    wanted = torch.stack([x[b][mask[b]].mean(0) if mask[b].any() else torch.zeros(3) for b in range(4)])
    torch.testing.assert_close(lesson.masked_mean(x, mask), wanted)
    for wrong in (mask[:, :4], mask[0]):
        with pytest.raises(ValueError, match="mask"):
            lesson.masked_mean(x, wrong)


def test_the_bag_is_counts_times_weights_and_an_embedding_bag():
    bag = readers()["bag"]
    counts = lesson.word_counts(IDS, SIZE)
    torch.testing.assert_close(bag(IDS), counts @ bag.weight + bag.bias)
    theirs = nn.EmbeddingBag.from_pretrained(bag.weight.detach(), mode="sum", padding_idx=0)
    torch.testing.assert_close(bag(IDS), theirs(IDS) + bag.bias)


def test_the_mean_embedding_as_torch_writes_it():
    model = readers()["mean"]
    theirs = nn.EmbeddingBag.from_pretrained(model.table.detach(), mode="mean", padding_idx=0)
    hidden = torch.relu(theirs(IDS) @ model.head.w1 + model.head.b1)
    torch.testing.assert_close(model(IDS), hidden @ model.head.w2 + model.head.b2)


@pytest.mark.parametrize("dtype, tolerance", [(torch.float32, 1e-5), (torch.float64, 1e-10)])
def test_the_text_cnn_as_torchs_conv1d(dtype, tolerance):
    """One text at a time, without padding: Conv1d over the words and h - 1 zeros, ReLU, maximum over the places."""
    model = readers()["cnn"].to(dtype)
    for ids, mask in zip(IDS, FILLED, strict=True):
        words = model.table.detach()[ids[mask]].T[None]  # (1, D, T)
        best = []
        for h, weight, bias in zip(model.widths, model.filters, model.biases, strict=True):
            kernel = weight.detach().view(h, -1, weight.shape[1]).permute(2, 1, 0)  # (filters, D, h)
            if mask.any():
                found = torch.relu(F.conv1d(F.pad(words, (0, h - 1)), kernel, bias.detach()))
                best.append(F.adaptive_max_pool1d(found, 1)[0, :, 0])
            else:
                best.append(torch.zeros(weight.shape[1], dtype=dtype))
        wanted = torch.cat(best) @ model.weight + model.bias
        torch.testing.assert_close(model(ids[None])[0], wanted, atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("name", ["bag", "mean", "cnn"])
def test_padding_never_changes_a_result_or_a_gradient(name):
    model = readers()[name].double()
    longer = copy.deepcopy(model)
    short = IDS[1:3, : int(FILLED[1:3].sum(1).max())]
    model(short).pow(2).sum().backward(), longer(F.pad(short, (0, 9))).pow(2).sum().backward()
    torch.testing.assert_close(longer(F.pad(short, (0, 9))), model(short), atol=1e-12, rtol=1e-12)
    for ours, theirs in zip(model.parameters(), longer.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-12, rtol=1e-12)
    for row, mask in zip(IDS, FILLED, strict=True):  # nor does the company in a batch
        alone = lesson.pad([row[mask].tolist()])[0]
        torch.testing.assert_close(model(alone)[0], model(IDS)[IDS.eq(row).all(1).nonzero()[0, 0]])


@pytest.mark.parametrize("name", ["bag", "mean"])
def test_a_bag_cannot_know_the_order_of_words(name):
    for seed in range(8):
        model = readers(seed)[name].double()
        mixed = IDS[:, torch.randperm(IDS.shape[1], generator=generator(seed))]
        torch.testing.assert_close(model(mixed), model(IDS), atol=1e-12, rtol=1e-12)
    torch.testing.assert_close(lesson.word_counts(IDS[1:2], SIZE), lesson.word_counts(IDS[2:3], SIZE))


def test_the_cnn_knows_the_order_of_words():
    for seed in range(8):
        one, other = readers(seed)["cnn"](IDS[1:3])
        assert (one - other).abs().max() > 1e-3


@pytest.mark.parametrize("name", ["bag", "mean", "cnn"])
def test_every_parameter_receives_a_gradient(name):
    model = readers()[name]
    F.cross_entropy(model(IDS), torch.arange(6) % 3).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


@pytest.mark.parametrize("name", ["bag", "mean", "cnn"])
def test_models_learn_alone_as_many_at_once(name):
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    alone, together = readers()[name], readers()[name]
    fit(alone, (IDS, labels), epochs=3, batch_size=4, seed=5)
    fit_many([together], (IDS, labels), seeds=[5], epochs=3, batch_size=4)
    for ours, theirs in zip(alone.parameters(), together.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)


def test_the_same_seed_gives_the_same_model():
    for name, model in readers(4).items():
        assert torch.equal(model(IDS), readers(4)[name](IDS))
        assert name == "bag" or not torch.equal(model(IDS), readers(5)[name](IDS))


# ---------------------------------------------------------------- windows


@pytest.mark.parametrize("reach", [0, 1, 2, 12])
def test_windows_by_hand(reach):
    found = lesson.token_windows(IDS, reach)
    assert found.shape == (*IDS.shape, 2 * reach + 1)
    for b, t in itertools.product(range(len(IDS)), range(IDS.shape[1])):
        places = range(t - reach, t + reach + 1)
        assert found[b, t].tolist() == [IDS[b, p].item() if 0 <= p < IDS.shape[1] else 0 for p in places]


def test_windows_refuse_what_is_no_table():
    for ids, reach in ((IDS[0], 1), (IDS, -1), (IDS, 1.0)):
        with pytest.raises(ValueError, match="reach"):
            lesson.token_windows(ids, reach)


def test_the_tagger_as_torch_writes_it_and_all_of_it_learns():
    tagger = lesson.WindowTagger(SIZE, 4, reach=1, dim=5, hidden=6, seed=2)
    windows = lesson.token_windows(IDS, 1)[FILLED]  # (N, 3)
    table = nn.Embedding.from_pretrained(tagger.table.detach())
    theirs = nn.Sequential(table, nn.Flatten(), nn.Linear(15, 6), nn.ReLU(), nn.Linear(6, 4))
    with torch.no_grad():
        theirs[2].weight.copy_(tagger.head.w1.T), theirs[2].bias.copy_(tagger.head.b1)
        theirs[4].weight.copy_(tagger.head.w2.T), theirs[4].bias.copy_(tagger.head.b2)
    torch.testing.assert_close(tagger(windows), theirs(windows))
    F.cross_entropy(tagger(windows), torch.arange(len(windows)) % 4).backward()
    assert all(p.grad.abs().sum() > 0 for p in tagger.parameters())


# ---------------------------------------------------------------- the experiments' pieces


def built_in(noise=0.0, dtype=torch.float32):
    """Vectors in which every word is the sum of what its kind and its kind's member are: all analogies hold."""
    parts = numbers(40, 64, seed=7, dtype=dtype)
    vocabulary = lesson.Vocabulary.build(demo.scenes.captions(400, 0))
    vectors = 3 * numbers(len(vocabulary), 64, seed=8, dtype=dtype)
    for k, group in enumerate(demo.CATEGORIES.values()):
        for m, word in enumerate(group):
            vectors[vocabulary.index[word]] = 3 * parts[k] + parts[20 + m]
    return vocabulary, vectors


def test_neighbours_of_one_kind_are_counted():
    vocabulary, vectors = built_in()
    assert set(demo.same_kind(vocabulary, vectors).values()) == {1.0}
    chance = demo.kind_by_chance(vocabulary)
    found = [demo.same_kind(vocabulary, numbers(len(vocabulary), 16, seed=s)) for s in range(40)]
    for kind, share in chance.items():
        assert np.mean([one[kind] for one in found]) == pytest.approx(share, abs=0.09)


def test_analogies_are_judged():
    vocabulary, vectors = built_in()
    assert demo.analogy_scores(vocabulary, vectors, "plural") == {"word": 1.0, "kind": 1.0}
    assert demo.analogy_scores(vocabulary, vectors, "plural", "c alone")["kind"] == 0.0
    plural, opposite = demo.questions("plural"), demo.questions("opposite")
    assert len(plural) == 30 and ("circles", "circle", "square", "squares") in plural
    assert len(opposite) == 40 and ("left", "right", "below", "above") in opposite
    for a, b, c, answer in plural + opposite:
        assert len({a, b, c, answer}) == 4


def test_mixed_colours_keep_everything_else():
    texts = demo.scenes.captions(50, 3)
    for before, after in zip(texts, text_words.mixed(texts, 0), strict=True):
        for old, new in zip(lesson.tokenise(before), lesson.tokenise(after), strict=True):
            assert old == new or {old, new} <= set(demo.CATEGORIES["colour"])


def test_the_plane_is_that_of_principal_components():
    points = numbers(30, 6) * torch.arange(1, 7)
    middle, plane, share = demo.principal_plane(points)
    oracle = PCA(2).fit(points.numpy())
    assert share == pytest.approx(oracle.explained_variance_ratio_.sum())
    ours = ((points - middle) @ plane).numpy()
    np.testing.assert_allclose(np.abs(ours), np.abs(oracle.transform(points.numpy())), atol=1e-9)


def test_labels_lie_apart():
    """What remains of an overlap is at most a sixteenth of a label's width or height, as the drawing allows."""
    points, boxes = np.random.default_rng(0).normal(size=(30, 2)) * 0.4, np.tile([[0.3, 0.1]], (30, 1))
    places = demo.apart(points, boxes, np.array([0.02, 0.02]), np.array([-2.0, -2.0]), np.array([2.0, 2.0]))
    overlap = (boxes - np.abs(places[:, None] - places[None])) / boxes
    shared = np.clip(overlap, 0, 1).min(-1)[~np.eye(30, dtype=bool)]
    assert shared.max() < 0.2 and (shared < 0.07).mean() > 0.99 and np.abs(places).max() <= 2


@pytest.mark.parametrize(
    "caption, roles",
    [
        (
            "a red ring is left of the small blue cross",
            ["other", "subject colour", "subject shape", "other", "relation", "relation", "other", "object size"]
            + ["object colour", "object shape"],
        ),
        (
            "the ring comes before, above an orange square",
            ["other", "subject shape", "relation", "relation", "other", "relation", "other", "object colour"]
            + ["object shape"],
        ),
        ("a red ring is on the left", []),
        ("two circles", []),
        ("", []),
    ],
)
def test_roles_of_captions(caption, roles):
    assert demo.caption_roles(caption) == roles


def test_roles_agree_with_the_graph():
    """Where the subject's looks fit one shape only and the object's too, the relation holds between these two."""
    made, checked = demo.scenes.make(400, 5), 0
    for caption, graph in zip(made.captions, made.graphs, strict=True):
        roles, tokens = demo.caption_roles(caption), lesson.tokenise(caption)
        pairs = list(zip(tokens, roles, strict=bool(roles)))
        said = [{word for word, role in pairs if role.startswith(who)} for who in ("subject", "object")]
        fits = [[s for s in graph if words <= {s.kind, s.colour, s.size}] for words in said]
        if roles and [len(found) for found in fits] == [1, 1]:
            one, other = fits[0][0], fits[1][0]
            where = next(w for w in tokens if w in demo.CATEGORIES["direction"])
            holds = {
                "left": one.column < other.column,
                "right": one.column > other.column,
                "above": one.row < other.row,
                "below": one.row > other.row,
            }
            assert holds[where], caption
            checked += 1
    assert checked > 30


def test_hidden_words_are_hidden():
    texts, roles = demo.related(300, 0, ["purple", "ring"])
    assert len(texts) > 30 and not {"purple", "ring"} & {word for text in texts for word in lesson.tokenise(text)}
    vocabulary = lesson.Vocabulary.build(texts)
    inputs, labels = demo.windows_of(vocabulary, texts, roles, 2)
    assert inputs.shape == (sum(map(len, roles)), 5) and labels.max() < len(demo.TAGS)
    assert inputs[:, 2].tolist() == [k for text in texts for k in vocabulary.encode(text)]


@pytest.mark.parametrize(
    "text, steps",
    [
        ("It was not very good.", 2),
        ("Not good.", 1),
        ("It was good.", None),
        ("Not once.", None),
        ("", None),
        ("You can't say it wasn't good.", None),
        ("Good, not bad.", 1),
    ],
)
def test_distances_from_negation_to_adjective(text, steps):
    assert text_reading.steps_to_adjective(text) == steps


def test_samples_leave_some_reviews_out():
    rows = demo.samples(80, range(8))
    assert all(len(one) == len(set(one)) == 70 and max(one) < 80 for one in rows)
    assert len({tuple(one) for one in rows}) == 8 and rows == demo.samples(80, range(8))


def test_scores_are_taken_on_reviews_that_a_reader_has_not_seen():
    vocabulary, trained = demo.train_readers(["bag of words"], seeds=[0, 1])
    (scores,) = [demo.scores_of(vocabulary, models) for models in trained.values()]
    assert list(scores) == list(demo.GROUPS) and all(len(runs) == 2 for runs in scores.values())
    test = reviews.load("test").of("plain")
    ids = demo.coded(vocabulary, test.texts)
    for model, share in zip(trained["bag of words"], scores["plain"], strict=True):
        assert share == pytest.approx(float((model(ids).argmax(1) == test.labels).float().mean()))


def test_a_kind_of_review_that_is_left_out_is_not_read():
    train = reviews.load("train")
    of = {kind: {word for text in train.of(kind).texts for word in lesson.tokenise(text)} for kind in reviews.KINDS}
    alone = of["negation"] - set().union(*(words for kind, words in of.items() if kind != "negation"))
    vocabulary, _trained = demo.train_readers(["bag of words"], seeds=[0], leave_out="negation")
    assert len(alone) > 5 and not alone & set(vocabulary.words)
    assert alone & set(demo.train_readers(["bag of words"], seeds=[0])[0].words)


# ---------------------------------------------------------------- pictures and panels

ODD = ["", "   ", "<script>alert(1)</script>", "$x_{1}^{2$ \\frac", "ümlaut ☃ 😀🥸", "שלום 一个红色的圆"]
ODD += ["a\tb\x00c\ud800", "not " * 3000, "w" * 9000, "<pad> <unk>"]


@pytest.fixture(scope="module")
def small():
    vocabulary = lesson.Vocabulary.build(demo.scenes.captions(300, 0))
    return vocabulary, numbers(len(vocabulary), 8, dtype=torch.float32)


@pytest.fixture(scope="module")
def views(small):
    vocabulary, vectors = small
    models = {name: make(len(vocabulary), 0) for name, (make, *_) in text_reading.READERS.items()}
    explorer, review = demo.WordExplorerView(vocabulary, vectors), text_reading.OwnReviewView(vocabulary, models)
    return {"tokens": demo.TokensView(vocabulary), "explorer": explorer, "review": review}


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_a_learner_may_write_anything(text, views):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for values in ({"text": text, "length": 10}, {"text": text, "length": 1}):
            assert views["tokens"].png(**values).startswith(b"\x89PNG")
        for word, minus, plus in ((text, text, text), (text, "red", ""), ("", "", text)):
            assert views["explorer"].png(word=word, minus=minus, plus=plus).startswith(b"\x89PNG")
        assert views["review"].png(text=text).startswith(b"\x89PNG")


def test_an_exact_redraw(views):
    view = views["explorer"]
    settle(view, word="red", minus="", plus="")
    view.png(word="two", minus="one", plus="ring")
    assert_redraw_is_exact(view, word="red", minus="", plus="blue")


def test_the_explorer_shows_the_nearest_words(small, views):
    (vocabulary, vectors), view = small, views["explorer"]
    view.update(word="red", minus="", plus="")
    k = vocabulary.index["red"]
    best, closeness = lesson.nearest(vectors[k], vectors, view.count, [*range(5), k])
    np.testing.assert_allclose([bar.get_width() for bar in view.bars], closeness.clamp(min=0), atol=1e-6)
    outlines = [lettering.word_shape(vocabulary.words[one]) for one in best.tolist()]
    assert [name.get_path() for name in view.names] == outlines
    view.update(word="house", minus="", plus="")
    assert not any(bar.get_width() for bar in view.bars) and len(view.spot.get_xdata()) == 0


def test_the_tokens_view_shows_words_unknown_words_and_padding(small, views):
    (vocabulary, _), view = small, views["tokens"]
    view.update(text="a red house", length=5)
    shown = [word.get_path() for word in view.words]
    wanted = ["a", "red", "house", "<pad>", "<pad>", *[""] * 5]
    assert shown == [lettering.word_shape(word, align=0.5) for word in wanted]
    numbers_wanted = [*map(str, vocabulary.encode("a red house")), "0", "0", *[""] * 5]
    assert [n.get_path() for n in view.numbers] == [lettering.word_shape(n, align=0.5) for n in numbers_wanted]


def test_what_the_font_cannot_draw_becomes_a_box():
    assert lettering.drawable("ab") == "ab" and lettering.drawable("红a") == "□a"
    assert lettering.drawable("w" * 50) == "wwwwwwww…" and lettering.drawable("") == ""


def test_the_bars_of_the_review_view_are_the_models_own_words(small, views):
    (vocabulary, _), view = small, views["review"]
    view.update(text="a red ring")
    ids = torch.tensor([vocabulary.encode("a red ring")])
    wanted = [100 * torch.softmax(model(ids), -1)[0, 1].item() for model in view.models.values()]
    np.testing.assert_allclose([bar.get_width() for bar in view.bars], wanted, rtol=1e-4)
