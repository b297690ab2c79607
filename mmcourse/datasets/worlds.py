"""Two-number worlds: tiny two-modality distributions whose best possible accuracy is known in closed form.

Every world hides two signs, one behind each modality. A modality is two numbers: its sign plus noise, and a
second number that is noise alone and must be learnt to be ignored. The worlds differ in what the signs mean:

    redundant      both signs are the same, and that sign is the class; a second look helps (2 classes)
    complementary  the signs are independent, the class is the pair; each sense knows one half (4 classes)
    synergistic    the class says whether the signs agree, XOR; one sense alone knows nothing (2 classes)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mmcourse.base.checks import check_choice, check_number, check_seed, check_whole

MODALITIES = ("image", "audio")
# The equally likely states of a world: (sign behind the image, sign behind the audio, class).
STATES = {
    "redundant": ((-1, -1, 0), (1, 1, 1)),
    "complementary": ((-1, -1, 0), (-1, 1, 1), (1, -1, 2), (1, 1, 3)),
    "synergistic": ((-1, -1, 1), (-1, 1, 0), (1, -1, 0), (1, 1, 1)),
}
WORLDS = tuple(STATES)


def normal_cdf(x: float) -> float:
    """Phi(x), the probability that a standard normal number is below x: (1 + erf(x / √2)) / 2."""
    return (1 + math.erf(x / math.sqrt(2))) / 2


@dataclass(frozen=True)
class World:
    """One world: `name` is "redundant", "complementary" or "synergistic", `noise` the noise's standard
    deviation s.

    x_image = (a + s n1, s n2), x_audio = (b + s n3, s n4), with signs a, b = ±1 and standard normal n1..n4.

        world = World("synergistic", noise=0.5)
        batch, labels = world.sample(1000, seed=0)       # {"image": (1000, 2), "audio": (1000, 2)}, (1000,)
        world.bayes_accuracy, world.bayes_accuracy_of("image")          # 0.956, 0.5
    """

    name: str
    noise: float = 0.5

    def __post_init__(self) -> None:
        check_choice(self.name, "name", WORLDS)
        check_number(self.noise, "noise", 1e-3, 1e3, "a standard deviation from 0.001 to 1000")

    @property
    def classes(self) -> int:
        """How many classes there are: 2 or 4."""
        return 1 + max(label for *_, label in STATES[self.name])

    @property
    def chance(self) -> float:
        """The accuracy of guessing; all classes are equally likely."""
        return 1 / self.classes

    @property
    def bayes_accuracy(self) -> float:
        """The best accuracy anybody can reach from both together; p = Phi(1/s) is the chance to see a sign
        right.

        redundant Phi(√2/s): the sum of two looks has twice the signal and √2 times the noise.
        complementary p²: both signs must be right. synergistic p² + (1-p)²: both right, or both wrong.
        """
        right = normal_cdf(1 / self.noise)
        return {
            "redundant": normal_cdf(math.sqrt(2) / self.noise),
            "complementary": right**2,
            "synergistic": right**2 + (1 - right) ** 2,
        }[self.name]

    def bayes_accuracy_of(self, modality: str) -> float:
        """The best accuracy from "image" or "audio" alone: Phi(1/s), Phi(1/s)/2 and exactly 1/2 by world."""
        check_choice(modality, "modality", MODALITIES)
        right = normal_cdf(1 / self.noise)
        return {"redundant": right, "complementary": right / 2, "synergistic": 0.5}[self.name]

    def sample(self, n: int, seed: int = 0) -> tuple[dict[str, Tensor], Tensor]:
        """n draws: batch {"image": (n, 2), "audio": (n, 2)} float32, labels (n,) int64."""
        check_whole(n, "n")
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([check_seed(seed), WORLDS.index(self.name)])))
        signs_and_label = np.array(STATES[self.name])[rng.integers(len(STATES[self.name]), size=n)]  # (n, 3)
        values = self.noise * rng.standard_normal((n, 2, 2))  # (n, M, 2)
        values[:, :, 0] += signs_and_label[:, :2]
        both = torch.from_numpy(values.astype(np.float32))
        return dict(zip(MODALITIES, both.unbind(1), strict=True)), torch.from_numpy(signs_and_label[:, 2].copy())

    def posterior(self, batch: Mapping[str, Tensor]) -> Tensor:
        """The true p(y | x) of each class: {"image": (B, 2), "audio": (B, 2)} → (B, K) float64, rows sum to
        1.

        With one modality in the batch: the posterior given that modality alone. The second numbers cancel.
        """
        self._check_batch(batch)
        states = torch.tensor(STATES[self.name])
        log_p = sum(batch[name][:, :1].double() * states[:, i] for i, name in enumerate(MODALITIES) if name in batch)
        in_class = torch.nn.functional.one_hot(states[:, 2], self.classes).double()  # (states, K)
        return torch.softmax(log_p / self.noise**2, dim=1) @ in_class

    def _check_batch(self, batch: Mapping[str, Tensor]) -> None:
        if not isinstance(batch, Mapping):
            raise TypeError(f"batch: got {type(batch).__name__}, expected a dict of 'image', 'audio' or both")
        if not batch:
            raise ValueError("batch: got an empty dict, expected 'image', 'audio' or both")
        for name, values in batch.items():
            check_choice(name, "a key of batch", MODALITIES)
            if not isinstance(values, Tensor):
                raise TypeError(f"batch[{name!r}]: got {type(values).__name__}, expected a tensor (B, 2)")
            if values.ndim != 2 or values.shape[1] != 2 or len(values) == 0:
                raise ValueError(f"batch[{name!r}]: got shape {tuple(values.shape)}, expected (B, 2), B > 0")
            if not values.isfinite().all():
                raise ValueError(f"batch[{name!r}]: got NaN or infinity, expected finite numbers")
        sizes = {name: len(values) for name, values in batch.items()}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"batch: got {sizes} rows, expected equally many of each modality")


def redundant(noise: float = 0.5) -> World:
    """Both modalities show the same sign: either alone is good, both together are a little better."""
    return World("redundant", noise)


def complementary(noise: float = 0.5) -> World:
    """Each modality knows one of two bits: four classes, and neither alone can pass 1/2."""
    return World("complementary", noise)


def synergistic(noise: float = 0.5) -> World:
    """Exclusive or: do the two signs agree? Each modality alone is at chance, exactly."""
    return World("synergistic", noise)
