"""Lesson 09: the additive part of a score, against explicit loops and against least squares."""

from functools import partial

import numpy as np
import pytest
import torch

from mmcourse import fusion_operators as lesson
from mmcourse.engine import generator, seeded


def table_of(rows=5, columns=5, classes=3, seed=0):
    return torch.randn(rows, columns, classes, generator=generator(seed), dtype=torch.float64)


def by_double_loop(score, images, sounds):
    """EMAP as the paper's formula has it, pair by pair: mean over sounds + mean over images - mean over both."""
    count = len(images)
    total = sum(score(x, y) for x in images for y in sounds) / count**2
    found = []
    for x, y in zip(images, sounds, strict=True):
        with_all_sounds = sum(score(x, other) for other in sounds) / count
        with_all_images = sum(score(other, y) for other in images) / count
        found.append(with_all_sounds + with_all_images - total)
    return torch.stack(found)


@pytest.mark.parametrize("name", ["sum", "product", "gated", "FiLM"])
def test_emap_of_a_model_is_the_papers_double_loop(name):
    shapes = {"image": (3,), "audio": (2,)}
    model = seeded(partial(lesson.Fused, lesson.OPERATORS[name], shapes, 4, 6), 0)
    batch = {sense: torch.randn(6, *shape, generator=generator(1)) for sense, shape in shapes.items()}

    def score(x, y):
        with torch.no_grad():
            return model({"image": x[None], "audio": y[None]})[0]

    expected = by_double_loop(score, batch["image"], batch["audio"])
    table = lesson.every_pairing(model, batch)
    assert torch.allclose(lesson.emap(table), expected, atol=1e-5)
    with torch.no_grad():
        assert torch.allclose(table.diagonal(dim1=0, dim2=1).T, model(batch), atol=1e-5)
    assert torch.allclose(table[2, 4], score(batch["image"][2], batch["audio"][4]), atol=1e-5)


def test_no_sum_of_parts_is_closer_to_the_table():
    table = table_of(4, 6, 1)[..., 0].numpy()
    design = np.zeros((24, 10))  # a column for each row and each column of the table
    for i in range(4):
        for j in range(6):
            design[6 * i + j, [i, 4 + j]] = 1
    best = design @ np.linalg.lstsq(design, table.ravel(), rcond=None)[0]
    assert np.allclose(lesson.additive_part(torch.tensor(table)[..., None])[..., 0], best.reshape(4, 6))


def test_what_is_left_over_has_no_mean_in_any_row_or_column():
    table = table_of(4, 6)
    left = table - lesson.additive_part(table)
    assert left.mean(0).abs().max() < 1e-12 and left.mean(1).abs().max() < 1e-12
    assert torch.allclose(lesson.additive_part(lesson.additive_part(table)), lesson.additive_part(table))


def test_the_example_by_hand():
    table = torch.tensor([[0.0, 0.0], [0.0, 4.0]])[..., None]
    assert lesson.additive_part(table)[..., 0].tolist() == [[-1, 1], [1, 3]]


def test_the_share_is_one_for_sums_and_nothing_for_xor():
    rows, columns = torch.randn(2, 5, 3, generator=generator(0))
    added = rows[:, None] + columns[None]
    assert lesson.additive_share(added) == pytest.approx(1, abs=1e-5)
    signs = torch.tensor([1.0, -1.0, 1.0, -1.0])
    xor = torch.stack([signs[:, None] * signs, -signs[:, None] * signs], dim=-1)
    assert lesson.additive_share(xor) == pytest.approx(0, abs=1e-6)
    shifted = added + 10 * torch.randn(5, 5, 1, generator=generator(1))  # the same for all classes
    assert lesson.additive_share(shifted) == pytest.approx(1, abs=1e-4)


def test_a_sum_under_a_straight_head_is_additive_and_a_hidden_layer_is_not():
    shapes = {"image": (3,), "audio": (2,)}
    batch = {sense: torch.randn(8, *shape, generator=generator(1)) for sense, shape in shapes.items()}
    share = {
        bends: lesson.additive_share(
            lesson.every_pairing(seeded(partial(lesson.Fused, lesson.Sum, shapes, 4, 6, bends), 0), batch)
        )
        for bends in ("before", "both")
    }
    assert share["before"] == pytest.approx(1, abs=1e-4) and share["both"] < 0.999
