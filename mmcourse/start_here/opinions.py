"""From an opinion to a score: the first three functions of the course.

An opinion is a list of probabilities, one for each class. Axis letters: B samples, K classes.
"""

from __future__ import annotations

import torch
from torch import Tensor


def check_opinion_rows(opinions: Tensor, name: str) -> Tensor:
    """``opinions`` itself if each row is a list of probabilities, (B, K); an error that says why not otherwise."""
    if opinions.ndim != 2 or 0 in opinions.shape:
        raise ValueError(
            f"{name}: got shape {tuple(opinions.shape)}, expected (B, K): a row of K probabilities for each sample"
        )
    if not bool((opinions >= 0).all()) or not bool(((opinions.sum(-1) - 1).abs() < 1e-3).all()):
        raise ValueError(
            f"{name}: some rows are no probabilities; expected numbers from 0 up that sum to 1 in each row"
        )
    return opinions


def decide(opinions: Tensor) -> Tensor:
    """The class that each opinion finds most likely: argmax_k p(k). (B, K) → (B,), whole numbers.

    Example: ``decide(torch.tensor([[0.2, 0.7, 0.1]]))`` is ``tensor([1])``. The first of equals is taken.
    """
    return check_opinion_rows(opinions, "opinions").argmax(-1)


def share_of_hits(decisions: Tensor, labels: Tensor) -> float:
    """The accuracy: how many decisions equal their label, divided by how many there are. (B,), (B,) → 0..1."""
    if decisions.shape != labels.shape or decisions.ndim != 1 or len(decisions) == 0:
        raise ValueError(
            f"labels: got shape {tuple(labels.shape)} for decisions {tuple(decisions.shape)}, "
            "expected the same (B,) with B at least 1"
        )
    return (decisions == labels).float().mean().item()


def surer(first: Tensor, second: Tensor) -> Tensor:
    """For each sample the opinion of the surer of two: the row whose largest probability is larger. (B, K) → (B, K).

    The simplest fusion there is. With equal certainty the first is believed.
    """
    check_opinion_rows(first, "first"), check_opinion_rows(second, "second")
    if first.shape != second.shape:
        raise ValueError(f"second: got shape {tuple(second.shape)}, expected that of first, {tuple(first.shape)}")
    believe_first = first.amax(-1, keepdim=True) >= second.amax(-1, keepdim=True)  # (B, 1)
    return torch.where(believe_first, first, second)
