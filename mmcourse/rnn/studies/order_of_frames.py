"""What order brings: spoken digits heard frame by frame, against rivals that cannot know which frame came first.

Letters: N recordings, T frames, D bands, S networks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mmcourse.datasets import speech
from mmcourse.engine import Data, accuracy_many, fit_many, generator, pick_device, predict_many
from mmcourse.neurons import MLP
from mmcourse.rnn.networks import GRU, Recurrent
from mmcourse.rnn.readers import SequenceClassifier
from mmcourse.studies import Result, Study, grid


def spoken_frames(split: str) -> Data:
    """Spoken digits as they arrive: x (N, 16 frames, 12 bands) and the digit (N,).

    Log-mel loudness, each band with mean 0 and spread 1 over the training frames. The means over time stay in
    (``speech.features`` takes them away), so that a model without order has something to go by.
    """
    train = speech.loudness("train")
    centre, spread = train.mean((0, 2)), train.std((0, 2))
    return (speech.loudness(split).transpose(1, 2) - centre) / spread, speech.load(split).digit


def out_of_order(data: Data, seed: int) -> Data:
    """The same recordings with the frames of each in an order of its own: x (N, T, D)."""
    x, labels = data
    order = torch.rand(x.shape[:2], generator=generator(seed)).argsort(1)  # (N, T)
    return torch.gather(x, 1, order.unsqueeze(-1).expand_as(x)), labels


@torch.no_grad()
def heard_so_far(models: Sequence[SequenceClassifier], data: Data) -> list[list[float]]:
    """Accuracy when only the first frames are heard: [frames][models]."""
    x, labels = data
    right = []
    for model in models:
        outputs, _state = model.recurrent(x.to(model.head_b.device))  # (N, T, H)
        logits = F.linear(outputs, model.head_w, model.head_b)
        right.append((logits.argmax(-1).cpu() == labels[:, None]).float().mean(0))
    return torch.stack(right, dim=1).tolist()


# ---------------------------------------------------------------- the study

BANDS, FOLDS, NETWORKS_A_FOLD = 12, 4, 4


def _mixed(data: Data) -> Data:
    return out_of_order(data, seed=1)


def _mean(data: Data) -> Data:
    return data[0].mean(1), data[1]


def _mean_and_maximum(data: Data) -> Data:
    return torch.cat([data[0].mean(1), data[0].amax(1)], 1), data[1]


def _sorted(data: Data) -> Data:
    """All T values of each band, from the softest to the loudest: which were there, not when."""
    return data[0].sort(1).values.flatten(1), data[1]


Make = Callable[[int], nn.Module]


def _hears(recurrent: Callable[..., Recurrent]) -> Make:
    return lambda seed: SequenceClassifier(recurrent(seed=seed), 10, seed=seed)


def _weighs(inputs: int) -> Make:
    return lambda seed: MLP(inputs, 64, 10, seed=seed)


SLOW, MIDDLE, FAST = (3e-4, 1e-3, 3e-3), (3e-3, 1e-2, 3e-2), (1e-2, 3e-2, 9e-2)  # rates, around each rival's best
# What each rival hears, how a network is made from a seed, its rates, and its passes (times 1 or 4).
HEARERS: Mapping[str, tuple[Callable[[Data], Data], Make, tuple[float, ...], int]] = {
    "GRU": (tuple, _hears(partial(GRU, BANDS, 32)), FAST, 16),
    "sorted bands": (_sorted, _weighs(16 * BANDS), SLOW, 30),
    "mean and maximum": (_mean_and_maximum, _weighs(2 * BANDS), MIDDLE, 30),
    "mean of frames": (_mean, _weighs(BANDS), MIDDLE, 30),
    "GRU, frames mixed": (_mixed, _hears(partial(GRU, BANDS, 32)), FAST, 16),
    "both ways": (tuple, _hears(partial(GRU, BANDS, 20, bidirectional=True)), FAST, 16),
}


def timbres() -> Tensor:
    """The number of each recording's timbre among the 28, (840,): voices of one timbre differ in accent alone."""
    clips = speech.load("all")
    each = [clips.voices[k].partition("+")[2] for k in clips.speaker.tolist()]
    return torch.tensor([sorted(set(each)).index(one) for one in each])


def frames_by_fold(fold: int) -> tuple[list[Data], Tensor]:
    """Training, validation and test recordings of one of four folds, and the timbres of the test, (N,).

    Every fourth timbre is for the test, three of the others for validation; no timbre stands in two of them.
    """
    x, digit, timbre = speech.loudness("all").transpose(1, 2), speech.load("all").digit, timbres()
    rest = [k for k in range(int(timbre.max()) + 1) if k % FOLDS != fold]
    test, valid = timbre % FOLDS == fold, torch.isin(timbre, torch.tensor(rest[:: len(rest) // 3]))
    train = ~(test | valid)
    x = (x - x[train].mean((0, 1))) / x[train].std((0, 1))
    return [(x[rows], digit[rows]) for rows in (train, valid, test)], timbre[test]


def order_unit(rival: str, times: int, fold: int, networks: int) -> dict[str, Any]:
    """One kind of network on one fold, at each rate, and the rate kept that is best on the validation voices.

    ``valid``: mean accuracy there for each rate. With the ``rate`` kept: ``trained``, mean accuracy in training, and
    ``right`` (S, G), the share of right answers by network and timbre of the test, each timbre with 30 recordings.
    """
    change, make, rates, passes = HEARERS[rival]
    (train, valid, test), timbre = frames_by_fold(fold)
    train, valid, test = (change(data) for data in (train, valid, test))
    found: dict[str, Any] = {"valid": []}
    for rate in rates:
        models = [make(seed).to(pick_device()) for seed in range(networks)]
        fit_many(models, train, epochs=times * passes, lr=rate, batch_size=90)
        score = fmean(accuracy_many(models, valid))
        if score > max([-1.0, *found["valid"]]):
            hits = (predict_many(models, test[0]).argmax(-1).cpu() == test[1]).float()  # (S, N)
            right = torch.stack([hits[:, timbre == one].mean(1) for one in timbre.unique()], dim=1)
            found |= {"rate": rate, "trained": fmean(accuracy_many(models, train)), "right": right.tolist()}
        found["valid"].append(score)
    return found


ORDER = Study(
    "rnn/order",
    unit=order_unit,
    units=grid(times=(1, 4), rival=tuple(HEARERS), fold=tuple(range(FOLDS))),
    fixed={"networks": NETWORKS_A_FOLD},
    minutes=4,
    quick={"rival": "sorted bands", "times": 1, "fold": 0},
)


def by_timbre(found: Result, times: int = 1) -> dict[str, np.ndarray]:
    """For each rival the share of right answers by network and timbre, (S, 28), the folds side by side.

    Network s is another one in each fold: the columns are what ``compare_all`` takes as units.
    """
    rows = found.where(times=times)
    return {rival: np.concatenate(rows.where(rival=rival)["right"], axis=1) for rival in rows.values("rival")}
