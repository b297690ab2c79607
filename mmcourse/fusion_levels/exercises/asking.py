"""A question to a trained model: does it use this sense?"""

from collections.abc import Callable

import torch
from torch import Tensor

from mmcourse.engine import generator
from mmcourse.fusion_levels.exercises.meeting import random_batch
from mmcourse.fusion_levels.rivals import shuffled
from mmcourse.practice.exercise import Case, Exercise, Mistake

OTHER_SEED = "the same with another seed"


def _shuffle_cases() -> list[Case]:
    return [
        Case(
            "the image",
            make=lambda: (random_batch(0, image=(9, 1, 2, 2), audio=(9, 1, 2, 3)), "image", generator(1)),
        ),
        Case(
            "the audio, given as rows",
            make=lambda: (random_batch(1, image=(10, 1, 3, 2), audio=(10, 4)), "audio", generator(2)),
        ),
        Case(
            "one of three",
            make=lambda: (random_batch(2, video=(8, 2, 1, 2, 2), text=(8, 3, 2), audio=(8, 5)), "text", generator(3)),
        ),
    ]


def _with_two_seeds(function: Callable, batch: dict, name: str, rng: torch.Generator) -> object:
    """What the function gives, and beside it the shuffled modality when the generator starts from another seed."""
    dealt = function(batch, name, rng)
    if not isinstance(dealt, dict) or name not in dealt:
        return dealt
    other = function(dict(batch), name, generator(rng.initial_seed() + 100))
    return {**dealt, OTHER_SEED: other[name]}


def _is_dealt_anew(got: object, want: dict, batch: dict[str, Tensor], name: str, _rng: torch.Generator) -> bool | str:
    """Accept every random order of whole rows; else say which condition fails, plain truths first."""
    if not isinstance(got, dict) or set(got) != set(want) or got[name].shape != batch[name].shape:
        return False
    moved = [other for other in batch if other != name and not torch.equal(got[other], batch[other])]
    if moved:
        return f"{moved[0]!r} has changed too. Only the rows of the named modality, {name!r}, are dealt out anew."
    before, after = ([tuple(row) for row in x.flatten(1).tolist()] for x in (batch[name], got[name]))
    if before == after:
        return "Nothing moved: each row is where it was."
    if sorted(before) != sorted(after):
        if set(after) <= set(before):
            return "Some rows come twice and others are lost. torch.randperm names each row once."
        return "Rows must stay whole: what is in a row now was in no row before. Index axis 0 with an order: x[order]."
    if torch.equal(got[name], got[OTHER_SEED]):
        return "Another seed gives the same order. Draw the order with the generator that is passed in."
    return True


def _moved(batch: dict[str, Tensor], name: str, x: Tensor) -> dict[str, Tensor]:
    return {**batch, name: x.reshape(batch[name].shape)}


def _order(x: Tensor, rng: torch.Generator) -> Tensor:
    return torch.randperm(len(x), generator=rng)


def _everything_shuffled(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    rows = _order(batch[name], rng)
    return {key: x[rows] for key, x in batch.items()}


def _pixels_shuffled(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    flat = batch[name].flatten(1)
    return _moved(batch, name, flat[:, _order(flat[0], rng)])


def _rows_shuffled_inside(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    return _moved(batch, name, torch.stack([row[_order(row, rng)] for row in batch[name].flatten(1)]))


def _numbers_shuffled(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    numbers = batch[name].flatten()
    return _moved(batch, name, numbers[_order(numbers, rng)])


def _shuffled_in_place(batch: dict[str, Tensor], name: str, rng: torch.Generator) -> dict[str, Tensor]:
    batch[name] = batch[name][_order(batch[name], rng)]
    return batch


SHUFFLED = Exercise(
    name="shuffled",
    task="Deal one modality out anew among the samples and leave the rest alone.",
    reference=shuffled,
    cases=_shuffle_cases,
    use=_with_two_seeds,
    compare=_is_dealt_anew,
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
        Mistake(
            "the modality alone",
            lambda batch, name, rng: batch[name][_order(batch[name], rng)],
            "You give the shuffled modality alone. The whole batch is wanted: `{**batch, name: ...}`.",
        ),
    ],
    hints=[
        "`torch.randperm(n, generator=rng)` gives the rows in random order.",
        "`{**batch, name: batch[name][rows]}` is a new dict that differs in one place.",
    ],
)
