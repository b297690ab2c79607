"""First aid for a network that does not learn: four checks that take seconds, and find most slips of the pen."""

from __future__ import annotations

import copy
import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Finding(NamedTuple):
    """What one check found: its name, whether all is as it should be, and what was seen."""

    check: str
    fine: bool
    seen: str


def first_checks(model: nn.Module, inputs: Tensor, labels: Tensor, steps: int = 200, lr: float = 1e-2) -> list[Finding]:
    """Four checks of a fresh classifier on a small batch: inputs (B, ...), labels (B,), logits (B, K) expected.

    1. The first loss is near log K: it has no opinion yet. 2. A sample's answer depends on that sample alone. 3. A
    gradient reaches every parameter. 4. ``steps`` steps of Adam learn this very batch by heart. The model stays as it
    is. Source of the recipe: Karpathy, A recipe for training neural networks (2019).
    """
    model = copy.deepcopy(model)
    return [
        _first_loss(model, inputs, labels),
        _own_sample(model, inputs),
        _gradients(model, inputs, labels),
        _by_heart(model, inputs, labels, steps, lr),
    ]


def _first_loss(model: nn.Module, inputs: Tensor, labels: Tensor) -> Finding:
    with torch.no_grad():
        logits = model(inputs)
    wanted, loss = math.log(logits.shape[1]), F.cross_entropy(logits, labels).item()
    return Finding("first loss", 0.5 * wanted < loss < 2 * wanted, f"{loss:.2f}, log K is {wanted:.2f}")


def _own_sample(model: nn.Module, inputs: Tensor) -> Finding:
    was, asked = model.training, inputs.clone().requires_grad_()
    model.eval()
    (slopes,) = torch.autograd.grad(model(asked)[0].logsumexp(0), asked, allow_unused=True)
    model.train(was)
    others = [] if slopes is None else [k for k in range(1, len(inputs)) if slopes[k].any()]
    return Finding("own sample", not others, f"answer 0 depends on {len(others)} other samples")


def _gradients(model: nn.Module, inputs: Tensor, labels: Tensor) -> Finding:
    model.zero_grad()
    F.cross_entropy(model(inputs), labels).backward()
    dead = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    return Finding("gradients", not dead, f"none reaches {', '.join(dead)}" if dead else "reach all parameters")


def _by_heart(model: nn.Module, inputs: Tensor, labels: Tensor, steps: int, lr: float) -> Finding:
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(steps):
        loss = F.cross_entropy(model(inputs), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        loss = F.cross_entropy(model(inputs), labels).item()
    return Finding("one batch by heart", loss < 0.05, f"loss {loss:.2f} after {steps} steps")
