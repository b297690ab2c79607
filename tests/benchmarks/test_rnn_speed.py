"""The from-scratch RNN, LSTM and GRU against torch's own, forward and backward, at the sizes of lesson 05."""

from collections.abc import Callable, Sequence

import pytest
import torch
from clock import Row, in_turns
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from mmcourse.engine import pick_device
from mmcourse.rnn import GRU, LSTM, RNN, recall

PAIRS = {"RNN": (RNN, nn.RNN), "GRU": (GRU, nn.GRU), "LSTM": (LSTM, nn.LSTM)}
SIZES = {  # B, T, D, H, both ways
    "60 digits of 16 frames, 32 units": (60, 16, 12, 32, False),
    "50 reviews of 17 words, 2 x 16 units": (50, 17, 16, 16, True),
    "32 recall sequences of 22 steps, 16 units": (32, 22, 6, 16, False),
    "64 sequences of 32 steps, 64 units": (64, 32, 32, 64, False),
}


def forward(model: nn.Module, x: Tensor) -> Callable[[], object]:
    def work() -> None:
        with torch.no_grad():
            model(x)

    return work


def both_passes(models: Sequence[nn.Module], x: Tensor) -> Callable[[], object]:
    """One after the other: outputs, and the gradients of all weights."""

    def work() -> None:
        for model in models:
            model(x)[0].sum().backward()

    return work


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAIRS)
def test_cells_against_torch(table: list[Row], name: str, size: str) -> None:
    batch, steps, inputs, hidden, both = SIZES[size]
    device, kinds = pick_device(), PAIRS[name]
    ours = kinds[0](inputs, hidden, bidirectional=both).to(device)
    theirs = kinds[1](inputs, hidden, bidirectional=both, batch_first=True).to(device)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(batch, steps, inputs, generator=torch.Generator().manual_seed(0)).to(device)
    _, once = in_turns(60, forward(ours, x), forward(theirs, x))
    time, twice = in_turns(60, both_passes([ours], x), both_passes([theirs], x))
    table.append((f"{name}, {size}: forward", f"{once:.2f} times", ""))
    table.append((f"{name}, {size}: and back", f"{1000 * time:.1f} ms, {twice:.2f} times", "within 3 times"))
    assert torch.allclose(ours(x)[0], theirs(x)[0], atol=1e-4)


@pytest.mark.parametrize("name", PAIRS)
def test_eight_side_by_side(table: list[Row], name: str) -> None:
    """As the lesson trains them: eight of ours at once, against eight of torch's one after the other."""
    device, kinds = pick_device(), PAIRS[name]
    ours = [kinds[0](6, 16, seed=seed).to(device) for seed in range(8)]
    theirs = [kinds[1](6, 16, batch_first=True).to(device) for _ in ours]
    x = recall([10] * 32, seed=0)[0].to(device)
    weights, buffers = stack_module_state(ours)
    together = vmap(lambda w, b: functional_call(ours[0], (w, b), (x,))[0])
    time, ratio = in_turns(10, lambda: together(weights, buffers).sum().backward(), both_passes(theirs, x))
    table.append(
        (
            f"8 {name}s learn recall at once, against 8 of torch's in turn",
            f"{1000 * time:.1f} ms, {ratio:.2f} times",
            "within 3 times",
        )
    )
    assert torch.allclose(together(weights, buffers)[3], ours[3](x)[0], atol=1e-5)
