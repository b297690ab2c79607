"""Lesson 02: how a network learns: optimisers, first weights, regularisers, and the loop that the whole course uses.

Letters: w weights of any shape and g their gradient, B samples in a batch, N samples in all, E models side by side.
The five optimisers are the five lines of text books; each does in every step what its namesake in ``torch.optim`` does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.base.checks import check_wholes
from mmcourse.engine.checkpoint import Saved, checkpoint_to_continue, write_checkpoint
from mmcourse.engine.data import Data, check_data, device_of, take, to_device
from mmcourse.engine.device import generator, noise_from
from mmcourse.engine.history import Callback, History, Loss, MakeOptimiser, Penalty, check_patience, note_validation

# ---------------------------------------------------------------- optimisers: weights and gradient in, weights out


def gd_step(w: Tensor, g: Tensor, *, lr: float = 0.1, decay: float = 0.0) -> tuple[Tensor]:
    """Gradient descent: w - lr g. Fed with the gradient of a few samples, it is SGD (Robbins and Monro, 1951).

    w, g (...) -> (new w,). ``decay`` adds decay · w to the gradient: the slope of the penalty decay / 2 · sum of w².
    """
    g = g + decay * w
    return (w - lr * g,)


def momentum_step(
    w: Tensor, g: Tensor, v: Tensor | float = 0.0, *, lr: float = 0.1, momentum: float = 0.9, decay: float = 0.0
) -> tuple[Tensor, Tensor]:
    """A heavy ball: v = momentum · v + g, then w - lr v. w, g, v (...) -> (new w, new v). Source: Polyak (1964).

    Under a steady gradient the speed grows to g / (1 - momentum): ten times g for 0.9.
    """
    v = momentum * v + (g + decay * w)
    return w - lr * v, v


def rmsprop_step(
    w: Tensor,
    g: Tensor,
    s: Tensor | float = 0.0,
    *,
    lr: float = 0.01,
    beta: float = 0.99,
    eps: float = 1e-8,
    decay: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Each number is divided by the usual size of its own gradient: w - lr g / (√s + eps), s a fading mean of g².

    w, g, s (...) -> (new w, new s). Source: Tieleman and Hinton, lecture 6.5 of Neural Networks for Machine Learning
    (2012).
    """
    g = g + decay * w
    s = beta * s + (1 - beta) * g**2
    return w - lr * g / (s**0.5 + eps), s


def adam_step(
    w: Tensor,
    g: Tensor,
    m: Tensor | float = 0.0,
    s: Tensor | float = 0.0,
    t: int = 0,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    decay: float = 0.0,
) -> tuple[Tensor, Tensor, Tensor, int]:
    """Fading means m of g and s of g², both freed from their start at 0, then w - lr m̂ / (√ŝ + eps).

    w, g, m, s (...), t the number of steps made so far -> (new w, new m, new s, t + 1). In step t the means have seen
    only a share 1 - betaᵗ of their weight, so they are divided by it. Source: Kingma and Ba (ICLR 2015).

        adam_step(torch.tensor([1.0]), torch.tensor([0.002]), lr=0.1)[0]           # 0.9: the first step is lr long
    """
    g, t = g + decay * w, t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    return w - lr * m_hat / (s_hat**0.5 + eps), m, s, t


RULES: Mapping[str, Callable[..., tuple]] = MappingProxyType(
    {"gd": gd_step, "momentum": momentum_step, "rmsprop": rmsprop_step, "adam": adam_step}
)


class Optimiser(torch.optim.Optimizer):
    """One of the rules above, put to work on the parameters of a model; ``fit`` takes it like those of torch.

    ``rule`` is "gd", "momentum", "rmsprop" or "adam", ``options`` are the keywords of its function. What the rule wants
    to remember lies in ``self.state``, so that ``state_dict()`` can be saved.

        fit(model, train, optimiser=partial(Optimiser, rule="momentum", lr=0.1))
    """

    def __init__(self, parameters: Iterable[Tensor], rule: str = "adam", **options: float) -> None:
        if rule not in RULES:
            raise ValueError(f"rule: got {rule!r}, expected one of {', '.join(RULES)}")
        own = inspect.signature(RULES[rule]).parameters.values()
        usual = {one.name: one.default for one in own if one.kind is one.KEYWORD_ONLY}
        for name, value in options.items():
            if name not in usual or not 0 <= value < (1 if name.startswith(("beta", "momentum")) else float("inf")):
                raise ValueError(
                    f"{name}: got {value!r}; {rule} takes {', '.join(usual)}, each at least 0, and what "
                    "fades (momentum, beta) below 1"
                )
        super().__init__(parameters, {**usual, **options})
        self.rule = rule

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """One step of every parameter that has a gradient."""
        for group in self.param_groups:
            options = {name: value for name, value in group.items() if name != "params"}
            for w in group["params"]:
                if w.grad is not None:
                    new, *memory = RULES[self.rule](w, w.grad, *self.state[w].get("memory", ()), **options)
                    self.state[w]["memory"] = tuple(memory)
                    w.copy_(new)


# ---------------------------------------------------------------- first weights, and what holds back learning by heart


def first_spread(inputs: int, outputs: int, rule: str = "kaiming") -> float:
    """The standard deviation of a layer's first weights, so that signals keep their size through many layers.

    "kaiming" √(2 / inputs) for ReLU, which cuts off half of the signal (He and others, ICCV 2015); "xavier"
    √(2 / (inputs + outputs)), between what the way forward and the way back ask for (Glorot and Bengio, AISTATS 2010).
    """
    check_wholes(inputs=inputs, outputs=outputs)
    if rule not in ("kaiming", "xavier"):
        raise ValueError(f"rule: got {rule!r}, expected 'kaiming' or 'xavier'")
    return (2 / inputs) ** 0.5 if rule == "kaiming" else (2 / (inputs + outputs)) ** 0.5


def l2_penalty(weights: Iterable[Tensor]) -> Tensor:
    """Half the sum of all squares: ½ Σ w² -> (). Its slope is w: large weights are pulled back in proportion."""
    return sum((w**2).sum() for w in weights) / 2


def l2_gradient(w: Tensor, g: Tensor, strength: float) -> Tensor:
    """The gradient of loss + strength · ½ Σ w²: g + strength · w. w, g (...) -> (...)."""
    if w.shape != g.shape or not strength >= 0:
        raise ValueError(
            f"w, g, strength: got shapes {tuple(w.shape)}, {tuple(g.shape)} and {strength}, expected two "
            "equal shapes and a strength of at least 0"
        )
    return g + strength * w


def l1_penalty(weights: Iterable[Tensor]) -> Tensor:
    """The sum of all sizes: Σ |w| -> (). Its slope is ±1: small weights are pulled as hard as large ones, down to 0."""
    return sum(w.abs().sum() for w in weights)


def dropout(x: Tensor, p: float | Tensor, noise: Tensor) -> Tensor:
    """Numbers whose ``noise`` (uniform in 0..1, shape of x) is below p become 0; the rest is divided by 1 - p.

    x (...) -> (...). Dividing keeps the mean, so that nothing needs to change when dropout is switched off. Source:
    Srivastava and others (JMLR 15, 2014), there with the division at test time.

        dropout(torch.tensor([1.0, 1.0]), 0.5, torch.tensor([0.2, 0.7]))                     # [0, 2]
    """
    if x.shape != noise.shape or (isinstance(p, float | int) and not 0 <= p < 1):
        raise ValueError(
            f"x, p, noise: got shape {tuple(x.shape)}, p = {p}, noise {tuple(noise.shape)}; expected "
            "equal shapes and a share p from 0 up to, not including, 1"
        )
    return x * (noise >= p) / (1 - p)


def patience_ends(losses: Iterable[float], patience: int) -> int | None:
    """After how many epochs training stops early: when the lowest loss is ``patience`` epochs old; None if never.

    patience_ends([0.9, 0.5, 0.6, 0.7], 2)                            # 4: the best was epoch 2, then two waited
    """
    check_wholes(patience=patience)
    lowest, best = float("inf"), 0
    for epoch, value in enumerate(losses, start=1):
        if value < lowest:
            lowest, best = value, epoch
        if epoch - best >= patience:
            return epoch
    return None


# ---------------------------------------------------------------- the training loop of the course


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
    seed: int = 0,
    callback: Callback | None = None,
    keep_best: bool = False,
    patience: int | None = None,
    penalty: Penalty | None = None,
    checkpoint: str | Path | None = None,
) -> History:
    """Train ``model`` in place, on the device where it is, and return the history.

    ``train`` and ``valid`` are ``(inputs, labels)``: inputs a tensor (N, ...) or a dict from modality to such tensors,
    labels (N,). ``loss(outputs, labels)`` gives a scalar. ``optimiser`` makes one from parameters; None: Adam.
    ``seed`` fixes the order of the samples and the masks of dropout. ``callback(done, epochs, history)`` is called
    after every epoch. ``penalty(weights, buffers)``, both by name, is added to the loss of every step.
    ``patience``: stop when the validation loss has not been lower for so many epochs, and keep the best weights.
    An interruption (the kernel's ■, Ctrl-C) ends training early and leaves the best weights so far: those of the lowest
    validation loss, or of the last whole epoch without validation data. ``keep_best`` does that at the normal end too.
    ``checkpoint`` names a file that is written after every epoch; if it is there, the run goes on from it and ends with
    the weights that it would have had without the interruption.
    """
    check_wholes(epochs=epochs, batch_size=batch_size), check_patience(patience, valid)
    place = device_of(model)
    train = to_device(check_data(train, "train"), place)
    valid = None if valid is None else to_device(check_data(valid, "valid"), place)
    stepper = (optimiser or partial(torch.optim.Adam, lr=lr))(model.parameters())
    order = generator(seed)
    with noise_from(seed, place) as noise:
        run = Run(model, stepper, order, noise, epochs)
        run.go_on(checkpoint, seed=seed, batch_size=batch_size, samples=len(train[1]), valid=valid and len(valid[1]))
        try:
            while run.done < epochs and not (patience and patience_ends(run.history.valid_loss, patience)):
                run.history.train_loss.append(one_epoch(model, train, stepper, loss, batch_size, run.order, penalty))
                if valid is not None:
                    note_validation(model, valid, loss, run.history)
                run.best.offer(model, run.history)
                run.save(checkpoint)
                if callback is not None:
                    callback(run.done, epochs, run.history)
        except KeyboardInterrupt:
            run.history.interrupted = True
    if keep_best or patience or run.history.interrupted:
        run.best.restore(model)
    return run.history


def one_epoch(
    model: nn.Module,
    train: Data,
    stepper: torch.optim.Optimizer,
    loss: Loss,
    batch_size: int,
    order: torch.Generator,
    penalty: Penalty | None = None,
) -> float:
    """One pass over the data in a fresh random order; returns the mean loss of the samples, without the penalty."""
    model.train()
    inputs, labels = train
    total = torch.zeros((), device=labels.device)
    for rows in minibatches(len(labels), batch_size, order):
        rows = rows.to(labels.device)
        stepper.zero_grad()
        value = goal = loss(model(take(inputs, rows)), labels[rows])
        if penalty is not None:
            goal = value + penalty(dict(model.named_parameters()), dict(model.named_buffers()))
        goal.backward()
        stepper.step()
        total.add_(value.detach(), alpha=len(rows))  # stays on the device: asking for the number would wait for it
    return float(total) / len(labels)


def minibatches(count: int, batch_size: int, order: torch.Generator) -> Iterator[Tensor]:
    """Row numbers 0..count-1 in random order, ``batch_size`` at a time; the last group may be smaller."""
    return iter(torch.randperm(count, generator=order).split(batch_size))


class BestWeights:
    """The weights with the lowest validation loss seen so far (the latest ones where there is no validation)."""

    def __init__(self, model: nn.Module) -> None:
        self.lowest, self.weights = float("inf"), copied(model)

    def offer(self, model: nn.Module, history: History) -> None:
        """Keep a copy of the model's weights if its last epoch was the best."""
        newest = history.valid_loss[-1] if history.valid_loss else -float("inf")
        if newest < self.lowest or not history.valid_loss:
            self.lowest, self.weights = newest, copied(model)

    def restore(self, model: nn.Module) -> None:
        """Put the kept weights back."""
        model.load_state_dict(self.weights)


def copied(model: nn.Module) -> dict[str, Tensor]:
    """A copy of all weights and buffers of a model."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


class Run:
    """Everything that changes while a model learns: whoever saves all of it can go on as if nothing had happened."""

    def __init__(
        self,
        model: nn.Module,
        stepper: torch.optim.Optimizer,
        order: torch.Generator,
        noise: list[torch.Generator],
        epochs: int,
    ) -> None:
        self.model, self.stepper, self.order, self.noise = model, stepper, order, noise
        self.history, self.best, self.settings = History(epochs), BestWeights(model), {}

    @property
    def done(self) -> int:
        """How many epochs are behind us."""
        return len(self.history.train_loss)

    def state(self) -> Saved:
        """All of it as tensors, numbers and strings."""
        return {
            "settings": self.settings,
            "model": self.model.state_dict(),
            "optimiser": self.stepper.state_dict(),
            "random": [source.get_state() for source in (self.order, *self.noise)],
            "history": asdict(self.history),
            "best": dict(vars(self.best)),
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
            self.history = History(**{**saved["history"], "epochs": self.history.epochs})
            vars(self.best).update(saved["best"])
