"""How large the first weights should be, so that a signal neither fades nor explodes on its way through many layers."""

from __future__ import annotations

from mmcourse.base.checks import check_wholes


def first_spread(inputs: int, outputs: int, rule: str = "kaiming") -> float:
    """The standard deviation of a layer's first weights, so that signals keep their size through many layers.

    "kaiming" √(2 / inputs) for ReLU, which cuts off half of the signal (He and others, ICCV 2015); "xavier"
    √(2 / (inputs + outputs)), between what the way forward and the way back ask for (Glorot and Bengio, AISTATS 2010).
    """
    check_wholes(inputs=inputs, outputs=outputs)
    if rule not in ("kaiming", "xavier"):
        raise ValueError(f"rule: got {rule!r}, expected 'kaiming' or 'xavier'")
    return (2 / inputs) ** 0.5 if rule == "kaiming" else (2 / (inputs + outputs)) ** 0.5
