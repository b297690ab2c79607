"""The speed of the course, printed beside what it should be. Nothing here fails because a machine is slow.

``python3 -m mmcourse bench`` runs it. Two ways of doing the same are timed in turns, so that a busy moment hits both,
and the median of each is compared: a ratio means more than seconds on a machine that somebody else uses too.
"""

import statistics
import subprocess
import sys

import pytest
import torch
from clock import Row, in_turns, seconds
from helpers import panel_makers, values_of
from project import ROOT, files
from torch import nn
from torch.nn import functional as F

from mmcourse import fusion_levels as levels
from mmcourse.datasets import digits
from mmcourse.datasets.see_hear import see_hear
from mmcourse.engine import generator, pick_device, seeded, to_device
from mmcourse.fusion_levels import studies
from mmcourse.neurons import MLP
from mmcourse.training import fit


def bare_loop(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, epochs: int) -> None:
    """The training loop as one writes it without a library."""
    optimiser, order = torch.optim.Adam(model.parameters(), lr=3e-3), generator(0)
    for _ in range(epochs):
        for rows in torch.randperm(len(labels), generator=order).to(labels.device).split(100):
            optimiser.zero_grad()
            F.cross_entropy(model(images[rows]), labels[rows]).backward()
            optimiser.step()


def test_fit_against_the_bare_loop(table: list[Row]) -> None:
    device = pick_device()
    images, labels = to_device(digits.load("train"), device)
    models = [MLP(64, 64, 10, seed=0).to(device) for _ in range(2)]
    _, ratio = in_turns(
        40, lambda: fit(models[0], (images, labels), epochs=15), lambda: bare_loop(models[1], images, labels, 15)
    )
    table.append(("fit against the bare PyTorch loop", f"{ratio:.2f} times", "at most 1.05"))
    assert models[0].training and models[1].training


def test_forty_models_at_once(table: list[Row]) -> None:
    train = studies.data(see_hear("train", image_noise=0.5, audio_snr=-6))
    sizes, device = {"image": 400, "audio": 640}, pick_device()
    on_device = to_device(train, device)

    def at_once() -> None:
        levels.train_kinds(train, classes=10, **studies.LAB)

    def one_after_the_other() -> None:
        for kind in levels.KINDS:
            width = levels.width_for(studies.LAB["budget"], kind, sizes, 10)
            for seed in range(8):
                model = seeded(lambda kind=kind, width=width: levels.build(kind, sizes, 10, width), seed).to(device)
                fit(
                    model,
                    on_device,
                    **{name: studies.LAB[name] for name in ("batch_size", "lr", "epochs")},
                    seed=seed,
                    loss=levels.experts_loss if kind == "model" else F.cross_entropy,
                )

    together, ratio = in_turns(5, at_once, one_after_the_other)
    table.append(("40 models, 6 epochs, 3000 pairs, at once", f"{together:.2f} s", "at most 3 s"))
    table.append(("the same, against one after the other", f"{1 / ratio:.1f} times as fast", "at least 2"))
    assert len(train[1]) == 3000


@pytest.mark.parametrize("name", panel_makers())
def test_redraw_of_a_panel(table: list[Row], name: str) -> None:
    panel = panel_makers()[name]()
    for label, control in panel.controls.items():
        taken = []
        for value in values_of(control, most=25) * (1 if hasattr(control, "min") else 8):
            if value != control.value:  # a value it has already would move nothing
                taken.append(seconds(lambda control=control, value=value: setattr(control, "value", value)))
        whole_test_set = name.endswith(("fusion_lab_panel", "five_panel")) and label != "index"
        aim = "at most 120 ms" if whole_test_set else "at most 10 ms"
        table.append((f"redraw {name}, {label}", f"{1000 * statistics.median(taken):.1f} ms", aim))
    assert panel.message.value == ""


def test_starting_and_size(table: list[Row]) -> None:
    python, package = (
        lambda code=code: subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
        for code in ("pass", "import mmcourse")
    )
    ours, ratio = in_turns(9, package, python)
    size = sum(path.stat().st_size for path in files())
    table.append(("import mmcourse, on top of Python", f"{1000 * (ours - ours / ratio):.0f} ms", "no torch"))
    table.append(("all files of the project", f"{size / 1e6:.1f} MB", "under 15 MB"))
    assert size > 0
