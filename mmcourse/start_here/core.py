"""Lesson 00: a correct timeline of the field, and the first three functions.

An opinion is a list of probabilities, one for each class. Axis letters: B samples, K classes.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version

import torch
from torch import Tensor

from mmcourse.engine import available_devices, pick_device


def decide(opinions: Tensor) -> Tensor:
    """The class that each opinion finds most likely: argmax_k p(k). (B, K) → (B,), whole numbers.

    Example: ``decide(torch.tensor([[0.2, 0.7, 0.1]]))`` is ``tensor([1])``. The first of equals is taken.
    """
    return check_opinion_rows(opinions, "opinions").argmax(-1)


def share_of_hits(decisions: Tensor, labels: Tensor) -> float:
    """The accuracy: how many decisions equal their label, divided by how many there are. (B,), (B,) → 0..1."""
    if decisions.shape != labels.shape or decisions.ndim != 1 or len(decisions) == 0:
        raise ValueError(
            f"labels: got shape {tuple(labels.shape)} for decisions {tuple(decisions.shape)}, "
            "expected the same (B,) with B at least 1"
        )
    return (decisions == labels).float().mean().item()


def surer(first: Tensor, second: Tensor) -> Tensor:
    """For each sample the opinion of the surer of two: the row whose largest probability is larger. (B, K) → (B, K).

    The simplest fusion there is. With equal certainty the first is believed.
    """
    check_opinion_rows(first, "first"), check_opinion_rows(second, "second")
    if first.shape != second.shape:
        raise ValueError(f"second: got shape {tuple(second.shape)}, expected that of first, {tuple(first.shape)}")
    believe_first = first.amax(-1, keepdim=True) >= second.amax(-1, keepdim=True)  # (B, 1)
    return torch.where(believe_first, first, second)


def check_opinion_rows(opinions: Tensor, name: str) -> Tensor:
    """``opinions`` itself if each row is a list of probabilities, (B, K); an error that says why not otherwise."""
    if opinions.ndim != 2 or 0 in opinions.shape:
        raise ValueError(
            f"{name}: got shape {tuple(opinions.shape)}, expected (B, K): a row of K probabilities for each sample"
        )
    if not bool((opinions >= 0).all()) or not bool(((opinions.sum(-1) - 1).abs() < 1e-3).all()):
        raise ValueError(
            f"{name}: some rows are no probabilities; expected numbers from 0 up that sum to 1 in each row"
        )
    return opinions


def machine() -> dict[str, str]:
    """What this computer offers for the course: where training runs, processor cores and versions."""
    device = pick_device()
    name = (
        torch.cuda.get_device_name(device)
        if device.type == "cuda"
        else {"mps": "Apple GPU"}.get(device.type, "processor")
    )
    return {
        "training runs on": f"{device} ({name})",
        "could also run on": ", ".join(available_devices()),
        "processor cores": str(os.cpu_count()),
        "Python": platform.python_version(),
        "torch": version("torch"),
    }


@dataclass(frozen=True)
class Event:
    """One step of the field: year of publication, what was new, who, and where it appeared."""

    year: int
    what: str
    who: str
    where: str


TIMELINE = (
    Event(1943, "a neuron as logic", "McCulloch, Pitts", "Bulletin of Mathematical Biophysics 5"),
    Event(1958, "the perceptron learns from examples", "Rosenblatt", "Psychological Review 65"),
    Event(1969, "what one layer cannot do", "Minsky, Papert", "book: Perceptrons"),
    Event(1986, "back-propagation through layers", "Rumelhart, Hinton, Williams", "Nature 323"),
    Event(1989, "a convolutional network reads postcodes", "LeCun and others", "Neural Computation 1"),
    Event(1997, "LSTM: a network that remembers", "Hochreiter, Schmidhuber", "Neural Computation 9"),
    Event(2006, "deep belief nets, trained layer by layer", "Hinton, Osindero, Teh", "Neural Computation 18"),
    Event(2011, "sound and lips in one deep network", "Ngiam and others", "ICML"),
    Event(2012, "a deep CNN wins ImageNet", "Krizhevsky, Sutskever, Hinton", "NIPS"),
    Event(2015, "attention for translation", "Bahdanau, Cho, Bengio", "ICLR"),
    Event(2016, "residual networks, 152 layers", "He and others", "CVPR"),
    Event(2017, "Attention Is All You Need: the Transformer", "Vaswani and others", "NIPS (now NeurIPS)"),
    Event(2019, "BERT: learn language, then the task", "Devlin and others", "NAACL"),
    Event(2020, "GPT-3: tasks from a few examples", "Brown and others", "NeurIPS"),
    Event(2021, "CLIP: pictures and sentences in one space", "Radford and others", "ICML"),
)
