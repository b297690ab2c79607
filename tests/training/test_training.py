"""Lesson 02 against torch.optim, autograd, SciPy and training without an interruption; its views and panels."""

from __future__ import annotations

import itertools
import math
import os
import random
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import assert_redraw_is_exact, drive, pixels, settle
from scipy import ndimage
from torch import nn
from torch.nn import functional as F

from mmcourse import training
from mmcourse.datasets import digits
from mmcourse.engine import History, fit_many, generator, load_best, mean_interval, read_checkpoint
from mmcourse.engine.checkpoint import write_checkpoint
from mmcourse.engine.loop import BestWeights
from mmcourse.neurons import MLP
from mmcourse.training import Optimiser, fit
from mmcourse.training.pictures import descent as demos
from mmcourse.training.pictures import held_back as held

RULES = {
    "gd": (training.gd_step, torch.optim.SGD, {}),
    "momentum": (training.momentum_step, torch.optim.SGD, {"momentum": "momentum"}),
    "rmsprop": (training.rmsprop_step, torch.optim.RMSprop, {"beta": "alpha", "eps": "eps"}),
    "adam": (training.adam_step, torch.optim.Adam, {"eps": "eps"}),
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
    if rule == "adam":
        ours |= {"beta1": rng.choice([0.0, 0.5, 0.9]), "beta2": rng.choice([0.0, 0.9, 0.999])}
        theirs["betas"] = (ours["beta1"], ours["beta2"])
    return ours, theirs


def normal(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


# ------------------------------------------------------------ optimisers


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


# ------------------------------------------------------------ first weights, penalties, dropout, patience


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


def test_penalties_and_their_slopes():
    layers = [normal(4, 3, seed=1).requires_grad_(), normal(3, seed=2).requires_grad_()]
    flat = torch.cat([w.detach().flatten() for w in layers])
    assert training.l2_penalty(layers).item() == pytest.approx(float(flat.norm() ** 2 / 2))
    assert training.l1_penalty(layers).item() == pytest.approx(float(flat.norm(1)))
    g = normal(4, 3, seed=5)
    (slope,) = torch.autograd.grad((g * layers[0]).sum() + 0.3 * training.l2_penalty(layers[:1]), layers[:1])
    assert torch.allclose(training.l2_gradient(layers[0].detach(), g, 0.3), slope)
    (slope,) = torch.autograd.grad(training.l1_penalty(layers[:1]), layers[:1])
    assert torch.equal(slope, layers[0].detach().sign())
    with pytest.raises(ValueError, match="strength"):
        training.l2_gradient(g, g, -1.0)
    with pytest.raises(ValueError, match=r"\(4, 3\), \(3,\)"):
        training.l2_gradient(g, g[0], 0.1)


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.95])
def test_dropout_is_that_of_torch_for_the_same_mask(p):
    x = (normal(300, 40).abs() + 0.1).requires_grad_()
    ours = training.dropout(x, p, torch.rand(300, 40, generator=generator(2)))
    kept = ours != 0
    assert float(kept.float().mean()) == pytest.approx(1 - p, abs=0.02)
    assert torch.allclose(ours[kept], x[kept] / (1 - p))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = F.dropout(x, p)
    both = kept & (theirs != 0)
    assert torch.allclose(ours[both], theirs[both])
    ours.sum().backward()
    assert torch.allclose(x.grad, kept / (1 - p))


@pytest.mark.parametrize("p", [-0.1, 1.0, math.nan])
def test_dropout_refuses_shares_that_are_none(p):
    with pytest.raises(ValueError, match="p = "):
        training.dropout(torch.ones(2), p, torch.ones(2))


def test_dropout_refuses_noise_of_another_shape():
    with pytest.raises(ValueError, match=r"noise \(3,\)"):
        training.dropout(torch.ones(2), 0.5, torch.ones(3))


def test_patience_ends_where_its_definition_says():
    def by_definition(losses, patience):
        for epoch in range(1, len(losses) + 1):
            if epoch - 1 - int(np.argmin(losses[:epoch])) >= patience:
                return epoch
        return None

    rng = np.random.default_rng(0)
    for _ in range(300):
        losses, patience = rng.integers(0, 6, rng.integers(1, 12)).tolist(), int(rng.integers(1, 5))
        assert training.patience_ends(losses, patience) == by_definition(losses, patience)
    assert training.patience_ends([math.nan] * 5, 3) == 3  # a loss that is no number is no progress
    assert training.patience_ends([], 1) is None
    with pytest.raises(ValueError, match="patience: got 0"):
        training.patience_ends([1.0], 0)


# ------------------------------------------------------------ the loop


def data(count: int = 60, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    x = normal(count, 6, seed=seed)
    return x, (x[:, :3] + 0.5 * normal(count, 3, seed=seed + 1)).argmax(1)


class Noisy(nn.Module):
    """A small network that draws masks of dropout, and has a buffer."""

    def __init__(self, seed: int = 0, p: float = 0.4) -> None:
        super().__init__()
        rng = generator(seed)
        self.first, self.last = (nn.Parameter(0.4 * torch.randn(s, generator=rng)) for s in ((6, 9), (9, 3)))
        self.register_buffer("p", torch.tensor(p))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = torch.tanh(x @ self.first)
        return (training.dropout(hidden, self.p, torch.rand_like(hidden)) if self.training else hidden) @ self.last


def same(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_a_penalty_in_the_loss_is_weight_decay():
    one, other = Noisy(p=0.0), Noisy(p=0.0)
    fit(
        one,
        data(),
        epochs=3,
        batch_size=20,
        optimiser=partial(torch.optim.SGD, lr=0.1),
        penalty=lambda weights, buffers: 0.05 * training.l2_penalty(weights.values()) + buffers["p"],
    )
    history = fit(other, data(), epochs=3, batch_size=20, optimiser=partial(torch.optim.SGD, lr=0.1, weight_decay=0.05))
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    plain = fit(Noisy(p=0.0), data(), epochs=1, lr=0.0, penalty=lambda w, b: 5.0 + 0 * w["first"].sum())
    assert plain.train_loss[0] == pytest.approx(fit(Noisy(p=0.0), data(), epochs=1, lr=0.0).train_loss[0])
    assert len(history.train_loss) == 3


def test_dropout_depends_on_the_seed_alone_and_leaves_the_global_state():
    first, second, other = Noisy(), Noisy(), Noisy()
    before = torch.get_rng_state()
    fit(first, data(), epochs=3, seed=1)
    assert torch.equal(before, torch.get_rng_state())
    with torch.random.fork_rng():
        torch.manual_seed(123)
        fit(second, data(), epochs=3, seed=1)
        fit(other, data(), epochs=3, seed=2)
    assert same(first, second) and not same(first, other)


def test_the_global_state_is_put_back_after_an_error_too():
    def fails(outputs, labels):
        raise ZeroDivisionError

    before = torch.get_rng_state()
    with pytest.raises(ZeroDivisionError):
        fit(Noisy(), data(), loss=fails)
    assert torch.equal(before, torch.get_rng_state())


def test_early_stopping_is_a_shorter_run_with_its_best_weights():
    train, valid = data(20), data(40, seed=5)
    early, short = Noisy(), Noisy()
    history = fit(early, train, valid, epochs=200, lr=0.1, patience=4)
    ended = len(history.valid_loss)
    assert ended < 200 and training.patience_ends(history.valid_loss, 4) == ended
    fit(short, train, valid, epochs=ended, lr=0.1, keep_best=True)
    assert same(early, short)
    loss = float(F.cross_entropy(early.eval()(valid[0]), valid[1]).detach())
    assert loss == pytest.approx(min(history.valid_loss), abs=1e-6)


def test_patience_needs_something_to_watch():
    with pytest.raises(ValueError, match="patience: got 3 and no validation data"):
        fit(Noisy(), data(), patience=3)
    with pytest.raises(ValueError, match="patience: got 0"):
        fit(Noisy(), data(), data(), patience=0)
    with pytest.raises(TypeError, match="patience: got 1.5"):
        fit(Noisy(), data(), data(), patience=1.5)


# ------------------------------------------------------------ interruption and resumption

WAYS = {
    "adam": {},
    "momentum": {"optimiser": partial(Optimiser, rule="momentum", lr=0.05)},
    "our adam": {"optimiser": partial(Optimiser, rule="adam", lr=0.02, decay=0.01)},
    "best": {"valid": data(30, seed=9), "keep_best": True, "lr": 0.1},
    "patience": {"valid": data(30, seed=9), "patience": 3, "lr": 0.1},
}


def unplugged(after: int):
    """An interruption after so many epochs, between two of them."""

    def callback(done, epochs, history):
        if done == after:
            raise KeyboardInterrupt

    return callback


def unplugged_within(steps: int):
    """A loss that is interrupted in the middle of an epoch."""
    count = itertools.count(1)

    def loss(outputs, labels):
        if next(count) == steps:
            raise KeyboardInterrupt
        return F.cross_entropy(outputs, labels)

    return loss


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("cut", [1, 4, "within"])
def test_resumed_is_uninterrupted(way, cut, tmp_path):
    whole, broken, resumed = Noisy(), Noisy(), Noisy(seed=5)
    options = {"epochs": 9, "batch_size": 16, "seed": 3, **WAYS[way]}
    expected = fit(whole, data(), **options)
    stop = {"loss": unplugged_within(11)} if cut == "within" else {"callback": unplugged(cut)}
    first = fit(broken, data(), checkpoint=tmp_path / "run.pt", **options, **stop)
    assert first.interrupted
    history = fit(resumed, data(), checkpoint=tmp_path / "run.pt", **options)
    assert same(whole, resumed) and history == expected


def test_a_run_can_be_cut_many_times_and_made_longer(tmp_path):
    whole, path = Noisy(), tmp_path / "run.pt"
    fit(whole, data(), epochs=8)
    for cut in range(1, 8):
        fit(Noisy(seed=cut - 1), data(), epochs=5 if cut < 5 else 8, checkpoint=path, callback=unplugged(cut))
    last = Noisy(seed=99)
    fit(last, data(), epochs=8, checkpoint=path)
    again = Noisy(seed=98)
    told = []
    history = fit(again, data(), epochs=8, checkpoint=path, callback=lambda *a: told.append(a))
    assert same(whole, last) and same(whole, again) and told == [] and len(history.train_loss) == 8


def test_an_interrupted_model_has_its_best_weights_and_so_has_the_file(tmp_path):
    valid, model = data(30, seed=9), Noisy()
    history = fit(model, data(20), valid, epochs=60, lr=0.2, callback=unplugged(40), checkpoint=tmp_path / "run.pt")
    other = load_best(Noisy(seed=7), tmp_path / "run.pt")
    assert same(model, other)
    loss = float(F.cross_entropy(other.eval()(valid[0]), valid[1]).detach())
    assert loss == pytest.approx(min(history.valid_loss), abs=1e-6) and loss < history.valid_loss[-1]
    with pytest.raises(ValueError, match="model: does not fit; 'run.pt' holds"):
        load_best(MLP(), tmp_path / "run.pt")


@pytest.fixture
def run(tmp_path) -> Path:
    """The file of a run of two epochs."""
    fit(Noisy(), data(), epochs=2, checkpoint=tmp_path / "run.pt")
    return tmp_path / "run.pt"


def refused(path: Path, words: str, model: nn.Module | None = None, **options: object) -> None:
    """Training with this file is refused in these words, and the file stays as it was."""
    before = path.read_bytes()
    with pytest.raises(ValueError, match=words):
        fit(model or Noisy(), data(), **{"epochs": 3, "checkpoint": path, **options})
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_refused(run, share):
    run.write_bytes(run.read_bytes()[: int(share * run.stat().st_size)])
    refused(run, "checkpoint: 'run.pt' is damaged or is no checkpoint of this course. It was left as it is")


def test_a_changed_byte_is_noticed_wherever_it_is(run):
    good = run.read_bytes()
    state = read_checkpoint(run)["model"]
    for place in np.linspace(0, len(good) - 1, 60).astype(int):
        bad = bytearray(good)
        bad[place] ^= 0xFF
        run.write_bytes(bytes(bad))
        try:
            found = read_checkpoint(run)["model"]
        except ValueError as error:
            assert "damaged" in str(error)
        else:  # a byte of the padding or of a date: nothing that was saved has changed
            assert all(torch.equal(state[name], found[name]) for name in state)


class Bomb:
    """Runs a command when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("exploded",)


@pytest.mark.parametrize("content", ["words", "numbers", "tensor", "half", "bomb", "legacy bomb"])
def test_files_of_others_are_refused_and_never_run(content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "notes.pt"
    if content == "words":
        path.write_text("my diary")
    elif content == "numbers":
        np.savez(tmp_path / "notes.npz", a=np.arange(3)), (tmp_path / "notes.npz").rename(path)
    elif content == "tensor":
        torch.save({"weights": torch.ones(3)}, path)
    elif content == "half":
        write_checkpoint(path, {"model": {}})
    else:
        torch.save({"format": Bomb()}, path, _use_new_zipfile_serialization=content == "bomb")
    refused(path, "checkpoint: 'notes.pt' is damaged or is no checkpoint")


@pytest.mark.parametrize(
    "options, words",
    [
        ({"model": MLP(6, 9, 3)}, "holds a run with weights"),
        ({"model": Noisy(), "seed": 1}, "holds a run with seed 0, and this one has 1"),
        ({"model": Noisy(), "batch_size": 7}, "batch_size 100, and this one has 7"),
        ({"model": Noisy(), "lr": 0.5}, "holds a run with optimiser"),
        ({"model": Noisy(), "optimiser": partial(Optimiser, rule="adam")}, "holds a run with optimiser"),
        ({"model": Noisy(), "valid": data(9)}, "valid None, and this one has 9"),
    ],
)
def test_a_run_of_another_kind_is_refused(run, options, words):
    refused(run, f"checkpoint: 'run.pt' .*{words}", **options)


def test_a_run_on_other_data_is_refused(run):
    with pytest.raises(ValueError, match="samples 60, and this one has 61"):
        fit(Noisy(), data(61), checkpoint=run)


def test_a_place_where_no_file_can_be_is_refused_before_training(tmp_path):
    for path in (tmp_path, tmp_path / "no folder" / "run.pt"):
        with pytest.raises(ValueError, match="expected the name of a file in a folder that exists"):
            fit(Noisy(), data(), checkpoint=path)
    with pytest.raises(ValueError, match="there is no file 'lost.pt'"):
        load_best(Noisy(), tmp_path / "lost.pt")


@pytest.mark.parametrize("broken", ["torch.save", "os.replace"])
@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_save_that_fails_leaves_the_old_file_and_no_other(run, monkeypatch, broken, error):
    before = run.read_bytes()

    def fails(*_args, **_more):
        raise error

    monkeypatch.setattr(broken, fails)
    with pytest.raises(error):
        write_checkpoint(run, {"model": {}})
    assert run.read_bytes() == before and list(run.parent.iterdir()) == [run]


# ------------------------------------------------------------ many side by side: strengths, masks, patience


def test_networks_held_back_side_by_side_are_those_alone():
    plans = [{"l1": 0.01, "l2": 0.0}, {"l1": 0.0, "l2": 0.05}, {"l1": 0.003, "l2": 0.1}, {"l1": 0.0, "l2": 0.0}]
    together, alone = ([held.HeldBackMLP(seed, **plan) for seed, plan in enumerate(plans)] for _ in range(2))
    sets, options = [held.hundred_digits(seed) for seed in range(4)], {"epochs": 4, "batch_size": 40}
    fit_many(together, sets, penalty=held.held_back_penalty, **options)
    for seed, (one, other) in enumerate(zip(together, alone, strict=True)):
        fit(other, sets[seed], seed=seed, penalty=held.held_back_penalty, **options)
        assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_each_network_gets_the_share_of_dropout_and_the_shifts_of_its_own():
    seen = {}

    class Spy(held.HeldBackMLP):
        def forward(self, images):
            return super().forward(images)

    shares = (0.0, 0.3, 0.8)
    models = [Spy(0, drop=p) for p in shares]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        stacked = torch.func.stack_module_state(models)

        def hidden(weights, buffers):
            ones = torch.ones(400, 64)
            return training.dropout(ones, buffers["drop"], torch.rand_like(ones))

        masks = torch.func.vmap(hidden, randomness="different")(*stacked)
    for p, mask in zip(shares, masks, strict=True):
        seen[p] = float((mask == 0).float().mean())
        assert seen[p] == pytest.approx(p, abs=0.02) and float(mask.mean()) == pytest.approx(1, abs=0.05)


def test_one_held_back_network_in_a_stack_is_the_one_alone_mask_by_mask():
    options = {"epochs": 3, "batch_size": 30}
    for plan in ({"drop": 0.4}, {"reach": 0.8}):
        one, other = held.HeldBackMLP(2, **plan), held.HeldBackMLP(2, **plan)
        fit_many([one], held.hundred_digits(0), seeds=[4], **options)
        fit(other, held.hundred_digits(0), seed=4, **options)
        assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_with_the_same_masks_a_stack_of_dropouts_is_each_alone():
    plans, (images, labels) = (0.0, 0.3, 0.7), held.hundred_digits(1)
    models, hand = ([held.HeldBackMLP(seed, drop=p) for seed, p in enumerate(plans)] for _ in range(2))
    fit_many(models, (images, labels), epochs=1, batch_size=100, optimiser=partial(torch.optim.SGD, lr=0.1))
    with torch.random.fork_rng():
        torch.manual_seed(0 ^ 0x5EED)
        noise = torch.rand(3, 100, 64)  # what the stack drew for its three networks
    for e, (model, p) in enumerate(zip(hand, plans, strict=True)):
        rows = torch.randperm(100, generator=generator(e))
        h = torch.relu(images[rows].flatten(1) @ model.w1 + model.b1)
        F.cross_entropy((h * (noise[e] >= p) / (1 - p)) @ model.w2 + model.b2, labels[rows]).backward()
        for a, b in zip(models[e].parameters(), model.parameters(), strict=True):
            assert torch.allclose(a, b - 0.1 * b.grad, atol=1e-5)


def test_early_stopping_side_by_side_is_each_alone():
    valid, sets = data(40, seed=5), [data(20, seed=s) for s in range(3)]
    together, alone = ([Noisy(s, p=0.0) for s in range(3)] for _ in range(2))
    histories = fit_many(together, sets, valid, epochs=120, lr=0.1, patience=[2, 5, 9])
    for s, (one, other, history) in enumerate(zip(together, alone, histories, strict=True)):
        single = fit(other, sets[s], valid, epochs=120, lr=0.1, patience=(2, 5, 9)[s], seed=s)
        assert len(history.valid_loss) == len(single.valid_loss) < 120
        assert history.valid_loss == pytest.approx(single.valid_loss, abs=1e-4)
        assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert len({len(history.valid_loss) for history in histories}) > 1


def test_a_network_that_has_stopped_keeps_its_weights_though_it_would_be_better_later():
    weights = {"w": torch.zeros(2, 3)}
    best = BestWeights(weights, torch.tensor([1.0, 3.0]))
    for epoch, losses in enumerate([[1.0, 1.0], [2.0, 2.0], [0.5, 0.5]], start=1):
        weights["w"].fill_(epoch)
        best.offer(weights, (torch.tensor(losses), None))
    assert best.weights["w"][:, 0].tolist() == [1.0, 3.0] and best.going.tolist() == [False, True]


def test_many_keep_their_best_and_validate_without_dropout():
    valid, models = data(40, seed=5), [Noisy(s) for s in range(3)]
    histories = fit_many(models, data(20), valid, epochs=60, lr=0.2, keep_best=True)
    for model, history in zip(models, histories, strict=True):
        loss = float(F.cross_entropy(model.eval()(valid[0]), valid[1]).detach())
        assert loss == pytest.approx(min(history.valid_loss), abs=1e-5) and len(history.valid_loss) == 60


def test_many_draw_their_masks_from_the_seeds_alone():
    first, second, before = [Noisy(0), Noisy(1)], [Noisy(0), Noisy(1)], torch.get_rng_state()
    fit_many(first, data(), epochs=2)
    assert torch.equal(before, torch.get_rng_state())
    with torch.random.fork_rng():
        torch.manual_seed(77)
        fit_many(second, data(), epochs=2)
    assert same(first[0], second[0]) and same(first[1], second[1])


def test_patience_for_many_must_fit():
    with pytest.raises(ValueError, match="patience: got 3 numbers for 2 models"):
        fit_many([Noisy(), Noisy()], data(), data(), patience=[1, 2, 3])
    with pytest.raises(ValueError, match="patience: got 1 and no validation data"):
        fit_many([Noisy()], data(), patience=1)


# ------------------------------------------------------------ the experiment on 100 digits


def test_moved_pictures_are_those_of_scipy():
    images = digits.load("test").images[:6]
    shifts = 2 * torch.rand(6, 1, 1, 2, generator=generator(0)) - 1
    moved = held.moved(images, shifts)
    for image, shift, result in zip(images[:, 0].double(), shifts, moved[:, 0], strict=True):
        padded = np.pad(image.numpy(), 3)
        wanted = ndimage.shift(padded, shift.flatten().double().numpy(), order=1)[3:-3, 3:-3]
        assert np.allclose(result.numpy(), wanted, atol=1e-5)
    one = held.moved(images, torch.tensor([1.0, 0.0]).expand(6, 1, 1, 2))
    assert torch.allclose(one[:, :, 1:], images[:, :, :-1]) and not one[:, :, 0].any()
    assert torch.equal(held.moved(images, torch.zeros(6, 1, 1, 2)), images)


def test_a_hundred_digits_are_drawn_by_the_seed_with_wrong_labels_where_wanted():
    (images, clean), (again, dirty) = held.hundred_digits(3), held.hundred_digits(3, wrong=20)
    assert images.shape == (100, 1, 8, 8) and torch.equal(images, again)
    assert (clean != dirty)[:20].all() and torch.equal(clean[20:], dirty[20:])
    assert not torch.equal(images, held.hundred_digits(4)[0])


@pytest.fixture(scope="module")
def scores() -> dict[bool, held.Scores]:
    return held._quick()


def test_the_experiment_gives_every_method_every_strength(scores):
    found = scores[True]
    assert [method for method, strength in found].count("L2") == 2 and ("nothing", 0.0) in found
    assert {method for method, _ in found} == {"nothing", *held.STRENGTHS}
    assert all(len(runs) == 2 and 0 <= min(runs) <= max(runs) <= 1 for row in found.values() for runs in row.values())
    assert min(found["nothing", 0.0]["train"]) > 0.95  # it learns its wrong labels by heart
    assert held.chosen_strengths(found)["L2"] in held.STRENGTHS["L2"]
    best = max((one for one in found if one[0] == "L2"), key=lambda one: np.mean(found[one]["valid"]))
    assert held.chosen_strengths(found)["L2"] == best[1]


def test_the_panel_over_the_strength(scores):
    panel = held.regularisation_panel(scores)
    assert all(drive(panel).values())
    view = held.RegularisationView(scores)
    values = {"method": "dropout", "strength": 2, "wrong": False}
    settle(view, **values)
    assert_redraw_is_exact(view, **values)
    strength = [one for one in scores[False] if one[0] == "dropout"][1]
    assert view.bars[1].get_height() == pytest.approx(100 * np.mean(scores[False][strength]["test"]))
    assert view.lines["train"].get_ydata()[0] == pytest.approx(100 * np.mean(scores[False]["nothing", 0.0]["train"]))
    assert held.regularisation(scores, **values).png


# ------------------------------------------------------------ the race


@pytest.mark.parametrize("surface", demos.SURFACES)
def test_gradients_of_the_surfaces_are_those_of_nudging(surface):
    place, points = demos.SURFACES[surface], np.random.default_rng(0).uniform(-2, 2, (50, 2))
    for axis in range(2):
        nudge = 1e-6 * np.eye(2)[axis]
        slope = (place.height(points + nudge) - place.height(points - nudge)) / 2e-6
        assert np.allclose(place.gradient(points)[:, axis], slope, atol=1e-4)
    assert place.height(np.array(place.goal)) == pytest.approx(0) and (place.height(points) >= 0).all()
    assert np.allclose(place.gradient(np.array(place.goal)), 0)


@pytest.mark.parametrize("runner", [runner for runner in demos.RUNNERS if runner != "sgd"])
@pytest.mark.parametrize("surface", demos.SURFACES)
def test_a_race_is_the_walk_of_torchs_optimiser(surface, runner):
    _, make, words = RULES[runner]
    more = {"momentum": 0.7} if "momentum" in words else {"betas": (0.7, 0.999)} if runner == "adam" else {}
    place, rate = demos.SURFACES[surface], 0.002
    w = torch.tensor(place.start, dtype=torch.float64, requires_grad=True)
    optimiser = make([w], lr=rate, **more)
    for wanted in demos.race(surface, runner, rate, 0.7)[1:]:
        w.grad = torch.from_numpy(place.gradient(w.detach().numpy()))
        optimiser.step()
        assert np.allclose(wanted, w.detach().numpy(), atol=1e-10)


def test_races_at_many_rates_are_the_single_ones_and_best_rates_never_fly_off():
    for surface, runner in itertools.product(demos.SURFACES, demos.RUNNERS):
        ways = demos.race(surface, runner, demos.RATES[:20:5])
        for k, rate in enumerate(demos.RATES[:20:5]):
            assert np.allclose(ways[:, k], demos.race(surface, runner, rate), equal_nan=True)
        best = demos.race(surface, runner, demos.best_rate(surface, runner))
        assert demos.SURFACES[surface].height(best).max() <= demos.FAR


def test_gd_flies_off_beyond_two_over_the_curvature():
    heights = [demos.SURFACES["ravine"].height(demos.race("ravine", "gd", rate))[-1] for rate in (0.019, 0.021)]
    assert heights[0] < 0.1 < 10 < heights[1]


def test_turning_the_ravine_takes_the_lead_from_rmsprop_and_not_from_momentum():
    ends = {
        (surface, runner): demos.SURFACES[surface].height(demos.race(surface, runner, rate))[-1]
        for surface, runner in itertools.product(("ravine", "turned ravine"), demos.RUNNERS)
        for rate in [demos.best_rate(surface, runner)]
    }
    for surface in ("ravine", "turned ravine"):
        assert ends[surface, "momentum"] < ends[surface, "gd"] / 50
    assert ends["ravine", "rmsprop"] < 1e-20 and ends["turned ravine", "rmsprop"] > ends["turned ravine", "gd"] / 5


def test_the_race_panel_holds_over_its_range_and_says_who_flew_off():
    panel = demos.optimiser_race_panel()
    assert all(changed for name, changed in drive(panel).items() if name != "momentum")
    panel.controls["runner"].value = "momentum"
    assert drive(panel)["momentum"]
    view = demos.RaceView()
    for surface, runner in itertools.product(demos.SURFACES, [*demos.RUNNERS, *demos.ALL]):
        view.png(surface=surface, runner=runner, power=0.5, momentum=0.99)
    view.png(surface="ravine", runner="gd", power=0.5, momentum=0.9)
    assert view.words.get_text() == "GD, rate 3.2: flew off"
    values = {"surface": "Rosenbrock", "runner": "all, best rates", "power": -2.0, "momentum": 0.9}
    settle(view, **values)
    assert_redraw_is_exact(view, **values)
    way = demos.race("Rosenbrock", "gd", demos.best_rate("Rosenbrock", "gd"))
    assert np.allclose(np.array(view.ways["gd"].get_data()).T, way)


def test_still_pictures_have_ink_and_a_sensible_size():
    history = History(3, [2.0, 1.0, 0.5], [2.1, 1.5, 1.7], [0.3, 0.5, 0.4])
    band = {0.01: mean_interval([0.5, 0.6]), 0.1: mean_interval([0.9, 0.92])}
    row = {"train": [1.0, 0.99], "valid": [0.8, 0.82], "test": [0.8, 0.83]}
    found = {("nothing", 0.0): row, **{(m, s): row for m, all_of in held.STRENGTHS.items() for s in all_of}}
    stills = [
        demos.learning_curves({"a": [0.1, 0.5], "b": [0.2, 0.1]}),
        demos.overfitting({"one": history, "two": history}),
        demos.saturation(-4.0),
        demos.optimiser_race("saddle", "all, same rate", 0.1),
        demos.rates_picture({"gd": band, "adam": band}),
        demos.noise_picture([1, 4, 16], [4.0, 2.0, 1.0], [4.1, 2.05, 1.02]),
        demos.spreads_picture({"0.1": [1.0, 0.5, 0.2]}),
        held.side_by_side_picture({"clean": found, "wrong": found}),
        held.augmented_picture(digits.load("test").images),
    ]
    for still in stills:
        assert pixels(still.png).std() > 5 and still.size[0] <= 800 and still.alt
