"""Models whose first weights depend on a seed and on nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from mmcourse.engine.device import generator

Model = TypeVar("Model", bound=nn.Module)


def seeded(make: Callable[[], Model], seed: int) -> Model:
    """The model that ``make()`` builds, with first weights drawn from ``seed``: uniform in ±1/√(inputs of a unit).

    That is what torch draws for linear and convolution layers by itself, but from its global generator, which depends
    on everything that was drawn before. Other layers with parameters start at their own fixed values; one that starts
    at random is a ``ValueError``. Source of the range: LeCun, Bottou, Orr and Müller (1998), Efficient BackProp.
    """
    rng = generator(seed)
    with torch.device("meta"):  # shapes without numbers: the global generator is not used
        model = make()
    model.to_empty(device="cpu")
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.Linear | nn.modules.conv._ConvNd):
                reach = layer.weight[0].numel() ** -0.5
                for p in layer.parameters(recurse=False):
                    p.uniform_(-reach, reach, generator=rng)
            elif isinstance(layer, nn.LayerNorm | nn.GroupNorm):
                layer.reset_parameters()
            elif next(layer.parameters(recurse=False), None) is not None:
                raise ValueError(
                    f"make: has a layer {type(layer).__name__}, expected linear, convolution and "
                    "normalisation layers only; draw the weights of others with a generator yourself"
                )
    return model
