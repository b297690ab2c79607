"""Every panel of lesson 09 with small models that are trained in tenths of a second."""

from functools import cache
from typing import Any

from mmcourse.fusion_operators import OPERATORS, pictures, train_fused
from mmcourse.fusion_operators.pictures import XOR
from mmcourse.fusion_operators.studies import train_shares

THREE = ("sum", "product", "max")


@cache
def maps() -> dict[str, dict[str, Any]]:
    """Three operators on XOR, alone and with a hidden layer before, trained for a moment."""
    train = XOR.sample(400, seed=0)
    options = {"classes": 2, "budget": 200, "seeds": [0], "epochs": 8, "lr": 3e-2}
    return {
        bends: {name: train_fused(OPERATORS[name], train, bends=bends, **options)[0] for name in THREE}
        for bends in ("none", "before")
    }


@cache
def shares() -> dict[str, list[Any]]:
    """Gates and attention on pairs with one broken sense, two seeds, trained for a moment."""
    return train_shares(seeds=range(2), size=300, epochs=4)


PANELS = {
    "mixes_panel": pictures.mixes_panel,
    "decision_maps_panel": lambda: pictures.decision_maps_panel(maps()),
    "sense_shares_panel": lambda: pictures.sense_shares_panel(shares()),
}
