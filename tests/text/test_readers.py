"""Models that read against torch's own layers; padding, order, gradients; windows and the tagger."""

import copy
import itertools

import pytest
import torch
from small_texts import FILLED, IDS, SIZE, numbers, readers
from torch import nn
from torch.nn import functional as F

from mmcourse import text as lesson
from mmcourse.engine import fit_many, generator
from mmcourse.training import fit


def test_masked_mean_as_a_loop():
    real = [[1, 1, 1, 1, 1], [1, 0, 0, 0, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0]]
    x, mask = numbers(4, 5, 3), torch.tensor(real).bool()
    wanted = torch.stack([x[b][mask[b]].mean(0) if mask[b].any() else torch.zeros(3) for b in range(4)])
    torch.testing.assert_close(lesson.masked_mean(x, mask), wanted)
    for wrong in (mask[:, :4], mask[0]):
        with pytest.raises(ValueError, match="mask"):
            lesson.masked_mean(x, wrong)


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
    bad = ((IDS[0], 1, ValueError, "ids"), (IDS, -1, ValueError, "reach"), (IDS, 1.0, TypeError, "reach"))
    for ids, reach, error, name in bad:
        with pytest.raises(error, match=f"{name}: got"):
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
