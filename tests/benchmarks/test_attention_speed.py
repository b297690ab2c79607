"""Attention from scratch against torch's own, forward and backward, at lesson 06's sizes; how fast the GPT writes."""

from collections.abc import Callable

import pytest
import torch
from clock import Row, in_turns, seconds
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.attention import EncoderBlock, MultiHeadAttention, TinyGPT, causal_mask, scaled_dot_product
from mmcourse.engine import pick_device
from mmcourse.text import START

SIZES = {"50 texts of 16 words, D = 32": (50, 16, 32), "8 texts of 128 words, D = 64": (8, 128, 64)}
AIMS = {50: "within 1.5 times", 8: "no aim: longer than the lesson's"}
HEADS = 4
Layer = Callable[[Tensor], Tensor]


def race(table: list[Row], what: str, ours: Layer, theirs: Layer, x: Tensor) -> None:
    """Enter the forward pass without gradients, and forward and backward together, of both in turns."""

    def forward(layer: Layer) -> Callable[[], object]:
        def work() -> None:
            with torch.no_grad():
                layer(x)

        return work

    def both_ways(layer: Layer) -> Callable[[], object]:
        pull = torch.ones_like(layer(x))
        return lambda: layer(x).backward(pull)

    for way, work in (("forward", forward), ("there and back", both_ways)):
        taken, ratio = in_turns(60, work(ours), work(theirs))
        table.append((f"{what}, {way}", f"{1000 * taken:.2f} ms, {ratio:.2f} times", AIMS[len(x)]))
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-4, atol=1e-4)


def numbers(*shape: int) -> Tensor:
    drawn = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    return drawn.to(pick_device()).requires_grad_()


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("masked", [False, True], ids=["free", "causal"])
def test_scaled_dot_product_against_torch(table: list[Row], name: str, masked: bool) -> None:
    batch, length, size = SIZES[name]
    x, mask = numbers(batch, HEADS, length, size // HEADS), causal_mask(length, pick_device()) if masked else None
    race(
        table,
        f"scaled dot product{', causal' * masked}, {name}",
        lambda x: scaled_dot_product(x, x, x, mask)[0],
        lambda x: F.scaled_dot_product_attention(x, x, x, attn_mask=mask),
        x,
    )


@pytest.mark.parametrize("name", SIZES)
def test_multi_head_attention_against_torch(table: list[Row], name: str) -> None:
    batch, length, size = SIZES[name]
    theirs = nn.MultiheadAttention(size, HEADS, batch_first=True).to(pick_device())
    ours = MultiHeadAttention(size, HEADS).to(pick_device())
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.state_dict().values(), strict=True)))
    race(
        table,
        f"multi-head, {name}",
        lambda x: ours(x)[0],
        lambda x: theirs(x, x, x, need_weights=False)[0],
        numbers(batch, length, size),
    )


@pytest.mark.parametrize("name", SIZES)
def test_the_encoder_block_against_torch(table: list[Row], name: str) -> None:
    batch, length, size = SIZES[name]
    theirs = nn.TransformerEncoderLayer(size, HEADS, 4 * size, 0.0, batch_first=True, norm_first=True).to(pick_device())
    ours = EncoderBlock(size, HEADS, 4 * size).to(pick_device())
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.state_dict().values(), strict=True)))
    race(table, f"encoder block, {name}", lambda x: ours(x)[0], theirs, numbers(batch, length, size))


@pytest.mark.parametrize("texts", [1, 100])
def test_words_a_second(table: list[Row], texts: int) -> None:
    gpt = TinyGPT(63, 20, size=32, heads=HEADS, depth=2).to(pick_device())
    begin = torch.full((texts, 1), START, device=pick_device())
    taken = sorted(seconds(lambda: gpt.generate(begin, 19)) for _ in range(8))[3]
    table.append((f"the tiny GPT writes {texts} captions of 19 words", f"{19 * texts / taken:,.0f} words/s", ""))
    assert gpt.generate(begin, 19).shape == (texts, 20)
