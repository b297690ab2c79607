"""Lesson 06 against independent oracles: torch's own attention and encoder layer, closed forms, what may see what."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch
from helpers import drive, move
from torch import nn
from torch.nn import functional as F

from mmcourse import attention
from mmcourse.attention import (
    EncoderBlock,
    MultiHeadAttention,
    SentenceClassifier,
    TinyBERT,
    TinyGPT,
    WordEncoder,
)
from mmcourse.attention import studies as experiments
from mmcourse.attention.pictures import panels as demos
from mmcourse.datasets import scenes
from mmcourse.engine import accuracy_many, fit_many
from mmcourse.pictures.lettering import drawable
from mmcourse.text import END, MASK, PAD, START, Vocabulary, tokenise
from mmcourse.training import fit

EXACT = {torch.float32: 1e-5, torch.float64: 1e-10}
BOTH = pytest.mark.parametrize("dtype", EXACT, ids=["float32", "float64"])
SHAPES = [  # B, T, S, heads, numbers a head
    (1, 1, 1, 1, 1),
    (1, 1, 7, 2, 3),
    (2, 5, 1, 1, 5),
    (3, 7, 7, 4, 2),
    (1, 9, 4, 3, 7),
    (5, 3, 11, 2, 8),
    (4, 13, 13, 5, 1),
]


def draw(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def close(ours: torch.Tensor, theirs: torch.Tensor, reach: float = 1e-10) -> bool:
    return ours.shape == theirs.shape and torch.allclose(ours, theirs, rtol=reach, atol=reach)


def some_mask(*shape: int, seed: int = 0) -> torch.Tensor:
    """Random places to look at; at least one in each row."""
    mask = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.5
    mask[..., 0] |= ~mask.any(-1)
    return mask


def only(length: int, place: int) -> torch.Tensor:
    """All but one place masked."""
    return torch.arange(length) == place


def assert_same_slopes(ours, theirs, leaves, others, reach):
    """Outputs, and gradients of one weighted sum of them for each pair of leaves, agree; a gradient to the tolerance
    times its largest number, since sums of large numbers that nearly cancel are no more exact in either.
    """
    assert close(ours, theirs, reach), (ours - theirs).abs().max()
    pull = draw(*ours.shape, seed=9, dtype=ours.dtype)
    for mine, its in zip(
        torch.autograd.grad((ours * pull).sum(), leaves),
        torch.autograd.grad((theirs * pull).sum(), others),
        strict=True,
    ):
        far = (mine - its).abs().max()
        assert mine.shape == its.shape and far <= reach * its.abs().max().clamp(min=1), far


# ------------------------------------------------------------ the soft lookup


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


# ------------------------------------------------------------ heads


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


def fill(pairs, seed):
    with torch.no_grad():
        for number, (mine, its) in enumerate(pairs):
            its.copy_(draw(*its.shape, seed=100 * seed + number) / math.sqrt(its.shape[-1]))
            mine.copy_(its)


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


# ------------------------------------------------------------ order


def test_without_a_code_attention_is_blind_to_order():
    ours, x, order = twins(8, 2, torch.float64)[0], draw(2, 7, 8), torch.tensor([3, 0, 6, 2, 5, 1, 4])
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


# ------------------------------------------------------------ the block


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


# ------------------------------------------------------------ models of words

IDS = torch.tensor([[7, 8, 9, 5], [6, 5, PAD, PAD], [PAD, PAD, PAD, PAD]])


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


@pytest.mark.parametrize("make, sees", [(TinyGPT, False), (TinyBERT, True)])
def test_only_the_gpt_is_blind_to_the_future(make, sees):
    model, other = make(12, size=8, heads=2), IDS[:1].clone()
    other[0, 3] = 11
    before, after = model(IDS[:1]), model(other)
    assert torch.equal(before[:, :3], after[:, :3]) is not sees


def test_order_counts_only_with_positions():
    order = torch.tensor([2, 0, 3, 1])
    for positions in (True, False):
        model = SentenceClassifier(WordEncoder(12, size=8, heads=2, positions=positions), 3)
        assert torch.allclose(model(IDS[:1]), model(IDS[:1, order]), atol=1e-6) is not positions


@pytest.mark.parametrize(
    "make",
    [
        lambda: TinyGPT(12, 6, size=8, heads=2),
        lambda: TinyBERT(12, 6, size=8, heads=2),
        lambda: SentenceClassifier(WordEncoder(12, 6, size=8, heads=2), 3),
    ],
)
def test_every_parameter_of_the_models_receives_a_gradient(make):
    model = make()
    outputs = model(torch.arange(12).view(2, 6))
    (outputs * draw(*outputs.shape, dtype=torch.float32)).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_first_weights_depend_on_the_seed_alone():
    torch.manual_seed(1)
    first, state = TinyBERT(12, size=8, heads=2, seed=4), torch.get_rng_state()
    torch.manual_seed(2)
    again, other = TinyBERT(12, size=8, heads=2, seed=4), TinyBERT(12, size=8, heads=2, seed=5)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert not torch.equal(first.encoder.words, other.encoder.words)
    torch.manual_seed(1)
    assert torch.equal(state, torch.get_rng_state())


def test_next_words_are_one_place_on():
    read, wanted = attention.next_words(IDS)
    assert read[0].tolist() == [7, 8, 9] and wanted[0].tolist() == [8, 9, 5]


def test_the_masking_rule():
    ids = torch.randint(5, 100, (400, 50), generator=torch.Generator().manual_seed(0))
    ids[:, 45:] = PAD
    ids[:, 0] = START
    kept = ids.clone()
    read, targets = attention.mask_words(ids, 100, 0.15, seed=3)
    hidden = targets != PAD
    assert torch.equal(ids, kept), "the input is not changed"
    assert torch.equal(targets[hidden], ids[hidden]) and torch.equal(read[~hidden], ids[~hidden])
    assert not hidden[:, 0].any() and not hidden[:, 45:].any(), "specials are never hidden"
    assert float(hidden[:, 1:45].float().mean()) == pytest.approx(0.15, abs=0.01)
    assert float((read[hidden] == MASK).float().mean()) == pytest.approx(0.8, abs=0.03)
    assert float((read[hidden] == ids[hidden]).float().mean()) == pytest.approx(0.1, abs=0.02)
    assert read.max() < 100 and (read[hidden] >= MASK).all()
    assert torch.equal(read, attention.mask_words(ids, 100, 0.15, seed=3)[0])
    assert not torch.equal(read, attention.mask_words(ids, 100, 0.15, seed=4)[0])


def test_word_loss_leaves_padding_out():
    logits, targets = draw(3, 4, 12).requires_grad_(), IDS
    theirs = F.cross_entropy(logits.flatten(0, 1)[targets.flatten() != 0], targets[targets != 0])
    assert close(attention.word_loss(logits, targets), theirs)
    empty = attention.word_loss(logits, torch.zeros_like(targets))
    empty.backward()
    assert empty == 0 and (logits.grad == 0).all()


# ------------------------------------------------------------ writing


def counting(length: int = 8, words: int = 11) -> torch.Tensor:
    """Sentences that count on: <start>, a, a+1, a+2, …, <end>, over the six words 5 to 10."""
    starts = torch.arange(6)[:, None]
    counted = 5 + (starts + torch.arange(length - 2)) % (words - 5)
    return torch.cat([torch.full((6, 1), START), counted, torch.full((6, 1), END)], 1)


@pytest.fixture(scope="module")
def counter() -> TinyGPT:
    model = TinyGPT(11, 8, size=16, heads=2, depth=1)
    fit(model, attention.next_words(counting()), epochs=120, batch_size=6, lr=1e-2, loss=attention.word_loss)
    return model


def test_a_gpt_learns_to_count_on_and_stops(counter):
    written = counter.generate(counting()[:, :2], 8 - 2 + 1, temperature=0.0)
    assert torch.equal(written[:, :8], counting())
    assert (written[:, 8:] == PAD).all(), "after <end> only padding follows"


def test_generate_obeys_seed_and_temperature(counter):
    start = torch.full((40, 1), START)
    first, again = counter.generate(start, 6, seed=1), counter.generate(start, 6, seed=1)
    assert torch.equal(first, again) and not torch.equal(first, counter.generate(start, 6, seed=2))
    coolest, cold = counter.generate(start, 6, temperature=0.0), counter.generate(start, 6, temperature=1e-3, seed=5)
    assert torch.equal(coolest, cold) and len(set(coolest[:, 1].tolist())) == 1
    hot = counter.generate(start, 6, temperature=50.0)
    assert len(set(hot.flatten().tolist())) > 8
    assert torch.equal(counter.generate(start, 0), start)


def test_models_train_at_once_as_they_do_alone():
    ids = counting()
    labels = torch.arange(6) % 2
    many = [SentenceClassifier(WordEncoder(11, 8, size=8, heads=2, depth=1, seed=s), 2, seed=s) for s in (0, 1)]
    alone = [SentenceClassifier(WordEncoder(11, 8, size=8, heads=2, depth=1, seed=s), 2, seed=s) for s in (0, 1)]
    # Plain descent: a key's bias moves no share, so its gradient is rounding noise, which Adam would blow up.
    plain = partial(torch.optim.SGD, lr=0.1)
    fit_many(many, (ids, labels), epochs=3, batch_size=4, optimiser=plain)
    for seed, model in enumerate(alone):
        fit(model, (ids, labels), epochs=3, batch_size=4, seed=seed, optimiser=plain)
        for mine, other in zip(many[seed].parameters(), model.parameters(), strict=True):
            assert torch.allclose(mine, other, atol=1e-5)
    fit_many(many, (ids, labels), epochs=60, batch_size=6, lr=1e-2)
    assert min(accuracy_many(many, (ids, labels))) == 1


# ------------------------------------------------------------ bad input

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
    (ValueError, "length, size: got 4 and 5", lambda: attention.positional_code(4, 5)),
    (ValueError, "length, size: got 0 and 4", lambda: attention.positional_code(0, 4)),
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
    (ValueError, "ids: got torch.float32", lambda: TinyBERT(12)(torch.ones(1, 3))),
    (
        ValueError,
        r"ids: got torch.int64 of shape \(1, 9\), .* T from 1 to 8",
        lambda: TinyBERT(12, 8)(torch.ones(1, 9, dtype=torch.long)),
    ),
    (ValueError, "ids: got", lambda: TinyBERT(12, 8)(torch.ones(1, 0, dtype=torch.long))),
    (ValueError, "ids: got", lambda: TinyBERT(12, 8)(torch.ones(4, dtype=torch.long))),
    (ValueError, "count, temperature: got 9", lambda: TinyGPT(12, 8).generate(IDS, 9)),
    (ValueError, "count, temperature: got 1 and -1", lambda: TinyGPT(12, 8).generate(IDS, 1, temperature=-1.0)),
    (ValueError, "share, words: got 0", lambda: attention.mask_words(IDS, 12, 0.0)),
    (ValueError, "share, words: got 0.15 and 5", lambda: attention.mask_words(IDS, 5)),
    (TypeError, "seed: got 'one'", lambda: TinyBERT(12, seed="one")),
]


@pytest.mark.parametrize("error, words, call", BAD)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()


# ------------------------------------------------------------ captions: rules, writers, tasks

CAPTIONS = scenes.captions(3000, seed=0)
WORDS = Vocabulary.build(CAPTIONS)


def test_every_caption_of_the_corpus_is_well_formed_and_every_slip_is_not():
    assert all(map(experiments.well_formed, CAPTIONS))
    rng = np.random.default_rng(0)
    slips = [(caption, experiments.slip(caption, rng)) for caption in CAPTIONS[:500]]
    for caption, wrong in slips:
        if wrong:
            changed = [a != b for a, b in zip(tokenise(caption), wrong.split(), strict=True)]
            assert sum(changed) == 1 and not experiments.well_formed(wrong)
    assert sum(bool(wrong) for _, wrong in slips) > 450


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a orange ring",
        "an red ring",
        "two red ring",
        "there is two red rings",
        "there are a red ring",
        "red a ring",
        "both shape are red",
        "no idea",
        "one red rings",
        "there are one red ring and nothing else",
        "a red ring comes before , below a blue cross",
    ],
)
def test_bad_captions_are_noticed(text):
    assert not experiments.well_formed(text)


def test_sentences_and_plain_text_are_inverse():
    ids = experiments.sentences(CAPTIONS[:50], WORDS, 20)
    assert ids.shape == (50, 20) and (ids[:, 0] == START).all() and (ids == END).sum() == 50
    assert experiments.plain_text(ids, WORDS) == [" ".join(tokenise(caption)) for caption in CAPTIONS[:50]]
    assert len(experiments.sentences(CAPTIONS[:50], WORDS, 6)) < 50, "what does not fit is left out, not cut"


@pytest.mark.parametrize("order", [1, 2])
def test_a_counting_writer_writes_what_follows_what(order):
    ids = experiments.sentences(CAPTIONS[:300], WORDS, 20)
    written = experiments.CountingWriter(ids, order).generate(30, 20, seed=1)
    assert torch.equal(written, experiments.CountingWriter(ids, order).generate(30, 20, seed=1))
    seen = {tuple(row[t : t + order + 1]) for row in ids.tolist() for t in range(19)}
    for row in written.tolist():
        real = [word for word in row if word != PAD]
        assert all(tuple(real[t : t + order + 1]) in seen for t in range(len(real) - order))


def test_tasks_have_the_labels_they_promise():
    ids, labels = experiments.slips_task(CAPTIONS[:400], WORDS, 16)
    for text, label in zip(experiments.plain_text(ids, WORDS), labels.tolist(), strict=True):
        assert experiments.well_formed(text) == bool(label)
    ids, labels = experiments.salad_task(CAPTIONS[:200], WORDS, 16)
    texts = experiments.plain_text(ids, WORDS)
    assert labels.tolist() == [1, 0] * (len(labels) // 2), "each caption, then its salad"
    assert all(sorted(a.split()) == sorted(b.split()) for a, b in zip(texts[::2], texts[1::2], strict=True))
    ids, labels = experiments.side_task(CAPTIONS, WORDS, 16)
    for text, label in zip(experiments.plain_text(ids, WORDS), labels.tolist(), strict=True):
        assert bool(set(text.split()) & {"left", "above", "top", "first"}) == bool(label)
    assert 0.35 < float(labels.float().mean()) < 0.65


def test_growth_is_the_exponent():
    lengths = [10, 20, 40]
    assert experiments.growth(lengths, [3 * n**2 for n in lengths]) == pytest.approx(2)


def test_label_curve_gives_one_accuracy_for_each_seed():
    data = experiments.side_task(CAPTIONS[:600], WORDS, 12)

    def start(seed):
        return WordEncoder(len(WORDS), 12, size=8, heads=2, depth=1, seed=seed)

    curve = experiments.label_curve(start, data, data, [10], lr=1e-2, seeds=2)
    assert list(curve) == [10] and len(curve[10]) == 2 and all(0 <= a <= 1 for a in curve[10])


# ------------------------------------------------------------ pictures and panels


@pytest.fixture(scope="module")
def models():
    return {"BERT": TinyBERT(len(WORDS), 16, size=8, heads=2, depth=1), "GPT": TinyGPT(len(WORDS), 20, size=8, heads=2)}


@pytest.fixture(scope="module")
def panels(models):
    return {
        "scale": demos.softmax_scale_panel(),
        "turn": demos.position_turn_panel(),
        "map": demos.attention_map_panel(models, WORDS),
    }


@pytest.mark.parametrize("name", ["scale", "turn", "map"])
def test_every_control_changes_the_picture_over_its_range(panels, name):
    assert all(drive(panels[name]).values())


@pytest.mark.parametrize(
    "name, other",
    [
        ("scale", lambda models: demos.softmax_scale(4)),
        ("turn", lambda models: demos.position_turn()),
        ("map", lambda models: demos.attention_map(models, WORDS, "there are two red circles and nothing else")),
    ],
)
def test_a_picture_by_hand_equals_the_panels_first(panels, models, name, other):
    assert other(models).png == panels[name].picture.value


def test_the_softmax_view_shows_the_shares_of_torch(panels):
    view = panels["scale"].view
    view.png(d=100, divide="√d", temperature=0.5, scores=5)
    heights = [segment[1][1] for segment in view.bars.get_segments()]
    wanted = torch.softmax(torch.tensor(view.one[:5, 99]) / 10 / 0.5, -1)
    assert heights[:5] == pytest.approx(wanted.tolist(), abs=1e-5) and heights[5:] == [0] * (demos.MOST_SCORES - 5)
    slope = float((wanted * (1 - wanted)).max())
    assert view.words.get_text() == f"largest slope {slope:.3f}"


def test_the_hands_point_where_the_code_says(panels):
    view = panels["turn"].view
    view.png(position=17, shift=-4, pair=2)
    for hand, place in zip(view.hands, (17, 13), strict=True):
        assert np.array(hand.get_data())[:, 1] == pytest.approx(view.code[place, 4:6], abs=1e-5)


ODD = [
    "",
    "   ",
    "red",
    "elephants fly",
    "<b>bold</b> &amp; <script>",
    "$x_{1}^{2$ \\frac",
    "red\n\tcircle\x00",
    "😀 ☃ red",
    "שלום عالم",
    "一个红色的圆",
    "a " * 500,
    "w" * 5000,
    "e\u0301\u0301\u0301",
    "\u202ered",
]


@pytest.mark.parametrize("text", ODD)
def test_any_sentence_can_be_looked_at(panels, text):
    panel = panels["map"]
    for block in ("BERT, block 1", "GPT, block 2"):
        move(panel, text=text, block=block)
        tokens, weights = panel.view.kept[1:]
        assert len(tokens) <= demos.MOST_WORDS and bool(tokens) == bool(tokenise(text))
        assert not weights or np.allclose(weights[0].sum(-1), 1, atol=1e-5)
    hidden = len(tokenise(text)) - max(len(tokens) - 1, 0)
    note = panel.view.note.get_text()
    assert (f"and {hidden} more" in note) == (hidden > 0) and ("Type" in note) == (not tokens)


def test_the_map_shows_the_weights_of_the_model(panels, models):
    move(panels["map"], text="there are two Red zebras", block="GPT, block 2", head="2")
    ids = torch.tensor([[START, *WORDS.encode("there are two red zebras")]])
    wanted = models["GPT"].encoder(ids)[1][1][0, 1].detach().numpy()
    cells = panels["map"].view.cells.get_array().reshape(demos.MOST_WORDS, -1)
    assert np.allclose(cells[:6, :6], wanted) and cells.mask[6:].all() and cells.mask[:, 6:].all()


@pytest.mark.parametrize("word, shown", [("circle", "circle"), ("elephantine", "elephant…"), ("一二", "▯▯"), ("", "")])
def test_words_are_made_drawable(word, shown):
    assert drawable(word) == shown


@pytest.mark.parametrize(
    "make",
    [
        lambda: demos.two_roads(["a", "b", "c"], asks=2, seen=0),
        lambda: demos.weights_picture(torch.full((2, 3, 4), 0.25), "abc", "abcd", ["head 1", "head 2"]),
        lambda: experiments.cost_picture([8, 16, 32], {"count": {"one": [1, 2, 4]}, "ms": {"one": [3, 4, 5]}}),
    ],
)
def test_still_pictures_can_be_made(make):
    picture = make()
    assert picture.png[:4] == b"\x89PNG" and picture.size[0] <= 1000 and len(picture.alt) > 15
