"""Where senses meet: the average of opinions, inputs side by side, experts who abstain."""

import torch
from torch import Tensor

from mmcourse.engine import generator
from mmcourse.fusion_levels.levels import side_by_side
from mmcourse.fusion_levels.opinions import abstain, average_opinions, product_of_opinions
from mmcourse.practice.exercise import Case, Exercise, Mistake


def _opinions(experts: int, samples: int, classes: int, seed: int) -> Tensor:
    return torch.rand(experts, samples, classes, generator=generator(seed)).add(0.05).log().mul(2).softmax(-1)


# ---------------------------------------------------------------------------------------------- average_opinions


def _opinion_cases() -> list[Case]:
    seen = [[0.6, 0.3, 0.1], [0.1, 0.1, 0.8], [0.2, 0.5, 0.3], [1.0, 0.0, 0.0]]
    heard = [[0.2, 0.7, 0.1], [0.3, 0.1, 0.6], [0.9, 0.1, 0.0], [0.0, 0.0, 1.0]]
    return [
        Case("the two opinions of the lesson, and three more", args=(torch.tensor([seen, heard]),)),
        Case("two experts, five samples", args=(_opinions(2, 5, 4, 0),)),
        Case("three experts", args=(_opinions(3, 2, 10, 1),)),
        Case("five experts, one sample", args=(_opinions(5, 1, 3, 3),)),
        Case("one expert", args=(_opinions(1, 3, 4, 2),)),
    ]


AVERAGE = Exercise(
    name="average_opinions",
    task="Give the mean opinion of all experts: (M, B, K) → (B, K).",
    reference=average_opinions,
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
        Mistake("added without dividing", lambda p: p.sum(0), "Your rows sum to the number of experts. Divide by it."),
        Mistake(
            "two experts always",
            lambda p: (p[0] + p[1]) / 2,
            "There may be one expert, or three. `.mean(0)` takes all of them.",
        ),
        Mistake("product", product_of_opinions, "That is the product. The average is asked for."),
        Mistake(
            "only the first",
            lambda p: p[0],
            "That is the opinion of the first expert alone. Average over axis 0, the experts.",
        ),
        Mistake(
            "the middle one",
            lambda p: p.median(0).values,
            "That is the median. The mean adds all experts up and divides by how many there are.",
        ),
        Mistake(
            "the largest",
            lambda p: p.amax(0),
            "You took the largest number of each class. The mean adds up all experts and divides by their number.",
        ),
    ],
    hints=["The experts stand along the first axis.", "`opinions.mean(0)` averages over the first axis."],
)


# ---------------------------------------------------------------------------------------------- side_by_side


def random_batch(seed: int, **shapes: tuple[int, ...]) -> dict[str, Tensor]:
    """A batch of random numbers with these modalities in these shapes."""
    rng = generator(seed)
    return {name: torch.randn(*shape, generator=rng) for name, shape in shapes.items()}


def _joined_cases() -> list[Case]:
    three = random_batch(4, video=(2, 2, 1, 2, 2), image=(2, 3, 2, 2), text=(2, 4), audio=(2, 2, 3))
    return [
        Case("image, then audio", args=(random_batch(0, image=(3, 1, 2, 2), audio=(3, 1, 2, 3)), ["image", "audio"])),
        Case("audio, then image", args=(random_batch(1, image=(3, 1, 2, 2), audio=(3, 1, 2, 3)), ["audio", "image"])),
        Case("one sample", args=(random_batch(2, image=(1, 1, 2, 2), audio=(1, 1, 2, 3)), ["audio", "image"])),
        Case("one modality of two", args=(random_batch(3, image=(2, 1, 2, 2), audio=(2, 1, 2, 3)), ["audio"])),
        Case("three of four, each with other axes", args=(three, ["text", "image", "video"])),
    ]


def _joined_in_dict_order(batch: dict[str, Tensor], names: list[str]) -> Tensor:
    return torch.cat([batch[name].flatten(1) for name in batch if name in names], dim=1)


SIDE_BY_SIDE = Exercise(
    name="side_by_side",
    task="Flatten each modality to rows and join them in the order of `names`.",
    reference=side_by_side,
    cases=_joined_cases,
    mistakes=[
        Mistake(
            "order of the dict",
            _joined_in_dict_order,
            "You joined in the order of the dict. Loop over `names`: the "
            "weights behind column 0 must always meet the same number.",
        ),
        Mistake(
            "all of the dict",
            lambda batch, names: torch.cat([x.flatten(1) for x in batch.values()], dim=1),
            "You joined all that the dict holds, in its order. Loop over `names` and take `batch[name]`.",
        ),
        Mistake(
            "order of the alphabet",
            lambda batch, names: torch.cat([batch[n].flatten(1) for n in sorted(names)], dim=1),
            "You sorted the names. The order of `names` itself is asked for.",
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
)


# ---------------------------------------------------------------------------------------------- abstain


def _absence_cases() -> list[Case]:
    here = torch.tensor([[True, False, True, False], [True, True, False, False]])
    three = [[True, True, False, False, True], [True, False, True, False, False], [True, True, False, False, False]]
    four = [[False, True, False], [False, True, True], [True, False, True], [False, False, False]]
    return [
        Case("each missing once, then both", args=(_opinions(2, 4, 3, 5), here)),
        Case("three experts, two of them missing at times", args=(_opinions(3, 5, 4, 6), torch.tensor(three))),
        Case("four experts", args=(_opinions(4, 3, 6, 8), torch.tensor(four))),
        Case("everybody present", args=(_opinions(2, 3, 5, 7), torch.ones(2, 3, dtype=torch.bool))),
        Case("nobody at all", args=(_opinions(3, 2, 5, 9), torch.zeros(3, 2, dtype=torch.bool))),
    ]


def _stand_in(opinions: Tensor, present: Tensor, for_nobody: float | None = None) -> Tensor:
    """The mean opinion of those present; where nobody is, every class gets ``for_nobody`` (None: 1 / K)."""
    here = present.float().unsqueeze(-1)
    equal = 1 / opinions.shape[-1] if for_nobody is None else for_nobody
    return torch.where(here.sum(0) > 0, (opinions * here).sum(0) / here.sum(0).clamp_min(1), equal)


def _replaced(opinions: Tensor, present: Tensor, by: Tensor | float) -> Tensor:
    """``by`` where an expert is absent, and 1 / K where everybody is."""
    by = torch.where(present.any(0).unsqueeze(-1), by, 1 / opinions.shape[-1])
    return torch.where(present.unsqueeze(-1), opinions, by)


ABSTAIN = Exercise(
    name="abstain",
    task="Replace the opinion of each expert whose sense is missing by the mean opinion of those present.",
    reference=abstain,
    cases=_absence_cases,
    mistakes=[
        Mistake(
            "zeros for the missing",
            lambda p, present: p * present.float().unsqueeze(-1),
            "Zeros are no opinion: in a product they veto everything. Put the mean of those present there.",
        ),
        Mistake(
            "equal chances for the missing",
            lambda p, present: torch.where(present.unsqueeze(-1), p, 1 / p.shape[-1]),
            "An expert who perceives nothing and finds everything equally likely still drags an average towards "
            "doubt. Put the mean opinion of those present there.",
        ),
        Mistake(
            "the mean of everybody",
            lambda p, present: torch.where(present.unsqueeze(-1), p, p.mean(0)),
            "Your mean counts the missing ones too. Weigh with `present` and divide by how many are there.",
        ),
        Mistake(
            "the absent in the mean",
            lambda p, present: _replaced(p, present, p.mean(0)),
            "What the absent one says is still in your mean. Multiply by `here` before you add up.",
        ),
        Mistake(
            "divided by all",
            lambda p, present: _replaced(p, present, (p * present.float().unsqueeze(-1)).mean(0)),
            "You add up those present, but divide by all experts. Divide by how many are there: `here.sum(0)`.",
        ),
        Mistake(
            "not divided",
            lambda p, present: _replaced(p, present, (p * present.float().unsqueeze(-1)).sum(0)),
            "You add up those present and do not divide. Divide by how many are there: `here.sum(0)`.",
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
            lambda p, present: torch.where(present.unsqueeze(-1), p, _stand_in(p, present, for_nobody=0.0)),
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
)
