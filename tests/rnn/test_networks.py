"""RNN, LSTM and GRU against torch.nn with copied weights, and packed sequences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from oracles import draw
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from mmcourse.rnn import GRU, LSTM, RNN, CharacterModel, MisprintedLSTM, SequenceClassifier, last_real

PAIRS = {"RNN": (RNN, nn.RNN), "LSTM": (LSTM, nn.LSTM), "GRU": (GRU, nn.GRU)}
SHAPES = [  # B, T, D, H, layers, both ways
    (1, 1, 1, 1, 1, False),
    (3, 5, 4, 6, 1, False),
    (2, 7, 3, 5, 3, False),
    (4, 1, 3, 2, 2, True),
    (1, 9, 5, 3, 1, True),
    (5, 6, 2, 4, 3, True),
]
EXACT = {torch.float32: 1e-5, torch.float64: 1e-10}


def close(ours: torch.Tensor, theirs: torch.Tensor, tolerance: float = 1e-10) -> bool:
    return ours.shape == theirs.shape and torch.allclose(ours, theirs, rtol=tolerance, atol=tolerance)


def pair(name: str, inputs: int, hidden: int, layers: int = 1, both: bool = False, dtype=torch.float64, seed: int = 0):
    ours, theirs = PAIRS[name]
    mine = ours(inputs, hidden, layers, both, seed=seed).to(dtype)
    other = theirs(inputs, hidden, layers, batch_first=True, bidirectional=both).to(dtype)
    other.load_state_dict(mine.state_dict())  # same names, same shapes, or this fails
    return mine, other


def parts(state) -> tuple[torch.Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def everything(model: nn.Module, x: torch.Tensor, start: tuple[torch.Tensor, ...] | None) -> list[torch.Tensor]:
    """Outputs, last states, and the gradients of a mixed sum for x, the first state and every weight."""
    model.zero_grad()
    x = x.clone().requires_grad_()
    start = None if start is None else tuple(part.clone().requires_grad_() for part in start)
    outputs, last = model(x, start if start is None or len(start) > 1 else start[0])
    found = [outputs, *parts(last)]
    sum((part * draw(*part.shape, seed=3 + k, dtype=part.dtype)).sum() for k, part in enumerate(found)).backward()
    leaves = [x, *(start or ()), *model.parameters()]
    return [part.detach() for part in found] + [leaf.grad for leaf in leaves]


@pytest.mark.parametrize("dtype", EXACT)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("with_state", [False, True])
def test_outputs_states_and_every_gradient_equal_torch(name, shape, dtype, with_state):
    batch, steps, inputs, hidden, layers, both = shape
    ours, theirs = pair(name, inputs, hidden, layers, both, dtype)
    x, memories = draw(batch, steps, inputs, dtype=dtype), 2 if name == "LSTM" else 1
    rows = layers * (2 if both else 1)
    start = tuple(draw(rows, batch, hidden, seed=8 + k, dtype=dtype) for k in range(memories)) if with_state else None
    mine, others = everything(ours, x, start), everything(theirs, x, start)
    assert len(mine) == len(others)
    assert all(close(a, b, EXACT[dtype]) for a, b in zip(mine, others, strict=True))


@pytest.mark.parametrize("name", PAIRS)
def test_random_shapes_equal_torch(name):
    rng = np.random.default_rng(5)
    for seed in range(12):
        batch, steps, inputs, hidden, layers = (int(rng.integers(1, top)) for top in (5, 9, 6, 7, 4))
        ours, theirs = pair(name, inputs, hidden, layers, bool(rng.integers(2)), seed=seed)
        x = draw(batch, steps, inputs, seed=seed)
        assert all(close(a, b) for a, b in zip(everything(ours, x, None), everything(theirs, x, None), strict=True))


@pytest.mark.parametrize("lengths", [[5, 3, 1], [1, 1, 1], [5, 5, 5], [1, 5, 2]], ids=str)
@pytest.mark.parametrize("both, layers", [(False, 1), (True, 2)])
@pytest.mark.parametrize("name", PAIRS)
def test_a_mask_equals_packed_sequences(name, both, layers, lengths):
    ours, theirs = pair(name, 4, 3, layers, both)
    x, mask = draw(3, 5, 4), torch.arange(5) < torch.tensor(lengths)[:, None]
    packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    outputs, last = theirs(packed)
    wanted = pad_packed_sequence(outputs, batch_first=True, total_length=5)[0]
    mine, state = ours(x, mask=mask)
    assert close(mine, wanted) and all(close(a, b) for a, b in zip(parts(state), parts(last), strict=True))
    nonsense = torch.where(mask[..., None], x, 1e6)
    assert torch.equal(ours(nonsense, mask=mask)[0], mine), "padding is read"
    (mine**2).sum().backward(), (wanted**2).sum().backward()
    assert all(close(p.grad, q.grad) for p, q in zip(ours.parameters(), theirs.parameters(), strict=True))


def test_the_state_stands_still_where_the_mask_is_false():
    model, x = GRU(2, 3, seed=1).double(), draw(1, 6, 2)
    mask = torch.tensor([[False, True, False, True, True, False]])
    _outputs, state = model(x, mask=mask)
    assert close(state, model(x[mask][None])[1])
    nothing = torch.zeros(1, 6, dtype=torch.bool)
    assert not model(x, mask=nothing)[1].any() and not model(x, mask=nothing)[0].any()


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU, MisprintedLSTM])
def test_every_parameter_receives_a_gradient(kind):
    model = kind(3, 4, num_layers=2, bidirectional=True)
    model(draw(5, 6, 3, dtype=torch.float32))[0].square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_first_weights_depend_on_the_seed_and_on_nothing_global():
    before = torch.get_rng_state()
    first, again, other = LSTM(3, 16, seed=4), LSTM(3, 16, seed=4), LSTM(3, 16, seed=5)
    SequenceClassifier(first, 2, words=9), CharacterModel("\nab").write(seed=0)
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(p, q) for p, q in zip(first.parameters(), again.parameters(), strict=True))
    assert not torch.equal(first.weight_hh_l0, other.weight_hh_l0)
    assert 0.2 < float(first.weight_hh_l0.detach().abs().max()) <= 16**-0.5


def test_inputs_are_left_alone():
    x, state = draw(2, 3, 4), draw(1, 2, 5)
    kept = x.clone(), state.clone()
    GRU(4, 5).double()(x, state, torch.ones(2, 3, dtype=torch.bool))
    assert torch.equal(x, kept[0]) and torch.equal(state, kept[1])


def test_the_last_real_step_is_the_state_after_it():
    model, x = GRU(3, 4).double(), draw(4, 6, 3)
    mask = torch.arange(6) < torch.tensor([6, 1, 3, 5])[:, None]
    outputs, state = model(x, mask=mask)
    assert close(last_real(outputs, mask), state[0])


def test_the_lesson_runs_on_the_gpu_too():
    if not torch.cuda.is_available():
        pytest.skip("no GPU here")
    ours, theirs = pair("LSTM", 4, 5, 2, True)
    x, mask = draw(3, 6, 4).cuda(), (torch.arange(6) < torch.tensor([6, 2, 4])[:, None]).cuda()
    assert close(ours.cuda()(x)[0], theirs.cuda()(x)[0])
    assert ours(x, mask=mask)[0].is_cuda
    writer = CharacterModel("\nabc").cuda()
    assert writer.write(seed=0) == writer.cpu().write(seed=0)
    model = SequenceClassifier(GRU(4, 5), 2).cuda()
    assert model(draw(3, 6, 4, dtype=torch.float32).cuda()).is_cuda


# ---------------------------------------------------------------- bad input

FLOATS, MASK = torch.zeros(2, 3, 4), torch.ones(2, 3, dtype=torch.bool)


@pytest.mark.parametrize(
    "error, words, call",
    [
        (ValueError, "input_size, hidden_size, num_layers: got 0, 4, 1", lambda: RNN(0, 4)),
        (ValueError, "num_layers: got 3, 4, 0", lambda: GRU(3, 4, num_layers=0)),
        (TypeError, "seed: got 'one'", lambda: LSTM(3, 4, seed="one")),
        (TypeError, "x: got torch.int64, expected a float", lambda: GRU(4, 5)(torch.zeros(2, 3, 4).long())),
        (TypeError, "x: got list", lambda: GRU(4, 5)([[1.0]])),
        (ValueError, r"x: got shape \(3, 4\), expected \(B, T, 4\)", lambda: GRU(4, 5)(torch.zeros(3, 4))),
        (ValueError, r"x: got shape \(2, 0, 4\)", lambda: GRU(4, 5)(torch.zeros(2, 0, 4))),
        (ValueError, r"x: got shape \(2, 3, 4\), expected \(B, T, 3\)", lambda: RNN(3, 5)(FLOATS)),
        (ValueError, "state: got", lambda: GRU(4, 5)(FLOATS, torch.zeros(1, 3, 5))),
        (ValueError, "state: got .* expected 2 of", lambda: LSTM(4, 5)(FLOATS, torch.zeros(1, 2, 5))),
        (ValueError, "mask: got torch.float32", lambda: GRU(4, 5)(FLOATS, mask=MASK.float())),
        (ValueError, r"mask: got torch.bool of shape \(3, 2\)", lambda: GRU(4, 5)(FLOATS, mask=MASK.T)),
        (ValueError, "mask: got", lambda: last_real(FLOATS, MASK[:, :2])),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()
