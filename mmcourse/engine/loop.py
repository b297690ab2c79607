"""The parts of a training loop that ``fit`` (lesson 02) and ``fit_many`` share: for one model, or for E side by side.

Losses and scores are () for one model and (E,) for many; everything here is written for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import Tensor

from mmcourse.base.checks import check_wholes
from mmcourse.engine.data import Data, Inputs, Labels, first, take
from mmcourse.engine.history import History
from mmcourse.engine.labels import Outputs

State = dict[str, Tensor]
Order = torch.Generator | Sequence[torch.Generator]  # of the samples: for one model, or for each of E
Found = tuple[Tensor, Tensor | Sequence[float] | None]  # loss and score on validation data


def minibatches(count: int, batch_size: int, order: Order) -> Iterator[Tensor]:
    """Row numbers 0..count-1 in random order, ``batch_size`` at a time; the last group may be smaller.

    One generator → (B,). For E models a generator each → (E, B), for each model an order of its own.
    """
    if isinstance(order, torch.Generator):
        return iter(torch.randperm(count, generator=order).split(batch_size))
    return iter(torch.stack([torch.randperm(count, generator=one) for one in order]).split(batch_size, dim=1))


def one_epoch(step: Callable[[Inputs, Labels], Tensor], train: Data, batch_size: int, order: Order) -> Tensor:
    """One pass over the data in a fresh random order; returns the mean loss of the samples, () or (E,).

    ``step(inputs, labels)`` learns from one batch and returns the loss before it. For one model ``train`` holds
    tensors (N, ...); for many (E, N, ...), or (1, N, ...) for all.
    """
    inputs, labels = train
    alone = isinstance(order, torch.Generator)
    place, count = first(labels).device, first(labels).shape[0 if alone else 1]
    total = torch.zeros(() if alone else len(order), device=place)
    for rows in minibatches(count, batch_size, order):
        rows = rows.to(place)
        total.add_(step(take(inputs, rows), take(labels, rows)), alpha=rows.shape[-1])  # stays on the device:
    return total / count  # asking for the number after each step would wait for it


@torch.no_grad()
def validate(
    predict: Callable[[Inputs], Outputs],
    valid: Data | None,
    loss: Callable[[Outputs, Labels], Tensor],
    score: Callable[[Outputs, Labels], Tensor | Sequence[float]] | None,
) -> Found | None:
    """Loss and score on the validation data; None without any."""
    if valid is None:
        return None
    outputs = predict(valid[0])
    return loss(outputs, valid[1]), None if score is None else score(outputs, valid[1])


def note(histories: Sequence[History], going: Tensor, losses: Tensor, found: Found | None) -> None:
    """Append what an epoch brought to the history of every model that was still going."""
    valid_loss, valid_score = (None, None) if found is None else found
    columns = [
        [None] * len(histories) if column is None else torch.as_tensor(column).reshape(-1).tolist()
        for column in (losses, valid_loss, valid_score)
    ]
    for history, still, *values in zip(histories, going.reshape(-1).tolist(), *columns, strict=True):
        lists = (history.train_loss, history.valid_loss, history.valid_score)
        for past, value in zip(lists, values, strict=True):
            if still and value is not None:
                past.append(value)


def copied(state: Mapping[str, Tensor]) -> State:
    """A copy of weights by name."""
    return {name: value.detach().clone() for name, value in state.items()}


class BestWeights:
    """For each model the weights with its lowest validation loss so far (the latest without validation data).

    ``patience`` () or (E,): for so many epochs a model waits for a new best; infinite: for ever.
    """

    def __init__(self, weights: Mapping[str, Tensor], patience: Tensor) -> None:
        self.weights, self.patience = copied(weights), patience
        self.lowest = torch.full_like(patience, torch.inf)
        self.waited = torch.zeros_like(patience)  # epochs since a model was at its best

    @property
    def going(self) -> Tensor:
        """Which models are still learning, () or (E,): all but those that have waited as long as they may."""
        return self.waited < self.patience

    def offer(self, weights: Mapping[str, Tensor], found: Found | None) -> None:
        """Keep the weights of every model whose last epoch was its best."""
        if found is None:  # nothing to compare with, and so no patience
            self.weights = copied(weights)
            return
        going, newest = self.going, found[0].cpu()
        better = going & (newest < self.lowest)
        kept = copied(weights) if better.all() else chosen(better, weights, self.weights)
        waited = torch.where(going, torch.where(better, 0.0, self.waited + 1), self.waited)
        lowest = torch.where(better, newest, self.lowest)
        self.weights, self.waited, self.lowest = kept, waited, lowest  # together: a stop finds the old or the new


def chosen(which: Tensor, new: Mapping[str, Tensor], old: State) -> State:
    """The new weights of the models in ``which``, (E,), the old ones of the others."""
    if not which.any():
        return old
    return {
        name: torch.where(which.to(w.device).reshape(which.shape + (1,) * (w.ndim - which.ndim)), w.detach(), old[name])
        for name, w in new.items()
    }


def patience_of_each(patience: int | Sequence[int] | None, shape: tuple[int, ...], valid: Data | None) -> Tensor:
    """How many epochs each model waits for a new best, of this shape, () or (E,); infinite without patience."""
    if patience is None:
        return torch.full(shape, torch.inf)
    each = list(patience) if shape and isinstance(patience, Sequence) else [patience] * (shape or (1,))[0]
    for one in each:
        check_wholes(patience=one)
    if valid is None:
        raise ValueError(f"patience: got {patience} and no validation data; give valid=(inputs, labels) as well")
    if len(each) != (shape or (1,))[0]:
        raise ValueError(
            f"patience: got {len(each)} numbers for {shape[0]} models, expected one for all or one for each"
        )
    return torch.tensor(each, dtype=torch.float32).reshape(shape)
