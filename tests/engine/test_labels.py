"""Own data: labels that are not what a model can learn from are refused by name, wherever they come in."""

import re

import pytest
import torch
from small_models import data, mlp
from torch import nn
from torch.nn import functional as F

from mmcourse.engine import accuracy, accuracy_many, check_names, class_accuracy, data_sets, fit_many, predict
from mmcourse.fusion_levels import train_kinds
from mmcourse.fusion_operators import OPERATORS, train_fused
from mmcourse.modalities import ToOneSize
from mmcourse.training import fit

X, Y = data(40)  # classes 0, 1, 2


def by_names(x):
    """The same inputs as a batch of two modalities."""
    return {"left": x[:, :3], "right": x[:, 3:]} if isinstance(x, torch.Tensor) else x


# Every way in which data reach the engine: (what is called, the argument's name in errors).
ENTRIES = {
    "fit": (lambda d: fit(mlp(), d, epochs=1), "train"),
    "fit, validation": (lambda d: fit(mlp(), (X, Y), d, epochs=1), "valid"),
    "fit_many": (lambda d: fit_many([mlp(0), mlp(1)], d, epochs=1), "train"),
    "fit_many, each its own": (lambda d: fit_many([mlp(0), mlp(1)], [(X, Y), d], epochs=1), "train"),
    "fit_many, validation": (lambda d: fit_many([mlp(0)], (X, Y), d, epochs=1), "valid"),
    "accuracy": (lambda d: accuracy(mlp(), d), "data"),
    "accuracy_many": (lambda d: accuracy_many([mlp(0), mlp(1)], d), "data"),
    "train_kinds": (
        lambda d: train_kinds((by_names(d[0]), d[1]), classes=3, kinds=["left"], budget=300, seeds=[0], epochs=1),
        "train",
    ),
    "train_fused": (
        lambda d: train_fused(OPERATORS["sum"], (by_names(d[0]), d[1]), classes=3, budget=300, seeds=[0], epochs=1),
        "train",
    ),
}
# What a learner's own file may give: (labels, words of the error).
WRONG = {
    "a column": (Y[:, None], r"got labels \(40, 1\) int64, expected classes \(N,\) int64 .* labels\[:, 0\]"),
    "numpy": (Y.numpy(), "the labels: got a numpy array, expected a tensor .* torch.from_numpy"),
    "a list": (Y.tolist(), "the labels: got list, expected a tensor .* torch.tensor"),
    "floats": (Y.float(), r"got labels \(40,\) float32, expected classes .* labels.long\(\)"),
    "bytes": (Y.byte(), r"got labels \(40,\) uint8, expected classes .* labels.long\(\)"),
    "from 1": (Y + 1, "got labels from 1 to 3, expected 0 to 2 for 3 outputs; yours start at 1: labels - 1"),
    "a gap": (Y * 5, "got labels from 0 to 10, expected 0 to 2 .* without gaps"),
    "negative": (Y - 1, "got labels from -1 to 1, expected 0 to 2"),
    "one-hot": (F.one_hot(Y, 3), r"got labels \(40, 3\) int64, .* labels.argmax\(-1\)"),
    "one-hot floats": (F.one_hot(Y, 3).float(), r"got labels \(40, 3\) float32, .* labels.argmax\(-1\)"),
    "too few": (Y[:39], "got 40 rows, expected 39, one for each label"),
    "none": (Y[:0], "N at least 1"),
    "one number": (Y[0], "the labels: got a single number"),
    "a dict": ({"digit": Y}, r"got labels \{'digit': .*expected one tensor .* give a loss"),
    "all padding": (torch.full_like(Y, -100), "all -100, which do not count"),
    "NaN": (Y.float().fill_(float("nan")), "the labels: got NaN"),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("kind", WRONG)
def test_labels_that_are_no_classes_are_refused_by_name(kind, entry):
    call, name = ENTRIES[entry]
    labels, words = WRONG[kind]
    with pytest.raises((TypeError, ValueError), match=words) as caught:
        call((X, labels))
    assert str(caught.value).startswith(f"{name}: ")


@pytest.mark.parametrize("entry", ENTRIES)
def test_labels_that_are_classes_are_taken(entry):
    ENTRIES[entry][0]((X, Y))


# ---------------------------------------------------------------- inputs


@pytest.mark.parametrize(
    ("train", "error", "message"),
    [
        (X, TypeError, "train: got Tensor, expected a pair"),
        ((X, Y, Y), TypeError, "train: got tuple of 3, expected a pair"),
        ((X.clone().fill_(float("inf")), Y), ValueError, "train: inputs: got NaN or infinite"),
        (({"image": X, "audio": X[:3]}, Y), ValueError, "train: inputs 'audio': got 3 rows, expected 40"),
        (({"image": [1, 2]}, Y), TypeError, "train: inputs 'image': got list"),
        (({}, Y), ValueError, "train: inputs: got an empty dict"),
        ((X.numpy(), Y), TypeError, "train: inputs: got a numpy array, .* torch.from_numpy"),
        ((X.double(), Y), ValueError, r"train: got inputs \(2, 6\) float64, .* weights are float32.*inputs.float\(\)"),
        ((X[:, :5], Y), ValueError, r"train: got inputs \(2, 5\) float32, expected what the model takes"),
    ],
)
def test_unusable_inputs_are_refused(train, error, message):
    with pytest.raises(error, match=message):
        fit(mlp(), train)


def test_a_model_that_stumbles_over_the_inputs_is_told_what_they_were():
    for model, error in ((nn.Linear(6, 3), TypeError), (Listens(), KeyError)):
        with pytest.raises(error) as caught:
            fit(model, ({"eye": X}, Y))
        assert caught.value.__notes__[0].startswith("train: the model was given the first samples, inputs ")
        assert "(2, 6) float32" in caught.value.__notes__[0]


class Listens(nn.Module):
    """Asks for a sense."""

    def forward(self, batch):
        return batch["audio"]


def test_predicting_names_what_it_cannot_use():
    with pytest.raises(TypeError, match="inputs: got a numpy array"):
        predict(mlp(), X.numpy())


def test_data_sets_tells_one_from_many():
    assert len(data_sets((X, Y), 5)) == len(data_sets([X, Y])) == len(data_sets((X, {"a": Y}))) == 1
    assert len(data_sets([(X, Y)] * 2)) == len(data_sets(((X, Y), (X, Y)), 2)) == 2
    with pytest.raises(ValueError, match="train: got 0 data sets"):
        data_sets([], 2)


# ---------------------------------------------------------------- losses and scores of one's own


def test_what_only_the_loss_knows_is_not_refused():
    column = fit(mlp(), (X, Y[:, None]), (X, Y[:, None]), epochs=1, loss=lambda o, y: F.cross_entropy(o, y[:, 0]))
    soft = fit(mlp(), (X, F.one_hot(Y, 3).float()), epochs=1, loss=nn.CrossEntropyLoss(label_smoothing=0.1))
    ranks = fit(mlp(), (X, Y + 7), epochs=1, loss=lambda o, y: (o.sum(1) - y).square().mean())
    assert column.valid_score == [] and len(column.valid_loss) == len(soft.train_loss) == len(ranks.train_loss) == 1


def test_a_loss_that_would_stretch_the_labels_is_refused():
    """(N,) beside outputs (N, 1) becomes (N, N): every label against every output."""
    for call in (fit, lambda model, *rest, **options: fit_many([model], *rest, **options)):
        with pytest.raises(ValueError, match=r"labels: got \(40,\) float32 for outputs \(40, 1\).*labels\[:, None\]"):
            call(mlp(classes=1), (X, X[:, 0]), epochs=1, loss=F.mse_loss)


def test_a_loss_or_score_that_is_no_number_is_named():
    for call in (fit, lambda model, *rest, **options: fit_many([model], *rest, **options)):
        with pytest.raises(ValueError, match=r"loss: gave \(40,\) float32, expected one number"):
            call(mlp(), (X, Y), loss=lambda o, y: F.cross_entropy(o, y, reduction="none"))
        with pytest.raises(ValueError, match=r"score: gave \(40,\) bool, expected one number"):
            call(mlp(), (X, Y), (X, Y), score=lambda o, y: o.argmax(1) == y)


def test_a_loss_that_fails_is_told_what_it_got():
    with pytest.raises(RuntimeError) as caught:
        fit(mlp(), (X, Y[:, None]), loss=nn.CrossEntropyLoss())
    assert "loss(outputs, labels) got outputs (40, 3) float32 and labels (40, 1) int64" in caught.value.__notes__


def test_the_default_loss_does_not_guess_which_axis_holds_the_classes():
    marks = Y.repeat(3, 1).T  # (N, 3), as many moments as classes: torch would take either axis
    with pytest.raises(ValueError, match=r"train: the model gives \(2, 3, 3\).*flatten\(0, 1\)"):
        fit(mlp(), (X[:, None].repeat(1, 3, 1), marks))


def test_the_score_is_what_was_asked_for():
    history = fit(mlp(), (X, Y), (X, Y), epochs=2, score=lambda outputs, labels: outputs.argmax(1).ne(labels).sum())
    right = fit(mlp(), (X, Y), (X, Y), epochs=2).valid_accuracy
    assert history.valid_score == pytest.approx([40 * (1 - share) for share in right])


def test_padding_does_not_count():
    outputs = torch.tensor([[[9.0, 0], [0, 9], [9, 0]], [[9, 0], [9, 0], [0, 9]]])  # (2, 3, 2)
    labels = torch.tensor([[0, 0, -100], [0, -100, -100]])
    assert float(class_accuracy(outputs, labels)) == pytest.approx(2 / 3)
    model = nn.Identity()
    assert accuracy(model, (outputs, labels)) == pytest.approx(2 / 3)
    assert float(class_accuracy(outputs, labels.clamp(min=0))) == pytest.approx(4 / 6)


def test_one_label_serves_several_experts():
    opinions = torch.tensor([[[2.0, 1.0], [2.0, 1.0]], [[2.0, 1.0], [1.0, 2.0]]])  # (M, B, K)
    assert float(class_accuracy(opinions, torch.tensor([0, 1]))) == pytest.approx(3 / 4)


# ---------------------------------------------------------------- names of modalities


@pytest.mark.parametrize("name", ["items", "a.b", "", "training", "forward", 3])
def test_a_name_that_no_part_can_bear_is_refused(name):
    with pytest.raises(ValueError, match=f"sizes: got a modality called {re.escape(repr(name))}"):
        check_names(["image", name], "sizes")


def test_a_name_that_means_something_already_is_refused():
    with pytest.raises(ValueError, match="batch: got a modality called 'data'.* another name.*; so a level is called"):
        check_names(["data"], "batch", taken=("data",), reason="so a level is called")
    assert check_names(["ear", "eye", "Ohr 2", "目"], "sizes") == ["Ohr 2", "ear", "eye", "目"]


def test_a_modality_may_have_any_other_name():
    """Names that are arguments, statistics or words elsewhere in the course mean nothing here."""
    names = ("size", "least", "width", "seed", "labels", "mean", "sum", "loss", "Ohr 2", "目")
    sizes, batch = dict.fromkeys(names, 2), {name: X[:, k % 3 : k % 3 + 2] for k, name in enumerate(names)}
    assert ToOneSize(sizes)(batch).shape == (40, 10, 16)
    trained = train_kinds((batch, Y), classes=3, budget=900, seeds=[0], epochs=1)
    assert set(trained) == {*names, "data", "feature", "model"}
    for make in OPERATORS.values():
        assert accuracy(train_fused(make, (batch, Y), classes=3, seeds=[0], epochs=1)[0], (batch, Y)) >= 0
