"""A learning rate that changes on the way: warm-up and cosine; which parameters decay; and how an optimiser is told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import count
from types import MappingProxyType
from typing import Any

from torch import nn
from torch.optim import Optimizer

from mmcourse.base.checks import check_number, check_wholes

Schedule = Callable[[int], float]
WARM_UP = 0.1  # the share of all steps in which the rate grows


def warmup_cosine(step: int, steps: int, warmup: int) -> float:
    """The share of the full learning rate in a step: up in a straight line, then down half a cosine to nearly 0.

    ``step`` counts from 0 to ``steps`` - 1. In the first ``warmup`` steps the share is (step + 1) / warmup. With
    p = (step - warmup) / (steps - warmup), from 0 to nearly 1, it is then (1 + cos(π p)) / 2. Sources: Goyal and
    others, Accurate, large minibatch SGD (2017); Loshchilov and Hutter, SGDR (ICLR 2017).
    """
    if step < warmup:
        return (step + 1) / warmup
    return (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2


def rate_schedules(steps: int, warm_up: float = WARM_UP) -> Mapping[str, Schedule]:
    """Four schedules for so many ``steps``; each maps a step to a share of the full rate.

    "constant", "cosine", "warm-up" (then constant) and "both".
    """
    check_wholes(steps=steps)
    check_number(warm_up, "warm_up", 0, 1, "a share of the steps from 0 to 1")
    first = max(round(warm_up * steps), 1)
    return MappingProxyType(
        {
            "constant": lambda step: 1.0,
            "cosine": lambda step: warmup_cosine(step, steps, 0),
            "warm-up": lambda step: min((step + 1) / first, 1.0),
            "both": lambda step: warmup_cosine(step, steps, first),
        }
    )


def on_schedule(make: Callable[[Any], Optimizer], schedule: Schedule) -> Callable[[Any], Optimizer]:
    """A maker of optimisers for ``fit`` and ``fit_many`` whose rate in step k is the full one times ``schedule(k)``.

    What ``torch.optim.lr_scheduler.LambdaLR`` does from outside the optimiser happens inside its step here, so that a
    loop which knows nothing of schedules can run it.

        fit_many(models, train, optimiser=on_schedule(partial(torch.optim.Adam, lr=0.01), rate_schedules(300)["both"]))
    """

    def made(parameters: Any) -> Optimizer:
        optimiser, numbers = make(parameters), count()
        full = [group["lr"] for group in optimiser.param_groups]

        def set_rates(*_: Any) -> None:
            share = schedule(next(numbers))
            for group, rate in zip(optimiser.param_groups, full, strict=True):
                group["lr"] = rate * share

        optimiser.register_step_pre_hook(set_rates)
        return optimiser

    return made


def parameter_groups(model: nn.Module, decay: float) -> list[dict[str, Any]]:
    """A model's parameters in two groups for an optimiser of torch: tables of weights decay, everything else does not.

    Parameters with two axes or more get ``weight_decay=decay``; biases and the scales of normalisations, which have
    one, get 0.

        torch.optim.AdamW(parameter_groups(model, 0.01), lr=1e-3)
    """
    each = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in each if p.dim() >= 2], "weight_decay": decay},
        {"params": [p for p in each if p.dim() < 2], "weight_decay": 0.0},
    ]
