"""Experiments of lesson 03: what bears a shift, what augmented digits cost and bring, and twenty layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.cnn.augmentation import augment_images, shift_images, turn_images
from mmcourse.cnn.networks import DeepCNN, DigitCNN
from mmcourse.datasets import digits
from mmcourse.engine import (
    Data,
    Interval,
    accuracy_many,
    fit_many,
    generator,
    joint_interval,
    pick_device,
    predict,
    predict_many,
)
from mmcourse.neurons import MLP
from mmcourse.studies import Result, Study, grid

MARGIN = 2  # empty pixels round the 8 x 8 digits, which touch their own edges
SHIFTS = range(-MARGIN, MARGIN + 1)
RECIPE = {"epochs": 3, "batch_size": 30, "lr": 1e-2}  # enough for all networks of the lesson: 120 steps


def canvas(split: str) -> Data:
    """The digits of a split amid 12 x 12 pixels, so that a shift of 2 loses no ink: (B, 1, 12, 12) and (B,)."""
    images, labels = digits.load(split)
    return F.pad(images, (MARGIN,) * 4), labels


def accuracy_in_parts(networks: Sequence[nn.Module], data: Data, parts: int = 4) -> list[float]:
    """What ``accuracy_many`` gives for (B, 1, H, W), (B,), B a multiple of ``parts``, in half the time.

    The windows of a part fit into the processor's cache.
    """
    images, labels = (part.chunk(parts) for part in data)
    each = [accuracy_many(networks, part) for part in zip(images, labels, strict=True)]  # (parts, E)
    return np.mean(each, 0).tolist()


def opinions_at_shifts(networks: Mapping[str, nn.Module], images: Tensor) -> dict[str, np.ndarray]:
    """Each network's probabilities at every shift of the pictures (B, 1, H, W): name → (5 down, 5 right, B, 10)."""
    places = [(right, down) for down in SHIFTS for right in SHIFTS]
    found = {}
    for name, network in networks.items():
        # portions of 100 pictures, whose windows fit into the processor's cache
        moved = [
            torch.cat([predict(network, shift_images(part, *place)) for part in images.split(100)]) for place in places
        ]
        shares = torch.stack(moved).softmax(-1)  # (25, B, 10)
        found[name] = shares.unflatten(0, (len(SHIFTS), len(SHIFTS))).cpu().numpy()
    return found


# ---------------------------------------------------------------- studies

BLOCKS = 20  # a test set is cut into so many parts of equal size; they are the units of the intervals


def right_in_blocks(networks: Sequence[nn.Module], data: Data) -> list[list[float]]:
    """The share of right answers of each network in each of 20 blocks of the test pictures: [E][20]."""
    images, labels = data
    right = (predict_many(networks, images).argmax(-1).cpu() == labels).float()  # (E, B)
    return [[round(one, 3) for one in row] for row in right.unflatten(1, (BLOCKS, -1)).mean(-1).tolist()]


def trained(
    make: Callable[..., nn.Module], seeds: int, train: Data | Sequence[Data], valid: Data, known: Data, **recipe: float
) -> tuple[list[nn.Module], dict[str, list[float]]]:
    """One network for each seed, and their accuracies on ``known`` pictures and on those that choose the rate."""
    networks = [make(seed=seed).to(pick_device()) for seed in range(seeds)]
    fit_many(networks, train, **recipe)
    return networks, {"known": accuracy_many(networks, known), "valid": accuracy_many(networks, valid)}


def best(found: Result, **arguments: Any) -> dict[str, Any]:
    """Of the units with these arguments that differ in the rate, the one with the highest mean on validation."""
    return max(found.where(**arguments), key=lambda row: fmean(row["valid"]))


def right_at(row: Mapping[str, Any], which: int) -> np.ndarray:
    """How often the networks of a unit were right under condition number ``which``: (seeds, 20 blocks)."""
    return np.array(row["right"][which])


def share_right(row: Mapping[str, Any], which: int) -> Interval:
    """The accuracy of a unit's networks under condition ``which``, its interval over seeds and test pictures."""
    return joint_interval(right_at(row, which), range(BLOCKS))


def over_steps(found: Result, which: int, **arguments: Any) -> dict[int, Interval]:
    """The accuracy under condition ``which`` after each number of steps, at the rate that is best for it."""
    rows = found.where(**arguments)
    return {steps: share_right(best(rows, steps=steps), which) for steps in rows.values("steps")}


# What of a CNN bears a shift: from the pooled CNN to the one that looks anywhere, one change after the other.
PARTS: dict[str, Callable[..., nn.Module]] = {
    "MLP": partial(MLP, 144, 17, 10),
    "CNN": DigitCNN,
    "no pooling": partial(DigitCNN, pool=False),
    "largest at the end": partial(DigitCNN, anywhere=True, pool=True, dilation=1),
    "both": partial(DigitCNN, anywhere=True, dilation=1),
    "and dilation": partial(DigitCNN, anywhere=True),
    "and 24 maps": partial(DigitCNN, (8, 24), anywhere=True),
}
RATES = (3e-3, 1e-2, 3e-2)


def parts_unit(part: str, times: int, rate: float, *, seeds: int) -> dict[str, Any]:
    """Networks trained on digits in the middle, ``times`` · 120 steps; ``right`` [5 shifts][seeds][blocks]."""
    train, (images, labels) = canvas("train"), canvas("test")
    recipe = {"epochs": 3 * times, "batch_size": 30, "lr": rate}
    networks, found = trained(PARTS[part], seeds, train, canvas("valid"), train, **recipe)
    moved = [(shift_images(images, right), labels) for right in SHIFTS]
    return {**found, "right": [right_in_blocks(networks, data) for data in moved]}


SHIFT_PARTS = Study(
    "cnn/shift_parts",
    unit=parts_unit,
    units=[
        *grid(part=tuple(PARTS), times=(1, 4), rate=RATES),
        *grid(part=("MLP", "CNN"), times=(16,), rate=RATES),
    ],
    fixed={"seeds": 4},
    minutes=3,
    quick={"part": "CNN", "times": 1, "rate": 1e-2},
    band=0.25,
)

# What it costs and brings to show a network augmented digits.
READERS: dict[str, Callable[..., nn.Module]] = {
    "MLP": partial(MLP, 144, 64, 10),
    "MLP, 256 units": partial(MLP, 144, 256, 10),
    "anywhere": partial(DigitCNN, (8, 24), anywhere=True),
}
CHANGES: dict[str, Callable[[Tensor], Tensor]] = {
    "as they are": lambda images: images,
    "1 pixel left": lambda images: shift_images(images, -1),
    "rotated by 20°": lambda images: turn_images(images, 20.0),
    "scaled by 0.75": lambda images: turn_images(images, scale=0.75),
}


def augmented(variants: int, seed: int) -> Data:
    """The 1200 training digits, or so many random variants of each (not the digits themselves)."""
    (images, labels), rng = canvas("train"), generator(seed)
    if not variants:
        return images, labels
    return torch.cat([augment_images(images, rng) for _ in range(variants)]), labels.repeat(variants)


def augment_unit(reader: str, variants: int, steps: int, rate: float, *, seeds: int) -> dict[str, Any]:
    """Networks after so many steps of 30 pictures; ``right`` [4 changes][seeds][blocks].

    With 48 variants of each digit no picture comes twice up to 1920 steps; 480 steps meet 12 of them.
    """
    copies = min(variants, steps // 40)
    train = [augmented(copies, seed) for seed in range(seeds)]
    known = tuple(part[:1200] for part in train[0])
    recipe = {"epochs": steps // 40 // max(copies, 1), "batch_size": 30, "lr": rate}
    networks, found = trained(READERS[reader], seeds, train, canvas("valid"), known, **recipe)
    images, labels = canvas("test")
    return {**found, "right": [right_in_blocks(networks, (change(images), labels)) for change in CHANGES.values()]}


AUGMENTED = Study(
    "cnn/augmented",
    unit=augment_unit,
    units=[
        *grid(reader=("MLP",), variants=(0, 3, 48), steps=(480, 1920), rate=(1e-3, 3e-3, 1e-2, 3e-2)),
        *grid(reader=("MLP", "MLP, 256 units"), variants=(48,), steps=(7680,), rate=(1e-3, 3e-3, 1e-2)),
        *grid(reader=("anywhere",), variants=(0, 48), steps=(480, 1920), rate=(3e-3, 1e-2, 3e-2)),
    ],
    fixed={"seeds": 4},
    minutes=5,
    quick={"reader": "MLP", "variants": 3, "steps": 480, "rate": 1e-2},
    band=0.3,
)

# Twenty layers.
STACKS = {  # skip, gain of the first weights
    "plain": {"skip": False, "gain": 3**-0.5},
    "residual": {"skip": True, "gain": 3**-0.5},
    "plain, Kaiming": {"skip": False, "gain": 2**0.5},
}


def depth_unit(stack: str, steps: int, rate: float, *, seeds: int) -> dict[str, Any]:
    """Stacks of twenty convolutions after so many steps of 20 of 600 digits; ``right`` [1][seeds][blocks]."""
    train = tuple(part[:600] for part in digits.load("train"))
    recipe = {"epochs": steps // 30, "batch_size": 20, "lr": rate}
    networks, found = trained(partial(DeepCNN, **STACKS[stack]), seeds, train, digits.load("valid"), train, **recipe)
    return {**found, "right": [right_in_blocks(networks, digits.load("test"))]}


DEPTH = Study(
    "cnn/depth",
    unit=depth_unit,
    units=[
        *grid(stack=tuple(STACKS), steps=(30, 120, 480), rate=(1e-3, 3e-3, 1e-2)),
        *grid(stack=("residual", "plain, Kaiming"), steps=(1920,), rate=(3e-4, 1e-3, 3e-3)),
    ],
    fixed={"seeds": 4},
    minutes=1.5,
    quick={"stack": "residual", "steps": 30, "rate": 3e-3},
    band=0.3,
)
