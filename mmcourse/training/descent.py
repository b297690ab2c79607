"""Where a descent begins, and five ways down the hill: first weights, then from weights and gradient to new weights.

Letters: w weights of any shape and g their gradient. The rules are the lines of the text books; each does in every step
what its namesake in ``torch.optim`` does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

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


def gd_step(w: Tensor, g: Tensor, *, lr: float = 0.1, decay: float = 0.0) -> tuple[Tensor]:
    """Gradient descent: w - lr g. Fed with the gradient of a few samples, it is SGD (Robbins and Monro, 1951).

    w, g (...) → (new w,). ``decay`` adds decay · w to the gradient: the slope of the penalty decay / 2 · sum of w².
    """
    g = g + decay * w
    return (w - lr * g,)


def momentum_step(
    w: Tensor, g: Tensor, v: Tensor | float = 0.0, *, lr: float = 0.1, momentum: float = 0.9, decay: float = 0.0
) -> tuple[Tensor, Tensor]:
    """A heavy ball: v = momentum · v + g, then w - lr v. w, g, v (...) → (new w, new v). Source: Polyak (1964).

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

    w, g, s (...) → (new w, new s). Source: Tieleman and Hinton, lecture 6.5 of Neural Networks for Machine Learning
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

    w, g, m, s (...), t the number of steps made so far → (new w, new m, new s, t + 1). In step t the means have seen
    only a share 1 - betaᵗ of their weight, so they are divided by it. Source: Kingma and Ba (ICLR 2015).

        adam_step(torch.tensor([1.0]), torch.tensor([0.002]), lr=0.1)[0]           # 0.9: the first step is lr long
    """
    g, t = g + decay * w, t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    return w - lr * m_hat / (s_hat**0.5 + eps), m, s, t


def adamw_step(
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
    """Adam whose decay goes past the fading means: first w (1 - lr · decay), then Adam's step for the gradient alone.

    Shapes as in ``adam_step``. Source: Loshchilov and Hutter, Decoupled weight decay regularization (ICLR 2019).
    """
    return adam_step(w * (1 - lr * decay), g, m, s, t, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


RULES: Mapping[str, Callable[..., tuple]] = MappingProxyType(
    {"gd": gd_step, "momentum": momentum_step, "rmsprop": rmsprop_step, "adam": adam_step, "adamw": adamw_step}
)


class Optimiser(torch.optim.Optimizer):
    """One of the rules above, put to work on the parameters of a model; ``fit`` takes it like those of torch.

    ``rule`` is "gd", "momentum", "rmsprop", "adam" or "adamw", ``options`` are the keywords of its function. What the
    rule wants to remember lies in ``self.state``, so that ``state_dict()`` can be saved.

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
