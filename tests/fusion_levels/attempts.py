"""Attempts at the exercises of lesson 08: wrong in many ways, right in several styles."""

from statistics import median_high

import numpy as np
import torch

from mmcourse.engine import compare, generator

# ---------------------------------------------------------------------------------------------- average_opinions


def geometric(p):
    logs = p.clamp_min(1e-9).log().mean(0)
    return logs.softmax(-1)


def average_by_loop(p):
    total = torch.zeros_like(p[0])
    for one in p:
        total = total + one
    return total / len(p)


def average_entry_by_entry(p):
    experts, samples, classes = p.shape
    return torch.tensor(
        [[sum(p[m, b, k].item() for m in range(experts)) / experts for k in range(classes)] for b in range(samples)]
    )


# ---------------------------------------------------------------------------------------------- side_by_side


def joined_by_loop(batch, names):
    rows = []
    for i in range(len(batch[names[0]])):
        rows.append(torch.cat([batch[name][i].reshape(-1) for name in names]))
    return torch.stack(rows)


def joined_in_place(batch, names):
    for name in names:
        batch[name] = batch[name].flatten(1)
    return torch.cat([batch[name] for name in names], dim=1)


# ---------------------------------------------------------------------------------------------- abstain


def filled(p, present, by):
    return torch.where(present.unsqueeze(-1), p, by)


def mean_of_present(p, present):
    here = present.float().unsqueeze(-1)
    return (p * here).sum(0) / here.sum(0).clamp_min(1)


def with_nobody(p, present, by):
    """The stand-in ``by``, and 1 / K where nobody is present: only the mean itself is wrong."""
    return filled(p, present, torch.where(present.any(0).unsqueeze(-1), by, 1 / p.shape[-1]))


def first_present(p, present):
    which = present.float().argmax(0)  # (B,)
    return with_nobody(p, present, p[which, torch.arange(p.shape[1])])


def the_other(p, present):
    return with_nobody(p, present, p.roll(1, 0))


def surest_present(p, present):
    sure = torch.where(present, p.amax(-1), -1.0).argmax(0)
    return with_nobody(p, present, p[sure, torch.arange(p.shape[1])])


def product_of_present(p, present):
    logs = torch.where(present.unsqueeze(-1), p.clamp_min(1e-9).log(), 0.0).sum(0)
    return with_nobody(p, present, logs.softmax(-1))


def median_of_present(p, present):
    hidden = torch.where(present.unsqueeze(-1), p, torch.nan)
    return with_nobody(p, present, hidden.nanmedian(0).values)


def abstain_in_place(p, present):
    mean = torch.where(present.any(0).unsqueeze(-1), mean_of_present(p, present), 1 / p.shape[-1])
    for m in range(len(p)):
        p[m][~present[m]] = mean[~present[m]]
    return p


def one_stand_in_for_all(p, present):
    mean = p[present].mean(0) if present.any() else torch.full(p.shape[-1:], 1 / p.shape[-1])
    return filled(p, present, mean)


def abstain_by_loop(p, present):
    out = p.clone()
    experts, samples, classes = p.shape
    for b in range(samples):
        there = [p[m, b] for m in range(experts) if present[m, b]]
        mean = sum(there) / len(there) if there else torch.full((classes,), 1 / classes)
        for m in range(experts):
            if not present[m, b]:
                out[m, b] = mean
    return out


def abstain_with_einsum(p, present):
    total = torch.einsum("mbk,mb->bk", p, present.float())
    count = present.sum(0)[:, None]
    mean = total / count.clamp(min=1)
    mean[count[:, 0] == 0] = 1 / p.shape[2]
    return torch.where(present[..., None], p, mean)


def abstain_with_nan(p, present):
    mean = p.masked_fill(~present.unsqueeze(-1), torch.nan).nanmean(0).nan_to_num(1 / p.shape[-1])
    return torch.where(present.unsqueeze(-1), p, mean.expand_as(p))


# ---------------------------------------------------------------------------------------------- shuffled


def order(x, rng):
    return torch.randperm(len(x), generator=rng)


def both_by_themselves(batch, name, rng):
    return {key: x[order(x, rng)] for key, x in batch.items()}


def half_of_them(batch, name, rng):
    x = batch[name].clone()
    x[: len(x) // 2] = x[torch.randint(len(x), (len(x) // 2,), generator=rng)]
    return {**batch, name: x}


def always_the_same(batch, name, rng):
    return {**batch, name: batch[name][order(batch[name], generator(0))]}


def by_a_loop(batch, name, rng):
    """Fisher and Yates."""
    rows = list(batch[name])
    for i in range(len(rows) - 1, 0, -1):
        j = int(torch.randint(i + 1, (1,), generator=rng))
        rows[i], rows[j] = rows[j], rows[i]
    return {**batch, name: torch.stack(rows)}


def by_sorting_random_numbers(batch, name, rng):
    dealt = dict(batch)
    dealt[name] = batch[name][torch.rand(len(batch[name]), generator=rng).argsort()]
    return dealt


def by_drawing(batch, name, rng):
    count = len(batch[name])
    return batch | {name: batch[name].index_select(0, torch.ones(count).multinomial(count, generator=rng))}


def by_numpy(batch, name, rng):
    seed = int(torch.randint(2**31, (1,), generator=rng))
    rows = np.random.default_rng(seed).permutation(len(batch[name]))
    return {key: x[torch.from_numpy(rows)] if key == name else x.clone() for key, x in batch.items()}


# ---------------------------------------------------------------------------------------------- leading


def mean(runs):
    return sum(runs) / len(runs)


def not_worse(scores, best):
    return [name for name in scores if name == best or compare(scores[name], scores[best]).verdict != "worse"]


def by(rank, choose=max):
    return lambda scores: not_worse(scores, choose(scores, key=lambda name: rank(scores[name])))


def kept(condition):
    """Names for which the condition holds of (runs, the best runs); the best itself always."""

    def attempt(scores):
        best = max(scores, key=lambda name: mean(scores[name]))
        return [name for name in scores if name == best or condition(scores[name], scores[best])]

    return attempt


def at_least_half(scores):
    best = max(scores, key=lambda name: mean(scores[name]))
    return [name for name in not_worse(scores, best) if mean(scores[name]) > 0.5]


def started_at_nothing(scores):
    best, highest = "", 0.0
    for name, runs in scores.items():
        if mean(runs) > highest:
            best, highest = name, mean(runs)
    return not_worse(scores, best) if best else []


def leading_by_loop(scores):
    best, highest = None, -float("inf")
    for name, runs in scores.items():
        if mean(runs) > highest:
            best, highest = name, mean(runs)
    found = []
    for name, runs in scores.items():
        if name == best or compare(runs, scores[best]).verdict in ("better", "no difference seen"):
            found.append(name)
    return found


def leading_by_interval(scores):
    names = list(scores)
    best = names[int(np.argmax([np.mean(scores[name]) for name in names]))]
    return [name for name in names if compare(scores[name], scores[best]).difference.high >= 0]


def leading_the_other_way_round(scores):
    best = sorted(scores, key=lambda name: -np.mean(scores[name]))[0]
    return [name for name in scores if compare(scores[best], scores[name]).verdict != "better"]


WRONG = {
    "average_opinions": {
        "the geometric mean": geometric,
        "the smallest": lambda p: p.amin(0),
        "the last alone": lambda p: p[-1],
        "axis kept": lambda p: p.mean(0, keepdim=True),
        "mean of everything": lambda p: p.mean(),
        "by samples counted": lambda p: p.sum(0) / p.shape[1],
        "by classes counted": lambda p: p.sum(0) / p.shape[-1],
        "halved always": lambda p: p.sum(0) / 2,
        "between the extremes": lambda p: (p.amin(0) + p.amax(0)) / 2,
        "softmax of the mean": lambda p: p.mean(0).softmax(-1),
        "the favourite": lambda p: p.mean(0).argmax(-1),
        "over experts and samples": lambda p: p.mean((0, 1)),
        "the axes melted": lambda p: p.reshape(p.shape[1], p.shape[2], -1).mean(-1),
        "rounded": lambda p: p.mean(0).round(),
        "the surer of both": lambda p: p.gather(0, p.amax(-1, keepdim=True).argmax(0, keepdim=True).expand_as(p[:1]))[
            0
        ],
        "averaged one after the other": lambda p: torch.stack([p[0], *p]).mean(0),
    },
    "side_by_side": {
        "turned about": lambda batch, names: torch.cat([batch[n].flatten(1) for n in reversed(names)], dim=1),
        "the first alone": lambda batch, names: batch[names[0]].flatten(1),
        "not joined": lambda batch, names: [batch[n].flatten(1) for n in names],
        "not flat": lambda batch, names: torch.cat([batch[n] for n in names], dim=-1),
        "the last axes only": lambda batch, names: torch.cat([batch[n].flatten(-2) for n in names], dim=-1),
        "three axes always": lambda batch, names: torch.cat([batch[n].flatten(-3) for n in names], dim=1),
        "the first channel": lambda batch, names: torch.cat([batch[n][:, 0].flatten(1) for n in names], dim=1),
        "squeezed": lambda batch, names: torch.cat([batch[n].squeeze().flatten(1) for n in names], dim=1),
        "axes turned": lambda batch, names: torch.cat([batch[n].transpose(1, -1).flatten(1) for n in names], dim=1),
        "added up": lambda batch, names: sum(batch[n].flatten(1).sum(1, keepdim=True) for n in names),
        "one mean each": lambda batch, names: torch.stack([batch[n].flatten(1).mean(1) for n in names], dim=1),
        "columns are samples": lambda batch, names: torch.cat([batch[n].flatten(1) for n in names], dim=1).T,
        "four axes only": lambda batch, names: torch.cat(
            [batch[n].reshape(len(batch[n]), batch[n].shape[1] * batch[n].shape[2] * batch[n].shape[3]) for n in names],
            dim=1,
        ),
        "image and audio only": lambda batch, names: torch.cat(
            [batch[n].flatten(1) for n in names if n in ("image", "audio")], dim=1
        ),
        "changes the batch": (joined_in_place, "is not the same after the call"),
    },
    "abstain": {
        "the first who is there": first_present,
        "the next expert": the_other,
        "the surest who is there": surest_present,
        "the product of those there": product_of_present,
        "the median of those there": median_of_present,
        "the largest of those there": lambda p, h: with_nobody(p, h, (p * h.float().unsqueeze(-1)).amax(0)),
        "one stand-in for all samples": one_stand_in_for_all,
        "a half for nobody": lambda p, h: filled(
            p, h, torch.where(h.any(0).unsqueeze(-1), mean_of_present(p, h), 1 / 2)
        ),
        "one over the experts for nobody": lambda p, h: filled(
            p, h, torch.where(h.any(0).unsqueeze(-1), mean_of_present(p, h), 1 / len(p))
        ),
        "nobody keeps their own": lambda p, h: torch.where((h | ~h.any(0)).unsqueeze(-1), p, mean_of_present(p, h)),
        "everybody equal when one is missing": lambda p, h: torch.where(h.all(0)[:, None], p, 1 / p.shape[-1]),
        "divided by one fewer": lambda p, h: with_nobody(
            p, h, (p * h.float().unsqueeze(-1)).sum(0) / max(len(p) - 1, 1)
        ),
        "the mean alone": mean_of_present,
        "changed in place": (abstain_in_place, "is not the same after the call"),
        "the mean over samples": lambda p, h: filled(p, h, p.mean(1, keepdim=True)),
        "not combined": lambda p, h: (p, mean_of_present(p, h)),
        "the absent left out": lambda p, h: p[h],
        "as it was": lambda p, h: p,
    },
    "shuffled": {
        "turned about": (
            lambda batch, name, rng: {**batch, name: batch[name].flip(0)},
            "Another seed gives the same order",
        ),
        "moved on by one": (
            lambda batch, name, rng: {**batch, name: batch[name].roll(1, 0)},
            "Another seed gives the same order",
        ),
        "always the same order": (always_the_same, "Another seed gives the same order"),
        "the global generator": (
            lambda batch, name, rng: {**batch, name: batch[name][torch.randperm(len(batch[name]))]},
            "Two calls with the same input gave different answers",
        ),
        "with replacement": (
            lambda batch, name, rng: {
                **batch,
                name: batch[name][torch.randint(len(batch[name]), (len(batch[name]),), generator=rng)],
            },
            "Some rows come twice",
        ),
        "half of them": (half_of_them, "Some rows come twice"),
        "all by themselves": (both_by_themselves, "has changed too"),
        "the other one": (
            lambda batch, name, rng: {k: x if k == name else x[order(x, rng)] for k, x in batch.items()},
            "has changed too",
        ),
        "only the named one kept": lambda batch, name, rng: {name: batch[name][order(batch[name], rng)]},
        "zeros instead": lambda batch, name, rng: {**batch, name: torch.zeros_like(batch[name])},
        "noise instead": (
            lambda batch, name, rng: {**batch, name: torch.randn(batch[name].shape, generator=rng)},
            "Rows must stay whole",
        ),
        "rows lost": lambda batch, name, rng: {**batch, name: batch[name][order(batch[name], rng)[1:]]},
        "flattened": lambda batch, name, rng: {**batch, name: batch[name].flatten(1)[order(batch[name], rng)]},
        "the order alone": lambda batch, name, rng: order(batch[name], rng),
        "batch and order": lambda batch, name, rng: (batch, order(batch[name], rng)),
        "another key": lambda batch, name, rng: {**batch, "shuffled": batch[name][order(batch[name], rng)]},
        "sorted": (
            lambda batch, name, rng: {**batch, name: batch[name][batch[name].flatten(1).sum(1).argsort()]},
            "Another seed gives the same order",
        ),
        "each column by itself": (
            lambda batch, name, rng: {
                **batch,
                name: torch.stack([c[order(c, rng)] for c in batch[name].flatten(1).T], 1).reshape(batch[name].shape),
            },
            "Rows must stay whole",
        ),
    },
    "leading": {
        "by the upper median": (by(median_high), "highest median"),
        "by the worst run": by(min),
        "by the last run": by(lambda runs: runs[-1]),
        "by the steadiest": by(np.std, min),
        "by the lowest mean": (by(mean, min), "You keep them all"),
        "by the largest absolute mean": by(lambda runs: abs(mean(runs))),
        "the mean cut to whole numbers": by(lambda runs: int(mean(runs))),
        "the first named": lambda scores: not_worse(scores, next(iter(scores))),
        "better only": (kept(lambda runs, best: compare(runs, best).verdict == "better"), "You name one winner"),
        "worse only": kept(lambda runs, best: compare(runs, best).verdict == "worse"),
        "alike to three digits": kept(lambda runs, best: round(mean(runs), 3) == round(mean(best), 3)),
        "wins at least once": kept(lambda runs, best: any(a >= b for a, b in zip(runs, best, strict=True))),
        "a level of 80 %": kept(lambda runs, best: compare(runs, best, level=0.8).verdict != "worse"),
        "a level of 99.9 %": kept(lambda runs, best: compare(runs, best, level=0.999).verdict != "worse"),
        "within one per cent of the best": kept(lambda runs, best: mean(runs) >= 0.99 * mean(best)),
        "at least a half": at_least_half,
        "starts from nought": started_at_nothing,
        "sorted": lambda scores: sorted(not_worse(scores, max(scores, key=lambda n: mean(scores[n])))),
        "a set": lambda scores: set(not_worse(scores, max(scores, key=lambda n: mean(scores[n])))),
        "the best alone, as text": lambda scores: max(scores, key=lambda n: mean(scores[n])),
        "means instead of names": lambda scores: [mean(runs) for runs in scores.values()],
    },
}

RIGHT = {
    "average_opinions": {
        "loop": average_by_loop,
        "entry by entry": average_entry_by_entry,
        "torch.mean": lambda p: torch.mean(p, dim=0),
        "sum over count": lambda p: p.sum(0) / p.shape[0],
        "einsum": lambda p: torch.einsum("mbk->bk", p) / len(p),
        "numpy": lambda p: p.numpy().mean(0),
    },
    "side_by_side": {
        "loop": joined_by_loop,
        "reshape": lambda batch, names: torch.cat([batch[n].reshape(len(batch[n]), -1) for n in names], -1),
        "hstack": lambda batch, names: torch.hstack([torch.flatten(batch[n], start_dim=1) for n in names]),
        "numpy": lambda batch, names: np.concatenate([batch[n].numpy().reshape(len(batch[n]), -1) for n in names], 1),
    },
    "abstain": {"loop": abstain_by_loop, "einsum": abstain_with_einsum, "nanmean": abstain_with_nan},
    "shuffled": {
        "randperm": lambda batch, name, rng: {**batch, name: batch[name][order(batch[name], rng)]},
        "a loop of exchanges": by_a_loop,
        "sorting random numbers": by_sorting_random_numbers,
        "numpy, seeded from the generator": by_numpy,
        "drawn without replacement": lambda batch, name, rng: (
            batch
            | {
                name: batch[name].index_select(
                    0, torch.ones(len(batch[name])).multinomial(len(batch[name]), generator=rng)
                )
            }
        ),
    },
    "leading": {
        "loop": leading_by_loop,
        "the interval itself": leading_by_interval,
        "compared the other way round": leading_the_other_way_round,
    },
}
