"""Exercises of lesson 08: joining inputs, combining opinions, asking a model what it uses, and reading results."""

import numpy as np
import torch
from torch import Tensor

from mmcourse import fusion_levels as lesson
from mmcourse.engine import compare
from mmcourse.practice.exercise import Case, Exercise, Mistake


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


def _absence_cases() -> list[Case]:
    here = torch.tensor([[True, False, True, False], [True, True, False, False]])
    three = torch.tensor([[True, True], [False, True], [True, True]])
    return [
        Case("each missing once, then both", args=(_opinions(2, 4, 3, 5), here)),
        Case("three experts", args=(_opinions(3, 2, 4, 6), three)),
        Case("everybody present", args=(_opinions(2, 3, 5, 7), torch.ones(2, 3, dtype=torch.bool))),
    ]


def _stand_in(opinions: Tensor, present: Tensor, for_nobody: float | None = None) -> Tensor:
    """The mean opinion of those present; where nobody is, every class gets ``for_nobody`` (None: 1 / K)."""
    here = present.float().unsqueeze(-1)
    equal = 1 / opinions.shape[-1] if for_nobody is None else for_nobody
    return torch.where(here.sum(0) > 0, (opinions * here).sum(0) / here.sum(0).clamp_min(1), equal)


def _zeros_for_absent(opinions: Tensor, present: Tensor) -> Tensor:
    return opinions * present.float().unsqueeze(-1)


def _uniform_for_absent(opinions: Tensor, present: Tensor) -> Tensor:
    return torch.where(present.unsqueeze(-1), opinions, 1 / opinions.shape[-1])


def _mean_of_everybody(opinions: Tensor, present: Tensor) -> Tensor:
    return torch.where(present.unsqueeze(-1), opinions, opinions.mean(0))


def _mean_of_everybody_but_nobody(opinions: Tensor, present: Tensor) -> Tensor:
    mean = torch.where(present.any(0).unsqueeze(-1), opinions.mean(0), 1 / opinions.shape[-1])
    return torch.where(present.unsqueeze(-1), opinions, mean)


def _divided_by_all(opinions: Tensor, present: Tensor) -> Tensor:
    mean = (opinions * present.float().unsqueeze(-1)).mean(0)
    mean = torch.where(present.any(0).unsqueeze(-1), mean, 1 / opinions.shape[-1])
    return torch.where(present.unsqueeze(-1), opinions, mean)


def _nothing_for_nobody(opinions: Tensor, present: Tensor) -> Tensor:
    return torch.where(present.unsqueeze(-1), opinions, _stand_in(opinions, present, for_nobody=0.0))


def _joined_in_dict_order(batch: dict[str, Tensor], names: list[str]) -> Tensor:
    return torch.cat([batch[name].flatten(1) for name in batch], dim=1)


def _everything_shuffled(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    rows = torch.randperm(len(batch[name]), generator=rng)
    return {key: x[rows] for key, x in batch.items()}


def _pixels_shuffled(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    flat = batch[name].flatten(1)
    return {**batch, name: flat[:, torch.randperm(flat.shape[1], generator=rng)].reshape(batch[name].shape)}


def _rows_shuffled_inside(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    rows = [row[torch.randperm(len(row), generator=rng)] for row in batch[name].flatten(1)]
    return {**batch, name: torch.stack(rows).reshape(batch[name].shape)}


def _numbers_shuffled(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    numbers = batch[name].flatten()
    return {**batch, name: numbers[torch.randperm(len(numbers), generator=rng)].reshape(batch[name].shape)}


def _shuffled_in_place(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    batch[name] = batch[name][torch.randperm(len(batch[name]), generator=rng)]
    return batch


def _scores_cases() -> list[Case]:
    clear = {"data": [0.90, 0.91, 0.92, 0.93], "feature": [0.80, 0.82, 0.81, 0.84], "model": [0.70, 0.72, 0.70, 0.73]}
    paired = {"data": [0.80, 0.90, 0.70, 0.60], "feature": [0.79, 0.888, 0.69, 0.588], "model": [0.5, 0.5, 0.4, 0.3]}
    noisy = {"data": [0.90, 0.80, 0.91, 0.79], "model": [0.80, 0.89, 0.80, 0.90], "image": [0.2, 0.2, 0.3, 0.2]}
    second = {"model": [0.90, 0.95, 0.91, 0.94], "data": [0.93, 0.93, 0.94, 0.93]}
    lucky = {"feature": [0.60, 0.99, 0.60, 0.61], "data": [0.90, 0.91, 0.90, 0.91], "model": [0.80, 0.80, 0.80, 0.81]}
    early = {name: [runs[1], runs[0], *runs[2:]] for name, runs in lucky.items()}
    near = {"image": [0.900, 0.901, 0.903, 0.903], "audio": [0.906, 0.907, 0.908, 0.909]}
    return [
        Case("one clear winner", args=(clear,)),
        Case("seeds that differ more than the methods", args=(paired,)),
        Case("two that cannot be told apart", args=(noisy,)),
        Case("the best one stands second", args=(second,)),
        Case("one lucky run", args=(lucky,)),
        Case("a lucky first run", args=(early,)),
        Case("near, and yet worse with every seed", args=(near,)),
    ]


def _best(scores: dict[str, list[float]]) -> str:
    return max(scores, key=lambda name: sum(scores[name]))


def _not_worse(scores: dict[str, list[float]], best: str) -> list[str]:
    return [name for name in scores if name == best or compare(scores[name], scores[best]).verdict != "worse"]


def _best_first(scores: dict[str, list[float]]) -> list[str]:
    best = _best(scores)
    return [best, *(name for name in _not_worse(scores, best) if name != best)]


def _within_a_point(scores: dict[str, list[float]]) -> list[str]:
    best = np.mean(scores[_best(scores)])
    return [name for name in scores if np.mean(scores[name]) >= best - 0.01]


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
            Mistake(
                "two experts always",
                lambda p: (p[0] + p[1]) / 2,
                "There may be one expert, or three. `.mean(0)` takes all of them.",
            ),
            Mistake("product", lesson.product_of_opinions, "That is the product. The average is asked for."),
        ],
        hints=["The experts stand along the first axis.", "`opinions.mean(0)` averages over the first axis."],
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
        name="abstain",
        task="Replace the opinion of each expert whose sense is missing by the mean opinion of those present.",
        reference=lesson.abstain,
        cases=_absence_cases,
        mistakes=[
            Mistake(
                "zeros for the missing",
                _zeros_for_absent,
                "Zeros are no opinion: in a product they veto everything. Put the mean of those present there.",
            ),
            Mistake(
                "equal chances for the missing",
                _uniform_for_absent,
                "An expert who perceives nothing and finds everything equally likely still drags an average towards "
                "doubt. Put the mean opinion of those present there.",
            ),
            Mistake(
                "the mean of everybody",
                _mean_of_everybody,
                "Your mean counts the missing ones too. Weigh with `present` and divide by how many are there.",
            ),
            Mistake(
                "the absent in the mean",
                _mean_of_everybody_but_nobody,
                "What the absent one says is still in your mean. Multiply by `here` before you add up.",
            ),
            Mistake(
                "divided by all",
                _divided_by_all,
                "You add up those present, but divide by all experts. Divide by how many are there: `here.sum(0)`.",
            ),
            Mistake(
                "the mean for everybody",
                lambda p, present: _stand_in(p, present).expand_as(p),
                "Those who are present keep their own opinion: `torch.where(here > 0, opinions, mean)`.",
            ),
            Mistake(
                "absent and present exchanged",
                lambda p, present: torch.where(present.unsqueeze(-1), _stand_in(p, present), p),
                "It is the other way round: `torch.where(here > 0, a, b)` takes a where someone is here, else b.",
            ),
            Mistake(
                "nothing divided by nothing",
                lambda p, present: torch.where(present.unsqueeze(-1), p, _stand_in(p, present, for_nobody=torch.nan)),
                "Where nobody is present you divide 0 by 0. Every class is equally likely there: 1 / K.",
            ),
            Mistake(
                "nobody forgotten",
                _nothing_for_nobody,
                "Where nobody is present you give zeros. Every class is equally likely there: 1 / K.",
            ),
        ],
        hints=[
            "First the mean of those present: `here = present.float().unsqueeze(-1)` is 0 for the absent, so "
            "`(opinions * here).sum(0)` adds up the others.",
            "Divide by `here.sum(0)`, at least 1, and take 1 / K where it is 0: "
            "`torch.where(here.sum(0) > 0, mean, 1 / opinions.shape[-1])`.",
            "Last line: `torch.where(here > 0, opinions, mean)` keeps the opinions of those present.",
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
                "numbers moved inside each row",
                _rows_shuffled_inside,
                "You shuffled within each row. Whole rows move: `x[order]` keeps each sample in one piece.",
            ),
            Mistake(
                "all numbers shuffled",
                _numbers_shuffled,
                "You shuffled all numbers, so no sample stays whole. Shuffle the rows: `x[order]`.",
            ),
            Mistake(
                "nothing moved",
                lambda batch, name, rng: dict(batch),
                "Nothing moved. The samples stand along axis 0: `x[order]` takes them in the new order.",
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
            Mistake(
                "everybody",
                list,
                "You keep them all. `compare(…)` itself is never equal to a word, its `.verdict` is; and "
                "`compare(a, b)` judges a against b: the method first, the best second.",
            ),
            Mistake(
                "the luckiest run",
                lambda scores: _not_worse(scores, max(scores, key=lambda name: max(scores[name]))),
                "Your best is the one with the best single run. One lucky seed is no method: take the highest mean.",
            ),
            Mistake(
                "the first run",
                lambda scores: _not_worse(scores, max(scores, key=scores.get)),
                "Python compares two lists by their first numbers, so your best is that of the first seed. "
                "Take the highest mean.",
            ),
            Mistake(
                "the best put first",
                _best_first,
                "The right names, in another order. Keep the order of `scores`: loop over it once.",
            ),
            Mistake(
                "within a point of the best",
                _within_a_point,
                "You keep what is within one point of the best. A small gap counts too if all seeds agree on it: "
                "let `compare` judge.",
            ),
        ],
        hints=[
            "Find the name with the highest mean first.",
            'Keep `name` when `compare(scores[name], scores[best]).verdict` is not "worse".',
        ],
    ),
]
