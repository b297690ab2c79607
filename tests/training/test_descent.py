"""First weights and optimisers against ``torch.nn.init`` and ``torch.optim``, step by step."""

import math
import random

import pytest
import torch
from small_models import normal
from torch import nn
from torch.nn import functional as F

from mmcourse import training
from mmcourse.engine import generator
from mmcourse.neurons import MLP
from mmcourse.training import Optimiser, adam_step, adamw_step, gd_step, momentum_step, rmsprop_step

RULES = {
    "gd": (gd_step, torch.optim.SGD, {}),
    "momentum": (momentum_step, torch.optim.SGD, {"momentum": "momentum"}),
    "rmsprop": (rmsprop_step, torch.optim.RMSprop, {"beta": "alpha", "eps": "eps"}),
    "adam": (adam_step, torch.optim.Adam, {"eps": "eps"}),
    "adamw": (adamw_step, torch.optim.AdamW, {"eps": "eps"}),
}
SHAPES = [(), (1,), (7,), (3, 1), (2, 3, 5)]


def drawn_options(rule: str, seed: int) -> tuple[dict[str, float], dict[str, object]]:
    """Random hyper-parameters in our words and in torch's."""
    rng = random.Random(seed)
    ours = {"lr": 10 ** rng.uniform(-4, -1), "decay": rng.choice([0.0, 10 ** rng.uniform(-4, 0)])}
    theirs: dict[str, object] = {"lr": ours["lr"], "weight_decay": ours["decay"]}
    for name, word in RULES[rule][2].items():
        ours[name] = 10 ** rng.uniform(-10, -2) if name == "eps" else rng.choice([0.0, 0.3, 0.9, 0.99])
        theirs[word] = ours[name]
    if rule in ("adam", "adamw"):
        ours |= {"beta1": rng.choice([0.0, 0.5, 0.9]), "beta2": rng.choice([0.0, 0.9, 0.999])}
        theirs["betas"] = (ours["beta1"], ours["beta2"])
    return ours, theirs


@pytest.mark.parametrize("dtype, tolerance", [(torch.float32, 1e-5), (torch.float64, 1e-10)])
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("rule", RULES)
def test_every_step_is_that_of_torch(rule, seed, dtype, tolerance):
    step, make, _ = RULES[rule]
    ours, theirs = drawn_options(rule, seed)
    shape = SHAPES[seed % len(SHAPES)]
    w, memory = normal(*shape, seed=seed, dtype=dtype), ()
    other = w.clone().requires_grad_()
    optimiser = make([other], **theirs)
    for k in range(120):
        other.grad = normal(*shape, seed=1000 * seed + k, dtype=dtype) + 0.1 * other.detach()  # noise on a slope
        before, grad = other.detach().clone(), other.grad.clone()
        optimiser.step()
        w, *memory = step(w, grad, *memory, **ours)
        far = max(1.0, other.abs().max().item(), before.abs().max().item())  # rounding grows with the numbers
        assert w.dtype == dtype and (w - other).abs().max().item() < tolerance * far, k


@pytest.mark.parametrize("rule", RULES)
def test_an_optimiser_object_does_what_its_function_does_and_what_torch_does(rule):
    ours, theirs = drawn_options(rule, 3)
    one, other = MLP(8, 5, 3, seed=1), MLP(8, 5, 3, seed=1)
    mine, make = Optimiser(one.parameters(), rule, **ours), RULES[rule][1](other.parameters(), **theirs)
    x, y = normal(20, 8), torch.arange(20) % 3
    for _ in range(60):
        for model, optimiser in ((one, mine), (other, make)):
            optimiser.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimiser.step()
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-5)


def test_an_optimiser_leaves_parameters_without_gradient_alone():
    used, unused = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    used.sum().backward()
    optimiser = Optimiser([used, unused], "momentum", lr=0.5)
    optimiser.step()
    assert torch.equal(unused.detach(), torch.ones(2)) and torch.equal(used.detach(), torch.full((2,), 0.5))


def test_inputs_of_a_step_are_not_changed():
    for (
        rule,
        (step, *_),
    ) in zip(RULES, RULES.values(), strict=True):
        w, g = torch.ones(3), torch.full((3,), 2.0)
        _, *memory = step(w, g)
        kept = [m.clone() if isinstance(m, torch.Tensor) else m for m in memory]
        step(w, g, *memory)
        assert torch.equal(w, torch.ones(3)) and torch.equal(g, torch.full((3,), 2.0)), rule
        assert all(torch.equal(torch.as_tensor(a), torch.as_tensor(b)) for a, b in zip(memory, kept, strict=True))


def test_what_the_text_books_say_of_the_five():
    w, g = torch.tensor([1.0, 1.0]), torch.tensor([3.0, -0.001])
    first = training.adam_step(w, g, lr=0.1)[0]
    assert torch.allclose(first, torch.tensor([0.9, 1.1]), atol=1e-5)  # the first step is as long as the rate
    speed = 0.0
    for _ in range(300):
        _, speed = training.momentum_step(w, g, speed, momentum=0.9)
    assert torch.allclose(speed, 10 * g)
    assert torch.allclose(training.gd_step(w, torch.zeros(2), lr=0.1, decay=0.5)[0], 0.95 * w)


@pytest.mark.parametrize(
    "rule, options, message",
    [
        ("sgdm", {}, "rule: got 'sgdm', expected one of gd"),
        ("gd", {"momentum": 0.9}, "momentum: got 0.9; gd takes lr, decay"),
        ("adam", {"beta1": 1.0}, "beta1: got 1.0"),
        ("momentum", {"momentum": -0.1}, "momentum: got -0.1"),
        ("rmsprop", {"lr": -1.0}, "lr: got -1.0"),
        ("gd", {"lr": math.nan}, "lr: got nan"),
    ],
)
def test_unusable_optimisers_are_refused(rule, options, message):
    with pytest.raises(ValueError, match=message):
        Optimiser([nn.Parameter(torch.ones(1))], rule, **options)


@pytest.mark.parametrize("inputs, outputs", [(1, 1), (64, 10), (7, 300)])
def test_first_spreads_are_those_of_torch(inputs, outputs):
    assert training.first_spread(inputs, outputs, "kaiming") == pytest.approx(
        nn.init.calculate_gain("relu") / inputs**0.5
    )
    weight = torch.empty(outputs, inputs)
    drawn = [nn.init.xavier_normal_(weight, generator=generator(s)).square().mean().sqrt() for s in range(200)]
    assert float(torch.stack(drawn).square().mean().sqrt()) == pytest.approx(
        training.first_spread(inputs, outputs, "xavier"), rel=0.2
    )


def test_kaiming_keeps_the_signal_and_half_of_it_does_not():
    def size(spread):
        rng, x = generator(3), torch.randn(400, 100, generator=generator(4))
        for _ in range(30):
            x = torch.relu(x @ (spread * torch.randn(100, 100, generator=rng)))
        return float(x.square().mean().sqrt())

    spread = training.first_spread(100, 100)
    assert 0.2 < size(spread) < 5 and size(spread / 2) < 1e-7 and size(2 * spread) > 1e7


def test_bad_first_spreads_are_refused():
    with pytest.raises(ValueError, match="rule: got 'he'"):
        training.first_spread(3, 3, "he")
    with pytest.raises(ValueError, match="inputs: got 0"):
        training.first_spread(0, 3)
