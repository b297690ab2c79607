"""Models whose first weights depend on a seed and on nothing else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear as LastOfAttention
from torch.nn.parameter import UninitializedTensorMixin

from mmcourse.engine.device import generator, noise_from

Model = TypeVar("Model", bound=nn.Module)
PROCESSOR = torch.device("cpu")


def seeded(make: Callable[[], Model], seed: int) -> Model:
    """The model that ``make()`` builds, with first weights drawn from ``seed``; nothing global is moved.

    Every layer of PyTorch starts as it does by itself: linear and convolution layers uniform in ±1/√(inputs of a unit),
    ``nn.RNN``, ``nn.LSTM`` and ``nn.GRU`` uniform in ±1/√(hidden units), ``nn.Embedding`` normal with a row of zeros
    for padding, ``nn.MultiheadAttention`` by Xavier's rule, normalisation at 1 and 0. So do parameters and buffers that
    a model makes itself; but what its ``__init__`` writes into a linear or convolution layer is drawn anew. Where the
    seed cannot decide all weights, it is a ``ValueError``: some come out otherwise the second time (drawn by numpy, or
    with a generator of your own), have no size yet (lazy layers), or are not on the processor.
    Source of the first range: LeCun, Bottou, Orr and Müller (1998), Efficient BackProp.

        seeded(lambda: nn.LSTM(12, 32), seed=3)
    """
    rng, model = generator(seed), built(make, seed)
    drawn: set[int] = set()
    with torch.no_grad():
        for layer in model.modules():
            # the last layer of attention is called a linear one, and starts by a rule of its own
            if isinstance(layer, nn.Linear | nn.modules.conv._ConvNd) and not isinstance(layer, LastOfAttention):
                reach = layer.weight[0].numel() ** -0.5
                for p in layer.parameters(recurse=False):
                    drawn.add(id(p.uniform_(-reach, reach, generator=rng)))
    rest = {name: value for name, value in numbers_of(model) if id(value) not in drawn}
    if rest:  # drawn by make itself: is it the same whenever the seed is?
        again = dict(numbers_of(built(make, seed)))
        if changed := [name for name, value in rest.items() if not same_numbers(value, again.get(name))]:
            raise ValueError(
                f"make: gave other numbers in {', '.join(changed)} the second time, expected those that the seed says; "
                "draw them with torch.randn or torch.rand, without a generator, in make"
            )
    return model


def built(make: Callable[[], Model], seed: int) -> Model:
    """What ``make()`` gives when all that torch draws comes from the seed; an error when that is no finished model."""
    with noise_from(seed, PROCESSOR), PROCESSOR:
        model = make()
    if not isinstance(model, nn.Module):
        raise TypeError(
            f"make: gave {type(model).__name__}, expected a model; write seeded(lambda: nn.Linear(2, 3), 0)"
        )
    for name, value in numbers_of(model):
        if isinstance(value, UninitializedTensorMixin):
            raise ValueError(f"make: {name} has no size yet, expected known sizes; use nn.Linear(inputs, outputs)")
        if value.device != PROCESSOR:
            raise ValueError(
                f"make: {name} is on {value.device}, expected the processor, where the seed's numbers are drawn; "
                "move the finished model: seeded(make, seed).to(device)"
            )
    return model


def numbers_of(model: nn.Module) -> chain[tuple[str, Tensor]]:
    """All parameters and buffers by name."""
    return chain(model.named_parameters(), model.named_buffers())


def same_numbers(one: Tensor, other: Tensor | None) -> bool:
    """Whether two tensors are equal everywhere; NaN equals NaN."""
    return (
        other is not None
        and one.shape == other.shape
        and bool(((one == other) | (one != one) & (other != other)).all())
    )
