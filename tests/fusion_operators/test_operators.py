"""Lesson 09: every operator against its formula in loops and float64; counts, gradients, absence, wrong input."""

import math

import pytest
import torch
from torch.nn import functional as F

from mmcourse import fusion_operators as lesson
from mmcourse.engine import generator, seeded
from mmcourse.fusion_levels import parameters
from mmcourse.fusion_operators import FiLM, Gated, ModalityAttention
from mmcourse.fusion_operators import pictures as demo
from mmcourse.fusion_operators.classifier import FAMILIES, OPERATORS

TWO = {"image": 3, "audio": 4}
THREE = {**TWO, "text": 2}
W = 5


def fresh(name, sizes=THREE, seed=0, width=W, **settings):
    return seeded(lambda: OPERATORS[name](sizes, width, **settings), seed).double()


def batch_of(sizes=THREE, samples=6, seed=0):
    rng = generator(seed)
    return {name: torch.randn(samples, size, generator=rng, dtype=torch.float64) for name, size in sizes.items()}


def every_operator(function):
    return pytest.mark.parametrize("name", OPERATORS)(function)


def both_counts(function):
    return pytest.mark.parametrize("sizes", [TWO, THREE], ids=["two", "three"])(function)


# ------------------------------------------------------------------------------------------------ written-out formulas


def line(layer, x):
    """One sample through a linear layer, number by number."""
    weight, bias = layer.weight.tolist(), [0.0] * len(layer.weight) if layer.bias is None else layer.bias.tolist()
    return [sum(w * v for w, v in zip(row, x, strict=True)) + b for row, b in zip(weight, bias, strict=True)]


def entered(fusion, sample):
    """h_m of every modality of one sample, in the order of the names: M lists of W numbers."""
    return [line(fusion.enter[name], sample[name]) for name in fusion.names]


def softmax(scores):
    powers = [math.exp(s) for s in scores]
    return [p / sum(powers) for p in powers]


def by_concatenation(fusion, sample):
    return line(fusion.mix, [v for name in fusion.names for v in sample[name]])


def by_place(rule):
    return lambda fusion, sample: [rule(places) for places in zip(*entered(fusion, sample), strict=True)]


def by_weights(fusion, sample):
    w = softmax(fusion.trust.weight[0].tolist())
    return [sum(a * v for a, v in zip(w, places, strict=True)) for places in zip(*entered(fusion, sample), strict=True)]


def by_pairs(fusion, sample):
    rows = [sample[name] for name in fusion.names]
    products = [a * b for i in range(len(rows)) for j in range(i + 1, len(rows)) for a in rows[i] for b in rows[j]]
    return line(fusion.mix, products)


def by_table(fusion, sample):
    table = [1.0]
    for name in fusion.names:
        table = [t * v for t in table for v in [*sample[name], 1.0]]
    return line(fusion.mix, table)


def by_factors(fusion, sample):
    out = [0.0] * fusion.width
    for r in range(fusion.rank):
        for k in range(fusion.width):
            term = 1.0
            for name in fusion.names:
                row = fusion.factors[name].weight[r * fusion.width + k].tolist()
                term *= sum(f * v for f, v in zip(row, [*sample[name], 1.0], strict=True))
            out[k] += term
    return out


def by_gates(fusion, sample):
    scores = line(fusion.gate, [v for name in fusion.names for v in sample[name]])
    h, width = entered(fusion, sample), fusion.width
    out = []
    for k in range(width):
        gates = softmax([scores[m * width + k] for m in range(len(h))])
        out.append(sum(g * math.tanh(row[k]) for g, row in zip(gates, h, strict=True)))
    return out


def by_attention(fusion, sample):
    h = entered(fusion, sample)
    scores = [line(fusion.score, [math.tanh(v) for v in line(fusion.look, row)])[0] for row in h]
    return [sum(a * row[k] for a, row in zip(softmax(scores), h, strict=True)) for k in range(fusion.width)]


def by_film(fusion, sample):
    h, width = line(fusion.enter, sample[fusion.main]), fusion.width
    said = [line(layer, sample[name]) for name, layer in fusion.modulate.items()]
    return [(1 + sum(s[k] for s in said)) * h[k] + sum(s[width + k] for s in said) for k in range(width)]


ORACLES = {
    "concatenate": by_concatenation,
    "sum": by_place(sum),
    "mean": by_place(lambda v: sum(v) / len(v)),
    "max": by_place(max),
    "product": by_place(math.prod),
    "weighted": by_weights,
    "bilinear": by_pairs,
    "tensor": by_table,
    "low-rank": by_factors,
    "gated": by_gates,
    "attention": by_attention,
    "FiLM": by_film,
}


@both_counts
@pytest.mark.parametrize("name", ORACLES)
def test_an_operator_is_its_formula(name, sizes):
    fusion, batch = fresh(name, sizes), batch_of(sizes)
    expected = [ORACLES[name](fusion, {k: x[i].tolist() for k, x in batch.items()}) for i in range(6)]
    assert torch.allclose(fusion(batch), torch.tensor(expected, dtype=torch.float64), atol=1e-12)


def test_fixed_weights_are_used_as_given():
    fusion = fresh("weighted", TWO, weights={"image": 0.3, "audio": 0.7})
    batch = batch_of(TWO)
    ear, eye = (fusion.enter[name](batch[name]) for name in ("audio", "image"))
    assert torch.allclose(fusion(batch), 0.7 * ear + 0.3 * eye) and torch.allclose(
        fusion(batch), lesson.blend(ear, eye, 0.7)
    )
    assert parameters(fusion) == sum(size * W + W for size in TWO.values())


def test_film_steers_the_main_modality():
    fusion, batch = fresh("FiLM", TWO, main="image"), batch_of(TWO)
    expected = [by_film(fusion, {k: x[i].tolist() for k, x in batch.items()}) for i in range(6)]
    assert fusion.main == "image" and torch.allclose(fusion(batch), torch.tensor(expected, dtype=torch.float64))


# ------------------------------------------------------------------------------------------------ counts and gradients

COUNTS = {
    "concatenate": lambda d: sum(d) * W + W,
    "weighted": lambda d: sum(x * W + W for x in d) + len(d),
    "bilinear": lambda d: sum(a * b for i, a in enumerate(d) for b in d[i + 1 :]) * W + W,
    "tensor": lambda d: W * math.prod(x + 1 for x in d),
    "low-rank": lambda d: 4 * W * sum(x + 1 for x in d),
    "gated": lambda d: sum(x * W + W for x in d) + sum(d) * len(d) * W + len(d) * W,
    "attention": lambda d: sum(x * W + W for x in d) + W * W + W + W,
    "FiLM": lambda d: d[0] * W + W + sum(2 * (x * W + W) for x in d[1:]),
    "cross-attention": lambda d: sum(x * W + W for x in d) + 3 * W * W,
    "Siamese": lambda d: sum(x * W + W for x in d) + (W * W + W) + (2 * W * W + W),
    "hierarchical": lambda d: (
        sum(x * W + W for x in d) + len(d) * (W * W + W) + (len(d) * W * W + W) + ((len(d) + 1) * W * W + W)
    ),
    "relation": lambda d: sum(x * W + W for x in d) + (W * W + W) + 2 * W * W,
    **dict.fromkeys(["sum", "mean", "max", "product"], lambda d: sum(x * W + W for x in d)),
}


@both_counts
@every_operator
def test_parameters_in_closed_form(name, sizes):
    assert parameters(fresh(name, sizes)) == COUNTS[name]([sizes[n] for n in sorted(sizes)])


@both_counts
@every_operator
def test_every_parameter_receives_a_gradient(name, sizes):
    batch = batch_of(sizes, samples=30)
    if name == "cross-attention":  # with one token from each of two senses there is nothing to choose
        batch = {key: x.reshape(10, 3, -1) for key, x in batch.items()}
    fusion = fresh(name, sizes)
    fusion(batch).square().sum().backward()
    silent = [key for key, p in fusion.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not silent


@every_operator
def test_slopes_agree_with_finite_differences(name):
    fusion, batch = fresh(name, TWO), batch_of(TWO, samples=2)
    inputs = tuple(batch[key].requires_grad_() for key in TWO)
    assert torch.autograd.gradcheck(lambda *rows: fusion(dict(zip(TWO, rows, strict=True))), inputs, atol=1e-5)


# ------------------------------------------------------------------------------------------------ the contract


@both_counts
@every_operator
def test_shape_order_of_the_dict_and_an_untouched_batch(name, sizes):
    fusion, batch = fresh(name, sizes), batch_of(sizes)
    before = {key: x.clone() for key, x in batch.items()}
    out = fusion(batch)
    assert out.shape == (6, W) and torch.isfinite(out).all()
    assert torch.equal(out, fusion(dict(reversed(batch.items()))))
    again = seeded(lambda: OPERATORS[name](dict(reversed(sizes.items())), W), 0).double()
    assert torch.equal(out, again(batch))
    assert all(torch.equal(batch[key], before[key]) for key in batch)


@every_operator
def test_samples_do_not_see_each_other_but_for_relation(name):
    fusion, batch = fresh(name), batch_of()
    order = torch.randperm(6, generator=generator(1))
    assert torch.allclose(fusion({k: x[order] for k, x in batch.items()}), fusion(batch)[order], atol=1e-12)
    alone = fusion({k: x[:1] for k, x in batch.items()})
    assert torch.allclose(alone, fusion(batch)[:1], atol=1e-9) == (name != "relation")


@every_operator
@pytest.mark.parametrize("lost", [("audio",), ("image",), ("text", "audio")])
def test_a_missing_key_is_the_same_as_nobody_present(name, lost):
    fusion, batch = fresh(name), batch_of()
    without = fusion({key: x for key, x in batch.items() if key not in lost})
    nobody = {key: torch.zeros(6, dtype=torch.bool) for key in lost}
    assert torch.isfinite(without).all() and torch.allclose(fusion(batch, nobody), without, atol=1e-12)


@both_counts
@every_operator
def test_what_stands_in_an_absent_place_does_not_count(name, sizes):
    fusion, batch = fresh(name, sizes), batch_of(sizes)
    here = {"audio": torch.tensor([True, False, True, False, True, True])}
    other = {**batch, "audio": batch["audio"].clone()}
    other["audio"][1], other["audio"][3] = float("nan"), 1e6
    assert torch.equal(fusion(batch, here), fusion(other, here))
    fusion(other, here).sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in fusion.parameters() if p.grad is not None)
    if name != "relation":  # there, others in the batch have one partner less
        present = here["audio"]
        assert torch.allclose(fusion(other, here)[present], fusion(batch)[present], atol=1e-12)


@every_operator
def test_nobody_present_is_finite(name):
    fusion, batch = fresh(name), batch_of()
    none = {key: torch.zeros(6, dtype=torch.bool) for key in batch}
    out = fusion(batch, none)
    assert torch.isfinite(out).all() and torch.allclose(out, out[:1].expand_as(out), atol=1e-12)


@pytest.mark.parametrize("name", ["sum", "mean", "max", "weighted", "product", "attention"])
def test_alone_a_modality_passes_as_it_is(name):
    fusion, batch = fresh(name), batch_of()
    assert torch.allclose(fusion({"image": batch["image"]}), fusion.enter["image"](batch["image"]), atol=1e-12)


@every_operator
def test_one_model_for_many_is_each_alone(name):
    """The engine stacks models with vmap: nothing in an operator may look at the values of its numbers."""
    from torch.func import functional_call, stack_module_state, vmap

    models, batch = [fresh(name, seed=seed) for seed in range(3)], batch_of()
    weights, buffers = stack_module_state(models)
    here = {"audio": torch.tensor([True, False] * 3)}
    together = vmap(lambda w, b: functional_call(models[0], (w, b), (batch, here)))(weights, buffers)
    assert torch.allclose(together, torch.stack([model(batch, here) for model in models]), atol=1e-12)


WRONG = {
    "a list": ([torch.zeros(2, 3)], TypeError, "batch: got list, expected a dict"),
    "nothing": ({}, ValueError, "batch: holds nothing; expected one or more of audio, image"),
    "a misspelt name": ({"image": torch.zeros(2, 3), "sound": torch.zeros(2, 4)}, ValueError, "holds image, sound"),
    "whole numbers": ({"image": torch.zeros(2, 3, dtype=torch.long)}, TypeError, "image is torch.int64.*embedding"),
    "no tensor": ({"image": [[1.0, 2.0, 3.0]]}, TypeError, "image is list"),
    "wrong size": ({"image": torch.zeros(2, 4)}, ValueError, r"image has shape \(2, 4\), expected \(B, 3\)"),
    "one axis": ({"image": torch.zeros(3)}, ValueError, r"image has shape \(3,\)"),
    "four axes": ({"image": torch.zeros(2, 1, 1, 3)}, ValueError, r"image has shape \(2, 1, 1, 3\)"),
    "no samples": ({"image": torch.zeros(0, 3)}, ValueError, "with B at least 1"),
    "unequal": ({"image": torch.zeros(2, 3), "audio": torch.zeros(3, 4)}, ValueError, "image 2, audio 3.*`present`"),
}


@every_operator
@pytest.mark.parametrize("case", WRONG)
def test_wrong_batches_are_named(name, case):
    batch, error, message = WRONG[case]
    with pytest.raises(error, match=message):
        seeded(lambda: OPERATORS[name](TWO, W), 0)(batch)


def test_only_cross_attention_takes_sequences():
    for name in OPERATORS:
        fusion, batch = fresh(name, TWO), {key: x.reshape(2, 3, -1) for key, x in batch_of(TWO).items()}
        if name == "cross-attention":
            assert fusion(batch).shape == (2, W)
        else:
            with pytest.raises(ValueError, match=r"shape \(2, 3, 3\), expected \(B, 3\)"):
                fusion(batch)


@every_operator
@pytest.mark.parametrize(
    ("present", "message"),
    [
        ({"text": torch.ones(6).bool()}, "speaks of 'text', which the batch lacks"),
        ({"image": torch.ones(6)}, r"image is torch.float32 \(6,\), expected torch.bool \(6,\)"),
        ({"image": torch.ones(5).bool()}, r"expected torch.bool \(6,\)"),
        ({"image": True}, "image is bool"),
    ],
)
def test_wrong_presence_is_named(name, present, message):
    with pytest.raises(ValueError, match=message):
        fresh(name, TWO)(batch_of(TWO), present)


@every_operator
@pytest.mark.parametrize(
    ("sizes", "width", "message"),
    [
        ({"image": 3}, 4, "sizes: got 1 modalities, expected two or more"),
        (TWO, 0, "width: got 0"),
        ({"image": 3, "audio": 2.5}, 4, r"sizes\['audio'\]: got 2.5"),
        (TWO, True, "width: got True"),
    ],
)
def test_wrong_sizes_are_named(name, sizes, width, message):
    with pytest.raises((TypeError, ValueError), match=message):
        OPERATORS[name](sizes, width)


def test_wrong_settings_are_named():
    with pytest.raises((TypeError, ValueError), match="main: got 'smell', expected one of audio, image"):
        FiLM(TWO, W, main="smell")
    for weights in ({"image": 1.0}, {"image": 0.9, "audio": 0.9}, {"image": 1.5, "audio": -0.5}):
        with pytest.raises((TypeError, ValueError), match="weights: got"):
            lesson.Weighted(TWO, W, weights=weights)
    with pytest.raises((TypeError, ValueError), match="alpha: got 1.2"):
        lesson.blend(torch.zeros(2), torch.zeros(2), 1.2)
    with pytest.raises((TypeError, ValueError), match=r"shapes \(2,\) and \(3,\)"):
        lesson.blend(torch.zeros(2), torch.zeros(3), 0.5)


# ---------------------------------------------------------------------------------------------- what the lesson claims


def test_concatenation_and_sum_are_the_same_functions():
    joined, added, batch = fresh("concatenate", TWO), fresh("sum", TWO, seed=1), batch_of(TWO)
    with torch.no_grad():
        for name, columns in zip(joined.names, joined.mix.weight.split([4, 3], dim=1), strict=True):
            added.enter[name].weight.copy_(columns)
            added.enter[name].bias.copy_(joined.mix.bias / 2)
    assert torch.allclose(joined(batch), added(batch), atol=1e-12)


@both_counts
def test_low_rank_at_full_rank_is_the_tensor_fusion(sizes):
    tensor, batch = fresh("tensor", sizes), batch_of(sizes)
    equal = lesson.full_rank(tensor)
    assert torch.allclose(tensor(batch), equal(batch), atol=1e-12)
    assert equal.rank == math.prod(sizes[name] + 1 for name in tensor.names[:-1])
    partly = {"image": batch["image"]}
    assert torch.allclose(tensor(partly), equal(partly), atol=1e-12)
    equal(batch).sum().backward()
    assert all(p.grad is not None for p in equal.parameters()) and len(list(equal.parameters())) == len(sizes)


def test_any_weight_table_of_two_senses_has_a_small_rank():
    """Rank min(D + 1) is enough for each output: its singular value decomposition is such a sum of products."""
    tensor, batch = fresh("tensor", TWO), batch_of(TWO)
    equal = fresh("low-rank", TWO, rank=4)
    with torch.no_grad():
        u, s, v = torch.linalg.svd(tensor.mix.weight.reshape(W, 5, 4), full_matrices=False)  # audio, image
        equal.factors["audio"].weight.copy_((u * s[:, None]).permute(2, 0, 1).reshape(-1, 5))
        equal.factors["image"].weight.copy_(v.transpose(0, 1).reshape(-1, 4))
    assert torch.allclose(tensor(batch), equal(batch), atol=1e-12)


def test_two_gates_are_one_sigmoid_of_a_difference():
    gate, batch = fresh("gated", TWO), batch_of(TWO)
    _, shares = gate.shares(batch)
    x = torch.cat([batch["audio"], batch["image"]], 1)
    w, b = gate.gate.weight.unflatten(0, (2, W)), gate.gate.bias.unflatten(0, (2, W))
    assert torch.allclose(shares[0], torch.sigmoid(F.linear(x, w[0] - w[1], b[0] - b[1])), atol=1e-12)


@pytest.mark.parametrize("make", [Gated, ModalityAttention])
def test_shares_sum_to_one_over_those_present(make):
    fusion, batch = make(THREE, W).double(), batch_of()
    here = {"audio": torch.tensor([True, False, True, False, True, False]), "text": torch.zeros(6).bool()}
    mix, shares = fusion.shares(batch, here)
    assert torch.allclose(shares.sum(0), torch.ones_like(shares[0])) and torch.equal(mix, fusion(batch, here))
    assert (shares[2] == 0).all() and (shares[0][1::2] == 0).all() and (shares[1][1::2] == 1).all()


def test_who_only_adds_has_no_interaction():
    corners = torch.randn(4, 1, 2, generator=generator(1), dtype=torch.float64)
    mixing = set()
    for name in OPERATORS:
        fusion = fresh(name, {"image": 2, "audio": 2}, seed=3)
        found = lesson.interaction(lambda x, y: fusion({"image": x, "audio": y}), *corners)  # noqa: B023
        if found.abs().max() > 1e-9:
            mixing.add(name)
    assert set(OPERATORS) - mixing == {"concatenate", "sum", "mean", "weighted", "cross-attention"}


def test_attention_with_separate_scores_gets_three_corners_at_most():
    """A search over many random shares and parts at the four corners of XOR: never all four signs right."""
    rng = generator(0)
    f, g, s, t = (torch.randn(20_000, 2, generator=rng) * 3 for _ in range(4))
    shares = torch.sigmoid(s[:, :, None] - t[:, None, :])  # (N, x, y)
    score = shares * f[:, :, None] + (1 - shares) * g[:, None, :]
    wanted = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    right = (score * wanted > 0).sum((1, 2))
    assert right.max() == 3


def test_the_families_hold_each_operator_once():
    assert len(OPERATORS) == 16 == sum(len(group) for group in FAMILIES.values())
    assert set(demo.FORMULAS) == set(OPERATORS)
