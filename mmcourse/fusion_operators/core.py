"""Lesson 09: once two senses meet, how should they mix? One contract, and nine operators.

Every operator is an ``nn.Module`` from ``{name: (B, D_name)}`` to ``(B, W)``, for two senses or more. What it promises:

* the order of the dict does not matter; modalities are taken in the order of their sorted names;
* a modality may be **absent**: from the whole batch, then its key is missing; or from single samples, then
  ``present={name: (B,) of True and False}`` says so. Whatever numbers stand in its place do not count, and the others
  pass where the formula allows it (``Bilinear`` with two modalities keeps only its bias, see there);
* wrong names, types and shapes are errors that say what came and what was expected.

Letters: B batch, M modalities, D_m numbers of modality m, W width of the result, R rank. Seven operators that look at
what they mix follow in ``mmcourse.fusion_structures``, the classifier that tries out all in ``mmcourse.fusion_trials``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import mul

import torch
from torch import Tensor, nn

Batch = Mapping[str, Tensor]
Sizes = Mapping[str, int]  # modality name → how many numbers one sample of it has
Present = Mapping[str, Tensor]  # modality name → (B,) bool, True where the sense was there


class Fusion(nn.Module):
    """What all operators share: sorted names, checks, who is present. Each operator brings its own ``join``."""

    axes = (2,)  # how many axes the tensor of a modality may have

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__()
        for name, value in {"width": width, **{f"sizes[{name!r}]": size for name, size in sizes.items()}}.items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}: got {value!r}, expected a whole number of at least 1")
        if len(sizes) < 2:
            raise ValueError(f"sizes: got {len(sizes)} modalities, expected two or more; one has nobody to meet")
        self.names, self.sizes, self.width = tuple(sorted(sizes)), dict(sizes), width

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


# ------------------------------------------------------------------------------------ 1. side by side


class Concatenate(Fusion):
    """All numbers side by side, then one linear layer: A [x_1; x_2; ...] + b. An absent modality leaves zeros.

    Parameters: (Σ D_m) W + W.
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.mix = nn.Linear(sum(self.sizes.values()), width)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return self.mix(torch.cat(rows, dim=1))  # (B, Σ D_m) → (B, W)


# ------------------------------------------------------------------------------------ 2. place by place


class Meeting(Fusion):
    """Operators that need equal sizes: each modality first gets a linear layer of its own to W numbers, h_m.

    Else only equal sizes could be added, number 3 of an image to number 3 of a sound. Parameters: Σ (D_m W + W).
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.enter = nn.ModuleDict({name: nn.Linear(self.sizes[name], width) for name in self.names})

    def meet(self, rows: list[Tensor], here: Tensor) -> Tensor:
        """M tensors (B, D_m) → h (M, B, W), zero where absent."""
        h = torch.stack([self.enter[name](x) for name, x in zip(self.names, rows, strict=True)])
        return torch.where(here.unsqueeze(-1), h, 0.0)


class Sum(Meeting):
    """h_1 + h_2 + ...; the absent add 0."""

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return self.meet(rows, here).sum(0)


def mean_of_present(h: Tensor, here: Tensor) -> Tensor:
    """The mean over the modalities that are here: h (M, B, W), here (M, B) bool → (B, W); zeros where nobody is.

    Example: h = [[[2.]], [[6.]]] gives 4 when both are here, 6 when only the second is.
    """
    weights = here.to(h.dtype).unsqueeze(-1)  # (M, B, 1)
    return torch.where(here.unsqueeze(-1), h, 0.0).sum(0) / weights.sum(0).clamp_min(1)


class Mean(Meeting):
    """The mean of the h_m of those present."""

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return mean_of_present(self.meet(rows, here), here)


class Maximum(Meeting):
    """At each place the largest of those present; 0 where nobody is."""

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        largest = torch.where(here.unsqueeze(-1), self.meet(rows, here), -torch.inf).amax(0)
        return torch.where(here.any(0).unsqueeze(-1), largest, 0.0)


class Product(Meeting):
    """h_1 ∘ h_2 ∘ ..., place by place; the absent multiply by 1."""

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return reduce(mul, torch.where(here.unsqueeze(-1), self.meet(rows, here), 1.0))


def blend(first: Tensor, second: Tensor, alpha: float) -> Tensor:
    """alpha · first + (1 - alpha) · second, with 0 ≤ alpha ≤ 1. (..., W), (..., W) → (..., W). 2, 6, 0.75 → 3."""
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha: got {alpha}, expected a share from 0 to 1")
    if first.shape != second.shape:
        raise ValueError(
            f"first, second: got shapes {tuple(first.shape)} and {tuple(second.shape)}, expected equal "
            "ones; give each a linear layer to a common size first"
        )
    return alpha * first + (1 - alpha) * second


class Weighted(Meeting):
    """Σ_m w_m h_m with w_m ≥ 0 and Σ w_m = 1 over those present.

    ``weights={"image": 0.7, "audio": 0.3}`` are fixed, by belief or by a validation split. Without them they are
    learnt, as the softmax of one number for each modality: M parameters more.
    """

    def __init__(self, sizes: Sizes, width: int, weights: Mapping[str, float] | None = None) -> None:
        super().__init__(sizes, width)
        if weights is None:
            self.trust = nn.Linear(len(self.names), 1, bias=False)  # a sum over modalities is linear
        elif set(weights) != set(sizes) or min(weights.values()) < 0 or abs(sum(weights.values()) - 1) > 1e-6:
            raise ValueError(
                f"weights: got {dict(weights)}, expected a number from 0 up for each of "
                f"{', '.join(self.names)}, with sum 1"
            )
        self.fixed = None if weights is None else [float(weights[name]) for name in self.names]

    def weights(self) -> Tensor:
        """The weights (M,), in the order of ``names``."""
        if self.fixed is None:
            return self.trust.weight[0].softmax(0)
        return self.enter[self.names[0]].weight.new_tensor(self.fixed)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        w = self.weights()[:, None] * here  # (M, B)
        return torch.einsum("mb,mbw->bw", w / w.sum(0).clamp_min(1e-9), self.meet(rows, here))


# ------------------------------------------------------------------------------------ 3. everything with everything


class Bilinear(Fusion):
    """Each number of one modality times each of another: z_k = Σ_ij V_kij x_i y_j + b_k, summed over all pairs.

    Tenenbaum and Freeman (2000, Neural Computation 12(6)). A pair with an absent modality is 0: with two modalities
    only b is left then. Parameters: (Σ_{m<n} D_m D_n) W + W.
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        each = [self.sizes[name] for name in self.names]
        self.mix = nn.Linear(sum(a * b for i, a in enumerate(each) for b in each[i + 1 :]), width)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        pairs = [(x.unsqueeze(2) * y.unsqueeze(1)).flatten(1) for i, x in enumerate(rows) for y in rows[i + 1 :]]
        return self.mix(torch.cat(pairs, dim=1))  # (B, Σ D_m D_n) → (B, W)


def with_one(x: Tensor) -> Tensor:
    """Append a 1 to every row: (B, D) → (B, D + 1)."""
    return torch.cat([x, torch.ones_like(x[:, :1])], dim=1)


def outer_with_one(rows: Sequence[Tensor]) -> Tensor:
    """[x; 1] ⊗ [y; 1] ⊗ ... as one row for each sample: (B, D_1), (B, D_2), ... → (B, Π (D_m + 1)).

    Every product of numbers from different modalities, and because of the 1 also each number alone: x = [2], y = [3]
    → [6, 2, 3, 1]. Zadeh, Chen, Poria, Cambria and Morency (EMNLP 2017).
    """

    def times(left: Tensor, right: Tensor) -> Tensor:
        return (left.unsqueeze(2) * right.unsqueeze(1)).flatten(1)  # (B, L), (B, D) → (B, L D)

    return reduce(times, [with_one(x) for x in rows])


class TensorFusion(Fusion):
    """One linear layer on the outer product of all [x_m; 1]. Parameters: W Π (D_m + 1).

    No bias: the last entry is 1·1·…·1. An absent modality is zeros and a 1: all about the others remains.
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__(sizes, width)
        self.mix = nn.Linear(math.prod(size + 1 for size in self.sizes.values()), width, bias=False)

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        return self.mix(outer_with_one(rows))


def low_rank_mix(rows: Sequence[Tensor], factors: Sequence[Tensor]) -> Tensor:
    """z = Σ_r Π_m (F_m,r [x_m; 1]): the tensor fusion without the tensor. Rows (B, D_m), factors (R, W, D_m + 1).

    → (B, W). Liu, Shen, Lakshminarasimhan, Liang, Zadeh and Morency (ACL 2018).
    """
    parts = [torch.einsum("rwd,bd->brw", factor, with_one(x)) for x, factor in zip(rows, factors, strict=True)]
    return reduce(mul, parts).sum(1)  # (B, R, W) → (B, W)


class LowRank(Fusion):
    """The tensor fusion whose weight tensor is a sum of ``rank`` products of vectors. Parameters: R W Σ (D_m + 1)."""

    def __init__(self, sizes: Sizes, width: int, rank: int = 4) -> None:
        super().__init__(sizes, width)
        self.rank = rank
        self.factors = nn.ModuleDict({n: nn.Linear(self.sizes[n] + 1, rank * width, bias=False) for n in self.names})

    def join(self, rows: list[Tensor], here: Tensor) -> Tensor:
        factors = [self.factors[name].weight.unflatten(0, (self.rank, self.width)) for name in self.names]
        return low_rank_mix(rows, factors)


def full_rank(tensor: TensorFusion) -> LowRank:
    """The low-rank fusion that equals a tensor fusion exactly: rank Π (D_m + 1), the last modality left out.

    Term r picks one entry of each modality but the last; the last factor holds the weights that belong to them.
    """
    *before, last = [tensor.sizes[name] + 1 for name in tensor.names]
    equal = LowRank(tensor.sizes, tensor.width, rank=math.prod(before)).to(tensor.mix.weight)
    grid = torch.cartesian_prod(*[torch.arange(size) for size in before]).reshape(equal.rank, len(before))
    with torch.no_grad():
        for m, name in enumerate(tensor.names[:-1]):
            picks = torch.eye(before[m])[grid[:, m]].unsqueeze(1)  # (R, 1, D + 1), a single 1 each
            equal.factors[name].weight.copy_(picks.expand(-1, tensor.width, -1).flatten(0, 1))
        weights = tensor.mix.weight.unflatten(1, (equal.rank, last)).transpose(0, 1)  # (R, W, D + 1)
        equal.factors[tensor.names[-1]].weight.copy_(weights.flatten(0, 1))
    return equal


# ------------------------------------------------------------------------------------ 4. shares; and who mixes at all


def mix_by_scores(values: Tensor, scores: Tensor, here: Tensor) -> tuple[Tensor, Tensor]:
    """Shares = softmax of the scores over the modalities present; the mix is the sum of shares times values.

    values (M, B, W), scores (M, B, W) or (M, B, 1), here (M, B) → mix (B, W), shares like scores. Where nobody is
    here, all shares are 0. Example: equal scores give shares 1/2 and 1/2; one absent, 0 and 1.
    """
    from_here = here.unsqueeze(-1)  # (M, B, 1)
    far_below = torch.finfo(scores.dtype).min / 2  # not -inf: with nobody, 0 / 0
    shares = torch.where(from_here, scores, far_below).softmax(0) * from_here
    return (shares * values).sum(0), shares


Score = Callable[[Tensor, Tensor], Tensor]


def interaction(score: Score, x: Tensor, y: Tensor, other_x: Tensor, other_y: Tensor) -> Tensor:
    """score(x, y) - score(x, y') - score(x', y) + score(x', y'): zero whenever the score is f(x) + g(y).

    What one sense says then never depends on the other. Example: for the product at ±1 it is 1 + 1 + 1 + 1 = 4.
    """
    return score(x, y) - score(x, other_y) - score(other_x, y) + score(other_x, other_y)
