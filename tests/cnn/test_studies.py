"""The experiments of lesson 03 measure what they say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers import beside

from mmcourse import cnn
from mmcourse.cnn import studies
from mmcourse.cnn.studies import accuracy_in_parts, canvas, opinions_at_shifts
from mmcourse.engine import accuracy, accuracy_many, compare_samples
from mmcourse.studies import Result

MADE = beside("cnn", "panels")


def test_accuracies_in_parts_equal_those_at_once():
    few = MADE.few()
    models = [cnn.DigitCNN((2, 3), seed=seed) for seed in range(2)]
    assert accuracy_in_parts(models, few, 4) == pytest.approx(accuracy_many(models, few))


def test_the_canvas_keeps_all_ink():
    images, _labels = canvas("train")
    assert images.shape == (1200, 1, 12, 12)
    for right, down in ((2, 2), (-2, 1)):
        torch.testing.assert_close(cnn.shift_images(images, right, down).sum(), images.sum())


def test_opinions_are_those_on_the_shifted_digits():
    networks, (images, labels) = MADE.networks(), MADE.few()
    found = opinions_at_shifts(networks, images)
    assert list(found) == list(networks)
    for name, network in networks.items():
        for down, right in ((-2, 1), (0, 0), (2, 2)):
            moved, ours = cnn.shift_images(images, right, down), found[name][down + 2, right + 2]
            np.testing.assert_allclose(ours, network(moved).softmax(-1).detach(), atol=1e-6)
            assert (ours.argmax(-1) == labels.numpy()).mean() == pytest.approx(accuracy(network, (moved, labels)))


# ---------------------------------------------------------------- the studies' parts


def test_right_answers_are_counted_in_blocks_of_test_digits():
    images, labels = canvas("test")
    models = [cnn.DigitCNN((2, 3), seed=seed) for seed in range(2)]
    found = np.array(studies.right_in_blocks(models, (images, labels)))
    assert found.shape == (2, studies.BLOCKS)
    for model, row in zip(models, found, strict=True):
        assert row.mean() == pytest.approx(accuracy(model, (images, labels)))
        assert row[3] == pytest.approx(accuracy(model, (images[60:80], labels[60:80])))


def test_augmented_digits_are_new_ones_for_each_seed():
    plain, _labels = canvas("train")
    images, labels = studies.augmented(2, seed=1)
    assert images.shape == (2400, 1, 12, 12) and torch.equal(labels, canvas("train")[1].repeat(2))
    assert not torch.equal(images[:1200], plain) and not torch.equal(images[:1200], images[1200:])
    assert not torch.equal(images, studies.augmented(2, seed=2)[0])
    assert torch.equal(images, studies.augmented(2, seed=1)[0]) and torch.equal(studies.augmented(0, 5)[0], plain)


def test_the_best_rate_is_that_of_the_validation_digits():
    rows = [
        {"part": "CNN", "steps": steps, "rate": rate, "valid": [valid] * 2, "right": [[[test] * 20] * 2]}
        for steps in (30, 120)
        for rate, valid, test in ((0.1, 0.9, 0.3), (0.2, 0.8, 0.7))
    ]
    found = Result("cnn/some", rows, ("part", "steps", "rate"), ["here"], "fresh", 1, "study")
    assert studies.best(found, part="CNN", steps=30)["rate"] == 0.1
    assert {steps: one.mean for steps, one in studies.over_steps(found, 0, part="CNN").items()} == {30: 0.3, 120: 0.3}
    assert studies.right_at(rows[0], 0).shape == (2, 20)


@pytest.mark.parametrize("study", [studies.SHIFT_PARTS, studies.AUGMENTED, studies.DEPTH])
def test_every_rival_has_three_rates_at_least_twice_as_far_apart(study):
    for row in study.load():
        others = {name: row[name] for name in study.load().arguments if name != "rate"}
        rates = sorted(study.load().where(**others)["rate"])
        assert len(rates) >= 3 and all(b / a > 2 for a, b in zip(rates, rates[1:], strict=False))


# ---------------------------------------------------------------- what the notebook says of them


def means(row):
    """The accuracy of a unit's networks under each of its conditions."""
    return [float(np.mean(one)) for one in row["right"]]


def test_training_does_not_teach_shifts():
    parts = studies.SHIFT_PARTS.load()
    assert max(means(row)[1] for row in parts.where(part="MLP")) < 0.4
    cnns = [means(studies.best(parts, part="CNN", times=times))[1] for times in (1, 4, 16)]
    assert cnns == pytest.approx([0.56, 0.66, 0.67], abs=0.006)


def test_neither_of_two_changes_makes_the_curve_level_and_both_together_do():
    parts = studies.SHIFT_PARTS.load()
    longer = {part: studies.best(parts, part=part, times=4) for part in studies.PARTS}
    read = {part: means(row) for part, row in longer.items()}
    right = {part: np.array(row["right"]) for part, row in longer.items()}  # (5 shifts, 4 seeds, 20 blocks)

    def verdict(a, b):
        return compare_samples(a, b, range(studies.BLOCKS)).verdict

    assert verdict(right["no pooling"][1], right["CNN"][1]) == "worse" and round(read["no pooling"][1], 2) == 0.46
    assert verdict(right["no pooling"][2], right["CNN"][2]) == "no difference seen"
    far, near = (right["largest at the end"][pair].mean(0) for pair in ([0, 4], [1, 3]))
    assert verdict(far, near) == "better", "two pixels are a whole square of the pooling"
    assert far.mean() == pytest.approx(0.84, abs=0.006) and near.mean() == pytest.approx(0.67, abs=0.006)
    assert [round(one, 2) for one in read["both"]] == pytest.approx([0.93] * 5, abs=0.011)
    assert all(max(read[part]) - min(read[part]) > 0.2 for part in ("CNN", "no pooling", "largest at the end"))
    assert all(max(read[part]) - min(read[part]) < 0.04 for part in ("both", "and dilation", "and 24 maps"))
    assert all(verdict(right["both"][1], right[part][1]) == "better" for part in ("CNN", "largest at the end"))


def test_looking_anywhere_costs_digits_in_the_middle_until_it_sees_wider_and_more():
    parts = studies.SHIFT_PARTS.load()
    middle = {part: studies.right_at(studies.best(parts, part=part, times=4), 2) for part in studies.PARTS}
    told = {"CNN": 0.98, "both": 0.93, "and dilation": 0.96, "and 24 maps": 0.98}
    assert {part: round(float(middle[part].mean()), 2) for part in told} == told
    for part, verdict in (("CNN", "worse"), ("and dilation", "worse"), ("and 24 maps", "worse")):
        assert compare_samples(middle["both"], middle[part], range(studies.BLOCKS)).verdict == verdict
    assert abs(float(middle["CNN"].mean() - middle["and 24 maps"].mean())) < 0.01


@pytest.mark.slow
def test_patience_brings_back_some_of_what_looking_anywhere_costs():
    row = studies.SHIFT_PARTS.compute({"part": "both", "times": 16, "rate": 0.01})
    assert means(row)[2] == pytest.approx(0.96, abs=0.013)


def test_the_price_of_variants_in_the_middle_is_mostly_that_of_a_short_training():
    shown = studies.AUGMENTED.load()
    middle = {
        (variants, steps): means(studies.best(shown, reader="MLP", variants=variants, steps=steps))[0]
        for variants, steps in ((0, 480), (3, 480), (48, 480), (0, 1920), (3, 1920), (48, 1920), (48, 7680))
    }
    assert middle[0, 480] > 0.95 and middle[0, 1920] > 0.96
    assert all(0.68 < middle[variants, 480] < 0.78 for variants in (3, 48))
    assert all(0.81 < middle[variants, 1920] < 0.88 for variants in (3, 48)) and middle[48, 7680] > 0.87
    twins = [studies.best(shown, reader="MLP", variants=variants, steps=480) for variants in (0, 48)]
    without, shifted = (studies.right_at(row, 0) for row in twins)
    assert compare_samples(shifted, without, range(studies.BLOCKS)).verdict == "worse"


def test_a_twin_without_variants_never_learns_the_shift_and_the_one_that_looks_anywhere_hardly_pays():
    shown = studies.AUGMENTED.load()
    assert max(means(row)[1] for row in shown.where(reader="MLP", variants=0)) < 0.45
    for steps, price in ((480, 0.03), (1920, 0.0)):
        rows = {
            (reader, variants): studies.best(shown, reader=reader, variants=variants, steps=steps)
            for reader in ("MLP", "anywhere")
            for variants in (0, 48)
        }
        plain, both, alone = (means(rows[key]) for key in (("anywhere", 0), ("anywhere", 48), ("MLP", 48)))
        assert plain[0] - both[0] < price + 0.005 and plain[1] > 0.95
        assert both[2] > plain[2] + 0.05 and both[3] > plain[3] + 0.15
        assert all(a > b + 0.1 for a, b in zip(both, alone, strict=True))
        for k in range(4):
            pair = [studies.right_at(rows[reader, 48], k) for reader in ("anywhere", "MLP")]
            assert compare_samples(*pair, range(studies.BLOCKS)).verdict == "better"
    assert round(both[0], 2) == 0.98, "after 1920 steps"


def test_variants_bring_an_mlp_smaller_digits_at_once_and_rotated_ones_with_time():
    shown = studies.AUGMENTED.load()
    twin = means(studies.best(shown, reader="MLP", variants=0, steps=1920))
    rotated, smaller = (
        [means(studies.best(shown, reader="MLP", variants=48, steps=steps))[k] for steps in (480, 1920, 7680)]
        for k in (2, 3)
    )
    assert rotated[0] < twin[2] - 0.15 and rotated[0] < rotated[1] < rotated[2] and rotated[2] > twin[2]
    assert min(smaller) > twin[3] + 0.15


def test_a_way_round_begins_sooner_at_every_rate_and_sound_weights_follow():
    deep = studies.DEPTH.load()
    assert max(means(row)[0] for row in deep.where(stack="plain")) < 0.15
    read = {
        (stack, steps): means(studies.best(deep, stack=stack, steps=steps))[0]
        for stack in ("residual", "plain, Kaiming")
        for steps in (30, 120, 480, 1920)
    }
    assert read["residual", 30] > 0.65 and read["residual", 480] > 0.92
    assert read["plain, Kaiming", 30] < 0.35 and 0.4 < read["plain, Kaiming", 120] < 0.7
    assert 0.8 < read["plain, Kaiming", 480] < read["residual", 480] - 0.03
    assert read["plain, Kaiming", 120] < read["residual", 30] + 0.05, "more than four times as quick"
    assert [round(read[stack, 1920], 2) for stack in ("residual", "plain, Kaiming")] == [0.97, 0.93]
    for rate in (0.001, 0.003, 0.01):
        rivals = [deep.one(stack=stack, steps=480, rate=rate) for stack in ("residual", "plain, Kaiming")]
        residual, plain = (studies.right_at(row, 0) for row in rivals)
        assert compare_samples(residual, plain, range(studies.BLOCKS)).verdict == "better"
    longest = [studies.best(deep, stack=stack, steps=1920) for stack in ("residual", "plain, Kaiming")]
    assert all(min(row["known"]) > 0.995 for row in longest), "both know the training digits by heart"
    residual, plain = (studies.right_at(row, 0) for row in longest)
    assert compare_samples(residual, plain, range(studies.BLOCKS)).verdict == "better"
    assert max(means(row)[0] for row in deep.where(stack="plain, Kaiming", rate=0.01)) < 0.15
    assert min(means(row)[0] for row in deep.where(stack="residual", steps=480)) > 0.9
