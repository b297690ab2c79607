"""Exercises of lesson 08: joining inputs, combining opinions, asking a model what it uses, and reading results."""

import numpy as np
import torch
from torch import Tensor

from mmcourse import fusion_levels as lesson
from mmcourse.ui.check import Case, Exercise, Mistake


def _rng(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _opinions(experts: int, samples: int, classes: int, seed: int) -> Tensor:
    return torch.rand(experts, samples, classes, generator=_rng(seed)).add(0.05).log().mul(2).softmax(-1)


def _batch(samples: int, seed: int) -> dict[str, Tensor]:
    rng = _rng(seed)
    return {"image": torch.rand(samples, 1, 2, 2, generator=rng), "audio": torch.rand(samples, 1, 2, 3, generator=rng)}


def _opinion_cases() -> list[Case]:
    by_hand = torch.tensor([[[0.6, 0.3, 0.1]], [[0.2, 0.7, 0.1]]])
    return [
        Case("the two opinions of the lesson", args=(by_hand,)),
        Case("two experts, five samples", args=(_opinions(2, 5, 4, 0),)),
        Case("three experts", args=(_opinions(3, 2, 10, 1),)),
        Case("one expert", args=(_opinions(1, 3, 4, 2),)),
    ]


def _prior_cases() -> list[Case]:
    common = torch.tensor([0.7, 0.2, 0.1])
    return [
        *_opinion_cases(),
        Case("a common first class", args=(_opinions(2, 4, 3, 3), common)),
        Case("three experts and a prior", args=(_opinions(3, 4, 3, 4), common)),
    ]


def _divided(opinions: Tensor, prior: Tensor | None, power: int) -> Tensor:
    joint = opinions.prod(0) / (1 if prior is None else prior**power)
    return joint / joint.sum(-1, keepdim=True)


def _summed(opinions: Tensor, prior: Tensor | None = None) -> Tensor:
    return opinions.mean(0)


def _not_normalised(opinions: Tensor, prior: Tensor | None = None) -> Tensor:
    return opinions.prod(0) if prior is None else opinions.prod(0) / prior ** (len(opinions) - 1)


def _joined_in_dict_order(batch: dict[str, Tensor], names: list[str]) -> Tensor:
    return torch.cat([batch[name].flatten(1) for name in batch], dim=1)


def _everything_shuffled(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    rows = torch.randperm(len(batch[name]), generator=rng)
    return {key: x[rows] for key, x in batch.items()}


def _pixels_shuffled(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    flat = batch[name].flatten(1)
    return {**batch, name: flat[:, torch.randperm(flat.shape[1], generator=rng)].reshape(batch[name].shape)}


def _shuffled_in_place(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    batch[name] = batch[name][torch.randperm(len(batch[name]), generator=rng)]
    return batch


def _scores_cases() -> list[Case]:
    clear = {"data": [0.90, 0.91, 0.92, 0.93], "feature": [0.80, 0.82, 0.81, 0.84], "model": [0.70, 0.72, 0.70, 0.73]}
    paired = {"data": [0.80, 0.90, 0.70, 0.60], "feature": [0.79, 0.888, 0.69, 0.588], "model": [0.5, 0.5, 0.4, 0.3]}
    noisy = {"data": [0.90, 0.80, 0.91, 0.79], "model": [0.80, 0.89, 0.80, 0.90], "image": [0.2, 0.2, 0.3, 0.2]}
    return [
        Case("one clear winner", args=(clear,)),
        Case("seeds that differ more than the methods", args=(paired,)),
        Case("two that cannot be told apart", args=(noisy,)),
    ]


def _overlapping(scores: dict[str, list[float]]) -> list[str]:
    mean = {name: np.mean(runs) for name, runs in scores.items()}
    half = {name: 3.18 * np.std(runs, ddof=1) / len(runs) ** 0.5 for name, runs in scores.items()}  # t for four runs
    best = max(scores, key=lambda name: mean[name])
    return [name for name in scores if mean[name] + half[name] >= mean[best] - half[best]]


EXERCISES = [
    Exercise(
        name="average_opinions",
        task="Give the mean opinion of all experts: (M, B, K) → (B, K).",
        reference=lesson.average_opinions,
        cases=_opinion_cases,
        mistakes=[
            Mistake(
                "averaged over the samples",
                lambda p: p.mean(1),
                "You averaged over axis 1, the samples. The experts are axis 0.",
            ),
            Mistake(
                "averaged over the classes",
                lambda p: p.mean(-1),
                "You averaged over the classes. The experts are axis 0.",
            ),
            Mistake(
                "added without dividing", lambda p: p.sum(0), "Your rows sum to the number of experts. Divide by it."
            ),
        ],
        hints=["The experts stand along the first axis.", "`opinions.mean(0)` averages over the first axis."],
    ),
    Exercise(
        name="product_of_opinions",
        task="Multiply the experts' opinions, take surplus priors out, make rows sum to 1.",
        reference=lesson.product_of_opinions,
        cases=_prior_cases,
        mistakes=[
            Mistake("not normalised", _not_normalised, "Your rows do not sum to 1: divide each row by its sum."),
            Mistake("average instead of product", _summed, "That is the average. Multiply the opinions."),
            Mistake(
                "prior forgotten",
                lambda p, prior=None: _divided(p, None, 0),
                "Without a prior you are right. With one, every opinion counts it: divide M - 1 of them out.",
            ),
            Mistake(
                "prior divided out M times",
                lambda p, prior=None: _divided(p, prior, len(p)),
                "You took the prior out M times; one of them has to stay: prior ** (M - 1).",
            ),
        ],
        hints=[
            "`opinions.prod(0)` multiplies over the experts.",
            "Divide by `prior ** (len(opinions) - 1)` when there is a prior, then by `.sum(-1, keepdim=True)`.",
        ],
    ),
    Exercise(
        name="side_by_side",
        task="Flatten each modality to rows and join them in the order of `names`.",
        reference=lesson.side_by_side,
        cases=lambda: [
            Case("image, then audio", args=(_batch(3, 0), ["image", "audio"])),
            Case("audio, then image", args=(_batch(3, 1), ["audio", "image"])),
            Case("one sample", args=(_batch(1, 2), ["audio", "image"])),
            Case("one modality", args=(_batch(2, 3), ["audio"])),
        ],
        mistakes=[
            Mistake(
                "order of the dict",
                _joined_in_dict_order,
                "You joined in the order of the dict. Loop over `names`: the "
                "weights behind column 0 must always meet the same number.",
            ),
            Mistake(
                "samples under each other",
                lambda batch, names: torch.cat([batch[n].flatten(1) for n in names], dim=0),
                "You stacked samples (dim=0). Side by side means dim=1.",
            ),
            Mistake(
                "everything in one row",
                lambda batch, names: torch.cat([batch[n].flatten() for n in names]),
                "flatten() also melts the samples together. flatten(1) keeps axis 0.",
            ),
        ],
        hints=[
            "`x.flatten(1)` keeps the samples and flattens the rest.",
            "`torch.cat([... for name in names], dim=1)`.",
        ],
    ),
    Exercise(
        name="shuffled",
        task="Deal one modality out anew among the samples and leave the rest alone.",
        reference=lesson.shuffled,
        cases=lambda: [
            Case("shuffle the image", make=lambda: (_batch(6, 0), "image", _rng(1))),
            Case("shuffle the audio", make=lambda: (_batch(7, 1), "audio", _rng(2))),
        ],
        mistakes=[
            Mistake(
                "all modalities moved together",
                _everything_shuffled,
                "You moved whole pairs: each image kept its sound, so "
                "nothing was broken apart. Shuffle only the named modality.",
            ),
            Mistake(
                "numbers inside each sample moved",
                _pixels_shuffled,
                "You shuffled the numbers within each sample. Deal whole samples to other rows: index axis 0.",
            ),
            Mistake(
                "changed the batch it was given",
                _shuffled_in_place,
                "You changed the caller's batch. Build a new dict: `{**batch, name: ...}`.",
            ),
        ],
        hints=[
            "`torch.randperm(n, generator=rng)` gives the rows in random order.",
            "`{**batch, name: batch[name][rows]}` is a new dict that differs in one place.",
        ],
    ),
    Exercise(
        name="leading",
        task="Name the methods that may be the best: the highest mean, and all not seen to be worse.",
        reference=lesson.leading,
        cases=_scores_cases,
        mistakes=[
            Mistake(
                "only the highest mean",
                lambda scores: [max(scores, key=lambda n: sum(scores[n]))],
                "You name one winner "
                "even where the seeds do not agree on one. Keep all that `compare` does not call worse.",
            ),
            Mistake(
                "intervals that overlap",
                _overlapping,
                "You looked whether two intervals overlap. The runs are paired: "
                "`compare(a, b)` looks at the difference seed by seed and sees more.",
            ),
        ],
        hints=[
            "Find the name with the highest mean first.",
            'Keep `name` when `compare(scores[name], scores[best]).verdict` is not "worse".',
        ],
    ),
]
