"""Opinions and how to combine them: the arithmetic of the model level.

An opinion is a list of probabilities, one for each class. Those of M experts about B samples and K classes make a
tensor (M, B, K). A rule turns it into one opinion for each sample, (B, K).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


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


RULES: Mapping[str, Callable[[Tensor], Tensor]] = {
    "average": average_opinions,
    "product": product_of_opinions,
    "vote": vote,
}


def abstain(opinions: Tensor, present: Tensor) -> Tensor:
    """Replace the opinion of an expert whose sense is missing by the mean opinion of those present.

    (M, B, K), (M, B) → (M, B, K). With that stand-in the average, the product and the vote all leave the decision to
    those who perceived something. Where nobody did, every class is equally likely.
    """
    here = present.to(opinions.dtype).unsqueeze(-1)  # (M, B, 1)
    count = here.sum(0)  # (B, 1)
    stand_in = torch.where(count > 0, (opinions * here).sum(0) / count.clamp_min(1), 1 / opinions.shape[-1])  # (B, K)
    return torch.where(present.unsqueeze(-1), opinions, stand_in)


def temperatures(logits: Tensor, labels: Tensor) -> Tensor:
    """One temperature for each expert, with which its logits explain held-out labels best. (M, B, K), (B,) → (M,).

    T_m = argmin_T Σ_b -log softmax(z_mb / T)[y_b], looked for from 0.1 to 100 in steps of 2 %. Above 1: the expert was
    too sure of itself. Dividing by T never changes its favourite. Source: Guo, Pleiss, Sun and Weinberger (2017), ICML.
    """
    if logits.ndim != 3 or labels.shape != logits.shape[1:2]:
        raise ValueError(
            f"logits: got shape {tuple(logits.shape)} for labels {tuple(labels.shape)}, expected (M, B, K) and (B,)"
        )
    tried = torch.logspace(-1, 2, 350, dtype=logits.dtype, device=logits.device)
    spent = [F.cross_entropy((logits / t).mT, labels.expand(len(logits), -1), reduction="none").mean(1) for t in tried]
    return tried[torch.stack(spent).argmin(0)]  # (350, M) → (M,)


def overconfidence(opinions: Tensor, labels: Tensor) -> Tensor:
    """How much surer each expert is than it is right: mean certainty - accuracy. (M, B, K), (B,) → (M,).

    0 for an expert who is right on average as often as it says.
    """
    sure, favourite = check_opinions(opinions).max(-1)  # (M, B) each
    return sure.mean(1) - (favourite == labels).to(sure.dtype).mean(1)


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
