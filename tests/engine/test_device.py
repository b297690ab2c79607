"""Where to compute, and randomness that comes from a seed and moves nothing global."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from small_models import data, mlp
from torch import nn

from mmcourse import engine
from mmcourse.engine import fit_many, generator, pick_device
from mmcourse.training import fit


def test_the_device_is_the_first_there_is(monkeypatch):
    monkeypatch.delenv("MMCOURSE_DEVICE", raising=False)
    assert pick_device().type == engine.available_devices()[0].split(":")[0]
    monkeypatch.setenv("MMCOURSE_DEVICE", "cpu")
    assert pick_device() == torch.device("cpu")


def test_an_unavailable_device_is_an_error_that_lists_what_there_is(monkeypatch):
    monkeypatch.setenv("MMCOURSE_DEVICE", "abacus")
    with pytest.raises(ValueError, match=r"MMCOURSE_DEVICE: got 'abacus'.*cpu"):
        pick_device()
    with pytest.raises(ValueError, match="name: got 'tpu'"):
        pick_device("tpu")


def test_a_machine_with_a_gpu_uses_it(monkeypatch):
    monkeypatch.delenv("MMCOURSE_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert engine.available_devices()[:2] == ["cuda:0", "cuda:1"]
    assert pick_device() == torch.device("cuda:0")
    assert pick_device("cuda") == torch.device("cuda")


@pytest.mark.parametrize("seed", ["1", 1.0, True, None])
def test_a_seed_that_is_no_integer_is_a_type_error(seed):
    with pytest.raises(TypeError, match="seed"):
        generator(seed)


def test_a_negative_seed_is_a_value_error():
    with pytest.raises(ValueError, match="seed: got -1"):
        generator(-1)


def test_training_leaves_the_global_random_state_alone():
    one, many = mlp(), [mlp(0), mlp(1)]
    before, numpys = torch.get_rng_state(), np.random.get_state()[1].copy()
    fit(one, data(), epochs=2)
    fit_many(many, data(), epochs=2)
    assert torch.equal(before, torch.get_rng_state())
    assert (numpys == np.random.get_state()[1]).all()


def test_dropout_is_off_when_predicting_and_on_afterwards():
    model = nn.Sequential(nn.Dropout(0.9), nn.Linear(6, 3)).train()
    x = torch.ones(4, 6)
    assert torch.equal(engine.predict(model, x), engine.predict(model, x)) and model.training


def test_the_package_itself_needs_no_torch():
    code = "import sys, mmcourse; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
