"""A run that is interrupted and resumed is the run without an interruption; a file of anything else is refused."""

import itertools
import os
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from small_models import Noisy, noisy_data
from torch import nn
from torch.nn import functional as F

from mmcourse.engine import load_best, read_checkpoint
from mmcourse.engine.checkpoint import write_checkpoint
from mmcourse.neurons import MLP
from mmcourse.training import Optimiser, fit


def same(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


WAYS = {
    "adam": {},
    "momentum": {"optimiser": partial(Optimiser, rule="momentum", lr=0.05)},
    "our adam": {"optimiser": partial(Optimiser, rule="adam", lr=0.02, decay=0.01)},
    "best": {"valid": noisy_data(30, seed=9), "keep_best": True, "lr": 0.1},
    "patience": {"valid": noisy_data(30, seed=9), "patience": 3, "lr": 0.1},
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
    expected = fit(whole, noisy_data(), **options)
    stop = {"loss": unplugged_within(11)} if cut == "within" else {"callback": unplugged(cut)}
    first = fit(broken, noisy_data(), checkpoint=tmp_path / "run.pt", **options, **stop)
    assert first.interrupted
    history = fit(resumed, noisy_data(), checkpoint=tmp_path / "run.pt", **options)
    assert same(whole, resumed) and history == expected


def test_a_run_can_be_cut_many_times_and_made_longer(tmp_path):
    whole, path = Noisy(), tmp_path / "run.pt"
    fit(whole, noisy_data(), epochs=8)
    for cut in range(1, 8):
        fit(Noisy(seed=cut - 1), noisy_data(), epochs=5 if cut < 5 else 8, checkpoint=path, callback=unplugged(cut))
    last = Noisy(seed=99)
    fit(last, noisy_data(), epochs=8, checkpoint=path)
    again = Noisy(seed=98)
    told = []
    history = fit(again, noisy_data(), epochs=8, checkpoint=path, callback=lambda *a: told.append(a))
    assert same(whole, last) and same(whole, again) and told == [] and len(history.train_loss) == 8


def test_an_interrupted_model_has_its_best_weights_and_so_has_the_file(tmp_path):
    valid, model = noisy_data(30, seed=9), Noisy()
    history = fit(
        model, noisy_data(20), valid, epochs=60, lr=0.2, callback=unplugged(40), checkpoint=tmp_path / "run.pt"
    )
    other = load_best(Noisy(seed=7), tmp_path / "run.pt")
    assert same(model, other)
    loss = float(F.cross_entropy(other.eval()(valid[0]), valid[1]).detach())
    assert loss == pytest.approx(min(history.valid_loss), abs=1e-6) and loss < history.valid_loss[-1]
    with pytest.raises(ValueError, match="model: does not fit; 'run.pt' holds"):
        load_best(MLP(), tmp_path / "run.pt")


@pytest.fixture
def run(tmp_path) -> Path:
    """The file of a run of two epochs."""
    fit(Noisy(), noisy_data(), epochs=2, checkpoint=tmp_path / "run.pt")
    return tmp_path / "run.pt"


def refused(path: Path, words: str, model: nn.Module | None = None, **options: object) -> None:
    """Training with this file is refused in these words, and the file stays as it was."""
    before = path.read_bytes()
    with pytest.raises(ValueError, match=words):
        fit(model or Noisy(), noisy_data(), **{"epochs": 3, "checkpoint": path, **options})
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


def test_a_file_of_the_course_before_scores_is_read(tmp_path):
    """Accuracy was the only score, the lowest loss a plain number, and nobody counted how long a model had waited."""
    whole, resumed, path = Noisy(), Noisy(seed=5), tmp_path / "run.pt"
    options = {"valid": noisy_data(30, seed=9), "keep_best": True, "lr": 0.1, "batch_size": 16, "seed": 3}
    fit(whole, noisy_data(), epochs=9, **options)
    fit(Noisy(), noisy_data(), epochs=4, checkpoint=path, **options)
    content = {name: value for name, value in read_checkpoint(path).items() if name != "format"}
    content["history"]["valid_accuracy"] = content["history"].pop("valid_score")
    content["best"] = {"lowest": float(content["best"]["lowest"]), "weights": content["best"]["weights"]}
    write_checkpoint(path, content)
    history = fit(resumed, noisy_data(), epochs=9, checkpoint=path, **options)
    assert same(whole, resumed) and len(history.valid_accuracy) == 9


@pytest.mark.parametrize(
    "options, words",
    [
        ({"model": MLP(6, 9, 3)}, "holds a run with weights"),
        ({"model": Noisy(), "seed": 1}, "holds a run with seed 0, and this one has 1"),
        ({"model": Noisy(), "batch_size": 7}, "batch_size 100, and this one has 7"),
        ({"model": Noisy(), "lr": 0.5}, "holds a run with optimiser"),
        ({"model": Noisy(), "optimiser": partial(Optimiser, rule="adam")}, "holds a run with optimiser"),
        ({"model": Noisy(), "valid": noisy_data(9)}, "valid None, and this one has 9"),
    ],
)
def test_a_run_of_another_kind_is_refused(run, options, words):
    refused(run, f"checkpoint: 'run.pt' .*{words}", **options)


def test_a_run_on_other_data_is_refused(run):
    with pytest.raises(ValueError, match="samples 60, and this one has 61"):
        fit(Noisy(), noisy_data(61), checkpoint=run)


def test_a_place_where_no_file_can_be_is_refused_before_training(tmp_path):
    for path in (tmp_path, tmp_path / "no folder" / "run.pt"):
        with pytest.raises(ValueError, match="expected the name of a file in a folder that exists"):
            fit(Noisy(), noisy_data(), checkpoint=path)
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
