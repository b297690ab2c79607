"""What a model is trained on: inputs with labels, checked, cut into rows and moved to where the model is.

Inputs are a tensor (N, ...) or a dict from modality to such tensors, and so are labels: class numbers (N,), marks of a
sequence (N, T), numbers to be met (N, D), or a dict with one of these for each task. Row n belongs to sample n
everywhere. This check knows nothing of what labels mean; ``labels.py`` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

Inputs = Tensor | dict[str, Tensor]
Labels = Tensor | dict[str, Tensor]
Data = tuple[Inputs, Labels]


def take(inputs: Inputs, rows: Tensor) -> Inputs:
    """The given rows of a tensor, or of each tensor in a dict.

    rows (B,) of inputs (N, ...) → (B, ...). For E models at once, each its own rows (E, B) of inputs (E, N, ...), or of
    (1, N, ...) when all share one data set → (E, B, ...).
    """
    if isinstance(inputs, dict):
        return {name: take(x, rows) for name, x in inputs.items()}
    if rows.ndim == 1:
        return inputs[rows]
    if len(inputs) == 1:  # one data set for all models
        return inputs[0][rows]
    return inputs[torch.arange(len(inputs), device=rows.device)[:, None], rows]


def move(inputs: Inputs, device: torch.device | str) -> Inputs:
    """The inputs, or labels, on ``device``."""
    return {name: x.to(device) for name, x in inputs.items()} if isinstance(inputs, dict) else inputs.to(device)


def to_device(data: Data, device: torch.device | str) -> Data:
    """Inputs and labels on ``device``."""
    return move(data[0], device), move(data[1], device)


def device_of(model: nn.Module) -> torch.device:
    """Where the model's parameters are; a model without any computes on the CPU."""
    return next((p.device for p in model.parameters()), torch.device("cpu"))


def first(inputs: Inputs) -> Tensor:
    """The tensor itself, or the first of a dict: all of them have as many rows and lie on one device."""
    return next(iter(inputs.values())) if isinstance(inputs, dict) else inputs


# ---------------------------------------------------------------- the one check that serves all that trains or measures


def check_data(data: Data, name: str) -> Data:
    """``data`` itself when it is a usable (inputs, labels); an error that names the part that is not otherwise."""
    if not (isinstance(data, tuple | list) and len(data) == 2):
        many = f" of {len(data)}" if isinstance(data, tuple | list) else ""
        raise TypeError(f"{name}: got {type(data).__name__}{many}, expected a pair (inputs, labels)")
    inputs, labels = data
    rows = check_tensors(labels, f"{name}: the labels", "(N,), one for each sample")
    count = next(iter(rows.values()))
    if count == 0:
        raise ValueError(f"{name}: got no sample at all, expected (inputs, labels) with N at least 1 rows; fill both")
    rows |= check_tensors(inputs, f"{name}: inputs", "(N, ...)")
    for key, found in rows.items():
        if found != count:
            raise ValueError(f"{key}: got {found} rows, expected {count}, one for each label; row n is sample n in all")
    return inputs, labels


def check_inputs(inputs: Inputs, name: str) -> None:
    """Inputs without labels: a tensor (N, ...) or a dict of such; an error where one is none or is not finite."""
    check_tensors(inputs, name, "(N, ...)")


def check_tensors(found: Inputs | Labels, name: str, shape: str) -> dict[str, int]:
    """How many rows each tensor has; an error where one is no tensor, has no rows, or holds NaN or infinity."""
    if isinstance(found, dict) and not found:
        raise ValueError(f"{name}: got an empty dict, expected a tensor {shape} for each name")
    rows = {}
    for key, x in found.items() if isinstance(found, dict) else [("", found)]:
        which = f"{name} {key!r}" if isinstance(found, dict) else name
        if not isinstance(x, Tensor):
            raise TypeError(f"{which}: got {kind_of(x)}, expected a tensor {shape}; make one with {maker_for(x)}")
        if x.ndim == 0:
            raise ValueError(f"{which}: got a single number, expected a tensor {shape}; one sample is x[None]")
        if x.is_floating_point() and not bool(torch.isfinite(x).all()):
            raise ValueError(f"{which}: got NaN or infinite values, expected numbers; remove or replace them first")
        rows[which] = len(x)
    return rows


def kind_of(value: Any) -> str:
    """What something is that ought to be a tensor."""
    return "a numpy array" if type(value).__name__ == "ndarray" else type(value).__name__


def maker_for(value: Any) -> str:
    """What makes a tensor of it."""
    return "torch.from_numpy" if type(value).__name__ == "ndarray" else "torch.tensor"


def data_sets(train: Data | Sequence[Data], count: int | None = None, name: str = "train") -> list[Data]:
    """One data set for all models → [it]; one for each → all of them, checked and of one size.

    Raises ``ValueError`` when there are several and not ``count``.
    """
    one_for_all = isinstance(train, tuple | list) and len(train) == 2 and not isinstance(train[0], tuple | list)
    sets = [train] if one_for_all or not isinstance(train, Sequence) else list(train)
    if not one_for_all and count not in (None, len(sets)) or not sets:
        raise ValueError(f"{name}: got {len(sets)} data sets for {count} models, expected one for all or one for each")
    sets = [check_data(data, name) for data in sets]
    sizes = sorted({len(first(labels)) for _, labels in sets})
    if len(sizes) > 1:
        raise ValueError(f"{name}: got data sets of {sizes} rows, expected equal sizes; cut them to the shortest")
    return sets


def check_names(names: Iterable[str], name: str, taken: Iterable[str] = (), reason: str = "") -> list[str]:
    """The names of modalities, sorted. One that no part of a network can bear, or that is ``taken``, is an error.

    PyTorch keeps parts under their names, so a name must be a word without a dot, and none of those that
    ``nn.ModuleDict`` uses itself, such as "items". ``reason`` says what the taken names mean already.
    """
    parts = nn.ModuleDict()
    for one in names:
        if one in taken:
            why = reason
        elif not isinstance(one, str) or not one or "." in one or hasattr(parts, one):
            why = "PyTorch cannot call a part of a network so"
        else:
            continue
        raise ValueError(f"{name}: got a modality called {one!r}, expected another name, such as 'eye'; {why}")
    return sorted(names)
