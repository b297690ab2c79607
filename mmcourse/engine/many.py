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
from mmcourse.base.stop import TrainingStopped, note_stop
from mmcourse.engine.data import Data, Inputs, Labels, check_data, data_sets, device_of, to_device
from mmcourse.engine.device import generator, noise_from
from mmcourse.engine.evaluate import predict
from mmcourse.engine.history import Callback, History, MakeOptimiser, Penalty
from mmcourse.engine.labels import (
    CheckedLoss,
    Loss,
    Outputs,
    Score,
    check_classes,
    check_training,
    class_accuracy,
    one_number,
)
from mmcourse.engine.loop import BestWeights, State, note, one_epoch, patience_of_each, validate


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
    score: Score | None = None,
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
    ``loss``, ``score``, ``keep_best``, ``patience`` and ``penalty(weights, buffers)`` mean what they mean in ``fit``,
    for each model by itself: one whose patience (a number for all, or one for each) has ended keeps its best weights
    while others go on. A stop (the kernel's ■, Ctrl-C) ends all of it and whatever compares the models: it is a
    ``TrainingStopped``, and the models are as they were before.
    """
    check_wholes(epochs=epochs, batch_size=batch_size), check_alike(models)
    orders, place = orders_of_each(seeds, len(models)), device_of(models[0])
    waits, sets = patience_of_each(patience, (len(models),), valid), data_sets(train, len(models))
    valid = None if valid is None else to_device(check_data(valid, "valid"), place)
    for one in sets[1:]:
        check_training(models[0], one, None, loss, score)
    score = check_training(models[0], sets[0], valid, loss, score)
    make = optimiser or partial(torch.optim.Adam, lr=lr, fused=place.type in ("cpu", "cuda"))
    stack, data = Stack(models, make, loss, penalty), to_device(stacked_sets(sets), place)
    best, histories = BestWeights(stack.weights, waits), [History(epochs) for _ in models]
    try:
        with noise_from(orders[0].initial_seed(), place):
            for epoch in range(epochs):
                going = best.going
                if not going.any():
                    break
                losses = one_epoch(stack.step, data, batch_size, orders)
                found = validate(stack.predict, valid, stack.losses, score and score_of_each(score))
                best.offer(stack.weights, found), note(histories, going, losses, found)
                if callback is not None:
                    callback(epoch + 1, epochs, histories[0])
    except KeyboardInterrupt:
        note_stop()
        raise TrainingStopped from None
    put_back(best.weights if keep_best or patience is not None else stack.weights, models)
    return histories


class Stack:
    """E models side by side: weights (E, ...) and buffers by name, and what a training loop asks of them."""

    def __init__(self, models: Sequence[nn.Module], make: MakeOptimiser, loss: Loss, penalty: Penalty | None) -> None:
        self.weights, self.buffers = stack_module_state(list(models))
        for model in models:
            model.train()
        learning = copy.deepcopy(models[0]).to("meta")  # the structure without the numbers
        self.forward = {True: runner(learning), False: runner(copy.deepcopy(learning).eval(), None)}
        self.stepper, checked = make(self.weights.values()), CheckedLoss(loss)
        self.each_loss, self.losses = vmap(checked), vmap(checked, in_dims=(0, None))
        self.penalties = penalty and vmap(penalty)

    def step(self, inputs: Inputs, labels: Labels) -> Tensor:
        """One optimiser step of all models, each on its own minibatch (E, B, ...); returns the losses (E,)."""
        self.stepper.zero_grad()
        values = self.each_loss(self.forward[True](self.weights, self.buffers, inputs), labels)  # (E,)
        total = values if self.penalties is None else values + self.penalties(self.weights, self.buffers)
        total.sum().backward()  # each model gets its own gradient
        self.stepper.step()
        return values.detach()

    def predict(self, inputs: Inputs) -> Outputs:
        """What each model gives for the same inputs: (N, ...) → (E, N, ...)."""
        return self.forward[False](self.weights, self.buffers, inputs)


def runner(skeleton: nn.Module, inputs_along: int | None = 0) -> Callable[[State, State, Inputs], Outputs]:
    """A function that runs all models: weights and buffers (E, ...), inputs (E, ...) or, along None, the same."""

    def run(weights: State, buffers: State, inputs: Inputs) -> Outputs:
        return functional_call(skeleton, (weights, buffers), (inputs,))

    return vmap(run, in_dims=(0, 0, inputs_along), randomness="different")


def stacked_sets(sets: Sequence[Data]) -> Data:
    """Data sets stacked along a first axis: inputs (E, N, ...), labels (E, N, ...); (1, N, ...) for a single one."""

    def stacked(parts: Sequence[Inputs]) -> Inputs:
        if isinstance(parts[0], dict):
            return {name: torch.stack([part[name] for part in parts]) for name in parts[0]}
        return torch.stack(list(parts))

    return stacked([inputs for inputs, _ in sets]), stacked([labels for _, labels in sets])


def score_of_each(score: Score) -> Callable[[Outputs, Labels], Tensor | list[float]]:
    """A function from the outputs (E, N, ...) of all models to their scores (E,)."""
    if score is class_accuracy:
        return vmap(score, in_dims=(0, None))
    return lambda outputs, labels: [one_number(score, one, labels) for one in of_each_model(outputs)]


def of_each_model(outputs: Outputs) -> list[Outputs]:
    """The outputs of each model by itself: a tensor (E, ...), or a dict or tuple of such → E times (...)."""
    if isinstance(outputs, dict):
        return [
            dict(zip(outputs, parts, strict=True)) for parts in zip(*map(of_each_model, outputs.values()), strict=True)
        ]
    return list(zip(*map(of_each_model, outputs), strict=True)) if isinstance(outputs, tuple | list) else list(outputs)


def predict_many(models: Sequence[nn.Module], inputs: Inputs) -> Tensor:
    """Outputs of all models for the same inputs, in evaluation mode and without gradients: (E, N, K).

    One after the other: without a backward pass there is little to gain from stacking, and any model will do.
    """
    return torch.stack([predict(model, inputs) for model in models])


def accuracy_many(models: Sequence[nn.Module], data: Data) -> list[float]:
    """Share of right answers of each model on the same data; labels as in ``accuracy``."""
    inputs, labels = check_data(data, "data")
    outputs = predict_many(models, inputs)
    check_classes(outputs[0], labels, labels, "data")
    return [float(class_accuracy(one, labels.to(one.device))) for one in outputs]


def orders_of_each(seeds: Sequence[int] | None, count: int) -> list[torch.Generator]:
    """For each of ``count`` models the generator of its order of samples, from its seed."""
    seeds = range(count) if seeds is None else seeds
    if len(seeds) != count:
        raise ValueError(f"seeds: got {len(seeds)} for {count} models, expected one for each")
    return [generator(seed) for seed in seeds]


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
