"""What lessons 00 and 08 say of the lab and of its doubts, tried with other seeds and with four times the training."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn import functional as F

from mmcourse import fusion_levels as levels
from mmcourse.datasets import speech
from mmcourse.datasets.see_hear import SeeHear
from mmcourse.engine import compare_all, compare_samples, fit_many, predict_many, seeded
from mmcourse.fusion_levels import studies
from mmcourse.fusion_levels.levels import flat
from mmcourse.start_here import surer

DIALS = {"image_noise": 0.5, "audio_snr": -6}
SIZES = {"image": 400, "audio": 640}


def units() -> tuple[np.ndarray, np.ndarray]:
    """For each test pair its voice, and the timbre of that voice."""
    voices, names = SeeHear("test", seed=0).dial().speaker.numpy(), speech.load("test").voices
    timbres = [names[voice].split("+")[1] for voice in voices]
    return voices, np.array([sorted(set(timbres)).index(one) for one in timbres])


def right_answers(epochs: int, seeds: range) -> Mapping[str, np.ndarray]:
    """By kind, by the model level's product, and for the surer of eye and ear: which test pairs were right, (S, N)."""
    train, test = (studies.data(SeeHear(split, seed=0).dial(**DIALS)) for split in ("train", "test"))
    models = levels.train_kinds(train, classes=10, seeds=seeds, **{**studies.LAB, "epochs": epochs})
    product = [levels.ModelLevel(one.experts, levels.product_of_opinions) for one in models["model"]]
    answers = {kind: predict_many(runs, test[0]).argmax(-1) for kind, runs in {**models, "product": product}.items()}
    eye, ear = (predict_many(models[sense], test[0]).softmax(-1) for sense in ("image", "audio"))
    answers["surer"] = surer(eye.flatten(0, 1), ear.flatten(0, 1)).argmax(-1).reshape(eye.shape[:2])
    return {name: (one.cpu() == test[1]).float().numpy() for name, one in answers.items()}


def test_fifteen_voices_are_five_timbres():
    voices, timbres = units()
    assert [len(set(voices[timbres == one])) for one in range(5)] == [3] * 5


@pytest.mark.slow
@pytest.mark.parametrize("epochs", [6, 24])
def test_who_is_ahead_of_the_sound_alone_by_voice_and_by_timbre(epochs):
    right, (voices, timbres) = right_answers(epochs, range(200, 204)), units()
    against = {name: compare_samples(right[name], right["audio"], voices) for name in right if name != "audio"}
    assert all(against[name].verdict == "better" for name in ("data", "feature", "product"))
    wider = compare_samples(right["data"], right["audio"], timbres).difference.half / against["data"].difference.half
    assert 1.2 < wider < 2.3
    assert all((right["data"] - right["audio"])[:, timbres == one].mean() > 0 for one in range(5))
    by_timbre = compare_all({kind: right[kind] for kind in levels.KINDS}, against="audio", units=timbres)
    assert all(by_timbre[level].verdict == "no difference seen" for level in levels.LEVELS)
    assert against["surer"].verdict == "no difference seen"
    if epochs == 24:
        assert against["model"].verdict == "no difference seen" and against["product"].difference.mean > 0.03


def features(model: nn.Module, sense: str, batch) -> np.ndarray:
    """What the encoder for a sense finds in a batch, (B, W)."""
    encoder = model.encoders[sense] if isinstance(model, levels.FeatureLevel) else model.net[0]
    return F.relu(encoder(flat(batch, sense))).detach().numpy()


def logistic(models: list[nn.Module], sense: str, train, others, strength: float) -> list[np.ndarray]:
    """A logistic regression reads the scaled features of each encoder; what is right on the other data sets, (S, N)."""
    right: list[list[np.ndarray]] = [[] for _ in others]
    for model, (batch, labels) in zip(models, train, strict=True):
        seen = features(model, sense, batch)
        middle, spread = seen.mean(0), seen.std(0) + 1e-6
        reader = LogisticRegression(C=strength, max_iter=300).fit((seen - middle) / spread, labels.numpy())
        for found, (new, truth) in zip(right, others, strict=True):
            found.append(reader.predict((features(model, sense, new) - middle) / spread) == truth.numpy())
    return [np.array(found, dtype=float) for found in right]


@pytest.mark.slow
def test_a_probe_trained_to_its_end_finds_a_gap_for_the_image_and_hardly_one_for_the_sound():
    """Rates, and how much the probe is held back, by validation pairs."""
    seeds, voices = range(200, 206), units()[0]
    train = [studies.data(SeeHear("train", size=1000, seed=seed).dial(**DIALS)) for seed in seeds]
    valid, test = (studies.data(SeeHear(split, seed=0).dial(**DIALS)) for split in ("valid", "test"))
    width = levels.width_for(20000, "feature", SIZES, 10)
    best = {}
    for rate in (1e-3, 3e-3, 1e-2):

        def many(make, rate=rate) -> list[nn.Module]:
            models = [seeded(make, seed) for seed in seeds]
            fit_many(models, train, seeds=list(seeds), epochs=20, lr=rate)
            return models

        joint = many(partial(levels.FeatureLevel, SIZES, 10, width))
        for sense, size in SIZES.items():
            alone = many(partial(levels.Alone, sense, size, 10, width))
            for name, models in (("joint", joint), ("alone", alone)):
                for strength in (0.03, 0.3, 3.0):
                    known, new = logistic(models, sense, train, (valid, test), strength)
                    if known.mean() > best.get((sense, name), (0.0, new))[0]:
                        best[sense, name] = known.mean(), new
    gaps = {sense: compare_samples(best[sense, "joint"][1], best[sense, "alone"][1], voices) for sense in SIZES}
    assert gaps["image"].verdict == "worse" and -0.05 < gaps["image"].difference.mean < -0.02
    assert -0.015 < gaps["audio"].difference.mean < 0.005
