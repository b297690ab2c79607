"""Answers to the exercises of lesson 02 as learners may write them, wrong ones and right ones.

A wrong one stands alone, or with words that the answer to it must contain.
"""

import math
from functools import partial

import numpy as np
import torch

# ---------------------------------------------------------------- momentum_step


def momentum_in_place(w, g, v, lr, momentum):
    """Changes what it was given."""
    v.mul_(momentum).add_(g)
    w.sub_(lr * v)
    return w, v


def momentum_one_by_one(w, g, v, lr, momentum):
    """Right: weight by weight."""
    flat = [one.reshape(-1).tolist() for one in (w, g, v)]
    speeds = [momentum * speed + slope for _, slope, speed in zip(*flat, strict=True)]
    moved = [weight - lr * speed for weight, speed in zip(flat[0], speeds, strict=True)]
    return torch.tensor(moved).reshape(w.shape), torch.tensor(speeds).reshape(w.shape)


def momentum_by_einsum(w, g, v, lr, momentum):
    """Right: both results as weighted sums of the three."""
    speed = torch.einsum("k,k...->...", torch.tensor([momentum, 1.0]), torch.stack([v, g]))
    return torch.stack([w, speed]).mul(torch.tensor([1.0, -lr]).reshape(2, *[1] * w.ndim)).sum(0), speed


def momentum_prepared(w, g, v, lr, momentum):
    """Right: from the other end, with in-place steps on copies."""
    speed = g.clone()
    speed += momentum * v
    return torch.add(w, speed, alpha=-lr), speed


MOMENTUM_WRONG = {
    "turned round": lambda w, g, v, lr, momentum: (momentum * v + g, w - lr * (momentum * v + g)),
    "the weights alone": (lambda w, g, v, lr, momentum: w - lr * (momentum * v + g), "2 values"),
    "in place": (momentum_in_place, "is not the same after the call"),
    "no speed in the step": lambda w, g, v, lr, momentum: (w - lr * g, momentum * v + g),
    "momentum of the gradient": lambda w, g, v, lr, momentum: (w - lr * (v + momentum * g), v + momentum * g),
    "Nesterov": lambda w, g, v, lr, momentum: (w - lr * (g + momentum * (momentum * v + g)), momentum * v + g),
    "lr forgotten": lambda w, g, v, lr, momentum: (w - (momentum * v + g), momentum * v + g),
    "always 0.1": lambda w, g, v, lr, momentum: (w - 0.1 * (momentum * v + g), momentum * v + g),
    "the slope taken away from the speed": lambda w, g, v, lr, momentum: (
        w - lr * (momentum * v - g),
        momentum * v - g,
    ),
    "friction instead of momentum": lambda w, g, v, lr, momentum: (
        w - lr * ((1 - momentum) * v + g),
        (1 - momentum) * v + g,
    ),
    "the old gradient's size": lambda w, g, v, lr, momentum: (
        w - lr * (momentum * v + g.abs()),
        momentum * v + g.abs(),
    ),
    "one speed for all": lambda w, g, v, lr, momentum: (
        w - lr * (momentum * v + g).mean(),
        (momentum * v + g).mean() + 0 * v,
    ),
    "the step is returned": lambda w, g, v, lr, momentum: (w - lr * (momentum * v + g), lr * (momentum * v + g)),
    "speed of the weights": lambda w, g, v, lr, momentum: (w - lr * (momentum * v + g), w + momentum * v),
}

# ---------------------------------------------------------------- adam_step


def adam(w, g, m, s, t, lr, beta1, beta2, eps, **odd):
    """Adam with one thing done otherwise."""
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * odd.get("of", torch.square)(g)
    m_hat, s_hat = odd.get("hats", lambda m, s: (m / (1 - beta1**t), s / (1 - beta2**t)))(m, s)
    step = odd.get("rate", lr) * m_hat / (s_hat.sqrt() + odd.get("floor", eps))
    return w - odd.get("longer", 1.0) * step, m, s, t + odd.get("late", 0)


def adam_in_place(w, g, m, s, t, lr, beta1, beta2, eps):
    """Changes m and s."""
    m *= beta1
    m += (1 - beta1) * g
    s *= beta2
    s += (1 - beta2) * g**2
    return w - lr * (m / (1 - beta1 ** (t + 1))) / ((s / (1 - beta2 ** (t + 1))).sqrt() + eps), m, s, t + 1


def adam_swapped(w, g, m, s, t, lr, beta1, beta2, eps):
    """The two betas exchanged."""
    return adam(w, g, m, s, t, lr, beta2, beta1, eps)


def adam_unweighted(w, g, m, s, t, lr, beta1, beta2, eps):
    """The new gradient comes in whole, as with momentum."""
    m, s = beta1 * m + g, beta2 * s + g**2
    return w - lr * (m / (1 - beta1 ** (t + 1))) / ((s / (1 - beta2 ** (t + 1))).sqrt() + eps), m, s, t + 1


def adam_multiplied(w, g, m, s, t, lr, beta1, beta2, eps):
    """beta times t instead of to the power of t."""
    m, s, t = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2, t + 1
    return w - lr * (m / (1 - beta1 * t)) / ((s / (1 - beta2 * t)).abs().sqrt() + eps), m, s, t


def adam_with_old_means(w, g, m, s, t, lr, beta1, beta2, eps):
    """The step is taken before the means are renewed."""
    new = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2
    return w - lr * (m / (1 - beta1 ** (t + 1))) / ((s / (1 - beta2 ** (t + 1))).sqrt() + eps), *new, t + 1


def adam_by_numpy(w, g, m, s, t, lr, beta1, beta2, eps):
    """Right: numpy in double precision, and back."""
    w, g, m, s = (one.numpy().astype(np.float64) for one in (w, g, m, s))
    t, m, s = t + 1, m + (1 - beta1) * (g - m), s + (1 - beta2) * (np.square(g) - s)
    w = w - lr * (m / (1 - np.power(beta1, t))) / (np.sqrt(s / (1 - np.power(beta2, t))) + eps)
    return (*(torch.as_tensor(one, dtype=torch.float32) for one in (w, m, s)), t)


def adam_one_by_one(w, g, m, s, t, lr, beta1, beta2, eps):
    """Right: weight by weight, with Python's numbers."""
    rows = []
    for weight, slope, ball, ruler in zip(*(one.reshape(-1).tolist() for one in (w, g, m, s)), strict=True):
        ball, ruler = beta1 * ball + (1 - beta1) * slope, beta2 * ruler + (1 - beta2) * slope * slope
        length = math.sqrt(ruler / (1 - beta2 ** (t + 1))) + eps
        rows.append((weight - lr * ball / (1 - beta1 ** (t + 1)) / length, ball, ruler))
    return (*(torch.tensor(column).reshape(w.shape) for column in zip(*rows, strict=True)), t + 1)


def adam_rearranged(w, g, m, s, t, lr, beta1, beta2, eps):
    """Right: both corrections in the rate and in eps, as fast versions do; lerp for the means."""
    m, s = torch.lerp(g, m, beta1), torch.lerp(g * g, s, beta2)
    root = math.sqrt(1 - beta2 ** (t + 1))
    return w - lr * root / (1 - beta1 ** (t + 1)) * m / (s.sqrt() + eps * root), m, s, t + 1


ADAM_WRONG = {
    "in place": (adam_in_place, "is not the same after the call"),
    "the betas exchanged": adam_swapped,
    "the new gradient whole": adam_unweighted,
    "times t": adam_multiplied,
    "the old means": adam_with_old_means,
    "the first mean alone freed": lambda *a, **k: adam(
        *a, **k, hats=lambda m, s: (m / (1 - k["beta1"] ** (a[4] + 1)), s)
    ),
    "the second mean alone freed": lambda *a, **k: adam(
        *a, **k, hats=lambda m, s: (m, s / (1 - k["beta2"] ** (a[4] + 1)))
    ),
    "one beta for both hats": lambda *a, **k: adam(
        *a, **k, hats=lambda m, s: (m / (1 - k["beta1"] ** (a[4] + 1)), s / (1 - k["beta1"] ** (a[4] + 1)))
    ),
    "half a per cent too long": lambda *a, **k: adam(*a, **k, longer=1.005),
    "eps forgotten": lambda *a, **k: adam(*a, **k, floor=0.0),
    "always eps 1e-8": lambda *a, **k: adam(*a, **k, floor=1e-8),
    "always the usual rate": lambda *a, **k: adam(*a, **k, rate=1e-3),
    "uphill": lambda *a, **k: adam(*a, **k, longer=-1.0),
    "t not counted up": lambda *a, **k: adam(*a, **k, late=-1),
    "three values": (lambda *a, **k: adam(*a, **k)[:3], "Expected 4 values, yours has 3"),
    "cubes": lambda *a, **k: adam(*a, **k, of=lambda g: g.abs() ** 3),
}

# ---------------------------------------------------------------- l2_gradient


def l2_by_autograd(w, g, strength):
    """Right: the slope of the penalty, from autograd."""
    one = w.clone().requires_grad_()
    (slope,) = torch.autograd.grad(strength * 0.5 * (one**2).sum(), one)
    return g + slope


def l2_one_by_one(w, g, strength):
    """Right: weight by weight."""
    both = zip(w.reshape(-1).tolist(), g.reshape(-1).tolist(), strict=True)
    return torch.tensor([slope + strength * weight for weight, slope in both]).reshape(w.shape)


def l2_in_place(w, g, strength):
    """Changes the gradient that it was given."""
    g += strength * w
    return g


L2_WRONG = {
    "in place": (l2_in_place, "is not the same after the call"),
    "the gradient alone": lambda w, g, strength: g,
    "the strength alone": lambda w, g, strength: g + strength,
    "of the gradient": lambda w, g, strength: g + strength * g,
    "the pair exchanged": lambda w, g, strength: w + strength * g,
    "times": lambda w, g, strength: g * strength * w,
    "sizes of the weights": lambda w, g, strength: g + strength * w.abs(),
    "the loss multiplied too": lambda w, g, strength: strength * (g + w),
    "squares without the half": lambda w, g, strength: g + strength * w**2,
    "a step": lambda w, g, strength: w - strength * (g + w),
    "divided by the number of weights": lambda w, g, strength: g + strength * w / max(w.numel(), 1),
    "the length of the weights": lambda w, g, strength: g + strength * w / (w.norm() + 1e-9),
    "one number": lambda w, g, strength: (g + strength * w).sum(),
    "strength squared": lambda w, g, strength: g + strength**2 * w,
}

# ---------------------------------------------------------------- dropout


def dropout_one_by_one(x, p, noise):
    """Right: number by number."""
    both = zip(x.reshape(-1).tolist(), noise.reshape(-1).tolist(), strict=True)
    return torch.tensor([0.0 if draw < p else one / (1 - p) for one, draw in both]).reshape(x.shape)


def dropout_on_a_copy(x, p, noise):
    """Right: zeros written into a copy."""
    kept = x.clone()
    kept[noise < p] = 0
    return kept / (1 - p)


def dropout_in_place(x, p, noise):
    """Changes its input."""
    x[noise < p] = 0
    return x / (1 - p)


def dropout_drawn(x, p, noise):
    """Draws its own noise."""
    own = torch.rand(x.shape, generator=torch.Generator().manual_seed(1))
    return x * (own >= p) / (1 - p)


DROPOUT_WRONG = {
    "in place": (dropout_in_place, "is not the same after the call"),
    "its own noise": dropout_drawn,
    "as when predicting": lambda x, p, noise: x,
    "scaled, none dropped": lambda x, p, noise: x / (1 - p),
    "scaled by the share that is really kept": lambda x, p, noise: x * (noise >= p) / (noise >= p).float().mean(),
    "the mask": lambda x, p, noise: (noise >= p).float() / (1 - p),
    "exactly p goes too": lambda x, p, noise: x * (noise > p) / (1 - p),
    "compared with 1 - p": lambda x, p, noise: x * (noise >= 1 - p) / (1 - p),
    "compared with a half": lambda x, p, noise: x * (noise >= 0.5) / (1 - p),
    "where the numbers are small": lambda x, p, noise: x * (x >= p) / (1 - p),
    "the noise in": lambda x, p, noise: x * noise * (noise >= p) / (1 - p),
    "taken out": (lambda x, p, noise: x[noise >= p] / (1 - p), "shape"),
    "the root of the share": lambda x, p, noise: x * (noise >= p) / (1 - p) ** 0.5,
    "one for the whole row": lambda x, p, noise: x * (noise.reshape(-1)[0] >= p) / (1 - p),
    "a large negative number": lambda x, p, noise: torch.where(noise < p, -1e9, x / (1 - p)),
    "1 + p": lambda x, p, noise: x * (noise >= p) * (1 + p),
}

# ---------------------------------------------------------------- patience_ends


def waited(losses, patience, lowest=math.inf, better=lambda value, lowest: value < lowest, ends=None, start=1):
    """Early stopping with one thing done otherwise."""
    best = 0
    for epoch, value in enumerate(losses, start=start):
        if better(value, lowest):
            lowest, best = value, epoch
        if (ends or (lambda epoch, best, patience: epoch - best >= patience))(epoch, best, patience):
            return epoch
    return None


def patience_in_a_row(losses, patience):
    """Counts worse epochs and never sets the count back."""
    lowest, worse = math.inf, 0
    for epoch, value in enumerate(losses, start=1):
        if value < lowest:
            lowest = value
        else:
            worse += 1
        if worse >= patience:
            return epoch
    return None


def patience_rises(losses, patience):
    """Counts rises in a row."""
    rises = 0
    for epoch in range(2, len(losses) + 1):
        rises = rises + 1 if losses[epoch - 1] > losses[epoch - 2] else 0
        if rises >= patience:
            return epoch
    return None


def patience_from_the_first(losses, patience):
    """Right unless there is no first loss."""
    lowest, best = losses[0], 1
    for epoch, value in enumerate(losses, start=1):
        if value < lowest:
            lowest, best = value, epoch
        if epoch - best >= patience:
            return epoch
    return None


def patience_popping(losses, patience):
    """Takes the losses out of the list that was given."""
    lowest, best, epoch = math.inf, 0, 0
    while losses:
        value, epoch = losses.pop(0), epoch + 1
        if value < lowest:
            lowest, best = value, epoch
        if epoch - best >= patience:
            return epoch
    return None


def patience_by_definition(losses, patience):
    """Right: the definition, epoch by epoch."""
    for epoch in range(1, len(losses) + 1):
        so_far = losses[:epoch]
        if epoch - (so_far.index(min(so_far)) + 1) >= patience:
            return epoch
    return None


def patience_by_counting(losses, patience):
    """Right: counts how many epochs brought nothing."""
    lowest, idle = float("inf"), 0
    for epoch in range(len(losses)):
        idle = 0 if losses[epoch] < lowest else idle + 1
        lowest = min(lowest, losses[epoch])
        if idle == patience:
            return epoch + 1
    return None


def patience_by_torch(losses, patience):
    """Right: running minima of a tensor."""
    if not losses:
        return None
    values = torch.tensor(losses, dtype=torch.float64)
    lowest = values.cummin(0).values
    new = torch.cat([torch.tensor([True]), lowest[1:] < lowest[:-1]])
    epochs = torch.arange(1, len(losses) + 1)
    over = epochs - torch.where(new, epochs, 0).cummax(0).values >= patience
    return int(epochs[over][0]) if over.any() else None


PATIENCE_WRONG = {
    "the best starts at 1": partial(waited, lowest=1.0),
    "the best starts at 100": partial(waited, lowest=100.0),
    "the best starts at 0": partial(waited, lowest=0.0),
    "never set back": patience_in_a_row,
    "rises in a row": patience_rises,
    "the first loss must be there": (patience_from_the_first, "IndexError"),
    "emptied": (patience_popping, "is not the same after the call"),
    "more than the patience": lambda losses, patience: waited(losses, patience - 1),
    "when it is larger": partial(waited, better=lambda value, lowest: value > lowest),
    "only a clear improvement": partial(waited, better=lambda value, lowest: value < lowest - 0.15),
    "by sizes": partial(waited, better=lambda value, lowest: abs(value) < abs(lowest)),
    "at once": lambda losses, patience: 1 if losses else None,
    "always the patience": lambda losses, patience: patience if patience <= len(losses) else None,
    "0 if never": lambda losses, patience: waited(losses, patience) or 0,
    "False if never": lambda losses, patience: waited(losses, patience) or False,
    "whether it stops": lambda losses, patience: waited(losses, patience) is not None,
    "the loss instead of the epoch": lambda losses, patience: (
        losses[waited(losses, patience) - 1] if waited(losses, patience) else None
    ),
    "a list": lambda losses, patience: [waited(losses, patience)],
    "never stops": lambda losses, patience: None if losses else 0,
    "the lowest loss": lambda losses, patience: min(losses, default=None),
}


# ------------------------------------------------------------ warm-up and cosine


def share_by_cases(step, steps, warmup):
    shares = [(k + 1) / warmup for k in range(warmup)]
    rest = steps - warmup
    shares += [0.5 + 0.5 * math.cos(math.pi * k / rest) for k in range(rest)]
    return shares[step]


def share_by_torch(step, steps, warmup):
    p = torch.tensor((step - warmup) / (steps - warmup))
    return (step + 1) / warmup if step < warmup else float((1 + torch.cos(math.pi * p)) / 2)


def share_by_squares(step, steps, warmup):
    if step >= warmup:
        return math.cos(math.pi / 2 * (step - warmup) / (steps - warmup)) ** 2
    return 1 - (warmup - step - 1) / warmup


def share_rising(step, steps, warmup):
    p = (step - warmup) / (steps - warmup)
    return (step + 1) / warmup if step < warmup else (1 - math.cos(math.pi * p)) / 2


def share_by_powers(step, steps, warmup):
    return (step + 1) / warmup if step < warmup else 0.5 ** (5 * (step - warmup) / (steps - warmup))


def share_without_cases(step, steps, warmup):
    return (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2


def both_at_once(step, steps, warmup):
    up = min((step + 1) / warmup, 1) if warmup else 1
    return up * (1 + math.cos(math.pi * step / steps)) / 2


def after(change):
    return lambda step, steps, warmup: change(share_by_cases(step, steps, warmup))


WARMUP_WRONG = {
    "turned round": share_rising,
    "powers of a half": share_by_powers,
    "no warm-up": share_without_cases,
    "both at once": both_at_once,
    "a constant": lambda step, steps, warmup: 1.0,
    "the warm-up alone": lambda step, steps, warmup: min((step + 1) / warmup, 1.0) if warmup else 1.0,
    "one step late": lambda step, steps, warmup: share_by_cases(max(step - 1, 0), steps, warmup),
    "percent": after(lambda share: 100 * share),
    "squared": after(lambda share: share**2),
    "what is missing": after(lambda share: 1 - share),
    "never below a tenth": after(lambda share: max(share, 0.1)),
    "whole numbers": after(round),
    "minus": after(lambda share: -share),
    "as text": after(lambda share: f"{share:.4f}"),
}

WRONG = {
    "momentum_step": MOMENTUM_WRONG,
    "adam_step": ADAM_WRONG,
    "l2_gradient": L2_WRONG,
    "dropout": DROPOUT_WRONG,
    "patience_ends": PATIENCE_WRONG,
    "warmup_cosine": WARMUP_WRONG,
}
RIGHT = {
    "momentum_step": {"loop": momentum_one_by_one, "sums": momentum_by_einsum, "on a copy": momentum_prepared},
    "adam_step": {"loop": adam_one_by_one, "numpy": adam_by_numpy, "rearranged": adam_rearranged},
    "l2_gradient": {
        "loop": l2_one_by_one,
        "autograd": l2_by_autograd,
        "torch.add": lambda w, g, strength: torch.add(g, w, alpha=strength),
    },
    "dropout": {
        "loop": dropout_one_by_one,
        "on a copy": dropout_on_a_copy,
        "torch.where": lambda x, p, noise: torch.where(noise < p, torch.zeros_like(x), x / (1 - p)),
        "masked_fill": lambda x, p, noise: (x / (1 - p)).masked_fill(noise < p, 0.0),
    },
    "patience_ends": {
        "definition": patience_by_definition,
        "counting": patience_by_counting,
        "running minima": patience_by_torch,
    },
    "warmup_cosine": {"a list": share_by_cases, "torch": share_by_torch, "half angle": share_by_squares},
}
