"""Answers to the exercises of lesson 05 as learners may write them, wrong ones and right ones.

A wrong one stands alone, or with words that the answer to it must contain.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F


def sums_of(x, h, w, u, b, c):
    return x @ w.T + b + h @ u.T + c


# ---------------------------------------------------------------- rnn_step


def rnn_row_by_row(x, h, w_ih, w_hh, b_ih, b_hh):
    """Right: every sequence and every unit by itself, in plain numbers."""
    found = torch.zeros_like(h)
    for row in range(len(x)):
        for unit in range(h.shape[1]):
            total = float(b_ih[unit]) + float(b_hh[unit])
            total += sum(float(a) * float(b) for a, b in zip(x[row], w_ih[unit], strict=True))
            total += sum(float(a) * float(b) for a, b in zip(h[row], w_hh[unit], strict=True))
            found[row, unit] = math.tanh(total)
    return found


def rnn_by_torch(x, h, w_ih, w_hh, b_ih, b_hh):
    """Right: torch's cell with these weights."""
    cell = nn.RNNCell(x.shape[1], h.shape[1])
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict(dict(zip(names, (w_ih, w_hh, b_ih, b_hh), strict=True)))
    return cell(x, h).detach()


def rnn_in_place(x, h, w_ih, w_hh, b_ih, b_hh):
    """Writes into the learner's own h."""
    h.copy_(torch.tanh(sums_of(x, h, w_ih, w_hh, b_ih, b_hh)))
    return h


RNN_WRONG = {
    "the first bias forgotten": (lambda x, h, w, u, b, c: torch.tanh(x @ w.T + h @ u.T + c), "b_ih takes no part"),
    "both biases forgotten": lambda x, h, w, u, b, c: torch.tanh(x @ w.T + h @ u.T),
    "biases subtracted": lambda x, h, w, u, b, c: torch.tanh(x @ w.T - b + h @ u.T - c),
    "the input forgotten": lambda x, h, w, u, b, c: torch.tanh(b + h @ u.T + c),
    "relu": lambda x, h, w, u, b, c: F.relu(sums_of(x, h, w, u, b, c)),
    "h added outside": lambda x, h, w, u, b, c: torch.tanh(x @ w.T + b + c) + h @ u.T,
    "the old h kept": lambda x, h, w, u, b, c: h + torch.tanh(sums_of(x, h, w, u, b, c)),
    "h squashed before": lambda x, h, w, u, b, c: torch.tanh(x @ w.T + b + torch.tanh(h) @ u.T + c),
    "two tanh": lambda x, h, w, u, b, c: torch.tanh(torch.tanh(sums_of(x, h, w, u, b, c))),
    "the first bias without sign": lambda x, h, w, u, b, c: torch.tanh(sums_of(x, h, w, u, b.abs(), c)),
    "no first bias below 0": lambda x, h, w, u, b, c: torch.tanh(sums_of(x, h, w, u, b.relu(), c)),
    "rounded": lambda x, h, w, u, b, c: torch.tanh(sums_of(x, h, w, u, b, c)).round(),
    "half the sum": lambda x, h, w, u, b, c: torch.tanh(sums_of(x, h, w, u, b, c) / 2),
    "cut at 1": lambda x, h, w, u, b, c: sums_of(x, h, w, u, b, c).clamp(-1, 1),
    "mean over the sequences": lambda x, h, w, u, b, c: torch.tanh(sums_of(x, h, w, u, b, c)).mean(0),
    "the sum of a row": lambda x, h, w, u, b, c: torch.tanh(sums_of(x, h, w, u, b, c)).sum(-1),
    "an axis too many": lambda x, h, w, u, b, c: torch.tanh(sums_of(x, h, w, u, b, c))[None],
    "turned over": lambda x, h, w, u, b, c: torch.tanh(sums_of(x, h, w, u, b, c)).T,
    "twice returned": lambda x, h, w, u, b, c: (torch.tanh(sums_of(x, h, w, u, b, c)),) * 2,
    "a list of rows": lambda x, h, w, u, b, c: list(torch.tanh(sums_of(x, h, w, u, b, c))),
    "w without .T": (lambda x, h, w, u, b, c: torch.tanh(x @ w + b + h @ u.T + c), "raised an error"),
    "weights added": (lambda x, h, w, u, b, c: torch.tanh((x + h) @ (w + u).T + b + c), "raised an error"),
    "h changed": (rnn_in_place, "changed its input"),
    "nothing returned": (lambda x, h, w, u, b, c: None if torch.tanh(x).any() else x, "returned nothing"),
}
RNN_RIGHT = {
    "plain numbers": rnn_row_by_row,
    "torch's cell": rnn_by_torch,
    "linear layers": lambda x, h, w, u, b, c: torch.tanh(F.linear(x, w, b) + F.linear(h, u, c)),
    "one long row": lambda x, h, w, u, b, c: torch.tanh(torch.cat([x, h], 1) @ torch.cat([w, u], 1).T + (b + c)),
    "by exponentials": lambda x, h, w, u, b, c: 1 - 2 / (torch.exp(2 * sums_of(x, h, w, u, b, c)) + 1),
}

# ---------------------------------------------------------------- lstm_step


def gates_of(x, h, *weights):
    i, f, g, o = sums_of(x, h, *weights).chunk(4, dim=-1)
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


def lstm_like(change):
    """An LSTM step in which ``change(i, f, g, o, c)`` says what becomes of the gates: the new h and c."""

    def step(x, h, c, *weights):
        return change(*gates_of(x, h, *weights), c)

    return step


def lstm_named(name):
    """An LSTM step that sends the named sum through the wrong function."""

    def step(x, h, c, *weights):
        sums = dict(zip("ifgo", sums_of(x, h, *weights).chunk(4, dim=-1), strict=True))
        kept = {one: (torch.tanh if (one == "g") != (one == name) else torch.sigmoid)(z) for one, z in sums.items()}
        new = kept["f"] * c + kept["i"] * kept["g"]
        return kept["o"] * torch.tanh(new), new

    return step


def lstm_by_columns(x, h, c, *weights):
    """Right: cut by hand."""
    sums, many = sums_of(x, h, *weights), h.shape[1]
    i, f, g, o = (sums[:, k * many : (k + 1) * many] for k in range(4))
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def lstm_by_torch(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """Right: torch's cell with these weights."""
    cell = nn.LSTMCell(x.shape[1], h.shape[1])
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict(dict(zip(names, (w_ih, w_hh, b_ih, b_hh), strict=True)))
    return tuple(part.detach() for part in cell(x, (h, c)))


def lstm_unit_by_unit(x, h, c, *weights):
    """Right: a loop over sequences and units."""
    sums, many = sums_of(x, h, *weights), h.shape[1]
    new_h, new_c = torch.zeros_like(h), torch.zeros_like(c)
    for b in range(len(x)):
        for k in range(many):
            i, f, o = (1 / (1 + math.exp(-float(sums[b, k + part * many]))) for part in (0, 1, 3))
            new_c[b, k] = f * c[b, k] + i * math.tanh(float(sums[b, k + 2 * many]))
            new_h[b, k] = o * torch.tanh(new_c[b, k])
    return new_h, new_c


def lstm_every_fourth(x, h, c, *weights):
    """Takes every fourth column for a gate."""
    sums = sums_of(x, h, *weights)
    i, f, g, o = (sums[:, k::4] for k in range(4))
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def lstm_changing(x, h, c, *weights):
    """Works on the learner's own memory."""
    i, f, g, o = gates_of(x, h, *weights)
    c *= f
    c += i * g
    return o * torch.tanh(c), c


def shown(o, c):
    return o * torch.tanh(c), c


LSTM_WRONG = {
    "nothing forgotten": lstm_like(lambda i, f, g, o, c: shown(o, c + i * g)),
    "nothing kept": lstm_like(lambda i, f, g, o, c: shown(o, i * g)),
    "no input gate": lstm_like(lambda i, f, g, o, c: shown(o, f * c + g)),
    "coupled gates": lstm_like(lambda i, f, g, o, c: shown(o, f * c + (1 - f) * g)),
    "the forget gate turned round": lstm_like(lambda i, f, g, o, c: shown(o, (1 - f) * c + i * g)),
    "memory squashed": lstm_like(lambda i, f, g, o, c: shown(o, torch.tanh(f * c + i * g))),
    "memory cut at 1": lstm_like(lambda i, f, g, o, c: shown(o, (f * c + i * g).clamp(-1, 1))),
    "always shown": lstm_like(lambda i, f, g, o, c: (torch.tanh(f * c + i * g), f * c + i * g)),
    "shown through a sigmoid": lstm_like(lambda i, f, g, o, c: (o * torch.sigmoid(f * c + i * g), f * c + i * g)),
    "the gate inside tanh": lstm_like(lambda i, f, g, o, c: (torch.tanh(o * (f * c + i * g)), f * c + i * g)),
    "gates added": lstm_like(lambda i, f, g, o, c: shown(o, f + c + i + g)),
    "taken away": lstm_like(lambda i, f, g, o, c: shown(o, f * c - i * g)),
    "the candidate shown": lstm_like(lambda i, f, g, o, c: (o * g, f * c + i * g)),
    "the old memory given back": lstm_like(lambda i, f, g, o, c: (o * torch.tanh(f * c + i * g), c)),
    "a tanh for the input gate": lstm_named("i"),
    "a tanh for the forget gate": lstm_named("f"),
    "a tanh for the output gate": lstm_named("o"),
    "every fourth column": lstm_every_fourth,
    "second bias forgotten": lambda x, h, c, w, u, a, b: lstm_by_columns(x, h, c, w, u, a, 0 * b),
    "past forgotten": lambda x, h, c, w, u, a, b: lstm_by_columns(x, 0 * h, c, w, u, a, b),
    "h alone": (lambda *a: lstm_by_columns(*a)[0], "Return"),
    "three values": (lambda *a: (*lstm_by_columns(*a), None), "Expected 2 values"),
    "memory squashed after showing": (
        lambda *a: (lstm_by_columns(*a)[0], torch.tanh(lstm_by_columns(*a)[1])),
        "Only what is shown goes through tanh",
    ),
    "the memory changed": (lstm_changing, "changed its input"),
}
LSTM_RIGHT = {
    "cut by hand": lstm_by_columns,
    "torch's cell": lstm_by_torch,
    "unit by unit": lstm_unit_by_unit,
    "in another order": lstm_like(lambda i, f, g, o, c: (torch.tanh(g * i + c * f) * o, g * i + c * f)),
    "a list": lambda *a: list(lstm_by_columns(*a)),
    "stacked, which unpacks": lambda *a: torch.stack(lstm_by_columns(*a)),
}

# ---------------------------------------------------------------- gru_step


def gru_like(change):
    """A GRU step in which ``change(r, z, x part, h part, h)`` says what becomes of the gates."""

    def step(x, h, w, u, b, c):
        from_x, from_h = (x @ w.T + b).chunk(3, dim=-1), (h @ u.T + c).chunk(3, dim=-1)
        r, z = torch.sigmoid(from_x[0] + from_h[0]), torch.sigmoid(from_x[1] + from_h[1])
        return change(r, z, from_x[2], from_h[2], h)

    return step


def mix(z, n, h):
    return (1 - z) * n + z * h


def gru_by_torch(x, h, w_ih, w_hh, b_ih, b_hh):
    """Right: torch's cell with these weights."""
    cell = nn.GRUCell(x.shape[1], h.shape[1])
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict(dict(zip(names, (w_ih, w_hh, b_ih, b_hh), strict=True)))
    return cell(x, h).detach()


def gru_unit_by_unit(x, h, w, u, b, c):
    """Right: a loop over sequences and units."""
    from_x, from_h, many = x @ w.T + b, h @ u.T + c, h.shape[1]
    found = torch.zeros_like(h)
    for row in range(len(x)):
        for k in range(many):
            r, z = (torch.sigmoid(from_x[row, k + part * many] + from_h[row, k + part * many]) for part in (0, 1))
            n = torch.tanh(from_x[row, k + 2 * many] + r * from_h[row, k + 2 * many])
            found[row, k] = n + z * (h[row, k] - n)
    return found


def gru_changing(x, h, w, u, b, c):
    """Writes into the learner's own h."""
    h *= gru_by_torch(x, h, w, u, b, c) / h
    return h


def gru_every_third(x, h, w, u, b, c):
    """Takes every third column for a gate."""
    rows = torch.arange(3 * h.shape[1]).view(h.shape[1], 3).T.flatten()
    return gru_by_torch(x, h, w[rows], u[rows], b[rows], c[rows])


GRU_WRONG = {
    "no update gate": gru_like(lambda r, z, x, h_part, h: torch.tanh(x + r * h_part)),
    "nothing new": gru_like(lambda r, z, x, h_part, h: z * h),
    "kept and added": gru_like(lambda r, z, x, h_part, h: z * h + torch.tanh(x + r * h_part)),
    "all kept": gru_like(lambda r, z, x, h_part, h: (1 - z) * torch.tanh(x + r * h_part) + h),
    "a candidate through a sigmoid": gru_like(lambda r, z, x, h_part, h: mix(z, torch.sigmoid(x + r * h_part), h)),
    "a candidate without tanh": (
        gru_like(lambda r, z, x, h_part, h: mix(z, x + r * h_part, h)),
        "The candidate n is a tanh",
    ),
    "reset and update exchanged": (
        gru_like(lambda r, z, x, h_part, h: mix(r, torch.tanh(x + z * h_part), h)),
        "Reset and update gate are swapped",
    ),
    "the reset gate turned round": gru_like(lambda r, z, x, h_part, h: mix(z, torch.tanh(x + (1 - r) * h_part), h)),
    "reset times h": gru_like(lambda r, z, x, h_part, h: mix(z, torch.tanh(x + r * h), h)),
    "the reset gate outside tanh": gru_like(lambda r, z, x, h_part, h: mix(z, r * torch.tanh(x + h_part), h)),
    "reset gate added": gru_like(lambda r, z, x, h_part, h: mix(z, torch.tanh(x + r + h_part), h)),
    "half and half": gru_like(lambda r, z, x, h_part, h: (torch.tanh(x + r * h_part) + h) / 2),
    "h squashed": gru_like(lambda r, z, x, h_part, h: mix(z, torch.tanh(x + r * h_part), torch.tanh(h))),
    "squashed at the end": gru_like(lambda r, z, x, h_part, h: torch.tanh(mix(z, torch.tanh(x + r * h_part), h))),
    "the past left out of the candidate": gru_like(lambda r, z, x, h_part, h: mix(z, torch.tanh(x), h)),
    "every third column": gru_every_third,
    "second bias forgotten": lambda x, h, w, u, b, c: gru_by_torch(x, h, w, u, b, 0 * c),
    "first bias forgotten": lambda x, h, w, u, b, c: gru_by_torch(x, h, w, u, 0 * b, c),
    "h twice": (lambda *a: (gru_by_torch(*a),) * 2, "Return value 1 of 2 alone"),
    "h and gates": (gru_like(lambda r, z, x, h_part, h: (mix(z, torch.tanh(x + r * h_part), h), z)), "alone"),
    "h changed": (gru_changing, "changed its input"),
}
GRU_RIGHT = {
    "torch's cell": gru_by_torch,
    "unit by unit": gru_unit_by_unit,
    "a difference": gru_like(lambda r, z, x, h_part, h: h + (1 - z) * (torch.tanh(x + r * h_part) - h)),
    "lerp": gru_like(lambda r, z, x, h_part, h: torch.lerp(torch.tanh(h_part * r + x), h, z)),
}

# ---------------------------------------------------------------- last_real


def last_in_a_loop(outputs, mask):
    """Right: row by row."""
    return torch.stack([row[int(real.sum()) - 1] for row, real in zip(outputs, mask, strict=True)])


def last_from_the_end(outputs, mask):
    """Right: the first True of the mask read backwards."""
    steps = mask.shape[1] - 1 - mask.flip(1).int().argmax(1)
    return outputs[torch.arange(len(outputs)), steps]


def last_gathered(outputs, mask):
    """Right: gather wants an index of the shape of the answer."""
    at = (mask.sum(1) - 1)[:, None, None].expand(-1, 1, outputs.shape[2])
    return outputs.gather(1, at).squeeze(1)


def last_blanking(outputs, mask):
    """Blanks the padding in the learner's own outputs."""
    outputs[~mask] = 0
    return last_in_a_loop(outputs, mask)


LAST_WRONG = {
    "the step before": lambda outputs, mask: outputs[torch.arange(len(outputs)), mask.sum(1) - 2],
    "the largest of the real steps": lambda outputs, mask: outputs.masked_fill(~mask[..., None], -1e9).amax(1),
    "the largest of all steps": lambda outputs, mask: outputs.amax(1),
    "the sum of the real steps": lambda outputs, mask: (outputs * mask[..., None]).sum(1),
    "the sum over real steps by the width": lambda outputs, mask: (outputs * mask[..., None]).mean(1),
    "the shortest's last step for all": lambda outputs, mask: outputs[:, mask.sum(1).min() - 1],
    "the first sequence's last step for all": lambda outputs, mask: outputs[:, int(mask[0].sum()) - 1],
    "the last row's steps": lambda outputs, mask: outputs[-1, mask.sum(1) - 1],
    "every real step": lambda outputs, mask: outputs[mask],
    "a table of picks": lambda outputs, mask: outputs[:, mask.sum(1) - 1],
    "padding blanked, last column": lambda outputs, mask: (outputs * mask[..., None])[:, -1],
    "an axis too many": lambda outputs, mask: outputs[torch.arange(len(outputs)), mask.sum(1) - 1][:, None],
    "turned over": lambda outputs, mask: last_in_a_loop(outputs, mask).T,
    "rows upside down": lambda outputs, mask: last_in_a_loop(outputs, mask).flip(0),
    "the first unit alone": lambda outputs, mask: outputs[torch.arange(len(outputs)), mask.sum(1) - 1, 0],
    "the numbers of the steps": lambda outputs, mask: mask.sum(1) - 1,
    "counted down the columns": (
        lambda outputs, mask: outputs[torch.arange(len(outputs)), mask.sum(0)[: len(outputs)] - 1],
        "wrong values",
    ),
    "a list": (lambda outputs, mask: list(last_in_a_loop(outputs, mask)), "torch.stack"),
    "the outputs changed": (last_blanking, "changed its input"),
}
LAST_RIGHT = {
    "a loop": last_in_a_loop,
    "from the end": last_from_the_end,
    "gather": last_gathered,
    "counted up": lambda outputs, mask: outputs[mask & (mask.cumsum(1) == mask.sum(1, keepdim=True))],
    "weighted by a one": lambda outputs, mask: torch.einsum(
        "bth,bt->bh", outputs, F.one_hot(mask.sum(1) - 1, mask.shape[1]).float()
    ),
}

# ---------------------------------------------------------------- clip_by_norm


def length(gradients):
    return torch.sqrt(sum((g**2).sum() for g in gradients))


def clipped_in_a_loop(gradients, limit):
    """Right: number by number."""
    total = math.sqrt(sum(value * value for g in gradients for value in g.flatten().tolist()))
    return [g * (limit / total) if total > limit else g.clone() for g in gradients]


def clipped_by_torch(gradients, limit):
    """Right: torch's own, on copies."""
    leaves = [nn.Parameter(g.clone()) for g in gradients]
    for leaf in leaves:
        leaf.grad = leaf.detach().clone()
    nn.utils.clip_grad_norm_(leaves, limit)
    return [leaf.grad for leaf in leaves]


def clipped_in_place(gradients, limit):
    """Shortens the learner's own gradients."""
    factor = min(1.0, limit / float(length(gradients)))
    for g in gradients:
        g *= factor
    return gradients


def clipped_one_after_the_other(gradients, limit):
    """Measures again after each one that was shortened."""
    found = list(gradients)
    for k, g in enumerate(gradients):
        found[k] = g * min(1.0, limit / float(length(found)))
    return found


CLIP_WRONG = {
    "the mean of squares": lambda gs, limit: [
        g * min(1.0, limit / float((sum((g**2).sum() for g in gs) / sum(g.numel() for g in gs)).sqrt())) for g in gs
    ],
    "the sum of sizes": lambda gs, limit: [g * min(1.0, limit / float(sum(g.abs().sum() for g in gs))) for g in gs],
    "the largest number": lambda gs, limit: [g * min(1.0, limit / float(max(g.abs().max() for g in gs))) for g in gs],
    "the sum without squares": lambda gs, limit: [
        g * min(1.0, limit / abs(float(sum(g.sum() for g in gs)))) for g in gs
    ],
    "the factor the other way": lambda gs, limit: [g * max(1.0, limit / float(length(gs))) for g in gs],
    "the length over the limit": lambda gs, limit: [g * max(1.0, float(length(gs)) / limit) for g in gs],
    "always length 1": lambda gs, limit: [g / max(1.0, float(length(gs))) for g in gs],
    "the limit forgotten": lambda gs, limit: [g / length(gs) for g in gs],
    "only the first": lambda gs, limit: [gs[0] * min(1.0, limit / float(length(gs))), *gs[1:]],
    "only the longest": lambda gs, limit: [
        g * min(1.0, limit / float(length(gs))) if g is max(gs, key=torch.norm) else g for g in gs
    ],
    "the limit taken off": lambda gs, limit: [g - limit if length(gs) > limit else g for g in gs],
    "nothing done": lambda gs, limit: [g.clone() for g in gs],
    "none left": lambda gs, limit: [g * 0 if length(gs) > limit else g for g in gs],
    "cut upwards only": lambda gs, limit: [g.clamp(max=limit) for g in gs],
    "the common length of the means": lambda gs, limit: [
        g * min(1.0, limit / float(torch.stack([g.norm() for g in gs]).mean())) for g in gs
    ],
    "shortened at the limit too": lambda gs, limit: [
        g if length(gs) < limit else g * 0.99 * limit / float(length(gs)) for g in gs
    ],
    "0 by 0": (lambda gs, limit: [g * (limit / length(gs).clamp(min=limit)) + 0 * g / length(gs) for g in gs], "NaN"),
    "rounded": lambda gs, limit: [g.round() for g in clipped_in_a_loop(gs, limit)],
    "measured anew each time": clipped_one_after_the_other,
    "one long row": (lambda gs, limit: torch.cat([g.flatten() for g in clipped_in_a_loop(gs, limit)]), "expected"),
    "the factor": (lambda gs, limit: min(1.0, limit / float(length(gs))), "Expected a list"),
    "a generator": (lambda gs, limit: (g for g in clipped_in_a_loop(gs, limit)), "list(…)"),
    "the gradients changed": (clipped_in_place, "changed its input"),
}
CLIP_RIGHT = {
    "number by number": clipped_in_a_loop,
    "torch's own": clipped_by_torch,
    "the length of lengths": lambda gs, limit: [
        g * torch.clamp(limit / torch.stack([g.norm() for g in gs]).norm(), max=1) for g in gs
    ],
    "a tuple": lambda gs, limit: tuple(g / max(1.0, float(length(gs)) / limit) for g in gs),
}

WRONG = {
    "rnn_step": RNN_WRONG,
    "lstm_step": LSTM_WRONG,
    "gru_step": GRU_WRONG,
    "last_real": LAST_WRONG,
    "clip_by_norm": CLIP_WRONG,
}
RIGHT = {
    "rnn_step": RNN_RIGHT,
    "lstm_step": LSTM_RIGHT,
    "gru_step": GRU_RIGHT,
    "last_real": LAST_RIGHT,
    "clip_by_norm": CLIP_RIGHT,
}
