"""Positions in closed form, layer norm and the block against torch's, and what an encoder of words may see."""

from __future__ import annotations

import math

import pytest
import torch
from slopes import BOTH, EXACT, assert_same_slopes, close, draw, fill, some_mask
from torch import nn
from torch.nn import functional as F

from mmcourse import attention
from mmcourse.attention import EncoderBlock, MultiHeadAttention, SentenceClassifier, WordEncoder
from mmcourse.text import PAD

IDS = torch.tensor([[7, 8, 9, 5], [6, 5, PAD, PAD], [PAD, PAD, PAD, PAD]])


def test_without_a_code_attention_is_blind_to_order():
    ours, x, order = MultiHeadAttention(8, 2).double(), draw(2, 7, 8), torch.tensor([3, 0, 6, 2, 5, 1, 4])
    fill([(p, p) for p in ours.parameters()], seed=0)
    assert close(ours(x[:, order])[0], ours(x)[0][:, order])
    code = attention.positional_code(7, 8).double()
    assert not torch.allclose(ours(x[:, order] + code)[0], ours(x + code)[0][:, order], atol=1e-3)


def test_positional_code_in_closed_form():
    code = attention.positional_code(50, 8)
    for t in (0, 1, 7, 49):
        for i in range(4):
            angle = t / 10000 ** (2 * i / 8)
            assert code[t, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-5)
            assert code[t, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-5)


@pytest.mark.parametrize("shift", [-7, -1, 0, 1, 12])
@pytest.mark.parametrize("size", [2, 6, 16])
def test_a_shift_is_a_rotation_of_the_code(shift, size):
    code, turn = attention.positional_code(40, size), attention.shift_matrix(shift, size)
    places = torch.arange(max(0, -shift), 40 - max(0, shift))
    assert torch.allclose(code[places] @ turn, code[places + shift], atol=1e-4)
    assert torch.allclose(turn @ turn.T, torch.eye(size), atol=1e-6) and torch.linalg.det(turn) == pytest.approx(1)


@pytest.mark.parametrize("shape", [(), (3,), (2, 5)])
def test_layer_norm_equals_torch(shape):
    x, gain, bias = draw(*shape, 6).requires_grad_(), draw(6, seed=1).requires_grad_(), draw(6, seed=2).requires_grad_()
    leaves = [x, gain, bias]
    assert_same_slopes(attention.layer_norm(*leaves), F.layer_norm(x, (6,), gain, bias), leaves, leaves, 1e-10)


def copied_block(block: EncoderBlock, layer: nn.TransformerEncoderLayer, seed: int = 0) -> list[tuple]:
    """Give both the same drawn weights; the pairs of parameters."""
    pairs = [
        (block.look.inward.weight, layer.self_attn.in_proj_weight),
        (block.look.inward.bias, layer.self_attn.in_proj_bias),
        (block.look.outward.weight, layer.self_attn.out_proj.weight),
        (block.look.outward.bias, layer.self_attn.out_proj.bias),
        (block.think[0].weight, layer.linear1.weight),
        (block.think[0].bias, layer.linear1.bias),
        (block.think[3].weight, layer.linear2.weight),
        (block.think[3].bias, layer.linear2.bias),
        (block.norms[0].weight, layer.norm1.weight),
        (block.norms[0].bias, layer.norm1.bias),
        (block.norms[1].weight, layer.norm2.weight),
        (block.norms[1].bias, layer.norm2.bias),
    ]
    assert len(pairs) == len(list(layer.parameters())) == len(list(block.parameters()))
    fill(pairs, seed)
    return pairs


@BOTH
@pytest.mark.parametrize("norm_first", [False, True], ids=["norm after", "norm first"])
@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (1, 6, 2, 3), (3, 5, 4, 2), (2, 7, 3, 3)])
@pytest.mark.parametrize("masked", ["not at all", "padded", "causal"])
def test_the_encoder_block_equals_torch(shape, norm_first, masked, dtype):
    b, t, heads, d = shape
    if heads * d == 1:
        d = 3  # one number cannot be normalised: it is always 0
    size, hidden = heads * d, 2 * heads * d + 1
    block = EncoderBlock(size, heads, hidden, norm_first)
    layer = nn.TransformerEncoderLayer(size, heads, hidden, 0.0, batch_first=True, norm_first=norm_first)
    pairs = copied_block(block, layer)
    block, layer = block.to(dtype), layer.to(dtype)
    x = draw(b, t, size, seed=7, dtype=dtype).requires_grad_()
    real, causal = some_mask(b, t), attention.causal_mask(t)
    ours, weights = block(x, {"not at all": None, "padded": real[:, None, None], "causal": causal}[masked])
    theirs = layer(
        x, src_mask=~causal if masked == "causal" else None, src_key_padding_mask=~real if masked == "padded" else None
    )
    assert weights.shape == (b, heads, t, t)
    leaves, others = ([p for p, _ in pairs], [q for _, q in pairs])
    assert_same_slopes(ours, theirs, [x, *leaves], [x, *others], EXACT[dtype])


def test_dropout_is_off_unless_asked_for_and_in_evaluation():
    x = draw(2, 5, 8).float()
    quiet, wild = EncoderBlock(8, 2, 16), EncoderBlock(8, 2, 16, dropout=0.5)
    assert torch.equal(quiet(x)[0], quiet(x)[0]) and not torch.equal(wild(x)[0], wild(x)[0])
    wild.eval()
    assert torch.equal(wild(x)[0], wild(x)[0])


def test_padding_changes_nothing():
    encoder = WordEncoder(12, size=8, heads=2)
    whole, _ = encoder(IDS)
    short, _ = encoder(IDS[1:2, :2])
    assert torch.allclose(whole[1, :2], short[0], atol=1e-6) and whole.isfinite().all()
    model = SentenceClassifier(encoder, 3)
    assert torch.allclose(model(IDS)[1:2], model(IDS[1:2, :2]), atol=1e-6)
    assert torch.allclose(model(IDS)[2], model.head.bias), "an empty text: only the bias speaks"


def test_the_encoder_says_who_looked_where():
    _, weights = WordEncoder(12, size=8, heads=2, depth=3)(IDS)
    assert len(weights) == 3 and weights[0].shape == (3, 2, 4, 4)
    assert (weights[0][1, :, :, 2:] == 0).all() and torch.allclose(weights[0][0].sum(-1), torch.ones(2, 4))


def test_order_counts_only_with_positions():
    order = torch.tensor([2, 0, 3, 1])
    for positions in (True, False):
        model = SentenceClassifier(WordEncoder(12, size=8, heads=2, positions=positions), 3)
        assert torch.allclose(model(IDS[:1]), model(IDS[:1, order]), atol=1e-6) is not positions


BAD = [
    (ValueError, "length, size: got 4 and 5", lambda: attention.positional_code(4, 5)),
    (ValueError, "length, size: got 0 and 4", lambda: attention.positional_code(0, 4)),
]


@pytest.mark.parametrize("error, words, call", BAD)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()
