"""Answers to the exercises of lesson 09: wrong ones of many kinds, right ones in several styles."""

from __future__ import annotations

import itertools
import math
from functools import reduce

import torch

# ------------------------------------------------------------ blend


def blend_in_place(first, second, alpha):
    first *= alpha
    first += (1 - alpha) * second
    return first


def blend_number_by_number(first, second, alpha):
    pairs = zip(first.flatten().tolist(), second.flatten().tolist(), strict=True)
    return torch.tensor([alpha * a + (1 - alpha) * b for a, b in pairs]).reshape(first.shape)


BLEND_WRONG = {
    "the plain mean": lambda f, s, a: (f + s) / 2,
    "the first only": lambda f, s, a: a * f,
    "difference": lambda f, s, a: a * f - (1 - a) * s,
    "product": lambda f, s, a: (a * f) * ((1 - a) * s),
    "powers": lambda f, s, a: f.abs() ** a * s.abs() ** (1 - a),
    "the larger": lambda f, s, a: torch.maximum(f, s),
    "side by side": lambda f, s, a: torch.cat([a * f, (1 - a) * s], -1),
    "stacked": lambda f, s, a: torch.stack([a * f, (1 - a) * s]),
    "halved": lambda f, s, a: (a * f + (1 - a) * s) / 2,
    "alpha + 1": lambda f, s, a: a * f + (1 + a) * s,
    "alpha squared": lambda f, s, a: a**2 * f + (1 - a**2) * s,
    "choice": lambda f, s, a: f if a > 0.5 else s,
    "summed": lambda f, s, a: (a * f + (1 - a) * s).sum(),
    "sizes only": lambda f, s, a: a * f.abs() + (1 - a) * s.abs(),
    "squashed": lambda f, s, a: torch.tanh(a * f + (1 - a) * s),
    "in place": (blend_in_place, "changed its input"),
}
BLEND_RIGHT = {
    "from the second towards the first": lambda f, s, a: s + a * (f - s),
    "lerp": lambda f, s, a: torch.lerp(s, f, a),
    "number by number": blend_number_by_number,
    "einsum": lambda f, s, a: torch.einsum("m,m...->...", torch.tensor([a, 1 - a]), torch.stack([f, s])),
}

# ------------------------------------------------------------ mean of those present


def flags(h, here):
    return here.to(h.dtype).unsqueeze(-1)


def mean_by_loops(h, here):
    out = torch.zeros(h.shape[1:])
    for b in range(h.shape[1]):
        present = [h[m, b] for m in range(len(h)) if here[m, b]]
        if present:
            out[b] = sum(present) / len(present)
    return out


MEAN_WRONG = {
    "the sum": lambda h, here: (h * flags(h, here)).sum(0),
    "the largest": lambda h, here: torch.where(here.unsqueeze(-1), h, -torch.inf).amax(0),
    "counted over the batch": lambda h, here: (h * flags(h, here)).sum(0) / here.sum(),
    "counted over axis 1": lambda h, here: (
        (h * flags(h, here)).sum(0) / here.sum(1).clamp_min(1)[:, None][: h.shape[1]].mean()
    ),
    "one too many below": lambda h, here: (h * flags(h, here)).sum(0) / (flags(h, here).sum(0) + 1),
    "the absent only": lambda h, here: (h * ~here.unsqueeze(-1)).sum(0) / (~here).sum(0).clamp_min(1)[:, None],
    "first present": lambda h, here: h.gather(0, here.long().argmax(0)[None, :, None].expand(1, *h.shape[1:]))[0],
    "axis kept": lambda h, here: (h * flags(h, here)).sum(0, keepdim=True) / flags(h, here).sum(0).clamp_min(1),
    "a tiny number below": lambda h, here: (h * flags(h, here)).sum(0) / (flags(h, here).sum(0) + 0.01),
    "ones for nobody": lambda h, here: torch.where(
        here.any(0)[:, None], (h * flags(h, here)).sum(0) / flags(h, here).sum(0).clamp_min(1), 1.0
    ),
    "averaged over places too": lambda h, here: (h * flags(h, here)).sum((0, 2)) / here.sum(0).clamp_min(1),
    "the mean for nobody": lambda h, here: torch.where(
        here.any(0)[:, None], (h * flags(h, here)).sum(0) / flags(h, here).sum(0).clamp_min(1), h.mean(0)
    ),
    "masked by value": (lambda h, here: h.sum(0) / (h != 0).sum(0).clamp_min(1), "You did not look at `here`"),
    "root of the count": lambda h, here: (h * flags(h, here)).sum(0) / flags(h, here).sum(0).clamp_min(1).sqrt(),
}
MEAN_RIGHT = {
    "loops": mean_by_loops,
    "where": lambda h, here: torch.where(here[..., None], h, 0.0).sum(0) / here.sum(0).clamp_min(1)[:, None],
    "nanmean": lambda h, here: torch.where(here[..., None], h, torch.nan).nanmean(0).nan_to_num(),
    "einsum": lambda h, here: (
        torch.einsum("mbw,mb->bw", h, here.float()) / torch.where(here.any(0), here.sum(0), 1)[:, None]
    ),
}

# ------------------------------------------------------------ everything times everything


def with_ones(rows):
    return [torch.cat([x, torch.ones(len(x), 1)], 1) for x in rows]


def outer_by_loops(rows):
    out = []
    for b in range(len(rows[0])):
        each = [[*x[b].tolist(), 1.0] for x in rows]
        out.append([math.prod(chosen) for chosen in itertools.product(*each)])
    return torch.tensor(out)


def pairwise(rows):
    return reduce(lambda left, x: (left.unsqueeze(2) * x.unsqueeze(1)).flatten(1), with_ones(rows))


def changes_the_list(rows):
    rows[0] = torch.cat([rows[0], torch.ones(len(rows[0]), 1)], 1)
    return pairwise([rows[0][:, :-1], *rows[1:]])


OUTER_WRONG = {
    "side by side": lambda rows: torch.cat(with_ones(rows), 1),
    "place by place, shortest": lambda rows: reduce(
        lambda left, x: left[:, : x.shape[1]] * x[:, : left.shape[1]], with_ones(rows)
    ),
    "added": lambda rows: reduce(lambda left, x: (left.unsqueeze(2) + x.unsqueeze(1)).flatten(1), with_ones(rows)),
    "not flattened": lambda rows: reduce(lambda left, x: left.unsqueeze(-1) * x[:, None], with_ones(rows)[:2]),
    "last modality first": lambda rows: pairwise(rows[::-1]),
    "left and right exchanged": lambda rows: reduce(
        lambda left, x: (x.unsqueeze(2) * left.unsqueeze(1)).flatten(1), with_ones(rows)
    ),
    "zeros appended": lambda rows: reduce(
        lambda left, x: (left.unsqueeze(2) * x.unsqueeze(1)).flatten(1),
        [torch.cat([x, torch.zeros(len(x), 1)], 1) for x in rows],
    ),
    "1 for the first only": lambda rows: reduce(
        lambda left, x: (left.unsqueeze(2) * x.unsqueeze(1)).flatten(1), [with_ones(rows)[0], *rows[1:]]
    ),
    "all samples with all": lambda rows: reduce(torch.kron, with_ones(rows)),
    "summed over samples": lambda rows: pairwise(rows).sum(0),
    "the 1 appended at the end only": lambda rows: torch.cat(
        [
            reduce(lambda left, x: (left.unsqueeze(2) * x.unsqueeze(1)).flatten(1), rows),
            torch.ones(len(rows[0]), 1),
        ],
        1,
    ),
    "1 appended again at each step": lambda rows: reduce(
        lambda left, x: torch.cat([(left.unsqueeze(2) * x.unsqueeze(1)).flatten(1), torch.ones(len(x), 1)], 1),
        with_ones(rows),
    ),
    "sizes only": lambda rows: pairwise(rows).abs(),
    "first and last": lambda rows: pairwise([rows[0], rows[-1]]),
    "an upper triangle": lambda rows: pairwise(rows).triu(),
}
OUTER_RIGHT = {
    "loops": outer_by_loops,
    "einsum": lambda rows: reduce(lambda left, x: torch.einsum("bi,bj->bij", left, x).flatten(1), with_ones(rows)),
    "bmm": lambda rows: reduce(lambda left, x: (left[:, :, None] @ x[:, None, :]).reshape(len(x), -1), with_ones(rows)),
    "kron for each sample": lambda rows: torch.stack(
        [reduce(torch.kron, [x[b] for x in with_ones(rows)]) for b in range(len(rows[0]))]
    ),
}

# ------------------------------------------------------------ shares from scores


def shares_of(scores, here, low=-1e9):
    return torch.where(here.unsqueeze(-1), scores, low).softmax(0) * here.unsqueeze(-1)


def mixed(values, shares):
    return (shares * values).sum(0), shares


def shares_by_hand(values, scores, here):
    top = torch.where(here.unsqueeze(-1), scores, -torch.inf).amax(0)
    e = torch.where(here.unsqueeze(-1), (scores - torch.where(top.isinf(), 0.0, top)).exp(), 0.0)
    shares = e / e.sum(0).clamp_min(1e-30)
    return mixed(values, shares)


def shares_by_loops(values, scores, here):
    shares = torch.zeros_like(scores)
    for b in range(scores.shape[1]):
        present = [m for m in range(len(scores)) if here[m, b]]
        if present:
            shares[present, b] = scores[present, b].softmax(0)
    return (shares * values).sum(0), shares


def shares_with_infinity(values, scores, here):
    shares = scores.masked_fill(~here.unsqueeze(-1), -torch.inf).softmax(0).nan_to_num()
    return mixed(values, shares)


MIX_WRONG = {
    "a little below": lambda v, s, h: mixed(v, shares_of(s, h, -20.0)),
    "a hundred below": lambda v, s, h: mixed(v, shares_of(s, h, -100.0)),
    "softmax over the samples": lambda v, s, h: mixed(v, s.softmax(1) * h.unsqueeze(-1)),
    "over all numbers": lambda v, s, h: mixed(v, s.flatten().softmax(0).reshape(s.shape) * h.unsqueeze(-1)),
    "sigmoid": lambda v, s, h: mixed(v, s.sigmoid() * h.unsqueeze(-1)),
    "no softmax": lambda v, s, h: mixed(v, s * h.unsqueeze(-1)),
    "averaged": lambda v, s, h: ((shares_of(s, h) * v).mean(0), shares_of(s, h)),
    "the mix only": lambda v, s, h: mixed(v, shares_of(s, h))[0],
    "the shares only": lambda v, s, h: shares_of(s, h),
    "exchanged": lambda v, s, h: mixed(v, shares_of(s, h))[::-1],
    "presence ignored": lambda v, s, h: mixed(v, s.softmax(0)),
    "the best takes all": lambda v, s, h: mixed(
        v, (torch.where(h.unsqueeze(-1), s, -1e9) == torch.where(h.unsqueeze(-1), s, -1e9).amax(0)).float()
    ),
    "equal shares": lambda v, s, h: mixed(v, torch.ones_like(s) * h.unsqueeze(-1) / h.sum(0).clamp_min(1)[:, None]),
    "negative scores": lambda v, s, h: mixed(v, shares_of(-s, h)),
    "nobody gets equal shares": lambda v, s, h: mixed(v, torch.where(h.unsqueeze(-1), s, -1e9).softmax(0)),
    "shares of the absent turned round": lambda v, s, h: mixed(v, shares_of(s, ~h)),
    "overflow": lambda v, s, h: mixed(v, s.exp() * h.unsqueeze(-1) / (s.exp() * h.unsqueeze(-1)).sum(0)),
}
MIX_RIGHT = {
    "by hand": shares_by_hand,
    "loops": shares_by_loops,
    "minus infinity": shares_with_infinity,
    "far below": lambda v, s, h: mixed(v, shares_of(s, h)),
}

# ------------------------------------------------------------ low rank


def applied(rows, factors):
    return [torch.einsum("rwd,bd->brw", f, x) for f, x in zip(factors, with_ones(rows), strict=True)]


def low_rank_by_loops(rows, factors):
    ranks, width, _ = factors[0].shape
    out = torch.zeros(len(rows[0]), width)
    for b, r, w in itertools.product(range(len(rows[0])), range(ranks), range(width)):
        out[b, w] += math.prod(float(f[r, w] @ x[b]) for f, x in zip(factors, with_ones(rows), strict=True))
    return out


def low_rank_through_the_tensor(rows, factors):
    ranks, width, _ = factors[0].shape
    table = torch.stack(
        [sum(reduce(torch.kron, [f[r, w] for f in factors]) for r in range(ranks)) for w in range(width)]
    )
    return pairwise(rows) @ table.T


LOW_RANK_WRONG = {
    "mean over the ranks": lambda rows, f: reduce(torch.mul, applied(rows, f)).mean(1),
    "first rank only": lambda rows, f: reduce(torch.mul, applied(rows, f))[:, 0],
    "ranks kept": lambda rows, f: reduce(torch.mul, applied(rows, f)),
    "product over the ranks": lambda rows, f: reduce(torch.mul, applied(rows, f)).prod(1),
    "the 1 in front": lambda rows, f: reduce(
        torch.mul,
        [
            torch.einsum("rwd,bd->brw", one, torch.cat([torch.ones(len(x), 1), x], 1))
            for one, x in zip(f, rows, strict=True)
        ],
    ).sum(1),
    "first two modalities": lambda rows, f: reduce(torch.mul, applied(rows, f)[:2]).sum(1),
    "first modality": lambda rows, f: applied(rows, f)[0].sum(1),
    "summed over the width": lambda rows, f: reduce(torch.mul, applied(rows, f)).sum(2),
    "transposed": lambda rows, f: reduce(torch.mul, applied(rows, f)).sum(1).T,
    "largest rank": lambda rows, f: reduce(torch.mul, applied(rows, f)).amax(1),
    "a nonlinearity": lambda rows, f: reduce(torch.mul, [part.tanh() for part in applied(rows, f)]).sum(1),
    "sizes only": lambda rows, f: reduce(torch.mul, applied(rows, f)).sum(1).abs(),
    "over the root of the ranks": lambda rows, f: reduce(torch.mul, applied(rows, f)).sum(1) / math.sqrt(len(f[0])),
    "mean over the modalities": lambda rows, f: torch.stack(applied(rows, f)).mean(0).sum(1),
    "one sample only": lambda rows, f: reduce(torch.mul, applied(rows, f)).sum(1)[:1],
}
LOW_RANK_RIGHT = {
    "loops": low_rank_by_loops,
    "through the tensor": low_rank_through_the_tensor,
    "matmul": lambda rows, f: reduce(
        torch.mul, [(one @ x.T).permute(2, 0, 1) for one, x in zip(f, with_ones(rows), strict=True)]
    ).sum(1),
}

# ------------------------------------------------------------ interaction


def four(score, x, y, other_x, other_y):
    return score(x, y), score(x, other_y), score(other_x, y), score(other_x, other_y)


def signs(a, b, c, d):
    def mixed_sum(score, x, y, other_x, other_y):
        one, two, three, last = four(score, x, y, other_x, other_y)
        return a * one + b * two + c * three + d * last

    return mixed_sum


INTERACTION_WRONG = {
    "absolute value": lambda *a: abs(signs(1, -1, -1, 1)(*a)),
    "squared": lambda *a: signs(1, -1, -1, 1)(*a) ** 2,
    "turned round": signs(-1, 1, 1, -1),
    "halved": signs(0.5, -0.5, -0.5, 0.5),
    "a quarter": signs(0.25, -0.25, -0.25, 0.25),
    "only x exchanged": signs(1, 0, -1, 0),
    "only y exchanged": signs(1, -1, 0, 0),
    "x against y": signs(0, 1, -1, 0),
    "last sign": signs(1, -1, -1, -1),
    "first two": signs(1, 1, -1, -1),
    "last two": signs(1, -1, 1, -1),
    "the last forgotten": signs(1, -1, -1, 0),
    "a truth value": lambda *a: bool(abs(signs(1, -1, -1, 1)(*a)) > 1e-6),
    "largest minus smallest": lambda *a: max(four(*a)) - min(four(*a)),
    "arguments exchanged": lambda score, x, y, ox, oy: score(y, x) - score(y, ox) - score(oy, x) + score(oy, ox),
    "score of the differences": lambda score, x, y, ox, oy: score(x - ox, y - oy),
}
INTERACTION_RIGHT = {
    "two differences": lambda score, x, y, ox, oy: (score(x, y) - score(ox, y)) - (score(x, oy) - score(ox, oy)),
    "signs in a loop": lambda score, x, y, ox, oy: sum(
        sign_x * sign_y * score(a, b) for sign_x, a in ((1, x), (-1, ox)) for sign_y, b in ((1, y), (-1, oy))
    ),
    "as it is written": signs(1, -1, -1, 1),
}

WRONG = {
    "blend": BLEND_WRONG,
    "mean_of_present": MEAN_WRONG,
    "outer_with_one": OUTER_WRONG,
    "mix_by_scores": MIX_WRONG,
    "low_rank_mix": LOW_RANK_WRONG,
    "interaction": INTERACTION_WRONG,
}
RIGHT = {
    "blend": BLEND_RIGHT,
    "mean_of_present": MEAN_RIGHT,
    "outer_with_one": OUTER_RIGHT,
    "mix_by_scores": MIX_RIGHT,
    "low_rank_mix": LOW_RANK_RIGHT,
    "interaction": INTERACTION_RIGHT,
}
