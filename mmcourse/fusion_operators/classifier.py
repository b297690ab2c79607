"""Lesson 09: all sixteen operators in one classifier, at one budget, trained for many seeds and counted."""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from mmcourse.attention import positional_code
from mmcourse.engine import Data, data_sets, fit_many, pick_device, seeded
from mmcourse.fusion_levels import parameters
from mmcourse.fusion_operators.all_with_all import Bilinear, LowRank, TensorFusion
from mmcourse.fusion_operators.contract import Batch, Fusion
from mmcourse.fusion_operators.place_by_place import Concatenate, Maximum, Mean, Product, Sum, Weighted
from mmcourse.fusion_operators.shares import FiLM, Gated, ModalityAttention
from mmcourse.fusion_operators.structures import CrossAttention, Hierarchical, Relation, Siamese

Shapes = Mapping[str, tuple[int, ...]]  # modality name → shape of one sample: (D,) or (T, D)
FAMILIES: Mapping[str, Mapping[str, Callable[..., Fusion]]] = {
    "side by side": {"concatenate": Concatenate},
    "place by place": {"sum": Sum, "mean": Mean, "max": Maximum, "weighted": Weighted, "product": Product},
    "all with all": {"bilinear": Bilinear, "tensor": TensorFusion, "low-rank": LowRank},
    "who counts now": {"gated": Gated, "attention": ModalityAttention, "FiLM": FiLM},
    "structures": {
        "cross-attention": CrossAttention,
        "Siamese": Siamese,
        "hierarchical": Hierarchical,
        "relation": Relation,
    },
}
OPERATORS: Mapping[str, Callable[..., Fusion]] = {
    name: make for group in FAMILIES.values() for name, make in group.items()
}


class Fused(nn.Module):
    """Encoders → fusion → head, with any of the operators. A modality whose numbers are all zero is absent.

    ``shapes`` give one sample of each modality: (D,), or (T, D) for a sequence. An encoder is a linear layer and ReLU
    on all its numbers; ``CrossAttention`` gets one on each token of a sequence instead, plus the code of its place.
    ``bends`` says where there are hidden layers: "both", only "before" the meeting (straight head), only "after" it
    (no encoders), or "none", when the operator stands alone between the raw numbers and a linear layer.
    """

    def __init__(
        self, make: Callable[..., Fusion], shapes: Shapes, classes: int, width: int, bends: str = "both"
    ) -> None:
        super().__init__()
        if bends not in ("both", "before", "after", "none"):
            raise ValueError(f"bends: got {bends!r}, expected both, before, after or none")
        kind = make.func if isinstance(make, partial) else make
        self.by_token = inspect.isclass(kind) and issubclass(kind, CrossAttention)
        sizes = {name: shape[-1] if self.by_token else math.prod(shape) for name, shape in shapes.items()}
        encoded = bends in ("both", "before")
        self.encoders = nn.ModuleDict({name: nn.Linear(sizes[name], width) for name in sorted(shapes) if encoded})
        self.fusion = make({name: width if encoded else size for name, size in sizes.items()}, width)
        bent = bends in ("both", "after")
        self.head = nn.Sequential(nn.ReLU(), nn.Linear(width, classes)) if bent else nn.Linear(width, classes)

    def features(self, batch: Batch) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """What the encoders found, {name: (B, W) or (B, T, W)}, and who is present, {name: (B,)}."""
        present = {name: x.flatten(1).ne(0).any(1) for name, x in batch.items()}
        found = {name: x if self.by_token else x.flatten(1) for name, x in batch.items()}
        for name, encoder in self.encoders.items():
            if name in found:
                h = encoder(found[name])
                found[name] = F.relu(h + placed(h) if h.ndim == 3 else h)
        return found, present

    def forward(self, batch: Batch) -> Tensor:
        """Logits (B, K)."""
        return self.head(self.fusion(*self.features(batch)))


def placed(tokens: Tensor) -> Tensor:
    """The code of each place, for tokens (B, T, W) → (T, W); an odd W leaves the last number out."""
    length, width = tokens.shape[-2:]
    return positional_code(length, width + width % 2)[:, :width].to(tokens)


def fused_width(budget: int, make: Callable[..., Fusion], shapes: Shapes, classes: int, bends: str = "both") -> int:
    """The largest width with which the classifier has at most ``budget`` parameters, so that none wins by size."""

    def fits(width: int) -> bool:
        with torch.device("meta"):  # shapes only, no numbers
            return parameters(Fused(make, shapes, classes, width, bends)) <= budget

    if not fits(1):
        raise ValueError(f"budget: got {budget}, too few even for width 1; give it more")
    width, step = 1, 1
    while fits(width + step):  # longer and longer steps up
        width, step = width + step, 2 * step
    while step := step // 2:  # then shorter and shorter ones
        width += step * fits(width + step)
    return width


def train_fused(
    make: Callable[..., Fusion],
    train: Data | Sequence[Data],
    *,
    classes: int,
    budget: int = 6000,
    seeds: Sequence[int] = range(8),
    bends: str = "both",
    **options: object,
) -> list[Fused]:
    """The classifier with one operator at one parameter budget, trained once for each seed.

    ``make(sizes, width)`` gives the operator: one of ``OPERATORS``, or ``partial(LowRank, rank=2)``. ``train`` is one
    ``(batch, labels)`` for all seeds or one for each; ``options`` go to ``fit_many``.
    """
    batch, _labels = data_sets(train)[0]
    shapes = {name: tuple(x.shape[1:]) for name, x in batch.items()}
    fresh = partial(Fused, make, shapes, classes, fused_width(budget, make, shapes, classes, bends), bends)
    models = [seeded(fresh, seed).to(pick_device()) for seed in seeds]
    fit_many(models, train, seeds=list(seeds), **options)
    return models


def multiply_adds(model: nn.Module, batch: Batch) -> int:
    """Multiplications in matrix products for each sample, forward; sums and entry-by-entry products are left out."""
    place = next(model.parameters()).device
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model({name: x.to(place) for name, x in batch.items()})
    return counter.get_total_flops() // (2 * len(next(iter(batch.values()))))


SHARING = ("gated", "attention")


class ImageShare(nn.Module):
    """How much of the mix a trained classifier takes from the image: the mean over the places of its share, (B,)."""

    def __init__(self, model: Fused) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: Mapping[str, Tensor]) -> Tensor:
        """{name: (B, ...)} → (B,)."""
        return self.model.fusion.shares(*self.model.features(batch))[1].mean(-1)[self.model.fusion.names.index("image")]


def image_shares(models: Sequence[Fused]) -> Callable[[Mapping[str, Tensor]], Tensor]:
    """A function from a batch to the image's share in each of E models at once, (E, B)."""
    readers = [ImageShare(copy.deepcopy(model).cpu()) for model in models]
    weights, buffers = stack_module_state(readers)

    def shares_of(batch: Mapping[str, Tensor]) -> Tensor:
        with torch.no_grad():
            return vmap(lambda w, b: functional_call(readers[0], (w, b), (batch,)))(weights, buffers)

    return shares_of
