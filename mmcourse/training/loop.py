"""The training loop of the course: ``fit``, and a run that survives being interrupted.

``one_epoch``, ``validate`` and ``BestWeights`` are written once, in ``mmcourse.engine.loop``, for one model and for
many side by side; here they are put together.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.base.checks import check_wholes
from mmcourse.base.stop import TrainingStopped, note_stop, stops_all
from mmcourse.engine.checkpoint import Saved, checkpoint_to_continue, write_checkpoint
from mmcourse.engine.data import Data, Inputs, Labels, check_data, device_of, first, move, to_device
from mmcourse.engine.device import generator, noise_from
from mmcourse.engine.history import Callback, History, MakeOptimiser, Penalty
from mmcourse.engine.labels import CheckedLoss, Loss, Score, check_training, one_number, outputs_of
from mmcourse.engine.loop import BestWeights, copied, minibatches, note, one_epoch, patience_of_each, validate

RENAMED = {"valid_accuracy": "valid_score"}  # what older files call it
__all__ = ["BestWeights", "Run", "copied", "fit", "minibatches", "one_epoch", "one_step"]


def fit(
    model: nn.Module,
    train: Data,
    valid: Data | None = None,
    *,
    epochs: int = 15,
    batch_size: int = 100,
    lr: float = 3e-3,
    optimiser: MakeOptimiser | None = None,
    loss: Loss = F.cross_entropy,
    score: Score | None = None,
    seed: int = 0,
    callback: Callback | None = None,
    keep_best: bool = False,
    patience: int | None = None,
    penalty: Penalty | None = None,
    checkpoint: str | Path | None = None,
) -> History:
    """Train ``model`` in place, on the device where it is, and return the history.

    ``train`` and ``valid`` are ``(inputs, labels)``: inputs a tensor (N, ...) or a dict from modality to such tensors.
    Labels are classes (N,), int64, from 0; for another ``loss(outputs, labels)``, which gives one number, they are what
    it wants: a tensor (N, ...) or a dict of such. ``score(outputs, labels)`` is what the history keeps of the
    validation data: the accuracy if None. ``optimiser`` makes one from parameters; None: Adam.
    ``seed`` fixes the order of the samples and the masks of dropout. ``callback(done, epochs, history)`` is called
    after every epoch. ``penalty(weights, buffers)``, both by name, is added to the loss of every step.
    ``patience``: stop when the validation loss has not been lower for so many epochs, and keep the best weights.
    A stop (the kernel's ■, Ctrl-C) ends training early and leaves the best weights so far: those of the lowest
    validation loss, or of the last whole epoch without validation data. ``keep_best`` does that at the normal end too.
    Where several models are compared, inside ``stop_ends_all``, a stop is a ``TrainingStopped`` instead, and the model
    is as it was before.
    ``checkpoint`` names a file that is written after every epoch; if it is there, the run goes on from it and ends with
    the weights that it would have had without the interruption.
    """
    check_wholes(epochs=epochs, batch_size=batch_size)
    wait, place = patience_of_each(patience, (), valid), device_of(model)
    train = to_device(check_data(train, "train"), place)
    valid = None if valid is None else to_device(check_data(valid, "valid"), place)
    score, loss = check_training(model, train, valid, loss, score), CheckedLoss(loss)
    stepper = (optimiser or partial(torch.optim.Adam, lr=lr))(model.parameters())
    step, predict = partial(one_step, model, stepper, loss, penalty), partial(outputs_of, model)
    with noise_from(seed, place) as noise:
        run = Run(model, stepper, generator(seed), noise, epochs, wait)
        sizes = {"samples": len(first(train[1])), "valid": valid and len(first(valid[1]))}
        run.go_on(checkpoint, seed=seed, batch_size=batch_size, **sizes)
        try:
            while run.done < epochs and (going := run.best.going):
                model.train()
                losses = one_epoch(step, train, batch_size, run.order)
                found = validate(predict, valid, loss, score and partial(one_number, score))
                run.best.offer(model.state_dict(), found), note([run.history], going, losses, found)
                run.save(checkpoint)
                if callback is not None:
                    callback(run.done, epochs, run.history)
        except KeyboardInterrupt:
            run.stop()
    if keep_best or patience or run.history.interrupted:
        model.load_state_dict(run.best.weights)
    return run.history


def one_step(
    model: nn.Module,
    stepper: torch.optim.Optimizer,
    loss: Loss,
    penalty: Penalty | None,
    inputs: Inputs,
    labels: Labels,
) -> Tensor:
    """Forget the old gradients, go forward, backward, and make a step; returns the loss, without the penalty."""
    stepper.zero_grad()
    value = goal = loss(model(inputs), labels)
    if penalty is not None:
        goal = value + penalty(dict(model.named_parameters()), dict(model.named_buffers()))
    goal.backward()
    stepper.step()
    return value.detach()


class Run:
    """Everything that changes while a model learns: whoever saves all of it can go on as if nothing had happened."""

    def __init__(
        self,
        model: nn.Module,
        stepper: torch.optim.Optimizer,
        order: torch.Generator,
        noise: list[torch.Generator],
        epochs: int,
        patience: Tensor,
    ) -> None:
        self.model, self.stepper, self.order, self.noise = model, stepper, order, noise
        self.history, self.best, self.settings = History(epochs), BestWeights(model.state_dict(), patience), {}
        self.start = self.best.weights

    @property
    def done(self) -> int:
        """How many epochs are behind us."""
        return len(self.history.train_loss)

    def stop(self) -> None:
        """Somebody pressed stop: a single model keeps its best weights, in a comparison nothing is kept."""
        note_stop()
        if stops_all():
            self.model.load_state_dict(self.start)
            raise TrainingStopped from None
        self.history.interrupted = True

    def state(self) -> Saved:
        """All of it as tensors, numbers and strings."""
        return {
            "settings": self.settings,
            "model": self.model.state_dict(),
            "optimiser": self.stepper.state_dict(),
            "random": [source.get_state() for source in (self.order, *self.noise)],
            "history": asdict(self.history),
            "best": {name: value for name, value in vars(self.best).items() if name != "patience"},
        }

    def save(self, path: str | Path | None) -> None:
        """Write the run to its file, if it has one."""
        if path is not None:
            write_checkpoint(path, self.state())

    def go_on(self, path: str | Path | None, **settings: object) -> None:
        """Take up the run that the file holds, if there is one; one that began with other settings is refused."""
        kind = {**self.stepper.defaults, "rule": getattr(self.stepper, "rule", type(self.stepper).__name__)}
        shapes = {name: tuple(value.shape) for name, value in self.model.state_dict().items()}
        every = {"weights": shapes, "optimiser": kind, "device": device_of(self.model).type, **settings}
        self.settings = {name: str(value) for name, value in every.items()}
        saved = None if path is None else checkpoint_to_continue(path, self.settings)
        if saved is not None:
            self.model.load_state_dict(saved["model"]), self.stepper.load_state_dict(saved["optimiser"])
            for source, state in zip((self.order, *self.noise), saved["random"], strict=True):
                source.set_state(state)
            told = {RENAMED.get(name, name): value for name, value in saved["history"].items()}
            self.history = History(**{**told, "epochs": self.history.epochs})
            vars(self.best).update({**saved["best"], "weights": move(saved["best"]["weights"], device_of(self.model))})
