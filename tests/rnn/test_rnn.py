"""Lesson 05 against independent oracles: torch.nn with copied weights, packed sequences, closed forms; its demos."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from helpers import drive, pixels, same_picture, stored
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from mmcourse.datasets import reviews, scenes
from mmcourse.engine import accuracy, generator, mean_interval
from mmcourse.rnn import (
    GRU,
    LSTM,
    RNN,
    MisprintedLSTM,
    clip_by_norm,
    gru_step,
    influence,
    last_real,
    lstm_step,
    rnn_step,
    watch_gates,
)
from mmcourse.rnn.models import CharacterModel, SequenceClassifier
from mmcourse.rnn.pictures import memory as rnn_recall
from mmcourse.rnn.pictures import panels as demos
from mmcourse.text import BagOfWords, Vocabulary

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


def draw(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


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


# ------------------------------------------------------------ equal to torch


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


@pytest.mark.parametrize("dtype", EXACT)
def test_steps_equal_the_cells_of_torch(dtype):
    x, h, c = (draw(4, size, seed=size, dtype=dtype) for size in (3, 5, 5))
    for kind, step in ((nn.RNNCell, rnn_step), (nn.GRUCell, gru_step), (nn.LSTMCell, lstm_step)):
        cell = kind(3, 5).to(dtype)
        state = (h, c) if kind is nn.LSTMCell else (h,)
        wanted = parts(cell(x, state if len(state) > 1 else h))
        ours = parts(step(x, *state, cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh))
        assert all(close(a, b, EXACT[dtype]) for a, b in zip(ours, wanted, strict=True))


def test_the_lstm_in_plain_numbers():
    """One unit, one step, every gate by the textbook; and what the misprint makes of it."""
    sums = {"i": 0.3, "f": -0.4, "g": 0.8, "o": 1.1}
    i, f, o = (1 / (1 + math.exp(-sums[k])) for k in "ifo")
    g, h, c = math.tanh(sums["g"]), 0.2, 0.5
    biases, zeros = torch.tensor([sums[k] for k in "ifgo"], dtype=torch.float64), torch.zeros(4).double()
    tables = torch.zeros(4, 1).double(), torch.zeros(4, 1).double()
    one = torch.ones(1, 1).double()
    new_h, new_c = lstm_step(one, h * one, c * one, *tables, biases, zeros)
    assert float(new_c) == pytest.approx(f * c + i * g)
    assert float(new_h) == pytest.approx(o * math.tanh(f * c + i * g))
    wrong = MisprintedLSTM(1, 1).double()
    with torch.no_grad():
        for p, value in zip(wrong.parameters(), (*tables, biases, zeros), strict=True):
            p.copy_(value)
    _outputs, state = wrong(one[None], h * one[None])
    assert float(state.detach()) == pytest.approx(f * h + i * o * g)


def test_nothing_squashes_the_misprint():
    wrong, right = MisprintedLSTM(1, 1), LSTM(1, 1)
    with torch.no_grad():
        for p in (*wrong.parameters(), *right.parameters()):
            p.fill_(0 if p.dim() > 1 else 10)  # every gate open, whatever comes
    x = torch.zeros(1, 50, 1)
    assert float(wrong(x)[0].detach().max()) > 49 and float(right(x)[0].detach().abs().max()) <= 1


# ------------------------------------------------------------ weights and seeds


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


# ------------------------------------------------------------ gates, influence, clipping, the last real step


def test_watched_gates_are_those_of_the_model():
    model, x = LSTM(3, 4, seed=2).double(), draw(2, 6, 3)
    inside, (outputs, (h, c)) = watch_gates(model, x), model(x)
    assert close(inside.hidden, outputs) and close(inside.memory[:, -1], c[0])
    assert close(inside.output * inside.memory.tanh(), outputs)
    before = torch.cat([torch.zeros(2, 1, 4).double(), inside.memory[:, :-1]], 1)
    assert close(inside.forget * before + inside.input * inside.candidate, inside.memory)
    assert close(inside.hidden[:, -1], h[0])


def test_influence_in_closed_form():
    """One unit without input after the first step: the gradient is w times the product of u (1 - h²)."""
    model, w, u = RNN(1, 1).double(), 0.7, 0.9
    with torch.no_grad():
        for p, value in zip(model.parameters(), (w, u, 0.0, 0.0), strict=True):
            p.fill_(value)
    x = torch.zeros(1, 5, 1).double()
    x[0, 0] = 1.0
    h, slopes = 0.0, []
    for t in range(5):
        h = math.tanh(w * float(x[0, t, 0]) + u * h)
        slopes.append(1 - h**2)
    wanted = [w * u ** (4 - t) * math.prod(slopes[t:]) for t in range(5)]
    assert close(influence(model, x), torch.tensor(wanted, dtype=torch.float64))


def test_clipping_equals_torch():
    for limit in (0.5, 2.0, 100.0):
        leaves = [nn.Parameter(torch.zeros(shape)) for shape in ((3, 2), (4,), (1, 1, 2))]
        for k, leaf in enumerate(leaves):
            leaf.grad = 2 * draw(*leaf.shape, seed=k, dtype=torch.float32)
        ours = clip_by_norm([leaf.grad for leaf in leaves], limit)
        nn.utils.clip_grad_norm_(leaves, limit)
        assert all(close(a, leaf.grad, 1e-5) for a, leaf in zip(ours, leaves, strict=True))
    assert not clip_by_norm([torch.zeros(3)], 1.0)[0].any()


def test_the_last_real_step_is_the_state_after_it():
    model, x = GRU(3, 4).double(), draw(4, 6, 3)
    mask = torch.arange(6) < torch.tensor([6, 1, 3, 5])[:, None]
    outputs, state = model(x, mask=mask)
    assert close(last_real(outputs, mask), state[0])


# ------------------------------------------------------------ the recall task and the data of the experiments


def test_a_recall_sequence_is_what_it_says():
    x, labels = demos.recall([0, 3, 20], seed=1)
    assert x.shape == (3, 22, 6) and set(x.unique().tolist()) == {0.0, 1.0}
    for row, gap in enumerate((0, 3, 20)):
        place = 22 - 2 - gap
        assert not x[row, :place].any(), "silence first"
        assert x[row, place, :4].argmax() == labels[row] and x[row, place, 4] == 1 and x[row, :, 4].sum() == 1
        assert x[row, place + 1 : -1].sum() == gap and x[row, -1].tolist() == [0, 0, 0, 0, 0, 1]
    gaps = rnn_recall.training_gaps(2000, seed=0)
    assert gaps.min() == 0 and gaps.max() == rnn_recall.LONGEST and (gaps < 5).float().mean() > 0.4


def test_letters_in_the_gap_say_nothing_about_the_answer():
    x, labels = demos.recall([10] * 4000, seed=2)
    same = x[:, -3, :4].argmax(-1) == labels
    assert abs(float(same.float().mean()) - 0.25) < 0.03


def test_accuracy_by_gap_is_that_of_the_sequences():
    model = demos.train_recall("GRU", seeds=[0, 1], count=300, epochs=1)
    [fast] = demos.recall_accuracies(model, gaps=[20], each=50)
    x, labels = demos.recall([20] * 50, seed=7)
    assert fast == pytest.approx([accuracy(one, (x, labels)) for one in model])


def test_a_gated_cell_learns_to_recall():
    models = demos.train_recall("GRU", seeds=[0, 1], count=1300, epochs=3)
    far = demos.recall_accuracies(models, gaps=[2, 12])
    assert min(map(min, far)) > 0.8


def test_spoken_frames_are_even_and_can_be_mixed():
    x, digit = demos.spoken_frames("train")
    assert x.shape == (600, 16, 12) and x.mean((0, 1)).abs().max() < 1e-4 and (x.std((0, 1)) - 1).abs().max() < 1e-3
    mixed, same = demos.out_of_order((x, digit), seed=0)
    assert torch.equal(same, digit) and not torch.equal(mixed, x)
    assert torch.allclose(mixed.sort(1).values, x.sort(1).values), "every band keeps its numbers"
    assert torch.allclose(mixed.mean(1), x.mean(1), atol=1e-6)
    assert torch.equal(mixed, demos.out_of_order((x, digit), seed=0)[0])


def test_heard_so_far_ends_with_the_accuracy():
    data = demos.spoken_frames("test")
    models = [SequenceClassifier(GRU(12, 8, seed=s), 10, seed=s) for s in range(2)]
    so_far = demos.heard_so_far(models, data)
    assert len(so_far) == 16 and so_far[-1] == pytest.approx([accuracy(m, data) for m in models])


def test_review_scores_name_every_kind():
    vocabulary = Vocabulary.build(reviews.load("train").texts)
    models = [BagOfWords(len(vocabulary)) for _ in range(2)]
    scores = demos.review_scores(models, vocabulary)
    assert [*scores][:5] == list(reviews.KINDS) and len(scores) == 6
    ids, labels = demos.review_ids("unseen_negation", vocabulary)
    assert scores["negation in\nunseen forms"][0] == pytest.approx(accuracy(models[0], (ids, labels)))


def test_windows_of_captions_are_shifted_by_one():
    captions = scenes.captions(50, seed=0)
    characters = "\n" + "".join(sorted(set("".join(captions))))
    ids, following = demos.caption_windows(captions, characters)
    assert ids.shape == following.shape and torch.equal(ids.flatten()[1:], following.flatten()[:-1])
    assert "".join(characters[k] for k in ids[0]).startswith("\n" + captions[0][:20])


# ------------------------------------------------------------ bad input

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
        (
            ValueError,
            "weights: got",
            lambda: lstm_step(draw(2, 3), draw(2, 4), draw(2, 4), *(p.double() for p in GRU(3, 4).weights())),
        ),
        (ValueError, "weights: got", lambda: rnn_step(draw(2, 3), draw(2, 5), *RNN(3, 4).double().weights())),
        (ValueError, "limit: got 0", lambda: clip_by_norm([torch.ones(2)], 0)),
        (ValueError, "limit: got nan", lambda: clip_by_norm([torch.ones(2)], math.nan)),
        (ValueError, "model: got GRU", lambda: watch_gates(GRU(3, 4), FLOATS)),
        (ValueError, "model: got LSTM", lambda: watch_gates(LSTM(4, 4, num_layers=2), FLOATS)),
        (ValueError, "x: got torch.int64", lambda: SequenceClassifier(GRU(4, 5), 2)(torch.zeros(2, 3).long())),
        (ValueError, "characters: got 'abc'", lambda: CharacterModel("abc")),
        (ValueError, "characters: got", lambda: CharacterModel("\naa")),
        (ValueError, "temperature: got 0", lambda: CharacterModel("\nab").write(seed=0, temperature=0)),
        (ValueError, "gaps, length: got", lambda: demos.recall([21], seed=0)),
        (ValueError, "gaps, length: got", lambda: demos.recall([], seed=0)),
        (ValueError, "model: got a GRU", lambda: demos.gates_panel(SequenceClassifier(GRU(6, 4), 4))),
    ],
)
def test_bad_input_is_named(error, words, call):
    with pytest.raises(error, match=words):
        call()


# ------------------------------------------------------------ pictures and panels


@pytest.fixture(scope="module")
def models():
    return rnn_recall.quick_models()


@pytest.fixture(scope="module")
def panels(models):
    return {
        "gap": demos.gap_length_panel(models),
        "gates": demos.gates_panel(models["LSTM"][0]),
        "distance": demos.distance_panel(),
    }


@pytest.mark.parametrize("name", ["gap", "gates", "distance"])
def test_every_control_changes_the_picture_over_its_range(panels, name):
    assert all(drive(panels[name]).values())


def test_the_gap_view_shows_the_numbers_it_is_given(models):
    scores = {name: [[0.5, 0.7]] * len(demos.GAPS) for name in models}
    scores["GRU"] = [[gap / 100, gap / 100] for gap in demos.GAPS]
    view = rnn_recall.GapLengthView(models, scores)
    view.png(gap=40)
    assert [word.get_text() for word in view.words] == ["60", "60", "40", "60"]
    assert [bar.get_width() for bar in view.bars] == pytest.approx([60, 60, 40, 60])
    assert view.cursor.get_xdata()[0] == 40
    x, labels = demos.recall([40], seed=11, length=62)
    assert view.given.get_ydata()[3] == int(view.answers["misprint"][demos.GAPS.index(40)])
    steps, rows = view.ones.get_data()
    assert steps[0] == -41 and steps[-1] == 0 and rows[-1] == 5 and len(steps) == 40 + 3
    assert list(view.right.get_ydata()) == [rows[0]] * 2, "the grey line marks the letter to be kept"


def test_the_gates_view_shows_the_gates_and_leaves_the_network_alone(models):
    model = models["LSTM"][0]
    view, before = demos.GatesView(model), {k: v.clone() for k, v in model.state_dict().items()}
    view.png(gap=5, sample=3, unit=2, position=4, bias=-6.0)
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())
    closed = view.lines[1].get_ydata().copy()
    view.png(gap=5, sample=3, unit=2, position=4, bias=0.0)
    inside = watch_gates(model.recurrent, demos.recall([5], seed=3, length=33)[0])
    assert np.allclose(view.lines[1].get_ydata(), inside.forget[0, :, 2].detach().numpy(), atol=1e-6)
    assert np.allclose(view.memory.get_ydata(), inside.memory[0, :, 2].detach().numpy(), atol=1e-6)
    assert closed.max() < 0.2 < view.lines[1].get_ydata().max()
    assert view.word.get_text() == f"{float(inside.memory[0, -5, 2].detach()):.1f}".replace("-", "−")


@pytest.mark.parametrize("squash", ["tanh", "none"])
def test_the_measured_lengths_are_those_of_autograd(squash):
    view, radius = demos.DistanceView(), 0.9
    measured, predicted = view.lengths(radius, squash)
    w = radius * torch.tensor(view.w)
    states = [torch.zeros(64).double().requires_grad_()]
    for t in range(60):
        z = w @ states[-1] + 0.3 * torch.tensor(view.input[t])
        states.append(torch.tanh(z) if squash == "tanh" else z)
    lengths = torch.zeros(61).double()
    for column in torch.tensor(view.start).T:
        back = torch.autograd.grad(states[-1] @ column, states, retain_graph=True)
        lengths += torch.stack([g.square().sum() for g in back]).flip(0)
    assert close(torch.tensor(measured), (lengths / lengths[0]).sqrt())
    assert (measured <= (radius * view.stretch) ** np.arange(61) * (1 + 1e-9)).all()
    assert abs(math.log(measured[-1] / predicted[-1])) / 60 < 0.02, "off by less than 2 % a step"


def test_without_squash_the_prediction_is_the_spectral_radius():
    view = demos.DistanceView()
    assert np.abs(np.linalg.eigvals(view.w)).max() == pytest.approx(1)
    assert np.allclose(view.lengths(1.3, "none")[1], 1.3 ** np.arange(61))


def test_a_picture_by_hand_equals_the_panels_first(panels, models):
    assert same_picture(demos.distance().png, stored(panels["distance"]))
    scores = {name: demos.recall_accuracies(runs) for name, runs in models.items()}
    assert same_picture(demos.gap_length(models, scores).png, stored(panels["gap"]))


def test_still_pictures_have_ink_and_a_sensible_size(models):
    x = draw(4, 12, 6, dtype=torch.float32)
    groups = {"plain": {"a": [0.5, 0.6], "b": [0.9, 1.0]}, "negation": {"a": [0.1, 0.2], "b": [0.3, 0.9]}}
    stills = [
        demos.recall_strip(demos.recall([12], seed=4)[0][0]),
        demos.unrolled(),
        demos.lstm_drawing(),
        demos.influences({"RNN": influence(RNN(6, 8), x), "LSTM": influence(LSTM(6, 8), x)}),
        demos.secret({"LSTM": [0, 0.5, 0.9], "misprint": [0, 1, 2]}, "a test"),
        demos.gates(models["LSTM"][0], gap=3),
        demos.group_bars(groups, chance=0.5),
        demos.arrival([[0.1, 0.2], [0.4, 0.6], [0.9, 1.0]]),
    ]
    for still in stills:
        assert pixels(still.png).std() > 5 and still.size[0] <= 830 and still.alt
    assert mean_interval([0.9, 1.0]).high > 1, "bars are cut at 100 %"


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
    assert generator(0) is not None
