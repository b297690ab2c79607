"""First weights come from the seed alone, for every layer of torch that starts at random; what cannot be is refused."""

import numpy as np
import pytest
import torch
from torch import nn

from mmcourse.engine import generator, seeded

LAYERS = {
    "linear": lambda: nn.Linear(5, 7),
    "convolution": lambda: nn.Conv2d(2, 3, 3),
    "embedding": lambda: nn.Embedding(11, 4, padding_idx=0),
    "LSTM": lambda: nn.LSTM(3, 5, num_layers=2, bidirectional=True),
    "GRU": lambda: nn.GRU(3, 5),
    "RNN": lambda: nn.RNN(3, 5),
    "a cell": lambda: nn.LSTMCell(3, 5),
    "attention": lambda: nn.MultiheadAttention(8, 2),
    "a Transformer's layer": lambda: nn.TransformerEncoderLayer(8, 2, 16),
    "normalisation": lambda: nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.GroupNorm(2, 4), nn.BatchNorm1d(4)),
    "bilinear": lambda: nn.Bilinear(2, 3, 4),
    "PReLU": lambda: nn.Sequential(nn.Linear(2, 2), nn.PReLU()),
    "a bag of words": lambda: nn.EmbeddingBag(9, 3),
    "its own numbers": lambda: Own(),
}


class Own(nn.Module):
    """Parameters and buffers that the model makes itself."""

    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, 4))
        self.scale = nn.Parameter(torch.full((2,), 3.0))
        self.register_buffer("places", torch.arange(6.0).view(2, 3))
        self.register_buffer("mask", torch.ones(2, 2).tril().bool())


def numbers(model):
    return {**dict(model.named_parameters()), **dict(model.named_buffers())}


def same(one, other):
    return all(torch.equal(value, numbers(other)[name]) for name, value in numbers(one).items())


@pytest.mark.parametrize("name", LAYERS)
def test_the_seed_alone_decides(name):
    before = torch.get_rng_state()
    first, second, other = (seeded(LAYERS[name], seed) for seed in (3, 3, 4))
    assert torch.equal(before, torch.get_rng_state())
    with torch.random.fork_rng():
        torch.manual_seed(77)
        third = seeded(LAYERS[name], 3)
    assert same(first, second) and same(first, third) and not same(first, other)
    assert all(p.requires_grad and p.device.type == "cpu" for p in first.parameters())


@pytest.mark.parametrize("name", LAYERS)
def test_first_weights_are_as_large_as_torchs_own(name):
    """The spread of each weight over many seeds, beside torch's over many draws."""
    ours = [numbers(seeded(LAYERS[name], seed)) for seed in range(120)]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = [numbers(LAYERS[name]()) for _ in range(120)]
    for weight in ours[0]:
        mine, own = (torch.stack([one[weight].detach().float() for one in many]) for many in (ours, theirs))
        if name == "bilinear":
            continue  # its range differs by which axis one calls the inputs
        assert float(mine.std()) == pytest.approx(float(own.std()), rel=0.2, abs=1e-6), weight
        assert float(mine.mean()) == pytest.approx(float(own.mean()), abs=0.25 * float(own.std()) + 1e-6), weight


def test_what_is_fixed_stays_as_it_is():
    own = seeded(Own, 0)
    assert own.scale.tolist() == [3.0, 3.0] and own.places.tolist() == [[0, 1, 2], [3, 4, 5]] and own.mask[1, 0]
    assert not seeded(LAYERS["embedding"], 1).weight[0].any()  # the row of padding
    norm = seeded(LAYERS["normalisation"], 1)
    assert norm[1].weight.tolist() == [1.0] * 4 and norm[3].running_var.tolist() == [1.0] * 4


def test_linear_layers_are_drawn_uniformly_from_the_seed():
    layer, rng = seeded(lambda: nn.Linear(16, 3), 5), generator(5)
    weight, bias = (torch.empty(shape).uniform_(-0.25, 0.25, generator=rng) for shape in ((3, 16), (3,)))
    assert torch.equal(layer.weight, weight) and torch.equal(layer.bias, bias)


def test_on_another_device_by_default_it_is_built_on_the_processor():
    with torch.device("meta"):
        layer = seeded(lambda: nn.Embedding(3, 2), 0)
    assert layer.weight.device.type == "cpu" and layer.weight.isfinite().all()


class ByNumpy(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.from_numpy(np.random.normal(size=3)))


RNG = generator(0)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (ByNumpy, ValueError, "make: gave other numbers in w the second time, expected those that the seed says"),
        (lambda: nn.ParameterList([torch.rand(2, generator=RNG)]), ValueError, "other numbers in 0 the second time"),
        (lambda: nn.LazyLinear(3), ValueError, "make: weight has no size yet"),
        (lambda: nn.Linear(2, 2, device="meta"), ValueError, "make: weight is on meta, expected the processor"),
        (lambda: 3, TypeError, "make: gave int, expected a model"),
    ],
)
def test_what_the_seed_cannot_decide_is_refused(make, error, words):
    with pytest.raises(error, match=words):
        seeded(make, 0)
