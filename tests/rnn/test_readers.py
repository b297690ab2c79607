"""Lesson 05, second part: the classifier and the writer, against what their parts give one by one."""

from __future__ import annotations

import pytest
import torch

from mmcourse.engine import fit_many
from mmcourse.rnn import GRU, LSTM, CharacterModel, SequenceClassifier, studies
from mmcourse.training import fit


def some_ids() -> torch.Tensor:
    return torch.tensor([[5, 6, 7, 0, 0], [8, 9, 5, 6, 7], [6, 0, 0, 0, 0], [0, 0, 0, 0, 0]])


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("kind", [GRU, LSTM])
def test_the_classifier_skips_padding(kind, both):
    model = SequenceClassifier(kind(3, 4, bidirectional=both), 2, words=10)
    ids = some_ids()
    logits = model(ids)
    assert logits.shape == (4, 2) and torch.allclose(logits, model(torch.cat([ids, ids * 0], 1)), atol=1e-6)
    assert torch.allclose(logits[2], model(ids[2:3, :1])[0], atol=1e-6)
    outputs, state = model.recurrent(model.table[ids], mask=ids != 0)
    h = state[0] if kind is LSTM else state
    top = torch.cat([h[-2], h[-1]], -1) if both else h[-1]
    assert torch.allclose(logits, top @ model.head_w.T + model.head_b, atol=1e-6)


def test_every_parameter_of_the_classifier_and_the_writer_receives_a_gradient():
    classifier = SequenceClassifier(LSTM(3, 4, bidirectional=True), 3, words=10)
    writer = CharacterModel("\nabc", hidden_size=5)
    classifier(some_ids()).square().sum().backward()
    writer(torch.tensor([[1, 2, 3, 0], [3, 3, 1, 0]])).square().sum().backward()
    for p in (*classifier.parameters(), *writer.parameters()):
        assert p.grad is not None and p.grad.abs().sum() > 0


@pytest.mark.parametrize("kind", [GRU, LSTM])
def test_networks_side_by_side_learn_as_each_alone(kind):
    data = some_ids()[:3].repeat(4, 1), torch.tensor([0, 1, 1]).repeat(4)

    def model(seed):
        return SequenceClassifier(kind(3, 4, bidirectional=True, seed=seed), 2, words=10, seed=seed)

    together = [model(seed) for seed in range(2)]
    fit_many(together, data, epochs=3, batch_size=5)
    for seed, stacked in enumerate(together):
        alone = model(seed)
        fit(alone, data, epochs=3, batch_size=5, seed=seed)
        pairs = zip(alone.parameters(), stacked.parameters(), strict=True)
        assert all(torch.allclose(p, q, 1e-4, 1e-4) for p, q in pairs)


def test_the_writer_reads_on_where_it_stopped():
    model, ids = CharacterModel("\nabcd", hidden_size=6).double(), torch.tensor([[1, 2, 3, 4, 0, 2]])
    first, state = model.read(ids[:, :4])
    second, _state = model.read(ids[:, 4:], state)
    assert torch.allclose(torch.cat([first, second], 1), model(ids), 1e-10, 1e-10)


def test_the_writer_obeys_seed_temperature_and_length():
    model = CharacterModel("\nabcdef", hidden_size=6, seed=3)
    assert model.write(seed=1) == model.write(seed=1)
    assert len({model.write(seed=s, most=30) for s in range(8)}) > 1
    assert all(len(model.write(seed=s, most=12)) <= 12 for s in range(8))
    with torch.no_grad():
        model.head_b[0] = -1e9  # never ends by itself
    coldest, text, state = [model.write(seed=s, temperature=1e-4, most=9) for s in range(3)], "\n", None
    for _ in range(9):
        logits, state = model.read(torch.tensor([[model.characters.index(text[-1])]]), state)
        text += model.characters[int(logits[0, 0].argmax())]
    assert coldest == [text[1:]] * 3


def test_a_writer_learns_its_only_text():
    model = CharacterModel("\n helo", hidden_size=24)
    data = studies.caption_windows(["hello hello"] * 60, model.characters, length=24)
    fit(model, data, epochs=30, batch_size=10, lr=2e-2, loss=studies.next_character_loss)
    assert [model.write(seed=s, temperature=0.2) for s in range(3)] == ["hello hello"] * 3


@pytest.mark.parametrize(
    "words, call",
    [
        ("x: got torch.int64", lambda: SequenceClassifier(GRU(4, 5), 2)(torch.zeros(2, 3).long())),
        ("characters: got 'abc'", lambda: CharacterModel("abc")),
        ("characters: got", lambda: CharacterModel("\naa")),
        ("temperature: got 0", lambda: CharacterModel("\nab").write(seed=0, temperature=0)),
    ],
)
def test_bad_input_is_named(words, call):
    with pytest.raises(ValueError, match=words):
        call()
