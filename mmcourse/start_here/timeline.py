"""Fifteen steps of the field, each with the year in which it was published."""

from __future__ import annotations

from dataclasses import dataclass


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
