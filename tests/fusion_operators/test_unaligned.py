"""Lesson 09: the task with two clocks, decoded token by token, and the sketch of the outer product."""

import itertools

import pytest
import torch

from mmcourse import fusion_operators as lesson
from mmcourse.attention import positional_code
from mmcourse.engine import generator


@pytest.mark.parametrize("drift", [0.0, 0.2, 0.4])
def test_the_label_is_the_tone_nearest_in_time(drift):
    (batch, labels), times = lesson.lamp_and_tones(50, drift, generator(0))
    assert batch["film"].shape == (50, 4, 9) and batch["sound"].shape == (50, 8, 12) and labels.shape == (50,)
    for film, sound, label, seen, heard in zip(*batch.values(), labels, *times.values(), strict=True):
        lit = [k for k in range(4) if film[k, 0] > 0]
        assert len(lit) == 1 and all((row == 1).sum() == 1 for row in sound[:, :4])
        away = [abs(float(heard[k] - seen[lit[0]])) for k in range(8)]
        assert sound[away.index(min(away)), :4].argmax() == label
        assert torch.allclose(film[:, 1:], lesson.clock(seen)) and torch.allclose(sound[:, 4:], lesson.clock(heard))
        assert 0 <= seen.min() and heard.max() <= 1 and bool((heard.diff() > 0).all())


def test_without_drift_place_says_time_and_with_drift_it_does_not():
    (_, _), still = lesson.lamp_and_tones(50, 0.0, generator(0))
    (_, _), moved = lesson.lamp_and_tones(50, 0.4, generator(0))
    assert all(x.std(0).max() < 1e-6 for x in still.values())
    assert all(x.std(0).min() > 0.05 for x in moved.values())


def test_neither_stream_alone_says_the_tone():
    (batch, labels), _ = lesson.lamp_and_tones(4000, 0.4, generator(0))
    lit = batch["film"][..., 0].argmax(1)
    for place in range(4):
        assert labels[lit == place].bincount(minlength=4).float().div((lit == place).sum()).max() < 0.32


def test_the_clock_is_lesson_06s_code_at_other_rates():
    assert lesson.clock(torch.tensor([0.0]))[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    near, far = (lesson.clock(torch.tensor(0.5)) @ lesson.clock(torch.tensor(t)) for t in (0.52, 0.8))
    assert near > far + 1 and positional_code(3, 8).shape == (3, 8)


def test_odd_arguments_are_told():
    for size, drift, word in ((0, 0.1, "size"), (5, 0.6, "drift"), (5, True, "drift")):
        with pytest.raises((ValueError, TypeError), match=word):
            lesson.lamp_and_tones(size, drift, generator(0))


# ------------------------------------------------------------------------------------------------ sketches


def drawn(sizes, bins, seed=0):
    rng = generator(seed)
    places = [torch.randint(bins, (size,), generator=rng) for size in sizes]
    signs = [2.0 * torch.randint(2, (size,), generator=rng).double() - 1 for size in sizes]
    rows = [torch.randn(6, size, generator=rng, dtype=torch.float64) for size in sizes]
    return rows, places, signs


@pytest.mark.parametrize("sizes", [(3, 4), (5, 2, 3)])
@pytest.mark.parametrize("bins", [4, 7])
def test_the_sketch_is_that_of_the_outer_product(sizes, bins):
    rows, places, signs = drawn(sizes, bins)
    expected = torch.zeros(6, bins, dtype=torch.float64)
    for entry in itertools.product(*map(range, sizes)):  # each entry of the table by itself
        value, sign, place = 1.0, 1.0, 0
        for m, i in enumerate(entry):
            value, sign, place = value * rows[m][:, i], sign * signs[m][i], place + int(places[m][i])
        expected[:, place % bins] += sign * value
    assert torch.allclose(lesson.sketched_outer(rows, places, signs, bins), expected, atol=1e-12)


def test_the_sketch_by_hand():
    x, places, signs = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([0, 1, 0]), torch.tensor([1.0, -1.0, 1.0])
    assert lesson.count_sketch(x, places, signs, 2).tolist() == [[4, -2]]


def test_dot_products_stay_on_average():
    x, y = torch.randn(2, 1, 6, generator=generator(0), dtype=torch.float64)
    found = []
    for seed in range(4000):
        _, (places,), (signs,) = drawn((6,), 5, seed)
        found.append((lesson.count_sketch(x, places, signs, 5) @ lesson.count_sketch(y, places, signs, 5).T).item())
    assert sum(found) / len(found) == pytest.approx((x @ y.T).item(), abs=0.2)


def test_the_compact_tensor_keeps_the_contract():
    sizes = {"image": 3, "audio": 2}
    fusion = lesson.CompactTensor(sizes, 5, bins=4)
    batch = {name: torch.randn(4, size, generator=generator(1)) for name, size in sizes.items()}
    table = lesson.outer_with_one([batch["audio"], batch["image"]]).unflatten(1, (3, 4))
    bins = (fusion.places_audio[:, None] + fusion.places_image) % 20
    signs = fusion.signs_audio[:, None] * fusion.signs_image
    sketch = torch.zeros(4, 20).index_add(1, bins.flatten(), (table * signs).flatten(1))
    assert torch.allclose(fusion(batch), fusion.mix(sketch), atol=1e-5)
    assert torch.equal(fusion(batch), fusion(dict(reversed(batch.items()))))
    zeros = {**batch, "audio": torch.zeros(4, 2)}
    flags = {"audio": torch.zeros(4, dtype=torch.bool)}
    assert torch.equal(fusion({"image": batch["image"]}), fusion(zeros, flags))
    assert sum(p.numel() for p in fusion.parameters()) == 4 * 5 * 5 + 5
    assert {"places_audio", "signs_image"} < set(fusion.state_dict())
