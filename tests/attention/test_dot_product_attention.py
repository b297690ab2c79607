"""Attention against torch's own, forward and backward, with every kind of mask; heads, and who may look nowhere."""

from __future__ import annotations

import math

import pytest
import torch
from slopes import BOTH, EXACT, assert_same_slopes, close, draw, fill, only, some_mask
from torch import nn
from torch.nn import functional as F

from mmcourse import attention
from mmcourse.attention import MultiHeadAttention

SHAPES = [  # B, T, S, heads, numbers a head
    (1, 1, 1, 1, 1),
    (1, 1, 7, 2, 3),
    (2, 5, 1, 1, 5),
    (3, 7, 7, 4, 2),
    (1, 9, 4, 3, 7),
    (5, 3, 11, 2, 8),
    (4, 13, 13, 5, 1),
]


def test_the_lookup_worked_out_in_the_lesson():
    q, k = torch.tensor([2.0, 0, 0, 0]), torch.tensor([[2.0, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 1]])
    powers = [math.exp(score) for score in (2, 1, 0)]
    wanted = sum(p * v for p, v in zip(powers, (10, 20, 30), strict=True)) / sum(powers)
    assert attention.attend(q, k, torch.tensor([[10.0], [20], [30]])).item() == pytest.approx(wanted)


@pytest.mark.parametrize("length, size, width", [(1, 1, 1), (1, 4, 3), (5, 1, 2), (7, 9, 4)])
def test_attend_equals_torch(length, size, width):
    q, k, v = draw(size), draw(length, size, seed=1), draw(length, width, seed=2)
    assert close(attention.attend(q, k, v), F.scaled_dot_product_attention(q[None], k, v)[0])


@BOTH
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("masked", ["not at all", "at random", "all but one"])
def test_scaled_dot_product_equals_torch(shape, masked, dtype):
    b, t, s, heads, d = shape
    masks = {"not at all": None, "at random": some_mask(b, 1, t, s), "all but one": only(s, s - 1).expand(t, s)}
    leaves = [draw(b, heads, length, d, seed=i, dtype=dtype).requires_grad_() for i, length in enumerate((t, s, s))]
    others = [leaf.detach().clone().requires_grad_() for leaf in leaves]
    ours, weights = attention.scaled_dot_product(*leaves, masks[masked])
    theirs = F.scaled_dot_product_attention(*others, attn_mask=masks[masked])
    assert_same_slopes(ours, theirs, leaves, others, EXACT[dtype])
    assert close(weights.sum(-1), torch.ones(b, heads, t, dtype=dtype), EXACT[dtype])
    if masked != "not at all":
        assert (weights[~masks[masked].expand_as(weights)] == 0).all(), "what is masked gets exactly nothing"


def test_large_scores_and_values_of_another_size():
    q, k, v = 100 * draw(2, 3, 5), 100 * draw(2, 4, 5, seed=1), draw(2, 4, 7, seed=2)
    ours, weights = attention.scaled_dot_product(q, k, v)
    assert close(ours, F.scaled_dot_product_attention(q, k, v)) and ours.shape == (2, 3, 7) and weights.isfinite().all()


@BOTH
def test_who_may_look_nowhere_gets_zeros_and_clean_gradients(dtype):
    leaves = [draw(2, 4, 3, seed=i, dtype=dtype).requires_grad_() for i in range(3)]
    others = [leaf.detach().clone().requires_grad_() for leaf in leaves]
    mask = some_mask(2, 4, 4)
    mask[0, 1] = mask[1] = False
    ours, weights = attention.scaled_dot_product(*leaves, mask)
    assert (ours[0, 1] == 0).all() and (weights[1] == 0).all()
    assert_same_slopes(ours, F.scaled_dot_product_attention(*others, attn_mask=mask), leaves, others, EXACT[dtype])


def test_masked_softmax_equals_the_softmax_of_what_is_left():
    scores, mask = draw(6, 9), some_mask(6, 9)
    for row, allowed in zip(range(6), mask, strict=True):
        shares = attention.masked_softmax(scores[row], allowed)
        assert close(shares[allowed], torch.softmax(scores[row][allowed], -1)) and (shares[~allowed] == 0).all()
    assert close(attention.masked_softmax(scores), torch.softmax(scores, -1))
    assert torch.equal(attention.masked_softmax(scores, torch.zeros(9, dtype=torch.bool)), torch.zeros(6, 9).double())


def test_the_spread_of_scores_is_the_root_of_the_size():
    for size in (4, 64, 400):
        q, k = draw(20_000, size), draw(20_000, size, seed=1)
        spread = float((q * k).sum(-1).std()) / math.sqrt(size)
        assert spread == pytest.approx(1, abs=0.03)


def test_causal_mask_equals_torchs():
    for length in (1, 2, 9):
        theirs = nn.Transformer.generate_square_subsequent_mask(length) == 0
        assert torch.equal(attention.causal_mask(length), theirs)


@pytest.mark.parametrize("shape, heads", [((1, 1, 1), 1), ((2, 3, 8), 4), ((3, 5, 6), 1), ((1, 7, 9), 3)])
def test_heads_split_the_numbers_of_every_place(shape, heads):
    x = draw(*shape)
    parts = attention.split_heads(x, heads)
    each = shape[-1] // heads
    assert all(close(parts[:, h], x[..., h * each : (h + 1) * each]) for h in range(heads))
    assert torch.equal(attention.join_heads(parts), x)


def twins(size: int, heads: int, dtype: torch.dtype, seed: int = 0) -> tuple[MultiHeadAttention, nn.MultiheadAttention]:
    """Ours with the weights of torch's; all of them drawn, biases too."""
    ours, theirs = MultiHeadAttention(size, heads), nn.MultiheadAttention(size, heads, batch_first=True)
    pairs = [
        (ours.inward.weight, theirs.in_proj_weight),
        (ours.inward.bias, theirs.in_proj_bias),
        (ours.outward.weight, theirs.out_proj.weight),
        (ours.outward.bias, theirs.out_proj.bias),
    ]
    fill(pairs, seed)
    return ours.to(dtype), theirs.to(dtype)


@BOTH
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["self", "cross", "padded", "all but one"])
def test_multi_head_attention_equals_torch(shape, kind, dtype):
    b, t, s, heads, d = shape
    ours, theirs = twins(heads * d, heads, dtype)
    x = draw(b, t, heads * d, seed=5, dtype=dtype).requires_grad_()
    memory = x if kind == "self" else draw(b, s, heads * d, seed=6, dtype=dtype).requires_grad_()
    real = {"padded": some_mask(b, s), "all but one": only(s, s // 2).expand(b, s)}.get(kind)
    mine, weights = ours(x, None if kind == "self" else memory, None if real is None else real[:, None, None, :])
    hidden = None if real is None else ~real  # there True means forbidden
    its, shares = theirs(x, memory, memory, key_padding_mask=hidden, average_attn_weights=False)
    assert close(weights, shares, EXACT[dtype])
    inputs = [x] if kind == "self" else [x, memory]
    names = ["inward.weight", "inward.bias", "outward.weight", "outward.bias"]
    others = [theirs.in_proj_weight, theirs.in_proj_bias, theirs.out_proj.weight, theirs.out_proj.bias]
    leaves = [dict(ours.named_parameters())[name] for name in names]
    assert_same_slopes(mine, its, [*inputs, *leaves], [*inputs, *others], EXACT[dtype])


def test_self_attention_is_cross_attention_to_oneself():
    ours, x = twins(6, 2, torch.float64)[0], draw(2, 5, 6)
    assert close(ours(x)[0], ours(x, x)[0])


BAD = [
    (
        ValueError,
        r"q, k, v: got shapes \(1, 3\), \(4, 3\)",
        lambda: attention.attend(draw(1, 3), draw(4, 3), draw(4, 2)),
    ),
    (ValueError, "as many values as keys", lambda: attention.attend(draw(3), draw(4, 3), draw(5, 2))),
    (ValueError, "queries as long as keys", lambda: attention.scaled_dot_product(draw(2, 3), draw(2, 4), draw(2, 4))),
    (ValueError, "q, k, v: got shapes", lambda: attention.scaled_dot_product(draw(3), draw(2, 3), draw(2, 4))),
    (
        TypeError,
        "mask: got torch.float64, expected torch.bool",
        lambda: attention.masked_softmax(draw(3), torch.ones(3).double()),
    ),
    (ValueError, "length: got 0", lambda: attention.causal_mask(0)),
    (ValueError, "x, heads: got shape .* and 3", lambda: attention.split_heads(draw(1, 2, 4), 3)),
    (ValueError, "x, heads: got shape", lambda: attention.split_heads(draw(2, 4), 2)),
    (ValueError, "x, heads: got shape", lambda: attention.split_heads(draw(1, 2, 4), 0)),
    (ValueError, "size, heads: got 10 and 4", lambda: MultiHeadAttention(10, 4)),
    (
        ValueError,
        r"x, memory: got \(2, 3, 5\), expected \(B, T, 4\)",
        lambda: MultiHeadAttention(4, 2)(torch.ones(2, 3, 5)),
    ),
    (
        ValueError,
        r"x, memory: got \(2, 3, 4\), \(1, 3, 4\)",
        lambda: MultiHeadAttention(4, 2)(torch.ones(2, 3, 4), torch.ones(1, 3, 4)),
    ),
    (ValueError, r"x, memory: got \(3, 4\)", lambda: MultiHeadAttention(4, 2)(torch.ones(3, 4))),
]


@pytest.mark.parametrize("error, words, call", BAD)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()


def test_dropout_leaves_out_looks_as_torch_does():
    ours, x = MultiHeadAttention(8, 2, dropout=0.5), draw(3, 5, 8).float()
    theirs = nn.MultiheadAttention(8, 2, dropout=0.5, batch_first=True)
    theirs.load_state_dict(
        {
            "in_proj_weight": ours.inward.weight,
            "in_proj_bias": ours.inward.bias,
            "out_proj.weight": ours.outward.weight,
            "out_proj.bias": ours.outward.bias,
        }
    )
    with torch.random.fork_rng():
        torch.manual_seed(3)
        mine, weights = ours.train()(x)
        torch.manual_seed(3)
        assert torch.allclose(mine, theirs.train()(x, x, x)[0], atol=1e-5)
    assert torch.allclose(weights.sum(-1), torch.ones(3, 2, 5)), "the weights that come back are whole"
    assert torch.allclose(ours.eval()(x)[0], theirs.eval()(x, x, x)[0], atol=1e-5)
    assert not torch.allclose(ours(x)[0], mine, atol=1e-3)
