"""Answers to the exercises of lesson 01: wrong ones of many kinds, right ones in several styles."""

from __future__ import annotations

import math

import torch
from torch.nn import functional as F

# ------------------------------------------------------------ the slope of tanh


def tanh_in_place(z):
    z.tanh_()
    return 1 - z**2


def tanh_of_one_number(z):
    y = math.tanh(z)
    return 1 - y**2


def tanh_printed(z):
    print(1 - torch.tanh(z) ** 2)


def tanh_by_autograd(z):
    z = z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(torch.tanh(z).sum(), z)
    return slope


def tanh_number_by_number(z):
    slopes = [1 - math.tanh(number) ** 2 for number in z.flatten().tolist()]
    return torch.tensor(slopes).reshape(z.shape)


def tanh_nudged(z):
    z, h = z.double(), 1e-5
    return ((torch.tanh(z + h) - torch.tanh(z - h)) / (2 * h)).float()


TANH_SLOPE = {
    "plus": lambda z: 1 + torch.tanh(z) ** 2,
    "turned round": lambda z: torch.tanh(z) ** 2 - 1,
    "the 1 forgotten": lambda z: torch.tanh(z) ** 2,
    "cubed": lambda z: 1 - torch.tanh(z) ** 3,
    "twice instead of squared": lambda z: 1 - 2 * torch.tanh(z),
    "brackets round everything": lambda z: (1 - torch.tanh(z)) ** 2,
    "slope of the sigmoid": lambda z: torch.sigmoid(z) * (1 - torch.sigmoid(z)),
    "square inside": lambda z: 1 - torch.tanh(z**2),
    "1 / cosh, not squared": lambda z: 1 / torch.cosh(z),
    "mean over all": lambda z: 1 - (torch.tanh(z) ** 2).mean(),
    "sum over all": lambda z: (1 - torch.tanh(z) ** 2).sum(),
    "0 below 0": lambda z: torch.where(z > 0, 1 - torch.tanh(z) ** 2, 0.0),
    "slope of ReLU": lambda z: (z > 0).float(),
    "a coarse nudge": lambda z: (torch.tanh(z + 0.1) - torch.tanh(z)) / 0.1,
    "whole numbers": lambda z: (1 - torch.tanh(z) ** 2).round(),
    "one number only": (lambda z: (1 - torch.tanh(z) ** 2).item(), "a row of sums"),
    "math": (tanh_of_one_number, "take one number"),
    "changes its input": (tanh_in_place, "not the same after the call"),
    "printed": (tanh_printed, "Printing shows a value, return hands it back"),
    "exp of 2z": lambda z: 1 - ((torch.exp(z) - torch.exp(-z)) / torch.exp(z)) ** 2,
}
TANH_SLOPE_RIGHT = {
    "by autograd": tanh_by_autograd,
    "number by number": tanh_number_by_number,
    "nudged": tanh_nudged,
    "1 / cosh squared": lambda z: torch.cosh(z) ** -2,
    "from exponentials": lambda z: 4 / (torch.exp(z) + torch.exp(-z)) ** 2,
    "product of two": lambda z: (1 - torch.tanh(z)) * (1 + torch.tanh(z)),
}

# ------------------------------------------------------------ the line of a neuron


def boundary_in_floats(x1, w, b):
    return -(w[0].item() * x1.item() + b.item()) / w[1].item()


def boundary_by_loop(x1, w, b):
    places = [-(w[0].item() * x + b.item()) / w[1].item() for x in x1.flatten().tolist()]
    return torch.tensor(places).reshape(x1.shape)


def boundary_by_two_points(x1, w, b):
    at_0, at_1 = -b / w[1], -(w[0] + b) / w[1]
    return at_0 + x1 * (at_1 - at_0)


BOUNDARY = {
    "times w2": lambda x1, w, b: -(w[0] * x1 + b) * w[1],
    "not divided": lambda x1, w, b: -(w[0] * x1 + b),
    "w1 forgotten": lambda x1, w, b: -(x1 + b) / w[1],
    "divided by w1": lambda x1, w, b: -(w[0] * x1 + b) / w[0],
    "w2 alone": lambda x1, w, b: -(w[1] * x1 + b) / w[1],
    "sum is one half": lambda x1, w, b: (0.5 - w[0] * x1 - b) / w[1],
    "the sum z": lambda x1, w, b: w[0] * x1 + w[1] * x1 + b,
    "all weights at once": lambda x1, w, b: -(w * x1 + b) / w,
    "one number only": (boundary_in_floats, "a negative weight"),
    "kept in the square": lambda x1, w, b: (-(w[0] * x1 + b) / w[1]).clamp(0, 1),
    "rounded down": lambda x1, w, b: -(w[0] * x1 + b) // w[1],
    "w2 without its sign": lambda x1, w, b: -(w[0] * x1 + b) / w[1].abs(),
    "the point, not x2": lambda x1, w, b: (x1, -(w[0] * x1 + b) / w[1]),
    "only b changes sides": lambda x1, w, b: (w[0] * x1 - b) / w[1],
    "counted from 1": lambda x1, w, b: -(w[1] * x1 + b) / w[2],
    "only the slope": lambda x1, w, b: -w[0] / w[1] * torch.ones_like(x1),
    "b kept positive": (lambda x1, w, b: -w[0] / w[1] * x1 + b / w[1], "b changes sides too"),
    "the sigmoid's answer": lambda x1, w, b: torch.sigmoid(-(w[0] * x1 + b) / w[1]),
    "divided from the left": lambda x1, w, b: w[1] / -(w[0] * x1 + b),
}
BOUNDARY_RIGHT = {
    "place by place": boundary_by_loop,
    "through two points": boundary_by_two_points,
    "slope and height": lambda x1, w, b: -w[0] / w[1] * x1 - b / w[1],
    "unpacked": lambda x1, w, b: (-b - w.tolist()[0] * x1) / w.tolist()[1],
}

# ------------------------------------------------------------ the gradient of a batch


def sums(x, w, b, t):
    """The answers (B,) and the slopes at the sums (B,), without the mean."""
    y = torch.sigmoid(x @ w + b)
    return y, 2 * (y - t) * y * (1 - y)


def slope_at_z(x, w, b, t):
    z = x @ w + b
    d_z = 2 * (torch.sigmoid(z) - t) * z * (1 - z) / len(t)
    return d_z @ x, d_z.sum()


def slope_of_tanh(x, w, b, t):
    y = torch.sigmoid(x @ w + b)
    d_z = 2 * (y - t) * (1 - y**2) / len(t)
    return d_z @ x, d_z.sum()


def one_line_each(x, w, b, t):
    _y, d_z = sums(x, w, b, t)
    return d_z[:, None] * x / len(t), d_z.sum() / len(t)


def without_bias(x, w, b, t):
    y = torch.sigmoid(x @ w)
    d_z = 2 * (y - t) * y * (1 - y) / len(t)
    return d_z @ x, d_z.sum()


def error_squared_again(x, w, b, t):
    y = torch.sigmoid(x @ w + b)
    d_z = 2 * (y - t) ** 2 * y * (1 - y) / len(t)
    return d_z @ x, d_z.sum()


def stepped(x, w, b, t):
    _y, d_z = sums(x, w, b, t)
    return w - d_z @ x / len(t), b - d_z.mean()


def of_cross_entropy(x, w, b, t):
    y = torch.sigmoid(x @ w + b)
    return (y - t) @ x / len(t), (y - t).mean()


def by_autograd(x, w, b, t, reduction="mean"):
    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()
    F.mse_loss(torch.sigmoid(x @ w + b), t, reduction=reduction).backward()
    return w.grad, b.grad


def in_place(x, w, b, t):
    _y, d_z = sums(x, w, b, t)
    dw, db = d_z @ x / len(t), d_z.mean()
    w -= dw
    return dw, db


def digit_by_digit(x, w, b, t):
    dw, db = torch.zeros(len(w)), 0.0
    for row, target in zip(x, t, strict=True):
        y = 1 / (1 + math.exp(-float(row @ w + b)))
        d_z = 2 * (y - float(target)) * y * (1 - y) / len(t)
        dw, db = dw + d_z * row, db + d_z
    return dw, db


def by_nudging(x, w, b, t):
    x, p, t = x.double(), torch.cat([w, b[None]]).double(), t.double()

    def error(p):
        return ((torch.sigmoid(x @ p[:-1] + p[-1]) - t) ** 2).mean()

    slopes = torch.stack([(error(p + d) - error(p - d)) / 2e-5 for d in 1e-5 * torch.eye(len(p), dtype=p.dtype)])
    return slopes[:-1].float(), slopes[-1].float()


def means_at_the_end(x, w, b, t):
    _y, d_z = sums(x, w, b, t)
    return (d_z[:, None] * x).mean(0), d_z.mean()


def with_a_column_of_ones(x, w, b, t):
    both = torch.cat([x, torch.ones(len(x), 1)], 1)
    y = torch.sigmoid(both @ torch.cat([w, b[None]]))
    slopes = both.T @ (2 * (y - t) * y * (1 - y)) / len(t)
    return slopes[:-1], slopes[-1]


MSE_GRADIENT = {
    "dw alone": lambda x, w, b, t: sums(x, w, b, t)[1] @ x / len(t),
    "slope at z": slope_at_z,
    "slope of tanh": slope_of_tanh,
    "a line for each digit": (one_line_each, "(3, 2)"),
    "divided twice": lambda x, w, b, t: (sums(x, w, b, t)[1] @ x / len(t) ** 2, sums(x, w, b, t)[1].mean()),
    "db for each digit": (lambda x, w, b, t: (sums(x, w, b, t)[1] @ x / len(t), sums(x, w, b, t)[1] / len(t)), "(3,)"),
    "db first": lambda x, w, b, t: (sums(x, w, b, t)[1].mean(), sums(x, w, b, t)[1] @ x / len(t)),
    "divided by D": lambda x, w, b, t: (
        sums(x, w, b, t)[1] @ x / x.shape[1],
        sums(x, w, b, t)[1].sum() / x.shape[1],
    ),
    "divided by all numbers of x": lambda x, w, b, t: (sums(x, w, b, t)[1] @ x / x.numel(), sums(x, w, b, t)[1].mean()),
    "db divided twice": lambda x, w, b, t: (sums(x, w, b, t)[1] @ x / len(t), sums(x, w, b, t)[1].mean() / len(t)),
    "bias forgotten on the way forward": without_bias,
    "db is the sum of dw": lambda x, w, b, t: (
        sums(x, w, b, t)[1] @ x / len(t),
        (sums(x, w, b, t)[1] @ x / len(t)).sum(),
    ),
    "error squared": error_squared_again,
    "the stepped weights": stepped,
    "of the cross-entropy": of_cross_entropy,
    "autograd of the sum": (lambda x, w, b, t: by_autograd(x, w, b, t, "sum"), "divide by len(t)"),
    "changes w": (in_place, "The input w is not the same after the call"),
    "a column": (
        lambda x, w, b, t: (x.T @ sums(x, w, b, t)[1][:, None] / len(t), sums(x, w, b, t)[1].mean()),
        "(2, 1)",
    ),
    "db is 0": lambda x, w, b, t: (sums(x, w, b, t)[1] @ x / len(t), torch.tensor(0.0)),
    "the loss": lambda x, w, b, t: ((sums(x, w, b, t)[0] - t) ** 2).mean(),
    "without signs": lambda x, w, b, t: tuple(part.abs() for part in by_autograd(x, w, b, t)),
}
MSE_GRADIENT_RIGHT = {
    "digit by digit": digit_by_digit,
    "autograd": by_autograd,
    "nudged": by_nudging,
    "means at the end": means_at_the_end,
    "a column of ones": with_a_column_of_ones,
}

# ------------------------------------------------------------ softmax


def less(z, one):
    """Shares of z after taking ``one`` away."""
    powers = torch.exp(z - one)
    return powers / powers.sum(-1, keepdim=True)


def largest_changed_in_place(z):
    z -= z.amax(-1, keepdim=True)
    powers = torch.exp(z)
    return powers / powers.sum(-1, keepdim=True)


def no_keepdim(z):
    powers = torch.exp(z - z.amax(-1))
    return powers / powers.sum(-1)


def no_keepdim_below(z):
    powers = torch.exp(z - z.amax(-1, keepdim=True))
    return powers / powers.sum(-1)


def of_a_list(z):
    powers = [math.exp(number) for number in z]
    return torch.tensor([power / sum(powers) for power in powers])


def powers_of_two(z):
    powers = 2 ** (z - z.amax(-1, keepdim=True))
    return powers / powers.sum(-1, keepdim=True)


def row_by_row(z):
    rows = []
    for row in z.reshape(-1, z.shape[-1]).tolist():
        powers = [math.exp(number - max(row)) for number in row]
        rows.append([power / sum(powers) for power in powers])
    return torch.tensor(rows).reshape(z.shape)


SOFTMAX = {
    "sigmoid": torch.sigmoid,
    "logarithms": lambda z: torch.log_softmax(z, -1),
    "powers of two": powers_of_two,
    "divided by the largest power": lambda z: torch.exp(z - z.amax(-1, keepdim=True)),
    "keepdim missing": (no_keepdim, "two digits, four classes"),
    "keepdim missing below": (no_keepdim_below, "two digits, four classes"),
    "over dim 0": (lambda z: torch.softmax(z, 0), "The classes lie along the last axis"),
    "over dim 1": lambda z: torch.softmax(z, 1),
    "mean taken away": (lambda z: less(z, z.mean(-1, keepdim=True)), "NaN or infinite"),
    "smallest taken away": (lambda z: less(z, z.amin(-1, keepdim=True)), "NaN or infinite"),
    "only the first row's largest": (lambda z: less(z, z.reshape(-1, z.shape[-1])[0].max()), "Take each row's own"),
    "one-hot": lambda z: F.one_hot(z.argmax(-1), z.shape[-1]).float(),
    "capped": lambda z: less(z.clamp(-80, 80), 0.0),
    "nan made 0": lambda z: torch.nan_to_num(less(z, 0.0)),
    "sign turned": lambda z: less(-z, (-z).amax(-1, keepdim=True)),
    "rounded": lambda z: torch.softmax(z, -1).round(decimals=2),
    "divided by the largest logit": lambda z: less(z / z.amax(-1, keepdim=True), 0.0),
    "without signs": lambda z: torch.softmax(z.abs(), -1),
    "mean instead of sum": lambda z: torch.softmax(z, -1) * z.shape[-1],
    "changes its input": (largest_changed_in_place, "not the same after the call"),
    "one row only": (of_a_list, "two digits, four classes"),
    "the best class": lambda z: z.argmax(-1),
}
SOFTMAX_RIGHT = {
    "torch": lambda z: torch.softmax(z, dim=-1),
    "row by row": row_by_row,
    "by logarithms": lambda z: torch.exp(z - torch.logsumexp(z, -1, keepdim=True)),
    "fractions of differences": lambda z: 1 / torch.exp(z.unsqueeze(-2) - z.unsqueeze(-1)).sum(-1),
}

# ------------------------------------------------------------ all the way back


def gradients(
    x,
    labels,
    w1,
    b1,
    w2,
    b2,
    passes=lambda z, d: (z > 0).float(),
    shares=lambda logits: logits.softmax(-1),
    begin=lambda p, wanted: (p - wanted) / len(p),
    first=torch.relu,
    finish=lambda dw1, db1, dw2, db2: (dw1, db1, dw2, db2),
):
    """The right way back, each part of which can be replaced."""
    z = x @ w1 + b1
    h = first(z)
    d_logits = begin(shares(h @ w2 + b2), torch.eye(w2.shape[1])[labels])
    d_hidden = d_logits @ w2.T
    d_z = d_hidden * passes(z, d_hidden)
    return finish(x.T @ d_z, d_z.sum(0), h.T @ d_logits, d_logits.sum(0))


def with_parts(**parts):
    return lambda x, labels, w1, b1, w2, b2: gradients(x, labels, w1, b1, w2, b2, **parts)


def w2_turned_wrong(x, labels, w1, b1, w2, b2):
    z = x @ w1 + b1
    d_logits = ((torch.relu(z) @ w2 + b2).softmax(-1) - torch.eye(len(b2))[labels]) / len(x)
    d_z = d_logits @ w2 * (z > 0)
    return x.T @ d_z, d_z.sum(0), torch.relu(z).T @ d_logits, d_logits.sum(0)


def b1_forgotten(x, labels, w1, b1, w2, b2):
    return gradients(x, labels, w1, torch.zeros_like(b1), w2, b2)


def biases_for_each(x, labels, w1, b1, w2, b2):
    z = x @ w1 + b1
    d_logits = ((torch.relu(z) @ w2 + b2).softmax(-1) - torch.eye(len(b2))[labels]) / len(x)
    d_z = d_logits @ w2.T * (z > 0)
    return x.T @ d_z, d_z, torch.relu(z).T @ d_logits, d_logits


def trusts_itself(x, labels, w1, b1, w2, b2):
    return gradients(x, (torch.relu(x @ w1 + b1) @ w2 + b2).argmax(-1), w1, b1, w2, b2)


def relu_on_the_logits(x, labels, w1, b1, w2, b2):
    return gradients(x, labels, w1, b1, w2, b2, shares=lambda logits: logits.relu().softmax(-1))


def after_a_step(x, labels, w1, b1, w2, b2):
    back = gradients(x, labels, w1, b1, w2, b2)
    return tuple(w - d for w, d in zip((w1, b1, w2, b2), back, strict=True))


def w2_stepped_first(x, labels, w1, b1, w2, b2):
    _dw1, _db1, dw2, db2 = gradients(x, labels, w1, b1, w2, b2)
    dw1, db1, _dw2, _db2 = gradients(x, labels, w1, b1, w2 - dw2, b2)
    return dw1, db1, dw2, db2


def through_autograd(x, labels, w1, b1, w2, b2, reduction="mean"):
    weights = [w.clone().requires_grad_() for w in (w1, b1, w2, b2)]
    logits = torch.relu(x @ weights[0] + weights[1]) @ weights[2] + weights[3]
    return torch.autograd.grad(F.cross_entropy(logits, labels, reduction=reduction), weights)


def sample_by_sample(x, labels, w1, b1, w2, b2):
    total = [torch.zeros_like(w) for w in (w1, b1, w2, b2)]
    for row, label in zip(x, labels.tolist(), strict=True):
        h = (row @ w1 + b1).clamp(min=0)
        d_logits = torch.softmax(h @ w2 + b2, 0)
        d_logits[label] -= 1
        d_z = torch.where(h > 0, w2 @ d_logits, torch.zeros_like(h))
        parts = (torch.outer(row, d_z), d_z, torch.outer(h, d_logits), d_logits)
        total = [one + part / len(x) for one, part in zip(total, parts, strict=True)]
    return total


def by_einsum(x, labels, w1, b1, w2, b2):
    z = torch.einsum("bd,dh->bh", x, w1) + b1
    h = z.clamp_min(0)
    d_logits = torch.softmax(h @ w2 + b2, 1)
    d_logits[range(len(x)), labels] -= 1
    d_logits /= len(x)
    d_z = torch.einsum("bk,hk,bh->bh", d_logits, w2, (z > 0).float())
    return (
        torch.einsum("bd,bh->dh", x, d_z),
        torch.einsum("bh->h", d_z),
        torch.einsum("bh,bk->hk", h, d_logits),
        torch.einsum("bk->k", d_logits),
    )


MLP_GRADIENTS = {
    "slope 1 at 0": (with_parts(passes=lambda z, d: z >= 0), "not (z >= 0)"),
    "slope from what comes back": with_parts(passes=lambda z, d: d > 0),
    "slope of the sigmoid": with_parts(passes=lambda z, d: torch.sigmoid(z) * (1 - torch.sigmoid(z))),
    "z in place of its slope": with_parts(passes=lambda z, d: torch.relu(z)),
    "shares over the samples": with_parts(shares=lambda logits: logits.softmax(0)),
    "sigmoid shares": with_parts(shares=torch.sigmoid),
    "divided by the classes": with_parts(begin=lambda p, wanted: (p - wanted) / p.shape[1]),
    "divided by all": with_parts(begin=lambda p, wanted: (p - wanted) / p.numel()),
    "wanted - p": with_parts(begin=lambda p, wanted: (wanted - p) / len(p)),
    "of squared errors": with_parts(begin=lambda p, wanted: 2 * (p - wanted) * p * (1 - p) / len(p)),
    "no ReLU on the way forward": with_parts(first=lambda z: z),
    "last layer first": with_parts(finish=lambda dw1, db1, dw2, db2: (dw2, db2, dw1, db1)),
    "weights lying on their side": with_parts(finish=lambda dw1, db1, dw2, db2: (dw1.T, db1, dw2.T, db2)),
    "only the last layer": with_parts(finish=lambda dw1, db1, dw2, db2: (0 * dw1, 0 * db1, dw2, db2)),
    "weights alone": with_parts(finish=lambda dw1, db1, dw2, db2: (dw1, dw2)),
    "a dict": with_parts(finish=lambda dw1, db1, dw2, db2: {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}),
    "w2 not turned": w2_turned_wrong,
    "b1 forgotten": b1_forgotten,
    "biases for each sample": (biases_for_each, "(3, 4)"),
    "wanted is the best guess": trusts_itself,
    "ReLU on the logits": relu_on_the_logits,
    "the stepped weights": after_a_step,
    "w2 stepped before its use": w2_stepped_first,
    "autograd of the sum": (lambda *a: through_autograd(*a, reduction="sum"), "Divide d_logits by the number"),
}
MLP_GRADIENTS_RIGHT = {
    "autograd": through_autograd,
    "sample by sample": sample_by_sample,
    "einsum": by_einsum,
    "with masks": lambda *a: gradients(*a, passes=lambda z, d: torch.sign(torch.relu(z))),
}


# ------------------------------------------------------------ the walk back


def walked(links, *, begin=1.0, hand=lambda mine, slope: mine * slope, finish=lambda answers: answers, most=None):
    answers = [0.0] * len(links)
    answers[-1] = begin
    for k in reversed(range(len(links))):
        for j, slope in links[k][:most]:
            answers[j] += hand(answers[k], slope)
    return finish(answers)


def sums_forgotten_for_twins(links):
    answers = [0.0] * len(links)
    answers[-1] = 1.0
    for k in reversed(range(len(links))):
        for j, slope in dict(links[k]).items():
            answers[j] += answers[k] * slope
    return answers


def by_neighbours_only(links):
    answers = [0.0] * len(links)
    answers[-1] = 1.0
    for j, slope in links[-1]:
        answers[j] += slope
    return answers


def stops_too_early(links):
    answers = [0.0] * len(links)
    answers[-1] = 1.0
    for k in range(len(links) - 1, 1, -1):
        for j, slope in links[k]:
            answers[j] += answers[k] * slope
    return answers[:-1]


def empties_the_links(links):
    answers = [0.0] * len(links)
    answers[-1] = 1.0
    for k in reversed(range(len(links))):
        while links[k]:
            j, slope = links[k].pop()
            answers[j] += answers[k] * slope
    return answers


def counts_the_ways(links):
    return walked(links, hand=lambda mine, slope: mine)


def walk_by_recursion(links):
    def slope_of_last(j):
        if j == len(links) - 1:
            return 1.0
        return sum(slope_of_last(k) * s for k, sources in enumerate(links) for i, s in sources if i == j)

    return [slope_of_last(j) for j in range(len(links))]


def walk_by_matrix(links):
    table = torch.zeros(len(links), len(links), dtype=torch.float64)
    for k, sources in enumerate(links):
        for j, slope in sources:
            table[j, k] += slope
    last = torch.zeros(len(links), dtype=torch.float64)
    last[-1] = 1
    return torch.linalg.solve(torch.eye(len(links), dtype=torch.float64) - table, last).tolist()


def walk_with_a_dict(links):
    arrived, found = {len(links) - 1: 1.0}, []
    for k, sources in zip(range(len(links) - 1, -1, -1), links[::-1], strict=True):
        mine = arrived.pop(k, 0.0)
        found.append(mine)
        for j, slope in sources:
            arrived[j] = arrived.get(j, 0.0) + mine * slope
    return found[::-1]


WALK_BACK = {
    "starts with 0.5": lambda links: walked(links, begin=0.5),
    "starts with -1": lambda links: walked(links, begin=-1.0),
    "divided by the slope": lambda links: walked(links, hand=lambda mine, slope: mine / slope),
    "minus": lambda links: walked(links, hand=lambda mine, slope: -mine * slope),
    "the sign lost": lambda links: walked(links, hand=lambda mine, slope: mine * abs(slope)),
    "squared slopes": lambda links: walked(links, hand=lambda mine, slope: mine * slope**2),
    "the first source only": lambda links: walked(links, most=1),
    "turned round": lambda links: walked(links, finish=lambda answers: answers[::-1]),
    "without the last": lambda links: walked(links, finish=lambda answers: answers[:-1]),
    "the first only": lambda links: walked(links, finish=lambda answers: answers[0]),
    "whole numbers": lambda links: walked(links, finish=lambda answers: [round(answer) for answer in answers]),
    "the sum": lambda links: walked(links, finish=sum),
    "a square counted once": sums_forgotten_for_twins,
    "one link deep": (by_neighbours_only, "Only the links of the last number"),
    "two mistakes at once": stops_too_early,
    "the ways counted": (counts_the_ways, "Multiply it by the slope"),
    "links used up": empties_the_links,
}
WALK_BACK_RIGHT = {
    "recursion": walk_by_recursion,
    "linear equations": walk_by_matrix,
    "what has arrived in a dict": walk_with_a_dict,
    "a loop": walked,
}

WRONG = {
    "tanh_slope": TANH_SLOPE,
    "boundary": BOUNDARY,
    "mse_gradient": MSE_GRADIENT,
    "walk_back": WALK_BACK,
    "softmax": SOFTMAX,
    "mlp_gradients": MLP_GRADIENTS,
}
RIGHT = {
    "tanh_slope": TANH_SLOPE_RIGHT,
    "boundary": BOUNDARY_RIGHT,
    "mse_gradient": MSE_GRADIENT_RIGHT,
    "walk_back": WALK_BACK_RIGHT,
    "softmax": SOFTMAX_RIGHT,
    "mlp_gradients": MLP_GRADIENTS_RIGHT,
}
