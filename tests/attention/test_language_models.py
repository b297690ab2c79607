"""The tiny GPT and BERT: who sees the future, what is hidden, what is written; models trained at once as alone."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from slopes import close, draw
from torch.nn import functional as F

from mmcourse import attention
from mmcourse.attention import SentenceClassifier, TinyBERT, TinyGPT, WordEncoder
from mmcourse.engine import accuracy_many, fit_many
from mmcourse.text import END, MASK, PAD, START
from mmcourse.training import fit

IDS = torch.tensor([[7, 8, 9, 5], [6, 5, PAD, PAD], [PAD, PAD, PAD, PAD]])


@pytest.mark.parametrize("make, sees", [(TinyGPT, False), (TinyBERT, True)])
def test_only_the_gpt_is_blind_to_the_future(make, sees):
    model, other = make(12, size=8, heads=2), IDS[:1].clone()
    other[0, 3] = 11
    before, after = model(IDS[:1]), model(other)
    assert torch.equal(before[:, :3], after[:, :3]) is not sees


@pytest.mark.parametrize(
    "make",
    [
        lambda: TinyGPT(12, 6, size=8, heads=2),
        lambda: TinyBERT(12, 6, size=8, heads=2),
        lambda: SentenceClassifier(WordEncoder(12, 6, size=8, heads=2), 3),
    ],
)
def test_every_parameter_of_the_models_receives_a_gradient(make):
    model = make()
    outputs = model(torch.arange(12).view(2, 6))
    (outputs * draw(*outputs.shape, dtype=torch.float32)).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_first_weights_depend_on_the_seed_alone():
    torch.manual_seed(1)
    first, state = TinyBERT(12, size=8, heads=2, seed=4), torch.get_rng_state()
    torch.manual_seed(2)
    again, other = TinyBERT(12, size=8, heads=2, seed=4), TinyBERT(12, size=8, heads=2, seed=5)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert not torch.equal(first.encoder.words, other.encoder.words)
    torch.manual_seed(1)
    assert torch.equal(state, torch.get_rng_state())


def test_next_words_are_one_place_on():
    read, wanted = attention.next_words(IDS)
    assert read[0].tolist() == [7, 8, 9] and wanted[0].tolist() == [8, 9, 5]


def test_the_masking_rule():
    ids = torch.randint(5, 100, (400, 50), generator=torch.Generator().manual_seed(0))
    ids[:, 45:] = PAD
    ids[:, 0] = START
    kept = ids.clone()
    read, targets = attention.mask_words(ids, 100, 0.15, seed=3)
    hidden = targets != PAD
    assert torch.equal(ids, kept), "the input is not changed"
    assert torch.equal(targets[hidden], ids[hidden]) and torch.equal(read[~hidden], ids[~hidden])
    assert not hidden[:, 0].any() and not hidden[:, 45:].any(), "specials are never hidden"
    assert float(hidden[:, 1:45].float().mean()) == pytest.approx(0.15, abs=0.01)
    assert float((read[hidden] == MASK).float().mean()) == pytest.approx(0.8, abs=0.03)
    assert float((read[hidden] == ids[hidden]).float().mean()) == pytest.approx(0.1, abs=0.02)
    assert read.max() < 100 and (read[hidden] >= MASK).all()
    assert torch.equal(read, attention.mask_words(ids, 100, 0.15, seed=3)[0])
    assert not torch.equal(read, attention.mask_words(ids, 100, 0.15, seed=4)[0])


def test_word_loss_leaves_padding_out():
    logits, targets = draw(3, 4, 12).requires_grad_(), IDS
    theirs = F.cross_entropy(logits.flatten(0, 1)[targets.flatten() != 0], targets[targets != 0])
    assert close(attention.word_loss(logits, targets), theirs)
    empty = attention.word_loss(logits, torch.zeros_like(targets))
    empty.backward()
    assert empty == 0 and (logits.grad == 0).all()


def counting(length: int = 8, words: int = 11) -> torch.Tensor:
    """Sentences that count on: <start>, a, a+1, a+2, …, <end>, over the six words 5 to 10."""
    starts = torch.arange(6)[:, None]
    counted = 5 + (starts + torch.arange(length - 2)) % (words - 5)
    return torch.cat([torch.full((6, 1), START), counted, torch.full((6, 1), END)], 1)


@pytest.fixture(scope="module")
def counter() -> TinyGPT:
    model = TinyGPT(11, 8, size=16, heads=2, depth=1)
    fit(model, attention.next_words(counting()), epochs=120, batch_size=6, lr=1e-2, loss=attention.word_loss)
    return model


def test_a_gpt_learns_to_count_on_and_stops(counter):
    written = counter.generate(counting()[:, :2], 8 - 2 + 1, temperature=0.0)
    assert torch.equal(written[:, :8], counting())
    assert (written[:, 8:] == PAD).all(), "after <end> only padding follows"


def test_generate_obeys_seed_and_temperature(counter):
    start = torch.full((40, 1), START)
    first, again = counter.generate(start, 6, seed=1), counter.generate(start, 6, seed=1)
    assert torch.equal(first, again) and not torch.equal(first, counter.generate(start, 6, seed=2))
    coolest, cold = counter.generate(start, 6, temperature=0.0), counter.generate(start, 6, temperature=1e-3, seed=5)
    assert torch.equal(coolest, cold) and len(set(coolest[:, 1].tolist())) == 1
    hot = counter.generate(start, 6, temperature=50.0)
    assert len(set(hot.flatten().tolist())) > 8
    assert torch.equal(counter.generate(start, 0), start)


def test_models_train_at_once_as_they_do_alone():
    ids = counting()
    labels = torch.arange(6) % 2
    many = [SentenceClassifier(WordEncoder(11, 8, size=8, heads=2, depth=1, seed=s), 2, seed=s) for s in (0, 1)]
    alone = [SentenceClassifier(WordEncoder(11, 8, size=8, heads=2, depth=1, seed=s), 2, seed=s) for s in (0, 1)]
    # Plain descent: a key's bias moves no share, so its gradient is rounding noise, which Adam would blow up.
    plain = partial(torch.optim.SGD, lr=0.1)
    fit_many(many, (ids, labels), epochs=3, batch_size=4, optimiser=plain)
    for seed, model in enumerate(alone):
        fit(model, (ids, labels), epochs=3, batch_size=4, seed=seed, optimiser=plain)
        for mine, other in zip(many[seed].parameters(), model.parameters(), strict=True):
            assert torch.allclose(mine, other, atol=1e-5)
    fit_many(many, (ids, labels), epochs=60, batch_size=6, lr=1e-2)
    assert min(accuracy_many(many, (ids, labels))) == 1


BAD = [
    (ValueError, "ids: got torch.float32", lambda: TinyBERT(12)(torch.ones(1, 3))),
    (
        ValueError,
        r"ids: got torch.int64 of shape \(1, 9\), .* T from 1 to 8",
        lambda: TinyBERT(12, 8)(torch.ones(1, 9, dtype=torch.long)),
    ),
    (ValueError, "ids: got", lambda: TinyBERT(12, 8)(torch.ones(1, 0, dtype=torch.long))),
    (ValueError, "ids: got", lambda: TinyBERT(12, 8)(torch.ones(4, dtype=torch.long))),
    (ValueError, "count, temperature: got 9", lambda: TinyGPT(12, 8).generate(IDS, 9)),
    (ValueError, "count, temperature: got 1 and -1", lambda: TinyGPT(12, 8).generate(IDS, 1, temperature=-1.0)),
    (ValueError, "share, words: got 0", lambda: attention.mask_words(IDS, 12, 0.0)),
    (ValueError, "share, words: got 0.15 and 5", lambda: attention.mask_words(IDS, 5)),
    (TypeError, "seed: got 'one'", lambda: TinyBERT(12, seed="one")),
]


@pytest.mark.parametrize("error, words, call", BAD)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()
