"""Lesson 09: once two senses meet, how should they mix? The contract that every operator keeps.

Every operator is an ``nn.Module`` from ``{name: (B, D_name)}`` to ``(B, W)``, for two senses or more. What it promises:

* the order of the dict does not matter; modalities are taken in the order of their sorted names;
* a modality may be **absent**: from the whole batch, then its key is missing; or from single samples, then
  ``present={name: (B,) of True and False}`` says so. Whatever numbers stand in its place do not count, and the others
  pass where the formula allows it (``Bilinear`` with two modalities keeps only its bias, see there);
* wrong names, types and shapes are errors that say what came and what was expected.

Letters: B batch, M modalities, D_m numbers of modality m, W width of the result, R rank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from mmcourse.base.checks import check_wholes
from mmcourse.engine import check_names

Batch = Mapping[str, Tensor]
Sizes = Mapping[str, int]  # modality name → how many numbers one sample of it has
Present = Mapping[str, Tensor]  # modality name → (B,) bool, True where the sense was there


class Fusion(nn.Module):
    """What all operators share: sorted names, checks, who is present. Each operator brings its own ``join``."""

    axes = (2,)  # how many axes the tensor of a modality may have

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__()
        check_wholes(width=width, **{f"sizes[{name!r}]": size for name, size in sizes.items()})
        if len(sizes) < 2:
            raise ValueError(f"sizes: got {len(sizes)} modalities, expected two or more; one has nobody to meet")
        self.names, self.sizes, self.width = tuple(check_names(sizes, "sizes")), dict(sizes), width

    def rows(self, batch: Batch, present: Present | None = None) -> tuple[list[Tensor], Tensor]:
        """{name: (B, D_name)} → M tensors (B, D_m) in the order of ``names``, zeros where absent; here (M, B) bool."""
        check_batch(batch, self.sizes, self.axes), check_present(present or {}, batch)
        some = next(iter(batch.values()))
        found, here = [], []
        for name in self.names:
            given = torch.full(some.shape[:1], name in batch, device=some.device)  # (B,)
            here.append(given & present[name] if present and name in present else given)
            x = batch[name] if name in batch else some.new_zeros(len(some), self.sizes[name])
            found.append(torch.where(here[-1].view(-1, *[1] * (x.ndim - 1)), x, 0.0))  # not *: 0 times NaN is NaN
        return found, torch.stack(here)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        """M tensors (B, D_m), here (M, B) → (B, W)."""
        raise NotImplementedError

    def forward(self, batch: Batch, present: Present | None = None) -> Tensor:
        """{name: (B, D_name)}, {name: (B,)} → (B, W)."""
        return self.join(*self.rows(batch, present))


def check_batch(batch: Batch, sizes: Sizes, axes: Sequence[int] = (2,)) -> None:
    """Each tensor must hold float numbers, (B, D_name) with one B for all; an error names what breaks this."""
    if not isinstance(batch, Mapping):
        raise TypeError(f"batch: got {type(batch).__name__}, expected a dict from modality name to tensor (B, D)")
    if not batch or set(batch) - set(sizes):
        raise ValueError(
            f"batch: holds {', '.join(sorted(batch)) or 'nothing'}; expected one or more of "
            f"{', '.join(sorted(sizes))}; leave the key of an absent modality out"
        )
    for name, x in batch.items():
        if not isinstance(x, Tensor) or not x.is_floating_point():
            came = str(x.dtype) if isinstance(x, Tensor) else type(x).__name__
            raise TypeError(
                f"batch: {name} is {came}, expected a tensor of float numbers; whole numbers that are "
                "names (token ids, classes) have to go through an embedding first"
            )
        if x.ndim not in axes or x.shape[-1] != sizes[name] or 0 in x.shape:
            shapes = " or ".join(f"(B, {'T, ' * (count - 2)}{sizes[name]})" for count in axes)
            raise ValueError(f"batch: {name} has shape {tuple(x.shape)}, expected {shapes} with B at least 1")
    if len({len(x) for x in batch.values()}) > 1:
        counts = ", ".join(f"{name} {len(x)}" for name, x in batch.items())
        raise ValueError(
            f"batch: got different numbers of samples ({counts}), expected as many of each; a sample "
            "without a modality keeps its row, and `present` says False there"
        )


def check_present(present: Present, batch: Batch) -> None:
    """Each flag must be (B,) of bool and belong to a modality in the batch."""
    for name, flags in present.items():
        if name not in batch:
            raise ValueError(f"present: speaks of {name!r}, which the batch lacks; it holds {', '.join(sorted(batch))}")
        if not isinstance(flags, Tensor) or flags.dtype != torch.bool or flags.shape != batch[name].shape[:1]:
            came = f"{flags.dtype} {tuple(flags.shape)}" if isinstance(flags, Tensor) else type(flags).__name__
            raise ValueError(f"present: {name} is {came}, expected torch.bool ({len(batch[name])},), True if there")
