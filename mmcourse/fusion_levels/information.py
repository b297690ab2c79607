"""What two senses know about a class: redundant, unique and synergistic information, in bits.

A table holds the probability of each event, p (K, A, B): class k, first sense shows a, second sense shows b.
The decomposition is that of Bertschinger, Rauh, Olbrich, Jost and Ay (2014), Entropy 16(4), 2161-2183; the idea to
decompose is that of Williams and Beer (2010), arXiv:1004.2515.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Parts(NamedTuple):
    """The four parts of what two senses tell about the class, in bits; their sum is what both tell together."""

    redundant: float
    first: float
    second: float
    synergistic: float


def check_table(table: Tensor) -> Tensor:
    """``table`` itself if it holds probabilities (K, A, B) that sum to 1; otherwise an error that says why."""
    if table.ndim != 3 or 0 in table.shape:
        raise ValueError(f"table: got shape {tuple(table.shape)}, expected (K, A, B): class, one sense, the other")
    if not bool((table >= 0).all()) or abs(float(table.sum()) - 1) > 1e-6:
        raise ValueError(f"table: got a sum of {float(table.sum()):.4g}, expected probabilities that sum to 1")
    return table


def mutual_information(joint: Tensor) -> Tensor:
    """How many bits knowing one side tells about the other, on average: Σ p(k, x) log2 [p(k, x) / (p(k) p(x))].

    (..., K, X) → (...). 0 when the two are independent; the whole entropy of k when x gives it away.
    """
    apart = joint.sum(-1, keepdim=True) * joint.sum(-2, keepdim=True)
    return torch.special.xlogy(joint, joint / apart.clamp_min(1e-300)).sum((-1, -2)) / torch.log(torch.tensor(2.0))


def decompose(table: Tensor) -> Parts:
    """The four parts of what two binary senses tell about the class: (K, 2, 2) → ``Parts``.

    Synergistic is what only seeing both *together* tells. So let a rival world keep how each sense goes with the class,
    p(k, a) and p(k, b), and tie the two senses as it likes; the least that both tell in any such world is what needs no
    looking together. What the true world tells beyond it is the synergy:

        S = I(k; a, b) - min_Q I_Q(k; a, b),    R = I(k; a) + I(k; b) - min_Q I_Q(k; a, b)
        first = I(k; a) - R,                    second = I(k; b) - R
    """
    if check_table(table).shape[1:] != (2, 2):
        raise ValueError(f"table: got shape {tuple(table.shape)}, expected (K, 2, 2): two senses that show one of two")
    table = table.double()
    one, other, both, least = (
        float(mutual_information(joint)) for joint in (table.sum(2), table.sum(1), table.flatten(1), _tied(table))
    )
    shared = one + other - least
    return Parts(shared, one - shared, other - shared, both - least)


def _tied(table: Tensor) -> Tensor:
    """The rival world in which both senses together tell least: (K, 2, 2) → (K, 4).

    It has one free number for each class, q(k, 1, 1). What both tell is convex in these, so going through the classes
    in turn, with ever finer steps, finds the least.
    """
    class_, one, other = table.sum((1, 2)), table[:, 1].sum(1), table[:, :, 1].sum(1)  # (K,) each
    low, high = (one + other - class_).clamp_min(0), torch.minimum(one, other)

    def worlds(t: Tensor) -> Tensor:  # (..., K) → (..., K, 4)
        return torch.stack([class_ - one - other + t, other - t, one - t, t], dim=-1).clamp_min(0)

    at, steps = (low + high) / 2, torch.linspace(-0.5, 0.5, 41, dtype=table.dtype)
    for sweep in range(240):
        for k in range(len(at)):
            tried = at.repeat(len(steps), 1)
            tried[:, k] = (at[k] + steps * (high - low)[k] * 0.95**sweep).clamp(low[k], high[k])
            at = tried[mutual_information(worlds(tried)).argmin()]
    return worlds(at)
