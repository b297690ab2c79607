"""Attempts at the exercises of lesson 00: wrong in many ways, right in several styles."""

import torch


def loop_decide(opinions):
    found = []
    for row in opinions.tolist():
        found.append(row.index(max(row)))
    return torch.tensor(found)


def last_of_equals(opinions):
    return opinions.shape[1] - 1 - opinions.flip(-1).argmax(-1)


def hits_by_loop(decisions, labels):
    hits = 0
    for said, true in zip(decisions.tolist(), labels.tolist(), strict=True):
        hits += said == true
    return hits / len(labels)


def surer_by_loop(first, second):
    rows = [a if a.max() >= b.max() else b for a, b in zip(first, second, strict=True)]
    return torch.stack(rows)


def surer_by_index(first, second):
    which = (second.max(1).values > first.max(1).values).long()
    return torch.stack([first, second])[which, torch.arange(len(first))]


def surer_by_copy(first, second):
    chosen = first.clone()
    better = second.amax(1) > first.amax(1)
    chosen[better] = second[better]
    return chosen


def entropy(p):
    return -(p * p.clamp_min(1e-12).log()).sum(-1, keepdim=True)


def margin(p):
    two = p.topk(2).values
    return two[:, :1] - two[:, 1:]


WRONG = {
    "decide": {
        "the least likely": lambda p: p.argmin(-1),
        "counted from one": lambda p: p.argmax(-1) + 1,
        "the last of equals": last_of_equals,
        "one row only": lambda p: p[0].argmax(),
        "axis kept": lambda p: p.argmax(-1, keepdim=True),
        "more than a half": lambda p: (p > 0.5).long().argmax(-1),
        "one-hot rows": lambda p: torch.nn.functional.one_hot(p.argmax(-1), p.shape[-1]),
        "true and false": lambda p: p == p.amax(-1, keepdim=True),
        "ranks": lambda p: p.argsort(-1),
        "rounded": lambda p: p.round().argmax(-1),
        "the second favourite": lambda p: p.topk(2).indices[:, 1],
        "how many are likely": lambda p: (p > 1 / p.shape[-1]).sum(-1),
        "expected class": lambda p: (p * torch.arange(p.shape[-1])).sum(-1).round().long(),
        "text": lambda p: str(p.argmax(-1).tolist()),
        "places of all that are largest": lambda p: (p == p.max()).nonzero(),
        "flattened": (lambda p: p.flatten().argmax(), "melts all rows into one"),
    },
    "share_of_hits": {
        "hits over misses": lambda d, y: float((d == y).sum()) / max(float((d != y).sum()), 1.0),
        "the mean difference": lambda d, y: float((d - y).abs().float().mean()),
        "the difference is small": lambda d, y: float(((d - y).abs() <= 1).float().mean()),
        "classes in common": lambda d, y: len(set(d.tolist()) & set(y.tolist())) / len(set(y.tolist())),
        "sorted first": lambda d, y: float((d.sort().values == y.sort().values).float().mean()),
        "all or nothing": lambda d, y: float(torch.equal(d, y)),
        "any hit": lambda d, y: float((d == y).any()),
        "each hit by itself": lambda d, y: (d == y).float(),
        "zeros do not count": lambda d, y: float(((d == y) & (y != 0)).float().mean()),
        "whole division": lambda d, y: int((d == y).sum()) // len(y),
        "found anywhere": lambda d, y: sum(one in y.tolist() for one in d.tolist()) / len(y),
        "one too few": lambda d, y: float((d == y).sum()) / (len(y) + 1),
        "text": lambda d, y: f"{(d == y).float().mean():.0%}",
        "rounded": lambda d, y: round(float((d == y).float().mean()), 1),
        "by distinct labels": lambda d, y: float((d == y).sum()) / len(set(y.tolist())),
    },
    "surer": {
        "always the first": lambda a, b: a,
        "always the second": lambda a, b: b,
        "the average": lambda a, b: (a + b) / 2,
        "the product": lambda a, b: a * b / (a * b).sum(-1, keepdim=True).clamp_min(1e-9),
        "less doubt by entropy": lambda a, b: torch.where(entropy(a) <= entropy(b), a, b),
        "more of a lead": lambda a, b: torch.where(margin(a) >= margin(b), a, b),
        "sums compared": lambda a, b: torch.where(a.sum(-1, keepdim=True) >= b.sum(-1, keepdim=True), a, b),
        "whole rows compared": lambda a, b: torch.where((a >= b).all(-1, keepdim=True), a, b),
        "decisions only": lambda a, b: torch.where(a.amax(-1) >= b.amax(-1), a.argmax(-1), b.argmax(-1)),
        "weighted by certainty": lambda a, b: (
            (a * a.amax(-1, keepdim=True) + b * b.amax(-1, keepdim=True))
            / (a.amax(-1, keepdim=True) + b.amax(-1, keepdim=True))
        ),
        "the condition alone": lambda a, b: a.amax(-1, keepdim=True) >= b.amax(-1, keepdim=True),
        "by column": lambda a, b: torch.where(a.amax(0, keepdim=True) >= b.amax(0, keepdim=True), a, b),
        "the first class compared": lambda a, b: torch.where(a[:, :1] >= b[:, :1], a, b),
        "how sure": lambda a, b: torch.maximum(a.amax(-1), b.amax(-1)),
        "smallest compared": lambda a, b: torch.where(a.amin(-1, keepdim=True) >= b.amin(-1, keepdim=True), a, b),
        "spread compared": lambda a, b: torch.where(a.std(-1, keepdim=True) >= b.std(-1, keepdim=True), a, b),
    },
}

RIGHT = {
    "decide": {
        "loop": loop_decide,
        "argmax": lambda p: torch.argmax(p, dim=1),
        "max and its places": lambda p: p.max(-1).indices,
        "sorted": lambda p: p.sort(dim=-1, descending=True, stable=True).indices[:, 0],
        "numpy": lambda p: p.numpy().argmax(1),
    },
    "share_of_hits": {
        "loop": hits_by_loop,
        "sum over count": lambda d, y: (d == y).sum().item() / len(y),
        "mean of floats": lambda d, y: torch.mean((d == y).float()).item(),
        "one minus the errors": lambda d, y: 1 - d.ne(y).float().mean(),
        "numpy": lambda d, y: (d.numpy() == y.numpy()).mean(),
    },
    "surer": {
        "loop": surer_by_loop,
        "by index": surer_by_index,
        "a copy changed": surer_by_copy,
        "where": lambda a, b: torch.where((a.max(1).values < b.max(1).values)[:, None], b, a),
    },
}
