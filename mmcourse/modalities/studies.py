"""The experiments of lesson 07: each trains eight small networks at once and returns one accuracy for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mmcourse.datasets import clips, digits, speech
from mmcourse.datasets.see_hear import Pairs, see_hear
from mmcourse.engine import Data, accuracy, fit_many, generator, pick_device, predict_many
from mmcourse.modalities import balanced_accuracy, cepstrum_summary, edge_directions, log_mel, motion_numbers, stft
from mmcourse.neurons import MLP

SEEDS = range(8)
NOISE = {"image_noise": 0.5, "audio_snr": 0.0}  # what the damaged pairs look and sound like
RARE_NOISE = {**NOISE, "image_noise": 0.8}  # where digits are rare: they must be hard, or being rare costs little
SILENT = -7.0  # about the logarithm of FLOOR: what log-mel says where nothing is heard
LESSONS_OF_MOTION = 800  # clips to learn from
HELD_OUT = 0.2  # the share of the speech that is kept for testing
STUDIES = ("which digit?", "which accent?", "a coin for each voice")


def train_eight(
    train: Data | Sequence[Data],
    classes: int = 10,
    *,
    width: int = 32,
    epochs: int = 10,
    lr: float = 1e-2,
    batch_size: int = 200,
    loss: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
) -> list[MLP]:
    """Eight networks of lesson 01, one for each seed, on one data set for all or on one for each."""
    inputs = (train if isinstance(train[1], Tensor) else train[0])[0]
    models = [MLP(inputs[0].numel(), width, classes, seed=seed).to(pick_device()) for seed in SEEDS]
    fit_many(models, train, epochs=epochs, lr=lr, batch_size=batch_size, loss=loss)
    return models


def right_answers(models: Sequence[MLP], test: Data | Sequence[Data]) -> list[float]:
    """The accuracy of each model on one test set for all, or each on its own."""
    tests = [test] * len(models) if isinstance(test[1], Tensor) else test
    return [accuracy(model, one) for model, one in zip(models, tests, strict=True)]


def scaled(x: Tensor, train: Tensor) -> Tensor:
    """Each column with the mean 0 and the spread 1 that it has in the rows of ``train``: (B, D), (N, D) -> (B, D)."""
    return (x - train.mean(0)) / (train.std(0) + 1e-6)


# ------------------------------------------------------------ speaker leak


@lru_cache(maxsize=1)
def average_spectra() -> Tensor:
    """For each of the 840 clips log(mean of |STFT| over time): what a voice is like on the whole, (840, 257)."""
    return torch.log(stft(speech.load("all").waveforms, 512, 256).abs().mean(-1) + 1e-3)


def study_labels(study: str, seed: int) -> tuple[Tensor, int]:
    """The labels of all 840 clips in one study, and the number of classes; the coin is drawn by the seed."""
    every = speech.load("all")
    if study == STUDIES[0]:
        return every.digit, 10
    if study == STUDIES[2]:
        heads = torch.randperm(84, generator=generator(1000 + seed)) < 42  # exactly half of the voices
        return heads.long()[every.speaker], 2
    accents = [voice.split("+")[0] for voice in every.voices]
    names = sorted(set(accents))
    return torch.tensor([names.index(accents[speaker]) for speaker in every.speaker.tolist()]), len(names)


def split_by(groups: Tensor, seed: int, share: float = HELD_OUT) -> tuple[Tensor, Tensor]:
    """Rows for training and for testing such that no group stands on both sides; give each row its own group to deal
    out the rows themselves at random.
    """
    names = groups.unique()
    held_out = names[torch.randperm(len(names), generator=generator(seed))[: round(share * len(names))]]
    tested = torch.isin(groups, held_out)
    return torch.where(~tested)[0], torch.where(tested)[0]


def study_scores(study: str, groups: Tensor) -> list[float]:
    """Accuracy on what ``split_by(groups, seed)`` holds out, for eight seeds: other splits, other first weights."""
    trains, tests, x = [], [], average_spectra()
    for seed in SEEDS:
        (learn, test), (labels, classes) = split_by(groups, seed), study_labels(study, seed)
        learn = learn[torch.randperm(len(learn), generator=generator(seed))[:660]]  # as many in each study and split
        trains.append((scaled(x[learn], x[learn]), labels[learn]))
        tests.append((scaled(x[test], x[learn]), labels[test]))
    return right_answers(train_eight(trains, classes, width=64, epochs=12, batch_size=60), tests)


# ------------------------------------------------------------ pairs that go wrong


@lru_cache(maxsize=16)
def noisy_pairs(split: str, **damage: float) -> Pairs:
    """See-and-hear pairs under NOISE, or noise as named, with a damage: ``contradiction`` or ``imbalance``."""
    return see_hear(split, **{**NOISE, **damage})


def joined(batch: Mapping[str, Tensor]) -> Tensor:
    """Pixels and sound of each pair in one row of 256 numbers, for a network that gets both: (B, 256)."""
    return torch.cat([batch["image"].flatten(1), batch["audio"].flatten(1)], 1)


def missing_scores(share: float = 0.5) -> dict[str, list[float]]:
    """Half of the test pairs have lost their sound. What stands in the hole, and what was trained on, decides."""
    whole = see_hear("train", **NOISE)
    holes, test = (see_hear(split, missing={"audio": share}, **NOISE) for split in ("train", "test"))
    rows, seen, labels = joined(holes.batch), joined(test.batch), test.labels
    heard, there = (pairs.present["audio"] for pairs in (holes, test))
    silent = torch.where(there[:, None] | (torch.arange(256) < 64), seen, SILENT)
    kept = (rows[heard], holes.labels[heard])
    unprepared, prepared = train_eight((joined(whole.batch), whole.labels)), train_eight((rows, holes.labels))
    masked = train_eight((torch.cat([rows, heard[:, None].float()], 1), holes.labels))
    return {
        "trained on whole\npairs; filled with −7": right_answers(unprepared, (silent, labels)),
        "trained on whole\npairs; zeros": right_answers(unprepared, (seen, labels)),
        "pairs with holes\ndropped; zeros": right_answers(train_eight(kept), (seen, labels)),
        "trained with\nholes; zeros": right_answers(prepared, (seen, labels)),
        "trained with holes;\nzeros and a mask": right_answers(
            masked, (torch.cat([seen, there[:, None].float()], 1), labels)
        ),
    }


def doubted(pairs: Pairs) -> Tensor:
    """For each of eight seeds the pairs whose sound, to a network that only listens, says another digit than the label.

    Each half of the pairs is judged by networks that learnt from the other half: (8, B), bool.
    """
    sound, labels, half = pairs.batch["audio"].flatten(1), pairs.labels, torch.arange(len(pairs)) % 2 == 0
    heard = torch.empty(len(SEEDS), len(pairs), dtype=torch.int64)
    for part in (half, ~half):
        judges = train_eight((sound[part], labels[part]))
        heard[:, ~part] = predict_many(judges, sound[~part]).argmax(-1).cpu()
    return heard != labels


def inconsistent_scores(share: float = 0.3) -> dict[str, list[float]]:
    """In ``share`` of the training pairs the sound says another digit than picture and label; the test is honest."""
    honest, mixed, test = noisy_pairs("train"), noisy_pairs("train", contradiction=share), noisy_pairs("test")
    target = (joined(test.batch), test.labels)
    checked = [
        (joined({**mixed.batch, "audio": mixed.batch["audio"] * ~doubt[:, None, None, None]}), mixed.labels)
        for doubt in doubted(mixed)
    ]
    return {
        "honest\npairs": right_answers(train_eight((joined(honest.batch), honest.labels)), target),
        "30 % lie": right_answers(train_eight((joined(mixed.batch), mixed.labels)), target),
        "30 % lie, doubtful\nsounds silenced": right_answers(train_eight(checked), target),
    }


def imbalanced_scores(ratio: float = 0.05) -> dict[str, dict[str, list[float]]]:
    """Digits ever rarer from 0 to 9, the 9 ``ratio`` times as frequent as the 0; plainly, and with class weights.

    Three ways to measure each: accuracy on a test as lopsided, balanced accuracy on it, and the share found of 7, 8, 9.
    """
    train, test = (noisy_pairs(split, imbalance=ratio, **RARE_NOISE) for split in ("train", "test"))
    fair = noisy_pairs("test", **RARE_NOISE)
    weights = len(train) / (10 * torch.bincount(train.labels, minlength=10)).to(pick_device())
    found, rare = {}, fair.labels >= 7
    for name, weight in (("plain", None), ("class weights", weights)):

        def loss(logits: Tensor, labels: Tensor, weight: Tensor | None = weight) -> Tensor:
            return F.cross_entropy(logits, labels, weight=weight)

        models = train_eight((joined(train.batch), train.labels), lr=5e-3, batch_size=100, loss=loss)
        answers = predict_many(models, joined(fair.batch)).argmax(-1).cpu()
        found[name] = {
            "accuracy, test\nas lopsided": right_answers(models, (joined(test.batch), test.labels)),
            "balanced\naccuracy": [balanced_accuracy(one, fair.labels) for one in answers],
            "of 7, 8, 9\nfound": [float((one == fair.labels)[rare].float().mean()) for one in answers],
        }
    return found


# ------------------------------------------------------------ made by hand, or learnt


def hand_made_image(images: Tensor) -> Tensor:
    """48 numbers somebody thought of: edge directions in four quarters, the ink of each row and of each column."""
    return torch.cat([edge_directions(images), images.mean(3).flatten(1), images.mean(2).flatten(1)], 1)


@lru_cache(maxsize=2)
def two_ways(kind: str) -> dict[str, tuple[Data, Data]]:
    """Training and test data of "image" or "sound", as raw numbers and as features made by hand."""
    if kind == "image":
        pair = [digits.load(split) for split in ("train", "test")]
        raw, hand = [one.images.flatten(1) for one in pair], [hand_made_image(one.images) for one in pair]
    else:
        pair = [speech.load(split) for split in ("train", "test")]
        loud = [log_mel(one.waveforms) for one in pair]
        raw, hand, pair = (
            [x.flatten(1) for x in loud],
            [cepstrum_summary(x) for x in loud],
            [(None, one.digit) for one in pair],
        )
    labels = [one[1] for one in pair]
    return {name: ((x[0], labels[0]), (x[1], labels[1])) for name, x in (("raw", raw), ("by hand", hand))}


def drawn_evenly(labels: Tensor, count: int, seed: int) -> Tensor:
    """``count`` rows, the same number of each of the ten digits, drawn by the seed."""
    order = torch.randperm(len(labels), generator=generator(500 + seed))
    return torch.cat([order[labels[order] == digit][: count // 10] for digit in range(10)])


def svm_right(train: Data, test: Data) -> float:
    """A support vector machine of scikit-learn (RBF kernel, C = 10) on columns of mean 0 and spread 1."""
    from sklearn.svm import SVC  # slow to import, so only when it is needed

    machine = SVC(C=10).fit(scaled(train[0], train[0]).numpy(), train[1].numpy())
    return float(np.mean(machine.predict(scaled(test[0], train[0]).numpy()) == test[1].numpy()))


def learning_scores(kind: str, counts: Sequence[int]) -> dict[str, list[list[float]]]:
    """Accuracy with few and with many samples: [way][count][seed], each seed drawing samples of its own."""
    ways, found = two_ways(kind), {"by hand + SVM": [], "raw + SVM": [], "raw + network": []}
    (raw, labels), test = ways["raw"]
    for count in counts:
        rows = [drawn_evenly(labels, count, seed) for seed in SEEDS]
        for name in ("by hand", "raw"):
            (x, y), held_out = ways[name]
            found[f"{name} + SVM"].append([svm_right((x[one], y[one]), held_out) for one in rows])
        middles = [(raw[one].mean(), raw[one].std()) for one in rows]
        trains = [((raw[one] - m) / s, labels[one]) for one, (m, s) in zip(rows, middles, strict=True)]
        models = train_eight(trains, epochs=40 if count < 500 else 15, batch_size=min(100, count // 2))
        found["raw + network"].append(right_answers(models, [((test[0] - m) / s, test[1]) for m, s in middles]))
    return found


# ------------------------------------------------------------ motion


def motion_scores() -> dict[str, list[float]]:
    """Which of six motions? Accuracy from one frame, all frames, differences, motion numbers and the sound."""
    train, test = clips.load("train"), clips.load("test")
    senses: dict[str, Callable[[clips.Clips], Tensor]] = {
        "one\nframe": lambda c: c.video[:, 3],
        "frames\naveraged": lambda c: c.video.mean(1),
        "frame\ndifferences": lambda c: c.video.diff(dim=1),
        "all 8\nframes": lambda c: c.video,
        "motion\nnumbers": lambda c: motion_numbers(c.video),
        "sound": lambda c: log_mel(c.audio, frames=8),
    }
    found = {}
    for name, sense in senses.items():
        x, y = sense(train).flatten(1)[:LESSONS_OF_MOTION], sense(test).flatten(1)
        middle, spread, lr = x.mean(), x.std(), 2e-2 if x.shape[1] < 100 else 4e-3
        labels = train.motion[:LESSONS_OF_MOTION]
        models = train_eight(((x - middle) / spread, labels), 6, epochs=12, lr=lr, batch_size=100)
        found[name] = right_answers(models, ((y - middle) / spread, test.motion))
    return found
