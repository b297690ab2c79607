"""Features made by hand against learnt ones, with few and many samples; and which numbers tell a motion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from mmcourse.datasets import clips, digits, speech
from mmcourse.engine import Data, generator, stop_ends_all
from mmcourse.modalities import cepstrum_summary, edge_directions, log_mel, motion_numbers
from mmcourse.modalities.studies.training import SEEDS, right_answers, scaled, train_eight

LESSONS_OF_MOTION = 800  # clips to learn from


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


def scaled_alike(x: Tensor, train: Tensor) -> Tensor:
    """All numbers with the one mean and the one spread of ``train``, so that a loud column stays louder: (B, D)."""
    return (x - train.mean()) / train.std()


def svm_right(train: Data, test: Data) -> float:
    """A support vector machine of scikit-learn (RBF kernel, C = 10) on numbers that are scaled already."""
    from sklearn.svm import SVC  # slow to import, so only when it is needed

    machine = SVC(C=10).fit(train[0].numpy(), train[1].numpy())
    return float(np.mean(machine.predict(test[0].numpy()) == test[1].numpy()))


def learning_scores(
    kind: str,
    counts: Sequence[int],
    scale: Callable[[Tensor, Tensor], Tensor] = scaled_alike,
    *,
    longer: int = 1,
    lr: float = 1e-2,
) -> dict[str, list[list[float]]]:
    """Accuracy with few and with many samples: [way][count][seed], each seed drawing samples of its own.

    Both classifiers get the raw numbers scaled by ``scale(x, train)``: all with one mean and one spread of the training
    samples, or each column with its own. Features by hand, of several kinds, are always scaled column by column. The
    network trains with rate ``lr``, and ``longer`` times as long.
    """
    ways, found = two_ways(kind), {"by hand + SVM": [], "raw + SVM": [], "raw + network": []}
    scales = {"by hand": scaled, "raw": scale}
    for count in counts:
        rows, data = [drawn_evenly(ways["raw"][0][1], count, seed) for seed in SEEDS], {}
        for name, ((x, labels), (new, answers)) in ways.items():
            data[name] = [
                ((scales[name](x[one], x[one]), labels[one]), (scales[name](new, x[one]), answers)) for one in rows
            ]
            found[f"{name} + SVM"].append([svm_right(*pair) for pair in data[name]])
        trains, tests = zip(*data["raw"], strict=True)
        epochs = longer * (40 if count < 500 else 15)
        models = train_eight(list(trains), epochs=epochs, lr=lr, batch_size=min(100, count // 2))
        found["raw + network"].append(right_answers(models, list(tests)))
    return found


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
    with stop_ends_all() as found:
        for name, sense in senses.items():
            x, y = sense(train).flatten(1)[:LESSONS_OF_MOTION], sense(test).flatten(1)
            middle, spread, lr = x.mean(), x.std(), 2e-2 if x.shape[1] < 100 else 4e-3
            labels = train.motion[:LESSONS_OF_MOTION]
            models = train_eight(((x - middle) / spread, labels), 6, epochs=12, lr=lr, batch_size=100)
            found[name] = right_answers(models, ((y - middle) / spread, test.motion))
    return found
