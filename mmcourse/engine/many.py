"""Many small models trained at once.

Eight seeds, or eight strengths of a penalty, are eight models of the same shape. Stack their weights along a new first
axis E (ensemble) and every step becomes one larger computation instead of eight small ones. The models do not see each
other: the losses are added up, and the derivative of the sum with respect to one model's weights is that model's own
gradient. What differs between them and is not learnt, such as a strength, stands in their buffers, stacked as well.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional as F

from mmcourse.base.checks import check_wholes
from mmcourse.engine.data import Data, Inputs, check_data, device_of, to_device
from mmcourse.engine.device import generator, noise_from
from mmcourse.engine.evaluate import predict
from mmcourse.engine.history import Callback, History, Loss, MakeOptimiser, Penalty, check_patience

State = dict[str, Tensor]


def fit_many(
    models: Sequence[nn.Module],
    train: Data | Sequence[Data],
    valid: Data | None = None,
    *,
    seeds: Sequence[int] | None = None,
    epochs: int = 15,
    batch_size: int = 100,
    lr: float = 3e-3,
    optimiser: MakeOptimiser | None = None,
    loss: Loss = F.cross_entropy,
    callback: Callback | None = None,
    keep_best: bool = False,
    patience: int | Sequence[int] | None = None,
    penalty: Penalty | None = None,
) -> list[History]:
    """Train E models of the same structure at once, in place; returns one history for each.

    The weights are those that ``fit(models[e], train, seed=seeds[e], ...)`` would give each alone (up to rounding; what
    models draw at random themselves, such as masks of dropout, comes from one stream for all and differs from alone).
    ``train`` is one data set for all, or a list of E data sets of the same size. ``seeds`` fix each model's order of
    samples: 0 .. E-1 if None. The optimiser must work on each number by itself, as SGD, momentum, RMSProp and Adam do.
    ``keep_best``, ``patience`` and ``penalty(weights, buffers)`` mean what they mean in ``fit``, for each model by
    itself: one whose patience (a number for all, or one for each) has ended keeps its best weights while others go on.
    An interruption leaves each model's best weights so far.
    """
    check_wholes(epochs=epochs, batch_size=batch_size), check_alike(models)
    orders = orders_of_each(seeds, len(models))
    waits = patience_of_each(patience, len(models), valid)
    place = device_of(models[0])
    inputs, labels = stacked_data(train, len(models), place)
    valid = None if valid is None else to_device(check_data(valid, "valid"), place)
    weights, buffers, forward = stacked_models(models)
    stepper = (optimiser or partial(torch.optim.Adam, lr=lr, fused=place.type in ("cpu", "cuda")))(weights.values())
    best, histories = BestOfEach(weights, waits), [History(epochs) for _ in models]
    step = partial(one_step, forward["train"], weights, buffers, stepper, vmap(loss), penalty and vmap(penalty))
    try:
        with noise_from(orders[0].initial_seed(), place):
            for epoch in range(epochs):
                going = best.going.tolist()
                if not any(going):
                    break
                losses = epoch_of_all(step, inputs, labels, batch_size, orders)
                found = validate_all(forward["predict"], weights, buffers, valid, loss, len(models)) if valid else None
                best.offer(weights, None if found is None else found[0])
                note_all(histories, going, losses, found)
                if callback is not None:
                    callback(epoch + 1, epochs, histories[0])
    except KeyboardInterrupt:
        for history in histories:
            history.interrupted = True
    put_back(best.weights if keep_best or patience is not None or histories[0].interrupted else weights, models)
    return histories


def one_step(
    forward: Callable[..., Tensor],
    weights: State,
    buffers: State,
    stepper: torch.optim.Optimizer,
    losses: Callable[[Tensor, Tensor], Tensor],
    penalties: Callable[[State, State], Tensor] | None,
    inputs: Inputs,
    labels: Tensor,
) -> Tensor:
    """One optimiser step of all models, each on its own minibatch (E, B, ...); returns the losses (E,)."""
    stepper.zero_grad()
    values = losses(forward(weights, buffers, inputs), labels)  # (E,)
    total = values if penalties is None else values + penalties(weights, buffers)
    total.sum().backward()  # each model gets its own gradient
    stepper.step()
    return values.detach()


def epoch_of_all(
    step: Callable[[Inputs, Tensor], Tensor],
    inputs: Inputs,
    labels: Tensor,
    batch_size: int,
    orders: Sequence[torch.Generator],
) -> list[float]:
    """One pass of every model over its data, each in its own random order; returns the mean loss of each."""
    count, place = labels.shape[1], labels.device
    rows = torch.stack([torch.randperm(count, generator=order) for order in orders]).to(place)  # (E, N)
    total = torch.zeros(len(orders), device=place)
    for chunk in rows.split(batch_size, dim=1):  # (E, B)
        total += step(pick(inputs, chunk), pick(labels, chunk)) * chunk.shape[1]
    return (total / count).tolist()


def pick(inputs: Inputs, rows: Tensor) -> Inputs:
    """For each model its own rows: data (E or 1, N, ...), rows (E, B) → (E, B, ...)."""
    if isinstance(inputs, dict):
        return {name: pick(x, rows) for name, x in inputs.items()}
    if len(inputs) == 1:  # one data set for all models
        return inputs[0][rows]
    return inputs[torch.arange(len(inputs), device=rows.device)[:, None], rows]


def stacked_models(models: Sequence[nn.Module]) -> tuple[State, State, dict[str, Callable[..., Tensor]]]:
    """The weights (E, ...) of all models, their buffers, and functions that run them all: "train" and "predict"."""
    weights, buffers = stack_module_state(list(models))

    def runner(skeleton: nn.Module) -> Callable[..., Tensor]:
        def run(weights: State, buffers: State, inputs: Inputs) -> Tensor:
            return functional_call(skeleton, (weights, buffers), (inputs,))

        return vmap(run, randomness="different")

    for model in models:
        model.train()
    skeleton = copy.deepcopy(models[0]).to("meta")  # the structure without the numbers
    return weights, buffers, {"train": runner(skeleton), "predict": runner(copy.deepcopy(skeleton).eval())}


def stacked_data(train: Data | Sequence[Data], count: int, place: torch.device) -> Data:
    """Data sets side by side: inputs (E or 1, N, ...), labels (E or 1, N)."""
    one_for_all = isinstance(train, tuple) and isinstance(train[1], Tensor)
    sets = [train] if one_for_all else list(train)
    if not one_for_all and len(sets) != count:
        raise ValueError(f"train: got {len(sets)} data sets for {count} models, expected one for all or one for each")
    sets = [check_data(data, "train") for data in sets]
    if len({len(labels) for _, labels in sets}) > 1:
        raise ValueError(f"train: the data sets have {sorted({len(y) for _, y in sets})} rows, expected equal sizes")
    inputs, labels = [x for x, _ in sets], torch.stack([y for _, y in sets]).to(place)
    if isinstance(inputs[0], dict):
        return {name: torch.stack([x[name] for x in inputs]).to(place) for name in inputs[0]}, labels
    return torch.stack(inputs).to(place), labels


def validate_all(
    forward: Callable[..., Tensor], weights: State, buffers: State, valid: Data, loss: Loss, count: int
) -> tuple[Tensor, Tensor]:
    """Loss (E,) and accuracy (E,) of each model on the validation data."""
    inputs, labels = valid
    with torch.no_grad():
        outputs = forward(weights, buffers, for_everyone(inputs, count))  # (E, N, K)
        losses = vmap(loss, in_dims=(0, None))(outputs, labels)
        return losses, (outputs.argmax(-1) == labels).float().flatten(1).mean(1)


def note_all(
    histories: Sequence[History], going: Sequence[bool], losses: Sequence[float], found: tuple[Tensor, Tensor] | None
) -> None:
    """Append what the last epoch brought to the history of every model that was still going."""
    columns = [losses] if found is None else [losses, *(column.tolist() for column in found)]
    for history, still, *values in zip(histories, going, *columns, strict=True):
        if still:
            lists = (history.train_loss, history.valid_loss, history.valid_accuracy)
            for past, value in zip(lists, values, strict=False):
                past.append(value)


def for_everyone(inputs: Inputs, count: int) -> Inputs:
    """The same inputs for each of ``count`` models: (N, ...) → (E, N, ...), without copying."""
    if isinstance(inputs, dict):
        return {name: for_everyone(x, count) for name, x in inputs.items()}
    return inputs.expand(count, *inputs.shape)


def predict_many(models: Sequence[nn.Module], inputs: Inputs) -> Tensor:
    """Outputs of all models for the same inputs, in evaluation mode and without gradients: (E, N, K).

    One after the other: without a backward pass there is little to gain from stacking, and any model will do.
    """
    return torch.stack([predict(model, inputs) for model in models])


def accuracy_many(models: Sequence[nn.Module], data: Data) -> list[float]:
    """Share of right answers of each model on the same data."""
    inputs, labels = check_data(data, "data")
    outputs = predict_many(models, inputs)
    return (outputs.argmax(-1) == labels.to(outputs.device)).float().mean(-1).tolist()


class BestOfEach:
    """For each model the weights with its lowest validation loss so far (the latest without validation data)."""

    def __init__(self, weights: State, patience: Tensor) -> None:
        self.weights = {name: w.detach().clone() for name, w in weights.items()}
        self.patience = patience  # (E,)
        self.lowest = torch.full_like(patience, torch.inf)
        self.waited = torch.zeros_like(patience)  # epochs since a model was at its best

    @property
    def going(self) -> Tensor:
        """Which models are still learning, (E,): all but those that have waited as long as their patience allows."""
        return self.waited < self.patience

    def offer(self, weights: State, newest: Tensor | None) -> None:
        """Keep the weights of every model whose last epoch was its best; ``newest`` (E,) are validation losses."""
        going = self.going
        better = going if newest is None else going & (newest.cpu() < self.lowest)
        if newest is not None:
            self.lowest = torch.where(better, newest.cpu(), self.lowest)
        self.waited = torch.where(going, torch.where(better, 0, self.waited + 1), self.waited)
        for name, w in weights.items():
            self.weights[name][better.to(w.device)] = w.detach()[better.to(w.device)]


def orders_of_each(seeds: Sequence[int] | None, count: int) -> list[torch.Generator]:
    """For each of ``count`` models the generator of its order of samples, from its seed."""
    seeds = range(count) if seeds is None else seeds
    if len(seeds) != count:
        raise ValueError(f"seeds: got {len(seeds)} for {count} models, expected one for each")
    return [generator(seed) for seed in seeds]


def patience_of_each(patience: int | Sequence[int] | None, count: int, valid: Data | None) -> Tensor:
    """How many epochs each of ``count`` models waits for a new best, (E,); infinite without patience."""
    if patience is None:
        return torch.full((count,), torch.inf)
    each = [patience] * count if isinstance(patience, int) else list(patience)
    for one in each:
        check_patience(one, valid)
    if len(each) != count:
        raise ValueError(f"patience: got {len(each)} numbers for {count} models, expected one for all or one for each")
    return torch.tensor(each, dtype=torch.float32)


def put_back(weights: State, models: Sequence[nn.Module]) -> None:
    """Write the stacked weights back into the models."""
    with torch.no_grad():
        for e, model in enumerate(models):
            for name, parameter in model.named_parameters():
                parameter.copy_(weights[name][e])


def check_alike(models: Sequence[nn.Module]) -> None:
    """All models must have the same parameters, shapes and device, and nothing that changes outside the weights."""
    if len(models) == 0:
        raise ValueError("models: got none, expected at least one")
    shapes = [{name: (tuple(p.shape), p.device) for name, p in model.named_parameters()} for model in models]
    for e, shape in enumerate(shapes):
        if shape != shapes[0] or type(models[e]) is not type(models[0]):
            raise ValueError(
                f"models: number {e} differs from number 0 in class, parameter shapes or device; "
                "train models of different structure in separate calls"
            )
    if any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in models[0].modules()):
        raise ValueError(
            "models: batch normalisation keeps running averages, which cannot be stacked; "
            "use LayerNorm or GroupNorm, or train one model at a time with fit"
        )
