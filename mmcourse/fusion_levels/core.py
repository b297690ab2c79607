"""Lesson 08: where should two senses meet? Data level, feature level, model level.

A batch is a dict from modality name to tensor, ``{"image": (B, 1, 8, 8), "audio": (B, 1, F, T)}``; labels are (B,).
Axis letters: B batch, D numbers of one modality, W width of a layer, M modalities, K classes.
Data, feature and decision level are the words of Hall and Llinas (1997, Proceedings of the IEEE 85(1)); the last is
late fusion in Baltrušaitis, Ahuja and Morency (2019, IEEE TPAMI 41(2)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.engine import Data, compare, fit_many, pick_device, predict, seeded
from mmcourse.training import fit

Batch = Mapping[str, Tensor]
Sizes = Mapping[str, int]  # modality name → how many numbers one sample of it has
KINDS = ("image", "audio", "data", "feature", "model")


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
        self.names, self.sizes = sorted(sizes), dict(sizes)
        self.net = perceptron(sum(sizes.values()), width, classes)

    def forward(self, batch: Batch) -> Tensor:
        """Logits (B, K)."""
        rows = {name: flat(batch, name, self.sizes[name]) for name in self.names}
        return self.net(side_by_side(rows, self.names))  # (B, D1 + D2 + ...) → (B, K)


class FeatureLevel(nn.Module):
    """Meet half-way: an encoder for each sense finds features of its own; a joint head sees all features."""

    def __init__(self, sizes: Sizes, classes: int, width: int) -> None:
        super().__init__()
        self.names = sorted(sizes)
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
        self.names = sorted(sizes)
        self.experts = nn.ModuleDict({name: Alone(name, sizes[name], classes, width) for name in self.names})

    def forward(self, batch: Batch) -> Tensor:
        """Logits of every expert, (M, B, K), in the order of ``names``."""
        return torch.stack([self.experts[name](batch) for name in self.names])


def experts_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Each expert answers for itself: the sum of the cross-entropies of logits (M, B, K) against labels (B,).

    A sum keeps the experts apart: the gradient of one expert's weights does not depend on the others.
    """
    return sum(F.cross_entropy(one, labels) for one in logits)


def average_opinions(opinions: Tensor) -> Tensor:
    """The mean of the experts' probabilities: p(k) = 1/M Σ_m p_m(k). (M, B, K) → (B, K)."""
    return check_opinions(opinions).mean(0)


def weighted_opinions(opinions: Tensor, weights: Sequence[float] | Tensor) -> Tensor:
    """The weighted mean p(k) = Σ_m w_m p_m(k) with w_m ≥ 0 and Σ w_m = 1. (M, B, K), (M,) → (B, K).

    Example: weights ``[0.9, 0.1]`` trust the first expert nine times as much as the second.
    """
    check_opinions(opinions)
    w = torch.as_tensor(weights, dtype=opinions.dtype, device=opinions.device)
    if w.shape != opinions.shape[:1]:
        raise ValueError(f"weights: got shape {tuple(w.shape)}, expected one number for each of {len(opinions)}")
    if not bool((w >= 0).all()) or abs(float(w.sum()) - 1) > 1e-4:
        raise ValueError(f"weights: got {w.tolist()}, expected numbers from 0 up that sum to 1; divide by their sum")
    return torch.einsum("m,mbk->bk", w, opinions)


def product_of_opinions(opinions: Tensor, prior: Tensor | None = None) -> Tensor:
    """Multiply the opinions: p(k) ∝ Π_m p_m(k) / prior(k)^(M-1). (M, B, K), prior (K,) → (B, K).

    This is Bayes' rule when, given the class, the senses err independently (Kittler, Hatef, Duin and Matas, 1998, IEEE
    TPAMI 20(3)). Every opinion already counts the prior once, so M - 1 of them have to be taken out again; a uniform
    prior (None) changes nothing. The sum is taken over logarithms, where small numbers do not vanish.
    """
    logs = check_opinions(opinions).clamp_min(1e-30).log().sum(0)  # (B, K)
    if prior is not None:
        if prior.shape != opinions.shape[-1:] or not bool((prior > 0).all()) or abs(float(prior.sum()) - 1) > 1e-3:
            raise ValueError(
                f"prior: got shape {tuple(prior.shape)} with sum {float(prior.sum()):.3g}, expected "
                f"({opinions.shape[-1]},) positive numbers that sum to 1"
            )
        logs = logs - (len(opinions) - 1) * prior.log()
    return logs.softmax(-1)


def vote(opinions: Tensor) -> Tensor:
    """The share of experts whose favourite is k, (M, B, K) → (B, K); a draw goes to the surer experts.

    Two experts who disagree always draw, so a hundredth of the mean opinion is mixed in.
    """
    ballots = (check_opinions(opinions) == opinions.amax(-1, keepdim=True)).to(opinions.dtype)  # (M, B, K)
    ballots = ballots / ballots.sum(-1, keepdim=True)  # an expert with two favourites splits the ballot
    return 0.99 * ballots.mean(0) + 0.01 * opinions.mean(0)


def check_opinions(opinions: Tensor) -> Tensor:
    """``opinions`` itself if it holds probabilities (M, B, K); an error that says what is wrong otherwise."""
    if opinions.ndim != 3 or 0 in opinions.shape:
        raise ValueError(
            f"opinions: got shape {tuple(opinions.shape)}, expected (M, B, K): experts, samples, classes; "
            "torch.stack the experts' probabilities"
        )
    sums = opinions.sum(-1)
    if not bool((opinions >= 0).all()) or not bool(((sums - 1).abs() < 1e-3).all()):
        raise ValueError(
            f"opinions: got rows that sum to {float(sums.min()):.3g} .. {float(sums.max()):.3g}, "
            "expected probabilities that sum to 1; apply softmax to logits first"
        )
    return opinions


def abstain(opinions: Tensor, present: Tensor) -> Tensor:
    """Replace the opinion of an expert whose sense is missing by the mean opinion of those present.

    (M, B, K), (M, B) → (M, B, K). With that stand-in the average, the product and the vote all leave the decision to
    those who perceived something. Where nobody did, every class is equally likely.
    """
    here = present.to(opinions.dtype).unsqueeze(-1)  # (M, B, 1)
    count = here.sum(0)  # (B, 1)
    stand_in = torch.where(count > 0, (opinions * here).sum(0) / count.clamp_min(1), 1 / opinions.shape[-1])  # (B, K)
    return torch.where(present.unsqueeze(-1), opinions, stand_in)


class Stacking(nn.Module):
    """A small judge who learns whom to believe about what: p = softmax(A [log p_1; …; log p_M] + b).

    Trained on opinions about samples that the experts were not trained on (Wolpert, 1992, Neural Networks 5(2)):
    on their own training samples experts are far too sure of themselves.
    """

    def __init__(self, experts: int, classes: int) -> None:
        super().__init__()
        self.judge = nn.Linear(experts * classes, classes)

    def evidence(self, opinions: Tensor) -> Tensor:
        """The logarithms of all opinions about a sample in one row: (M, B, K) → (B, M·K)."""
        return check_opinions(opinions).clamp_min(1e-6).log().transpose(0, 1).flatten(1)

    def forward(self, opinions: Tensor) -> Tensor:
        """The judge's opinion, (M, B, K) → (B, K)."""
        return self.judge(self.evidence(opinions)).softmax(-1)


RULES: Mapping[str, Callable[[Tensor], Tensor]] = {
    "average": average_opinions,
    "product": product_of_opinions,
    "vote": vote,
}


class ModelLevel(nn.Module):
    """Meet at the end: every expert decides alone, then a rule combines the opinions.

    An expert whose sense is lost (all zeros: a sensor that is off) abstains, which the other levels cannot do.
    """

    def __init__(self, experts: Experts, rule: Callable[[Tensor], Tensor] = average_opinions) -> None:
        super().__init__()
        self.experts, self.rule = experts, rule

    def opinions(self, batch: Batch) -> Tensor:
        """The experts' probabilities, (M, B, K)."""
        present = torch.stack([flat(batch, name).ne(0).any(1) for name in self.experts.names])  # (M, B)
        return abstain(self.experts(batch).softmax(-1), present)

    def forward(self, batch: Batch) -> Tensor:
        """The combined opinion, (B, K)."""
        return self.rule(self.opinions(batch))


def learn_judge(experts: Experts, held_out: Data, *, epochs: int = 60, seed: int = 0) -> ModelLevel:
    """A model level whose rule is a stacking judge trained on ``held_out``, which the experts must not have seen."""
    inputs, labels = held_out
    opinions = predict(experts, inputs).softmax(-1)  # (M, B, K)
    judge = seeded(partial(Stacking, len(opinions), opinions.shape[-1]), seed).to(opinions.device)
    fit(judge.judge, (judge.evidence(opinions), labels), epochs=epochs, batch_size=50, lr=1e-2, seed=seed)
    return ModelLevel(experts, judge)


def shuffled(batch: Batch, name: str, rng: torch.Generator) -> dict[str, Tensor]:
    """The batch with one modality dealt out anew among the samples, the others as they were; the input is not changed.

    What a model loses under this is what it took from that modality: a model that ignores it loses nothing
    (permutation importance: Breiman, 2001, Machine Learning 45(1)).
    """
    rows = torch.randperm(len(flat(batch, name)), generator=rng)
    return {**batch, name: batch[name][rows.to(batch[name].device)]}


def leading(scores: Mapping[str, Sequence[float]]) -> list[str]:
    """The methods that may be the best: the one with the highest mean, and all that are not seen to be worse.

    ``scores`` maps a method to its accuracies, one for each seed, in the same order of seeds. "Worse" means that the
    95 % interval of the paired differences leaves zero out.
    """
    best = max(scores, key=lambda name: sum(scores[name]) / len(scores[name]))
    return [name for name in scores if name == best or compare(scores[name], scores[best]).verdict != "worse"]


def parameters(model: nn.Module) -> int:
    """How many numbers training can change."""
    return sum(p.numel() for p in model.parameters())


def build(kind: str, sizes: Sizes, classes: int, width: int) -> nn.Module:
    """A fresh model of one of the five kinds; ``"model"`` gives its experts."""
    if kind in sizes:
        return Alone(kind, sizes[kind], classes, width)
    levels = {"data": DataLevel, "feature": FeatureLevel, "model": Experts}
    if kind not in levels:
        raise ValueError(f"kind: got {kind!r}, expected one of {', '.join([*sizes, *levels])}")
    return levels[kind](sizes, classes, width)


def width_for(budget: int, kind: str, sizes: Sizes, classes: int) -> int:
    """The largest width with which a model of this kind has at most ``budget`` parameters.

    Without this, the level that happens to have more numbers to learn with would win for that reason alone.
    """
    width = 0
    with torch.device("meta"):  # shapes only, no numbers
        while parameters(build(kind, sizes, classes, width + 1)) <= budget:
            width += 1
    if width == 0:
        raise ValueError(f"budget: got {budget}, too few for a {kind!r} model even of width 1; give it more")
    return width


def train_kinds(
    train: Data | Sequence[Data],
    *,
    classes: int,
    kinds: Sequence[str] | None = None,
    budget: int = 8000,
    seeds: Sequence[int] = range(8),
    device: torch.device | str | None = None,
    callback: Callable[[int, int], object] | None = None,
    **options: object,
) -> dict[str, list[nn.Module]]:
    """Train every kind of model for every seed at one parameter budget: {kind: [model of seed 0, ...]}.

    ``train`` is one ``(batch, labels)`` for all seeds or one for each. ``"model"`` comes back as ``ModelLevel`` with
    the average rule. ``device`` None: the one of ``pick_device()``. ``callback(done, total)`` is called after every
    kind; ``options`` go to ``fit_many``.
    """
    place = pick_device() if device is None else torch.device(device)
    batch = train[0] if isinstance(train, tuple) and isinstance(train[1], Tensor) else train[0][0]
    sizes = {name: math.prod(x.shape[1:]) for name, x in batch.items()}
    kinds = [*sizes, "data", "feature", "model"] if kinds is None else list(kinds)
    trained: dict[str, list[nn.Module]] = {}
    for k, kind in enumerate(kinds):
        width = width_for(budget, kind, sizes, classes)
        models = [seeded(partial(build, kind, sizes, classes, width), seed).to(place) for seed in seeds]
        loss = experts_loss if kind == "model" else F.cross_entropy
        fit_many(models, train, seeds=list(seeds), loss=loss, **options)
        trained[kind] = [ModelLevel(model) for model in models] if kind == "model" else models
        if callback is not None:
            callback(k + 1, len(kinds))
    return trained
