"""The three levels at which two senses can meet, and the single sense that each of them has to beat.

A batch is a dict from modality name to tensor, ``{"image": (B, 1, H, W), "audio": (B, 1, F, T)}``; labels are (B,).
Axis letters: B batch, D numbers of one modality, W width of a layer, M modalities, K classes.
Data, feature and decision level are the words of Hall and Llinas (1997, Proceedings of the IEEE 85(1)); the last is
late fusion in Baltrušaitis, Ahuja and Morency (2019, IEEE TPAMI 41(2)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.engine import check_names
from mmcourse.fusion_levels.opinions import abstain, average_opinions

Batch = Mapping[str, Tensor]
Sizes = Mapping[str, int]  # modality name → how many numbers one sample of it has
LEVELS = ("data", "feature", "model")


def names_of(sizes: Sizes) -> list[str]:
    """The modalities' names in the order in which every level joins them: sorted, so that no dict decides it.

    A name under which a level would be meant, or that PyTorch cannot give to a part of a network, is a ``ValueError``.
    """
    return check_names(sizes, "sizes", LEVELS, "data, feature and model are the names of the levels")


def flat(batch: Batch, name: str, size: int | None = None) -> Tensor:
    """One modality as rows of numbers: (B, ...) → (B, D). A wrong name or shape is a ``ValueError``."""
    if name not in batch:
        raise ValueError(f"batch: has no modality {name!r}; it holds {', '.join(batch) or 'nothing'}")
    shape = tuple(batch[name].shape)
    if len(shape) < 2 or shape[0] == 0 or size not in (None, math.prod(shape[1:])):
        each = "" if size is None else f" and {size} numbers in each sample"
        raise ValueError(f"batch: {name} has shape {shape}, expected (B, ...) with B at least 1{each}")
    return batch[name].flatten(1)


def side_by_side(batch: Batch, names: Sequence[str]) -> Tensor:
    """Some modalities as one long row for each sample: (B, D1), (B, D2), ... → (B, D1 + D2 + ...).

    The order is that of ``names``, never that of the dict: weights learnt for one order mean nothing in another.
    """
    rows = [flat(batch, name) for name in names]
    if len({len(row) for row in rows}) != 1:
        raise ValueError(
            f"batch: {', '.join(names)} have {[len(row) for row in rows]} samples, expected as many of "
            "each; row i of every modality must be the same event"
        )
    return torch.cat(rows, dim=1)


def perceptron(inputs: int, width: int, outputs: int) -> nn.Sequential:
    """The network of lesson 01: ``inputs`` → ``width`` ReLU units → ``outputs`` logits."""
    return nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, outputs))


class Alone(nn.Module):
    """A single sense decides: the baseline that every fusion has to beat. (B, D) → logits (B, K)."""

    def __init__(self, name: str, size: int, classes: int, width: int) -> None:
        super().__init__()
        self.name, self.size, self.net = name, size, perceptron(size, width, classes)

    def forward(self, batch: Batch) -> Tensor:
        """Logits (B, K) from one modality; the others may be missing."""
        return self.net(flat(batch, self.name, self.size))


class DataLevel(nn.Module):
    """Meet at the inputs: write the raw numbers of all senses side by side and let one network see them all."""

    def __init__(self, sizes: Sizes, classes: int, width: int) -> None:
        super().__init__()
        self.names, self.sizes = names_of(sizes), dict(sizes)
        self.net = perceptron(sum(sizes.values()), width, classes)

    def forward(self, batch: Batch) -> Tensor:
        """Logits (B, K)."""
        rows = {name: flat(batch, name, self.sizes[name]) for name in self.names}
        return self.net(side_by_side(rows, self.names))  # (B, D1 + D2 + ...) → (B, K)


class FeatureLevel(nn.Module):
    """Meet half-way: an encoder for each sense finds features of its own; a joint head sees all features."""

    def __init__(self, sizes: Sizes, classes: int, width: int) -> None:
        super().__init__()
        self.names = names_of(sizes)
        self.encoders = nn.ModuleDict({name: nn.Linear(sizes[name], width) for name in self.names})
        self.head = perceptron(len(sizes) * width, width, classes)

    def features(self, batch: Batch) -> Tensor:
        """What the encoders found, side by side: (B, M·W)."""
        rows = {name: flat(batch, name, encoder.in_features) for name, encoder in self.encoders.items()}
        found = {name: F.relu(self.encoders[name](x)) for name, x in rows.items()}
        return side_by_side(found, self.names)

    def forward(self, batch: Batch) -> Tensor:
        """Logits (B, K)."""
        return self.head(self.features(batch))


class Experts(nn.Module):
    """One decision maker for each sense; nobody sees what the others see. Gives all their logits, (M, B, K)."""

    def __init__(self, sizes: Sizes, classes: int, width: int) -> None:
        super().__init__()
        self.names = names_of(sizes)
        self.experts = nn.ModuleDict({name: Alone(name, sizes[name], classes, width) for name in self.names})

    def forward(self, batch: Batch) -> Tensor:
        """Logits of every expert, (M, B, K), in the order of ``names``."""
        return torch.stack([self.experts[name](batch) for name in self.names])


def experts_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Each expert answers for itself: the sum of the cross-entropies of logits (M, B, K) against labels (B,).

    A sum keeps the experts apart: the gradient of one expert's weights does not depend on the others.
    """
    return sum(F.cross_entropy(one, labels) for one in logits)


class ModelLevel(nn.Module):
    """Meet at the end: every expert decides alone, then a rule combines the opinions.

    An expert whose sense is lost (all zeros: a sensor that is off) abstains; the other levels here read the
    zeros as numbers. ``temperatures`` (M,) divide the experts' logits, see ``opinions.temperatures``.
    """

    def __init__(
        self,
        experts: Experts,
        rule: Callable[[Tensor], Tensor] = average_opinions,
        temperatures: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.experts, self.rule = experts, rule
        self.register_buffer("temperatures", temperatures)

    def opinions(self, batch: Batch) -> Tensor:
        """The experts' probabilities, (M, B, K)."""
        present = torch.stack([flat(batch, name).ne(0).any(1) for name in self.experts.names])  # (M, B)
        logits = self.experts(batch)
        if self.temperatures is not None:
            logits = logits / self.temperatures[:, None, None]
        return abstain(logits.softmax(-1), present)

    def forward(self, batch: Batch) -> Tensor:
        """The combined opinion, (B, K)."""
        return self.rule(self.opinions(batch))
